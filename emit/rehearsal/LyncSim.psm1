# A simulated Lync or Skype for Business Server: what a rehearsal runs the change scripts against. Nothing real is touched.
# The cmdlets themselves are in Cmdlets.PRODUCT.psm1, with the parameters of that product; each calls Invoke-SimCmdlet. Those
# of a Windows DNS server are in Cmdlets.DnsServer.psm1 and, for Windows Server 2008 R2, in Cmdlets.dnscmd.psm1.
#
#   SIM_WORLD  folder: world.json (the state), clock.txt (seconds), calls.txt (calls so far), given.txt (the same with
#              their parameters), audit.txt (every change)
#   SIM_KIT    folder of this file
#   SIM_HOST   FQDN of the computer that the caller sits on
#   SIM_FAULT  faults, separated by ';'. N counts the calls of that cmdlet; kill@N counts all calls. CMDLET may be dnscmd.exe:
#              its error is an exit code.
#       CMDLET:throw@N       call N throws before it does anything       kill@N                the process dies before call N
#       CMDLET:throwafter@N  ... after it has done its work              killafter:CMDLET@N    ... after call N of this cmdlet
#       CMDLET:error@N       ... writes an error and does nothing        freeze                with kill: hangs for ever
#       replication:stuck@HOST  that replica gets nothing                 replication:late@HOST  ... is not up to date
#       dns:other, dns:more, dns:gone, dns:ttl  what the DNS server has: other records, one more, none, another TTL
#       dns:raised, dns:half    its serial is another, or still that of before the change
#       CMDLET:noop@N        ... returns and does nothing                tcp:silent, tcp:unknown  how a closed port answers
#       Stop-CsWindowsService:slow@N, Start-...:slow@N  services reach their state 40 s later
#       Add-DnsServerResourceRecord:ttl@N, dnscmd.exe:ttl@N  a record that is added gets TTL 86400
#       Get-DnsServerResourceRecord:lost@N, Get-CimInstance:lost@N  the set that is read has lost its newest record
#       Get-CsSite:moved@N   before that call the routes of all sites are changed
#       Start-CsWindowsService:partial@HOST  one service does not start  firewall:closed       TCP 5269 is closed from outside
#       Stop-CsWindowsService:vanish@HOST    the XMPP service is gone    dns:down              the DNS server does not answer
#       store:alive, store:error, store:unpaired, store:mirror  of a store that is failed over: it runs all the same, gives
#              an error instead of no status, has another backup pool, has a back end that is not as planned
#       store:down, store:readonly           Central Management          rights:none           a user without rights
#       hop:unreached  no Edge Server reaches its next hop
#       shell:plain  no module of the product is loaded: the cmdlets come with Import-Module of the one that the server has
#       crash@N, fails@N     the process dies after change N, or that cmdlet has made its change and throws. N counts the changes.
#       person:forgets, person:wrong, person:unpublished  who has to click says that it is done and did nothing, did it to
#                    another pool or server, or did not publish the topology
# Where no page says what a server does, this takes the worse: every change asks for confirmation, an Edge Server cannot
# reach the Central Management store, services can only be controlled on their own server, a failed start is no error. A DNS
# server takes an old object only as the record is now, and gives records of a child with the same name as well.
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
    if ($world.HasXmpp) { foreach ($site in $world.Sites) { 'route    {0} -> [{1}]' -f $site.Name, $site.Route } }
    if ($world.MovesSip) {
        foreach ($site in $world.Sites) { 'SIP      {0} -> [{1}]' -f $site.Name, $site.SipRoute }
        foreach ($pool in @($world.Pools | Where-Object { $_.Service -like 'EdgeServer:*' })) { 'SIP      {0} [{1}]' -f $pool.Fqdn, $pool.SipPort }
        $enabled = @($world.Pools | Where-Object { $_.SipPort -ne '' } | ForEach-Object { $_.Fqdn })
        foreach ($computer in @($world.Hosts | Where-Object { $_.SipRole -and $enabled -contains $_.Pool })) { 'SIP      {0} has the role' -f $computer.Name }
    }
    if ($world.ChangesHop) {
        foreach ($pool in @($world.Pools | Where-Object { $_.Service -like 'EdgeServer:*' })) { 'next hop {0} -> [{1}]' -f $pool.Fqdn, $pool.Registrar }
    }
    if ($world.MovesMedia) {
        foreach ($pool in @($world.Pools | Where-Object { $_.Service -like 'Registrar:*' })) { 'media    {0} -> [{1}]' -f $pool.Fqdn, $pool.Media }
    }
    foreach ($computer in $world.Hosts) {
        foreach ($service in $computer.Services) {
            'service  {0} {1} {2}' -f $computer.Name, $service.Name, (Get-SimStatus -Service $service)
        }
    }
    foreach ($set in @($world.Dns | Sort-Object -Property 'Server', 'Name', 'Type')) {
        if (@($set.Records).Count -gt 0) { 'dns      {0} {1} {2}' -f $set.Name, $set.Type, (Format-SimSet -Set $set) }
    }
}

function Format-SimSet([object]$Set) {
    # TTL and data of each record.
    return @($Set.Records | ForEach-Object { '{0} {1}' -f $_.TTL, $_.Data } | Sort-Object) -join ', '
}

function Find-SimSet([object]$World, [object]$Like) {
    # The set at that server with that name and type.
    return $World.Dns | Where-Object { $_.Server -eq $Like.Server -and $_.Name -eq $Like.Name -and $_.Type -eq $Like.Type } |
        Select-Object -First 1
}

function Set-SimRecord([object]$Set) {
    # What the owner of the DNS does.
    $world = Get-SimWorld
    (Find-SimSet -World $world -Like $Set).Records = @($Set.Records)
    Save-SimWorld -World $world
}

function Find-SimSerial([object]$World, [string]$Server, [string]$Zone) {
    return $World.Serials | Where-Object { $_.Server -eq $Server -and $_.Zone -eq $Zone } | Select-Object -First 1
}

function Update-SimSerial([object]$World, [string]$Server, [string]$Zone, [long]$Serial = 0) {
    # This serial, or the next one where there is a later one already. Returns it.
    $own = Find-SimSerial -World $World -Server $Server -Zone $Zone
    $next = ([long]$own.Serial + 1) -band 4294967295
    if ((($Serial - $next) -band 4294967295) -ge 2147483648 -or $Serial -eq 0) { $Serial = $next }
    $own.Serial = $Serial
    return $Serial
}

function Set-SimSerial([object]$Serial) {
    # What the owner of the DNS does, or his server.
    $world = Get-SimWorld
    Update-SimSerial -World $world -Server $Serial.Server -Zone $Serial.Zone -Serial $Serial.Serial
    Save-SimWorld -World $world
}

