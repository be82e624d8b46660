#Requires -Version 3.0

<#
.SYNOPSIS
    Roll back: Fail over XMPP federation from EdgePool1 to EdgePool2.
.DESCRIPTION
    Written by edgeplan for plan sha256:dc956873884cf3c42c8fb488d29431d7. Copy this one file to every server that the
    run sheet names and run it there, one stage at a time, in the order of the sheet:
        .\rollback.ps1                          prints the run sheet and changes nothing
        .\rollback.ps1 -Stage Topology -WhatIf  shows what a stage would do and writes nothing
    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the procedure.
    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    # The stage to run on this server.
    [ValidateSet('Start', 'Topology', 'Route', 'Dns', 'Replicate', 'Verify')][string]$Stage,
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
$Plan = @{ Id = 'sha256:dc956873884cf3c42c8fb488d29431d7'; Script = 'rollback'; Opposite = 'failover'; Module = 'Lync'
           Title = 'Roll back: Fail over XMPP federation from EdgePool1 to EdgePool2' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
#        To of a route must also be what stage Preflight of failover.ps1 recorded before the change.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
#        P.. can be waived by number.
# By hand: Manual is shown, unless Read gives To; who passes -Attest says that it is done, and Read has to give To
#        within WaitSeconds. Unread: why no cmdlet shows it; then there is the word alone.
$Name1 = 'Undoes Topology. A person moves the media of fepool1 back to edgepool1.contoso.c'
$Name1 += '' + 'om in Topology Builder; the script reads whether it was published. Who publishes'
$Name1 += '' + ' has to be in RTCUniversalServerAdmins, and in Domain Admins unless setup permis'
$Name1 += '' + 'sion was delegated (Grant-CsSetupPermission).'
$Name2 = 'Lync Server Topology Builder: Download Topology from existing deployment > Lync '
$Name2 += '' + 'Server > Site1 > Lync Server 2013 > Front End pools > fepool1.corp.contoso.com >'
$Name2 += '' + ' Edit Properties > Associations > under "Associate Edge Pool (for media componen'
$Name2 += '' + 'ts)" select edgepool1.contoso.com and click OK; after the last change of this st'
$Name2 += '' + 'age Action > Topology > Publish'
$Stages = @(
    @{ Name = 'Start'; Hosts = @('edge2.contoso.com'); Elevated = $true
       Does = 'Undoes step 2. Starts the services that stage Stop stopped. Comes first: restores remote access.'
       Steps = @{ Id = 'rollback/stop/services'
                  Says = 'services down, of those noted by Stop (else not disabled) and XMPP'; Cites = '1 of fail-back'
                  IfNot = '; -Waive NAME goes on without one'; To = @()
                  Read = { Get-ServiceDown -Noted 'stop/services' }
                  Set = { Start-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Topology'; Hosts = @('fe2.corp.contoso.com'); Unseen = 'Start'; LooksAt = 'Dns'
       Does = $Name1
       Steps = @{ Id = 'rollback/topology/media/fepool1.corp.contoso.com'; Says = 'Edge pool of fepool1 for media'
                  Cites = '4 of fail-back'; IfNot = '; was it published?'; WaitSeconds = 60
                  To = 'EdgeServer:edgepool1.contoso.com'; Read = { Get-MediaEdge -Of 'fepool1.corp.contoso.com' }
                  Manual = $Name2 } }
    @{ Name = 'Route'; Hosts = @('fe2.corp.contoso.com'); Unseen = 'Topology'; LooksAt = 'Dns'
       Does = 'Undoes step 3. Looks at DNS first, then puts the XMPP federation route back to what it was.'
       Steps = @(
         @{ Id = 'rollback/route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3a of fail-back'
            WaitSeconds = 60; When = 'Set-CsSite -XmppFederationRoute'
            From = 'edgepool2.contoso.com'; To = 'edgepool1.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppFederationRoute (
                        'EdgeServer:edgepool1.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } }
         @{ Id = 'rollback/route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3a of fail-back'
            WaitSeconds = 60; When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'edge2.contoso.com'; To = 'edge1.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppExternalFederationRoute (
                        'edge1.contoso.com') -ErrorAction Stop -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); Unseen = 'Route'; OldAnswers = 300
       Does = 'Undoes steps 4 and 5. Shows the records to change back and checks each at the server of its zone.'
       Zones = @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns1.contoso.net'; From = '2026112302+'; To = '2026112301+'
                  Cites = '3c of fail-back'
                  Records = @{ Id = 'P21'; Set = 'xmpp.contoso.com A'; From = '300 198.51.100.21'
                               To = '300 203.0.113.11' } } }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'
       Does = 'Pushes the configuration to the servers and waits until they are up to date.'
       Steps = @(
         @{ Id = 'rollback/replicate/edge2.contoso.com'; Says = 'edge2.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'edge2.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'edge2.contoso.com' -ErrorAction Stop } }
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
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Replicate'; LooksAt = @('Topology', 'Route', 'Dns')
       Does = 'Checks what Topology Builder published, the routes, DNS, and that the Edge Servers answer.'
       Facts = @{ Id = 'rollback/verify/sip/edge2.contoso.com'; Says = 'Access Edge at edge2.contoso.com:5061'
                  Is = 'open'; Read = { Test-ChangePort -Target 'edge2.contoso.com' -Port 5061 -Seconds 5 } } }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# It is in golden/seed, and the test wants the same bytes here.
