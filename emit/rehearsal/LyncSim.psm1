# A simulated Lync or Skype for Business Server: what a rehearsal runs the change scripts against. Nothing real is touched.
# The cmdlets themselves are in Cmdlets.PRODUCT.psm1, with the parameters of that product; each calls Invoke-SimCmdlet.
#
#   SIM_WORLD  folder: world.json (what stands), clock.txt (seconds), calls.txt (calls so far), audit.txt (every change)
#   SIM_KIT    folder of this file
#   SIM_HOST   FQDN of the computer that the caller sits on
#   SIM_FAULT  faults, separated by ';'. N counts the calls of that cmdlet; kill@N counts all calls.
#       CMDLET:throw@N       call N throws before it does anything       kill@N                the process dies before call N
#       CMDLET:throwafter@N  ... after it has done its work              killafter:CMDLET@N    ... after call N of this cmdlet
#       CMDLET:error@N       ... writes an error and does nothing        freeze                with kill: stands still for ever
#       replication:stuck@HOST  that replica gets nothing
#       CMDLET:noop@N        ... returns and does nothing                tcp:silent, tcp:unknown  how a closed port answers
#       Stop-CsWindowsService:slow@N, Start-...:slow@N  services reach their state 40 s later
#       Start-CsWindowsService:partial@HOST  one service does not start  firewall:closed       TCP 5269 is closed from outside
#       Stop-CsWindowsService:vanish@HOST    the XMPP service is gone    dns:down              the DNS server does not answer
#       store:down, store:readonly           Central Management          rights:none           a user without rights
# Where no page says what a server does, this takes the worse: every change asks for confirmation, an Edge Server cannot
# reach the Central Management store, services can only be controlled on their own server, a failed start is no error.
Set-StrictMode -Version 2.0

# ---- The world on disk.
function Get-SimPath([string]$Name) {
    return [System.IO.Path]::Combine($env:SIM_WORLD, $Name)
}

function Get-SimClock {
    $path = Get-SimPath -Name 'clock.txt'
    if ([System.IO.File]::Exists($path)) { return [int][System.IO.File]::ReadAllText($path) }
    return 0
}

function Start-Sleep([int]$Seconds) {
    # Time passes at once, in the simulated world only.
    [System.IO.File]::WriteAllText((Get-SimPath -Name 'clock.txt'), [string]((Get-SimClock) + $Seconds))
}

function Get-SimWorld {
    return ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText((Get-SimPath -Name 'world.json')))
}

function Save-SimWorld([object]$World) {
    $path = Get-SimPath -Name 'world.json'
    [System.IO.File]::WriteAllText($path + '.new', (ConvertTo-Json -InputObject $World -Depth 9))
    [System.IO.File]::Delete($path)
    [System.IO.File]::Move($path + '.new', $path)
}

function Add-SimAudit([string]$Text) {
    [System.IO.File]::AppendAllText((Get-SimPath -Name 'audit.txt'), ('{0} {1}' -f $env:SIM_HOST, $Text) + [char]10)
}

function Get-SimOne([object[]]$From, [string]$Property, [string]$Value) {
    # The one whose property has this value; nothing if there is none.
    return $From | Where-Object { $_.$Property -eq $Value } | Select-Object -First 1
}

function Show-SimWorld {
    # The world as text, without times: to be read, and to be compared.
    $world = Get-SimWorld
    foreach ($site in $world.Sites) { 'route    {0} -> [{1}]' -f $site.Name, $site.Route }
    foreach ($computer in $world.Hosts) {
        foreach ($service in $computer.Services) {
            'service  {0} {1} {2}' -f $computer.Name, $service.Name, (Get-SimStatus -Service $service)
        }
    }
    foreach ($set in @($world.Dns | Sort-Object -Property 'Server', 'Name', 'Type')) {
        if (@($set.Data).Count -gt 0) { 'dns      {0} {1} {2}' -f $set.Name, $set.Type, (@($set.Data | Sort-Object) -join ', ') }
    }
}

