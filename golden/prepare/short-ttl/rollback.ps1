#Requires -Version 3.0

<#
.SYNOPSIS
    Roll back: Prepare DNS for a failover of XMPP federation.
.DESCRIPTION
    Written by edgeplan for plan sha256:065cd11435691fe4b56f128b4cc8cc70. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\rollback.ps1                        prints the run sheet and changes nothing
        .\rollback.ps1 -Stage Verify -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Dns', 'Verify')][string]$Stage,
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
$Plan = @{ Id = 'sha256:065cd11435691fe4b56f128b4cc8cc70'; Script = 'rollback'; Opposite = 'prepare'; Module = 'Lync'
           Title = 'Roll back: Prepare DNS for a failover of XMPP federation' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
#        P.. can be waived by number.
$Stages = @(
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); OldAnswers = 86400
       Does = 'Shows the records to change back and checks each at the server of its zone.'
       Zones = @(
         @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns1.contoso.net'; From = '2026112302+'; To = '2026112301+'
            Records = @{ Id = 'P21'; Set = '_xmpp-server._tcp.contoso.com SRV'
                         From = @('300 10 0 5269 sip1.contoso.com', '300 20 0 5269 sip2.contoso.com')
                         To = '86400 10 0 5269 sip1.contoso.com' } }
         @{ Id = 'P22'; Zone = 'fabrikam.com'; Server = 'ns1.contoso.net'; From = '18+'; To = '17+'
            Records = @{ Id = 'P23'; Set = '_xmpp-server._tcp.fabrikam.com SRV'
                         From = @('300 0 0 5269 sip1.contoso.com', '300 10 0 5269 sip2.contoso.com'); To = @() } } ) }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'; LooksAt = 'Dns'
       Does = 'Checks DNS.' }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
