#Requires -Version 3.0

<#
.SYNOPSIS
    Roll back: Fail back XMPP federation from EdgePool2 to EdgePool1.
.DESCRIPTION
    Written by edgeplan for plan sha256:2adfc35780e4cc0bde7dbb6ae43c2ad8. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\rollback.ps1                          prints the run sheet and changes nothing
        .\rollback.ps1 -Stage Topology -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('StartOld', 'Topology', 'Route', 'Dns', 'Replicate', 'Verify')][string]$Stage,
    # Who confirmed what this script cannot see, and under which ticket. Goes into the evidence log.
    [string]$Attest = '',
    # Numbers of facts that may fail, names of services that may stay down and of clicks on word alone. Logged.
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
$Plan = @{ Id = 'sha256:2adfc35780e4cc0bde7dbb6ae43c2ad8'; Script = 'rollback'; Opposite = 'failback'; Module = 'Lync'
           Title = 'Roll back: Fail back XMPP federation from EdgePool2 to EdgePool1' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only; of two, the first that fits.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
#        To beside a From must also be what stage Preflight of failback.ps1 recorded before the change.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
#        P.. can be waived by number.
# By hand: Manual is shown, unless Read gives To; who passes -Attest says that it is done, and Read has to give To
#        within WaitSeconds. Unread: why no cmdlet shows it; then there is the word alone.
# Old pool: Set is run for each $Value that Read gave. Receipt: the stage that prints it; StopOld is not run before the
#        time in it, which is PrintsReceipt seconds after the one that prints it.
#        Facts: Property must be Like what is named, or nothing is changed; P18 can be waived by number.
$Name1 = 'Undoes Topology. A person sets the next hop of EdgePool2 in Topology Builder; th'
$Name1 += '' + 'e script reads whether it was published. Who publishes has to be in RTCUniversal'
$Name1 += '' + 'ServerAdmins, and in Domain Admins unless setup permission was delegated (Grant-'
$Name1 += '' + 'CsSetupPermission).'
$Name2 = 'Lync Server Topology Builder: Download Topology from existing deployment > Lync '
$Name2 += '' + 'Server > Site2 > Lync Server 2013 > Edge pools > edgepool2.contoso.com > Edit Pr'
$Name2 += '' + 'operties > Next Hop > in the list "Next hop pool:" select fepool2.corp.contoso.c'
$Name2 += '' + 'om and click OK; after the last change of this stage Action > Topology > Publish'
$Stages = @(
    @{ Name = 'StartOld'; Hosts = @('edge2.contoso.com'); Elevated = $true
       Does = 'Undoes StopOld. Starts XMPP on this server of the pool that stood in, before partners are led back.'
       Facts = @{ Id = 'P18'; Says = 'XMPP service'; Property = 'DisplayName'; Like = '*XMPP*'
                  Read = { Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop } }
       Steps = @{ Id = 'rollback/stop-old/xmpp'; Says = 'XMPP services that do not run'; Cites = '7 of fail-over'
                  IfNot = '; -Waive NAME goes on without one'; To = @(); Read = { Get-XmppService -Not 'Running' }
                  Set = { Start-CsWindowsService -Name $Value -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Topology'; Hosts = @('fe2a.corp.contoso.com'); LooksAt = 'Dns'
       Does = $Name1
       Steps = @{ Id = 'rollback/next-hop/EdgePool2'; Says = 'next hop of EdgePool2'; Cites = 'Failing over a pool'
                  Property = 'Registrar'; IfNot = '; was it published?'; WaitSeconds = 60
                  From = 'Registrar:fepool1.corp.contoso.com'; To = 'Registrar:fepool2.corp.contoso.com'
                  Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop }
                  Manual = $Name2 } }
    @{ Name = 'Route'; Hosts = @('fe2a.corp.contoso.com'); Unseen = 'Topology'; LooksAt = 'Dns'
       Does = 'Undoes step 3a. Looks at DNS first, then puts the XMPP federation route back to what it was.'
       Steps = @(
         @{ Id = 'rollback/route/Site1'; Says = 'XMPP federation route of Site1'; Cites = '3 of fail-over'
            WaitSeconds = 60; When = 'Set-CsSite -XmppFederationRoute'
            From = 'edgepool1.contoso.com'; To = 'edgepool2.contoso.com'; Read = { Get-SiteRoute -Site 'Site1' }
            Set = { Set-CsSite -Identity 'Site1' -XmppFederationRoute (
                        'EdgeServer:edgepool2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route/Site1'; Says = 'XMPP federation route of Site1'; Cites = '3 of fail-over'
            WaitSeconds = 60; When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'edge1.contoso.com'; To = 'edge2.contoso.com'; Read = { Get-SiteRoute -Site 'Site1' }
            Set = { Set-CsSite -Identity 'Site1' -XmppExternalFederationRoute (
                        'edge2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3 of fail-over'
            WaitSeconds = 60; When = 'Set-CsSite -XmppFederationRoute'
            From = 'edgepool1.contoso.com'; To = 'edgepool2.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppFederationRoute (
                        'EdgeServer:edgepool2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3 of fail-over'
            WaitSeconds = 60; When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'edge1.contoso.com'; To = 'edge2.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppExternalFederationRoute (
                        'edge2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Dns'; Hosts = @('fe2a.corp.contoso.com'); Unseen = 'Route'; OldAnswers = 300
       Does = 'Undoes steps 3b and 3c. Shows the records to change back and checks each at the server of its zone.'
       Zones = @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns1.contoso.net'; From = '2026120501+'; To = '2026120500+'
                  Cites = '4 of fail-over'
                  Records = @{ Id = 'P22'; Set = 'xmpp.contoso.com A'; From = '300 203.0.113.11'
                               To = '300 198.51.100.21' } } }
    @{ Name = 'Replicate'; Hosts = @('fe2a.corp.contoso.com'); After = 'Dns'
       Does = 'Pushes the configuration to the servers and waits until they are up to date.'
       Steps = @(
         @{ Id = 'rollback/replicate/edge2.contoso.com'; Says = 'edge2.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge2.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'rollback/replicate/fe2a.corp.contoso.com'; Says = 'fe2a.corp.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'
            To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2a.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2a.corp.contoso.com' -ErrorAction Stop } }
         @{ Id = 'rollback/replicate/fe2b.corp.contoso.com'; Says = 'fe2b.corp.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'
            To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2b.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2b.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('fe2a.corp.contoso.com'); After = 'Replicate'; LooksAt = @('Topology', 'Route', 'Dns')
       Does = 'Checks what Topology Builder published, the routes, DNS, and that the Edge Servers answer.'
       Facts = @{ Id = 'rollback/verify/sip/edge2.contoso.com'; Says = 'Access Edge at edge2.contoso.com:5061'
                  Is = 'open'; Read = { Test-ChangePort -Target 'edge2.contoso.com' -Port 5061 -Seconds 5 } } }
    @{ Name = 'Verify'; Hosts = @('*'); Unseen = 'Replicate'; LooksAt = 'Dns'
       Does = 'What a federated partner sees, from outside.'
       Facts = @{ Id = 'rollback/verify/xmpp/198.51.100.21'; Says = 'XMPP proxy at 198.51.100.21:5269'; Is = 'open'
                  Read = { Test-ChangePort -Target '198.51.100.21' -Port 5269 -Seconds 5 } } }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