function Invoke-SimClick([object]$Click) {
    # What a person does in Topology Builder, where it is published, or with the Deployment Wizard. Returns what that was.
    $world = Get-SimWorld
    if (Test-SimFault -Fault 'person:forgets') { return ('{0} {1}: forgotten' -f $Click.Kind, $Click.On) }
    $setup = $Click.Kind -eq 'setup'
    $on = $Click.On
    if (Test-SimFault -Fault 'person:wrong') {
        $others = @($world.Sites | ForEach-Object { $_.Name })
        if ($setup) { $others = @($world.Hosts | Where-Object { $_.Kind -eq 'edge' } | ForEach-Object { $_.Name }) }
        if ($Click.Kind -eq 'media') { $others = @($world.Pools | Where-Object { $_.Service -like 'Registrar:*' } | ForEach-Object { $_.Fqdn }) }
        if (@('federation', 'next-hop') -contains $Click.Kind) { $others = @($world.Pools | Where-Object { $_.Service -like 'EdgeServer:*' } | ForEach-Object { $_.Fqdn }) }
        $on = [string]@($others | Where-Object { $_ -ne $on } | Select-Object -First 1)
    }
    $what = '{0} {1} [{2}]' -f $Click.Kind, $on, $Click.Value
    if ($on -eq '' -or (-not $setup -and (Test-SimFault -Fault 'person:unpublished'))) { return $what + ': not published' }
    Update-SimReplica -World $world
    if ($setup) {
        # Installs what the local copy of the configuration says.
        $computer = Get-SimOne -From $world.Hosts -Property 'Name' -Value $on
        $computer.SipRole = @((Get-SimOne -From $world.Replicas -Property 'Host' -Value $on).SipPools) -contains $computer.Pool
        Save-SimWorld -World $world
        return $what
    }
    if ($Click.Kind -eq 'federation') { (Get-SimOne -From $world.Pools -Property 'Fqdn' -Value $on).SipPort = $Click.Value }
    if ($Click.Kind -eq 'next-hop') { (Get-SimOne -From $world.Pools -Property 'Fqdn' -Value $on).Registrar = $Click.Value }
    if ($Click.Kind -eq 'media') { (Get-SimOne -From $world.Pools -Property 'Fqdn' -Value $on).Media = $Click.Value }
    if ($Click.Kind -eq 'route') { (Get-SimOne -From $world.Sites -Property 'Name' -Value $on).Route = $Click.Value }
    if ($Click.Kind -eq 'route-sip') { (Get-SimOne -From $world.Sites -Property 'Name' -Value $on).SipRoute = $Click.Value }
    Save-SimTopology -World $world
    return $what
}

function Save-SimTopology([object]$World) {
    # A new version of the configuration, which reaches the computers later.
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
    foreach ($fault in @('noop', 'error', 'throwafter', 'slow', 'ttl', 'lost', 'moved')) {
        if (Test-SimFault -Fault ('{0}:{1}@{2}' -f $Name, $fault, $own)) { return $fault }
    }
    return ''
}

function Add-SimGiven([string]$Name, [string[]]$Values) {
    # Note a call with all that it was given.
    [System.IO.File]::AppendAllText((Get-SimPath -Name 'given.txt'), ($Name + ' ' + ($Values -join ' ')) + [char]10)
}

function Exit-SimCall([string]$Name, [string]$Fault, [string]$Detail) {
    # Note the change; then what happens after the work is done.
    Add-SimAudit -Text ('{0} {1}' -f $Name, $Detail)
    $changes = [System.IO.File]::ReadAllLines((Get-SimPath -Name 'audit.txt')).Count
    if ((Test-SimFault -Fault ('crash@' + $changes)) -or $Fault -eq 'killafter') { Stop-SimProcess }
    if ((Test-SimFault -Fault ('fails@' + $changes)) -or $Fault -eq 'throwafter') { throw ('{0} : Command execution failed after the change: simulated fault.' -f $Name) }
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
    $down = $null -ne $World.Store -and $World.Store.Down
    if ($down -or (Test-SimFault -Fault 'store:down')) { throw 'Could not connect to SQL server : [Exception=System.Data.SqlClient.SqlException (0x80131904)]' }
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
            # What this computer uses of it: the routes to its own pool, each once.
            $names = Get-SimRouteName -World $World -Computer $computer
            $replica.Routes = @($World.Sites | ForEach-Object { $_.Route } | Where-Object { $names -contains $_ } | Select-Object -Unique)
            $replica.SipRoutes = @($World.Sites | ForEach-Object { $_.SipRoute } | Where-Object { $names -contains $_ } | Select-Object -Unique)
            $replica.SipPools = @($World.Pools | Where-Object { $_.SipPort -ne '' -and $_.Fqdn -eq $computer.Pool } | ForEach-Object { $_.Fqdn })
            $replica.NextHop = Get-SimNextHop -World $World -Computer $computer
            $replica.Partners = @($World.Partners)
        }
    }
}

function Get-SimRouteName([object]$World, [object]$Computer) {
    # What a route to the Edge pool of a computer may be: the service of the pool, or one of its servers.
    $World.Pools | Where-Object { $_.Service -eq 'EdgeServer:' + $Computer.Pool } | ForEach-Object { $_.Service; $_.Computers }
}

function Get-SimNextHop([object]$World, [object]$Computer) {
    # The next hop of the pool of an Edge Server, as the topology has it; empty on other computers.
    return [string]($World.Pools | Where-Object { $_.Service -eq 'EdgeServer:' + $Computer.Pool } | ForEach-Object { $_.Registrar })
}

function Test-SimPool([object]$World, [string]$Fqdn) {
    # Whether a Front End pool answers: one of its servers runs; one whose servers are not known, where it is not down.
    $pool = Get-SimOne -From $World.Pools -Property 'Service' -Value ('Registrar:' + $Fqdn)
    if ($null -ne $pool -and $pool.Down) { return $false }
    $servers = @($World.Hosts | Where-Object { $_.Kind -eq 'frontend' -and $_.Pool -eq $Fqdn })
    return $servers.Count -eq 0 -or @($servers | Where-Object { Test-SimRunning -Computer $_ -Name 'RTCSRV' }).Count -gt 0
}

function Test-SimListens([object]$World, [object]$Computer, [int]$Port = 5269) {
    # The XMPP proxy listens where its services run and the configuration that has arrived routes XMPP to its pool; Access
    # Edge for partners where it runs with the role that Setup has installed.
    $replica = Get-SimOne -From $World.Replicas -Property 'Host' -Value $Computer.Name
    if ($Port -eq 5061) {
        $enabled = $null -ne $replica -and @($replica.SipPools) -contains $Computer.Pool
        return $enabled -and $Computer.SipRole -and (Test-SimRunning -Computer $Computer -Name 'RTCSRV')
    }
    $names = @(Get-SimRouteName -World $World -Computer $Computer)
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
    if ($null -ne (Get-SimOne -From $world.Pools -Property 'Service' -Value ('Registrar:' + $Target))) {
        if ($null -eq $here -or $Port -ne 5061 -or (Test-SimFault -Fault 'hop:unreached')) { return 'silent' }
        if (Test-SimPool -World $world -Fqdn $Target) { return 'open' }
        return $closed
    }
    $public = @($world.Public | Where-Object { $_.Address -eq $Target })
    if ($public.Count -eq 0 -or @(5269, 5061) -notcontains $Port) { return 'unknown' }
    # No hairpin: what comes from inside is not sent back in, be it from the server itself.
    if ($null -ne $here) { return 'silent' }
    $servers = @($world.Hosts | Where-Object { @($public[0].Hosts) -contains $_.Name })
    if (@($servers | Where-Object { Test-SimListens -World $world -Computer $_ -Port $Port }).Count -eq 0) { return $closed }
    if (Test-SimFault -Fault 'firewall:closed') { return 'silent' }
    return 'open'
}

