#Requires -Version 3.0

<#
.SYNOPSIS
    Fail back XMPP federation from EdgePool2 to EdgePool1.
.DESCRIPTION
    Written by edgeplan for plan sha256:2adfc35780e4cc0bde7dbb6ae43c2ad8. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\failback.ps1                           prints the run sheet and changes nothing
        .\failback.ps1 -Stage Preflight -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Start', 'Preflight', 'Route', 'Dns', 'Firewall', 'Replicate', 'Verify', 'StopOld')][string]$Stage,
    # Who confirmed what this script cannot see, and under which ticket. Goes into the evidence log.
    [string]$Attest = '',
    # Numbers of facts that may fail, names of services that may stay down. Goes into the evidence log.
    [string[]]$Waive = @(),
    # SIP address of a federated XMPP user, for a test message in stage Verify.
    [string]$XmppReceiver = '',
    # The receipt that stage Verify printed; stage StopOld asks for it.
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
$Plan = @{ Id = 'sha256:2adfc35780e4cc0bde7dbb6ae43c2ad8'; Script = 'failback'; Opposite = 'rollback'; Module = 'Lync'
           Title = 'Fail back XMPP federation from EdgePool2 to EdgePool1' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only; of two, the first that fits.
# Facts: the Property that Read gives must be (Is), hold (Has), hold only (Only) or be like (Like) what is named; unless
#        all is so, nothing is changed. P.. can be waived by number; Warn only puts on record. Without Read: that above.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
# Old pool: Set is run for each $Value that Read gave. Receipt: the stage that prints it; StopOld is not run before the
#        time in it, which is PrintsReceipt seconds after the one that prints it.
#        Facts: Property must be Like what is named, or nothing is changed; P18 can be waived by number.
$Name1 = 'Once no old answer is left: stops the XMPP service of this server of the pool th'
$Name1 += '' + 'at stood in. Open streams end.'
$Stages = @(
    @{ Name = 'Start'; Hosts = @('edge1.contoso.com'); Elevated = $true
       Does = 'Step 1. Starts the services of this Edge Server that do not run. Nothing is stopped.'
       Facts = @(
         @{ Id = 'P12'; Says = 'subordinate CAs in the trusted roots'; Is = @(); Read = { Get-SubordinateCa } }
         @{ Id = 'P13'; Says = 'uses of certificates'; Property = 'Use'; Has = 'AccessEdgeExternal'
            Read = { Get-CsCertificate -ErrorAction Stop } }
         @{ Id = 'P14'; Says = 'faults of certificates'; Is = @(); Read = { Get-CertificateFault } }
         @{ Id = 'start/xmpp'; Says = 'XMPP service'; Property = 'DisplayName'; Like = '*XMPP*'
            Read = { Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop } } )
       Steps = @{ Id = 'start/services'; Says = 'services down, of those not disabled and XMPP'; Cites = '1'
                  IfNot = '; -Waive NAME goes on without one'; To = @(); Read = { Get-ServiceDown }
                  Set = { Start-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Preflight'; Hosts = @('fe2a.corp.contoso.com'); Unseen = 'Start'; LooksAt = @('Dns', 'Route')
       Does = 'Checks what the later stages need, asks DNS, rehearses Route, backs up.'
       Facts = @(
         @{ Id = 'P01'; Says = 'store master'; Property = 'ActiveMasterFqdn'; Is = 'fepool2.corp.contoso.com'
            Read = { Get-StoreStatus -Of 'fepool2.corp.contoso.com' } }
         @{ Id = 'P02'; Says = 'store agents'; Property = 'ActiveFileTransferAgents'; Is = 'fepool2.corp.contoso.com' }
         @{ Id = 'P03'; Says = 'pool servers'; Property = 'Computers'; Is = 'edge1.contoso.com'
            Read = { Get-CsPool -Identity 'edgepool1.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P04'; Says = 'Edge service'; Property = 'Identity'; Is = 'EdgeServer:edgepool1.contoso.com'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool1.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P05'; Says = 'site of the pool'; Property = 'SiteId'; Is = 'Site:Site1' }
         @{ Id = 'P06'; Says = 'XMPP port of the pool'; Property = 'XmppListeningPort'; Is = '5269' }
         @{ Id = 'P07'; Says = 'next hop'; Property = 'Registrar'; Is = 'Registrar:fepool1.corp.contoso.com' }
         @{ Id = 'P24'; Says = 'Registrar of the new next hop'; Property = 'Identity'
            Is = 'Registrar:fepool1.corp.contoso.com'
            Read = { Get-CsService -Registrar -PoolFqdn 'fepool1.corp.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P25'; Says = 'site of the new next hop'; Property = 'SiteId'; Is = 'Site:Site1' }
         @{ Id = 'P08'; Says = 'SIP domains'; Cites = '3b'; Property = 'Name'; Has = 'contoso.com'
            Read = { Get-CsSipDomain -ErrorAction Stop } }
         @{ Id = 'P09'; Says = 'federation allowed'; Property = 'AllowFederatedUsers'; Is = 'True'
            Read = { Get-CsAccessEdgeConfiguration -ErrorAction Stop } }
         @{ Id = 'P10'; Says = 'XMPP partners'; Property = 'Identity,AdditionalDomains'; Warn = 'Others'
            Has = 'jabber.example.org'; Read = { Get-CsXmppAllowedPartner -ErrorAction Stop } }
         @{ Id = 'P11'; Says = 'replicas that are up to date'
            Has = @('edge1.contoso.com', 'edge2.contoso.com', 'fe2a.corp.contoso.com', 'fe2b.corp.contoso.com')
            Read = { Get-CurrentReplica } }
         @{ Id = 'preflight/right'; Says = 'user groups'; Warn = 'All'; Has = 'RTCUniversalServerAdmins'
            Read = { Get-ChangeRight } }
         @{ Id = 'preflight/sites'; Says = 'sites on EdgePool2'; Cites = '3a'; Property = 'Identity'; Warn = 'All'
            Only = @('Site:Site1', 'Site:Site2'); Read = { Get-RoutedSite -Pool 'edgepool2.contoso.com' } } )
       Steps = @(
         @{ Id = 'preflight/backup-configuration'; Says = 'backup beside this script'; File = 'config.zip'; To = 'True'
            Set = { Export-CsConfiguration -FileName $File -ErrorAction Stop } }
         @{ Id = 'preflight/backup-sites'; Says = 'site list beside this script'; File = 'sites.xml'; To = 'True'
            Set = { Get-CsSite -ErrorAction Stop |
                    Export-Clixml -LiteralPath $File -Depth 4 -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Route'; Hosts = @('fe2a.corp.contoso.com'); After = 'Preflight'
       Does = 'Step 3a. Sets the XMPP federation route, then the next hop of EdgePool2.'
       Steps = @(
         @{ Id = 'route/Site1'; Says = 'XMPP federation route of Site1'; Cites = '3a'; WaitSeconds = 60
            When = 'Set-CsSite -XmppFederationRoute'
            From = 'edgepool2.contoso.com'; To = 'edgepool1.contoso.com'; Read = { Get-SiteRoute -Site 'Site1' }
            Set = { Set-CsSite -Identity 'Site1' -XmppFederationRoute (
                        'EdgeServer:edgepool1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = 'route/Site1'; Says = 'XMPP federation route of Site1'; Cites = '3a'; WaitSeconds = 60
            When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'edge2.contoso.com'; To = 'edge1.contoso.com'; Read = { Get-SiteRoute -Site 'Site1' }
            Set = { Set-CsSite -Identity 'Site1' -XmppExternalFederationRoute (
                        'edge1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = 'route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3a'; WaitSeconds = 60
            When = 'Set-CsSite -XmppFederationRoute'
            From = 'edgepool2.contoso.com'; To = 'edgepool1.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppFederationRoute (
                        'EdgeServer:edgepool1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = 'route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3a'; WaitSeconds = 60
            When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'edge2.contoso.com'; To = 'edge1.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppExternalFederationRoute (
                        'edge1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = 'next-hop/EdgePool2'; Says = 'next hop of EdgePool2'; Cites = 'Failing over a pool'
            Property = 'Registrar'; WaitSeconds = 60
            From = 'Registrar:fepool2.corp.contoso.com'; To = 'Registrar:fepool1.corp.contoso.com'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop }
            Set = { Set-CsEdgeServer -Identity 'EdgeServer:edgepool2.contoso.com' -Registrar (
                       'Registrar:fepool1.corp.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } } ) }
    @{ Name = 'Dns'; Hosts = @('fe2a.corp.contoso.com'); After = 'Route'; OldAnswers = 300
       Does = 'Steps 3b and 3c. Shows the DNS records to change and checks each at the server of its zone.'
       Zones = @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns1.contoso.net'; From = '2026120500'; To = '2026120501+'
                  Cites = '3b, 3c'; Records = @(
                    @{ Id = 'P21'; Set = '_xmpp-server._tcp.contoso.com SRV'; Is = '300 0 0 5269 xmpp.contoso.com' }
                    @{ Id = 'P22'; Set = 'xmpp.contoso.com A'; From = '300 198.51.100.21'; To = '300 203.0.113.11' }
                    @{ Id = 'P23'; Set = 'xmpp.contoso.com AAAA'; Is = @() } ) } }
    @{ Name = 'Firewall'; Hosts = @('fe2a.corp.contoso.com'); After = 'Dns'; NotAfter = 'Firewall'
       Does = 'Step 3d. Records who confirmed that TCP 5269 is open.'
       Steps = @{ Id = 'firewall'; Says = 'TCP 5269 is open from anywhere to 203.0.113.11 and back'; Cites = '3d' } }
    @{ Name = 'Replicate'; Hosts = @('fe2a.corp.contoso.com'); After = 'Dns'
       Does = 'Pushes the configuration to the servers and waits until they are up to date.'
       Steps = @(
         @{ Id = 'replicate/edge1.contoso.com'; Says = 'edge1.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge1.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge1.contoso.com' -ErrorAction Stop } }
         @{ Id = 'replicate/edge2.contoso.com'; Says = 'edge2.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge2.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'replicate/fe2a.corp.contoso.com'; Says = 'fe2a.corp.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2a.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2a.corp.contoso.com' -ErrorAction Stop } }
         @{ Id = 'replicate/fe2b.corp.contoso.com'; Says = 'fe2b.corp.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2b.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2b.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('edge2.contoso.com'); Unseen = @('Replicate', 'Firewall')
       Does = 'Checks that the next hop of this Edge Server answers.'
       Facts = @{ Id = 'verify/next-hop/fepool1.corp.contoso.com'; Says = 'next hop at fepool1.corp.contoso.com:5061'
                  Is = 'open'; Read = { Test-ChangePort -Target 'fepool1.corp.contoso.com' -Port 5061 -Seconds 5 } } }
    @{ Name = 'Verify'; Hosts = @('edge1.contoso.com'); After = 'Start'; Unseen = @('Replicate', 'Firewall')
       LooksAt = 'Dns'
       Does = 'Step 3d from inside: the XMPP proxy listens. Its public address is probed from outside only.'
       Facts = @{ Id = 'verify/listener'; Says = 'listener of the XMPP proxy'; Cites = '3d'; Like = '*:5269'
                  Read = { Get-ChangeListener -Port 5269 } } }
    @{ Name = 'Verify'; Hosts = @('fe2a.corp.contoso.com'); After = @('Firewall', 'Replicate')
       LooksAt = @('Route', 'Dns'); PrintsReceipt = 8400
       Does = 'Checks that all stages are done, the route, DNS, and that the Edge Servers answer.'
       Facts = @(
         @{ Id = 'verify/message'; Says = 'Test-CsXmppIM'; When = 'XmppReceiver'; Property = 'Result'; Is = 'Success'
            Read = { Test-CsXmppIM -TargetFqdn 'fepool1.corp.contoso.com' -Receiver $XmppReceiver -ErrorAction Stop } }
         @{ Id = 'verify/sip/edge1.contoso.com'; Says = 'Access Edge at edge1.contoso.com:5061'; Cites = '1'
            Is = 'open'; Read = { Test-ChangePort -Target 'edge1.contoso.com' -Port 5061 -Seconds 5 } } ) }
    @{ Name = 'Verify'; Hosts = @('*'); Unseen = @('Replicate', 'Firewall'); LooksAt = 'Dns'
       Does = 'Step 3d from outside: what a federated partner sees.'
       Facts = @{ Id = 'verify/xmpp/203.0.113.11'; Says = 'XMPP proxy at 203.0.113.11:5269'; Cites = '3d'; Is = 'open'
                  Read = { Test-ChangePort -Target '203.0.113.11' -Port 5269 -Seconds 5 } } }
    @{ Name = 'StopOld'; Hosts = @('edge2.contoso.com'); After = 'Verify'
       Unseen = @('Verify on edge1.contoso.com', 'Verify on *'); Elevated = $true; Receipt = 'Verify'; LooksAt = 'Dns'
       Does = $Name1
       Facts = @{ Id = 'P18'; Says = 'XMPP service'; Property = 'DisplayName'; Like = '*XMPP*'
                  Read = { Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop } }
       Steps = @{ Id = 'stop-old/xmpp'; Says = 'XMPP services that run'; To = @()
                  Read = { Get-XmppService -Not 'Stopped' }
                  Set = { Stop-CsWindowsService -Name $Value -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
