#Requires -Version 3.0

<#
.SYNOPSIS
    Roll back: Fail over XMPP federation from EdgePool1 to EdgePool2.
.DESCRIPTION
    Written by edgeplan for plan sha256:5163ae6b63d68a38cf19beabd9e98e21. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\rollback.ps1                       prints the run sheet and changes nothing
        .\rollback.ps1 -Stage Route -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Start', 'Route', 'DnsServer', 'Dns', 'Replicate', 'Verify')][string]$Stage,
    # Who confirmed what this script cannot see, and under which ticket. Goes into the evidence log.
    [string]$Attest = '',
    # Numbers of facts that may fail, names of services that may stay down. Goes into the evidence log.
    [string[]]$Waive = @(),
    # Folder for state, evidence and backup. Default: beside the script.
    [string]$WorkPath = '',
    # Longest wait for services or replication.
    [ValidateRange(1, 86400)][int]$TimeoutSeconds = 900,
    # Time between two looks.
    [ValidateRange(1, 600)][int]$PollSeconds = 15,
    # Ask no questions. For powershell.exe -File, which cannot pass -Confirm:$false before PowerShell 6.
    [switch]$Force
)
$Plan = @{ Id = 'sha256:5163ae6b63d68a38cf19beabd9e98e21'; Script = 'rollback'; Opposite = 'failover'; Module = 'Lync'
           Title = 'Roll back: Fail over XMPP federation from EdgePool1 to EdgePool2' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
#        Restore: To must also be what stage Preflight of failover.ps1 recorded before the change.
# DNS: LooksAt wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later). Stage Dns: To.
#        P.. can be waived by number. OldAnswers: seconds that resolvers may keep old answers.
# DNS server: a fact wants all records of From or all of To, with no others: TTL in seconds and data. Unless it is so,
#        nothing is changed. P.. can be waived by number. FactsAgain: after the steps it has to be To.
#        Each step reads one record; where that is not To, the operator is asked, and Set is run until it is.
#        Needs: before an old record goes, all data of To of that fact has to be there.
$Stages = @(
    @{ Name = 'Start'; Hosts = @('edge2a.contoso.com', 'edge2b.contoso.com'); Elevated = $true
       Does = 'Undoes step 2. Starts the services that stage Stop stopped. Comes first: remote access returns.'
       Steps = @{ Id = 'R1'; Says = 'services down, of those noted by Stop (else not disabled) and XMPP'; To = @()
                  IfNot = '; -Waive NAME goes on without one'; Read = { Get-ServiceDown }
                  Set = { Start-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Route'; Hosts = @('fe2.corp.contoso.com'); LooksAt = 'Dns'
       Does = 'Undoes step 3. Looks at DNS first, then puts the XMPP federation route back to what it was.'
       Steps = @{ Id = 'R2'; Says = 'XMPP federation route of Site2'
                  Read = { Get-XmppRoute -Site 'Site2' }; Record = 'Route1'; WaitSeconds = 60; Restore = $true
                  Forms = @(
                    @{ Parameter = 'Set-CsSite -XmppFederationRoute'
                       From = 'edgepool2.contoso.com'; To = 'edgepool1.contoso.com'
                       Set = { Set-CsSite -Identity 'Site2' -XmppFederationRoute (
                                'EdgeServer:edgepool1.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
                    @{ Parameter = 'Set-CsSite -XmppExternalFederationRoute'
                       From = 'edge2a.contoso.com'; To = 'edge1.contoso.com'
                       Set = { Set-CsSite -Identity 'Site2' -XmppExternalFederationRoute (
                                   'edge1.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } } ) } }
    @{ Name = 'DnsServer'; Hosts = @('ns1.contoso.net'); Elevated = $true; FactsAgain = $true
       Does = 'Undoes steps 4 and 5 on this DNS server: adds the old records, then removes the new ones.'
       Facts = @(
         @{ Read = { Get-DnsZoneState -Zone 'fabrikam.com' }
            Expect = @{ Id = '4'; Says = 'zone fabrikam.com'; Is = 'Primary' } }
         @{ Read = { Get-DnsRecord -Zone 'fabrikam.com' -Name '_xmpp-server._tcp' -Type 'SRV' }
            Expect = @{ Id = 'P25'; Says = '_xmpp-server._tcp.fabrikam.com SRV'; Property = 'Text'
                        From = '300 0 0 5269 xmpp.contoso.com'; To = @() } }
         @{ Read = { Get-DnsZoneState -Zone 'contoso.com' }
            Expect = @{ Id = '4'; Says = 'zone contoso.com'; Is = 'Primary' } }
         @{ Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'A' }
            Expect = @{ Id = 'P21'; Says = 'xmpp.contoso.com A'; Property = 'Text'
                        From = @('300 198.51.100.21', '300 198.51.100.22'); To = '300 203.0.113.11' } }
         @{ Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'AAAA' }
            Expect = @{ Id = 'P22'; Says = 'xmpp.contoso.com AAAA'; Property = 'Text'
                        From = @('300 2001:db8:2::21', '300 2001:db8:2::22'); To = '300 2001:db8:1::11' } } )
       Shared = @{ Property = 'Data'; WaitSeconds = 60 }
       Steps = @(
         @{ Id = '5'; Says = 'remove from _xmpp-server._tcp.fabrikam.com SRV'; To = @(); Needs = 'P25'
            Read = { Get-DnsRecord -Zone 'fabrikam.com' -Name '_xmpp-server._tcp' -Type 'SRV' -Data (
                         '0 0 5269 xmpp.contoso.com') }
            Set = { Select-DnsRecord -Zone 'fabrikam.com' -Name '_xmpp-server._tcp' -Type 'SRV' -Data (
                        '0 0 5269 xmpp.contoso.com') |
                    Remove-DnsServerResourceRecord -ZoneName (
                        'fabrikam.com') -Force -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = '4'; Says = 'add to xmpp.contoso.com A'; To = '203.0.113.11'
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'A' -Data '203.0.113.11' }
            Set = { Add-DnsServerResourceRecord -ZoneName 'contoso.com' -Name 'xmpp' -A -IPv4Address (
                        '203.0.113.11') -TimeToLive '00:05:00' -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = '4'; Says = 'add to xmpp.contoso.com AAAA'; To = '2001:db8:1::11'
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'AAAA' -Data '2001:db8:1::11' }
            Set = { Add-DnsServerResourceRecord -ZoneName 'contoso.com' -Name 'xmpp' -AAAA -IPv6Address (
                        '2001:db8:1::11') -TimeToLive '00:05:00' -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = '4'; Says = 'remove from xmpp.contoso.com AAAA'; To = @(); Needs = 'P22'
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'AAAA' -Data '2001:db8:2::22' }
            Set = { Select-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'AAAA' -Data '2001:db8:2::22' |
                    Remove-DnsServerResourceRecord -ZoneName (
                        'contoso.com') -Force -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = '4'; Says = 'remove from xmpp.contoso.com AAAA'; To = @(); Needs = 'P22'
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'AAAA' -Data '2001:db8:2::21' }
            Set = { Select-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'AAAA' -Data '2001:db8:2::21' |
                    Remove-DnsServerResourceRecord -ZoneName (
                        'contoso.com') -Force -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = '4'; Says = 'remove from xmpp.contoso.com A'; To = @(); Needs = 'P21'
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'A' -Data '198.51.100.22' }
            Set = { Select-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'A' -Data '198.51.100.22' |
                    Remove-DnsServerResourceRecord -ZoneName (
                        'contoso.com') -Force -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = '4'; Says = 'remove from xmpp.contoso.com A'; To = @(); Needs = 'P21'
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'A' -Data '198.51.100.21' }
            Set = { Select-DnsRecord -Zone 'contoso.com' -Name 'xmpp' -Type 'A' -Data '198.51.100.21' |
                    Remove-DnsServerResourceRecord -ZoneName (
                        'contoso.com') -Force -ErrorAction Stop -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); OldAnswers = 3600
       Does = 'Steps 4 and 5. Checks the DNS records at the server of each zone.'
       Zones = @(
         @{ Id = 'P20'; Zone = 'contoso.com'; Server = '192.0.2.53'; ChangedOn = 'ns1.contoso.net'; From = '2026112302+'
            To = '2026112301+'; Warn = $true
            Records = @(
              @{ Id = 'P21'; Set = 'xmpp.contoso.com A'; From = @('300 198.51.100.21', '300 198.51.100.22')
                 To = '300 203.0.113.11' }
              @{ Id = 'P22'; Set = 'xmpp.contoso.com AAAA'; From = @('300 2001:db8:2::21', '300 2001:db8:2::22')
                 To = '300 2001:db8:1::11' } ) }
         @{ Id = 'P24'; Zone = 'fabrikam.com'; Server = '192.0.2.53'; ChangedOn = 'ns1.contoso.net'
            From = '2026112302+'; To = '2026112301+'; Warn = $true
            Records = @{ Id = 'P25'; Set = '_xmpp-server._tcp.fabrikam.com SRV'; From = '300 0 0 5269 xmpp.contoso.com'
                         To = @() } } ) }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = @('Route', 'Dns')
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
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Replicate'; StillTrue = @('Route', 'Dns')
       Does = 'Checks the route and DNS.' }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It stands in golden/seed, and the test wants the same bytes here.
