#Requires -Version 3.0

<#
.SYNOPSIS
    Roll back: Fail over XMPP federation from EdgePool1 to EdgePool2.
.DESCRIPTION
    Written by edgeplan for plan sha256:e76b8aad5a5fede3e1608974eb811add. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\rollback.ps1                       prints the run sheet and changes nothing
        .\rollback.ps1 -Stage Route -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Start', 'Route', 'Dns', 'Replicate', 'Verify')][string]$Stage,
    # Who confirmed what this script cannot see, and under which ticket. Goes into the evidence log.
    [string]$Attest = '',
    # Numbers of facts that may fail, names of services that may stay down. Goes into the evidence log.
    [string[]]$Waive = @(),
    # Folder for state, evidence and backup. Default: beside the script.
    [string]$WorkPath = '',
    # Longest wait for services or replication.
    [ValidateRange(1, 86400)][int]$TimeoutSeconds = 900,
    # Seconds between checks.
    [ValidateRange(1, 600)][int]$PollSeconds = 15,
    # Ask no questions. For powershell.exe -File, which cannot pass -Confirm:$false before PowerShell 6.
    [switch]$Force
)
$Plan = @{ Id = 'sha256:e76b8aad5a5fede3e1608974eb811add'; Script = 'rollback'; Opposite = 'failover'; Module = 'Lync'
           Title = 'Roll back: Fail over XMPP federation from EdgePool1 to EdgePool2' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
#        To of a route must also be what stage Preflight of failover.ps1 recorded before the change.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
#        P.. can be waived by number.
$Name1 = 'rollback/route/Site 2 ' + [char]0x2019 + '; Write-Output INJECTED; ' + [char]0x2018 + ' | `x` $(y) <b>'
$Name1 += '' + [char]0x00E9 + '</b> [l](http://example.org) @all #1 ' + [char]0x202E
$Name2 = 'XMPP federation route of Site 2 ' + [char]0x2019 + '; Write-Output INJECTED; ' + [char]0x2018
$Name2 += '' + ' | `x` $(y) <b>' + [char]0x00E9 + '</b> [l](http://example.org) @all #1 ' + [char]0x202E
$Name3 = 'Site 2 ' + [char]0x2019 + '; Write-Output INJECTED; ' + [char]0x2018 + ' | `x` $(y) <b>' + [char]0x00E9
$Name3 += '' + '</b> [l](http://example.org) @all #1 ' + [char]0x202E
$Stages = @(
    @{ Name = 'Start'; Hosts = @('edge2.contoso.com'); Elevated = $true
       Does = 'Undoes step 2. Starts the services that stage Stop stopped. Comes first: restores remote access.'
       Steps = @{ Id = 'rollback/stop/services'
                  Says = 'services down, of those noted by Stop (else not disabled) and XMPP'; Cites = '1 of fail-back'
                  IfNot = '; -Waive NAME goes on without one'; To = @()
                  Read = { Get-ServiceDown -Noted 'stop/services' }
                  Set = { Start-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Route'; Hosts = @('fe2.corp.contoso.com'); Unseen = 'Start'; LooksAt = 'Dns'
       Does = 'Undoes step 3. Looks at DNS first, then puts the XMPP federation route back to what it was.'
       Steps = @(
         @{ Id = $Name1; Says = $Name2; Cites = '3a of fail-back'; WaitSeconds = 60
            When = 'Set-CsSite -XmppFederationRoute'
            From = 'edgepool2.contoso.com'; To = 'edgepool1.contoso.com'; Read = { Get-SiteRoute -Site $Name3 }
            Set = { Set-CsSite -Identity $Name3 -XmppFederationRoute (
                        'EdgeServer:edgepool1.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = $Name1; Says = $Name2; Cites = '3a of fail-back'; WaitSeconds = 60
            When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'edge2.contoso.com'; To = 'edge1.contoso.com'; Read = { Get-SiteRoute -Site $Name3 }
            Set = { Set-CsSite -Identity $Name3 -XmppExternalFederationRoute (
                        'edge1.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); Unseen = 'Route'; OldAnswers = 300
       Does = 'Undoes steps 4 and 5. Shows the records to change back and checks each at the server of its zone.'
       Zones = @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns1.contoso.net'; From = '2026112302+'; To = '2026112301+'
                  Cites = '3c of fail-back'
                  Records = @{ Id = 'P21'; Set = 'xmpp.contoso.com A'; From = '300 198.51.100.21'
                               To = '300 203.0.113.11' } } }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'
       Does = 'Pushes the configuration to the servers and waits until they are up to date.'
       Steps = @(
         @{ Id = 'rollback/replicate/edge2.contoso.com'; Says = 'edge2.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge2.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'rollback/replicate/fe2.corp.contoso.com'; Says = 'fe2.corp.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'
            To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Replicate'; LooksAt = @('Route', 'Dns')
       Does = 'Checks the route, DNS, and that the Edge Servers answer.'
       Facts = @{ Id = 'rollback/verify/sip/edge2.contoso.com'; Says = 'Access Edge at edge2.contoso.com:5061'
                  Is = 'open'; Read = { Test-ChangePort -Target 'edge2.contoso.com' -Port 5061 -Seconds 5 } } }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