function Test-ChangeDisabled([string]$Service) {
    $own = Get-SimOne -From (Get-SimHere -World (Get-SimWorld)).Services -Property 'Name' -Value $Service
    return $null -ne $own -and $own.Disabled
}

function Get-ChangeCertificate([string]$Store) {
    $here = Get-SimHere -World (Get-SimWorld)
    foreach ($one in @($here.Certificates | Where-Object { $_.Store -eq $Store })) {
        New-Object -TypeName 'PSObject' -Property @{ Subject = $one.Subject; Issuer = $one.Issuer; Thumbprint = $one.Thumbprint
            NotBefore = ([DateTime]$one.NotBefore).ToUniversalTime(); NotAfter = ([DateTime]$one.NotAfter).ToUniversalTime()
            HasPrivateKey = $one.HasPrivateKey
        }
    }
}

function Get-ChangeListener([int]$Port) {
    $world = Get-SimWorld
    Update-SimReplica -World $world
    $here = Get-SimHere -World $world
    if ($null -eq $here -or $here.Kind -ne 'edge' -or @(5269, 5061) -notcontains $Port) { return }
    # Inside, Access Edge listens on the same port: one address a line.
    $inside = $Port -eq 5061 -and (Test-SimRunning -Computer $here -Name 'RTCSRV')
    if ($inside) { '10.45.16.10:{0}' -f $Port }
    if (Test-SimListens -World $world -Computer $here -Port $Port) { '0.0.0.0:{0}' -f $Port }
}

function Get-SimSoa([object]$Serial) {
    # The SOA record of a zone as a set; nothing where the server has no such zone.
    if ($null -eq $Serial) { return }
    $number = [long]$Serial.Serial
    if (Test-SimFault -Fault 'dns:raised') { $number = ($number + 7) -band 4294967295 }
    if (Test-SimFault -Fault 'dns:half') { $number = $Serial.First }
    return @{ Records = @(New-Object -TypeName 'PSObject' -Property @{ TTL = 3600; Data = [string]$number }) }
}

function Get-SimAnswer([string]$Type, [object[]]$Records) {
    # Records as others have left them.
    if ($Type -eq 'SOA') { return $Records }
    $other = @{ A = '192.0.2.99'; AAAA = '2001:db8::99'; SRV = '5 0 5269 other.example.net.' }[$Type]
    $other = New-Object -TypeName 'PSObject' -Property @{ TTL = $Records[0].TTL; Data = $other }
    if (Test-SimFault -Fault 'dns:other') { return $other }
    if (Test-SimFault -Fault 'dns:more') { return @($Records) + $other }
    if (-not (Test-SimFault -Fault 'dns:ttl')) { return $Records }
    $Records | ForEach-Object { New-Object -TypeName 'PSObject' -Property @{ TTL = 777; Data = $_.Data } }
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
    $set = Find-SimSet -World $world -Like @{ Server = $Server; Name = $Name; Type = $Type }
    if ($Type -eq 'SOA') { $set = Get-SimSoa -Serial (Find-SimSerial -World $world -Server $Server -Zone $Name) }
    $alias = Find-SimSet -World $world -Like @{ Server = $Server; Name = $Name; Type = 'CNAME' }
    if ($null -ne $alias -and $code -ne 1460) {
        $target = $alias.Records[0].Data
        New-Object -TypeName 'PSObject' -Property @{ Name = $Name; QueryType = 'CNAME'; Section = 'Answer'; TTL = 300; NameHost = $target }
        New-Object -TypeName 'PSObject' -Property @{ Name = $target; QueryType = $Type; Section = 'Answer'; TTL = 300; IPAddress = '192.0.2.1' }
        return
    }
    if ($Type -ne 'SOA' -and (Test-SimFault -Fault 'dns:gone')) { $set = $null }
    if ($code -eq 1460 -or $null -eq $set -or @($set.Records).Count -eq 0) {
        $problem = New-Object -TypeName 'System.ComponentModel.Win32Exception' -ArgumentList $code
        $PSCmdlet.WriteError((New-Object -TypeName 'System.Management.Automation.ErrorRecord' -ArgumentList $problem, $id, $category, $Name))
        return
    }
    foreach ($record in @(Get-SimAnswer -Type $Type -Records $set.Records)) {
        $part = @($record.Data -split ' ')
        if ($Type -eq 'SOA') {
            New-Object -TypeName 'PSObject' -Property @{ Name = $Name; QueryType = 'SOA'; Section = 'Answer'; TTL = $record.TTL
                PrimaryServer = $Server; NameAdministrator = 'hostmaster.' + $Name; SerialNumber = [long]$record.Data
            }
            continue
        }
        if ($Type -ne 'SRV') {
            New-Object -TypeName 'PSObject' -Property @{ Name = $Name; QueryType = $Type; Section = 'Answer'; TTL = $record.TTL; IPAddress = $record.Data }
            continue
        }
        New-Object -TypeName 'PSObject' -Property @{ Name = $Name; QueryType = 'SRV'; Section = 'Answer'; TTL = $record.TTL
            Priority = [int]$part[0]; Weight = [int]$part[1]; Port = [int]$part[2]; NameTarget = $part[3]
        }
        # As a server would: the address of the target, in another section.
        New-Object -TypeName 'PSObject' -Property @{ Name = $part[3]; QueryType = 'A'; Section = 'Additional'; TTL = 300; IPAddress = '192.0.2.1' }
    }
}

# ---- What the cmdlets do. Arguments: the cmdlet, and the parameters that it was given.
function Invoke-SimCmdlet([System.Management.Automation.PSCmdlet]$Caller, [System.Collections.IDictionary]$Given) {
    $name = $Caller.MyInvocation.MyCommand.Name
    Add-SimGiven -Name $name -Values @($Given.Keys | Sort-Object | ForEach-Object { '-{0} {1}' -f $_, [string]$Given[$_] })
    $fault = Enter-SimCall -Name $name
    $body = Get-Command -Name ($name -replace '-(Cs|DnsServer|Cim)', '-Sim') -ErrorAction SilentlyContinue
    if ($null -eq $body) { throw ('LyncSim does not know what {0} does.' -f $name) }
    $world = Get-SimWorld
    & $body -Caller $Caller -Given $Given -World $world -Fault $fault
}

function Get-SimSite($Caller, $Given, $World, $Fault) {
    Assert-SimStore -World $World
    if ($Fault -eq 'moved') {
        foreach ($site in @($World.Sites)) { $site.Route = $site.SipRoute = 'EdgeServer:other.corp.example' }
        Save-SimWorld -World $World
    }
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
                Pools = @($pools | ForEach-Object { $_.Fqdn }); FederationRoute = $site.SipRoute; ($World.RouteProperty) = $site.Route
                DefaultPersistentChatPool = $null; Description = $null; DisplayName = $site.Name; SiteType = 'CentralSite'; ParentSite = $null
            }) | Select-Object -Property '*' -ExcludeProperty (Get-SimUnknown -World $World)
    }
}

function Get-SimUnknown([object]$World) {
    # Properties that a product without XMPP does not have.
    if (-not $World.HasXmpp) { $World.RouteProperty; 'XmppInternalPort'; 'XmppListeningPort' }
}

