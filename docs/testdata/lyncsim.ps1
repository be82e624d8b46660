# Holds LyncSim against what docs/rehearsal.md says of it. Kit is that of specs/seed, DnsKit that of specs/windows-dns-prepare,
# Work a folder for their worlds. Prints "yes" or "no" before each sentence of the page.
param([string]$Kit, [string]$DnsKit, [string]$Work)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
Import-Module -Name ([System.IO.Path]::Combine($Kit, 'LyncSim.psm1')) -Global -DisableNameChecking
$manager = 'fe2.corp.contoso.com'
$edge = 'EdgeServer2.contoso.com'
$outside = 'partner.example.net'
$public = '198.51.100.21'
$newer = 'ns1.contoso.net'
$older = 'ns2.contoso.net'
$srv = '_xmpp-server._tcp'
$script:Count = 0

function Test-Claim([string]$Text, [scriptblock]$Block, [string]$From = $Kit) {
    # Every claim has a world of its own, that of the kit From, and begins on the management host.
    $env:SIM_KIT = $From
    $run = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText([System.IO.Path]::Combine($From, 'rehearsal.json')))
    $script:Count++
    $env:SIM_FAULT = ''
    $env:SIM_WORLD = [System.IO.Path]::Combine($Work, [string]$script:Count)
    $null = [System.IO.Directory]::CreateDirectory($env:SIM_WORLD)
    Save-SimWorld -World $run.World
    Enter-SimHost -Name $manager
    $wrong = @()
    try { $wrong = @(& $Block | ForEach-Object { [string]$_ }) } catch { $wrong = @($_.Exception.Message) }
    if ($wrong.Count -eq 0) { 'yes ' + $Text } else { 'no {0} [{1}]' -f $Text, ($wrong -join '; ') }
}

# These say nothing where all is as it should be.
function Assert-Same([string]$Got, [string]$Want, [string]$What) {
    if ($Got -cne $Want) { '{0}: {1}, not {2}' -f $What, $Got, $Want }
}

function Assert-Throw([string]$Like, [scriptblock]$Block) {
    try { $null = & $Block } catch {
        if ($_.Exception.Message -notlike $Like) { 'it throws ' + $_.Exception.Message }
        return
    }
    'it does not throw ' + $Like
}

function Get-UpToDate {
    Enter-SimHost -Name $manager
    return [string](Get-CsManagementStoreReplicationStatus -ReplicaFqdn $edge).UpToDate
}

function Set-Route {
    Enter-SimHost -Name $manager
    Set-CsSite -Identity 'Site2' -XmppFederationRoute ('EdgeServer:' + $edge) -Confirm:$false
}

function Get-Port([string]$From, [string]$Target, [int]$Port) {
    Enter-SimHost -Name $From
    return Test-ChangePort -Target $Target -Port $Port -Seconds 1
}

