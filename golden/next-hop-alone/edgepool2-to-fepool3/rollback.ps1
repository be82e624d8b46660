#Requires -Version 3.0

<#
.SYNOPSIS
    Roll back: Change the next hop of EdgePool2 to fepool3.corp.contoso.com.
.DESCRIPTION
    Written by edgeplan for plan sha256:4f22df414876bcf56e05e566ac77933d. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\rollback.ps1                           prints the run sheet and changes nothing
        .\rollback.ps1 -Stage Replicate -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Route', 'Replicate', 'Verify')][string]$Stage,
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
$Plan = @{ Id = 'sha256:4f22df414876bcf56e05e566ac77933d'; Script = 'rollback'; Opposite = 'next-hop'; Module = 'Lync'
           Title = 'Roll back: Change the next hop of EdgePool2 to fepool3.corp.contoso.com' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
#        To beside a From must also be what stage Preflight of next-hop.ps1 recorded before the change.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
#        P.. can be waived by number.
$Stages = @(
    @{ Name = 'Route'; Hosts = @('fe3a.corp.contoso.com')
       Does = 'Undoes Route. Sets the next hop of EdgePool2 to fepool1.corp.contoso.com.'
       Steps = @{ Id = 'rollback/next-hop/EdgePool2'; Says = 'next hop of EdgePool2'; Cites = 'Failing over a pool'
                  Property = 'Registrar'; WaitSeconds = 60
                  From = 'Registrar:fepool3.corp.contoso.com'; To = 'Registrar:fepool1.corp.contoso.com'
                  Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop }
                  Set = { Set-CsEdgeServer -Identity 'EdgeServer:edgepool2.contoso.com' -Registrar (
                            'Registrar:fepool1.corp.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Replicate'; Hosts = @('fe3a.corp.contoso.com'); After = 'Route'
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
         @{ Id = 'rollback/replicate/fe3a.corp.contoso.com'; Says = 'fe3a.corp.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'
            To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe3a.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe3a.corp.contoso.com' -ErrorAction Stop } }
         @{ Id = 'rollback/replicate/fe3b.corp.contoso.com'; Says = 'fe3b.corp.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'
            To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe3b.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe3b.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('fe3a.corp.contoso.com'); After = 'Replicate'; LooksAt = 'Route'
       Does = 'Checks what stage Route has changed, and that the Edge Servers answer.'
       Facts = @(
         @{ Id = 'rollback/verify/sip/edge2a.contoso.com'; Says = 'Access Edge at edge2a.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge2a.contoso.com' -Port 5061 -Seconds 5 } }
         @{ Id = 'rollback/verify/sip/edge2b.contoso.com'; Says = 'Access Edge at edge2b.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge2b.contoso.com' -Port 5061 -Seconds 5 } } ) }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
