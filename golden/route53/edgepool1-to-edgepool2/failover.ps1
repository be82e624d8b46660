#Requires -Version 3.0

<#
.SYNOPSIS
    Fail over XMPP federation from EdgePool1 to EdgePool2.
.DESCRIPTION
    Written by edgeplan for plan sha256:9ab580c61c2853286178df0ceb913f92. Copy this one file to every server that the
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
    # Time between two looks.
    [ValidateRange(1, 600)][int]$PollSeconds = 15,
    # Ask no questions. For powershell.exe -File, which cannot pass -Confirm:$false before PowerShell 6.
    [switch]$Force
)
$Plan = @{ Id = 'sha256:9ab580c61c2853286178df0ceb913f92'; Script = 'failover'; Opposite = 'rollback'; Module = 'Lync'
           Title = 'Fail over XMPP federation from EdgePool1 to EdgePool2' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only; of two, the first that fits.
# Facts: the Property that Read gives must be (Is), hold (Has), hold only (Only) or be like (Like) what is named; unless
#        all is so, nothing is changed. P.. can be waived by number; Warn and Others only put on record.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
# Forms: the first whose Parameter the product has. OldAnswers: seconds in caches. GoodUntil: for all Certificates.
# DNS: LooksAt wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later). Stage Dns: To.
$Stages = @(
    @{ Name = 'Preflight'; Hosts = @('fe2.corp.contoso.com'); Rehearses = 'Route'; PrintsReceipt = 0
       LooksAt = 'Dns'; UpToDate = @{ Id = 'P11'; Of = 'Replicate' }
       Does = 'Checks what the later stages need, rehearses Route, backs up, prints the receipt for stage Stop.'
       Facts = @(
         @{ Read = { Get-StoreStatus -Of 'fepool2.corp.contoso.com' }
            Expect = @(
              @{ Id = 'P01'; Says = 'store master'; Property = 'ActiveMasterFqdn'; Is = 'fepool2.corp.contoso.com' }
              @{ Id = 'P02'; Says = 'transfer agents'; Property = 'ActiveFileTransferAgents'
                 Is = 'fepool2.corp.contoso.com' } ) }
         @{ Read = { Get-CsPool -Identity 'edgepool2.contoso.com' -ErrorAction Stop }
            Expect = @{ Id = 'P03'; Says = 'its servers'; Property = 'Computers'
                        Is = @('edge2a.contoso.com', 'edge2b.contoso.com') } }
         @{ Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop }
            Expect = @(
              @{ Id = 'P04'; Says = 'service'; Property = 'Identity'; Is = 'EdgeServer:edgepool2.contoso.com' }
              @{ Id = 'P05'; Says = 'its site'; Property = 'SiteId'; Is = 'Site:Site2' }
              @{ Id = 'P06'; Says = 'its XMPP port'; Property = 'XmppListeningPort'; Is = '5269' }
              @{ Id = 'P07'; Says = 'next hop'; Property = 'Registrar'; Is = 'Registrar:fepool2.corp.contoso.com' } ) }
         @{ Read = { Get-CsSipDomain -ErrorAction Stop }
            Expect = @{ Id = 'P08'; Says = 'domains'; Property = 'Name'; Has = @('contoso.com', 'fabrikam.com') } }
         @{ Read = { Get-CsAccessEdgeConfiguration -ErrorAction Stop }
            Expect = @{ Id = 'P09'; Says = 'federation allowed'; Property = 'AllowFederatedUsers'; Is = 'True' } }
         @{ Read = { Get-CsXmppAllowedPartner -ErrorAction Stop }
            Expect = @{ Id = 'P10'; Says = 'XMPP partners'; Property = 'Identity,AdditionalDomains'; Has = @()
                        Others = 'Warn' } }
         @{ Read = { Get-ChangeRight }
            Expect = @{ Id = '3'; Says = 'groups of this user'; Has = 'RTCUniversalServerAdmins'; Warn = $true } }
         @{ Read = { Get-RoutedSite -Pool 'edgepool1.contoso.com' }
            Expect = @{ Id = '3'; Says = 'sites on EdgePool1'; Property = 'Identity'
                        Only = @('Site:Site1', 'Site:Site2'); Warn = $true } } )
       Steps = @(
         @{ Id = 'B1'; Says = 'backup exists beside this script'; File = 'config.zip'; To = 'True'
            Set = { Export-CsConfiguration -FileName $File -ErrorAction Stop } }
         @{ Id = 'B1'; Says = 'site list exists beside this script'; File = 'sites.xml'; To = 'True'
            Set = { Get-CsSite -ErrorAction Stop |
                    Export-Clixml -LiteralPath $File -Depth 4 -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Stop'; Hosts = @('edge2a.contoso.com', 'edge2b.contoso.com'); Elevated = $true; Receipt = 'Preflight'
       NotAfter = 'Start'
       Does = 'Step 2. Stops all services of this Edge Server: no remote access through it until stage Start.'
       Certificates = { Get-CsCertificate -ErrorAction Stop }; GoodUntil = '2026-12-06T00:00:00Z'
       Facts = @{ Read = { Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop }
                  Expect = @{ Id = '2'; Says = 'XMPP service here'; Property = 'DisplayName'; Like = '*XMPP*' } }
       Steps = @{ Id = '2'; Says = 'services that run'; Property = 'Name'; To = @(); Remember = 'Services'
                  Read = { Get-ServiceUp }
                  Set = { Stop-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Route'; Hosts = @('fe2.corp.contoso.com'); After = 'Preflight'
       MustBeStopped = @('edge2a.contoso.com', 'edge2b.contoso.com')
       Does = 'Step 3. Points the XMPP federation route to edgepool2.contoso.com.'
       Steps = @{ Id = '3'; Says = 'XMPP federation route of Site2'
                  Read = { Get-XmppRoute -Site 'Site2' }; Record = 'Route1'; WaitSeconds = 60
                  Forms = @(
                    @{ Parameter = 'Set-CsSite -XmppFederationRoute'
                       From = 'edgepool1.contoso.com'; To = 'edgepool2.contoso.com'
                       Set = { Set-CsSite -Identity 'Site2' -XmppFederationRoute (
                                  'EdgeServer:edgepool2.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false }
                       Rehearse = { Set-CsSite -Identity 'Site2' -XmppFederationRoute (
                                       'EdgeServer:edgepool2.contoso.com') -ErrorAction Stop -WhatIf -Confirm:$false } }
                    @{ Parameter = 'Set-CsSite -XmppExternalFederationRoute'
                       From = 'edge1.contoso.com'; To = 'edge2a.contoso.com'
                       Set = { Set-CsSite -Identity 'Site2' -XmppExternalFederationRoute (
                                   'edge2a.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false }
                       Rehearse = { Set-CsSite -Identity 'Site2' -XmppExternalFederationRoute (
                                        'edge2a.contoso.com') -ErrorAction Stop -WhatIf -Confirm:$false } } ) } }
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); After = 'Route'; OldAnswers = 900
       Does = 'Steps 4 and 5. Shows the DNS records to change and checks each at the server of its zone.'
       Zones = @(
         @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns-2048.awsdns-64.com'
            Records = @(
              @{ Id = 'P21'; Set = 'xmpp.contoso.com A'; From = '60 203.0.113.11'
                 To = @('60 198.51.100.21', '60 198.51.100.22') }
              @{ Id = 'P22'; Set = 'xmpp.contoso.com AAAA'; From = '60 2001:db8:1::11'; To = @() }
              @{ Id = 'P23'; Set = '_xmpp-server._tcp.contoso.com SRV'; Is = '300 0 0 5269 xmpp.contoso.com' } ) }
         @{ Id = 'P24'; Zone = 'fabrikam.com'; Server = 'ns-2050.awsdns-66.org'
            Records = @{ Id = 'P25'; Set = '_xmpp-server._tcp.fabrikam.com SRV'; From = @()
                         To = '300 0 0 5269 xmpp.contoso.com' } } ) }
    @{ Name = 'Firewall'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'; NotAfter = 'Firewall'
       Does = 'Step 6. Takes into evidence that TCP 5269 is open.'
       Attests = @{ Id = '6'; Says = 'TCP 5269 is open from anywhere to 198.51.100.21, 198.51.100.22 and back out' } }
    @{ Name = 'Start'; Hosts = @('edge2a.contoso.com', 'edge2b.contoso.com'); After = 'Stop'; Elevated = $true
       Does = 'Step 7. Starts the services and waits until they run.'
       Steps = @{ Id = '7'; Says = 'services down, of those noted by Stop (else not disabled) and XMPP'; To = @()
                  IfNot = '; -Waive NAME goes on without one'; Read = { Get-ServiceDown }
                  Set = { Start-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = 'Firewall'
       Does = 'Pushes the configuration to the servers and waits until they are up to date.'
       Shared = @{ Id = 'S1'; Property = 'UpToDate'; To = 'True'; FirstRunAlways = $true
                   IfNot = '; are its services started, and is TCP 4443 open to it?' }
       Steps = @(
         @{ Says = 'edge2a.contoso.com is up to date'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge2a.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge2a.contoso.com' -ErrorAction Stop } }
         @{ Says = 'edge2b.contoso.com is up to date'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge2b.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge2b.contoso.com' -ErrorAction Stop } }
         @{ Says = 'fe2.corp.contoso.com is up to date'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('edge2a.contoso.com', 'edge2b.contoso.com'); After = 'Start'; StillTrue = 'Dns'
       Does = 'Step 6 from inside: the XMPP proxy listens. Its public address is probed from outside only.'
       Facts = @{ Read = { Get-ChangeListener -Port 5269 }
                  Expect = @{ Id = '6'; Says = 'listener of the XMPP proxy'; Like = '*:5269' } } }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Replicate'; StillTrue = @('Route', 'Dns')
       Does = 'Checks that all stages are done, the route, DNS, and that the Edge Servers answer.'
       Facts = @{ When = 'XmppReceiver'
                  Read = { Test-CsXmppIM -TargetFqdn (
                               'fepool2.corp.contoso.com') -Receiver $XmppReceiver -ErrorAction Stop }
                  Expect = @{ Id = 'V2'; Says = 'Test-CsXmppIM'; Property = 'Result'; Is = 'Success' } }
       Open = @{ Id = '7'; At = @('edge2a.contoso.com', 'edge2b.contoso.com'); Port = 5061 } }
    @{ Name = 'Verify'; Hosts = @('*'); StillTrue = 'Dns'
       Does = 'Step 6 from outside: what a federated partner sees.'
       Open = @{ Id = '6'; At = @('198.51.100.21', '198.51.100.22'); Port = 5269 } }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It stands in golden/seed, and the test wants the same bytes here.
