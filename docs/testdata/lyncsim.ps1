# Holds LyncSim against what docs/rehearsal.md says of it. Kit is that of specs/seed, Work a folder for its worlds. Prints
# "yes" or "no" before each sentence of the page.
param([string]$Kit, [string]$Work)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$run = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText([System.IO.Path]::Combine($Kit, 'rehearsal.json')))
$env:SIM_KIT = $Kit
Import-Module -Name ([System.IO.Path]::Combine($Kit, 'LyncSim.psm1')) -Global -DisableNameChecking
$manager = 'fe2.corp.contoso.com'
$edge = 'EdgeServer2.contoso.com'
$outside = 'partner.example.net'
$public = '198.51.100.21'
$script:Count = 0

function Test-Claim([string]$Text, [scriptblock]$Block) {
    # Every claim has a world of its own, and begins on the management host.
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
    Clear-SimRoute -Site 'Site2'
    Assert-Same -Got (Get-CsSite -Identity 'Site2').XmppFederationRoute -Want '' -What 'route'
}
Test-Claim -Text 'Services are controlled on their own server only, and are in their new state when the cmdlet returns.' -Block {
    Assert-Throw -Like 'Cannot open Service Control Manager*' -Block { Stop-CsWindowsService -ComputerName $edge -Confirm:$false }
    Enter-SimHost -Name $edge
    Stop-CsWindowsService -Confirm:$false
    Assert-Same -Got (@(Get-CsWindowsService | ForEach-Object { $_.Status } | Select-Object -Unique) -join ',') -Want 'Stopped' -What 'status'
}
Test-Claim -Text 'A service that does not start is a warning of `Start-CsWindowsService` and no error.' -Block {
    Enter-SimHost -Name $edge
    Stop-CsWindowsService -Confirm:$false
    $env:SIM_FAULT = 'Start-CsWindowsService:partial@' + $edge
    Start-CsWindowsService -Confirm:$false -ErrorAction Stop -WarningVariable 'said' -WarningAction SilentlyContinue
    Assert-Same -Got @($said).Count -Want 1 -What 'warnings'
    Assert-Same -Got @(Get-CsWindowsService | Where-Object { $_.Status -eq 'Stopped' }).Count -Want 1 -What 'stopped'
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
Test-Claim -Text 'That port is open to computers outside and to the server itself; to others it is silent.' -Block {
    Set-Route
    Start-Sleep -Seconds 120
    Assert-Same -Got (Get-Port -From $outside -Target $public -Port 5269) -Want 'open' -What 'outside'
    Assert-Same -Got (Get-Port -From $edge -Target $public -Port 5269) -Want 'open' -What 'itself'
    Assert-Same -Got (Get-Port -From $manager -Target $public -Port 5269) -Want 'silent' -What 'others'
}
Test-Claim -Text 'The DNS server of a zone answers at once with what its owner has set; other servers know nothing.' -Block {
    $ask = @{ Name = 'xmpp.contoso.com'; Type = 'A'; DnsOnly = $true; NoHostsFile = $true; ErrorAction = 'Stop' }
    Assert-Same -Got (Resolve-DnsName -Server 'ns1.contoso.net' @ask).IPAddress -Want '203.0.113.11' -What 'before'
    Set-SimRecord -Set (New-Object -TypeName 'PSObject' -Property @{ Server = 'ns1.contoso.net'; Name = 'xmpp.contoso.com'; Type = 'A'; Data = @($public) })
    Assert-Same -Got (Resolve-DnsName -Server 'ns1.contoso.net' @ask).IPAddress -Want $public -What 'after'
    Assert-Throw -Like '*' -Block { Resolve-DnsName -Server 'ns2.contoso.net' @ask }
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
