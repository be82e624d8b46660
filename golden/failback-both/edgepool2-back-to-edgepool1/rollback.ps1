#Requires -Version 3.0

<#
.SYNOPSIS
    Roll back: Fail back XMPP and SIP federation from EdgePool2 to EdgePool1.
.DESCRIPTION
    Written by edgeplan for plan sha256:d7374cf682a55dd21d1bc00956fc8eb4. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\rollback.ps1                          prints the run sheet and changes nothing
        .\rollback.ps1 -Stage Topology -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('StartOld', 'Topology', 'Route', 'Dns', 'Replicate', 'Setup', 'Verify')][string]$Stage,
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
$Plan = @{ Id = 'sha256:d7374cf682a55dd21d1bc00956fc8eb4'; Script = 'rollback'; Opposite = 'failback'; Module = 'Lync'
           Title = 'Roll back: Fail back XMPP and SIP federation from EdgePool2 to EdgePool1' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only; of two, the first that fits.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
#        To of a route must also be what stage Preflight of failback.ps1 recorded before the change.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
#        P.. can be waived by number.
# By hand: Manual is shown, unless Read gives To; who passes -Attest says that it is done, and Read has to give To
#        within WaitSeconds. Unread: why no cmdlet shows it; then there is the word alone.
# Old pool: Set is run for each $Value that Read gave. Receipt: the stage that prints it; StopOld is not run before the
#        time in it, which is PrintsReceipt seconds after the one that prints it.
#        Facts: Property must be Like what is named, or nothing is changed; P18 can be waived by number.
$Name1 = 'Undoes Topology. A person moves SIP federation back to EdgeServer2.contoso.com i'
$Name1 += '' + 'n Topology Builder; the script reads whether it was published. Who publishes has'
$Name1 += '' + ' to be in RTCUniversalServerAdmins, and in Domain Admins unless setup permission'
$Name1 += '' + ' was delegated (Grant-CsSetupPermission).'
$Name2 = 'Lync Server Topology Builder: Download Topology from existing deployment > Lync '
$Name2 += '' + 'Server > Site1 > Lync Server 2013 > Edge pools > EdgeServer1.contoso.com > Edit '
$Name2 += '' + 'Properties > General > clear "Enable federation for this Edge pool (Port 5061)" '
$Name2 += '' + 'and click OK; after the last change of this stage Action > Topology > Publish'
$Name3 = 'Lync Server Topology Builder: Download Topology from existing deployment > Lync '
$Name3 += '' + 'Server > Site2 > Lync Server 2013 > Edge pools > EdgeServer2.contoso.com > Edit '
$Name3 += '' + 'Properties > General > select "Enable federation for this Edge pool (Port 5061)"'
$Name3 += '' + ' and click OK; after the last change of this stage Action > Topology > Publish'
$Name4 = 'Undoes Route. Looks at DNS first, then puts the routes of SIP and XMPP federatio'
$Name4 += '' + 'n back to what they were.'
$Name5 = 'Lync Server Deployment Wizard: Install or Update Lync Server System > Setup or R'
$Name5 += '' + 'emove Lync Server Components > Run Again > click Next until the wizard is done, ' + 'then Finish'
$Stages = @(
    @{ Name = 'StartOld'; Hosts = @('EdgeServer2.contoso.com'); Elevated = $true
       Does = 'Undoes StopOld. Starts XMPP on this server of the pool that stood in, before partners are led back.'
       Facts = @{ Id = 'P18'; Says = 'XMPP service'; Property = 'DisplayName'; Like = '*XMPP*'
                  Read = { Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop } }
       Steps = @{ Id = 'rollback/stop-old/xmpp'; Says = 'XMPP services that do not run'; Cites = '7 of fail-over'
                  IfNot = '; -Waive NAME goes on without one'; To = @(); Read = { Get-XmppService -Not 'Running' }
                  Set = { Start-CsWindowsService -Name $Value -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Topology'; Hosts = @('fe2.corp.contoso.com'); LooksAt = 'Dns'
       Does = $Name1
       Steps = @(
         @{ Id = 'rollback/topology/EdgePool1'; Says = 'SIP federation port of EdgePool1'
            Cites = 'Failing over the Edge pool used for Lync Server federation, 1, 2, 5'
            Property = 'AccessEdgeExternalSipPort'; IfNot = '; was it published?'; WaitSeconds = 60; To = @()
            Read = { Get-CsService -EdgeServer -PoolFqdn 'EdgeServer1.contoso.com' -ErrorAction Stop }
            Manual = $Name2 }
         @{ Id = 'rollback/topology/EdgePool2'; Says = 'SIP federation port of EdgePool2'
            Cites = 'Failing over the Edge pool used for Lync Server federation, 3, 4, 5'
            Property = 'AccessEdgeExternalSipPort'; IfNot = '; was it published?'; WaitSeconds = 60; To = '5061'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'EdgeServer2.contoso.com' -ErrorAction Stop }
            Manual = $Name3 } ) }
    @{ Name = 'Route'; Hosts = @('fe2.corp.contoso.com'); Unseen = 'Topology'; LooksAt = 'Dns'
       Does = $Name4
       Steps = @(
         @{ Id = 'rollback/route-sip/Site1'; Says = 'SIP federation route of Site1'
            Cites = 'Configure federation routes and media traffic'; WaitSeconds = 60
            When = 'Set-CsSite -FederationRoute'
            From = 'EdgeServer1.contoso.com'; To = 'EdgeServer2.contoso.com'
            Read = { Get-SiteRoute -Site 'Site1' -Property 'FederationRoute' }
            Set = { Set-CsSite -Identity 'Site1' -FederationRoute (
                        'EdgeServer:EdgeServer2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route-sip/Site2'; Says = 'SIP federation route of Site2'
            Cites = 'Configure federation routes and media traffic'; WaitSeconds = 60
            When = 'Set-CsSite -FederationRoute'
            From = 'EdgeServer1.contoso.com'; To = 'EdgeServer2.contoso.com'
            Read = { Get-SiteRoute -Site 'Site2' -Property 'FederationRoute' }
            Set = { Set-CsSite -Identity 'Site2' -FederationRoute (
                        'EdgeServer:EdgeServer2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route/Site1'; Says = 'XMPP federation route of Site1'; Cites = '3 of fail-over'
            WaitSeconds = 60; When = 'Set-CsSite -XmppFederationRoute'
            From = 'EdgeServer1.contoso.com'; To = 'EdgeServer2.contoso.com'; Read = { Get-SiteRoute -Site 'Site1' }
            Set = { Set-CsSite -Identity 'Site1' -XmppFederationRoute (
                        'EdgeServer:EdgeServer2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route/Site1'; Says = 'XMPP federation route of Site1'; Cites = '3 of fail-over'
            WaitSeconds = 60; When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'EdgeServer1.contoso.com'; To = 'EdgeServer2.contoso.com'; Read = { Get-SiteRoute -Site 'Site1' }
            Set = { Set-CsSite -Identity 'Site1' -XmppExternalFederationRoute (
                        'EdgeServer2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3 of fail-over'
            WaitSeconds = 60; When = 'Set-CsSite -XmppFederationRoute'
            From = 'EdgeServer1.contoso.com'; To = 'EdgeServer2.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppFederationRoute (
                        'EdgeServer:EdgeServer2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3 of fail-over'
            WaitSeconds = 60; When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'EdgeServer1.contoso.com'; To = 'EdgeServer2.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppExternalFederationRoute (
                        'EdgeServer2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); Unseen = 'Route'; OldAnswers = 300
       Does = 'Undoes steps 3b and 3c. Shows the records to change back and checks each at the server of its zone.'
       Zones = @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns1.contoso.net'; From = '2026120501+'; To = '2026120500+'
                  Cites = '4 of fail-over'
                  Records = @{ Id = 'P23'; Set = 'sip.contoso.com A'; From = '300 203.0.113.11'
                               To = '300 198.51.100.21' } } }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'
       Does = 'Pushes the configuration to the servers and waits until they are up to date.'
       Steps = @(
         @{ Id = 'rollback/replicate/EdgeServer2.contoso.com'; Says = 'EdgeServer2.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'EdgeServer2.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'EdgeServer2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'rollback/replicate/fe2.corp.contoso.com'; Says = 'fe2.corp.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'
            To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Setup'; Hosts = @('EdgeServer2.contoso.com'); Unseen = 'Replicate'
       Does = 'Undoes Setup. A person runs Setup again on this Edge Server of the pool that stood in.'
       Steps = @{ Id = 'rollback/setup-old/run-again'; Says = 'Setup of this server in the Deployment Wizard'
                  Cites = 'Failing over the Edge pool used for Lync Server federation, 6, 7'
                  Manual = $Name5
                  Unread = 'no cmdlet shows whether Setup ran after a change of the topology' } }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Replicate'; Unseen = 'Setup'
       LooksAt = @('Topology', 'Route', 'Dns')
       Does = 'Checks what Topology Builder published, the routes, DNS, and that the Edge Servers answer.'
       Facts = @(
         @{ Id = 'rollback/verify/sip/EdgeServer2.contoso.com'; Says = 'Access Edge at EdgeServer2.contoso.com:5061'
            Is = 'open'; Read = { Test-ChangePort -Target 'EdgeServer2.contoso.com' -Port 5061 -Seconds 5 } }
         @{ Id = 'rollback/verify/partner/partner.example/EdgeServer2.contoso.com'
            Says = 'Test-CsFederatedPartner of partner.example by way of EdgeServer2.contoso.com'; Property = 'Result'
            Is = 'Success'
            Read = { Test-CsFederatedPartner -TargetFqdn 'EdgeServer2.contoso.com' -Domain (
                         'partner.example') -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('*'); Unseen = 'Setup'; LooksAt = 'Dns'
       Does = 'What a federated partner sees, from outside.'
       Facts = @(
         @{ Id = 'rollback/verify/xmpp/198.51.100.21'; Says = 'XMPP proxy at 198.51.100.21:5269'; Is = 'open'
            Read = { Test-ChangePort -Target '198.51.100.21' -Port 5269 -Seconds 5 } }
         @{ Id = 'rollback/verify/federation/198.51.100.21'; Says = 'Access Edge at 198.51.100.21:5061'; Is = 'open'
            Read = { Test-ChangePort -Target '198.51.100.21' -Port 5061 -Seconds 5 } } ) }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