function Set-SimSite($Caller, $Given, $World, $Fault) {
    Assert-SimStore -World $World
    $identity = [string]$Given['Identity']
    if ($identity -like 'site:*') { throw 'Do not use the format "site:name" when specifying the identity.' }
    $site = Get-SimOne -From $World.Sites -Property 'Name' -Value $identity
    if ($null -eq $site) { throw ('Management object not found for identity "{0}".' -f $identity) }
    $sip = @($Given.Keys) -contains 'FederationRoute'
    $route = [string]$Given[$World.RouteProperty]
    if ($sip) { $route = [string]$Given['FederationRoute'] }
    if ($sip -or ($World.RouteProperty -eq 'XmppFederationRoute' -and @($Given.Keys) -contains 'XmppFederationRoute')) {
        # The identity of a service that exists.
        if (@($World.Pools | Where-Object { $_.Service -like 'EdgeServer:*' } | ForEach-Object { $_.Service }) -notcontains $route) {
            throw ('Cannot find service "{0}" in the topology.' -f $route)
        }
    }
    if (-not (Test-SimAsked -Caller $Caller -Given $Given -Target $identity)) { return }
    if (Test-SimFault -Fault 'store:readonly') { throw 'You do not have permissions to change the topology.' }
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    Update-SimReplica -World $World
    if ($sip) { $site.SipRoute = $route } else { $site.Route = $route }
    Save-SimTopology -World $World
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
    if ($Given['Registrar']) { return (Get-SimRegistrar -World $World -PoolFqdn $Given['PoolFqdn']) }
    if (-not $Given['EdgeServer']) { throw 'LyncSim knows Get-CsService -EdgeServer and -Registrar only.' }
    $edges = @($World.Pools | Where-Object { $_.Service -like 'EdgeServer:*' })
    foreach ($pool in @($edges | Where-Object { -not $Given['PoolFqdn'] -or $_.Fqdn -eq $Given['PoolFqdn'] })) {
        New-Object -TypeName 'PSObject' -Property ([ordered]@{
                Identity = $pool.Service; Registrar = $pool.Registrar
                AccessEdgeInternalSipPort = 5061; AccessEdgeExternalSipPort = $pool.SipPort; AccessEdgeClientSipPort = 443
                DataPsomServerPort = 8057; DataPsomClientPort = 443; MediaRelayAuthEdgePort = 5062
                MediaRelayInternalTurnTcpPort = 443; MediaRelayExternalTurnTcpPort = 443
                MediaRelayInternalTurnUdpPort = 3478; MediaRelayExternalTurnUdpPort = 3478
                MediaCommunicationPortStart = 50000; MediaCommunicationPortCount = 10000
                AccessEdgeExternalFqdn = $pool.AccessEdge; DataEdgeExternalFqdn = $pool.AccessEdge; AVEdgeExternalFqdn = $pool.AccessEdge
                InternalInterfaceFqdn = ''; ExternalMrasFqdn = $pool.AccessEdge
                XmppInternalPort = $pool.XmppInternalPort; XmppListeningPort = $pool.XmppListeningPort
                DependentServiceList = @(Get-SimDependent -World $World -Edge $pool.Fqdn); ServiceId = '1-EdgeServer-1'; SiteId = 'Site:' + $pool.Site
                PoolFqdn = $pool.Fqdn; Version = 6; Role = 'EdgeServer'
            }) | Select-Object -Property '*' -ExcludeProperty (Get-SimUnknown -World $World)
    }
}

function Get-SimRegistrar([object]$World, [string]$PoolFqdn) {
    foreach ($pool in @($World.Pools | Where-Object { $_.Service -like 'Registrar:*' -and ($PoolFqdn -eq '' -or $_.Fqdn -eq $PoolFqdn) })) {
        New-Object -TypeName 'PSObject' -Property ([ordered]@{
                Identity = $pool.Service; ServiceId = '1-Registrar-1'; SiteId = 'Site:' + $pool.Site; PoolFqdn = $pool.Fqdn; Version = 6; Role = 'Registrar'
            })
    }
}

function Set-SimEdgeServer($Caller, $Given, $World, $Fault) {
    # The identity is that of an Edge service, with or without its prefix; the Registrar is that of a Front End pool.
    Assert-SimStore -World $World
    $identity = [string]$Given['Identity'] -replace '^EdgeServer:', ''
    $registrar = [string]$Given['Registrar']
    $pool = Get-SimOne -From $World.Pools -Property 'Service' -Value ('EdgeServer:' + $identity)
    if ($null -eq $pool) { throw ('Management object not found for identity "EdgeServer:{0}".' -f $identity) }
    if ($registrar -notlike 'Registrar:*' -or $null -eq (Get-SimOne -From $World.Pools -Property 'Service' -Value $registrar)) {
        throw ('Cannot find service "{0}" in the topology.' -f $registrar)
    }
    if (-not (Test-SimAsked -Caller $Caller -Given $Given -Target $pool.Service)) { return }
    if (Test-SimFault -Fault 'store:readonly') { throw 'You do not have permissions to change the topology.' }
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    Update-SimReplica -World $World
    $pool.Registrar = $registrar
    Save-SimTopology -World $World
    Exit-SimCall -Name 'Set-CsEdgeServer' -Fault $Fault -Detail ('{0} {1}' -f $pool.Fqdn, $registrar)
}

function Get-SimDependent([object]$World, [string]$Edge) {
    # The services of the Front End pools whose media goes through an Edge pool.
    foreach ($pool in @($World.Pools | Where-Object { $_.Media -eq $Edge })) {
        foreach ($role in 'Registrar', 'ConferencingServer', 'MediationServer') { '{0}:{1}' -f $role, $pool.Fqdn }
    }
}

function Get-SimSipDomain($Caller, $Given, $World, $Fault) {
    Assert-SimStore -World $World
    foreach ($name in $World.SipDomains) {
        New-Object -TypeName 'PSObject' -Property ([ordered]@{ Identity = $name; Name = $name; IsDefault = ($name -eq @($World.SipDomains)[0]) })
    }
}

function Get-SimCertificate($Caller, $Given, $World, $Fault) {
    $here = Get-SimLocal -World $World -ComputerName ''
    foreach ($one in $here.Certificates) {
        foreach ($use in $one.Uses) {
            New-Object -TypeName 'PSObject' -Property ([ordered]@{ Issuer = $one.Issuer; NotAfter = [DateTime]$one.NotAfter
                    Subject = $one.Subject; AlternativeNames = @(); Thumbprint = $one.Thumbprint; Use = $use
                })
        }
    }
}

