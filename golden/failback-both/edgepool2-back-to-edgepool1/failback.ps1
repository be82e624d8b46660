#Requires -Version 3.0

<#
.SYNOPSIS
    Fail back XMPP and SIP federation from EdgePool2 to EdgePool1.
.DESCRIPTION
    Written by edgeplan for plan sha256:d7374cf682a55dd21d1bc00956fc8eb4. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\failback.ps1                           prints the run sheet and changes nothing
        .\failback.ps1 -Stage Preflight -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Start','Preflight','Topology','Route','Dns','Firewall','Replicate','Setup','Verify','StopOld')]
    [string]$Stage,
    # Who confirmed what this script cannot see, and under which ticket. Goes into the evidence log.
    [string]$Attest = '',
    # Numbers of facts that may fail, names of services that may stay down and of clicks on word alone. Logged.
    [string[]]$Waive = @(),
    # SIP address of a federated XMPP user, for a test message in stage Verify.
    [string]$XmppReceiver = '',
    # The receipt that Replicate printed, for stage Setup, or Verify, for StopOld.
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
$Plan = @{ Id = 'sha256:d7374cf682a55dd21d1bc00956fc8eb4'; Script = 'failback'; Opposite = 'rollback'; Module = 'Lync'
           Title = 'Fail back XMPP and SIP federation from EdgePool2 to EdgePool1' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only; of two, the first that fits.
# Facts: the Property that Read gives must be (Is), hold (Has), hold only (Only) or be like (Like) what is named; unless
#        all is so, nothing is changed. P.. can be waived by number; Warn only puts on record. Without Read: that above.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
# By hand: Manual is shown, unless Read gives To; who passes -Attest says that it is done, and Read has to give To
#        within WaitSeconds. Unread: why no cmdlet shows it; then there is the word alone.
# Old pool: Set is run for each $Value that Read gave. Receipt: the stage that prints it; StopOld is not run before the
#        time in it, which is PrintsReceipt seconds after the one that prints it.
#        Facts: Property must be Like what is named, or nothing is changed; P18 can be waived by number.
$Name1 = 'Step 2. A person moves SIP federation from EdgeServer2.contoso.com to EdgeServer'
$Name1 += '' + '1.contoso.com in Topology Builder; the script reads whether it was published. Wh'
$Name1 += '' + 'o publishes has to be in RTCUniversalServerAdmins, and in Domain Admins unless s'
$Name1 += '' + 'etup permission was delegated (Grant-CsSetupPermission).'
$Name2 = 'Lync Server Topology Builder: Download Topology from existing deployment > Lync '
$Name2 += '' + 'Server > Site2 > Lync Server 2013 > Edge pools > EdgeServer2.contoso.com > Edit '
$Name2 += '' + 'Properties > General > clear "Enable federation for this Edge pool (Port 5061)" '
$Name2 += '' + 'and click OK; after the last change of this stage Action > Topology > Publish'
$Name3 = 'Lync Server Topology Builder: Download Topology from existing deployment > Lync '
$Name3 += '' + 'Server > Site1 > Lync Server 2013 > Edge pools > EdgeServer1.contoso.com > Edit '
$Name3 += '' + 'Properties > General > select "Enable federation for this Edge pool (Port 5061)"'
$Name3 += '' + ' and click OK; after the last change of this stage Action > Topology > Publish'
$Name4 = 'Pushes the configuration to the servers, waits until they are up to date, and pr'
$Name4 += '' + 'ints the receipt for Setup.'
$Name5 = 'Lync Server Deployment Wizard: Install or Update Lync Server System > Setup or R'
$Name5 += '' + 'emove Lync Server Components > Run Again > click Next until the wizard is done, ' + 'then Finish'
$Name6 = 'Checks that all stages are done, what Topology Builder published, the routes, DN'
$Name6 += '' + 'S, and that the Edge Servers answer.'
$Name7 = 'Once no old answer is left: stops the XMPP service of this server of the pool th'
$Name7 += '' + 'at stood in. Open streams end.'
$Stages = @(
    @{ Name = 'Start'; Hosts = @('EdgeServer1.contoso.com'); Elevated = $true
       Does = 'Step 1. Starts the services of this Edge Server that do not run. Nothing is stopped.'
       Facts = @(
         @{ Id = 'P12'; Says = 'subordinate CAs in the trusted roots'; Is = @(); Read = { Get-SubordinateCa } }
         @{ Id = 'P13'; Says = 'uses of certificates'; Property = 'Use'; Has = 'AccessEdgeExternal'
            Read = { Get-CsCertificate -ErrorAction Stop } }
         @{ Id = 'P14'; Says = 'faults of certificates'; Is = @()
            Read = { Get-CertificateFault -Until '2026-12-20T00:00:00Z' } }
         @{ Id = 'start/xmpp'; Says = 'XMPP service'; Property = 'DisplayName'; Like = '*XMPP*'
            Read = { Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop } } )
       Steps = @{ Id = 'start/services'; Says = 'services down, of those not disabled and XMPP'; Cites = '1'
                  IfNot = '; -Waive NAME goes on without one'; To = @(); Read = { Get-ServiceDown }
                  Set = { Start-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Preflight'; Hosts = @('fe2.corp.contoso.com'); Unseen = 'Start'; LooksAt = @('Dns', 'Route')
       Does = 'Checks what the later stages need, asks DNS, rehearses Route, backs up.'
       Facts = @(
         @{ Id = 'P01'; Says = 'store master'; Property = 'ActiveMasterFqdn'; Is = 'fepool2.corp.contoso.com'
            Read = { Get-StoreStatus -Of 'fepool2.corp.contoso.com' } }
         @{ Id = 'P02'; Says = 'store agents'; Property = 'ActiveFileTransferAgents'; Is = 'fepool2.corp.contoso.com' }
         @{ Id = 'P03'; Says = 'pool servers'; Property = 'Computers'; Is = 'EdgeServer1.contoso.com'
            Read = { Get-CsPool -Identity 'EdgeServer1.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P04'; Says = 'Edge service'; Property = 'Identity'; Is = 'EdgeServer:EdgeServer1.contoso.com'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'EdgeServer1.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P05'; Says = 'site of the pool'; Property = 'SiteId'; Is = 'Site:Site1' }
         @{ Id = 'P06'; Says = 'XMPP port of the pool'; Property = 'XmppListeningPort'; Is = '5269' }
         @{ Id = 'P07'; Says = 'next hop'; Property = 'Registrar'; Is = 'Registrar:fepool1.corp.contoso.com' }
         @{ Id = 'P16'; Says = 'SIP federation port of EdgePool1'; Property = 'AccessEdgeExternalSipPort'
            Only = '5061' }
         @{ Id = 'preflight/old-pool'; Says = 'Edge service of EdgePool2'; Property = 'Identity'
            Is = 'EdgeServer:EdgeServer2.contoso.com'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'EdgeServer2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P17'; Says = 'SIP federation port of EdgePool2'; Property = 'AccessEdgeExternalSipPort'
            Only = '5061' }
         @{ Id = 'P08'; Says = 'SIP domains'; Property = 'Name'; Has = 'contoso.com'
            Read = { Get-CsSipDomain -ErrorAction Stop } }
         @{ Id = 'P09'; Says = 'federation allowed'; Property = 'AllowFederatedUsers'; Is = 'True'
            Read = { Get-CsAccessEdgeConfiguration -ErrorAction Stop } }
         @{ Id = 'P10'; Says = 'XMPP partners'; Property = 'Identity,AdditionalDomains'; Warn = 'Others'
            Has = 'jabber.example.org'; Read = { Get-CsXmppAllowedPartner -ErrorAction Stop } }
         @{ Id = 'P11'; Says = 'replicas that are up to date'
            Has = @('EdgeServer1.contoso.com', 'EdgeServer2.contoso.com', 'fe2.corp.contoso.com')
            Read = { Get-CurrentReplica } }
         @{ Id = 'preflight/right'; Says = 'user groups'; Warn = 'All'; Has = 'RTCUniversalServerAdmins'
            Read = { Get-ChangeRight } }
         @{ Id = 'preflight/sites'; Says = 'sites on EdgePool2'; Cites = '3a'; Property = 'Identity'; Warn = 'All'
            Only = @('Site:Site1', 'Site:Site2'); Read = { Get-RoutedSite -Pool 'EdgeServer2.contoso.com' } }
         @{ Id = 'preflight/sip-sites'; Says = 'sites with SIP federation on EdgePool2'
            Cites = 'Configure federation routes and media traffic'; Property = 'Identity'; Warn = 'All'
            Only = @('Site:Site1', 'Site:Site2')
            Read = { Get-RoutedSite -Pool 'EdgeServer2.contoso.com' -Property 'FederationRoute' } }
         @{ Id = 'preflight/partner/partner.example'
            Says = 'Test-CsFederatedPartner of partner.example by way of EdgeServer2.contoso.com'; Property = 'Result'
            Warn = 'All'; Is = 'Success'
            Read = { Test-CsFederatedPartner -TargetFqdn 'EdgeServer2.contoso.com' -Domain (
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
            Read = { Get-CsService -EdgeServer -PoolFqdn 'EdgeServer2.contoso.com' -ErrorAction Stop }
            Manual = $Name2 }
         @{ Id = 'topology/EdgePool1'; Says = 'SIP federation port of EdgePool1'; Cites = '2'
            Property = 'AccessEdgeExternalSipPort'; IfNot = '; was it published?'; WaitSeconds = 60; To = '5061'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'EdgeServer1.contoso.com' -ErrorAction Stop }
            Manual = $Name3 } ) }
    @{ Name = 'Route'; Hosts = @('fe2.corp.contoso.com'); After = 'Topology'
       Does = 'Points the routes of SIP federation, and in step 3 that of XMPP, to EdgeServer1.contoso.com.'
       Steps = @(
         @{ Id = 'route-sip/Site1'; Says = 'SIP federation route of Site1'
            Cites = 'Configure federation routes and media traffic'; WaitSeconds = 60
            When = 'Set-CsSite -FederationRoute'
            From = 'EdgeServer2.contoso.com'; To = 'EdgeServer1.contoso.com'
            Read = { Get-SiteRoute -Site 'Site1' -Property 'FederationRoute' }
            Set = { Set-CsSite -Identity 'Site1' -FederationRoute (
                        'EdgeServer:EdgeServer1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = 'route-sip/Site2'; Says = 'SIP federation route of Site2'
            Cites = 'Configure federation routes and media traffic'; WaitSeconds = 60
            When = 'Set-CsSite -FederationRoute'
            From = 'EdgeServer2.contoso.com'; To = 'EdgeServer1.contoso.com'
            Read = { Get-SiteRoute -Site 'Site2' -Property 'FederationRoute' }
            Set = { Set-CsSite -Identity 'Site2' -FederationRoute (
                        'EdgeServer:EdgeServer1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = 'route/Site1'; Says = 'XMPP federation route of Site1'; Cites = '3a'; WaitSeconds = 60
            When = 'Set-CsSite -XmppFederationRoute'
            From = 'EdgeServer2.contoso.com'; To = 'EdgeServer1.contoso.com'; Read = { Get-SiteRoute -Site 'Site1' }
            Set = { Set-CsSite -Identity 'Site1' -XmppFederationRoute (
                        'EdgeServer:EdgeServer1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = 'route/Site1'; Says = 'XMPP federation route of Site1'; Cites = '3a'; WaitSeconds = 60
            When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'EdgeServer2.contoso.com'; To = 'EdgeServer1.contoso.com'; Read = { Get-SiteRoute -Site 'Site1' }
            Set = { Set-CsSite -Identity 'Site1' -XmppExternalFederationRoute (
                        'EdgeServer1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = 'route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3a'; WaitSeconds = 60
            When = 'Set-CsSite -XmppFederationRoute'
            From = 'EdgeServer2.contoso.com'; To = 'EdgeServer1.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppFederationRoute (
                        'EdgeServer:EdgeServer1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = 'route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3a'; WaitSeconds = 60
            When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'EdgeServer2.contoso.com'; To = 'EdgeServer1.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppExternalFederationRoute (
                        'EdgeServer1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } } ) }
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); After = 'Route'; OldAnswers = 300
       Does = 'Steps 3b and 3c. Shows the DNS records to change and checks each at the server of its zone.'
       Zones = @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns1.contoso.net'; From = '2026120500'; To = '2026120501+'
                  Cites = '3b, 3c'; Records = @(
                    @{ Id = 'P21'; Set = '_sipfederationtls._tcp.contoso.com SRV'; Is = '300 0 0 5061 sip.contoso.com' }
                    @{ Id = 'P22'; Set = '_xmpp-server._tcp.contoso.com SRV'; Is = '300 0 0 5269 sip.contoso.com' }
                    @{ Id = 'P23'; Set = 'sip.contoso.com A'; From = '300 198.51.100.21'; To = '300 203.0.113.11' }
                    @{ Id = 'P24'; Set = 'sip.contoso.com AAAA'; Is = @() } ) } }
    @{ Name = 'Firewall'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'; NotAfter = 'Firewall'
       Does = 'Step 3d. Records who confirmed that TCP 5269 and TCP 5061 are open.'
       Steps = @(
         @{ Id = 'firewall'; Says = 'TCP 5269 is open from anywhere to 203.0.113.11 and back'; Cites = '3d' }
         @{ Id = 'firewall/sip'; Says = 'TCP 5061 is open from anywhere to 203.0.113.11 and back'
            Cites = 'Configure federation routes and media traffic' } ) }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'; PrintsReceipt = 0
       Does = $Name4
       Steps = @(
         @{ Id = 'replicate/EdgeServer1.contoso.com'; Says = 'EdgeServer1.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'EdgeServer1.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'EdgeServer1.contoso.com' -ErrorAction Stop } }
         @{ Id = 'replicate/EdgeServer2.contoso.com'; Says = 'EdgeServer2.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'EdgeServer2.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'EdgeServer2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'replicate/fe2.corp.contoso.com'; Says = 'fe2.corp.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Setup'; Hosts = @('EdgeServer1.contoso.com'); After = 'Start'; Receipt = 'Replicate'
       Does = 'Step 2. A person runs Setup again on this Edge Server.'
       Steps = @{ Id = 'setup/run-again'; Says = 'Setup of this server in the Deployment Wizard'; Cites = '2'
                  Manual = $Name5
                  Unread = 'no cmdlet shows whether Setup ran after a change of the topology' } }
    @{ Name = 'Setup'; Hosts = @('EdgeServer2.contoso.com'); Receipt = 'Replicate'
       Does = 'A person runs Setup again on this Edge Server of the pool that stood in.'
       Steps = @{ Id = 'setup-old/run-again'; Says = 'Setup of this server in the Deployment Wizard'
                  Manual = $Name5
                  Unread = 'no cmdlet shows whether Setup ran after a change of the topology' } }
    @{ Name = 'Verify'; Hosts = @('EdgeServer1.contoso.com'); After = 'Setup'
       Unseen = @('Setup on EdgeServer2.contoso.com', 'Firewall'); LooksAt = 'Dns'
       Does = 'Step 3d from inside: the XMPP proxy listens. Its public address is probed from outside only.'
       Facts = @(
         @{ Id = 'verify/listener'; Says = 'listener of the XMPP proxy'; Cites = '3d'; Like = '*:5269'
            Read = { Get-ChangeListener -Port 5269 } }
         @{ Id = 'verify/services'; Says = 'services down, of those not disabled and Access Edge'; Is = @()
            Read = { Get-ServiceDown -With 'Access Edge' } } ) }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = @('Firewall', 'Replicate'); Unseen = 'Setup'
       LooksAt = @('Topology', 'Route', 'Dns'); PrintsReceipt = 8400
       Does = $Name6
       Facts = @(
         @{ Id = 'verify/message'; Says = 'Test-CsXmppIM'; When = 'XmppReceiver'; Property = 'Result'; Is = 'Success'
            Read = { Test-CsXmppIM -TargetFqdn 'fepool1.corp.contoso.com' -Receiver $XmppReceiver -ErrorAction Stop } }
         @{ Id = 'verify/sip/EdgeServer1.contoso.com'; Says = 'Access Edge at EdgeServer1.contoso.com:5061'; Cites = '1'
            Is = 'open'; Read = { Test-ChangePort -Target 'EdgeServer1.contoso.com' -Port 5061 -Seconds 5 } }
         @{ Id = 'verify/partner/partner.example/EdgeServer1.contoso.com'
            Says = 'Test-CsFederatedPartner of partner.example by way of EdgeServer1.contoso.com'; Property = 'Result'
            Is = 'Success'
            Read = { Test-CsFederatedPartner -TargetFqdn 'EdgeServer1.contoso.com' -Domain (
                         'partner.example') -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('*'); Unseen = @('Setup', 'Firewall'); LooksAt = 'Dns'
       Does = 'Step 3d from outside: what a federated partner sees.'
       Facts = @(
         @{ Id = 'verify/xmpp/203.0.113.11'; Says = 'XMPP proxy at 203.0.113.11:5269'; Cites = '3d'; Is = 'open'
            Read = { Test-ChangePort -Target '203.0.113.11' -Port 5269 -Seconds 5 } }
         @{ Id = 'verify/federation/203.0.113.11'; Says = 'Access Edge at 203.0.113.11:5061'
            Cites = 'Configure federation routes and media traffic'; Is = 'open'
            Read = { Test-ChangePort -Target '203.0.113.11' -Port 5061 -Seconds 5 } } ) }
    @{ Name = 'StopOld'; Hosts = @('EdgeServer2.contoso.com'); After = 'Setup'
       Unseen = @('Verify on EdgeServer1.contoso.com', 'Verify on *'); Elevated = $true; Receipt = 'Verify'
       LooksAt = 'Dns'
       Does = $Name7
       Facts = @{ Id = 'P18'; Says = 'XMPP service'; Property = 'DisplayName'; Like = '*XMPP*'
                  Read = { Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop } }
       Steps = @{ Id = 'stop-old/xmpp'; Says = 'XMPP services that run'; To = @()
                  Read = { Get-XmppService -Not 'Stopped' }
                  Set = { Stop-CsWindowsService -Name $Value -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
