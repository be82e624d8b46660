#Requires -Version 3.0

<#
.SYNOPSIS
    Change the next hop of EdgePool2 to fepool2.corp.contoso.com.
.DESCRIPTION
    Written by edgeplan for plan sha256:d7e5dd3bce2b74cf03d91c44e06cce7f. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\next-hop.ps1                          prints the run sheet and changes nothing
        .\next-hop.ps1 -Stage Topology -WhatIf  shows what a stage would do and writes nothing
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
$Plan = @{ Id = 'sha256:d7e5dd3bce2b74cf03d91c44e06cce7f'; Script = 'next-hop'; Opposite = 'rollback'
           Module = 'SkypeForBusiness'
           Title = 'Change the next hop of EdgePool2 to fepool2.corp.contoso.com' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only.
# Facts: the Property that Read gives must be (Is), hold (Has), hold only (Only) or be like (Like) what is named; unless
#        all is so, nothing is changed. P.. can be waived by number; Warn only puts on record. Without Read: that above.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
# By hand: Manual is shown, unless Read gives To; who passes -Attest says that it is done, and Read has to give To
#        within WaitSeconds. Unread: why no cmdlet shows it; then there is the word alone.
$Name1 = 'A person sets the next hop of EdgePool2 in Topology Builder; the script reads wh'
$Name1 += '' + 'ether it was published. Who publishes has to be in RTCUniversalServerAdmins, and'
$Name1 += '' + ' in Domain Admins unless setup permission was delegated (Grant-CsSetupPermission' + ').'
$Name2 = 'Skype for Business Server Topology Builder: Download Topology from existing depl'
$Name2 += '' + 'oyment > Skype for Business Server > Site2 > Skype for Business Server 2015 > Ed'
$Name2 += '' + 'ge pools > edgepool2.contoso.com > Edit Properties > Next Hop > in the list "Nex'
$Name2 += '' + 't hop pool:" select fepool2.corp.contoso.com and click OK; after the last change'
$Name2 += '' + ' of this stage Action > Topology > Publish'
$Stages = @(
    @{ Name = 'Preflight'; Hosts = @('fe2a.corp.contoso.com'); LooksAt = 'Topology'
       Does = 'Checks what the later stages need, and backs up.'
       Facts = @(
         @{ Id = 'P01'; Says = 'store master'; Property = 'ActiveMasterFqdn'; Is = 'fepool1.corp.contoso.com'
            Read = { Get-StoreStatus -Of 'fepool1.corp.contoso.com' } }
         @{ Id = 'P02'; Says = 'store agents'; Property = 'ActiveFileTransferAgents'; Is = 'fepool1.corp.contoso.com' }
         @{ Id = 'P03'; Says = 'pool servers'; Property = 'Computers'; Is = 'edge2.contoso.com'
            Read = { Get-CsPool -Identity 'edgepool2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P04'; Says = 'Edge service'; Property = 'Identity'; Is = 'EdgeServer:edgepool2.contoso.com'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P05'; Says = 'site of the pool'; Property = 'SiteId'; Is = 'Site:Site2' }
         @{ Id = 'P20'; Says = 'Registrar of the new next hop'; Property = 'Identity'
            Is = 'Registrar:fepool2.corp.contoso.com'
            Read = { Get-CsService -Registrar -PoolFqdn 'fepool2.corp.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P21'; Says = 'site of the new next hop'; Property = 'SiteId'; Is = 'Site:Site2' }
         @{ Id = 'P11'; Says = 'replicas that are up to date'
            Has = @('edge2.contoso.com', 'fe2a.corp.contoso.com', 'fe2b.corp.contoso.com')
            Read = { Get-CurrentReplica } }
         @{ Id = 'preflight/right'; Says = 'user groups'; Warn = 'All'; Has = 'RTCUniversalServerAdmins'
            Read = { Get-ChangeRight } } )
       Steps = @(
         @{ Id = 'preflight/backup-configuration'; Says = 'backup beside this script'; File = 'config.zip'; To = 'True'
            Set = { Export-CsConfiguration -FileName $File -ErrorAction Stop } }
         @{ Id = 'preflight/backup-sites'; Says = 'site list beside this script'; File = 'sites.xml'; To = 'True'
            Set = { Get-CsSite -ErrorAction Stop |
                    Export-Clixml -LiteralPath $File -Depth 4 -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Topology'; Hosts = @('fe2a.corp.contoso.com'); After = 'Preflight'
       Does = $Name1
       Steps = @{ Id = 'next-hop/EdgePool2'; Says = 'next hop of EdgePool2'; Cites = 'Failing over a pool'
                  Property = 'Registrar'; IfNot = '; was it published?'; WaitSeconds = 60
                  From = 'Registrar:fepool1.corp.contoso.com'; To = 'Registrar:fepool2.corp.contoso.com'
                  Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop }
                  Manual = $Name2 } }
    @{ Name = 'Replicate'; Hosts = @('fe2a.corp.contoso.com'); After = 'Topology'
       Does = 'Pushes the configuration to the servers and waits until they are up to date.'
       Steps = @(
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
    @{ Name = 'Verify'; Hosts = @('edge2.contoso.com'); Unseen = 'Replicate'
       Does = 'Checks that the next hop of this Edge Server answers.'
       Facts = @{ Id = 'verify/next-hop/fepool2.corp.contoso.com'; Says = 'next hop at fepool2.corp.contoso.com:5061'
                  Is = 'open'; Read = { Test-ChangePort -Target 'fepool2.corp.contoso.com' -Port 5061 -Seconds 5 } } }
    @{ Name = 'Verify'; Hosts = @('fe2a.corp.contoso.com'); After = 'Replicate'; LooksAt = 'Topology'
       Does = 'Checks what stage Topology has changed, and that the Edge Servers answer.'
       Facts = @{ Id = 'verify/sip/edge2.contoso.com'; Says = 'Access Edge at edge2.contoso.com:5061'; Is = 'open'
                  Read = { Test-ChangePort -Target 'edge2.contoso.com' -Port 5061 -Seconds 5 } } }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
