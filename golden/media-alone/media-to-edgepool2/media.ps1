#Requires -Version 3.0

<#
.SYNOPSIS
    Associate the media of fepool1 and fepool3 with EdgePool2.
.DESCRIPTION
    Written by edgeplan for plan sha256:464117a7413d9c9bdcfa7eb0dd2335f1. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\media.ps1                          prints the run sheet and changes nothing
        .\media.ps1 -Stage Topology -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Preflight', 'Topology', 'Replicate', 'Verify')][string]$Stage,
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
$Plan = @{ Id = 'sha256:464117a7413d9c9bdcfa7eb0dd2335f1'; Script = 'media'; Opposite = 'rollback'
           Module = 'SkypeForBusiness'
           Title = 'Associate the media of fepool1 and fepool3 with EdgePool2' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only.
# Facts: the Property that Read gives must be (Is), hold (Has), hold only (Only) or be like (Like) what is named; unless
#        all is so, nothing is changed. P.. can be waived by number; Warn only puts on record. Without Read: that above.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
# By hand: Manual is shown, unless Read gives To; who passes -Attest says that it is done, and Read has to give To
#        within WaitSeconds. Unread: why no cmdlet shows it; then there is the word alone.
$Name1 = 'A person moves the media of fepool1 and fepool3 to edgepool2.contoso.com in Topo'
$Name1 += '' + 'logy Builder; the script reads whether it was published. Who publishes has to be'
$Name1 += '' + ' in RTCUniversalServerAdmins, and in Domain Admins unless setup permission was d'
$Name1 += '' + 'elegated (Grant-CsSetupPermission).'
$Name2 = 'Skype for Business Server Topology Builder: Download Topology from existing depl'
$Name2 += '' + 'oyment > Skype for Business Server > Site1 > Skype for Business Server 2019 > Fr'
$Name2 += '' + 'ont End pools > fepool1.corp.contoso.com > Edit Properties > Associations > unde'
$Name2 += '' + 'r "Associate Edge Pool (for media components)" select edgepool2.contoso.com and '
$Name2 += '' + 'click OK; after the last change of this stage Action > Topology > Publish'
$Name3 = 'Skype for Business Server Topology Builder: Download Topology from existing depl'
$Name3 += '' + 'oyment > Skype for Business Server > Site1 > Skype for Business Server 2019 > Fr'
$Name3 += '' + 'ont End pools > fepool3.corp.contoso.com > Edit Properties > Associations > unde'
$Name3 += '' + 'r "Associate Edge Pool (for media components)" select edgepool2.contoso.com and '
$Name3 += '' + 'click OK; after the last change of this stage Action > Topology > Publish'
$Stages = @(
    @{ Name = 'Preflight'; Hosts = @('fe2.corp.contoso.com')
       Does = 'Checks what the later stages need, and backs up.'
       Facts = @(
         @{ Id = 'P01'; Says = 'store master'; Property = 'ActiveMasterFqdn'; Is = 'fepool2.corp.contoso.com'
            Read = { Get-StoreStatus -Of 'fepool2.corp.contoso.com' } }
         @{ Id = 'P02'; Says = 'store agents'; Property = 'ActiveFileTransferAgents'; Is = 'fepool2.corp.contoso.com' }
         @{ Id = 'P03'; Says = 'pool servers'; Property = 'Computers'
            Is = @('edge2a.contoso.com', 'edge2b.contoso.com')
            Read = { Get-CsPool -Identity 'edgepool2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P04'; Says = 'Edge service'; Property = 'Identity'; Is = 'EdgeServer:edgepool2.contoso.com'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P05'; Says = 'site of the pool'; Property = 'SiteId'; Is = 'Site:Site2' }
         @{ Id = 'P20'; Says = 'Edge pool of fepool1 for media'
            Only = @('EdgeServer:edgepool1.contoso.com', 'EdgeServer:edgepool2.contoso.com')
            Read = { Get-MediaEdge -Of 'fepool1.corp.contoso.com' } }
         @{ Id = 'P21'; Says = 'Edge pool of fepool3 for media'
            Only = @('EdgeServer:edgepool1.contoso.com', 'EdgeServer:edgepool2.contoso.com')
            Read = { Get-MediaEdge -Of 'fepool3.corp.contoso.com' } }
         @{ Id = 'P11'; Says = 'replicas that are up to date'
            Has = @('edge2a.contoso.com', 'edge2b.contoso.com', 'fe1a.corp.contoso.com', 'fe1b.corp.contoso.com',
                    'fe2.corp.contoso.com')
            Read = { Get-CurrentReplica } }
         @{ Id = 'preflight/right'; Says = 'user groups'; Warn = 'All'; Has = 'RTCUniversalServerAdmins'
            Read = { Get-ChangeRight } } )
       Steps = @(
         @{ Id = 'preflight/backup-configuration'; Says = 'backup beside this script'; File = 'config.zip'; To = 'True'
            Set = { Export-CsConfiguration -FileName $File -ErrorAction Stop } }
         @{ Id = 'preflight/backup-sites'; Says = 'site list beside this script'; File = 'sites.xml'; To = 'True'
            Set = { Get-CsSite -ErrorAction Stop |
                    Export-Clixml -LiteralPath $File -Depth 4 -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Topology'; Hosts = @('fe2.corp.contoso.com'); After = 'Preflight'
       Does = $Name1
       Steps = @(
         @{ Id = 'topology/media/fepool1.corp.contoso.com'; Says = 'Edge pool of fepool1 for media'; Cites = '1 to 4'
            IfNot = '; was it published?'; WaitSeconds = 60; To = 'EdgeServer:edgepool2.contoso.com'
            Read = { Get-MediaEdge -Of 'fepool1.corp.contoso.com' }
            Manual = $Name2 }
         @{ Id = 'topology/media/fepool3.corp.contoso.com'; Says = 'Edge pool of fepool3 for media'; Cites = '1 to 4'
            IfNot = '; was it published?'; WaitSeconds = 60; To = 'EdgeServer:edgepool2.contoso.com'
            Read = { Get-MediaEdge -Of 'fepool3.corp.contoso.com' }
            Manual = $Name3 } ) }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = 'Topology'
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
         @{ Id = 'replicate/fe1a.corp.contoso.com'; Says = 'fe1a.corp.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe1a.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe1a.corp.contoso.com' -ErrorAction Stop } }
         @{ Id = 'replicate/fe1b.corp.contoso.com'; Says = 'fe1b.corp.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe1b.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe1b.corp.contoso.com' -ErrorAction Stop } }
         @{ Id = 'replicate/fe2.corp.contoso.com'; Says = 'fe2.corp.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Replicate'; LooksAt = 'Topology'
       Does = 'Checks what stage Topology has changed, and that the Edge Servers answer.'
       Facts = @(
         @{ Id = 'verify/sip/edge2a.contoso.com'; Says = 'Access Edge at edge2a.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge2a.contoso.com' -Port 5061 -Seconds 5 } }
         @{ Id = 'verify/sip/edge2b.contoso.com'; Says = 'Access Edge at edge2b.contoso.com:5061'; Is = 'open'
            Read = { Test-ChangePort -Target 'edge2b.contoso.com' -Port 5061 -Seconds 5 } } ) }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