Test-Claim -Text 'A cmdlet takes the parameters that the reference of its product has, and no others.' -Block {
    Assert-Throw -Like '*XmppExternalFederationRoute*' -Block { Set-CsSite -Identity 'Site2' -XmppExternalFederationRoute $edge -Confirm:$false }
    Set-Route
}
Test-Claim -Text 'Each cmdlet that has `-Confirm` asks before it changes anything.' -Block {
    $asks = @(Get-Command -Module 'Cmdlets.*' | Where-Object { $_.Parameters.ContainsKey('Confirm') })
    if ($asks.Count -lt 3) { 'only {0} cmdlets' -f $asks.Count }
    foreach ($cmdlet in $asks) {
        $meta = New-Object -TypeName 'System.Management.Automation.CommandMetadata' -ArgumentList $cmdlet
        Assert-Same -Got $meta.ConfirmImpact -Want 'High' -What $cmdlet.Name
    }
}
Test-Claim -Text 'A computer outside has none of the cmdlets.' -Block {
    Enter-SimHost -Name $outside
    Assert-Same -Got @(Get-Command -Name 'Get-CsSite', 'Get-CsWindowsService' -ErrorAction SilentlyContinue).Count -Want 0 -What 'cmdlets'
}
Test-Claim -Text 'The Central Management store answers the management host, and no Edge Server.' -Block {
    Assert-Same -Got @(Get-CsSite).Count -Want 2 -What 'sites'
    Enter-SimHost -Name $edge
    Assert-Throw -Like 'Cannot open database*' -Block { Get-CsSite }
}
Test-Claim -Text '`Set-CsSite` takes only an Edge service that exists. So no cmdlet clears a route; Topology Builder does.' -Block {
    foreach ($route in @('', 'EdgeServer:no.example.net')) {
        Assert-Throw -Like 'Cannot find service*' -Block { Set-CsSite -Identity 'Site2' -XmppFederationRoute $route -Confirm:$false }
    }
    $null = Invoke-SimClick -Click (New-Object -TypeName 'PSObject' -Property @{ Kind = 'route'; On = 'Site2'; Value = '' })
    Assert-Same -Got (Get-CsSite -Identity 'Site2').XmppFederationRoute -Want '' -What 'route'
}
Test-Claim -Text '`Set-CsEdgeServer` takes only an Edge service that exists, and as the next hop only the Registrar of a Front End pool.' -Block {
    $hop = 'Registrar:fepool1.corp.contoso.com'
    # As the edition of the page of 2014-02-26 has it.
    Assert-Throw -Like 'Management object not found*' -Block { Set-CsEdgeServer -Identity 'EdgeServer:fepool2.corp.contoso.com' -Registrar $hop -Confirm:$false }
    Assert-Throw -Like 'Cannot find service*' -Block { Set-CsEdgeServer -Identity ('EdgeServer:' + $edge) -Registrar ('EdgeServer:' + $edge) -Confirm:$false }
    Set-CsEdgeServer -Identity ('EdgeServer:' + $edge) -Registrar $hop -Confirm:$false
    Assert-Same -Got (Get-CsService -EdgeServer -PoolFqdn $edge).Registrar -Want $hop -What 'next hop'
}
Test-Claim -Text 'A Front End pool answers on TCP 5061, inside, unless it is at the site of the pool that failed.' -Block {
    Assert-Same -Got (Get-Port -From $edge -Target 'fepool2.corp.contoso.com' -Port 5061) -Want 'open' -What 'the pool that runs'
    Assert-Same -Got (Get-Port -From $edge -Target 'fepool1.corp.contoso.com' -Port 5061) -Want 'closed' -What 'the pool that failed'
    Assert-Same -Got (Get-Port -From $outside -Target 'fepool2.corp.contoso.com' -Port 5061) -Want 'silent' -What 'from outside'
}
$sip = 'An Edge Server answers partners on TCP 5061 once Topology Builder has published that for its pool, the configuration has ' +
    'arrived, and Setup has run there.'