function Set-SimRecord([object]$Set) {
    # What the owner of the DNS does.
    $world = Get-SimWorld
    $entry = $world.Dns | Where-Object { $_.Server -eq $Set.Server -and $_.Name -eq $Set.Name -and $_.Type -eq $Set.Type }
    $entry.Data = @($Set.Data)
    Save-SimWorld -World $world
}

function Clear-SimRoute([string]$Site) {
    # What somebody does in Topology Builder: no cmdlet is known to clear a route.
    $world = Get-SimWorld
    Update-SimRoute -World $world -Site (Get-SimOne -From $world.Sites -Property 'Name' -Value $Site) -Route ''
}

function Update-SimRoute([object]$World, [object]$Site, [string]$Route) {
    # A new version of the configuration, which reaches the computers later.
    Update-SimReplica -World $World
    $Site.Route = $Route
    $World.Version++
    foreach ($replica in $World.Replicas) { $replica.Due = (Get-SimClock) + 120 }
    Save-SimWorld -World $World
}

# ---- Faults.
function Test-SimFault([string]$Fault) {
    $happens = @(([string]$env:SIM_FAULT) -split ';') -contains $Fault
    # For who asks afterwards whether a fault had a chance to happen.
    if ($happens) { [System.IO.File]::AppendAllText((Get-SimPath -Name 'faults.txt'), $Fault + [char]10) }
    return $happens
}

function Stop-SimProcess {
    if (Test-SimFault -Fault 'freeze') {
        [System.IO.File]::WriteAllText((Get-SimPath -Name 'frozen.txt'), '')
        [System.Threading.Thread]::Sleep([System.Threading.Timeout]::Infinite)
    }
    [System.Diagnostics.Process]::GetCurrentProcess().Kill()
    [System.Threading.Thread]::Sleep(60000)
}

function Enter-SimCall([string]$Name) {
    # Count the call. Returns the fault that is to happen, if any.
    $path = Get-SimPath -Name 'calls.txt'
    [System.IO.File]::AppendAllText($path, $Name + [char]10)
    $calls = [System.IO.File]::ReadAllLines($path)
    $own = @($calls | Where-Object { $_ -eq $Name }).Count
    if (Test-SimFault -Fault ('kill@' + $calls.Count)) { Stop-SimProcess }
    if (Test-SimFault -Fault ('{0}:throw@{1}' -f $Name, $own)) { throw ('{0} : Command execution failed: simulated fault.' -f $Name) }
    if (Test-SimFault -Fault ('killafter:{0}@{1}' -f $Name, $own)) { return 'killafter' }
    foreach ($fault in @('noop', 'error', 'throwafter', 'slow')) {
        if (Test-SimFault -Fault ('{0}:{1}@{2}' -f $Name, $fault, $own)) { return $fault }
    }
    return ''
}

function Exit-SimCall([string]$Name, [string]$Fault, [string]$Detail) {
    # Note the change; then what happens after the work is done.
    Add-SimAudit -Text ('{0} {1}' -f $Name, $Detail)
    if ($Fault -eq 'killafter') { Stop-SimProcess }
    if ($Fault -eq 'throwafter') { throw ('{0} : Command execution failed after the change: simulated fault.' -f $Name) }
}

function Test-SimAsked([System.Management.Automation.PSCmdlet]$Caller, [System.Collections.IDictionary]$Given, [string]$Target) {
    # ShouldProcess. What it would say of -WhatIf goes past all streams to the screen, where it would not be marked.
    $name = $Caller.MyInvocation.MyCommand.Name
    if (-not $Given['WhatIf']) { return $Caller.ShouldProcess($Target, $name) }
    Write-Host -Object ('What if: Performing the operation "{0}" on target "{1}".' -f $name, $Target)
    return $false
}

function Write-SimError([System.Management.Automation.PSCmdlet]$Caller, [string]$Text, [string]$Id, [string]$Category) {
    # An error that ends the caller only where it asked for that.
    $problem = New-Object -TypeName 'System.InvalidOperationException' -ArgumentList $Text
    $Caller.WriteError((New-Object -TypeName 'System.Management.Automation.ErrorRecord' -ArgumentList $problem, $Id, $Category, $null))
}

