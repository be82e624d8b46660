#Requires -Version 3.0

<#
.SYNOPSIS
    Prepare DNS for a failover of XMPP federation.
.DESCRIPTION
    Written by edgeplan for plan sha256:d00c04cfad42fdd664dec2462653925e. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\prepare.ps1                           prints the run sheet and changes nothing
        .\prepare.ps1 -Stage DnsServer -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Preflight', 'DnsServer', 'Dns', 'Verify')][string]$Stage,
    # Who confirmed what this script cannot see, and under which ticket. Goes into the evidence log.
    [string]$Attest = '',
    # Numbers of facts that may fail. Each goes into the evidence log.
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
$Plan = @{ Id = 'sha256:d00c04cfad42fdd664dec2462653925e'; Script = 'prepare'; Opposite = 'rollback'; Module = 'Lync'
           Title = 'Prepare DNS for a failover of XMPP federation' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
#        P.. can be waived by number.
# DNS server: a fact wants all records of From or all of To, with no others: TTL in seconds and data. Unless it is so,
#        nothing is changed. P.. can be waived by number. After the steps it has to be To.
#        Each step reads one record; where that is not To, the operator is asked, and Set is run until it is.
#        Needs: before an old record is removed, all data of To of that fact has to be there.
$Stages = @(
    @{ Name = 'Preflight'; Hosts = @('fe2.corp.contoso.com'); LooksAt = 'Dns'
       Does = 'Checks that DNS is as before the change or as after it.' }
    @{ Name = 'DnsServer'; Hosts = @('ns1.contoso.net'); Unseen = 'Preflight'; Elevated = $true
       Does = 'On this DNS server: gives records their new TTL, then adds the new records.'
       Facts = @(
         @{ Id = 'dns-server/contoso.com'; Says = 'zone contoso.com'; Is = 'Primary'
            Read = { Get-DnsZoneState -Zone 'contoso.com' } }
         @{ Id = 'P21'; Says = '_xmpp-server._tcp.contoso.com SRV'; Property = 'Text'
            From = '86400 10 0 5269 sip1.contoso.com'
            To = @('300 10 0 5269 sip1.contoso.com', '300 20 0 5269 sip2.contoso.com')
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name '_xmpp-server._tcp' -Type 'SRV' } } )
       Steps = @(
         @{ Id = 'dns-server/contoso.com'; Says = 'TTL in _xmpp-server._tcp.contoso.com SRV'; Property = 'Ttl'
            To = '300'; WaitSeconds = 60
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name '_xmpp-server._tcp' -Type 'SRV' -Data (
                         '10 0 5269 sip1.contoso.com') }
            Set = { Set-DnsRecordTtl -Zone 'contoso.com' -Name '_xmpp-server._tcp' -Type 'SRV' -Data (
                        '10 0 5269 sip1.contoso.com') -Seconds 300 } }
         @{ Id = 'dns-server/contoso.com'; Says = 'add to _xmpp-server._tcp.contoso.com SRV'; Property = 'Data'
            To = '20 0 5269 sip2.contoso.com'; WaitSeconds = 60
            Read = { Get-DnsRecord -Zone 'contoso.com' -Name '_xmpp-server._tcp' -Type 'SRV' -Data (
                         '20 0 5269 sip2.contoso.com') }
            Set = { Add-DnsServerResourceRecord -ZoneName 'contoso.com' -Name (
                        '_xmpp-server._tcp') -Srv -Priority 20 -Weight 0 -Port 5269 -DomainName (
                        'sip2.contoso.com.') -TimeToLive (
                        '00:05:00') -ErrorAction Stop -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'DnsServer'; Hosts = @('ns2.contoso.net'); Unseen = 'Preflight'; Elevated = $true
       Does = 'On this DNS server: gives records their new TTL, then adds the new records.'
       Facts = @(
         @{ Id = 'dns-server/fabrikam.com'; Says = 'zone fabrikam.com'; Is = 'Primary'
            Read = { Get-DnsZoneState -Zone 'fabrikam.com' -Wmi } }
         @{ Id = 'P23'; Says = '_xmpp-server._tcp.fabrikam.com SRV'; Property = 'Text'
            From = '3600 10 0 5269 sip1.contoso.com'
            To = @('300 10 0 5269 sip1.contoso.com', '300 20 0 5269 sip2.contoso.com')
            Read = { Get-DnsRecord -Zone 'fabrikam.com' -Name '_xmpp-server._tcp' -Type 'SRV' -Wmi } } )
       Steps = @(
         @{ Id = 'dns-server/fabrikam.com'; Says = 'TTL in _xmpp-server._tcp.fabrikam.com SRV'; Property = 'Ttl'
            To = '300'; WaitSeconds = 60
            Read = { Get-DnsRecord -Zone 'fabrikam.com' -Name '_xmpp-server._tcp' -Type 'SRV' -Data (
                         '10 0 5269 sip1.contoso.com') -Wmi }
            Set = { Set-DnsRecordTtl -Zone 'fabrikam.com' -Name '_xmpp-server._tcp' -Type 'SRV' -Data (
                        '10 0 5269 sip1.contoso.com') -Seconds 300 -Wmi } }
         @{ Id = 'dns-server/fabrikam.com'; Says = 'add to _xmpp-server._tcp.fabrikam.com SRV'; Property = 'Data'
            To = '20 0 5269 sip2.contoso.com'; WaitSeconds = 60
            Read = { Get-DnsRecord -Zone 'fabrikam.com' -Name '_xmpp-server._tcp' -Type 'SRV' -Data (
                         '20 0 5269 sip2.contoso.com') -Wmi }
            Set = { Invoke-Dnscmd -Command '/RecordAdd' -Zone 'fabrikam.com' -Node (
                        '_xmpp-server._tcp.fabrikam.com.') -Ttl 300 -Type 'SRV' -Data (
                        '20 0 5269 sip2.contoso.com.') } } ) }
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); After = 'Preflight'; Unseen = 'DnsServer'; OldAnswers = 86400
       Does = 'Checks the DNS records at the server of each zone.'
       Zones = @(
         @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns1.contoso.net'; ChangedOn = 'ns1.contoso.net'
            From = '2026112301+'; To = '2026112302+'; Warn = 'All'
            Records = @{ Id = 'P21'; Set = '_xmpp-server._tcp.contoso.com SRV'
                         From = '86400 10 0 5269 sip1.contoso.com'
                         To = @('300 10 0 5269 sip1.contoso.com', '300 20 0 5269 sip2.contoso.com') } }
         @{ Id = 'P22'; Zone = 'fabrikam.com'; Server = 'ns2.contoso.net'; ChangedOn = 'ns2.contoso.net'
            From = '2026112301+'; To = '2026112302+'; Warn = 'All'
            Records = @{ Id = 'P23'; Set = '_xmpp-server._tcp.fabrikam.com SRV'
                         From = '3600 10 0 5269 sip1.contoso.com'
                         To = @('300 10 0 5269 sip1.contoso.com', '300 20 0 5269 sip2.contoso.com') } } ) }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'; LooksAt = 'Dns'
       Does = 'Checks that stage Dns is done, and DNS.' }
)
# ==== FIXED RUNTIME, PART FOR WINDOWS DNS SERVERS - the same in every script that changes records there. ====
# It is in golden/windows-dns, and the test wants the same bytes here.
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