Test-Claim -Text $sip -Block {
    $federation = New-Object -TypeName 'PSObject' -Property @{ Kind = 'federation'; On = $edge; Value = '5061' }
    $setup = New-Object -TypeName 'PSObject' -Property @{ Kind = 'setup'; On = $edge; Value = '' }
    $null = Invoke-SimClick -Click $federation
    $null = Invoke-SimClick -Click $setup
    Assert-Same -Got (Get-CsService -EdgeServer -PoolFqdn $edge).AccessEdgeExternalSipPort -Want '5061' -What 'port of the pool'
    Assert-Same -Got (Get-Port -From $outside -Target $public -Port 5061) -Want 'closed' -What 'Setup before it has arrived'
    Start-Sleep -Seconds 120
    Assert-Same -Got (Get-Port -From $outside -Target $public -Port 5061) -Want 'closed' -What 'no Setup after it has arrived'
    $null = Invoke-SimClick -Click $setup
    Assert-Same -Got (Get-Port -From $outside -Target $public -Port 5061) -Want 'open' -What 'Setup after it has arrived'
}
Test-Claim -Text 'The services of a Front End pool are dependents of the Edge pool that its media goes through, and of no other.' -Block {
    $own = { @(Get-CsService -EdgeServer -PoolFqdn $edge | ForEach-Object { $_.DependentServiceList }) -join ',' }
    $roles = 'Registrar:{0},ConferencingServer:{0},MediationServer:{0}'
    Assert-Same -Got (& $own) -Want ($roles -f 'fepool2.corp.contoso.com') -What 'dependents'
    $null = Invoke-SimClick -Click (New-Object -TypeName 'PSObject' -Property @{ Kind = 'media'; On = 'fepool2.corp.contoso.com'; Value = 'EdgeServer1.contoso.com' })
    Assert-Same -Got (& $own) -Want '' -What 'dependents of a pool that it left'
}
Test-Claim -Text 'Services are controlled on their own server only, and are in their new state when the cmdlet returns.' -Block {
    Assert-Throw -Like 'Cannot open Service Control Manager*' -Block { Stop-CsWindowsService -ComputerName $edge -Confirm:$false }
    Enter-SimHost -Name $edge
    Stop-CsWindowsService -Confirm:$false
    Assert-Same -Got (@(Get-CsWindowsService | ForEach-Object { $_.Status } | Select-Object -Unique) -join ',') -Want 'Stopped' -What 'status'
}
Test-Claim -Text 'A service can be stopped and started alone, by its name.' -Block {
    Enter-SimHost -Name $edge
    Stop-CsWindowsService -Name 'SIMXMPPPROXY' -Confirm:$false
    $down = @(Get-CsWindowsService | Where-Object { $_.Status -ne 'Running' } | ForEach-Object { $_.Name })
    Assert-Same -Got ($down -join ' ') -Want 'SIMXMPPPROXY' -What 'down'
    Start-CsWindowsService -Name 'SIMXMPPPROXY' -Confirm:$false
    Assert-Same -Got @(Get-CsWindowsService | Where-Object { $_.Status -ne 'Running' }).Count -Want 0 -What 'down again'
}
Test-Claim -Text 'The allowed XMPP partners are those of the spec, each with its domain as Identity.' -Block {
    Assert-Same -Got (@(Get-CsXmppAllowedPartner | ForEach-Object { $_.Identity }) -join ' ') -Want 'jabber.example.org' -What 'partners'
}
Test-Claim -Text 'A service that does not start is a warning of `Start-CsWindowsService` and no error.' -Block {
    Enter-SimHost -Name $edge
    Stop-CsWindowsService -Confirm:$false
    $env:SIM_FAULT = 'Start-CsWindowsService:partial@' + $edge
    Start-CsWindowsService -Confirm:$false -ErrorAction Stop -WarningVariable 'said' -WarningAction SilentlyContinue
    Assert-Same -Got @($said).Count -Want 1 -What 'warnings'
    Assert-Same -Got @(Get-CsWindowsService | Where-Object { $_.Status -eq 'Stopped' }).Count -Want 1 -What 'stopped'
}
Test-Claim -Text 'A service that administrators have disabled does not start.' -Block {
    Enter-SimHost -Name $edge
    Stop-CsWindowsService -Confirm:$false
    $world = Get-SimWorld
    (($world.Hosts | Where-Object { $_.Name -eq $edge }).Services | Where-Object { $_.Name -eq 'RTCCLSAGT' }).Disabled = $true
    Save-SimWorld -World $world
    Start-CsWindowsService -Confirm:$false -ErrorAction Stop
    $down = @(Get-CsWindowsService | Where-Object { $_.Status -ne 'Running' } | ForEach-Object { $_.Name })
    Assert-Same -Got ($down -join ' ') -Want 'RTCCLSAGT' -What 'down'
    Assert-Same -Got (Test-ChangeDisabled -Service 'RTCCLSAGT') -Want 'True' -What 'disabled'
    Assert-Same -Got (Test-ChangeDisabled -Service 'RTCSRV') -Want 'False' -What 'not disabled'
}
Test-Claim -Text 'An Edge Server has a certificate for its external services and one for Internal, with their keys, from a root that it trusts.' -Block {
    Enter-SimHost -Name $edge
    $uses = @(Get-CsCertificate | ForEach-Object { $_.Use } | Sort-Object)
    Assert-Same -Got ($uses -join ' ') -Want 'AccessEdgeExternal AudioVideoAuthentication DataEdgeExternal Internal' -What 'uses'
    $own = @(Get-ChangeCertificate -Store 'My' | Where-Object { $_.HasPrivateKey -and $_.NotAfter -gt [DateTime]'2099-01-01' })
    Assert-Same -Got $own.Count -Want 2 -What 'certificates'
    $root = @(Get-ChangeCertificate -Store 'Root')
    Assert-Same -Got ($root | ForEach-Object { $_.Subject + ' ' + $_.Issuer }) -Want 'CN=Root CA CN=Root CA' -What 'root'
    Assert-Same -Got (@($own | ForEach-Object { $_.Issuer } | Select-Object -Unique) -join ' ') -Want 'CN=Root CA' -What 'issuer'
}
Test-Claim -Text '`Get-CsXmppAllowedPartner -LocalStore` shows what has arrived at the computer.' -Block {
    Enter-SimHost -Name $edge
    Assert-Same -Got (Get-CsXmppAllowedPartner -LocalStore).Identity -Want 'jabber.example.org' -What 'before'
    $world = Get-SimWorld
    $world.Partners[0].Domain = 'other.example.org'
    Save-SimWorld -World $world
    Assert-Same -Got (Get-CsXmppAllowedPartner -LocalStore).Identity -Want 'jabber.example.org' -What 'changed'
    Set-Route
    Start-Sleep -Seconds 120
    Enter-SimHost -Name $edge
    Assert-Same -Got (Get-CsXmppAllowedPartner -LocalStore).Identity -Want 'other.example.org' -What 'arrived'
}
Test-Claim -Text 'A new configuration reaches a computer after 120 seconds, or 60 after `Invoke-CsManagementStoreReplication`.' -Block {
    Set-Route
    Start-Sleep -Seconds 119
    Assert-Same -Got (Get-UpToDate) -Want 'False' -What 'after 119 s'
    Start-Sleep -Seconds 1
    Assert-Same -Got (Get-UpToDate) -Want 'True' -What 'after 120 s'
    Set-Route
    Invoke-CsManagementStoreReplication -ReplicaFqdn $edge
    Start-Sleep -Seconds 59
    Assert-Same -Got (Get-UpToDate) -Want 'False' -What 'after 59 s'
    Start-Sleep -Seconds 1
    Assert-Same -Got (Get-UpToDate) -Want 'True' -What 'after 60 s'
}
Test-Claim -Text 'A computer whose service REPLICA is stopped receives none, until 120 seconds after the start.' -Block {
    Enter-SimHost -Name $edge
    Stop-CsWindowsService -Confirm:$false
    Set-Route
    Invoke-CsManagementStoreReplication -ReplicaFqdn $edge
    Start-Sleep -Seconds 5000
    Assert-Same -Got (Get-UpToDate) -Want 'False' -What 'stopped'
    Enter-SimHost -Name $edge
    Start-CsWindowsService -Confirm:$false
    Start-Sleep -Seconds 119
    Assert-Same -Got (Get-UpToDate) -Want 'False' -What 'after 119 s'
    Start-Sleep -Seconds 1
    Assert-Same -Got (Get-UpToDate) -Want 'True' -What 'after 120 s'
}
Test-Claim -Text 'TCP 5061 of a server is open while RTCSRV runs, TCP 4443 while REPLICA runs, and both are silent to computers outside.' -Block {
    foreach ($port in @(5061, 4443)) {
        Assert-Same -Got (Get-Port -From $manager -Target $edge -Port $port) -Want 'open' -What $port
        Assert-Same -Got (Get-Port -From $outside -Target $edge -Port $port) -Want 'silent' -What ('outside, {0}' -f $port)
    }
    Enter-SimHost -Name $edge
    Stop-CsWindowsService -Name 'RTCSRV' -Confirm:$false
    Assert-Same -Got (Get-Port -From $manager -Target $edge -Port 5061) -Want 'closed' -What 'without RTCSRV, 5061'
    Assert-Same -Got (Get-Port -From $manager -Target $edge -Port 4443) -Want 'open' -What 'without RTCSRV, 4443'
    Enter-SimHost -Name $edge
    Stop-CsWindowsService -Name 'REPLICA' -Confirm:$false
    Assert-Same -Got (Get-Port -From $manager -Target $edge -Port 4443) -Want 'closed' -What 'without REPLICA, 4443'
}
Test-Claim -Text 'TCP 5269 of a public address is open where a server behind it has received a route to its pool and runs RTCSRV and its XMPP service.' -Block {
    Assert-Same -Got (Get-Port -From $outside -Target $public -Port 5269) -Want 'closed' -What 'before'
    Set-Route
    Assert-Same -Got (Get-Port -From $outside -Target $public -Port 5269) -Want 'closed' -What 'set'
    Start-Sleep -Seconds 120
    Assert-Same -Got (Get-Port -From $outside -Target $public -Port 5269) -Want 'open' -What 'received'
    foreach ($name in @('RTCSRV', 'SIMXMPPPROXY')) {
        Enter-SimHost -Name $edge
        Stop-CsWindowsService -Name $name -Confirm:$false
        Assert-Same -Got (Get-Port -From $outside -Target $public -Port 5269) -Want 'closed' -What ('without ' + $name)
        Enter-SimHost -Name $edge
        Start-CsWindowsService -Name $name -Confirm:$false
    }
}
Test-Claim -Text 'That port is open to computers outside only: no connection from inside is sent back in, not even to the server itself.' -Block {
    Set-Route
    Start-Sleep -Seconds 120
    Assert-Same -Got (Get-Port -From $outside -Target $public -Port 5269) -Want 'open' -What 'outside'
    Assert-Same -Got (Get-Port -From $edge -Target $public -Port 5269) -Want 'silent' -What 'itself'
    Assert-Same -Got (Get-Port -From $manager -Target $public -Port 5269) -Want 'silent' -What 'others'
}
Test-Claim -Text 'A server listens on it at all its addresses, where it would be open from outside.' -Block {
    Enter-SimHost -Name $edge
    Assert-Same -Got (Get-ChangeListener -Port 5269) -Want '' -What 'before'
    Set-Route
    Start-Sleep -Seconds 120
    Enter-SimHost -Name $edge
    Assert-Same -Got (Get-ChangeListener -Port 5269) -Want '0.0.0.0:5269' -What 'received'
    Stop-CsWindowsService -Name 'SIMXMPPPROXY' -Confirm:$false
    Assert-Same -Got (Get-ChangeListener -Port 5269) -Want '' -What 'without its service'
    Enter-SimHost -Name $manager
    Assert-Same -Got (Get-ChangeListener -Port 5269) -Want '' -What 'elsewhere'
}
Test-Claim -Text 'The DNS server of a zone answers at once with what its owner has set; other servers know nothing.' -Block {
    $ask = @{ Name = 'xmpp.contoso.com'; Type = 'A'; DnsOnly = $true; NoHostsFile = $true; ErrorAction = 'Stop' }
    Assert-Same -Got (Resolve-DnsName -Server 'ns1.contoso.net' @ask).IPAddress -Want '203.0.113.11' -What 'before'
    $set = @{ Server = 'ns1.contoso.net'; Name = 'xmpp.contoso.com'; Type = 'A'; Records = @(@{ TTL = 300; Data = $public }) }
    Set-SimRecord -Set (New-Object -TypeName 'PSObject' -Property $set)
    Assert-Same -Got (Resolve-DnsName -Server 'ns1.contoso.net' @ask).IPAddress -Want $public -What 'after'
    Assert-Throw -Like '*' -Block { Resolve-DnsName -Server 'ns2.contoso.net' @ask }
}
function Get-Serial([string]$Server) {
    return [string](Resolve-DnsName -Server $Server -Name 'contoso.com' -Type 'SOA' -DnsOnly -NoHostsFile -ErrorAction Stop).SerialNumber
}
Test-Claim -From $DnsKit -Text 'The serial of a zone is the one that its owner gives it, or the next one where that is not later; a Windows DNS server raises it with each record.' -Block {
    $own = (Get-SimWorld).Serials | Where-Object { $_.Zone -eq 'contoso.com' }
    foreach ($pair in @(@(4000000000, 4000000000), @(7, 7), @(7, 8), @(0, 9), @(5, 10), @(100, 100))) {
        $own.Serial = $pair[0]
        Assert-Same -Got (Set-SimSerial -Serial $own) -Want $pair[1] -What 'set'
        Assert-Same -Got (Get-Serial -Server $own.Server) -Want $pair[1] -What 'asked'
    }
    Enter-SimHost -Name $newer
    Add-DnsServerResourceRecord -ZoneName 'contoso.com' -Name 'x' -A -IPv4Address '192.0.2.7' -Confirm:$false
    Assert-Same -Got (Get-Serial -Server $own.Server) -Want 101 -What 'raised'
}
# These are about the DNS servers of the other kit: ns1 has contoso.com and the module, ns2 has fabrikam.com and dnscmd.
function Get-Records([string]$Server) {
    # TTL and data of the SRV records of its zone.
    $set = (Get-SimWorld).Dns | Where-Object { $_.Server -eq $Server }
    return (Format-SimSet -Set $set)
}