function Get-SimXmppAllowedPartner($Caller, $Given, $World, $Fault) {
    Update-SimReplica -World $World
    if ($Given['LocalStore']) {
        # What has arrived at this computer.
        $known = @((Get-SimOne -From $World.Replicas -Property 'Host' -Value $env:SIM_HOST).Partners)
    } else {
        Assert-SimStore -World $World
        $known = @($World.Partners)
    }
    foreach ($partner in @($known | Where-Object { -not $Given['Identity'] -or $_.Domain -eq $Given['Identity'] })) {
        New-Object -TypeName 'PSObject' -Property ([ordered]@{
                Identity = $partner.Domain; Domain = $partner.Domain; AdditionalDomains = @($partner.Additional); PartnerType = 'Federated'
                TlsNegotiation = 'Required'; SaslNegotiation = 'Optional'; SupportDialbackNegotiation = $true; EnableKeepAlive = $true
                ProxyFqdn = ''; ConnectionLimit = 200; Description = ''
            })
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
        # Empty on the page; a server that cannot ask the store writes an error as well.
        if ($null -ne $World.Store -and $World.Store.Down) {
            $master = @($World.Store.From | Where-Object { Test-SimFault -Fault 'store:alive' })
            if (Test-SimFault -Fault 'store:error') { throw 'Could not connect to SQL server : simulated fault.' }
        }
        New-Object -TypeName 'PSObject' -Property ([ordered]@{ ActiveMasterFqdn = [string]($master -join ''); ActiveFileTransferAgents = $master })
        return
    }
    Assert-SimStore -World $World
    Update-SimReplica -World $World
    foreach ($replica in @($World.Replicas | Where-Object { -not $Given['ReplicaFqdn'] -or $_.Host -eq $Given['ReplicaFqdn'] })) {
        $late = Test-SimFault -Fault ('replication:late@' + $replica.Host)
        New-Object -TypeName 'PSObject' -Property ([ordered]@{
                UpToDate = ($replica.Applied -eq $World.Version -and -not $late); ReplicaFqdn = $replica.Host; LastStatusReport = [DateTime]'2026-11-23'
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

function Get-SimPoolBackupRelationship($Caller, $Given, $World, $Fault) {
    # No page says what its properties are called.
    if (-not $Given['LocalStore']) { Assert-SimStore -World $World }
    if ($null -eq $World.Store -or $Given['PoolFqdn'] -ne $World.Store.From) { throw 'The pool has no backup pool.' }
    $backup = $World.Store.Backup
    if (Test-SimFault -Fault 'store:unpaired') { $backup = 'other.example.net' }
    New-Object -TypeName 'PSObject' -Property ([ordered]@{ SimPool = $World.Store.From; SimBackup = $backup })
}

function Get-SimDatabaseMirrorState($Caller, $Given, $World, $Fault) {
    if (-not $Given['LocalStore']) { Assert-SimStore -World $World }
    if ($null -eq $World.Store -or $Given['PoolFqdn'] -ne $World.Store.Backup) { throw 'There is no such pool.' }
    if ($Given['DatabaseType'] -ne 'CentralMgmt') { throw 'LyncSim knows the databases of the store only.' }
    $state = $World.Store.State
    if (Test-SimFault -Fault 'store:mirror') { $state = 'Mirror' }
    # The store has two databases.
    foreach ($name in @('xds', 'lis')) {
        New-Object -TypeName 'PSObject' -Property ([ordered]@{
                DatabaseName = $name; StateOnPrimary = $state; StateOnMirror = $state; MirroringStatusOnPrimary = ''
                MirroringStatusOnMirror = ''
            })
    }
}

function Invoke-SimManagementServerFailover($Caller, $Given, $World, $Fault) {
    # As the reference has it: on a server of the new pool, to the back end of the topology, and with the store down.
    $here = Get-SimHere -World $World
    if ($null -eq $World.Store -or $null -eq $here -or $here.Pool -ne $World.Store.Backup) { throw 'This server is in no pool that can take the store over.' }
    if (-not $World.Store.Down) { throw 'The Central Management store is there already.' }
    $store = $World.Store
    $same = $store.SqlServer -eq $Given['BackupSqlServerFqdn'] -and $store.SqlInstance -eq [string]$Given['BackupSqlInstanceName']
    $mirror = $store.MirrorServer -eq [string]$Given['BackupMirrorSqlServerFqdn'] -and
        $store.MirrorInstance -eq [string]$Given['BackupMirrorSqlInstanceName']
    if (-not ($same -and $mirror -and $Given['Force'])) { throw 'The back end is not the one that is defined in the topology.' }
    if (-not (Test-SimAsked -Caller $Caller -Given $Given -Target $store.Backup)) { return }
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    $store.Down = $false
    $World.Master = $env:SIM_HOST
    # No computer has reported to the new store.
    $World.Version++
    foreach ($replica in $World.Replicas) { $replica.Due = (Get-SimClock) + 120 }
    Save-SimWorld -World $World
    Exit-SimCall -Name 'Invoke-CsManagementServerFailover' -Fault $Fault -Detail $store.Backup
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
    Exit-SimCall -Name 'Stop-CsWindowsService' -Fault $Fault -Detail ([string]$Given['Name'] -replace '^$', 'all')
}

function Start-SimWindowsService($Caller, $Given, $World, $Fault) {
    $here = Get-SimLocal -World $World -ComputerName ([string]$Given['ComputerName'])
    if (-not (Test-SimAsked -Caller $Caller -Given $Given -Target $env:SIM_HOST)) { return }
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    $partial = Test-SimFault -Fault ('Start-CsWindowsService:partial@' + $env:SIM_HOST)
    $services = @($here.Services | Where-Object { -not $_.Disabled -and -not ($partial -and $_.DisplayName -like '*Audio/Video Edge*') })
    Set-SimService -Services $services -Given $Given -Status 'Running' -Slow ($Fault -eq 'slow')
    foreach ($replica in @($World.Replicas | Where-Object { $_.Host -eq $env:SIM_HOST })) { $replica.Due = (Get-SimClock) + 120 }
    Save-SimWorld -World $World
    Exit-SimCall -Name 'Start-CsWindowsService' -Fault $Fault -Detail ([string]$Given['Name'] -replace '^$', 'all')
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
    if (-not (Test-SimPool -World $World -Fqdn $Given['TargetFqdn'])) { throw 'The pool does not answer.' }
    # An Edge Server hands what comes back to the next hop that it knows of.
    Update-SimReplica -World $World
    foreach ($replica in @($World.Replicas | Where-Object { $_.NextHop -ne '' })) {
        $edge = Get-SimOne -From $World.Hosts -Property 'Name' -Value $replica.Host
        $listens = Test-SimListens -World $World -Computer $edge
        if ($listens -and -not (Test-SimPool -World $World -Fqdn ($replica.NextHop -replace '^Registrar:', ''))) { $result = 'Failure' }
    }
    if ($Fault -eq 'noop') { $result = 'Failure' }
    New-Object -TypeName 'PSObject' -Property ([ordered]@{ TargetFqdn = $Given['TargetFqdn']; Result = $result; Latency = '00:00:01'; Error = ''; Diagnosis = '' })
}

function Test-SimFederatedPartner($Caller, $Given, $World, $Fault) {
    # By way of one Edge Server, to a partner that is allowed: it works where the role runs and SIP is routed to its pool.
    Assert-SimStore -World $World
    Update-SimReplica -World $World
    $edge = Get-SimOne -From $World.Hosts -Property 'Name' -Value $Given['TargetFqdn']
    $result = 'Failure'
    if ($null -ne $edge -and @($World.SipPartners) -contains $Given['Domain']) {
        $replica = Get-SimOne -From $World.Replicas -Property 'Host' -Value $edge.Name
        $routed = @($replica.SipRoutes) -contains ('EdgeServer:' + $edge.Pool)
        if ($routed -and (Test-SimListens -World $World -Computer $edge -Port 5061)) { $result = 'Success' }
    }
    if ($Fault -eq 'noop') { $result = 'Failure' }
    New-Object -TypeName 'PSObject' -Property ([ordered]@{ TargetFqdn = $Given['TargetFqdn']; Result = $result; Latency = '00:00:01'; Error = ''; Diagnosis = '' })
}

# ---- What a Windows DNS server does. It has the zones of $World.Zones that name it.
function Find-SimZone([object]$World, [string]$Name) {
    # A zone of this server; nothing if it has none of that name.
    return $World.Zones | Where-Object { $_.Computer -eq $env:SIM_HOST -and $_.Name -eq $Name } | Select-Object -First 1
}

function Get-SimNode([object]$World, [object]$Zone, [string]$Owner) {
    # The sets of one name in a zone that have records.
    $World.Dns | Where-Object { $_.Server -eq $Zone.Server -and $_.Zone -eq $Zone.Name -and $_.Name -eq $Owner -and @($_.Records).Count -gt 0 }
}

function Get-SimZoneSet([object]$World, [object]$Zone, [string]$Owner, [string]$Type) {
    # The set of that name and type, which may be empty and is made if it is not there.
    $like = @{ Server = $Zone.Server; Zone = $Zone.Name; Name = $Owner; Type = $Type; Records = @() }
    $set = Find-SimSet -World $World -Like $like
    if ($null -ne $set) { return $set }
    $World.Dns += New-Object -TypeName 'PSObject' -Property $like
    return $World.Dns[-1]
}

function ConvertTo-SimOwner([string]$Zone, [string]$Name) {
    # The absolute name of one that is relative to a zone.
    if ($Name -eq '@') { return $Zone }
    return $Name + '.' + $Zone
}

function ConvertTo-SimData([string]$Zone, [string]$Type, [string]$Data) {
    # Data as world.json has it. A target without a dot at its end is one of the zone.
    if ($Type -ne 'SRV') { return [string][System.Net.IPAddress]$Data }
    if ($Data -notlike '*.') { $Data += '.' + $Zone + '.' }
    return $Data
}

function Get-SimLongAddress([string]$Address) {
    # An IPv6 address with all its digits.
    $left, $right = $Address -split '::'
    $parts = @([string]$left -split ':' | Where-Object { $_ -ne '' })
    $tail = @([string]$right -split ':' | Where-Object { $_ -ne '' })
    while ($parts.Count + $tail.Count -lt 8) { $parts += '0' }
    return @($parts + $tail | ForEach-Object { ('000' + $_) -replace '^0*(?=....$)', '' }) -join ':'
}

function Write-SimDnsError([System.Management.Automation.PSCmdlet]$Caller, [int]$Number, [string]$Text, [string]$Category) {
    # An error as the module DnsServer writes it.
    Write-SimError -Caller $Caller -Text $Text -Id ('DNS {0}' -f $Number) -Category $Category
}

function New-SimResourceRecord([string]$HostName, [string]$Type, [object]$Record) {
    # A record as the module DnsServer gives it.
    $part = @($Record.Data -split ' ')
    $shown = switch ($Type) {
        'A' { @{ IPv4Address = [System.Net.IPAddress]$part[0] } }
        'AAAA' { @{ IPv6Address = [System.Net.IPAddress]$part[0] } }
        'SRV' { @{ Priority = [int]$part[0]; Weight = [int]$part[1]; Port = [int]$part[2]; DomainName = $part[3] } }
    }
    return New-Object -TypeName 'PSObject' -Property @{
        HostName = $HostName; RecordType = $Type; TimeToLive = [TimeSpan]::FromSeconds($Record.TTL)
        RecordData = (New-Object -TypeName 'PSObject' -Property $shown)
    }
}

function Get-SimObjectData([object]$From) {
    # The data of a record that the module DnsServer gave.
    switch ($From.RecordType) {
        'A' { return [string]$From.RecordData.IPv4Address }
        'AAAA' { return [string]$From.RecordData.IPv6Address }
        'SRV' { return ('{0} {1} {2} {3}' -f $From.RecordData.Priority, $From.RecordData.Weight, $From.RecordData.Port, $From.RecordData.DomainName) }
    }
}

function Find-SimRecord([object]$Set, [object]$Like) {
    # The record that is exactly as this object, TTL included; nothing if there is none.
    $data = Get-SimObjectData -From $Like
    return $Set.Records | Where-Object { $_.Data -eq $data -and $_.TTL -eq $Like.TimeToLive.TotalSeconds } | Select-Object -First 1
}

function Get-SimZone($Caller, $Given, $World, $Fault) {
    $zone = Find-SimZone -World $World -Name $Given['Name']
    if ($null -eq $zone) {
        $text = 'The zone {0} was not found on server {1}.' -f $Given['Name'], $env:SIM_HOST
        Write-SimError -Caller $Caller -Text $text -Id 'WIN32 9601' -Category 'ObjectNotFound'
        return
    }
    New-Object -TypeName 'PSObject' -Property @{
        ZoneName = $zone.Name; ZoneType = $zone.Type; IsPaused = $zone.Paused; IsShutdown = $false; IsReadOnly = $false
    }
}

function Remove-SimNewest([object]$World, [object]$Set) {
    # What others do meanwhile.
    $Set.Records = @($Set.Records | Select-Object -First (@($Set.Records).Count - 1))
    Save-SimWorld -World $World
}

function Get-SimResourceRecord($Caller, $Given, $World, $Fault) {
    $zone = Find-SimZone -World $World -Name $Given['ZoneName']
    $name = [string]$Given['Name']
    $found = @()
    if ($null -ne $zone) { $found = @(Get-SimNode -World $World -Zone $zone -Owner (ConvertTo-SimOwner -Zone $zone.Name -Name $name)) }
    if ($found.Count -eq 0) {
        Write-SimDnsError -Caller $Caller -Number 9714 -Text ('Failed to get {0} record in {1} zone.' -f $name, $Given['ZoneName']) -Category 'ObjectNotFound'
        return
    }
    $set = Get-SimOne -From $found -Property 'Type' -Value $Given['RRType']
    if ($null -eq $set) {
        Write-SimDnsError -Caller $Caller -Number 9701 -Text ('Failed to get {0} record of {1}.' -f $Given['RRType'], $name) -Category 'ObjectNotFound'
        return
    }
    if ($Fault -eq 'lost') { Remove-SimNewest -World $World -Set $set }
    foreach ($record in $set.Records) { New-SimResourceRecord -HostName $name -Type $set.Type -Record $record }
    # A child of the zone has a record of the same name.
    $other = @{ A = '192.0.2.66'; AAAA = '2001:db8::66'; SRV = '0 0 5269 child.example.net.' }[$set.Type]
    if ($name -ne '@') { New-SimResourceRecord -HostName ($name + '.child') -Type $set.Type -Record @{ TTL = 60; Data = $other } }
}

function Add-SimResourceRecord($Caller, $Given, $World, $Fault) {
    $type = @('A', 'AAAA', 'SRV' | Where-Object { $Given[$_] })[0]
    $data = switch ($type) {
        'A' { [string]$Given['IPv4Address'] }
        'AAAA' { [string]$Given['IPv6Address'] }
        'SRV' { '{0} {1} {2} {3}' -f $Given['Priority'], $Given['Weight'], $Given['Port'], $Given['DomainName'] }
    }
    $want = @{ Owner = ConvertTo-SimOwner -Zone $Given['ZoneName'] -Name $Given['Name']; Type = $type; Seconds = 3600
        Data = ConvertTo-SimData -Zone $Given['ZoneName'] -Type $type -Data $data
    }
    if ($Given['TimeToLive']) { $want.Seconds = $Given['TimeToLive'].TotalSeconds }
    if ($Fault -eq 'ttl') { $want.Seconds = 86400 }
    if (-not (Test-SimAsked -Caller $Caller -Given $Given -Target $Given['ZoneName'])) { return }
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    $code = Add-SimRecord -World $World -Zone (Find-SimZone -World $World -Name $Given['ZoneName']) -Want $want
    if ($code -ne 0) {
        Write-SimDnsError -Caller $Caller -Number $code -Text ('Failed to create resource record {0}.' -f $Given['Name']) -Category 'InvalidOperation'
        return
    }
    Exit-SimCall -Name 'Add-DnsServerResourceRecord' -Fault $Fault -Detail ('{0} {1} add {2} {3}' -f $want.Owner, $type, $want.Seconds, $want.Data)
}

function Remove-SimResourceRecord($Caller, $Given, $World, $Fault) {
    $object = $Given['InputObject']
    $zone = Find-SimZone -World $World -Name $Given['ZoneName']
    $record = $null
    if ($null -ne $zone) {
        $set = Get-SimZoneSet -World $World -Zone $zone -Owner (ConvertTo-SimOwner -Zone $zone.Name -Name $object.HostName) -Type $object.RecordType
        $record = Find-SimRecord -Set $set -Like $object
    }
    if (-not (Test-SimAsked -Caller $Caller -Given $Given -Target $Given['ZoneName'])) { return }
    # Besides -Confirm this cmdlet has a question of its own.
    if (-not $Given['Force']) { throw ('Remove-DnsServerResourceRecord asks about {0}, and there is no one to answer.' -f $object.HostName) }
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    if ($null -eq $record) {
        Write-SimDnsError -Caller $Caller -Number 9701 -Text ('Failed to remove {0}: no such record.' -f $object.HostName) -Category 'ObjectNotFound'
        return
    }
    Remove-SimRecord -World $World -Set $set -Data $record.Data
    Exit-SimCall -Name 'Remove-DnsServerResourceRecord' -Fault $Fault -Detail ('{0} {1} remove {2}' -f $set.Name, $set.Type, $record.Data)
}

function Set-SimResourceRecord($Caller, $Given, $World, $Fault) {
    $old = $Given['OldInputObject']
    $new = $Given['NewInputObject']
    $zone = Find-SimZone -World $World -Name $Given['ZoneName']
    $record = $null
    if ($null -ne $zone) {
        $set = Get-SimZoneSet -World $World -Zone $zone -Owner (ConvertTo-SimOwner -Zone $zone.Name -Name $old.HostName) -Type $old.RecordType
        $record = Find-SimRecord -Set $set -Like $old
    }
    if (-not (Test-SimAsked -Caller $Caller -Given $Given -Target $Given['ZoneName'])) { return }
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    if ($null -eq $record -or [object]::ReferenceEquals($old, $new) -or $old.HostName -ne $new.HostName -or $old.RecordType -ne $new.RecordType) {
        Write-SimDnsError -Caller $Caller -Number 9701 -Text ('Failed to update {0}: it is not as in OldInputObject.' -f $old.HostName) -Category 'InvalidOperation'
        return
    }
    $record.TTL = [int]$new.TimeToLive.TotalSeconds
    $record.Data = Get-SimObjectData -From $new
    $null = Update-SimSerial -World $World -Server $zone.Server -Zone $zone.Name
    Save-SimWorld -World $World
    $detail = '{0} {1} ttl {2} {3}' -f $set.Name, $set.Type, $record.TTL, $record.Data
    Exit-SimCall -Name 'Set-DnsServerResourceRecord' -Fault $Fault -Detail $detail
}

function Add-SimRecord([object]$World, [object]$Zone, [System.Collections.IDictionary]$Want) {
    # Returns 0 or the number of the error.
    if ($null -eq $Zone) { return 9601 }
    $set = Get-SimZoneSet -World $World -Zone $Zone -Owner $Want.Owner -Type $Want.Type
    if (@($set.Records | ForEach-Object { $_.Data }) -contains $Want.Data) { return 9711 }
    $set.Records = @($set.Records) + (New-Object -TypeName 'PSObject' -Property @{ TTL = [int]$Want.Seconds; Data = $Want.Data })
    $null = Update-SimSerial -World $World -Server $Zone.Server -Zone $Zone.Name
    Save-SimWorld -World $World
    return 0
}

function Remove-SimRecord([object]$World, [object]$Set, [string[]]$Data) {
    $Set.Records = @($Set.Records | Where-Object { $Data -notcontains $_.Data })
    $null = Update-SimSerial -World $World -Server $Set.Server -Zone $Set.Zone
    Save-SimWorld -World $World
}

# ---- What Windows Server 2008 R2 has for it: WMI, and dnscmd.
function Get-SimInstance($Caller, $Given, $World, $Fault) {
    if ($Given['Namespace'] -ne 'root/MicrosoftDNS' -or $Given['ClassName'] -notmatch '^MicrosoftDNS_(Zone|(A|AAAA|SRV)Type)$') { throw 'Invalid class' }
    if ($Matches[1] -eq 'Zone') { return (Get-SimWmiZone -World $World -Filter $Given['Filter']) }
    $type = $Matches[2]
    if ($Given['Filter'] -notmatch '^ContainerName=''([^'']+)'' AND OwnerName=''([^'']+)''$') { throw 'Invalid query' }
    $owner = $Matches[2]
    $zone = Find-SimZone -World $World -Name $Matches[1]
    if ($null -eq $zone) { return }
    $set = Get-SimOne -From @(Get-SimNode -World $World -Zone $zone -Owner $owner) -Property 'Type' -Value $type
    if ($null -eq $set) { return }
    if ($Fault -eq 'lost') { Remove-SimNewest -World $World -Set $set }
    foreach ($record in $set.Records) {
        $data = $record.Data
        if ($type -eq 'AAAA') { $data = Get-SimLongAddress -Address $data }
        New-Object -TypeName 'PSObject' -Property @{
            CimClass = $Given['ClassName']; OwnerName = $owner; ContainerName = $zone.Name; TTL = $record.TTL; RecordData = $data
        }
    }
}

function Get-SimWmiZone([object]$World, [string]$Filter) {
    if ($Filter -notmatch '^Name=''([^'']+)''$') { throw 'Invalid query' }
    $zone = Find-SimZone -World $World -Name $Matches[1]
    if ($null -eq $zone) { return }
    $type = @{ Primary = 1; Secondary = 2 }[$zone.Type]
    New-Object -TypeName 'PSObject' -Property @{ Name = $zone.Name; ZoneType = $type; Paused = $zone.Paused; Shutdown = $false }
}

function Invoke-SimMethod($Caller, $Given, $World, $Fault) {
    # The method Modify of a record that Get-CimInstance gave: it takes no other, and none that has changed since.
    $object = $Given['InputObject']
    $type = $object.CimClass -replace '^MicrosoftDNS_|Type$', ''
    if ($Given['MethodName'] -ne 'Modify' -or -not $Given['Arguments']['TTL']) { throw 'Invalid method' }
    if (Test-SimSpoiled -Caller $Caller -Fault $Fault) { return }
    $zone = Find-SimZone -World $World -Name $object.ContainerName
    $set = Get-SimZoneSet -World $World -Zone $zone -Owner $object.OwnerName -Type $type
    $data = ConvertTo-SimData -Zone $zone.Name -Type $type -Data $object.RecordData
    $record = $set.Records | Where-Object { $_.Data -eq $data -and $_.TTL -eq $object.TTL } | Select-Object -First 1
    if ($null -eq $record) { throw 'Generic failure' }
    $record.TTL = [int]$Given['Arguments']['TTL']
    $null = Update-SimSerial -World $World -Server $zone.Server -Zone $zone.Name
    Save-SimWorld -World $World
    Exit-SimCall -Name 'Invoke-CimMethod' -Fault $Fault -Detail ('{0} {1} ttl {2} {3}' -f $set.Name, $type, $record.TTL, $data)
}

function Invoke-SimDnscmd([string[]]$Words) {
    # Prints text and sets the exit code.
    Add-SimGiven -Name 'dnscmd.exe' -Values $Words
    $fault = Enter-SimCall -Name 'dnscmd.exe'
    $world = Get-SimWorld
    $want = Read-SimDnscmd -World $world -Words $Words
    if ($fault -eq 'ttl') { $want.Seconds = 86400 }
    if ($fault -eq 'error') { $want.Code = 9714 }
    if ($want.Code -eq 0 -and $fault -ne 'noop') { $want.Code = Invoke-SimDnscmdWork -World $world -Want $want }
    $global:LASTEXITCODE = $want.Code
    if ($want.Code -ne 0) { return ('Command failed:  {0}' -f $want.Code) }
    if ($fault -ne 'noop') { Exit-SimCall -Name 'dnscmd.exe' -Fault $fault -Detail $want.Detail }
    return 'Command completed successfully.'
}

function Read-SimDnscmd([object]$World, [string[]]$Words) {
    # What a command line wants; Code is the number of the error that it is.
    $want = @{ Code = 87; Seconds = 3600; Detail = '' }
    if ($Words.Count -lt 5) { return $want }
    $server, $want['Command'], $name, $node, $rest = $Words
    $zone = Find-SimZone -World $World -Name $name
    if ($server -ne '.') { $want.Code = 1722 } elseif ($null -eq $zone) { $want.Code = 9601 }
    if ($want.Code -ne 87) { return $want }
    # Without a dot at its end a node would be relative: whatever that may come to, it is not taken.
    $owner = $node -replace '^@$', ($name + '.') -replace '\.$', ''
    if ($node -notmatch '^@$|\.$' -or ('.' + $owner) -notlike ('*.' + $name)) { return $want }
    $want['Force'] = @($rest) -contains '/f'
    $rest = @($rest | Where-Object { $_ -ne '/f' })
    if ($want.Command -eq '/RecordAdd' -and $rest[0] -match '^\d+$') { $want.Seconds, $rest = $rest }
    $want['Type'], $data = $rest
    $data = @($data) -join ' '
    $shape = @{ A = '^[\d.]+$'; AAAA = '^[\da-f:]+$'; SRV = '^\d+ \d+ \d+ \S+$' }[$want.Type]
    # RecordDelete takes no data for all data.
    if ($null -eq $shape -or $data -notmatch $shape -and ($data -ne '' -or $want.Command -ne '/RecordDelete')) { return $want }
    if ($data -ne '') { $data = ConvertTo-SimData -Zone $name -Type $want.Type -Data $data }
    $want['Zone'] = $zone
    $want['Owner'] = $owner
    $want['Data'] = $data
    $want.Code = 0
    return $want
}

function Invoke-SimDnscmdWork([object]$World, [System.Collections.IDictionary]$Want) {
    # Returns the exit code: 0, or the number of the error.
    if ($Want.Command -eq '/RecordAdd') {
        $Want.Detail = '{0} {1} add {2} {3}' -f $Want.Owner, $Want.Type, $Want.Seconds, $Want.Data
        return Add-SimRecord -World $World -Zone $Want.Zone -Want $Want
    }
    # Without /f it asks, and gets no answer.
    if ($Want.Command -ne '/RecordDelete' -or -not $Want.Force) { return 1223 }
    $set = Get-SimZoneSet -World $World -Zone $Want.Zone -Owner $Want.Owner -Type $Want.Type
    $gone = @($set.Records | ForEach-Object { $_.Data } | Where-Object { $Want.Data -eq '' -or $_ -eq $Want.Data })
    if ($gone.Count -eq 0) { return 9701 }
    Remove-SimRecord -World $World -Set $set -Data $gone
    $Want.Detail = '{0} {1} remove {2}' -f $Want.Owner, $Want.Type, ($gone -join ', ')
    return 0
}

# ---- Sitting down at another computer.
function Set-SimModule([string]$Product) {
    # With shell:plain, the one module of the product that can be imported by its name; else, and without a product, none.
    Get-Module -Name 'Lync', 'SkypeForBusiness' | Remove-Module
    $separator = [string][System.IO.Path]::PathSeparator
    $paths = @($env:PSModulePath -split $separator | Where-Object { $_ -notlike '*LyncSim.modules*' })
    if ($Product -ne '') {
        $name = 'SkypeForBusiness'
        if ($Product -notlike 'sfb-*') { $name = 'Lync' }
        $folder = [System.IO.Path]::Combine($env:SIM_WORLD, 'LyncSim.modules', $name)
        $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::Combine($folder, $name))
        $cmdlets = [System.IO.Path]::Combine($env:SIM_KIT, 'Cmdlets.' + $Product + '.psm1') -replace "'", "''"
        # Not found by looking into the file: else the cmdlets would come by themselves, whatever is imported.
        $text = "& (Get-Command -Name 'Import-Module') -Name '{0}' -Global -DisableNameChecking" -f $cmdlets
        [System.IO.File]::WriteAllText([System.IO.Path]::Combine($folder, $name, $name + '.psm1'), $text)
        $paths = @($folder) + $paths
    }
    $env:PSModulePath = $paths -join $separator
}

function Enter-SimHost([string]$Name) {
    # The shell of that computer has the cmdlets of its product and of its DNS server, or none.
    $env:SIM_HOST = $Name
    $computer = Get-SimHere -World (Get-SimWorld)
    $wanted = @()
    Set-SimModule
    if ($null -ne $computer) { $wanted = @($computer.Product, $computer.Dns | Where-Object { $_ -ne '' } | ForEach-Object { 'Cmdlets.' + $_ }) }
    if ($null -ne $computer -and (Test-SimFault -Fault 'shell:plain')) {
        Set-SimModule -Product ([string]$computer.Product)
        $wanted = @($wanted | Where-Object { $_ -ne 'Cmdlets.' + $computer.Product })
    }
    foreach ($module in @(Get-Module -Name 'Cmdlets.*')) {
        if ($wanted -notcontains $module.Name) { Remove-Module -ModuleInfo $module }
    }
    foreach ($module in $wanted) {
        if ($null -ne (Get-Module -Name $module)) { continue }
        Import-Module -Name ([System.IO.Path]::Combine($env:SIM_KIT, $module + '.psm1')) -Global -DisableNameChecking
    }
}

Export-ModuleMember -Function '*'
