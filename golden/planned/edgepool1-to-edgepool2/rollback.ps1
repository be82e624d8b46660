#Requires -Version 3.0

<#
.SYNOPSIS
    Roll back: Fail over XMPP federation from EdgePool1 to EdgePool2.
.DESCRIPTION
    Written by edgeplan for plan sha256:271a7c0cba73bf5587cb20e271fa4133. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\rollback.ps1                       prints the run sheet and changes nothing
        .\rollback.ps1 -Stage Start -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('StartOld', 'Start', 'Route', 'Dns', 'Replicate', 'Verify')][string]$Stage,
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
$Plan = @{ Id = 'sha256:271a7c0cba73bf5587cb20e271fa4133'; Script = 'rollback'; Opposite = 'failover'; Module = 'Lync'
           Title = 'Roll back: Fail over XMPP federation from EdgePool1 to EdgePool2' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only; of two, the first that fits.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
#        To of a route must also be what stage Preflight of failover.ps1 recorded before the change.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
#        P.. can be waived by number.
# Old pool: Set is run for each $Value that Read gave. Receipt: the stage that prints it; StopOld is not run before the
#        time in it, which is PrintsReceipt seconds after the one that prints it.
#        Facts: Property must be Like what is named, or nothing is changed; P18 can be waived by number.
$Stages = @(
    @{ Name = 'StartOld'; Hosts = @('edge1a.contoso.com', 'edge1b.contoso.com'); Elevated = $true
       Does = 'Undoes StopOld. Starts XMPP on this server of the old pool, before partners are led back.'
       Facts = @{ Id = 'P18'; Says = 'XMPP service'; Property = 'DisplayName'; Like = '*XMPP*'
                  Read = { Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop } }
       Steps = @{ Id = 'rollback/stop-old/xmpp'; Says = 'XMPP services that do not run'; Cites = '1 of fail-back'
                  IfNot = '; -Waive NAME goes on without one'; To = @(); Read = { Get-XmppService -Not 'Running' }
                  Set = { Start-CsWindowsService -Name $Value -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Start'; Hosts = @('edge2a.contoso.com', 'edge2b.contoso.com'); Elevated = $true
       Does = 'Undoes step 2. Starts the services that stage Stop stopped, after StartOld: restores remote access.'
       Steps = @{ Id = 'rollback/stop/services'
                  Says = 'services down, of those noted by Stop (else not disabled) and XMPP'; Cites = '1 of fail-back'
                  IfNot = '; -Waive NAME goes on without one'; To = @()
                  Read = { Get-ServiceDown -Noted 'stop/services' }
                  Set = { Start-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Route'; Hosts = @('fe02.corp.contoso.com'); Unseen = 'Start'; LooksAt = 'Dns'
       Does = 'Undoes step 3. Looks at DNS first, then puts the XMPP federation route back to what it was.'
       Steps = @(
         @{ Id = 'rollback/route/Site1'; Says = 'XMPP federation route of Site1'; Cites = '3a of fail-back'
            WaitSeconds = 60; When = 'Set-CsSite -XmppFederationRoute'
            From = 'edgepool2.contoso.com'; To = 'edgepool1.contoso.com'; Read = { Get-SiteRoute -Site 'Site1' }
            Set = { Set-CsSite -Identity 'Site1' -XmppFederationRoute (
                        'EdgeServer:edgepool1.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route/Site1'; Says = 'XMPP federation route of Site1'; Cites = '3a of fail-back'
            WaitSeconds = 60; When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'edge2a.contoso.com'; To = 'edge1a.contoso.com'; Read = { Get-SiteRoute -Site 'Site1' }
            Set = { Set-CsSite -Identity 'Site1' -XmppExternalFederationRoute (
                        'edge1a.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3a of fail-back'
            WaitSeconds = 60; When = 'Set-CsSite -XmppFederationRoute'
            From = 'edgepool2.contoso.com'; To = 'edgepool1.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppFederationRoute (
                        'EdgeServer:edgepool1.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3a of fail-back'
            WaitSeconds = 60; When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'edge2a.contoso.com'; To = 'edge1a.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppExternalFederationRoute (
                        'edge1a.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Dns'; Hosts = @('fe02.corp.contoso.com'); Unseen = 'Route'; OldAnswers = 300
       Does = 'Undoes steps 4 and 5. Shows the records to change back and checks each at the server of its zone.'
       Zones = @(
         @{ Id = 'P20'; Zone = 'contoso.com'; Server = '192.0.2.53'; From = '42+'; To = '41+'; Cites = '3c of fail-back'
            Records = @{ Id = 'P21'; Set = 'xmpp.contoso.com A'; From = @('300 198.51.100.21', '300 198.51.100.22')
                         To = @('300 203.0.113.11', '300 203.0.113.12') } }
         @{ Id = 'P24'; Zone = 'fabrikam.com'; Server = '192.0.2.53'; From = '18+'; To = '17+'
            Cites = '3c of fail-back'
            Records = @{ Id = 'P25'; Set = '_xmpp-server._tcp.fabrikam.com SRV'; From = '300 10 0 5269 xmpp.contoso.com'
                         To = @() } } ) }
    @{ Name = 'Replicate'; Hosts = @('fe02.corp.contoso.com'); After = 'Dns'
       Does = 'Pushes the configuration to the servers and waits until they are up to date.'
       Steps = @(
         @{ Id = 'rollback/replicate/edge2a.contoso.com'; Says = 'edge2a.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge2a.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge2a.contoso.com' -ErrorAction Stop } }
         @{ Id = 'rollback/replicate/edge2b.contoso.com'; Says = 'edge2b.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge2b.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge2b.contoso.com' -ErrorAction Stop } }
         @{ Id = 'rollback/replicate/fe02.corp.contoso.com'; Says = 'fe02.corp.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'
            To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe02.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe02.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('fe02.corp.contoso.com'); After = 'Replicate'; LooksAt = @('Route', 'Dns')
       Does = 'Checks the route, DNS, and that the Edge Servers answer.'
       Facts = @(
         @{ Id = 'rollback/verify/sip/edge2a.contoso.com'; Says = 'Access Edge at edge2a.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge2a.contoso.com' -Port 5061 -Seconds 5 } }
         @{ Id = 'rollback/verify/sip/edge2b.contoso.com'; Says = 'Access Edge at edge2b.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge2b.contoso.com' -Port 5061 -Seconds 5 } }
         @{ Id = 'rollback/verify/sip/edge1a.contoso.com'; Says = 'Access Edge at edge1a.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge1a.contoso.com' -Port 5061 -Seconds 5 } }
         @{ Id = 'rollback/verify/sip/edge1b.contoso.com'; Says = 'Access Edge at edge1b.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge1b.contoso.com' -Port 5061 -Seconds 5 } } ) }
    @{ Name = 'Verify'; Hosts = @('*'); Unseen = 'Replicate'; LooksAt = 'Dns'
       Does = 'What a federated partner sees, from outside.'
       Facts = @(
         @{ Id = 'rollback/verify/xmpp/203.0.113.11'; Says = 'XMPP proxy at 203.0.113.11:5269'; Is = 'open'
            Read = { Test-ChangePort -Target '203.0.113.11' -Port 5269 -Seconds 5 } }
         @{ Id = 'rollback/verify/xmpp/203.0.113.12'; Says = 'XMPP proxy at 203.0.113.12:5269'; Is = 'open'
            Read = { Test-ChangePort -Target '203.0.113.12' -Port 5269 -Seconds 5 } } ) }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