function Get-Own {
    Enter-SimHost -Name $newer
    $all = @(Get-DnsServerResourceRecord -ZoneName 'contoso.com' -Name $srv -RRType 'SRV' -ErrorAction Stop)
    return @($all | Where-Object { $_.HostName -eq $srv })[0]
}

function Add-Own([int]$Priority, [TimeSpan]$TimeToLive) {
    $record = @{ Priority = $Priority; Weight = 0; Port = 5269; DomainName = 'sip1.contoso.com.'; TimeToLive = $TimeToLive }
    Add-DnsServerResourceRecord -ZoneName 'contoso.com' -Name $srv -Srv @record -Confirm:$false -ErrorAction Stop
}

function Set-Own([object]$Old, [object]$New) {
    Set-DnsServerResourceRecord -ZoneName 'contoso.com' -OldInputObject $Old -NewInputObject $New -Confirm:$false -ErrorAction Stop
}

function Remove-Own([object]$Record) {
    $Record | Remove-DnsServerResourceRecord -ZoneName 'contoso.com' -Force -Confirm:$false -ErrorAction Stop
}

function Invoke-Old([string]$Words) {
    # dnscmd with these words; its exit code.
    Enter-SimHost -Name $older
    $null = dnscmd.exe @($Words -split ' ')
    return $global:LASTEXITCODE
}

