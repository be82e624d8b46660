#Requires -Version 3.0

<#
.SYNOPSIS
    Fail back SIP federation from EdgePool2 to EdgePool1.
.DESCRIPTION
    Written by edgeplan for plan sha256:60a59bb638abd1c66e2081d794311fb2. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\failback.ps1                           prints the run sheet and changes nothing
        .\failback.ps1 -Stage Preflight -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Start','Preflight','Topology','Route','Replicate','Setup','Dns','Firewall','Verify')][string]$Stage,
    # Who confirmed what this script cannot see, and under which ticket. Goes into the evidence log.
    [string]$Attest = '',
    # Numbers of facts that may fail, names of services that may stay down and of clicks on word alone. Logged.
    [string[]]$Waive = @(),
    # The receipt that stage Replicate printed; stage Setup asks for it.
    [string]$Receipt = '',
    # Folder for state, evidence and backup. Default: beside the script.
    [string]$WorkPath = '',
    # Longest wait for services or replication.
    [ValidateRange(1, 86400)][int]$TimeoutSeconds = 900,
    # Seconds between checks.
    [ValidateRange(1, 600)][int]$PollSeconds = 15,
    # Ask no questions. For powershell.exe -File, which cannot pass -Confirm:$false before PowerShell 6.
    [switch]$Force
)
$Plan = @{ Id = 'sha256:60a59bb638abd1c66e2081d794311fb2'; Script = 'failback'; Opposite = 'rollback'
           Module = 'SkypeForBusiness'
           Title = 'Fail back SIP federation from EdgePool2 to EdgePool1' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only; of two, the first that fits.
# Facts: the Property that Read gives must be (Is), hold (Has), hold only (Only) or be like (Like) what is named; unless
#        all is so, nothing is changed. P.. can be waived by number; Warn only puts on record. Without Read: that above.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
# By hand: Manual is shown, unless Read gives To; who passes -Attest says that it is done, and Read has to give To
#        within WaitSeconds. Unread: why no cmdlet shows it; then there is the word alone.
$Name1 = 'Step 2. A person moves SIP federation from edgepool2.contoso.com to edgepool1.co'
$Name1 += '' + 'ntoso.com in Topology Builder; the script reads whether it was published. Who pu'
$Name1 += '' + 'blishes has to be in RTCUniversalServerAdmins, and in Domain Admins unless setup'
$Name1 += '' + ' permission was delegated (Grant-CsSetupPermission).'
$Name2 = 'Skype for Business Server Topology Builder: Download Topology from existing depl'
$Name2 += '' + 'oyment > Skype for Business Server > Site2 > Skype for Business Server 2019 > Ed'
$Name2 += '' + 'ge pools > edgepool2.contoso.com > Edit Properties > General > clear "Enable fed'
$Name2 += '' + 'eration for this Edge pool (Port 5061)" and click OK; after the last change of t'
$Name2 += '' + 'his stage Action > Topology > Publish'
$Name3 = 'Skype for Business Server Topology Builder: Download Topology from existing depl'
$Name3 += '' + 'oyment > Skype for Business Server > Site1 > Skype for Business Server 2019 > Ed'
$Name3 += '' + 'ge pools > edgepool1.contoso.com > Edit Properties > General > select "Enable fe'
$Name3 += '' + 'deration for this Edge pool (Port 5061)" and click OK; after the last change of '
$Name3 += '' + 'this stage Action > Topology > Publish'
$Name4 = 'Pushes the configuration to the servers, waits until they are up to date, and pr'
$Name4 += '' + 'ints the receipt for Setup.'
$Name5 = 'Skype for Business Server Deployment Wizard: Install or Update Skype for Busines'
$Name5 += '' + 's Server System > Setup or Remove Skype for Business Server Components > Run Aga'
$Name5 += '' + 'in > click Next until the wizard is done, then Finish'
$Name6 = 'Checks that all stages are done, what Topology Builder published, the routes, DN'
$Name6 += '' + 'S, and that the Edge Servers answer.'
$Stages = @(
    @{ Name = 'Start'; Hosts = @('edge1a.contoso.com'); Elevated = $true
       Does = 'Step 1. Starts the services of this Edge Server that do not run. Nothing is stopped.'
       Facts = @(
         @{ Id = 'P12'; Says = 'subordinate CAs in the trusted roots'; Is = @(); Read = { Get-SubordinateCa } }
         @{ Id = 'P13'; Says = 'uses of certificates'; Property = 'Use'; Has = 'AccessEdgeExternal'
            Read = { Get-CsCertificate -ErrorAction Stop } }
         @{ Id = 'P14'; Says = 'faults of certificates'; Is = @()
            Read = { Get-CertificateFault -Until '2026-12-20T00:00:00Z' } } )
       Steps = @{ Id = 'start/services'; Says = 'services down, of those not disabled and Access Edge'; Cites = '1'
                  IfNot = '; -Waive NAME goes on without one'; To = @(); Read = { Get-ServiceDown -With 'Access Edge' }
                  Set = { Start-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Preflight'; Hosts = @('fe2.corp.contoso.com'); Unseen = 'Start'; LooksAt = @('Dns', 'Route')
       Does = 'Checks what the later stages need, asks DNS, rehearses Route, backs up.'
       Facts = @(
         @{ Id = 'P01'; Says = 'store master'; Property = 'ActiveMasterFqdn'; Is = 'fepool2.corp.contoso.com'
            Read = { Get-StoreStatus -Of 'fepool2.corp.contoso.com' } }
         @{ Id = 'P02'; Says = 'store agents'; Property = 'ActiveFileTransferAgents'; Is = 'fepool2.corp.contoso.com' }
         @{ Id = 'P03'; Says = 'pool servers'; Property = 'Computers'; Is = 'edge1a.contoso.com'
            Read = { Get-CsPool -Identity 'edgepool1.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P04'; Says = 'Edge service'; Property = 'Identity'; Is = 'EdgeServer:edgepool1.contoso.com'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool1.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P05'; Says = 'site of the pool'; Property = 'SiteId'; Is = 'Site:Site1' }
         @{ Id = 'P07'; Says = 'next hop'; Property = 'Registrar'; Is = 'Registrar:fepool1.corp.contoso.com' }
         @{ Id = 'P16'; Says = 'SIP federation port of EdgePool1'; Property = 'AccessEdgeExternalSipPort'
            Only = '5061' }
         @{ Id = 'preflight/old-pool'; Says = 'Edge service of EdgePool2'; Property = 'Identity'
            Is = 'EdgeServer:edgepool2.contoso.com'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P17'; Says = 'SIP federation port of EdgePool2'; Property = 'AccessEdgeExternalSipPort'
            Only = '5061' }
         @{ Id = 'P08'; Says = 'SIP domains'; Property = 'Name'; Has = 'contoso.com'
            Read = { Get-CsSipDomain -ErrorAction Stop } }
         @{ Id = 'P09'; Says = 'federation allowed'; Property = 'AllowFederatedUsers'; Is = 'True'
            Read = { Get-CsAccessEdgeConfiguration -ErrorAction Stop } }
         @{ Id = 'P11'; Says = 'replicas that are up to date'
            Has = @('edge1a.contoso.com', 'edge2a.contoso.com', 'edge2b.contoso.com', 'fe2.corp.contoso.com')
            Read = { Get-CurrentReplica } }
         @{ Id = 'preflight/right'; Says = 'user groups'; Warn = 'All'; Has = 'RTCUniversalServerAdmins'
            Read = { Get-ChangeRight } }
         @{ Id = 'preflight/sip-sites'; Says = 'sites with SIP federation on EdgePool2'
            Cites = 'Configure federation routes and media traffic'; Property = 'Identity'; Warn = 'All'
            Only = @('Site:Site1', 'Site:Site2')
            Read = { Get-RoutedSite -Pool 'edgepool2.contoso.com' -Property 'FederationRoute' } }
         @{ Id = 'preflight/partner/partner.example'
            Says = 'Test-CsFederatedPartner of partner.example by way of edge2a.contoso.com'; Property = 'Result'
            Warn = 'All'; Is = 'Success'
            Read = { Test-CsFederatedPartner -TargetFqdn 'edge2a.contoso.com' -Domain (
                         'partner.example') -ErrorAction Stop } } )
       Steps = @(
         @{ Id = 'preflight/backup-configuration'; Says = 'backup beside this script'; File = 'config.zip'; To = 'True'
            Set = { Export-CsConfiguration -FileName $File -ErrorAction Stop } }
         @{ Id = 'preflight/backup-sites'; Says = 'site list beside this script'; File = 'sites.xml'; To = 'True'
            Set = { Get-CsSite -ErrorAction Stop |
                    Export-Clixml -LiteralPath $File -Depth 4 -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Topology'; Hosts = @('fe2.corp.contoso.com'); After = 'Preflight'
       Does = $Name1
       Steps = @(
         @{ Id = 'topology/EdgePool2'; Says = 'SIP federation port of EdgePool2'; Cites = '2'
            Property = 'AccessEdgeExternalSipPort'; IfNot = '; was it published?'; WaitSeconds = 60; To = @()
            Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop }
            Manual = $Name2 }
         @{ Id = 'topology/EdgePool1'; Says = 'SIP federation port of EdgePool1'; Cites = '2'
            Property = 'AccessEdgeExternalSipPort'; IfNot = '; was it published?'; WaitSeconds = 60; To = '5061'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool1.contoso.com' -ErrorAction Stop }
            Manual = $Name3 } ) }
    @{ Name = 'Route'; Hosts = @('fe2.corp.contoso.com'); After = 'Topology'
       Does = 'Points the SIP federation route of the sites to edgepool1.contoso.com.'
       Steps = @(
         @{ Id = 'route-sip/Site1'; Says = 'SIP federation route of Site1'
            Cites = 'Configure federation routes and media traffic'; WaitSeconds = 60
            When = 'Set-CsSite -FederationRoute'
            From = 'edgepool2.contoso.com'; To = 'edgepool1.contoso.com'
            Read = { Get-SiteRoute -Site 'Site1' -Property 'FederationRoute' }
            Set = { Set-CsSite -Identity 'Site1' -FederationRoute (
                        'EdgeServer:edgepool1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = 'route-sip/Site2'; Says = 'SIP federation route of Site2'
            Cites = 'Configure federation routes and media traffic'; WaitSeconds = 60
            When = 'Set-CsSite -FederationRoute'
            From = 'edgepool2.contoso.com'; To = 'edgepool1.contoso.com'
            Read = { Get-SiteRoute -Site 'Site2' -Property 'FederationRoute' }
            Set = { Set-CsSite -Identity 'Site2' -FederationRoute (
                        'EdgeServer:edgepool1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } } ) }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = 'Route'; PrintsReceipt = 0
       Does = $Name4
       Steps = @(
         @{ Id = 'replicate/edge1a.contoso.com'; Says = 'edge1a.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge1a.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge1a.contoso.com' -ErrorAction Stop } }
         @{ Id = 'replicate/edge2a.contoso.com'; Says = 'edge2a.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge2a.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge2a.contoso.com' -ErrorAction Stop } }
         @{ Id = 'replicate/edge2b.contoso.com'; Says = 'edge2b.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge2b.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge2b.contoso.com' -ErrorAction Stop } }
         @{ Id = 'replicate/fe2.corp.contoso.com'; Says = 'fe2.corp.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Setup'; Hosts = @('edge1a.contoso.com'); After = 'Start'; Receipt = 'Replicate'
       Does = 'Step 2. A person runs Setup again on this Edge Server.'
       Steps = @{ Id = 'setup/run-again'; Says = 'Setup of this server in the Deployment Wizard'; Cites = '2'
                  Manual = $Name5
                  Unread = 'no cmdlet shows whether Setup ran after a change of the topology' } }
    @{ Name = 'Setup'; Hosts = @('edge2a.contoso.com', 'edge2b.contoso.com'); Receipt = 'Replicate'
       Does = 'A person runs Setup again on this Edge Server of the pool that stood in.'
       Steps = @{ Id = 'setup-old/run-again'; Says = 'Setup of this server in the Deployment Wizard'
                  Manual = $Name5
                  Unread = 'no cmdlet shows whether Setup ran after a change of the topology' } }
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); After = 'Replicate'; Unseen = 'Setup'; OldAnswers = 300
       Does = 'Shows the DNS records to change and checks each at the server of its zone.'
       Zones = @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns1.contoso.net'; From = '2026120501'; To = '2026120502+'
                  Cites = 'Configure federation routes and media traffic'
                  Records = @{ Id = 'P21'; Set = '_sipfederationtls._tcp.contoso.com SRV'
                               From = '300 0 0 5061 sip2.contoso.com'; To = '300 0 0 5061 sip1.contoso.com' } } }
    @{ Name = 'Firewall'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'; NotAfter = 'Firewall'
       Does = 'Records who confirmed that TCP 5061 is open.'
       Steps = @{ Id = 'firewall/sip'; Says = 'TCP 5061 is open from anywhere to 203.0.113.11 and back'
                  Cites = 'Configure federation routes and media traffic' } }
    @{ Name = 'Verify'; Hosts = @('edge1a.contoso.com'); After = 'Setup'; Unseen = 'Firewall'; LooksAt = 'Dns'
       Does = 'Checks that the services run after Setup. The public address is probed from outside only.'
       Facts = @{ Id = 'verify/services'; Says = 'services down, of those not disabled and Access Edge'; Is = @()
                  Read = { Get-ServiceDown -With 'Access Edge' } } }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Firewall'; LooksAt = @('Topology', 'Route', 'Dns')
       Does = $Name6
       Facts = @(
         @{ Id = 'verify/sip/edge1a.contoso.com'; Says = 'Access Edge at edge1a.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge1a.contoso.com' -Port 5061 -Seconds 5 } }
         @{ Id = 'verify/partner/partner.example/edge1a.contoso.com'
            Says = 'Test-CsFederatedPartner of partner.example by way of edge1a.contoso.com'; Property = 'Result'
            Is = 'Success'
            Read = { Test-CsFederatedPartner -TargetFqdn 'edge1a.contoso.com' -Domain (
                         'partner.example') -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('*'); Unseen = 'Firewall'; LooksAt = 'Dns'
       Does = 'What a federated partner sees, from outside.'
       Facts = @{ Id = 'verify/federation/203.0.113.11'; Says = 'Access Edge at 203.0.113.11:5061'
                  Cites = 'Configure federation routes and media traffic'; Is = 'open'
                  Read = { Test-ChangePort -Target '203.0.113.11' -Port 5061 -Seconds 5 } } }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