function Test-SimSpoiled([System.Management.Automation.PSCmdlet]$Caller, [string]$Fault) {
    # Whether this call is to do nothing, with an error that does not end the caller or without.
    if ($Fault -eq 'error') { Write-SimError -Caller $Caller -Text 'simulated error' -Id 'SimError' -Category 'NotSpecified' }
    return $Fault -eq 'error' -or $Fault -eq 'noop'
}

# ---- What a server knows.
function Get-SimStatus([object]$Service) {
    if ((Get-SimClock) -lt $Service.Due) { return $Service.Pending }
    return $Service.Status
}

function Test-SimRunning([object]$Computer, [string]$Name) {
    # Whether a service runs, by its name or by a pattern for its display name.
    $service = $Computer.Services | Where-Object { $_.Name -eq $Name -or $_.DisplayName -like $Name } | Select-Object -First 1
    return $null -ne $service -and (Get-SimStatus -Service $service) -eq 'Running'
}

function Get-SimHere([object]$World) {
    # The computer of the caller, $null where it is none of the world.
    return Get-SimOne -From $World.Hosts -Property 'Name' -Value $env:SIM_HOST
}

function Assert-SimStore([object]$World) {
    # Edge Servers are workgroup computers in the perimeter: they do not reach the Central Management store.
    $here = Get-SimHere -World $World
    if ($null -eq $here -or $here.Kind -ne 'frontend') { throw 'Cannot open database "xds" requested by the login. The login failed.' }
    if (Test-SimFault -Fault 'store:down') { throw 'Could not connect to SQL server : [Exception=System.Data.SqlClient.SqlException (0x80131904)]' }
}

function Get-SimLocal([object]$World, [string]$ComputerName) {
    # Services are controlled on their own server only.
    if ($ComputerName -ne '' -and $ComputerName -ne $env:SIM_HOST) {
        throw ('Cannot open Service Control Manager on computer "{0}". This operation might require other privileges.' -f $ComputerName)
    }
    $here = Get-SimHere -World $World
    if ($null -eq $here) { throw 'No Lync Server services were found on this computer.' }
    return $here
}

function Update-SimReplica([object]$World) {
    # Every replica whose time has come, and whose agent runs, gets the present version.
    $clock = Get-SimClock
    foreach ($replica in $World.Replicas) {
        if (Test-SimFault -Fault ('replication:stuck@' + $replica.Host)) { continue }
        $computer = Get-SimOne -From $World.Hosts -Property 'Name' -Value $replica.Host
        if ($replica.Applied -lt $World.Version -and $clock -ge $replica.Due -and (Test-SimRunning -Computer $computer -Name 'REPLICA')) {
            $replica.Applied = $World.Version
            $replica.Routes = @($World.Sites | ForEach-Object { $_.Route })
        }
    }
}

function Test-SimListens([object]$World, [object]$Computer) {
    # The XMPP proxy listens where its services run and the configuration that has arrived routes XMPP to its pool.
    $replica = Get-SimOne -From $World.Replicas -Property 'Host' -Value $Computer.Name
    $pool = Get-SimOne -From $World.Pools -Property 'Fqdn' -Value $Computer.Pool
    $names = @('EdgeServer:' + $pool.Fqdn) + @($pool.Computers)
    $routed = $null -ne $replica -and @($replica.Routes | Where-Object { $names -contains $_ }).Count -gt 0
    return $routed -and (Test-SimRunning -Computer $Computer -Name 'RTCSRV') -and (Test-SimRunning -Computer $Computer -Name '*XMPP*')
}

# ---- What the change script asks of the machine.
function Get-ChangeHost {
    return $env:SIM_HOST
}

function Get-ChangeRight {
    if (-not (Test-SimFault -Fault 'rights:none')) { 'Administrator'; 'RTCUniversalServerAdmins' }
}

