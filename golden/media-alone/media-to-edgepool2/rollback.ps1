#Requires -Version 3.0

<#
.SYNOPSIS
    Roll back: Associate the media of fepool1 and fepool3 with EdgePool2.
.DESCRIPTION
    Written by edgeplan for plan sha256:464117a7413d9c9bdcfa7eb0dd2335f1. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\rollback.ps1                           prints the run sheet and changes nothing
        .\rollback.ps1 -Stage Replicate -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Topology', 'Replicate', 'Verify')][string]$Stage,
    # Who confirmed what this script cannot see, and under which ticket. Goes into the evidence log.
    [string]$Attest = '',
    # Numbers of facts that may fail, names of services that may stay down and of clicks on word alone. Logged.
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
$Plan = @{ Id = 'sha256:464117a7413d9c9bdcfa7eb0dd2335f1'; Script = 'rollback'; Opposite = 'media'
           Module = 'SkypeForBusiness'
           Title = 'Roll back: Associate the media of fepool1 and fepool3 with EdgePool2' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
#        P.. can be waived by number.
# By hand: Manual is shown, unless Read gives To; who passes -Attest says that it is done, and Read has to give To
#        within WaitSeconds. Unread: why no cmdlet shows it; then there is the word alone.
$Name1 = 'Undoes Topology. A person moves the media of fepool1 and fepool3 back to where i'
$Name1 += '' + 't went before in Topology Builder; the script reads whether it was published. Wh'
$Name1 += '' + 'o publishes has to be in RTCUniversalServerAdmins, and in Domain Admins unless s'
$Name1 += '' + 'etup permission was delegated (Grant-CsSetupPermission).'
$Name2 = 'Skype for Business Server Topology Builder: Download Topology from existing depl'
$Name2 += '' + 'oyment > Skype for Business Server > Site1 > Skype for Business Server 2019 > Fr'
$Name2 += '' + 'ont End pools > fepool1.corp.contoso.com > Edit Properties > Associations > unde'
$Name2 += '' + 'r "Associate Edge Pool (for media components)" select edgepool1.contoso.com and '
$Name2 += '' + 'click OK; after the last change of this stage Action > Topology > Publish'
$Name3 = 'Skype for Business Server Topology Builder: Download Topology from existing depl'
$Name3 += '' + 'oyment > Skype for Business Server > Site1 > Skype for Business Server 2019 > Fr'
$Name3 += '' + 'ont End pools > fepool3.corp.contoso.com > Edit Properties > Associations > unde'
$Name3 += '' + 'r "Associate Edge Pool (for media components)" select edgepool1.contoso.com and '
$Name3 += '' + 'click OK; after the last change of this stage Action > Topology > Publish'
$Stages = @(
    @{ Name = 'Topology'; Hosts = @('fe2.corp.contoso.com')
       Does = $Name1
       Steps = @(
         @{ Id = 'rollback/topology/media/fepool1.corp.contoso.com'; Says = 'Edge pool of fepool1 for media'
            Cites = '1 to 4'; IfNot = '; was it published?'; WaitSeconds = 60; To = 'EdgeServer:edgepool1.contoso.com'
            Read = { Get-MediaEdge -Of 'fepool1.corp.contoso.com' }
            Manual = $Name2 }
         @{ Id = 'rollback/topology/media/fepool3.corp.contoso.com'; Says = 'Edge pool of fepool3 for media'
            Cites = '1 to 4'; IfNot = '; was it published?'; WaitSeconds = 60; To = 'EdgeServer:edgepool1.contoso.com'
            Read = { Get-MediaEdge -Of 'fepool3.corp.contoso.com' }
            Manual = $Name3 } ) }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = 'Topology'
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
         @{ Id = 'rollback/replicate/fe1a.corp.contoso.com'; Says = 'fe1a.corp.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'
            To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe1a.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe1a.corp.contoso.com' -ErrorAction Stop } }
         @{ Id = 'rollback/replicate/fe1b.corp.contoso.com'; Says = 'fe1b.corp.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'
            To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe1b.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe1b.corp.contoso.com' -ErrorAction Stop } }
         @{ Id = 'rollback/replicate/fe2.corp.contoso.com'; Says = 'fe2.corp.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'
            To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Replicate'; LooksAt = 'Topology'
       Does = 'Checks what stage Topology has changed, and that the Edge Servers answer.'
       Facts = @(
         @{ Id = 'rollback/verify/sip/edge2a.contoso.com'; Says = 'Access Edge at edge2a.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge2a.contoso.com' -Port 5061 -Seconds 5 } }
         @{ Id = 'rollback/verify/sip/edge2b.contoso.com'; Says = 'Access Edge at edge2b.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge2b.contoso.com' -Port 5061 -Seconds 5 } } ) }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