Test-Claim -From $DnsKit -Text 'A Windows DNS server has the module DnsServer, or on Windows Server 2008 R2 WMI and `dnscmd`; it has no other cmdlets, and no other computer has these.' -Block {
    $own = @{ $newer = 'Add-DnsServerResourceRecord Get-DnsServerResourceRecord Get-DnsServerZone Remove-DnsServerResourceRecord Set-DnsServerResourceRecord'
        $older = 'dnscmd.exe Get-CimInstance Invoke-CimMethod'; $outside = ''
    }
    foreach ($name in $own.Keys) {
        Enter-SimHost -Name $name
        Assert-Same -Got (@(Get-Command -Module 'Cmdlets.*' | ForEach-Object { $_.Name } | Sort-Object) -join ' ') -Want $own[$name] -What $name
    }
    Enter-SimHost -Name $manager
    Assert-Same -Got @(Get-Command -Module 'Cmdlets.*' | Where-Object { $_.Name -match 'Dns|Cim' }).Count -Want 0 -What 'management host'
}
Test-Claim -From $DnsKit -Text '`Get-DnsServerResourceRecord` writes error 9714 where there is no such name and 9701 where that has no such record.' -Block {
    Enter-SimHost -Name $newer
    foreach ($case in @(@('nobody', 'A', '9714'), @($srv, 'A', '9701'))) {
        Get-DnsServerResourceRecord -ZoneName 'contoso.com' -Name $case[0] -RRType $case[1] -ErrorVariable 'said' -ErrorAction SilentlyContinue
        Assert-Same -Got $said[0].FullyQualifiedErrorId -Want ('DNS {0},Get-DnsServerResourceRecord' -f $case[2]) -What $case[0]
        Assert-Same -Got $said[0].CategoryInfo.Category -Want 'ObjectNotFound' -What $case[0]
    }
}
Test-Claim -From $DnsKit -Text 'It also gives the records of a child of the zone with the same name.' -Block {
    Enter-SimHost -Name $newer
    $names = @(Get-DnsServerResourceRecord -ZoneName 'contoso.com' -Name $srv -RRType 'SRV' | ForEach-Object { $_.HostName })
    Assert-Same -Got ($names -join ' ') -Want ($srv + ' ' + $srv + '.child') -What 'names'
}
Test-Claim -From $DnsKit -Text '`Add-DnsServerResourceRecord` and `dnscmd` refuse a record whose data is there, with whatever TTL.' -Block {
    Enter-SimHost -Name $newer
    Add-Own -Priority 30 -TimeToLive '00:05:00'
    Assert-Throw -Like 'Failed to create*' -Block { Add-Own -Priority 30 -TimeToLive '00:06:00' }
    $same = '. /RecordAdd fabrikam.com _xmpp-server._tcp.fabrikam.com. {0} SRV 30 0 5269 sip1.contoso.com.'
    Assert-Same -Got (Invoke-Old -Words ($same -f 300)) -Want '0' -What 'the first time'
    Assert-Same -Got (Invoke-Old -Words ($same -f 360)) -Want '9711' -What 'the second time'
}
Test-Claim -From $DnsKit -Text '`Remove-DnsServerResourceRecord` and `Set-DnsServerResourceRecord` take a record only as it is now, with its TTL; the latter takes no object twice.' -Block {
    $old = Get-Own
    $new = Get-Own
    Assert-Throw -Like 'Failed to update*' -Block { Set-Own -Old $old -New $old }
    $new.TimeToLive = [TimeSpan]'00:05:00'
    Set-Own -Old $old -New $new
    Assert-Same -Got (Get-Records -Server $newer) -Want '300 10 0 5269 sip1.contoso.com.' -What 'set'
    Assert-Throw -Like 'Failed to update*' -Block { Set-Own -Old $old -New $new }
    Assert-Throw -Like 'Failed to remove*' -Block { Remove-Own -Record $old }
    Remove-Own -Record $new
    Assert-Same -Got (Get-Records -Server $newer) -Want '' -What 'removed'
    Assert-Throw -Like 'Failed to remove*' -Block { Remove-Own -Record $new }
}
Test-Claim -From $DnsKit -Text '`Remove-DnsServerResourceRecord` asks without `-Force`, and `dnscmd` without `/f`.' -Block {
    $old = Get-Own
    Assert-Throw -Like '*asks about*' -Block { $old | Remove-DnsServerResourceRecord -ZoneName 'contoso.com' -Confirm:$false }
    $gone = '. /RecordDelete fabrikam.com _xmpp-server._tcp.fabrikam.com. SRV 10 0 5269 sip1.contoso.com.'
    Assert-Same -Got (Invoke-Old -Words $gone) -Want '1223' -What 'without /f'
    Assert-Same -Got (Invoke-Old -Words ($gone + ' /f')) -Want '0' -What 'with /f'
    Assert-Same -Got (Get-Records -Server $older) -Want '' -What 'removed'
    Assert-Same -Got (Invoke-Old -Words ($gone + ' /f')) -Want '9701' -What 'twice'
}
Test-Claim -From $DnsKit -Text '`dnscmd` takes the server `.` only, and a node that is `@` or ends with a dot; a target without a dot at its end is one of the zone.' -Block {
    $add = '{0} /RecordAdd {1} {2} 300 SRV 30 0 5269 {3}'
    $node = '_xmpp-server._tcp.fabrikam.com.'
    $cases = @(@('ns2', 'fabrikam.com', $node, '1722'), @('.', 'contoso.com', $node, '9601'), @('.', 'fabrikam.com', $srv, '87'))
    foreach ($case in $cases + @(, @('.', 'fabrikam.com', '@', '0'))) {
        Assert-Same -Got (Invoke-Old -Words ($add -f $case[0], $case[1], $case[2], 'sip1.contoso.com.')) -Want $case[3] -What ($case -join ' ')
    }
    Assert-Same -Got (Invoke-Old -Words ($add -f '.', 'fabrikam.com', $node, 'sip1')) -Want '0' -What 'relative'
    $set = (Get-SimWorld).Dns | Where-Object { $_.Name -eq $node.TrimEnd('.') }
    Assert-Same -Got (Format-SimSet -Set $set) -Want '300 30 0 5269 sip1.fabrikam.com., 3600 10 0 5269 sip1.contoso.com.' -What 'relative'
}
Test-Claim -From $DnsKit -Text '`dnscmd /RecordDelete` without data removes all records of the type.' -Block {
    $node = 'fabrikam.com _xmpp-server._tcp.fabrikam.com.'
    Assert-Same -Got (Invoke-Old -Words ('. /RecordAdd {0} 300 SRV 30 0 5269 sip1.contoso.com.' -f $node)) -Want '0' -What 'added'
    Assert-Same -Got (Invoke-Old -Words ('. /RecordDelete {0} SRV /f' -f $node)) -Want '0' -What 'removed'
    Assert-Same -Got (Get-Records -Server $older) -Want '' -What 'removed'
}
Test-Claim -From $DnsKit -Text 'WMI shows data as text, and an IPv6 address with all its digits.' -Block {
    Assert-Same -Got (Invoke-Old -Words '. /RecordAdd fabrikam.com x.fabrikam.com. 300 AAAA 2001:db8::21') -Want '0' -What 'added'
    foreach ($case in @(@('AAAA', 'x', '2001:0db8:0000:0000:0000:0000:0000:0021'), @('SRV', $srv, '10 0 5269 sip1.contoso.com.'))) {
        $filter = 'ContainerName=''fabrikam.com'' AND OwnerName=''{0}.fabrikam.com''' -f $case[1]
        $found = @(Get-CimInstance -Namespace 'root/MicrosoftDNS' -ClassName ('MicrosoftDNS_{0}Type' -f $case[0]) -Filter $filter)
        Assert-Same -Got ($found | ForEach-Object { $_.RecordData }) -Want $case[2] -What $case[0]
    }
}
Test-Claim -From $DnsKit -Text 'Records of one set can differ in their TTL. The method Modify changes that of a record which is as WMI gave it; `dnscmd` does not.' -Block {
    $add = '. /RecordAdd fabrikam.com _xmpp-server._tcp.fabrikam.com. 300 SRV {0} 0 5269 sip1.contoso.com.'
    Assert-Same -Got (Invoke-Old -Words ($add -f 30)) -Want '0' -What 'another record'
    Assert-Same -Got (Get-Records -Server $older) -Want '300 30 0 5269 sip1.contoso.com., 3600 10 0 5269 sip1.contoso.com.' -What 'TTLs'
    Assert-Same -Got (Invoke-Old -Words ($add -f 10)) -Want '9711' -What 'the same record'
    $filter = 'ContainerName=''fabrikam.com'' AND OwnerName=''_xmpp-server._tcp.fabrikam.com'''
    $all = @(Get-CimInstance -Namespace 'root/MicrosoftDNS' -ClassName 'MicrosoftDNS_SRVType' -Filter $filter)
    $one = $all | Where-Object { $_.RecordData -like '10 *' }
    Invoke-CimMethod -InputObject $one -MethodName 'Modify' -Arguments @{ TTL = 300 }
    Assert-Throw -Like 'Generic failure' -Block { Invoke-CimMethod -InputObject $one -MethodName 'Modify' -Arguments @{ TTL = 60 } }
    Assert-Same -Got (Get-Records -Server $older) -Want '300 10 0 5269 sip1.contoso.com., 300 30 0 5269 sip1.contoso.com.' -What 'Modify'
}
Test-Claim -Text 'The servers of a pool that a disaster took are in the topology and nowhere else.' -Block {
    $lost = 'EdgeServer1.contoso.com'
    Assert-Same -Got @((Get-CsPool -Identity $lost).Computers)[0] -Want $lost -What 'computer'
    Assert-Same -Got @(Get-CsManagementStoreReplicationStatus -ReplicaFqdn $lost).Count -Want 0 -What 'replicas'
    Assert-Same -Got (Get-Port -From $manager -Target $lost -Port 5061) -Want 'unknown' -What '5061'
    Enter-SimHost -Name $lost
    Assert-Same -Got @(Get-Command -Name 'Get-CsWindowsService' -ErrorAction SilentlyContinue).Count -Want 0 -What 'cmdlets'
}
Test-Claim -Text '`Start-Sleep` moves the clock of the simulated world and takes no time.' -Block {
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    Start-Sleep -Seconds 3600
    Assert-Same -Got (Get-SimClock) -Want 3600 -What 'clock'
    if ($watch.Elapsed.TotalSeconds -gt 600) { 'it took {0} s' -f $watch.Elapsed.TotalSeconds }
}
function Set-Nothing {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    if ($PSCmdlet.ShouldProcess('everything', 'Nothing')) { 'done' }
}
Test-Claim -Text '"What if:" is written to the host past all streams: `*>&1` does not catch it.' -Block {
    Assert-Same -Got @(Set-Nothing -WhatIf *>&1).Count -Want 0 -What 'objects'
}