function Test-ChangePort([string]$Target, [int]$Port, [int]$Seconds) {
    if ($Seconds -lt 1) { throw 'a probe needs a bound' }
    if (Test-SimFault -Fault 'tcp:unknown') { return 'unknown' }
    $closed = 'closed'
    if (Test-SimFault -Fault 'tcp:silent') { $closed = 'silent' }
    $world = Get-SimWorld
    Update-SimReplica -World $world
    $here = Get-SimHere -World $world
    $computer = Get-SimOne -From $world.Hosts -Property 'Name' -Value $Target
    if ($null -ne $computer) {
        # The internal interface: reachable from inside only.
        $service = @{ 5061 = 'RTCSRV'; 4443 = 'REPLICA' }[$Port]
        if ($null -eq $here -or -not $service) { return 'silent' }
        if (Test-SimRunning -Computer $computer -Name $service) { return 'open' }
        return $closed
    }
    $public = @($world.Public | Where-Object { $_.Address -eq $Target })
    if ($public.Count -eq 0 -or $Port -ne 5269) { return 'unknown' }
    $servers = @($world.Hosts | Where-Object { @($public[0].Hosts) -contains $_.Name })
    if (@($servers | Where-Object { Test-SimListens -World $world -Computer $_ }).Count -eq 0) { return $closed }
    if (@($public[0].Hosts) -contains $env:SIM_HOST) { return 'open' }
    if ($null -eq $here -and -not (Test-SimFault -Fault 'firewall:closed')) { return 'open' }
    return 'silent'
}

function Resolve-DnsName {
    [CmdletBinding()]
    param([string]$Name, [string]$Type, [string]$Server, [switch]$DnsOnly, [switch]$NoHostsFile)
    $code = 9003
    $id = 'DNS_ERROR_RCODE_NAME_ERROR'
    $category = 'ResourceUnavailable'
    if (Test-SimFault -Fault 'dns:down') {
        $code = 1460
        $id = 'ERROR_TIMEOUT'
        $category = 'OperationTimeout'
    }
    $world = Get-SimWorld
    $set = $world.Dns | Where-Object { $_.Server -eq $Server -and $_.Name -eq $Name -and $_.Type -eq $Type } | Select-Object -First 1
    if ($code -eq 1460 -or $null -eq $set -or @($set.Data).Count -eq 0) {
        $problem = New-Object -TypeName 'System.ComponentModel.Win32Exception' -ArgumentList $code
        $PSCmdlet.WriteError((New-Object -TypeName 'System.Management.Automation.ErrorRecord' -ArgumentList $problem, $id, $category, $Name))
        return
    }
    foreach ($data in $set.Data) {
        $part = @($data -split ' ')
        if ($Type -ne 'SRV') {
            New-Object -TypeName 'PSObject' -Property @{ Name = $Name; QueryType = $Type; Section = 'Answer'; TTL = 300; IPAddress = $data }
            continue
        }
        New-Object -TypeName 'PSObject' -Property @{ Name = $Name; QueryType = 'SRV'; Section = 'Answer'; TTL = 300
            Priority = [int]$part[0]; Weight = [int]$part[1]; Port = [int]$part[2]; NameTarget = $part[3]
        }
        # As a server would: the address of the target, in another section.
        New-Object -TypeName 'PSObject' -Property @{ Name = $part[3]; QueryType = 'A'; Section = 'Additional'; TTL = 300; IPAddress = '192.0.2.1' }
    }
}

# ---- What the cmdlets do. Arguments: the cmdlet, and the parameters that it was given.
function Invoke-SimCmdlet([System.Management.Automation.PSCmdlet]$Caller, [System.Collections.IDictionary]$Given) {
    $name = $Caller.MyInvocation.MyCommand.Name
    $fault = Enter-SimCall -Name $name
    $body = Get-Command -Name ($name -replace '-Cs', '-Sim') -ErrorAction SilentlyContinue
    if ($null -eq $body) { throw ('LyncSim does not know what {0} does.' -f $name) }
    $world = Get-SimWorld
    & $body -Caller $Caller -Given $Given -World $world -Fault $fault
}

