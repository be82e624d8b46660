#Requires -Version 3.0

<#
.SYNOPSIS
    Fail over XMPP federation from EdgePool1 to EdgePool2.
.DESCRIPTION
    Written by edgeplan for plan sha256:e76b8aad5a5fede3e1608974eb811add. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\failover.ps1                      prints the run sheet and changes nothing
        .\failover.ps1 -Stage Stop -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Preflight', 'Stop', 'Route', 'Dns', 'Firewall', 'Start', 'Replicate', 'Verify')][string]$Stage,
    # Who confirmed what this script cannot see, and under which ticket. Goes into the evidence log.
    [string]$Attest = '',
    # Numbers of facts that may fail, names of services that may stay down. Goes into the evidence log.
    [string[]]$Waive = @(),
    # SIP address of a federated XMPP user, for a test message in stage Verify.
    [string]$XmppReceiver = '',
    # The receipt that stage Preflight printed; stage Stop asks for it.
    [string]$Receipt = '',
    # Set the route although an Edge Server of the target pool still answers.
    [switch]$AllowRunningTarget,
    # Folder for state, evidence and backup. Default: beside the script.
    [string]$WorkPath = '',
    # Longest wait for services or replication.
    [ValidateRange(1, 86400)][int]$TimeoutSeconds = 900,
    # Seconds between checks.
    [ValidateRange(1, 600)][int]$PollSeconds = 15,
    # Ask no questions. For powershell.exe -File, which cannot pass -Confirm:$false before PowerShell 6.
    [switch]$Force
)
$Plan = @{ Id = 'sha256:e76b8aad5a5fede3e1608974eb811add'; Script = 'failover'; Opposite = 'rollback'; Module = 'Lync'
           Title = 'Fail over XMPP federation from EdgePool1 to EdgePool2' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only; of two, the first that fits.
# Facts: the Property that Read gives must be (Is), hold (Has), hold only (Only) or be like (Like) what is named; unless
#        all is so, nothing is changed. P.. can be waived by number; Warn only puts on record. Without Read: that above.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
$Name1 = 'Site:Site 2 ' + [char]0x2019 + '; Write-Output INJECTED; ' + [char]0x2018 + ' | `x` $(y) <b>' + [char]0x00E9
$Name1 += '' + '</b> [l](http://example.org) @all #1 ' + [char]0x202E
$Name2 = 'route/Site 2 ' + [char]0x2019 + '; Write-Output INJECTED; ' + [char]0x2018 + ' | `x` $(y) <b>' + [char]0x00E9
$Name2 += '' + '</b> [l](http://example.org) @all #1 ' + [char]0x202E
$Name3 = 'XMPP federation route of Site 2 ' + [char]0x2019 + '; Write-Output INJECTED; ' + [char]0x2018
$Name3 += '' + ' | `x` $(y) <b>' + [char]0x00E9 + '</b> [l](http://example.org) @all #1 ' + [char]0x202E
$Name4 = 'Site 2 ' + [char]0x2019 + '; Write-Output INJECTED; ' + [char]0x2018 + ' | `x` $(y) <b>' + [char]0x00E9
$Name4 += '' + '</b> [l](http://example.org) @all #1 ' + [char]0x202E
$Stages = @(
    @{ Name = 'Preflight'; Hosts = @('fe2.corp.contoso.com'); LooksAt = @('Dns', 'Route'); PrintsReceipt = 0
       Does = 'Checks what the later stages need, asks DNS, rehearses Route, backs up, prints the receipt for Stop.'
       Facts = @(
         @{ Id = 'P01'; Says = 'store master'; Property = 'ActiveMasterFqdn'; Is = 'fepool2.corp.contoso.com'
            Read = { Get-StoreStatus -Of 'fepool2.corp.contoso.com' } }
         @{ Id = 'P02'; Says = 'store agents'; Property = 'ActiveFileTransferAgents'; Is = 'fepool2.corp.contoso.com' }
         @{ Id = 'P03'; Says = 'pool servers'; Cites = '1'; Property = 'Computers'; Is = 'edge2.contoso.com'
            Read = { Get-CsPool -Identity 'edgepool2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P04'; Says = 'Edge service'; Cites = '1'; Property = 'Identity'
            Is = 'EdgeServer:edgepool2.contoso.com'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P05'; Says = 'site of the pool'; Cites = '1'; Property = 'SiteId'; Is = $Name1 }
         @{ Id = 'P06'; Says = 'XMPP port of the pool'; Cites = '1'; Property = 'XmppListeningPort'; Is = '5269' }
         @{ Id = 'P07'; Says = 'next hop'; Cites = '1'; Property = 'Registrar'
            Is = 'Registrar:fepool2.corp.contoso.com' }
         @{ Id = 'P08'; Says = 'SIP domains'; Cites = '5'; Property = 'Name'; Has = 'contoso.com'
            Read = { Get-CsSipDomain -ErrorAction Stop } }
         @{ Id = 'P09'; Says = 'federation allowed'; Property = 'AllowFederatedUsers'; Is = 'True'
            Read = { Get-CsAccessEdgeConfiguration -ErrorAction Stop } }
         @{ Id = 'P10'; Says = 'XMPP partners'; Property = 'Identity,AdditionalDomains'; Warn = 'Others'; Has = @()
            Read = { Get-CsXmppAllowedPartner -ErrorAction Stop } }
         @{ Id = 'P11'; Says = 'replicas that are up to date'; Has = @('edge2.contoso.com', 'fe2.corp.contoso.com')
            Read = { Get-CurrentReplica } }
         @{ Id = 'preflight/right'; Says = 'user groups'; Warn = 'All'; Has = 'RTCUniversalServerAdmins'
            Read = { Get-ChangeRight } }
         @{ Id = 'preflight/sites'; Says = 'sites on EdgePool1'; Cites = '3'; Property = 'Identity'; Warn = 'All'
            Only = @($Name1, 'Site:Site1'); Read = { Get-RoutedSite -Pool 'edgepool1.contoso.com' } } )
       Steps = @(
         @{ Id = 'preflight/backup-configuration'; Says = 'backup beside this script'; File = 'config.zip'; To = 'True'
            Set = { Export-CsConfiguration -FileName $File -ErrorAction Stop } }
         @{ Id = 'preflight/backup-sites'; Says = 'site list beside this script'; File = 'sites.xml'; To = 'True'
            Set = { Get-CsSite -ErrorAction Stop |
                    Export-Clixml -LiteralPath $File -Depth 4 -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Stop'; Hosts = @('edge2.contoso.com'); Elevated = $true; Receipt = 'Preflight'; NotAfter = 'Start'
       Does = 'Step 2. Stops all services of this Edge Server: no remote access through it until stage Start.'
       Facts = @(
         @{ Id = 'P12'; Says = 'subordinate CAs in the trusted roots'; Is = @(); Read = { Get-SubordinateCa } }
         @{ Id = 'P13'; Says = 'uses of certificates'; Property = 'Use'; Has = 'AccessEdgeExternal'
            Read = { Get-CsCertificate -ErrorAction Stop } }
         @{ Id = 'P14'; Says = 'faults of certificates'; Is = @()
            Read = { Get-CertificateFault -Until '2026-12-06T00:00:00Z' } }
         @{ Id = 'stop/xmpp'; Says = 'XMPP service'; Property = 'DisplayName'; Like = '*XMPP*'
            Read = { Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop } } )
       Steps = @{ Id = 'stop/services'; Says = 'services that run'; Cites = '2'; Property = 'Name'; To = @()
                  Read = { Get-ServiceUp }
                  Set = { Stop-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Route'; Hosts = @('fe2.corp.contoso.com'); After = 'Preflight'; MustBeStopped = 'edge2.contoso.com'
       Does = 'Step 3. Points the XMPP federation route to edgepool2.contoso.com.'
       Steps = @(
         @{ Id = $Name2; Says = $Name3; Cites = '3'; WaitSeconds = 60; When = 'Set-CsSite -XmppFederationRoute'
            From = 'edgepool1.contoso.com'; To = 'edgepool2.contoso.com'; Read = { Get-SiteRoute -Site $Name4 }
            Set = { Set-CsSite -Identity $Name4 -XmppFederationRoute (
                        'EdgeServer:edgepool2.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = $Name2; Says = $Name3; Cites = '3'; WaitSeconds = 60; When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'edge1.contoso.com'; To = 'edge2.contoso.com'; Read = { Get-SiteRoute -Site $Name4 }
            Set = { Set-CsSite -Identity $Name4 -XmppExternalFederationRoute (
                        'edge2.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } } ) }
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); After = 'Route'; OldAnswers = 300
       Does = 'Steps 4 and 5. Shows the DNS records to change and checks each at the server of its zone.'
       Zones = @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns1.contoso.net'; From = '2026112301'; To = '2026112302+'
                  Cites = '4, 5'; Records = @(
                    @{ Id = 'P21'; Set = 'xmpp.contoso.com A'; From = '300 203.0.113.11'; To = '300 198.51.100.21' }
                    @{ Id = 'P22'; Set = 'xmpp.contoso.com AAAA'; Is = @() }
                    @{ Id = 'P23'; Set = '_xmpp-server._tcp.contoso.com SRV'
                       Is = '300 0 0 5269 xmpp.contoso.com' } ) } }
    @{ Name = 'Firewall'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'; NotAfter = 'Firewall'
       Does = 'Step 6. Records who confirmed that TCP 5269 is open.'
       Steps = @{ Id = 'firewall'; Says = 'TCP 5269 is open from anywhere to 198.51.100.21 and back'; Cites = '6' } }
    @{ Name = 'Start'; Hosts = @('edge2.contoso.com'); After = 'Stop'; Unseen = 'Firewall'; Elevated = $true
       Does = 'Step 7. Starts the services and waits until they run.'
       Steps = @{ Id = 'start/services'; Says = 'services down, of those noted by Stop (else not disabled) and XMPP'
                  Cites = '7'; IfNot = '; -Waive NAME goes on without one'; To = @()
                  Read = { Get-ServiceDown -Noted 'stop/services' }
                  Set = { Start-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = 'Firewall'; Unseen = 'Start'
       Does = 'Pushes the configuration to the servers and waits until they are up to date.'
       Steps = @(
         @{ Id = 'replicate/edge2.contoso.com'; Says = 'edge2.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge2.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'replicate/fe2.corp.contoso.com'; Says = 'fe2.corp.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('edge2.contoso.com'); After = 'Start'; Unseen = 'Replicate'; LooksAt = 'Dns'
       Does = 'Step 6 from inside: the XMPP proxy listens. Its public address is probed from outside only.'
       Facts = @{ Id = 'verify/listener'; Says = 'listener of the XMPP proxy'; Cites = '6'; Like = '*:5269'
                  Read = { Get-ChangeListener -Port 5269 } } }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Replicate'; LooksAt = @('Route', 'Dns')
       Does = 'Checks that all stages are done, the route, DNS, and that the Edge Servers answer.'
       Facts = @(
         @{ Id = 'verify/message'; Says = 'Test-CsXmppIM'; When = 'XmppReceiver'; Property = 'Result'; Is = 'Success'
            Read = { Test-CsXmppIM -TargetFqdn 'fepool2.corp.contoso.com' -Receiver $XmppReceiver -ErrorAction Stop } }
         @{ Id = 'verify/sip/edge2.contoso.com'; Says = 'Access Edge at edge2.contoso.com:5061'; Cites = '7'
            Is = 'open'; Read = { Test-ChangePort -Target 'edge2.contoso.com' -Port 5061 -Seconds 5 } } ) }
    @{ Name = 'Verify'; Hosts = @('*'); Unseen = 'Replicate'; LooksAt = 'Dns'
       Does = 'Step 6 from outside: what a federated partner sees.'
       Facts = @{ Id = 'verify/xmpp/198.51.100.21'; Says = 'XMPP proxy at 198.51.100.21:5269'; Cites = '6'; Is = 'open'
                  Read = { Test-ChangePort -Target '198.51.100.21' -Port 5269 -Seconds 5 } } }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
