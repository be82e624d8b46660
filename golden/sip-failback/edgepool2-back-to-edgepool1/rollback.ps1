#Requires -Version 3.0

<#
.SYNOPSIS
    Roll back: Fail back SIP federation from EdgePool2 to EdgePool1.
.DESCRIPTION
    Written by edgeplan for plan sha256:60a59bb638abd1c66e2081d794311fb2. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\rollback.ps1                       prints the run sheet and changes nothing
        .\rollback.ps1 -Stage Route -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Topology', 'Route', 'Replicate', 'Setup', 'Dns', 'Verify')][string]$Stage,
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
$Plan = @{ Id = 'sha256:60a59bb638abd1c66e2081d794311fb2'; Script = 'rollback'; Opposite = 'failback'
           Module = 'SkypeForBusiness'
           Title = 'Roll back: Fail back SIP federation from EdgePool2 to EdgePool1' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only; of two, the first that fits.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
#        To of a route must also be what stage Preflight of failback.ps1 recorded before the change.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
#        P.. can be waived by number.
# By hand: Manual is shown, unless Read gives To; who passes -Attest says that it is done, and Read has to give To
#        within WaitSeconds. Unread: why no cmdlet shows it; then there is the word alone.
$Name1 = 'Undoes Topology. A person moves SIP federation back to edgepool2.contoso.com in '
$Name1 += '' + 'Topology Builder; the script reads whether it was published. Who publishes has t'
$Name1 += '' + 'o be in RTCUniversalServerAdmins, and in Domain Admins unless setup permission w'
$Name1 += '' + 'as delegated (Grant-CsSetupPermission).'
$Name2 = 'Skype for Business Server Topology Builder: Download Topology from existing depl'
$Name2 += '' + 'oyment > Skype for Business Server > Site1 > Skype for Business Server 2019 > Ed'
$Name2 += '' + 'ge pools > edgepool1.contoso.com > Edit Properties > General > clear "Enable fed'
$Name2 += '' + 'eration for this Edge pool (Port 5061)" and click OK; after the last change of t'
$Name2 += '' + 'his stage Action > Topology > Publish'
$Name3 = 'Skype for Business Server Topology Builder: Download Topology from existing depl'
$Name3 += '' + 'oyment > Skype for Business Server > Site2 > Skype for Business Server 2019 > Ed'
$Name3 += '' + 'ge pools > edgepool2.contoso.com > Edit Properties > General > select "Enable fe'
$Name3 += '' + 'deration for this Edge pool (Port 5061)" and click OK; after the last change of '
$Name3 += '' + 'this stage Action > Topology > Publish'
$Name4 = 'Skype for Business Server Deployment Wizard: Install or Update Skype for Busines'
$Name4 += '' + 's Server System > Setup or Remove Skype for Business Server Components > Run Aga'
$Name4 += '' + 'in > click Next until the wizard is done, then Finish'
$Stages = @(
    @{ Name = 'Topology'; Hosts = @('fe2.corp.contoso.com'); LooksAt = 'Dns'
       Does = $Name1
       Steps = @(
         @{ Id = 'rollback/topology/EdgePool1'; Says = 'SIP federation port of EdgePool1'
            Cites = 'Failing over the Edge pool used for Lync Server federation, 1, 2, 5'
            Property = 'AccessEdgeExternalSipPort'; IfNot = '; was it published?'; WaitSeconds = 60; To = @()
            Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool1.contoso.com' -ErrorAction Stop }
            Manual = $Name2 }
         @{ Id = 'rollback/topology/EdgePool2'; Says = 'SIP federation port of EdgePool2'
            Cites = 'Failing over the Edge pool used for Lync Server federation, 3, 4, 5'
            Property = 'AccessEdgeExternalSipPort'; IfNot = '; was it published?'; WaitSeconds = 60; To = '5061'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop }
            Manual = $Name3 } ) }
    @{ Name = 'Route'; Hosts = @('fe2.corp.contoso.com'); Unseen = 'Topology'; LooksAt = 'Dns'
       Does = 'Looks at DNS first, then puts the SIP federation routes back to what they were.'
       Steps = @(
         @{ Id = 'rollback/route-sip/Site1'; Says = 'SIP federation route of Site1'
            Cites = 'Configure federation routes and media traffic'; WaitSeconds = 60
            When = 'Set-CsSite -FederationRoute'
            From = 'edgepool1.contoso.com'; To = 'edgepool2.contoso.com'
            Read = { Get-SiteRoute -Site 'Site1' -Property 'FederationRoute' }
            Set = { Set-CsSite -Identity 'Site1' -FederationRoute (
                        'EdgeServer:edgepool2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route-sip/Site2'; Says = 'SIP federation route of Site2'
            Cites = 'Configure federation routes and media traffic'; WaitSeconds = 60
            When = 'Set-CsSite -FederationRoute'
            From = 'edgepool1.contoso.com'; To = 'edgepool2.contoso.com'
            Read = { Get-SiteRoute -Site 'Site2' -Property 'FederationRoute' }
            Set = { Set-CsSite -Identity 'Site2' -FederationRoute (
                        'EdgeServer:edgepool2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = 'Route'
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
         @{ Id = 'rollback/replicate/fe2.corp.contoso.com'; Says = 'fe2.corp.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'
            To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Setup'; Hosts = @('edge2a.contoso.com', 'edge2b.contoso.com'); Unseen = 'Replicate'
       Does = 'Undoes Setup. A person runs Setup again on this Edge Server of the pool that stood in.'
       Steps = @{ Id = 'rollback/setup-old/run-again'; Says = 'Setup of this server in the Deployment Wizard'
                  Cites = 'Failing over the Edge pool used for Lync Server federation, 6, 7'
                  Manual = $Name4
                  Unread = 'no cmdlet shows whether Setup ran after a change of the topology' } }
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); Unseen = 'Setup'; OldAnswers = 300
       Does = 'Shows the records to change back and checks each at the server of its zone.'
       Zones = @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns1.contoso.net'; From = '2026120502+'; To = '2026120501+'
                  Cites = 'Configure federation routes and media traffic'
                  Records = @{ Id = 'P21'; Set = '_sipfederationtls._tcp.contoso.com SRV'
                               From = '300 0 0 5061 sip1.contoso.com'; To = '300 0 0 5061 sip2.contoso.com' } } }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'; LooksAt = @('Topology', 'Route', 'Dns')
       Does = 'Checks what Topology Builder published, the routes, DNS, and that the Edge Servers answer.'
       Facts = @(
         @{ Id = 'rollback/verify/sip/edge2a.contoso.com'; Says = 'Access Edge at edge2a.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge2a.contoso.com' -Port 5061 -Seconds 5 } }
         @{ Id = 'rollback/verify/sip/edge2b.contoso.com'; Says = 'Access Edge at edge2b.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge2b.contoso.com' -Port 5061 -Seconds 5 } }
         @{ Id = 'rollback/verify/partner/partner.example/edge2a.contoso.com'
            Says = 'Test-CsFederatedPartner of partner.example by way of edge2a.contoso.com'; Property = 'Result'
            Is = 'Success'
            Read = { Test-CsFederatedPartner -TargetFqdn 'edge2a.contoso.com' -Domain (
                         'partner.example') -ErrorAction Stop } }
         @{ Id = 'rollback/verify/partner/partner.example/edge2b.contoso.com'
            Says = 'Test-CsFederatedPartner of partner.example by way of edge2b.contoso.com'; Property = 'Result'
            Is = 'Success'
            Read = { Test-CsFederatedPartner -TargetFqdn 'edge2b.contoso.com' -Domain (
                         'partner.example') -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('*'); Unseen = 'Dns'; LooksAt = 'Dns'
       Does = 'What a federated partner sees, from outside.'
       Facts = @(
         @{ Id = 'rollback/verify/federation/198.51.100.21'; Says = 'Access Edge at 198.51.100.21:5061'; Is = 'open'
            Read = { Test-ChangePort -Target '198.51.100.21' -Port 5061 -Seconds 5 } }
         @{ Id = 'rollback/verify/federation/198.51.100.22'; Says = 'Access Edge at 198.51.100.22:5061'; Is = 'open'
            Read = { Test-ChangePort -Target '198.51.100.22' -Port 5061 -Seconds 5 } } ) }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