function Get-SimSite($Caller, $Given, $World, $Fault) {
    Assert-SimStore -World $World
    $found = @($World.Sites)
    if ($Given['Identity']) {
        $wanted = $Given['Identity'] -replace '^Site:', ''
        $found = @($World.Sites | Where-Object { $_.Name -eq $wanted })
        if ($found.Count -eq 0) {
            Write-SimError -Caller $Caller -Text ('Management object not found for identity "{0}".' -f $wanted) -Id 'NotFound' -Category 'ObjectNotFound'
        }
    }
    foreach ($site in $found) {
        $pools = @($World.Pools | Where-Object { $_.Site -eq $site.Name })
        New-Object -TypeName 'PSObject' -Property ([ordered]@{
                Identity = 'Site:' + $site.Name; SiteId = $site.SiteId; Services = @($pools | ForEach-Object { $_.Service })
                Pools = @($pools | ForEach-Object { $_.Fqdn }); FederationRoute = $null; ($World.RouteProperty) = $site.Route
                DefaultPersistentChatPool = $null; Description = $null; DisplayName = $site.Name; SiteType = 'CentralSite'; ParentSite = $null
            })
    }
}

function Set-SimSite($Caller, $Given, $World, $Fault) {
    Assert-SimStore -World $World
    $identity = [string]$Given['Identity']
    if ($identity -like 'site:*') { throw 'Do not use the format "site:name" when specifying the identity.' }
    $site = Get-SimOne -From $World.Sites -Property 'Name' -Value $identity
    if ($null -eq $site) { throw ('Management object not found for identity "{0}".' -f $identity) }
    $route = [string]$Given[$World.RouteProperty]
    if ($World.RouteProperty -eq 'XmppFederationRoute' -and @($Given.Keys) -contains 'XmppFederationRoute') {
        # The identity of a service that exists.
        if (@($World.Pools | Where-Object { $_.Service -like 'EdgeServer:*' } | ForEach-Object { $_.Service }) -notcontains $route) {
            throw ('Cannot find service "{0}" in the topology.' -f $route)
        }
    }
    if (-not (Test-SimAsked -Caller $Caller -Given $Given -Target $identity)) { return }
    if (Test-SimFault -Fault 'store:readonly') { throw 'You do not have permissions to change the topology.' }
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    Update-SimRoute -World $World -Site $site -Route $route
    Exit-SimCall -Name 'Set-CsSite' -Fault $Fault -Detail ('{0} {1}' -f $identity, $route)
}

function Get-SimPool($Caller, $Given, $World, $Fault) {
    Assert-SimStore -World $World
    foreach ($pool in @($World.Pools | Where-Object { -not $Given['Identity'] -or $_.Fqdn -eq $Given['Identity'] })) {
        New-Object -TypeName 'PSObject' -Property ([ordered]@{
                Identity = $pool.Fqdn; Services = @($pool.Service); Computers = @($pool.Computers); Fqdn = $pool.Fqdn; Site = 'Site:' + $pool.Site
            })
    }
}

function Get-SimService($Caller, $Given, $World, $Fault) {
    Assert-SimStore -World $World
    if (-not $Given['EdgeServer']) { throw 'LyncSim knows Get-CsService -EdgeServer only.' }
    $edges = @($World.Pools | Where-Object { $_.Service -like 'EdgeServer:*' })
    foreach ($pool in @($edges | Where-Object { -not $Given['PoolFqdn'] -or $_.Fqdn -eq $Given['PoolFqdn'] })) {
        New-Object -TypeName 'PSObject' -Property ([ordered]@{
                Identity = $pool.Service; Registrar = $pool.Registrar
                AccessEdgeInternalSipPort = 5061; AccessEdgeExternalSipPort = 5061; AccessEdgeClientSipPort = 443
                DataPsomServerPort = 8057; DataPsomClientPort = 443; MediaRelayAuthEdgePort = 5062
                MediaRelayInternalTurnTcpPort = 443; MediaRelayExternalTurnTcpPort = 443
                MediaRelayInternalTurnUdpPort = 3478; MediaRelayExternalTurnUdpPort = 3478
                MediaCommunicationPortStart = 50000; MediaCommunicationPortCount = 10000
                AccessEdgeExternalFqdn = $pool.AccessEdge; DataEdgeExternalFqdn = $pool.AccessEdge; AVEdgeExternalFqdn = $pool.AccessEdge
                InternalInterfaceFqdn = ''; ExternalMrasFqdn = $pool.AccessEdge
                XmppInternalPort = $pool.XmppInternalPort; XmppListeningPort = $pool.XmppListeningPort
                DependentServiceList = @($pool.Registrar); ServiceId = '1-EdgeServer-1'; SiteId = 'Site:' + $pool.Site
                PoolFqdn = $pool.Fqdn; Version = 6; Role = 'EdgeServer'
            })
    }
}

