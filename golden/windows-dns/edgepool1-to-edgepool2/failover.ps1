#Requires -Version 3.0

<#
.SYNOPSIS
    Fail over XMPP federation from EdgePool1 to EdgePool2.
.DESCRIPTION
    Written by edgeplan for plan sha256:9e5f2ba03d4b8aaeabb4a7d7948e71d1. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\failover.ps1                      prints the run sheet and changes nothing
        .\failover.ps1 -Stage Stop -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Preflight','Stop','Route','DnsServer','Dns','Firewall','Start','Replicate','Verify')][string]$Stage,
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
$Plan = @{ Id = 'sha256:9e5f2ba03d4b8aaeabb4a7d7948e71d1'; Script = 'failover'; Opposite = 'rollback'; Module = 'Lync'
           Title = 'Fail over XMPP federation from EdgePool1 to EdgePool2' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only; of two, the first that fits.
# Facts: the Property that Read gives must be (Is), hold (Has), hold only (Only) or be like (Like) what is named; unless
#        all is so, nothing is changed. P.. can be waived by number; Warn only puts on record. Without Read: that above.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
# DNS server: a fact wants all records of From or all of To, with no others: TTL in seconds and data. Unless it is so,
#        nothing is changed. P.. can be waived by number. After the steps it has to be To.
#        Each step reads one record; where that is not To, the operator is asked, and Set is run until it is.
#        Needs: before an old record is removed, all data of To of that fact has to be there.
$Name1 = 'TCP 5269 is open from anywhere to 198.51.100.21, 198.51.100.22, 2001:db8:2::21, ' + '2001:db8:2::22 and back'
$Stages = @(
    @{ Name = 'Preflight'; Hosts = @('fe2.corp.contoso.com'); LooksAt = @('Dns', 'Route'); PrintsReceipt = 0
       Does = 'Checks what the later stages need, asks DNS, rehearses Route, backs up, prints the receipt for Stop.'
       Facts = @(
         @{ Id = 'P01'; Says = 'store master'; Property = 'ActiveMasterFqdn'; Is = 'fepool2.corp.contoso.com'
            Read = { Get-StoreStatus -Of 'fepool2.corp.contoso.com' } }
         @{ Id = 'P02'; Says = 'store agents'; Property = 'ActiveFileTransferAgents'; Is = 'fepool2.corp.contoso.com' }
         @{ Id = 'P03'; Says = 'pool servers'; Cites = '1'; Property = 'Computers'
            Is = @('edge2a.contoso.com', 'edge2b.contoso.com')
            Read = { Get-CsPool -Identity 'edgepool2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P04'; Says = 'Edge service'; Cites = '1'; Property = 'Identity'
            Is = 'EdgeServer:edgepool2.contoso.com'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P05'; Says = 'site of the pool'; Cites = '1'; Property = 'SiteId'; Is = 'Site:Site2' }
         @{ Id = 'P06'; Says = 'XMPP port of the pool'; Cites = '1'; Property = 'XmppListeningPort'; Is = '5269' }
         @{ Id = 'P07'; Says = 'next hop'; Cites = '1'; Property = 'Registrar'
            Is = 'Registrar:fepool2.corp.contoso.com' }
         @{ Id = 'P08'; Says = 'SIP domains'; Cites = '5'; Property = 'Name'; Has = @('contoso.com', 'fabrikam.com')
            Read = { Get-CsSipDomain -ErrorAction Stop } }
         @{ Id = 'P09'; Says = 'federation allowed'; Property = 'AllowFederatedUsers'; Is = 'True'
            Read = { Get-CsAccessEdgeConfiguration -ErrorAction Stop } }
         @{ Id = 'P10'; Says = 'XMPP partners'; Property = 'Identity,AdditionalDomains'; Warn = 'Others'; Has = @()
            Read = { Get-CsXmppAllowedPartner -ErrorAction Stop } }
         @{ Id = 'P11'; Says = 'replicas that are up to date'
            Has = @('edge2a.contoso.com', 'edge2b.contoso.com', 'fe2.corp.contoso.com'); Read = { Get-CurrentReplica } }
         @{ Id = 'preflight/right'; Says = 'user groups'; Warn = 'All'; Has = 'RTCUniversalServerAdmins'
            Read = { Get-ChangeRight } }
         @{ Id = 'preflight/sites'; Says = 'sites on EdgePool1'; Cites = '3'; Property = 'Identity'; Warn = 'All'
            Only = @('Site:Site1', 'Site:Site2'); Read = { Get-RoutedSite -Pool 'edgepool1.contoso.com' } } )
       Steps = @(
         @{ Id = 'preflight/backup-configuration'; Says = 'backup beside this script'; File = 'config.zip'; To = 'True'
            Set = { Export-CsConfiguration -FileName $File -ErrorAction Stop } }
         @{ Id = 'preflight/backup-sites'; Says = 'site list beside this script'; File = 'sites.xml'; To = 'True'
            Set = { Get-CsSite -ErrorAction Stop |
                    Export-Clixml -LiteralPath $File -Depth 4 -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Preflight'; Hosts = @('ns1.contoso.net'); Elevated = $true
       Does = 'Checks that this DNS server has the zones and the records that stage DnsServer is to change.'
       Facts = @(
         @{ Id = 'preflight/records/contoso.com'; Says = 'zone contoso.com'; Is = 'Primary'
            Read = { Get-DnsZoneState -Zone 'contoso.com' } }
         @{ Id = 'P21'; Says = 'xmpp.contoso.com A'; Property = 'Text'; From = '300 203.0.113.11'
            To = @('300 198.51.100.21', '300 198.51.100.22')
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'A' } }
         @{ Id = 'P22'; Says = 'xmpp.contoso.com AAAA'; Property = 'Text'; From = '300 2001:db8:1::11'
            To = @('300 2001:db8:2::21', '300 2001:db8:2::22')
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'AAAA' } }
         @{ Id = 'preflight/records/fabrikam.com'; Says = 'zone fabrikam.com'; Is = 'Primary'
            Read = { Get-DnsZoneState -Zone 'fabrikam.com' } }
         @{ Id = 'P25'; Says = '_xmpp-server._tcp.fabrikam.com SRV'; Property = 'Text'; From = @()
            To = '300 0 0 5269 xmpp.contoso.com'
            Read = { Get-DnsRecord -Zone 'fabrikam.com' -Name '_xmpp-server._tcp' -Type 'SRV' } } ) }
    @{ Name = 'Stop'; Hosts = @('edge2a.contoso.com', 'edge2b.contoso.com'); Unseen = 'Preflight on ns1.contoso.net'
       Elevated = $true; Receipt = 'Preflight'; NotAfter = 'Start'
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
    @{ Name = 'Route'; Hosts = @('fe2.corp.contoso.com'); After = 'Preflight'
       MustBeStopped = @('edge2a.contoso.com', 'edge2b.contoso.com')
       Does = 'Step 3. Points the XMPP federation route to edgepool2.contoso.com.'
       Steps = @(
         @{ Id = 'route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3'; WaitSeconds = 60
            When = 'Set-CsSite -XmppFederationRoute'
            From = 'edgepool1.contoso.com'; To = 'edgepool2.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppFederationRoute (
                        'EdgeServer:edgepool2.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = 'route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3'; WaitSeconds = 60
            When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'edge1.contoso.com'; To = 'edge2a.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppExternalFederationRoute (
                        'edge2a.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } } ) }
    @{ Name = 'DnsServer'; Hosts = @('ns1.contoso.net'); After = 'Preflight'; Unseen = 'Route'; Elevated = $true
       Does = 'Steps 4 and 5 on this DNS server: adds the new records, then removes the old ones.'
       Facts = @(
         @{ Id = 'dns-server/contoso.com'; Says = 'zone contoso.com'; Cites = '4, 5'; Is = 'Primary'
            Read = { Get-DnsZoneState -Zone 'contoso.com' } }
         @{ Id = 'P21'; Says = 'xmpp.contoso.com A'; Property = 'Text'; From = '300 203.0.113.11'
            To = @('300 198.51.100.21', '300 198.51.100.22')
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'A' } }
         @{ Id = 'P22'; Says = 'xmpp.contoso.com AAAA'; Property = 'Text'; From = '300 2001:db8:1::11'
            To = @('300 2001:db8:2::21', '300 2001:db8:2::22')
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'AAAA' } }
         @{ Id = 'dns-server/fabrikam.com'; Says = 'zone fabrikam.com'; Cites = '5'; Is = 'Primary'
            Read = { Get-DnsZoneState -Zone 'fabrikam.com' } }
         @{ Id = 'P25'; Says = '_xmpp-server._tcp.fabrikam.com SRV'; Property = 'Text'; From = @()
            To = '300 0 0 5269 xmpp.contoso.com'
            Read = { Get-DnsRecord -Zone 'fabrikam.com' -Name '_xmpp-server._tcp' -Type 'SRV' } } )
       Steps = @(
         @{ Id = 'dns-server/contoso.com'; Says = 'add to xmpp.contoso.com A'; Cites = '4, 5'; Property = 'Data'
            To = '198.51.100.21'; WaitSeconds = 60
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'A' -Data '198.51.100.21' }
            Set = { Add-DnsServerResourceRecord -ZoneName 'contoso.com' -Name 'xmpp' -A -IPv4Address (
                        '198.51.100.21') -TimeToLive '00:05:00' -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'dns-server/contoso.com'; Says = 'add to xmpp.contoso.com A'; Cites = '4, 5'; Property = 'Data'
            To = '198.51.100.22'; WaitSeconds = 60
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'A' -Data '198.51.100.22' }
            Set = { Add-DnsServerResourceRecord -ZoneName 'contoso.com' -Name 'xmpp' -A -IPv4Address (
                        '198.51.100.22') -TimeToLive '00:05:00' -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'dns-server/contoso.com'; Says = 'add to xmpp.contoso.com AAAA'; Cites = '4, 5'; Property = 'Data'
            To = '2001:db8:2::21'; WaitSeconds = 60
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'AAAA' -Data '2001:db8:2::21' }
            Set = { Add-DnsServerResourceRecord -ZoneName 'contoso.com' -Name 'xmpp' -AAAA -IPv6Address (
                        '2001:db8:2::21') -TimeToLive '00:05:00' -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'dns-server/contoso.com'; Says = 'add to xmpp.contoso.com AAAA'; Cites = '4, 5'; Property = 'Data'
            To = '2001:db8:2::22'; WaitSeconds = 60
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'AAAA' -Data '2001:db8:2::22' }
            Set = { Add-DnsServerResourceRecord -ZoneName 'contoso.com' -Name 'xmpp' -AAAA -IPv6Address (
                        '2001:db8:2::22') -TimeToLive '00:05:00' -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'dns-server/contoso.com'; Says = 'remove from xmpp.contoso.com AAAA'; Cites = '4, 5'; Property = 'Data'
            To = @(); Needs = 'P22'; WaitSeconds = 60
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'AAAA' -Data '2001:db8:1::11' }
            Set = { Select-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'AAAA' -Data '2001:db8:1::11' |
                    Remove-DnsServerResourceRecord -ZoneName (
                        'contoso.com') -Force -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'dns-server/contoso.com'; Says = 'remove from xmpp.contoso.com A'; Cites = '4, 5'; Property = 'Data'
            To = @(); Needs = 'P21'; WaitSeconds = 60
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'A' -Data '203.0.113.11' }
            Set = { Select-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'A' -Data '203.0.113.11' |
                    Remove-DnsServerResourceRecord -ZoneName (
                        'contoso.com') -Force -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'dns-server/fabrikam.com'; Says = 'add to _xmpp-server._tcp.fabrikam.com SRV'; Cites = '5'
            Property = 'Data'; To = '0 0 5269 xmpp.contoso.com'; WaitSeconds = 60
            Read = { Get-DnsRecord -Zone 'fabrikam.com' -Name '_xmpp-server._tcp' -Type 'SRV' -Data (
                         '0 0 5269 xmpp.contoso.com') }
            Set = { Add-DnsServerResourceRecord -ZoneName 'fabrikam.com' -Name (
                        '_xmpp-server._tcp') -Srv -Priority 0 -Weight 0 -Port 5269 -DomainName (
                        'xmpp.contoso.com.') -TimeToLive (
                        '00:05:00') -ErrorAction Stop -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); After = 'Route'; Unseen = 'DnsServer'; OldAnswers = 3600
       Does = 'Steps 4 and 5. Checks the DNS records at the server of each zone.'
       Zones = @(
         @{ Id = 'P20'; Zone = 'contoso.com'; Server = '192.0.2.53'; ChangedOn = 'ns1.contoso.net'; From = '2026112301+'
            To = '2026112302+'; Warn = 'All'; Cites = '4, 5'; Records = @(
              @{ Id = 'P21'; Set = 'xmpp.contoso.com A'; From = '300 203.0.113.11'
                 To = @('300 198.51.100.21', '300 198.51.100.22') }
              @{ Id = 'P22'; Set = 'xmpp.contoso.com AAAA'; From = '300 2001:db8:1::11'
                 To = @('300 2001:db8:2::21', '300 2001:db8:2::22') }
              @{ Id = 'P23'; Set = '_xmpp-server._tcp.contoso.com SRV'; Is = '300 0 0 5269 xmpp.contoso.com' } ) }
         @{ Id = 'P24'; Zone = 'fabrikam.com'; Server = '192.0.2.53'; ChangedOn = 'ns1.contoso.net'
            From = '2026112301+'; To = '2026112302+'; Warn = 'All'; Cites = '5'
            Records = @{ Id = 'P25'; Set = '_xmpp-server._tcp.fabrikam.com SRV'; From = @()
                         To = '300 0 0 5269 xmpp.contoso.com' } } ) }
    @{ Name = 'Firewall'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'; NotAfter = 'Firewall'
       Does = 'Step 6. Records who confirmed that TCP 5269 is open.'
       Steps = @{ Id = 'firewall'; Says = $Name1; Cites = '6' } }
    @{ Name = 'Start'; Hosts = @('edge2a.contoso.com', 'edge2b.contoso.com'); After = 'Stop'; Unseen = 'Firewall'
       Elevated = $true
       Does = 'Step 7. Starts the services and waits until they run.'
       Steps = @{ Id = 'start/services'; Says = 'services down, of those noted by Stop (else not disabled) and XMPP'
                  Cites = '7'; IfNot = '; -Waive NAME goes on without one'; To = @()
                  Read = { Get-ServiceDown -Noted 'stop/services' }
                  Set = { Start-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = 'Firewall'; Unseen = 'Start'
       Does = 'Pushes the configuration to the servers and waits until they are up to date.'
       Steps = @(
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
    @{ Name = 'Verify'; Hosts = @('edge2a.contoso.com', 'edge2b.contoso.com'); After = 'Start'; Unseen = 'Replicate'
       LooksAt = 'Dns'
       Does = 'Step 6 from inside: the XMPP proxy listens. Its public address is probed from outside only.'
       Facts = @{ Id = 'verify/listener'; Says = 'listener of the XMPP proxy'; Cites = '6'; Like = '*:5269'
                  Read = { Get-ChangeListener -Port 5269 } } }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Replicate'; LooksAt = @('Route', 'Dns')
       Does = 'Checks that all stages are done, the route, DNS, and that the Edge Servers answer.'
       Facts = @(
         @{ Id = 'verify/message'; Says = 'Test-CsXmppIM'; When = 'XmppReceiver'; Property = 'Result'; Is = 'Success'
            Read = { Test-CsXmppIM -TargetFqdn 'fepool2.corp.contoso.com' -Receiver $XmppReceiver -ErrorAction Stop } }
         @{ Id = 'verify/sip/edge2a.contoso.com'; Says = 'Access Edge at edge2a.contoso.com:5061'; Cites = '7'
            Is = 'open'; Read = { Test-ChangePort -Target 'edge2a.contoso.com' -Port 5061 -Seconds 5 } }
         @{ Id = 'verify/sip/edge2b.contoso.com'; Says = 'Access Edge at edge2b.contoso.com:5061'; Cites = '7'
            Is = 'open'; Read = { Test-ChangePort -Target 'edge2b.contoso.com' -Port 5061 -Seconds 5 } } ) }
    @{ Name = 'Verify'; Hosts = @('*'); Unseen = 'Replicate'; LooksAt = 'Dns'
       Does = 'Step 6 from outside: what a federated partner sees.'
       Facts = @(
         @{ Id = 'verify/xmpp/198.51.100.21'; Says = 'XMPP proxy at 198.51.100.21:5269'; Cites = '6'; Is = 'open'
            Read = { Test-ChangePort -Target '198.51.100.21' -Port 5269 -Seconds 5 } }
         @{ Id = 'verify/xmpp/198.51.100.22'; Says = 'XMPP proxy at 198.51.100.22:5269'; Cites = '6'; Is = 'open'
            Read = { Test-ChangePort -Target '198.51.100.22' -Port 5269 -Seconds 5 } }
         @{ Id = 'verify/xmpp/2001:db8:2::21'; Says = 'XMPP proxy at [2001:db8:2::21]:5269'; Cites = '6'; Is = 'open'
            Read = { Test-ChangePort -Target '2001:db8:2::21' -Port 5269 -Seconds 5 } }
         @{ Id = 'verify/xmpp/2001:db8:2::22'; Says = 'XMPP proxy at [2001:db8:2::22]:5269'; Cites = '6'; Is = 'open'
            Read = { Test-ChangePort -Target '2001:db8:2::22' -Port 5269 -Seconds 5 } } ) }
)
# ==== FIXED RUNTIME, PART FOR WINDOWS DNS SERVERS - the same in every script that changes records there. ====
# ---- A Windows DNS server, where it runs. Name is relative to the zone, '@' its apex. -Wmi: 2008 R2 has no DnsServer.
function Get-DnsWmi([string]$Class, [string]$Filter) {
    <# .SYNOPSIS
        Objects of the DNS server by WMI. #>
    Get-CimInstance -Namespace 'root/MicrosoftDNS' -ClassName ('MicrosoftDNS_' + $Class) -Filter $Filter -ErrorAction Stop
}

function Get-DnsZoneState([string]$Zone, [switch]$Wmi) {
    <# .SYNOPSIS
        'Primary', and nothing else, where this server can change a zone. #>
    if ($Wmi) {
        foreach ($one in @(Get-DnsWmi -Class 'Zone' -Filter ("Name='{0}'" -f $Zone))) {
            if ($one.ZoneType -gt 1) { 'type {0}' -f $one.ZoneType } else { 'Primary' }
            foreach ($name in @('Paused', 'Shutdown')) { if ($one.PSObject.Properties[$name].Value) { $name } }
        }
        return
    }
    $one = Get-DnsServerZone -Name $Zone -ErrorAction Stop
    [string]$one.ZoneType
    foreach ($name in @('IsPaused', 'IsShutdown', 'IsReadOnly')) { if ($one.PSObject.Properties[$name].Value) { $name } }
}

function Get-DnsRecord([string]$Zone, [string]$Name, [string]$Type, [string]$Data, [switch]$Wmi) {
    <# .SYNOPSIS
        Records, or only the one with this Data: Data, Ttl in seconds, both as Text, and Source, the server's object. #>
    if ($Wmi) {
        $filter = "ContainerName='{0}' AND OwnerName='{1}'" -f $Zone, (($Name + '.' + $Zone) -replace '^@\.', '')
        $all = @(Get-DnsWmi -Class ($Type + 'Type') -Filter $filter)
    } else {
        try {
            # Where a child of the zone has its name once more, the server gives records of both.
            $all = @(Get-DnsServerResourceRecord -ZoneName $Zone -Name $Name -RRType $Type -ErrorAction Stop |
                Where-Object { $_.HostName -eq $Name })
        } catch {
            # 9714: there is no such name. 9701: it has no such record.
            if ($_.FullyQualifiedErrorId -match '\b(9701|9714)\b') { return }
            throw
        }
    }
    $shape = @{ A = 'IPv4Address'; AAAA = 'IPv6Address'; SRV = 'Priority', 'Weight', 'Port', 'DomainName' }[$Type]
    foreach ($one in $all) {
        $found = $one.RecordData # by WMI a text
        if ($Wmi) { $ttl = $one.TTL } else {
            $ttl = $one.TimeToLive.TotalSeconds
            $found = @($shape | ForEach-Object { $one.RecordData.PSObject.Properties[$_].Value }) -join ' '
        }
        $found = (ConvertTo-ChangeData -From $found).TrimEnd('.')
        if ($Data -ne '' -and $found -ne (ConvertTo-ChangeData -From $Data).TrimEnd('.')) { continue }
        $text = '{0} {1}' -f $ttl, $found
        New-Object -TypeName 'PSObject' -Property @{ Data = $found; Ttl = [string]$ttl; Text = $text; Source = $one }
    }
}

function Select-DnsRecord([string]$Zone, [string]$Name, [string]$Type, [string]$Data, [switch]$Wmi) {
    <# .SYNOPSIS
        One record as the server gave it, to be handed back to it. #>
    if ($Data -eq '') { throw 'no data: that would be any record' }
    $found = Get-DnsRecord -Zone $Zone -Name $Name -Type $Type -Data $Data -Wmi:$Wmi
    $found | Select-Object -First 1 | ForEach-Object { $_.Source }
}

function Set-DnsRecordTtl([string]$Zone, [string]$Name, [string]$Type, [string]$Data, [int]$Seconds, [switch]$Wmi) {
    <# .SYNOPSIS
        Give a record another TTL. The module wants two objects, the old one as the server gave it. #>
    $old = Select-DnsRecord -Zone $Zone -Name $Name -Type $Type -Data $Data -Wmi:$Wmi
    if ($null -eq $old) { throw ('there is no record {0} {1} {2} to give a TTL' -f $Name, $Type, $Data) }
    if ($Wmi) {
        $arguments = @{ TTL = [uint32]$Seconds }
        $null = Invoke-CimMethod -InputObject $old -MethodName 'Modify' -Arguments $arguments -ErrorAction Stop
        return
    }
    $new = Select-DnsRecord -Zone $Zone -Name $Name -Type $Type -Data $Data
    $new.TimeToLive = [TimeSpan]::FromSeconds($Seconds)
    Set-DnsServerResourceRecord -ZoneName $Zone -OldInputObject $old -NewInputObject (
        $new) -ErrorAction Stop -WhatIf:$false -Confirm:$false
}

function Invoke-Dnscmd([string]$Command, [string]$Zone, [string]$Node, [string]$Ttl, [string]$Type, [string]$Data) {
    <# .SYNOPSIS
        Run dnscmd on this server, without its question before it removes a record; throw what it says when it fails. #>
    if ($Data -eq '') { throw 'no data: dnscmd would take that for all records' }
    $words = @('.', $Command, $Zone, $Node, $Ttl, $Type) + @($Data -split ' ') + @('/f' | Where-Object { $Ttl -eq '' })
    $words = @($words | Where-Object { $_ -ne '' })
    # What it writes to the error stream would end the script under Stop.
    $ErrorActionPreference = 'Continue'
    $said = @(dnscmd.exe $words 2>&1 | ForEach-Object { ([string]$_).Trim() } | Where-Object { $_ -ne '' })
    if ($LASTEXITCODE -ne 0) { throw ('dnscmd {0}: {1}: {2}' -f ($words -join ' '), $LASTEXITCODE, ($said -join ' ')) }
}
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