function Get-SimSipDomain($Caller, $Given, $World, $Fault) {
    Assert-SimStore -World $World
    foreach ($name in $World.SipDomains) {
        New-Object -TypeName 'PSObject' -Property ([ordered]@{ Identity = $name; Name = $name; IsDefault = ($name -eq @($World.SipDomains)[0]) })
    }
}

function Get-SimAccessEdgeConfiguration($Caller, $Given, $World, $Fault) {
    Assert-SimStore -World $World
    New-Object -TypeName 'PSObject' -Property ([ordered]@{
            Identity = 'Global'; AllowAnonymousUsers = $false; AllowFederatedUsers = $World.Federated; AllowOutsideUsers = $true
            RoutingMethod = 'UseDnsSrvRouting'
        })
}

function Get-SimManagementStoreReplicationStatus($Caller, $Given, $World, $Fault) {
    if ($Given['CentralManagementStoreStatus']) {
        $master = @($World.Master | Where-Object { -not (Test-SimFault -Fault 'store:down') })
        New-Object -TypeName 'PSObject' -Property ([ordered]@{ ActiveMasterFqdn = [string]($master -join ''); ActiveFileTransferAgents = $master })
        return
    }
    Assert-SimStore -World $World
    Update-SimReplica -World $World
    foreach ($replica in @($World.Replicas | Where-Object { -not $Given['ReplicaFqdn'] -or $_.Host -eq $Given['ReplicaFqdn'] })) {
        New-Object -TypeName 'PSObject' -Property ([ordered]@{
                UpToDate = ($replica.Applied -eq $World.Version); ReplicaFqdn = $replica.Host; LastStatusReport = [DateTime]'2026-11-23'
                LastUpdateCreation = [DateTime]'2026-11-23'; ProductVersion = '5.0.8308.0'
            })
    }
}

function Invoke-SimManagementStoreReplication($Caller, $Given, $World, $Fault) {
    Assert-SimStore -World $World
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    $named = @($World.Replicas | Where-Object { -not $Given['ReplicaFqdn'] -or $_.Host -eq $Given['ReplicaFqdn'] })
    foreach ($replica in $named) { $replica.Due = (Get-SimClock) + 60 }
    Save-SimWorld -World $World
    Exit-SimCall -Name 'Invoke-CsManagementStoreReplication' -Fault $Fault -Detail ([string]$Given['ReplicaFqdn'])
}

function Export-SimConfiguration($Caller, $Given, $World, $Fault) {
    Assert-SimStore -World $World
    if ([System.IO.File]::Exists($Given['FileName']) -and -not $Given['Force']) { throw ('The file "{0}" already exists.' -f $Given['FileName']) }
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    [System.IO.File]::WriteAllText($Given['FileName'], 'PK simulated export')
    Exit-SimCall -Name 'Export-CsConfiguration' -Fault $Fault -Detail 'file'
}

function Get-SimWindowsService($Caller, $Given, $World, $Fault) {
    $here = Get-SimLocal -World $World -ComputerName ([string]$Given['ComputerName'])
    foreach ($service in @($here.Services | Where-Object { -not $Given['Name'] -or $_.Name -eq $Given['Name'] })) {
        $shown = [ordered]@{ Status = (Get-SimStatus -Service $service); Name = $service.Name; DisplayName = $service.DisplayName; RoleName = @('EdgeServer') }
        if (-not $Given['ExcludeActivityLevel']) { $shown['ActivityLevel'] = 'NotApplicable' }
        New-Object -TypeName 'PSObject' -Property $shown
    }
}

function Stop-SimWindowsService($Caller, $Given, $World, $Fault) {
    $here = Get-SimLocal -World $World -ComputerName ([string]$Given['ComputerName'])
    if (-not (Test-SimAsked -Caller $Caller -Given $Given -Target $env:SIM_HOST)) { return }
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    Update-SimReplica -World $World
    Set-SimService -Services $here.Services -Given $Given -Status 'Stopped' -Slow ($Fault -eq 'slow')
    if (Test-SimFault -Fault ('Stop-CsWindowsService:vanish@' + $env:SIM_HOST)) {
        $here.Services = @($here.Services | Where-Object { $_.DisplayName -notlike '*XMPP*' })
    }
    Save-SimWorld -World $World
    Exit-SimCall -Name 'Stop-CsWindowsService' -Fault $Fault -Detail 'all'
}

function Start-SimWindowsService($Caller, $Given, $World, $Fault) {
    $here = Get-SimLocal -World $World -ComputerName ([string]$Given['ComputerName'])
    if (-not (Test-SimAsked -Caller $Caller -Given $Given -Target $env:SIM_HOST)) { return }
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    $partial = Test-SimFault -Fault ('Start-CsWindowsService:partial@' + $env:SIM_HOST)
    $services = @($here.Services | Where-Object { -not $partial -or $_.DisplayName -notlike '*Audio/Video Edge*' })
    Set-SimService -Services $services -Given $Given -Status 'Running' -Slow ($Fault -eq 'slow')
    foreach ($replica in @($World.Replicas | Where-Object { $_.Host -eq $env:SIM_HOST })) { $replica.Due = (Get-SimClock) + 120 }
    Save-SimWorld -World $World
    Exit-SimCall -Name 'Start-CsWindowsService' -Fault $Fault -Detail 'all'
    # The real cmdlet reports success where a service did not start.
    if ($partial) { $Caller.WriteWarning('Start-CsWindowsService completed with warnings.') }
}

function Set-SimService([object[]]$Services, [System.Collections.IDictionary]$Given, [string]$Status, [bool]$Slow) {
    foreach ($service in @($Services | Where-Object { -not $Given['Name'] -or $_.Name -eq $Given['Name'] })) {
        $service.Pending = @{ Stopped = 'StopPending'; Running = 'StartPending' }[$Status]
        $service.Status = $Status
        $service.Due = 0
        if ($Slow) { $service.Due = (Get-SimClock) + 40 }
    }
}

function Test-SimXmppIM($Caller, $Given, $World, $Fault) {
    Assert-SimStore -World $World
    $result = 'Success'
    if ($Fault -eq 'noop') { $result = 'Failure' }
    New-Object -TypeName 'PSObject' -Property ([ordered]@{ TargetFqdn = $Given['TargetFqdn']; Result = $result; Latency = '00:00:01'; Error = ''; Diagnosis = '' })
}

# ---- Sitting down at another computer.
function Enter-SimHost([string]$Name) {
    # The shell of that computer has the cmdlets of its product, or none.
    $env:SIM_HOST = $Name
    $computer = Get-SimHere -World (Get-SimWorld)
    $product = ''
    if ($null -ne $computer) { $product = 'Cmdlets.' + $computer.Product }
    foreach ($module in @(Get-Module -Name 'Cmdlets.*')) {
        if ($module.Name -ne $product) { Remove-Module -ModuleInfo $module }
    }
    if ($product -ne '' -and $null -eq (Get-Module -Name $product)) {
        Import-Module -Name ([System.IO.Path]::Combine($env:SIM_KIT, $product + '.psm1')) -Global -DisableNameChecking
    }
}

Export-ModuleMember -Function '*'
