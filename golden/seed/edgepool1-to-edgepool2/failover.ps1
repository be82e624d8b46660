#Requires -Version 3.0

<#
.SYNOPSIS
    Fail over XMPP federation from EdgePool1 to EdgePool2.
.DESCRIPTION
    Written by edgeplan for plan sha256:79b4ad04c246d091b2ceb98eafde58ac. Copy this one file to every server that the
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
    # Seconds between checks.
    [ValidateRange(1, 600)][int]$PollSeconds = 15,
    # Ask no questions. For powershell.exe -File, which cannot pass -Confirm:$false before PowerShell 6.
    [switch]$Force
)
$Plan = @{ Id = 'sha256:79b4ad04c246d091b2ceb98eafde58ac'; Script = 'failover'; Opposite = 'rollback'; Module = 'Lync'
           Title = 'Fail over XMPP federation from EdgePool1 to EdgePool2' }
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only; of two, the first that fits.
# Facts: the Property that Read gives must be (Is), hold (Has), hold only (Only) or be like (Like) what is named; unless
#        all is so, nothing is changed. P.. can be waived by number; Warn only puts on record. Without Read: that above.
# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.
# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).
$Stages = @(
    @{ Name = 'Preflight'; Hosts = @('fe2.corp.contoso.com'); LooksAt = @('Dns', 'Route'); PrintsReceipt = 0
       Does = 'Checks what the later stages need, asks DNS, rehearses Route, backs up, prints the receipt for Stop.'
       Facts = @(
         @{ Id = 'P01'; Says = 'store master'; Property = 'ActiveMasterFqdn'; Is = 'fepool2.corp.contoso.com'
            Read = { Get-StoreStatus -Of 'fepool2.corp.contoso.com' } }
         @{ Id = 'P02'; Says = 'store agents'; Property = 'ActiveFileTransferAgents'; Is = 'fepool2.corp.contoso.com' }
         @{ Id = 'P03'; Says = 'pool servers'; Cites = '1'; Property = 'Computers'; Is = 'EdgeServer2.contoso.com'
            Read = { Get-CsPool -Identity 'EdgeServer2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P04'; Says = 'Edge service'; Cites = '1'; Property = 'Identity'
            Is = 'EdgeServer:EdgeServer2.contoso.com'
            Read = { Get-CsService -EdgeServer -PoolFqdn 'EdgeServer2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'P05'; Says = 'site of the pool'; Cites = '1'; Property = 'SiteId'; Is = 'Site:Site2' }
         @{ Id = 'P06'; Says = 'XMPP port of the pool'; Cites = '1'; Property = 'XmppListeningPort'; Is = '5269' }
         @{ Id = 'P07'; Says = 'next hop'; Cites = '1'; Property = 'Registrar'
            Is = 'Registrar:fepool2.corp.contoso.com' }
         @{ Id = 'P08'; Says = 'SIP domains'; Cites = '5'; Property = 'Name'; Has = 'contoso.com'
            Read = { Get-CsSipDomain -ErrorAction Stop } }
         @{ Id = 'P09'; Says = 'federation allowed'; Property = 'AllowFederatedUsers'; Is = 'True'
            Read = { Get-CsAccessEdgeConfiguration -ErrorAction Stop } }
         @{ Id = 'P10'; Says = 'XMPP partners'; Property = 'Identity,AdditionalDomains'; Warn = 'Others'
            Has = 'jabber.example.org'; Read = { Get-CsXmppAllowedPartner -ErrorAction Stop } }
         @{ Id = 'P11'; Says = 'replicas that are up to date'
            Has = @('EdgeServer2.contoso.com', 'fe2.corp.contoso.com'); Read = { Get-CurrentReplica } }
         @{ Id = 'preflight/right'; Says = 'user groups'; Warn = 'All'; Has = 'RTCUniversalServerAdmins'
            Read = { Get-ChangeRight } }
         @{ Id = 'preflight/sites'; Says = 'sites on EdgePool1'; Cites = '3'; Property = 'Identity'; Warn = 'All'
            Only = @('Site:Site1', 'Site:Site2'); Read = { Get-RoutedSite -Pool 'EdgeServer1.contoso.com' } } )
       Steps = @(
         @{ Id = 'preflight/backup-configuration'; Says = 'backup beside this script'; File = 'config.zip'; To = 'True'
            Set = { Export-CsConfiguration -FileName $File -ErrorAction Stop } }
         @{ Id = 'preflight/backup-sites'; Says = 'site list beside this script'; File = 'sites.xml'; To = 'True'
            Set = { Get-CsSite -ErrorAction Stop |
                    Export-Clixml -LiteralPath $File -Depth 4 -WhatIf:$false -Confirm:$false } } ) }
    @{ Name = 'Stop'; Hosts = @('EdgeServer2.contoso.com'); Elevated = $true; Receipt = 'Preflight'; NotAfter = 'Start'
       Does = 'Step 2. Stops all services of this Edge Server: no remote access through it until stage Start.'
       Facts = @(
         @{ Id = 'P12'; Says = 'subordinate CAs in the trusted roots'; Is = @(); Read = { Get-SubordinateCa } }
         @{ Id = 'P13'; Says = 'uses of certificates'; Property = 'Use'; Has = 'AccessEdgeExternal'
            Read = { Get-CsCertificate -ErrorAction Stop } }
         @{ Id = 'P14'; Says = 'faults of certificates'; Is = @()
            Read = { Get-CertificateFault -Until '2026-12-06T00:00:00Z' } }
         @{ Id = 'P15'; Says = 'XMPP partners in the local copy'; Property = 'Identity,AdditionalDomains'
            Has = 'jabber.example.org'; Read = { Get-CsXmppAllowedPartner -LocalStore -ErrorAction Stop } }
         @{ Id = 'stop/xmpp'; Says = 'XMPP service'; Property = 'DisplayName'; Like = '*XMPP*'
            Read = { Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop } } )
       Steps = @{ Id = 'stop/services'; Says = 'services that run'; Cites = '2'; Property = 'Name'; To = @()
                  Read = { Get-ServiceUp }
                  Set = { Stop-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Route'; Hosts = @('fe2.corp.contoso.com'); After = 'Preflight'; MustBeStopped = 'EdgeServer2.contoso.com'
       Does = 'Step 3. Points the XMPP federation route to EdgeServer2.contoso.com.'
       Steps = @(
         @{ Id = 'route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3'; WaitSeconds = 60
            When = 'Set-CsSite -XmppFederationRoute'
            From = 'EdgeServer1.contoso.com'; To = 'EdgeServer2.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppFederationRoute (
                        'EdgeServer:EdgeServer2.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } }
         @{ Id = 'route/Site2'; Says = 'XMPP federation route of Site2'; Cites = '3'; WaitSeconds = 60
            When = 'Set-CsSite -XmppExternalFederationRoute'
            From = 'EdgeServer1.contoso.com'; To = 'EdgeServer2.contoso.com'; Read = { Get-SiteRoute -Site 'Site2' }
            Set = { Set-CsSite -Identity 'Site2' -XmppExternalFederationRoute (
                        'EdgeServer2.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false } } ) }
    @{ Name = 'Dns'; Hosts = @('fe2.corp.contoso.com'); After = 'Route'; OldAnswers = 300
       Does = 'Steps 4 and 5. Shows the DNS records to change and checks each at the server of its zone.'
       Zones = @{ Id = 'P20'; Zone = 'contoso.com'; Server = 'ns1.contoso.net'; From = '2026112301'; To = '2026112302+'
                  Cites = '4, 5'; Records = @(
                    @{ Id = 'P21'; Set = 'xmpp.contoso.com A'; From = '300 203.0.113.11'; To = '300 198.51.100.21' }
                    @{ Id = 'P22'; Set = 'xmpp.contoso.com AAAA'; Is = @() }
                    @{ Id = 'P23'; Set = '_xmpp-server._tcp.contoso.com SRV'
                       Is = '300 0 0 5269 xmpp.contoso.com' } ) } }
    @{ Name = 'Firewall'; Hosts = @('fe2.corp.contoso.com'); After = 'Dns'; NotAfter = 'Firewall'
       Does = 'Step 6. Records who confirmed that TCP 5269 is open.'
       Steps = @{ Id = 'firewall'; Says = 'TCP 5269 is open from anywhere to 198.51.100.21 and back'; Cites = '6' } }
    @{ Name = 'Start'; Hosts = @('EdgeServer2.contoso.com'); After = 'Stop'; Unseen = 'Firewall'; Elevated = $true
       Does = 'Step 7. Starts the services and waits until they run.'
       Steps = @{ Id = 'start/services'; Says = 'services down, of those noted by Stop (else not disabled) and XMPP'
                  Cites = '7'; IfNot = '; -Waive NAME goes on without one'; To = @()
                  Read = { Get-ServiceDown -Noted 'stop/services' }
                  Set = { Start-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false } } }
    @{ Name = 'Replicate'; Hosts = @('fe2.corp.contoso.com'); After = 'Firewall'; Unseen = 'Start'
       Does = 'Pushes the configuration to the servers and waits until they are up to date.'
       Steps = @(
         @{ Id = 'replicate/EdgeServer2.contoso.com'; Says = 'EdgeServer2.contoso.com is up to date'
            Property = 'UpToDate'; FirstRun = $true; IfNot = '; services started? TCP 4443 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'EdgeServer2.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'EdgeServer2.contoso.com' -ErrorAction Stop } }
         @{ Id = 'replicate/fe2.corp.contoso.com'; Says = 'fe2.corp.contoso.com is up to date'; Property = 'UpToDate'
            FirstRun = $true; IfNot = '; Replica Replicator Agent started? TCP 445 open?'; To = 'True'
            Read = { Get-CsManagementStoreReplicationStatus -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop }
            Set = { Invoke-CsManagementStoreReplication -ReplicaFqdn 'fe2.corp.contoso.com' -ErrorAction Stop } } ) }
    @{ Name = 'Verify'; Hosts = @('EdgeServer2.contoso.com'); After = 'Start'; Unseen = 'Replicate'; LooksAt = 'Dns'
       Does = 'Step 6 from inside: the XMPP proxy listens. Its public address is probed from outside only.'
       Facts = @{ Id = 'verify/listener'; Says = 'listener of the XMPP proxy'; Cites = '6'; Like = '*:5269'
                  Read = { Get-ChangeListener -Port 5269 } } }
    @{ Name = 'Verify'; Hosts = @('fe2.corp.contoso.com'); After = 'Replicate'; LooksAt = @('Route', 'Dns')
       Does = 'Checks that all stages are done, the route, DNS, and that the Edge Servers answer.'
       Facts = @(
         @{ Id = 'verify/message'; Says = 'Test-CsXmppIM'; When = 'XmppReceiver'; Property = 'Result'; Is = 'Success'
            Read = { Test-CsXmppIM -TargetFqdn 'fepool2.corp.contoso.com' -Receiver $XmppReceiver -ErrorAction Stop } }
         @{ Id = 'verify/sip/EdgeServer2.contoso.com'; Says = 'Access Edge at EdgeServer2.contoso.com:5061'; Cites = '7'
            Is = 'open'; Read = { Test-ChangePort -Target 'EdgeServer2.contoso.com' -Port 5061 -Seconds 5 } } ) }
    @{ Name = 'Verify'; Hosts = @('*'); Unseen = 'Replicate'; LooksAt = 'Dns'
       Does = 'Step 6 from outside: what a federated partner sees.'
       Facts = @{ Id = 'verify/xmpp/198.51.100.21'; Says = 'XMPP proxy at 198.51.100.21:5269'; Cites = '6'; Is = 'open'
                  Read = { Test-ChangePort -Target '198.51.100.21' -Port 5269 -Seconds 5 } } }
)
# ==== FIXED RUNTIME - the same in every script of this edgeplan version: reviewed once, not once per change. ====
# What the keys of $Stages mean, besides those that the notes above them explain.
# A stage. Name, Does: for the sheet. Module: its cmdlets, if they are those of another product. Elevated: the shell
#     has to have the rights of an administrator. After: stages that have to be done on this computer; Unseen: those
#     that this script cannot see, so the run sheet says it. NotAfter: the stage after which it is refused.
#     MustBeStopped: servers that must not answer. Receipt: the stage whose receipt is asked for, and before whose time
#     nothing is done; that is PrintsReceipt seconds after the stage that prints it. LooksAt: stages whose records and
#     values are compared: of an earlier one as after the change; of a later one as before or after it, and its Set is
#     run with -WhatIf ($Rehearse).
# Id is that of the step in the plan, or the number of a fact, by which -Waive names it, as it does a click whose value
#     does not show what a person sees (without rollback/); both are in the log. Says: what
#     it is about. Cites: the step of the page that it comes from; the rest is edgeplan's own practice. When: only if
#     this parameter is passed, or the cmdlet has it; of steps with one Id the first of those is run.
# A fact in Facts. Read: what is read; without it, what that above has read. Warn: All, or only Others, do not fail.
# A step in Steps. WaitSeconds: the longest time until Read gives To. IfNot: what is said if it does not. File: what Set
#     writes, beside the script. FirstRun: the first run sets though Read gives To. Rehearse: Set is run with -WhatIf
#     before the operator is asked. Needs: the fact whose new records have to be there. Set is run for each $Value that
#     Read gave, if it has that. Manual: what a person does where no command can, after the other steps, and confirms
#     with -Attest. Unread: why nothing shows it, where there is no Read: it is not asked for twice. A step that only
#     Says something is confirmed by a person, with -Attest.
# A zone in Zones. Server: is asked for the Records of the Zone. ChangedOn: the server whose stage DnsServer changes
#     it. OldAnswers: seconds for which resolvers may keep old answers.
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    # Little more than this is possible here.
    $why = 'NOT STARTED, nothing was done: this shell is in {0} mode, in which this script cannot work. Use a shell in ' +
        'FullLanguage mode; where a policy sets the mode, have this file signed by a publisher whom the policy trusts.'
    $why -f $ExecutionContext.SessionState.LanguageMode
    exit 1
}
# SIP over TLS. An Edge Server answers here, on its internal side, as long as its Access Edge service runs.
$SipPort = 5061
# In 'server:port' an IPv6 address has brackets: ($server -replace $IPv6, '[$0]').
$IPv6 = '^.*:.*$'
# What a line on the screen shows as '?': control characters and others that could make it look like another line.
$Unprintable = '[\p{C}\p{Zl}\p{Zp}]'
# The one question that is asked before a change. -WhatIf makes the answer no, -Force makes it yes.
$AskOperator = {
    param([string]$About, [string]$Command)
    try {
        $PSCmdlet.ShouldProcess(($About -replace $Unprintable, '?'), ($Command -replace $Unprintable, '?'))
    } catch {
        if ($Run.DryRun) { return $false }
        Exit-ChangeStage -Code 3 -Why ($NoConsole -f $_.Exception.Message)
    }
}
$NoConsole = 'this shell cannot ask ({0}): pass -Force, or run this file in a console on this server'
# ---- The session. Nothing of the operator's shell or profile reaches a call: what differs from a fresh shell is set aside
# until this script ends, and a NOTE after START names it. As long as commands may be strangers, none is called by name.
$Fresh = @{
    ErrorActionPreference = 'Continue'; WarningPreference = 'Continue'; InformationPreference = 'SilentlyContinue'
    VerbosePreference = 'SilentlyContinue'; DebugPreference = 'SilentlyContinue'; ProgressPreference = 'Continue'
    ConfirmPreference = 'High'; WhatIfPreference = $false; OFS = ' '; PSModuleAutoLoadingPreference = 'All'
    PSDefaultParameterValues = @{}; PSNativeCommandUseErrorActionPreference = $false
}
# Text in quotes is data, whatever it holds.
$Quoted = "'(?:[^']|'')*'"
$Hooks = @('PreCommandLookupAction', 'PostCommandLookupAction', 'CommandNotFoundAction')
$Session = @{ Aside = @(); Old = @{}; Commands = @() }
$SetSessionAside = {
    foreach ($name in $Hooks) {
        $hook = $ExecutionContext.InvokeCommand.PSObject.Properties[$name]
        $Session.Old[$name] = $hook.Value
        if ($null -ne $hook.Value) { $Session.Aside += $name }
        $hook.Value = $null
    }
    $thread = [System.Threading.Thread]::CurrentThread
    $Session.Old['Culture'] = $thread.CurrentCulture
    $thread.CurrentCulture = [System.Globalization.CultureInfo]::InvariantCulture
    # On another drive, such as HKLM:, a path that begins with a backslash is no path of a file.
    $path = $ExecutionContext.SessionState.Path
    $Session.Old['Location'] = $path.CurrentLocation.Path
    if ($path.CurrentLocation.Provider.Name -ne 'FileSystem') {
        $Session.Aside += 'location ' + $path.CurrentLocation.Path
        $null = $path.SetLocation('Microsoft.PowerShell.Core\FileSystem::' + $path.CurrentFileSystemLocation.ProviderPath)
    }
    # Functions of modules see the global variables, cmdlets those of this script.
    $variables = $ExecutionContext.SessionState.PSVariable
    foreach ($name in $Fresh.Keys) {
        $has = $variables.GetValue($name)
        if ($has -is [System.Collections.IDictionary]) {
            foreach ($key in $has.Keys) { $Session.Aside += '$' + $name + ' ' + $key }
        } elseif ($null -ne $has -and [string]$has -ne $Fresh[$name] -and $name -ne 'WhatIfPreference' -and
            -not $Run.Given.ContainsKey(($name -replace 'Preference$', ''))) {
            $Session.Aside += '$' + $name
        }
        $Session.Old[$name] = $variables.Get('global:' + $name)
        if ($null -ne $Session.Old[$name]) { $Session.Old[$name] = @{ Value = $Session.Old[$name].Value } }
        foreach ($scope in @('global:', 'script:')) { $variables.Set($scope + $name, $Fresh[$name]) }
    }
    $variables.Set('script:ErrorActionPreference', 'Stop')
    $variables.Set('script:WhatIfPreference', $Run.DryRun)
    if (-not $Run.Asks) { $variables.Set('script:ConfirmPreference', 'None') }
}
# Modules whose functions are no strangers. LyncSim and Cmdlets.* are the rehearsal kit: START says so.
$Known = '^(Lync|SkypeForBusiness|DnsServer|LyncSim|Cmdlets\..+)$'
$SetCommandsAside = {
    # Aliases and functions win over cmdlets. All names in this file are looked at; of its own functions, the aliases.
    $commands = $ExecutionContext.InvokeCommand
    $removeItem = $commands.GetCommand('Remove-Item', 'Cmdlet')
    $getModule = $commands.GetCommand('Get-Module', 'Cmdlet')
    $importModule = $commands.GetCommand('Import-Module', 'Cmdlet')
    $kinds = @{}
    foreach ($word in [regex]::Matches($Text, '\b[A-Z]\w*-[A-Z]\w+|\b\w+\.exe\b')) {
        $kinds[$word.Value] = 'Alias, Function, Filter'
    }
    # At the beginning of a line: a name in the data may say 'function' too.
    foreach ($own in [regex]::Matches($Text, '(?m)^ *function ([A-Z]\w*-\w+)')) { $kinds[$own.Groups[1].Value] = 'Alias' }
    foreach ($name in $kinds.Keys) {
        $again = $true
        while ($again) {
            $again = $false
            foreach ($one in @($commands.GetCommands($name, $kinds[$name], $false))) {
                if ([string]$one.CommandType -ne 'Alias' -and [string]$one.ModuleName -match $Known) { continue }
                $drive = @{ Alias = 'alias'; Function = 'function'; Filter = 'function' }[[string]$one.CommandType]
                & $removeItem -LiteralPath ($drive + ':\' + $name) -Force -WhatIf:$false -Confirm:$false
                $Session.Aside += $drive + ' ' + $name
                $Session.Commands += $one
                $again = $true
            }
        }
    }
    # A stranger may have had the place of a function of a module.
    foreach ($module in @(& $getModule)) {
        $lost = $false
        foreach ($one in $Session.Commands) { $lost = $lost -or $module.ExportedFunctions.ContainsKey($one.Name) }
        if ($lost -and $module.Name -match $Known) { & $importModule -ModuleInfo $module -Global -DisableNameChecking }
    }
}
$RestoreSession = {
    $setItem = $ExecutionContext.InvokeCommand.GetCommand('Set-Item', 'Cmdlet')
    $setAlias = $ExecutionContext.InvokeCommand.GetCommand('Set-Alias', 'Cmdlet')
    foreach ($one in $Session.Commands) {
        if ([string]$one.CommandType -eq 'Alias') {
            & $setAlias -Name $one.Name -Value $one.Definition -Scope 'Global' -Force -WhatIf:$false -Confirm:$false
        } else {
            $place = 'function:\global:' + $one.Name
            & $setItem -LiteralPath $place -Value $one.ScriptBlock -Force -WhatIf:$false -Confirm:$false
        }
    }
    foreach ($name in $Fresh.Keys) {
        if (-not $Session.Old.ContainsKey($name)) { continue }
        $old = $Session.Old[$name]
        if ($null -eq $old) { $ExecutionContext.SessionState.PSVariable.Remove('global:' + $name); continue }
        $ExecutionContext.SessionState.PSVariable.Set('global:' + $name, $old.Value)
    }
    if ($Session.Old['Location']) { $null = $ExecutionContext.SessionState.Path.SetLocation($Session.Old.Location) }
    if ($Session.Old['Culture']) { [System.Threading.Thread]::CurrentThread.CurrentCulture = $Session.Old.Culture }
    foreach ($name in $Hooks) { $ExecutionContext.InvokeCommand.PSObject.Properties[$name].Value = $Session.Old[$name] }
}
# ---- The machine. Functions of the rehearsal kit are used instead: START and COMPLETE say so.
$Replaced = @(foreach ($name in @('Get-ChangeHost', 'Get-ChangeRight', 'Test-ChangePort', 'Get-ChangeListener',
            'Test-ChangeDisabled', 'Get-ChangeCertificate', 'Resolve-ChangeName')) {
    foreach ($one in @($ExecutionContext.InvokeCommand.GetCommands($name, 'Function', $false))) {
        if ($one.ModuleName -eq 'LyncSim') { $name } else { $Session.Aside += 'function ' + $name }
    }
})
$Rehearsal = 'rehearsal=' + ($Replaced -join ',')
if ($Replaced.Count -eq 0) { $Rehearsal = 'rehearsal=no' }
if ($Replaced -notcontains 'Get-ChangeHost') {
    function Get-ChangeHost {
        <# .SYNOPSIS
            FQDN of this computer: its name and primary DNS suffix, as the topology has it. #>
        $own = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
        return ($own.HostName + '.' + $own.DomainName).TrimEnd('.').ToLowerInvariant()
    }
}
if ($Replaced -notcontains 'Get-ChangeRight') {
    function Get-ChangeRight {
        <# .SYNOPSIS
            'Administrator' when the shell is elevated, and the RTC groups of the user. #>
        $user = [System.Security.Principal.WindowsIdentity]::GetCurrent()
        $principal = New-Object -TypeName 'System.Security.Principal.WindowsPrincipal' -ArgumentList $user
        if ($principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)) { 'Administrator' }
        foreach ($group in $user.Groups) {
            try {
                $name = $group.Translate([System.Security.Principal.NTAccount]).Value -replace '^.*\\', ''
                if ($name -like 'RTC*') { $name }
            } catch { Write-Verbose -Message ('No name for ' + $group.Value) }
        }
    }
}
if ($Replaced -notcontains 'Test-ChangePort') {
    function Test-ChangePort([string]$Target, [int]$Port, [int]$Seconds) {
        <# .SYNOPSIS
            One bounded TCP connect: open, closed (refused), silent (no answer) or unknown (no such name, no route). #>
        $family = [System.Net.Sockets.AddressFamily]::InterNetwork
        if ($Target -like '*:*') { $family = [System.Net.Sockets.AddressFamily]::InterNetworkV6 }
        $client = New-Object -TypeName 'System.Net.Sockets.TcpClient' -ArgumentList $family
        try {
            $attempt = $client.BeginConnect($Target, $Port, $null, $null)
            if (-not $attempt.AsyncWaitHandle.WaitOne([TimeSpan]::FromSeconds($Seconds), $false)) { return 'silent' }
            $client.EndConnect($attempt)
            return 'open'
        } catch {
            $cause = $_.Exception.GetBaseException()
            if ($cause -isnot [System.Net.Sockets.SocketException]) { return 'unknown' }
            if ([string]$cause.SocketErrorCode -eq 'ConnectionRefused') { return 'closed' }
            if ([string]$cause.SocketErrorCode -eq 'TimedOut') { return 'silent' }
            return 'unknown'
        } finally { $client.Close() }
    }
}
if ($Replaced -notcontains 'Get-ChangeListener') {
    function Get-ChangeListener([int]$Port) {
        <# .SYNOPSIS
            Where this computer listens on a TCP port, as 'address:port', besides the loopback. Connects to nothing. #>
        $own = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties().GetActiveTcpListeners()
        $own | Where-Object { $_.Port -eq $Port -and -not [System.Net.IPAddress]::IsLoopback($_.Address) } |
            ForEach-Object { [string]$_ }
    }
}
if ($Replaced -notcontains 'Test-ChangeDisabled') {
    function Test-ChangeDisabled([string]$Service) {
        <# .SYNOPSIS
            Whether a service is disabled; not where that cannot be read. PowerShell 3.0 has it in the registry only. #>
        $key = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\' + $Service
        try { return [Microsoft.Win32.Registry]::GetValue($key, 'Start', 0) -eq 4 } catch { return $false }
    }
}
if ($Replaced -notcontains 'Get-ChangeCertificate') {
    function Get-ChangeCertificate([string]$Store) {
        <# .SYNOPSIS
            Certificates of one store of this computer: My or Root. #>
        $computer = [System.Security.Cryptography.X509Certificates.StoreLocation]::LocalMachine
        $name = 'System.Security.Cryptography.X509Certificates.X509Store'
        $all = New-Object -TypeName $name -ArgumentList $Store, $computer
        $all.Open([System.Security.Cryptography.X509Certificates.OpenFlags]::ReadOnly)
        try { $all.Certificates } finally { $all.Close() }
    }
}
if ($Replaced -notcontains 'Resolve-ChangeName') {
    function Resolve-ChangeName {
        <# .SYNOPSIS
            What one DNS server has: 'TTL data' for each record, '?' for a TTL that is not shown. The data is an address,
            'priority weight port target', of SOA the serial, or CNAME. Throws when the server does not say. #>
        param([string]$Name, [string]$Type, [string]$Server)
        if ($null -ne (Get-Command -Name 'Resolve-DnsName' -ErrorAction SilentlyContinue)) {
            try {
                # A server may add addresses of name servers and targets; they are of other names or in another section.
                $all = @(Resolve-DnsName -Name $Name -Type $Type -Server $Server -DnsOnly -NoHostsFile -ErrorAction Stop |
                    Where-Object { [string]$_.Section -eq 'Answer' -and $_.Name -eq $Name })
            } catch {
                if ($_.FullyQualifiedErrorId -match '^DNS_(ERROR_RCODE_NAME_ERROR|INFO_NO_RECORDS)') { return }
                throw
            }
            foreach ($one in @($all | Where-Object { @($Type, 'CNAME') -contains [string]$_.QueryType })) {
                $shape = @{ A = 'IPAddress'; AAAA = 'IPAddress'; SOA = 'SerialNumber'; CNAME = 'QueryType'
                    SRV = 'Priority', 'Weight', 'Port', 'NameTarget' }[[string]$one.QueryType]
                $data = @($shape | ForEach-Object { $one.PSObject.Properties[$_].Value }) -join ' '
                '{0} {1}' -f $one.TTL, $data.TrimEnd('.').ToLowerInvariant()
            }
            return
        }
        # Windows Server 2008 R2 has only nslookup. It gets an address: with a name it may end up at another server.
        $at = [string]@([System.Net.Dns]::GetHostAddresses($Server) | Sort-Object -Property 'AddressFamily')[0]
        # It writes remarks to the error stream: under Stop they would end the script.
        $ErrorActionPreference = 'Continue'
        $text = @(nslookup.exe ('-type=' + $Type) ($Name + '.') $at 2>&1 | ForEach-Object { ([string]$_).TrimEnd() })
        $text = $text -join [char]10
        # The server itself comes first, up to a blank line. Remarks (***) and lines of other names are no answer.
        $own = [regex]::Escape($Name)
        $answer = @($text -split ('(?s)' + [regex]::Escape($at) + '.*?\n\n'), 2)[1]
        $answer = $answer -replace ('(?m)^(\*\*\*|(?!' + $own + '\s).* address = ).*$'), ''
        $shape = @{ A = '(?<![^\s,])(\d+\.\d+\.\d+\.\d+)(?![^\s,])'
            AAAA = '(?i)(?<![^\s,])([\da-f]*:[\da-f]*:[\da-f:.]*)(?![^\s,])'
            SOA = 'serial\s*=\s*(\d+)'
            SRV = 'priority\s*=\s*(\d+)\s+weight\s*=\s*(\d+)\s+port\s*=\s*(\d+)\s+svr hostname\s*=\s*(\S+)' }[$Type]
        $found = @(foreach ($match in [regex]::Matches($answer, $shape)) {
            $value = @($match.Groups | Select-Object -Skip 1 | ForEach-Object { $_.Value }) -join ' '
            '? ' + $value.TrimEnd('.').ToLowerInvariant()
        })
        # There is no such record only where it says so: no such name, or the name without data of this type.
        $none = '(?m)^\*\*\*.*({0}.*(Non-existent domain|NXDOMAIN)|records available for {0})' -f $own
        $said = $found.Count -gt 0 -or $text -match $none -or $answer -match ($own + '|primary name server')
        if ($said -and $answer -notmatch 'Served by:') { return $found }
        throw ('no answer from DNS server {0} that can be understood' -f $Server)
    }
}

# ---- Evidence, exit codes, state.
function Show-ChangeLine {
    <# .SYNOPSIS
        Show one line. A screen that fails stops nothing: the evidence log has it. #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'for the operator')]
    param([string]$Text)
    try { Write-Host -Object ($Text -replace $Unprintable, '?') } catch { return }
}

function Write-ChangeRecord {
    <# .SYNOPSIS
        Append one line to the evidence log (JSON lines), then show it. A -WhatIf run writes no file. #>
    param([string]$Step, [string]$Outcome, [string]$Command = '', [string]$Detail = '')
    $now = [DateTime]::UtcNow.ToString('o')
    if (-not $Run.DryRun -and $null -ne $Run.Lock) {
        $record = [ordered]@{
            utc = $now; plan = $Plan.Id; script = $Plan.Script; stage = $Run.Stage; host = $Run.Host; who = $Run.Who
            step = $Step; command = $Command; outcome = $Outcome; detail = $Detail
        }
        $line = (ConvertTo-Json -InputObject $record -Compress) + [Environment]::NewLine
        [System.IO.File]::AppendAllText($Run.Evidence, $line)
    }
    Show-ChangeLine -Text ('{0} {1} {2} {3} {4}' -f $now, $Outcome, $Step, $Command, $Detail)
}

function Exit-ChangeStage([int]$Code, [string]$Why) {
    <# .SYNOPSIS
        Leave the stage: 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first. #>
    $problem = New-Object -TypeName 'System.InvalidOperationException' -ArgumentList $Why
    $problem.Data['ExitCode'] = $Code
    throw $problem
}

function Read-ChangeState {
    <# .SYNOPSIS
        Read the state file of this computer; refuse one of another plan or one that cannot be read. #>
    if (-not [System.IO.File]::Exists($Run.StatePath)) { return }
    $state = $null
    $why = 'it belongs to another plan'
    try { $state = Import-Clixml -LiteralPath $Run.StatePath } catch { $why = $_.Exception.Message }
    if ($state -isnot [hashtable] -or [string]$state['Plan'] -cne $Plan.Id) {
        $way = 'nothing was done. Put {0}.old in its place, or move it away (what it noted is lost), then run this again'
        Exit-ChangeStage -Code 1 -Why (('cannot use state file {0}: {1}; ' + $way) -f $Run.StatePath, $why)
    }
    $Run.State = $state
}

function Save-ChangeValue([string]$Name, [string]$Value) {
    <# .SYNOPSIS
        Put one value into the state file, by way of a second file: a crash leaves the old state or the new one. #>
    if ($Run.DryRun) { return }
    $Run.State[$Name] = $Value
    $fresh = $Run.StatePath + '.new'
    Export-Clixml -InputObject $Run.State -LiteralPath $fresh -Force -WhatIf:$false -Confirm:$false
    if (-not [System.IO.File]::Exists($Run.StatePath)) { [System.IO.File]::Move($fresh, $Run.StatePath); return }
    [System.IO.File]::Replace($fresh, $Run.StatePath, $Run.StatePath + '.old')
}

function Test-ChangeDone([string]$Stage) {
    <# .SYNOPSIS
        Whether a stage of this script is done on this computer. #>
    return ([string]$Run.State[$Run.Mine + $Stage]) -clike 'Done *'
}

function Complete-ChangeStage {
    <# .SYNOPSIS
        Note the stage as done. The opposite script can be run again: what it noted of its progress is removed. #>
    foreach ($name in @($Run.State.Keys) -clike ($Plan.Opposite + ':*')) { $Run.State.Remove($name) }
    Save-ChangeValue -Name ($Run.Mine + $Run.Stage) -Value ('Done ' + [DateTime]::UtcNow.ToString('o'))
}

# ---- Facts: nothing below this line changes anything until Invoke-ChangeStep.
function ConvertTo-ChangeText([object[]]$From, [string]$Property) {
    <# .SYNOPSIS
        Objects, or properties of each ('A,B'), as sorted texts without doubles, empty values and ports that are 0. #>
    $values = foreach ($one in $From) {
        if ($Property -eq '') { $one; continue }
        foreach ($name in $Property -split ',') {
            $member = $one.PSObject.Properties[$name]
            if ($null -eq $member) { '(no property {0})' -f $name; continue }
            # A port of 0 is none: the cmdlets that set ports take a number and no empty value.
            if ($name -notlike '*Port' -or [string]$member.Value -ne '0') { $member.Value }
        }
    }
    return @($values | ForEach-Object { [string]$_ } | Where-Object { $_ -ne '' } | Sort-Object -Unique)
}

function Format-ChangeList([object[]]$From) {
    <# .SYNOPSIS
        Values for a message: '[A, B]', or 'none'. #>
    if (@($From).Count -eq 0) { return 'none' }
    return '[{0}]' -f ($From -join ', ')
}

function Test-ChangeWay([string[]]$From, [string[]]$To, [string[]]$Found) {
    <# .SYNOPSIS
        Whether records ('TTL data') are on their way: all data of one side is there, no other data, and no other TTL. #>
    $both = @($From) + @($To)
    $data = @($Found -replace '^\d+ ', '')
    $strange = @($Found | Where-Object {
            @($both -replace '^\d+ ', '') -notcontains ($_ -replace '^\d+ ', '') -or
            @($both -replace ' .*$', '') -notcontains ($_ -replace ' .*$', '')
        })
    $old = @($From | Where-Object { $data -notcontains ($_ -replace '^\d+ ', '') })
    $new = @($To | Where-Object { $data -notcontains ($_ -replace '^\d+ ', '') })
    return $strange.Count -eq 0 -and ($old.Count -eq 0 -or $new.Count -eq 0)
}

function Write-ChangeFact([hashtable]$Fact, [bool]$Good, [string]$Detail) {
    <# .SYNOPSIS
        Note whether a fact is as it should be. A failure that is not waived is kept for Assert-ChangeFact; here and now
        one that is Firm cannot be. #>
    $outcome = 'FAIL'
    if ($Fact['Warn'] -eq 'All') { $outcome = 'WARNING' }
    if ($Fact.Id -clike 'P*' -and $Run.Waive -contains $Fact.Id) { $outcome = 'WAIVED' }
    if ($Good) { $outcome = 'PASS' }
    if ($outcome -eq 'FAIL') {
        $Run.Failed += '{0} {1}' -f $Fact.Id, $Fact.Says
        if ($Fact.Id -clike 'P*' -and -not $Fact['Firm']) { $Run.CanWaive += $Fact.Id }
    }
    Write-ChangeRecord -Step $Fact.Id -Outcome $outcome -Detail $Detail
}

function Confirm-ChangeFact([hashtable]$Fact, [object[]]$Have) {
    <# .SYNOPSIS
        Compare what is (Have) with what a fact says: Is, Has, Only, Like, or From and To. #>
    $kind = @('Is', 'Has', 'Only', 'Like', 'From' | Where-Object { $Fact.ContainsKey($_) })[0]
    $want = @(ConvertTo-ChangeText -From $Fact[$kind])
    $to = @(ConvertTo-ChangeText -From $Fact['To'])
    $found = @(ConvertTo-ChangeText -From $Have)
    $has = @($want | Where-Object { $found -notcontains $_ }).Count -eq 0
    $only = @($found | Where-Object { $want -notcontains $_ }).Count -eq 0
    $like = @($found | Where-Object { $kind -eq 'Like' -and $_ -like $want[0] })
    $way = $kind -eq 'From' -and (Test-ChangeWay -From $want -To $to -Found $found)
    $good = @{ Is = $has -and $only; Has = $has; Only = $only; Like = $like.Count -gt 0; From = $way }[$kind]
    if ($like.Count -gt 0) { $found = $like }
    $detail = '{0}: {1}' -f $Fact.Says, ($found -join ',')
    if (-not $good) {
        $how = @{ Is = ''; Has = 'at least '; Only = 'only '; Like = 'like '; From = '' }[$kind]
        $detail = '{0}: expected {1}{2}' -f $Fact.Says, $how, (Format-ChangeList -From $want)
        if ($kind -eq 'From') { $detail += ' or ' + (Format-ChangeList -From $to) }
        $detail += ', found ' + (Format-ChangeList -From $found)
    }
    Write-ChangeFact -Fact $Fact -Good $good -Detail $detail
    if ($Fact['Warn'] -ne 'Others' -or $only) { return }
    $detail = '{0}: not in the plan [{1}]' -f $Fact.Says, (@($found | Where-Object { $want -notcontains $_ }) -join ',')
    Write-ChangeRecord -Step $Fact.Id -Outcome 'WARNING' -Detail $detail
}

function Test-ChangeRead([hashtable]$Of, [hashtable]$Into) {
    <# .SYNOPSIS
        Read what a fact or a step is about, before anything is changed: the texts Have, and all of them as Now. Without
        Read it is about what was read Into that before. What cannot be read has failed. #>
    if ($Of.ContainsKey('Read')) {
        $Into['Why'] = ''
        $Into['Objects'] = @()
        try { $Into.Objects = @(& $Of.Read) } catch {
            if ($null -ne $_.Exception.Data['ExitCode']) { throw }
            $Into.Why = 'cannot be read: ' + $_.Exception.Message
        }
    }
    $Into['Have'] = @(ConvertTo-ChangeText -From $Into.Objects -Property $Of['Property'])
    $Into['Now'] = $Into.Have -join ','
    if ($Into.Why -ne '') { Write-ChangeFact -Fact $Of -Good $false -Detail ('{0}: {1}' -f $Of.Says, $Into.Why) }
    return $Into.Why -eq ''
}

function Read-ChangeFact([hashtable]$Stage, [switch]$Done) {
    <# .SYNOPSIS
        Read what the facts of a stage are about, and compare. With Done, From is over: only To will do. #>
    $read = @{}
    foreach ($fact in $Stage['Facts']) {
        if ($fact.ContainsKey('When') -and -not $Run.Given.ContainsKey($fact.When)) { continue }
        if (-not (Test-ChangeRead -Of $fact -Into $read)) { continue }
        $one = $fact.Clone()
        if ($Done -and $fact.ContainsKey('From')) { $one.Remove('From'); $one['Is'] = $fact.To }
        Confirm-ChangeFact -Fact $one -Have $read.Have
    }
}

function Confirm-ChangeRest([hashtable]$Stage, [hashtable]$Step) {
    <# .SYNOPSIS
        Leave the stage unless the data of To is there, of the fact that the step Needs: it is what stays. #>
    foreach ($fact in @($Stage['Facts'] | Where-Object { $_.Id -ceq $Step['Needs'] })) {
        $rest = @{ Id = $Step.Id; Says = $fact.Says + ', what stays'; Has = @($fact.To -replace '^\d+ ', '') }
        Confirm-ChangeFact -Fact $rest -Have @(ConvertTo-ChangeText -From @(& $fact.Read) -Property 'Data')
    }
    Assert-ChangeFact
}

function Assert-ChangeFact {
    <# .SYNOPSIS
        Leave the stage if any fact failed. #>
    if ($Run.Failed.Count -eq 0) { return }
    $way = ': fix it'
    $numbers = @($Run.CanWaive | Select-Object -Unique) -join ','
    if ($Run.CanWaive.Count -eq $Run.Failed.Count) { $way += ', or go on without by -Waive ' + $numbers }
    Exit-ChangeStage -Code 3 -Why ('not as planned: ' + ($Run.Failed -join '; ') + $way)
}

function Confirm-ChangeAttest([string]$Step, [string]$Fact) {
    <# .SYNOPSIS
        A fact that this script cannot see: take the operator's word (-Attest) into evidence, or leave with 5. #>
    if ($Run.Attest -eq '') { Exit-ChangeStage -Code 5 -Why ('pass -Attest "who, ticket" once this is so: ' + $Fact) }
    Write-ChangeRecord -Step $Step -Outcome 'ATTESTED' -Detail ('{0}: {1}' -f $Fact, $Run.Attest)
}

function Confirm-ChangeStopped([hashtable]$Stage) {
    <# .SYNOPSIS
        Leave the stage while a server of MustBeStopped answers. Silence will do where Preflight saw the port open. #>
    if ($Stage.ContainsKey('MustBeStopped') -and $Run.AllowRunningTarget) {
        Write-ChangeRecord -Step $Stage.Name -Outcome 'OVERRIDE' -Detail 'not checked that the target pool is stopped'
        return
    }
    $doubt = @()
    foreach ($server in $Stage['MustBeStopped']) {
        $answer = Test-ChangePort -Target $server -Port $SipPort -Seconds 5
        $why = '{0}:{1} still answers: run stage Stop there first' -f ($server -replace $IPv6, '[$0]'), $SipPort
        if ($answer -ceq 'open') { Exit-ChangeStage -Code 3 -Why $why }
        if ($answer -cne 'closed' -and $Run.State['Open ' + $server] -cne 'open') { $doubt += $server }
    }
    $fact = 'stage Stop is done on ' + ($doubt -join ', ')
    if ($doubt.Count -gt 0) { Confirm-ChangeAttest -Step $Stage.Name -Fact $fact }
}

function Get-ChangeStamp([object]$Seconds) {
    <# .SYNOPSIS
        UTC minute from now, as digits; of a later time, the minute in which it is over. #>
    if ($Seconds -gt 0) { $Seconds += 59 }
    return ([DateTime]::UtcNow.AddSeconds($Seconds).ToString('o').Substring(0, 16) -replace '\D', '')
}

function Get-ChangeReceipt([string]$Stage, [string]$Stamp) {
    <# .SYNOPSIS
        Receipt of a passed stage: UTC stamp, and a checksum over plan, stage and stamp; typed in on another server. #>
    $sha = New-Object -TypeName 'System.Security.Cryptography.SHA256CryptoServiceProvider'
    $hash = $sha.ComputeHash([System.Text.Encoding]::ASCII.GetBytes($Plan.Id + '|' + $Stage + '|' + $Stamp))
    return ('{0}-{1}' -f $Stamp, [System.BitConverter]::ToString($hash, 0, 4).Replace('-', ''))
}

function Confirm-ChangeReceipt([hashtable]$Stage) {
    <# .SYNOPSIS
        Leave the stage without the receipt that another of this very plan printed, after this server was last rolled
        back; asked for once per server. Before the time of a receipt that is for later, the stage needs -Attest. #>
    $from = $Stage.Receipt
    $receipt = $Run.Receipt
    if ($receipt -eq '') { $receipt = [string]$Run.State[$Run.Mine + 'Receipt'] }
    $stamp = ($receipt -split '-')[0]
    if ($receipt -eq '' -or $receipt -cne (Get-ChangeReceipt -Stage $from -Stamp $stamp)) {
        Exit-ChangeStage -Code 5 -Why ('pass the receipt that stage {0} of this plan printed: -Receipt' -f $from)
    }
    $later = [int]@(Get-ChangeStage -Name $from | ForEach-Object { $_['PrintsReceipt'] } | Where-Object { $_ })[0]
    $time = $stamp -replace '^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$', '$1-$2-$3 $4:$5'
    $printed = ([DateTime]$time).AddSeconds(-$later).ToString('o').Substring(0, 16) -replace '\D', ''
    foreach ($name in @($Run.State.Keys) -clike ($Plan.Opposite + ':*')) {
        $back = [string]$Run.State[$name]
        if ($back -cnotlike 'Done *' -or $printed -ge ($back.Substring(5, 16) -replace '\D', '')) { continue }
        $form = 'this receipt is from before {0} {1}: run stage {2} again, and pass the receipt that it prints: -Receipt'
        Exit-ChangeStage -Code 5 -Why ($form -f ($name -replace ':', ' '), $back, $from)
    }
    if ($later -gt 0 -and (Get-ChangeStamp -Seconds 0) -lt $stamp) {
        $fact = 'no resolver has an old answer; by the receipt that is so from {0} UTC on' -f $time
        Confirm-ChangeAttest -Step $Stage.Name -Fact $fact
    }
    Save-ChangeValue -Name ($Run.Mine + 'Receipt') -Value $receipt
}

function ConvertTo-ChangeData([object[]]$From) {
    <# .SYNOPSIS
        Record data in one spelling: addresses as .NET prints them, SRV data in lower case with a dot at the end. #>
    foreach ($data in @($From | Where-Object { $null -ne $_ })) {
        $address = $null
        # .NET takes a mere number for an address too.
        $shaped = $data -match '[.:]'
        if ($shaped -and [System.Net.IPAddress]::TryParse([string]$data, [ref]$address)) { $address.ToString(); continue }
        (([string]$data).Trim() -replace '\s+', ' ').TrimEnd('.').ToLowerInvariant() + '.'
    }
}

# ---- What the blocks of $Stages call besides cmdlets.
function Get-SubordinateCa {
    <# .SYNOPSIS
        Subjects of certificates among the trusted roots that another one has issued. #>
    Get-ChangeCertificate -Store 'Root' | Where-Object { $_.Subject -ne $_.Issuer } | ForEach-Object { $_.Subject }
}

function Get-CertificateFault([string]$Until) {
    <# .SYNOPSIS
        What is wrong with each certificate in use, where something is: now and, of a window to come, until its end. #>
    $now = [DateTime]::UtcNow
    $last = $now
    if ($Until -ne '') { $last = ([DateTime]$Until).ToUniversalTime() }
    if ($last -lt $now) { $last = $now }
    $own = @(Get-ChangeCertificate -Store 'My')
    foreach ($one in @(Get-CsCertificate -ErrorAction Stop)) {
        $what = '{0} {1}: ' -f $one.Use, $one.Thumbprint
        $found = @($own | Where-Object { $_.Thumbprint -eq $one.Thumbprint })
        if ($found.Count -eq 0) { $what + 'not in the store My'; continue }
        $begin = $found[0].NotBefore.ToUniversalTime()
        $end = $found[0].NotAfter.ToUniversalTime()
        if ($begin -gt $now) { $what + 'begins ' + $begin.ToString('u') }
        if (-not $found[0].HasPrivateKey) { $what + 'no private key' }
        if ($end -lt $last) { $what + 'ends ' + $end.ToString('u') }
    }
}

function Get-CurrentReplica {
    <# .SYNOPSIS
        Computers whose replica of the configuration is up to date. #>
    Get-CsManagementStoreReplicationStatus -ErrorAction Stop | Where-Object { [string]$_.UpToDate -eq 'True' } |
        ForEach-Object { $_.ReplicaFqdn }
}

function Get-RoutedSite([string]$Pool, [string]$Property = 'XmppFederationRoute') {
    <# .SYNOPSIS
        Sites whose federation route, of XMPP or by another Property, leads to a pool. #>
    return @(Get-CsSite -ErrorAction Stop |
            Where-Object { (Get-SiteRoute -Site $_.Identity -Property $Property) -eq $Pool })
}

function Get-StoreStatus([string]$Of, [string]$Computers) {
    <# .SYNOPSIS
        Which computers run the Central Management store. Those of the pool Of are given as the pool: no page says
        whether the properties hold the name of the pool or those of its computers. Where Computers are given the store
        may be down, and then none does. #>
    $own = @($Computers -split ',')
    if ($Computers -eq '') {
        $own = @(Get-CsPool -ErrorAction Stop | Where-Object { $_.Identity -eq $Of } | ForEach-Object { $_.Computers })
    }
    $status = @()
    try { $status = @(Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus -ErrorAction Stop) } catch {
        if ($Computers -eq '') { throw }
        Write-ChangeOnce -Outcome 'NOTE' -Detail ('taken for down, the store gives no status: ' + $_.Exception.Message)
    }
    $found = @{}
    foreach ($name in @('ActiveMasterFqdn', 'ActiveFileTransferAgents')) {
        $found[$name] = @(ConvertTo-ChangeText -From $status -Property $name |
                ForEach-Object { if ($own -contains $_) { $Of } else { $_ } })
    }
    return New-Object -TypeName 'PSObject' -Property $found
}

function Get-MediaEdge([string]$Of) {
    <# .SYNOPSIS
        The Edge pool that has services of a Front End pool as dependents: its media goes through that one. One text, also
        where there are several or none. #>
    $found = foreach ($edge in @(Get-CsService -EdgeServer -ErrorAction Stop)) {
        $pools = @($edge.DependentServiceList | ForEach-Object { ([string]$_ -split ':')[-1].Trim() })
        if ($pools -contains $Of) { $edge.Identity }
    }
    if (@($found).Count -eq 0) { return 'no Edge pool' }
    return (@($found | Sort-Object) -join ' and ')
}

function Get-BackupPool([string]$Of) {
    <# .SYNOPSIS
        What the backup relationship of a pool names. No page says what its properties are called: all count. #>
    $found = @(Get-CsPoolBackupRelationship -PoolFqdn $Of -LocalStore -ErrorAction Stop)
    $found | ForEach-Object { [string]$_; $_.PSObject.Properties | ForEach-Object { [string]$_.Value } }
}

function Get-SiteRoute([string]$Site, [string]$Property = 'XmppFederationRoute') {
    <# .SYNOPSIS
        Federation route of one site, of XMPP or by another Property, without the EdgeServer: prefix and in lower case;
        '' when there is none. The pages about XMPP have another name for theirs. #>
    $found = @(Get-CsSite -Identity ($Site -replace '^Site:', '') -ErrorAction Stop)
    if ($found.Count -ne 1) { Exit-ChangeStage -Code 3 -Why ('sites named {0}: {1}' -f $Site, $found.Count) }
    foreach ($name in @($Property, ($Property -replace '^Xmpp', 'XmppExternal'))) {
        $own = $found[0].PSObject.Properties[$name]
        if ($null -ne $own) { return (([string]$own.Value) -replace '^EdgeServer:', '').ToLowerInvariant() }
    }
    Exit-ChangeStage -Code 3 -Why ('Get-CsSite shows no {0} for {1}' -f $Property, $Site)
}

function Get-XmppService([string]$Not) {
    <# .SYNOPSIS
        Names of the XMPP services of this server that are not in one state, without those that -Waive names. No page
        says what they are called: the display name tells. #>
    $all = @(Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop | Where-Object { $_.DisplayName -like '*XMPP*' })
    foreach ($name in @($all | Where-Object { [string]$_.Status -ne $Not } | ForEach-Object { $_.Name })) {
        if ($Run.Waive -notcontains $name) { $name; continue }
        Write-ChangeOnce -Outcome 'WAIVED' -Detail ('service {0} is not {1}' -f $name, $Not)
    }
}

function Get-ServiceUp {
    <# .SYNOPSIS
        Services of the product that are not stopped. #>
    Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop | Where-Object { [string]$_.Status -ne 'Stopped' }
}

function Get-ServiceDown([string]$Noted, [string]$With = 'XMPP') {
    <# .SYNOPSIS
        Services that have to run and do not: those that the step Noted before it stopped them or, where none was noted,
        that are not disabled; and one With that in its display name, itself where there is none. Less those of -Waive. #>
    $all = @(Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop)
    $up = @($all | Where-Object { [string]$_.Status -eq 'Running' } | ForEach-Object { $_.Name })
    # A step of this script or, in a rollback, of the other one.
    $need = @($Plan.Script, $Plan.Opposite | ForEach-Object { [string]$Run.State[$_ + ':Had ' + $Noted] -split ',' })
    $need = @($need | Where-Object { $_ -ne '' })
    if ($need.Count -eq 0) {
        $need = @($all | ForEach-Object { $_.Name })
        $off = @($need | Where-Object { $up -notcontains $_ -and (Test-ChangeDisabled -Service $_) })
        $need = @($need | Where-Object { $off -notcontains $_ })
        $detail = 'disabled, not waited for: ' + ($off -join ', ')
        if ($off.Count -gt 0) { Write-ChangeOnce -Outcome 'NOTE' -Detail $detail }
    }
    $role = @($all | Where-Object { $_.DisplayName -like ('*' + $With + '*') } | ForEach-Object { $_.Name })
    if ($role.Count -eq 0) { $role = @($With) }
    foreach ($name in @($need + $role | Where-Object { $up -notcontains $_ } | Select-Object -Unique)) {
        if ($Run.Waive -notcontains $name) { $name; continue }
        Write-ChangeOnce -Outcome 'WAIVED' -Detail ('service {0} does not run' -f $name)
    }
}

function Write-ChangeOnce([string]$Outcome, [string]$Detail) {
    <# .SYNOPSIS
        Write-ChangeRecord for what is read again and again, in one run once. #>
    if ($Run.Said -contains $Detail) { return }
    $Run.Said += $Detail
    Write-ChangeRecord -Step $Run.Stage -Outcome $Outcome -Detail $Detail
}

# ---- DNS. A record is 'TTL data'. A set with Is does not change: that is its From and its To.
$Called = @{ From = 'before'; Way = 'partly after'; To = 'after' }
if ($Plan.Script -eq 'rollback') { $Called = @{ From = 'after'; Way = 'partly after'; To = 'before' } }

function ConvertTo-ChangeSet([object[]]$From) {
    <# .SYNOPSIS
        Records with their data in one spelling, sorted. #>
    $all = foreach ($one in @($From | Where-Object { $_ })) {
        $ttl, $data = $one -split ' ', 2
        '{0} {1}' -f $ttl, (ConvertTo-ChangeData -From $data).TrimEnd('.')
    }
    return @($all | Sort-Object -Unique)
}

function Expand-ChangeSet([hashtable]$Set, [string]$Id, [string]$Name) {
    <# .SYNOPSIS
        One of the sets of an entry: * is its name. #>
    $own = @{ Id = $Id; Set = $Set.Set.Replace('*', $Name) }
    foreach ($key in @('Is', 'From', 'To')) {
        if ($Set.ContainsKey($key)) { $own[$key] = @($Set[$key] | ForEach-Object { $_.Replace('*', $Name) }) }
    }
    return $own
}

function Expand-ChangeZone([hashtable]$Zone) {
    <# .SYNOPSIS
        The zones of an entry, each with all of its sets. #>
    $one = $Zone.Clone()
    if (-not $Zone.ContainsKey('Of')) {
        $one['Records'] = @(foreach ($set in $Zone.Records) {
                if (-not $set.ContainsKey('Of')) { $set; continue }
                foreach ($line in $set.Of) {
                    $id, $name = $line -split ' '
                    Expand-ChangeSet -Set $set -Id $id -Name $name
                }
            })
        return $one
    }
    foreach ($line in $Zone.Of) {
        $one = $Zone.Clone()
        $one['Id'], $one['Zone'], $from, $to = $line -split ' '
        if ($null -ne $from) { $one['From'], $one['To'] = $from, $to }
        $one['Records'] = @(foreach ($set in $Zone.Records) {
                $id = 'P{0:00}' -f ([int]$one.Id.Substring(1) + $set.Plus)
                Expand-ChangeSet -Set $set -Id $id -Name $one.Zone
            })
        $one
    }
}

function Get-ChangeSilence([string]$Server) {
    <# .SYNOPSIS
        Why a server is not asked any more, '' if it is: each of hundreds of questions would wait for its time-out. #>
    if ([int]$Run.Silent[$Server] -lt 3) { return '' }
    return 'not asked: the server gave no answer to the questions before'
}

function Read-ChangeSet([hashtable]$Zone, [hashtable]$Set, [string]$Silent) {
    <# .SYNOPSIS
        What the server of a zone has of a set, and the Side that it is on: To, From, Way between the two, Other, or Unknown
        with an Error. Silent is why it is not asked. Unseen: TTLs cannot be read, and are taken to be right. #>
    if ($Silent -eq '') { $Silent = Get-ChangeSilence -Server $Zone.Server }
    $got = @{ Id = $Set.Id; Side = 'Unknown'; Error = $Silent; Found = @(); Unseen = $false; NewTtl = '' }
    $got['Name'], $got['Type'] = $Set.Set -split ' '
    $got['Says'] = '{0} (zone {1} at {2})' -f $Set.Set, $Zone.Zone, $Zone.Server
    $got['Moves'] = $Set.ContainsKey('From')
    $got['Firm'] = $false
    foreach ($side in @('From', 'To')) { $got[$side] = @(ConvertTo-ChangeSet -From (@($Set[$side]) + @($Set['Is']))) }
    $ttls = @($got.To + $got.From -replace ' .*', '' | Select-Object -Unique)
    if ($ttls.Count -gt 1) { $got.NewTtl = $ttls[0] }
    if ($Silent -ne '') { return $got }
    $Run.Asked += 1
    $form = 'DNS question {0}: {1} at {2}'
    if ($Run.Asked -like '*00') { Show-ChangeLine -Text ($form -f $Run.Asked, $Set.Set, $Zone.Server) }
    try {
        $found = @(Resolve-ChangeName -Name $got.Name -Type $got.Type -Server $Zone.Server)
        if ($got.Type -eq 'SOA' -and $found.Count -ne 1) { throw 'this server does not have the zone' }
        $got.Found = @(ConvertTo-ChangeSet -From $found)
        $Run.Silent[$Zone.Server] = 0
    } catch {
        $got.Error = $_.Exception.Message
        if ($got.Error -notlike 'this server *') {
            $got.Error = 'the server gave no answer: ' + $got.Error
            $Run.Silent[$Zone.Server] = 1 + [int]$Run.Silent[$Zone.Server]
        }
        return $got
    }
    $got.Unseen = @($got.Found -like '[?] *').Count -gt 0
    if ($got.Unseen) { foreach ($side in @('From', 'To')) { $got[$side] = @($got[$side] -replace '^\d+ ', '? ') } }
    $got.Side = 'Other'
    if (Test-ChangeWay -From $got.From -To $got.To -Found $got.Found) { $got.Side = 'Way' }
    foreach ($side in @('From', 'To')) { if (($got[$side] -join ',') -eq ($got.Found -join ',')) { $got.Side = $side } }
    return $got
}

function Read-ChangeZone([hashtable]$Zone) {
    <# .SYNOPSIS
        Ask the server of a zone for its serial (Number), then for each of the Sets: for none where that gets no answer. #>
    $serial = Read-ChangeSet -Zone $Zone -Set @{ Id = $Zone.Id; Set = $Zone.Zone + ' SOA' }
    $number = ($serial.Found -join ' ') -replace '^\S+ ', ''
    $sets = @($Zone.Records | ForEach-Object { Read-ChangeSet -Zone $Zone -Set $_ -Silent $serial.Error })
    if (@(@($serial) + $sets | Where-Object { $_.Unseen }).Count -gt 0) {
        Write-ChangeRecord -Step $Zone.Id -Outcome 'NOTE' -Detail 'nslookup shows no TTL: none was compared'
    }
    return @{ Serial = $serial; Number = $number; Sets = $sets }
}

function Test-ChangeSerial([string]$Want, [string]$Number) {
    <# .SYNOPSIS
        Whether a serial is the one wanted; 'N+' is N or a later one, as RFC 1982 counts. #>
    $ahead = ([long]$Number - [long]$Want.TrimEnd('+')) -band 4294967295
    return $ahead -eq 0 -or ($Want -like '*+' -and $ahead -lt 2147483648)
}

function Test-ChangeOver([hashtable]$Set) {
    <# .SYNOPSIS
        Whether none of To is missing and none of From is left, whatever the TTLs and other records. #>
    $to = @($Set.To -replace '^\S+ ', '')
    $found = @($Set.Found -replace '^\S+ ', '')
    $from = @($Set.From -replace '^\S+ ', '')
    $left = @($from | Where-Object { $to -notcontains $_ -and $found -contains $_ })
    $missing = @($to | Where-Object { $found -notcontains $_ })
    return $left.Count + $missing.Count -eq 0
}

function Select-ChangeStale([object[]]$Sets) {
    <# .SYNOPSIS
        The sets that still have to change: not To, nor waived to be. Where only the TTL changes, it alone tells. #>
    $Sets | Where-Object {
        $ttlOnly = ($_.From -replace '^\S+ ', '' -join ',') -eq ($_.To -replace '^\S+ ', '' -join ',')
        $_.Moves -and $_.Side -notmatch '^(To|Unknown)$' -and ($ttlOnly -or -not (Test-ChangeOver -Set $_))
    }
}

function Get-ChangeSerialFault([hashtable]$Zone, [string]$Number, [object[]]$Sets) {
    <# .SYNOPSIS
        Why a serial does not fit the sets that change, '' if it does. The last one that was seen before all had
        changed is kept: secondary servers have it, and ask for no records until it is raised. #>
    if (-not $Zone.ContainsKey('From')) { return '' }
    $note = $Run.Mine + 'Serial ' + $Zone.Zone
    $side = @($Sets | Where-Object { $_.Moves } | ForEach-Object { $_.Side } | Sort-Object -Unique) -join ' and '
    if (@(Select-ChangeStale -Sets $Sets).Count -gt 0) { Save-ChangeValue -Name $note -Value $Number }
    $half = 'some records are those of before the change, others of after'
    if ($side -eq 'From and To' -and -not $Zone['ChangedOn']) { return $half }
    if ($side -notmatch '^(From|To)$') { return '' }
    if (-not (Test-ChangeSerial -Want $Zone[$side] -Number $Number)) {
        $want = $Zone[$side] -replace '\+', ' or later'
        return 'expected {1}: the records are those of {0} the change' -f $Called[$side], $want
    }
    $seen = [string]$Run.State[$note]
    if ($side -eq 'From' -or $seen -eq '') { return '' }
    if ($Number -ne $seen -and (Test-ChangeSerial -Want ($seen + '+') -Number $Number)) { return '' }
    return 'not raised from {0}: secondary servers will not ask for the records of {1} the change' -f $seen, $Called.To
}

function Save-ChangeWait([hashtable]$Stage, [object[]]$Sets) {
    <# .SYNOPSIS
        Note whether a change was seen (Changed), and by how many seconds TTLs of records that go are longer than
        OldAnswers (Over): those of now, and the moment until which those seen before count. #>
    $sides = @($Sets | Where-Object { $_.Moves } | ForEach-Object { $_.Side })
    $seen = [string]$Run.State['Changed']
    if ($seen -eq '' -and $Plan.Script -ne 'rollback') { $seen = 'no' }
    $change = '^(To|Way|Unknown)$'
    if ($Plan.Script -eq 'rollback') { $change = '^(From|Way|Other|Unknown)$' }
    if (@($sides -match $change).Count -gt 0) { $seen = 'yes' }
    if ($seen -ne [string]$Run.State['Changed']) { Save-ChangeValue -Name 'Changed' -Value $seen }
    $stale = @(Select-ChangeStale -Sets $Sets)
    if ($stale.Count -eq 0) { return }
    $name = $Run.Mine + 'Over'
    $had = [long[]]@(([string]$Run.State[$name] + ' 0 0') -split ' ' -ne '')
    $now = [long]0
    foreach ($record in @($stale | ForEach-Object { $_.Found } | Where-Object { $_ -match '^\d' })) {
        $now = [Math]::Max($now, [long]($record -split ' ')[0] - [long]$Stage['OldAnswers'])
    }
    $longest = [Math]::Max($now, $had[0])
    if ($sides -contains 'Unknown') { $now = $longest }
    $until = [Math]::Max($had[1], [DateTime]::UtcNow.AddSeconds($longest).Ticks)
    if ($longest -gt 0) { Save-ChangeValue -Name $name -Value ('{0} {1}' -f $now, $until) }
}

function Get-ChangeOver {
    <# .SYNOPSIS
        Seconds that resolvers may keep old answers longer than planned: see Save-ChangeWait. #>
    $had = [long[]]@(([string]$Run.State[$Run.Mine + 'Over'] + ' 0 0') -split ' ' -ne '')
    $left = ([DateTime]$had[1] - [DateTime]::UtcNow).TotalSeconds
    return [Math]::Max([Math]::Max($had[0], $left), 0)
}

function Confirm-ChangeLook([hashtable]$Stage) {
    <# .SYNOPSIS
        Before anything is changed: each set of that stage is From or To, TTL and all, and the serial fits. #>
    $all = @()
    foreach ($zone in $Stage['Zones']) {
        $got = Read-ChangeZone -Zone $zone
        $all += $got.Sets
        foreach ($set in $got.Sets) {
            $found = Format-ChangeList -From $set.Found
            $good = $set.Side -match '^(From|To)$' -or ($set.Side -eq 'Way' -and $zone['ChangedOn'])
            if ($good) {
                $detail = $found
                if ($set.Moves) { $detail = 'as {0} the change: {1}' -f $Called[$set.Side], $found }
            } elseif ($got.Serial.Error -ne '') {
                Write-ChangeRecord -Step $set.Id -Outcome 'UNKNOWN' -Detail ('{0}: not asked' -f $set.Says)
                continue
            } elseif ($set.Error -ne '') { $detail = $set.Error } else {
                $old, $new = (Format-ChangeList -From $set.From), (Format-ChangeList -From $set.To)
                $detail = 'expected {0}, found {1}' -f $new, $found
                $form = 'expected {0} as {1} the change or {2} as {3} it, found {4}'
                if ($set.Moves) { $detail = $form -f $old, $Called.From, $new, $Called.To, $found }
            }
            Write-ChangeFact -Fact $set -Good $good -Detail ('{0}: {1}' -f $set.Says, $detail)
            $waived = [string](-not $good -and $Run.Waive -contains $set.Id)
            $note = $Run.Mine + 'Waived ' + $set.Id
            $had = [string]$Run.State[$note] -replace '^$', 'False'
            if ($waived -ne $had) { Save-ChangeValue -Name $note -Value $waived }
        }
        $why = $got.Serial.Error
        $fact = @{ Id = $zone.Id; Says = $got.Serial.Says }
        if ($why -eq '') {
            $fact['Warn'] = $zone['Warn']
            $why = Get-ChangeSerialFault -Zone $zone -Number $got.Number -Sets $got.Sets
        }
        $detail = '{0}: serial [{1}] {2}' -f $fact.Says, $got.Number, $why
        if ($got.Serial.Error -ne '') { $detail = '{0}: {1}' -f $fact.Says, $why }
        Write-ChangeFact -Fact $fact -Good ($why -eq '') -Detail $detail.TrimEnd()
    }
    Save-ChangeWait -Stage $Stage -Sets $all
}

function Show-ChangeSet([hashtable]$Set) {
    <# .SYNOPSIS
        The records for the DNS owner: those to remove and those to add. Records of neither side are not his task. #>
    $known = @($Set.From + $Set.To -replace '^\S+ ', '')
    $gone = @($Set.Found | Where-Object { $Set.To -notcontains $_ -and $known -contains ($_ -replace '^\S+ ', '') })
    foreach ($line in $gone + @($Set.To | Where-Object { $Set.Found -notcontains $_ })) {
        $outcome = 'DNS+'
        if ($gone -contains $line) { $outcome = 'DNS-' }
        $ttl, $data = $line -split ' ', 2
        $detail = '{0}. {1} IN {2} {3}' -f $Set.Name, $ttl, $Set.Type, $data
        Write-ChangeRecord -Step $Set.Id -Outcome $outcome -Detail ($detail -replace ' [?] ', ' ')
    }
}

function Confirm-ChangeRecord([hashtable]$Stage) {
    <# .SYNOPSIS
        Each set of a stage is To at the server of its zone, and the serial fits. No answer: -Attest will do. #>
    $silent = @()
    $pending = @()
    $all = @()
    foreach ($zone in $Stage['Zones']) {
        $got = Read-ChangeZone -Zone $zone
        $who = 'DNS owner, please change {0}'
        if ($zone['ChangedOn']) { $who = 'run stage DnsServer on {1} first, or wait for {0}' }
        foreach ($set in $got.Sets) {
            $found = Format-ChangeList -From $set.Found
            $detail = '{0}: expected {1}, found {2}' -f $set.Says, (Format-ChangeList -From $set.To), $found
            if ($set.Side -eq 'To') { $detail = '{0}: {1}' -f $set.Says, $found }
            $mayBe = Test-ChangeOver -Set $set
            $again = $Run.Waive -notcontains $set.Id -and $Run.State[$Run.Mine + 'Waived ' + $set.Id] -eq 'True'
            if ($set.Error -ne '') {
                $silent += $set.Says
                Write-ChangeRecord -Step $set.Id -Outcome 'UNKNOWN' -Detail ('{0}: {1}' -f $set.Says, $set.Error)
            } elseif ($set.Side -eq 'To' -or ($mayBe -and $Run.Waive -contains $set.Id)) {
                Write-ChangeFact -Fact $set -Good ($set.Side -eq 'To') -Detail $detail
                if ($set.Unseen -and $set.NewTtl -ne '') { $silent += '{0} with TTL {1}' -f $set.Says, $set.NewTtl }
                $set.Side = 'To'
            } elseif ($set.Side -eq 'Other' -and $Run.Waive -notcontains $set.Id -and -not $again) {
                $set.Firm = -not $mayBe
                Write-ChangeFact -Fact $set -Good $false -Detail $detail
            } else {
                $pending += $who -f $set.Says, $zone['ChangedOn']
                $hint = ' (waived before; if it may stay so, pass -Waive {0} again)' -f $set.Id
                if ($again -and $set.Side -eq 'Other') { $pending[-1] += $hint }
                Show-ChangeSet -Set $set
            }
        }
        $all += $got.Sets
        $why = Get-ChangeSerialFault -Zone $zone -Number $got.Number -Sets $got.Sets
        $done = @($got.Sets | Where-Object { $_.Side -ne 'To' }).Count -eq 0
        $fact = @{ Id = $zone.Id; Says = $got.Serial.Says; Warn = $zone['Warn'] }
        $detail = '{0}: serial [{1}] {2}' -f $fact.Says, $got.Number, $why
        if ($got.Serial.Error -ne '') { $detail = '{0}: {1}' -f $fact.Says, $got.Serial.Error }
        if ($done -and ($why -eq '' -or $zone['Warn'] -or $Run.Waive -contains $zone.Id)) {
            Write-ChangeFact -Fact $fact -Good ($why -eq '') -Detail $detail.TrimEnd()
        } else {
            Write-ChangeRecord -Step $zone.Id -Outcome 'NOTE' -Detail $detail.TrimEnd()
            if ($done) { $pending += 'DNS owner, please raise the serial of {0}: {1}' -f $fact.Says, $why }
        }
    }
    Save-ChangeWait -Stage $Stage -Sets $all
    $Run.Failed += @($pending | Where-Object { $Run.Failed.Count -gt 0 }) # the DNS owner has to know it all the same
    Assert-ChangeFact
    $code = 5
    if ($Run.Attest -ne '') { $code = 3 }
    if ($pending.Count -gt 0) { Exit-ChangeStage -Code $code -Why ($pending -join '; ') }
    if ($silent.Count -gt 0) { Confirm-ChangeAttest -Step $Stage.Name -Fact ('DNS as planned: ' + ($silent -join ', ')) }
}

# ---- Steps.
# Cmdlets that wait for services have no time-out of their own. A service whose process is gone is stopped.
$IfHangs = 'if the next call has not come back after {0} s: in another elevated shell Get-CsWindowsService shows which ' +
    'service hangs, sc.exe queryex NAME its PID, and taskkill.exe /F /PID PID ends it; this stage goes on, or is run again'

function Get-ChangeCommand([scriptblock]$Block, [string]$File) {
    <# .SYNOPSIS
        Text of a block on one line, with the quoted values of $Name1, $Name2, ... and $File in their place. #>
    $text = ([string]$Block -replace '\r?\n\s*', '').Trim()
    $command = ''
    $done = 0
    foreach ($match in [regex]::Matches($text, $Quoted + '|\$(Name\d+|File|Rehearse)\b')) {
        $name = $match.Groups[1].Value
        if ($name -eq '') { continue }
        $value = $File
        if ($name -like 'Name*') { $value = Get-Variable -Name $name -ValueOnly }
        # Every kind of single quote is doubled, as in a literal.
        $value = "'" + ($value -replace "(['\u2018-\u201B])", '$1$1') + "'"
        if ($name -eq 'Rehearse') { $value = '$false' }
        $command += $text.Substring($done, $match.Index - $done) + $value
        $done = $match.Index + $match.Length
    }
    return $command + $text.Substring($done)
}

function Test-ChangeVariable([scriptblock]$Block, [string]$Name) {
    <# .SYNOPSIS
        Whether a block has a variable, outside of quotes. #>
    return ([string]$Block -replace $Quoted, '') -match ('\$' + $Name + '\b')
}

function Get-ChangeStep([hashtable]$Stage) {
    <# .SYNOPSIS
        Steps of a stage, each with what the runtime adds: Command, as text; Want, the value that it has to have; Moves,
        whether it goes From one value to another; Before, under which the state file keeps that; Part, its file; Word,
        under which it keeps that a person's word counts; Waived, that it does. #>
    $lacks = @()
    $taken = @()
    foreach ($step in $Stage['Steps']) {
        if ($step.ContainsKey('When')) {
            if ($taken -ccontains $step.Id) { continue }
            $cmdlet, $parameter = $step.When -split ' -'
            if (-not (Get-Command -Name $cmdlet).Parameters.ContainsKey($parameter)) { $lacks += $step; continue }
            $taken += $step.Id
        }
        $ready = $step.Clone()
        $ready['Part'] = $Run.Base + '.part.' + $ready['File']
        $ready['Command'] = ''
        if ($ready['Set']) { $ready['Command'] = Get-ChangeCommand -Block $ready['Set'] -File $ready.Part }
        $ready['Want'] = @(ConvertTo-ChangeText -From $ready['To']) -join ','
        $ready['Moves'] = $ready.ContainsKey('From')
        $name = $ready.Id -replace '^rollback/', ''
        $ready['Before'] = 'Before ' + $name
        $ready['Word'] = 'Word ' + $name
        $before = $Run.State[$ready.Before]
        if ($ready.Moves -and $Plan.Script -eq 'rollback' -and $null -ne $before) { $ready['Want'] = [string]$before }
        # A person sees a click done though what is read of it is something else: from then on that word counts.
        $mine = $Run.State.ContainsKey($ready.Word) -or ($Stage.Name -eq $Run.Stage -and $Run.Waive -contains $name)
        $ready['Waived'] = $mine -and $ready['Manual'] -and $ready['Read'] -and -not $ready.Moves
        if ($ready.Waived) { $ready['Unread'] = 'what is read was waived' }
        if ($ready['Unread']) { $ready['Want'] = 'confirmed' }
        $ready
    }
    $why = @($lacks | Where-Object { $taken -cnotcontains $_.Id } | ForEach-Object { $_.When } | Select-Object -Unique)
    if ($why.Count -gt 0) { Exit-ChangeStage -Code 3 -Why ('product lacks ' + ($why -join ', ')) }
}

function Get-ChangeValue([hashtable]$Step) {
    <# .SYNOPSIS
        The present value of a step, as text. Of a step that writes a file: whether the finished file exists; of one that
        nothing shows: what the state file says. #>
    if ($Step['Unread']) { return [string]$Run.State[$Run.Mine + 'By hand ' + $Step.Id] }
    if ($Step.ContainsKey('File')) { return [string][System.IO.File]::Exists($Run.Base + '.' + $Step.File) }
    try { $found = @(& $Step['Read']) } catch {
        # With -WhatIf: a step before this one, which is only shown, may have to come first.
        if (-not $Run.DryRun -or $null -ne $_.Exception.Data['ExitCode']) { throw }
        return 'cannot be read: ' + $_.Exception.Message
    }
    return @(ConvertTo-ChangeText -From $found -Property $Step['Property']) -join ','
}

function Confirm-ChangeFrom([hashtable]$Step, [string]$Now) {
    <# .SYNOPSIS
        Compare a value with the one that its step was planned to replace. #>
    Confirm-ChangeFact -Fact @{ Id = $Step.Id; Says = $Step.Says + ' before the change'; Is = $Step.From } -Have $Now
}

function Assert-ChangeOrigin([object[]]$Steps) {
    <# .SYNOPSIS
        Before the first step of a stage changes anything: leave it unless all values are those that its steps were
        planned to replace, or are there already. #>
    $open = @()
    foreach ($step in $Steps) {
        # What a person was asked for may be half done.
        if (-not $step.Moves -or [string]$Run.State[$Run.Mine + 'By hand ' + $step.Id] -clike 'was *') { continue }
        $step['Origin'] = Get-ChangeValue -Step $step
        if ($step.Origin -eq $step.Want) { continue }
        Confirm-ChangeFrom -Step $step -Now $step.Origin
        $open += $step
    }
    Assert-ChangeFact
    foreach ($step in $open) {
        $set = [string]$Run.State[$Run.Mine + $step.Id]
        $why = 'this script set {0}, and it was set back since: begin again with stage Preflight'
        if ($set -ne '') { Exit-ChangeStage -Code 3 -Why ($why -f $set) }
        if ($step.Want -ne $step.To) { Exit-ChangeStage -Code 3 -Why ('Preflight recorded another value: ' + $step.Want) }
        if ($Plan.Script -eq 'rollback' -and -not $Run.State.ContainsKey($step.Before)) {
            $fact = 'the value before was [{0}]; this server has no record of it' -f $step.Want
            Confirm-ChangeAttest -Step $step.Id -Fact $fact
        }
    }
}

function Assert-ChangeSame([hashtable]$Step, [string]$Now) {
    <# .SYNOPSIS
        Leave the stage if a value is not the one that its step found when the stage began. #>
    $why = '{0} was [{1}] when this stage began and is [{2}] now: find out what else changes it'
    if ($Step.Moves -and $Now -ne $Step.Origin) { Exit-ChangeStage -Code 3 -Why ($why -f $Step.Says, $Step.Origin, $Now) }
}

function Wait-ChangeStep([hashtable]$Step) {
    <# .SYNOPSIS
        Read until the step has its value, or leave with 2. That a cmdlet returns without an error is no proof. #>
    $seconds = $Run.TimeoutSeconds
    if ($Step.ContainsKey('WaitSeconds')) { $seconds = [Math]::Min($seconds, $Step.WaitSeconds) }
    $waited = 0
    $code = 2
    if ($Step['Manual']) { $code = 5 }
    $way = $Step['IfNot']
    $form = '{0} If a person sees it done: -Attest, and -Waive "{1}"'
    if ($Step['Manual'] -and -not $Step.Moves) { $way = $form -f $way, $Step.Word.Substring(5) }
    while (($now = Get-ChangeValue -Step $Step) -ne $Step.Want) {
        $why = 'after {0} s {1}: [{2}]{3}' -f $waited, $Step.Says, $now, $way
        if ($waited -ge $seconds) { Exit-ChangeStage -Code $code -Why $why }
        Start-Sleep -Seconds $Run.PollSeconds
        $waited += $Run.PollSeconds
    }
    Write-ChangeRecord -Step $Step.Id -Outcome 'PASS' -Detail ('{0}: [{1}]' -f $Step.Says, $now)
}

function Invoke-ChangeStep([hashtable]$Stage, [hashtable]$Step) {
    <# .SYNOPSIS
        Read; nothing to do when the value is there; else check, ask, run Set, and read again until it is. #>
    if (-not $Step.ContainsKey('To')) { Confirm-ChangeAttest -Step $Step.Id -Fact $Step.Says; return }
    $now = Get-ChangeValue -Step $Step
    if ($now -eq $Step.Want -and (-not $Step['FirstRun'] -or (Test-ChangeDone -Stage $Stage.Name))) {
        Write-ChangeRecord -Step $Step.Id -Outcome 'SKIP' -Detail ('nothing to do, {0}: [{1}]' -f $Step.Says, $now)
    } else {
        Assert-ChangeSame -Step $Step -Now $now
        Confirm-ChangeStopped -Stage $Stage
        # What is to be gone: stage Start has to know which services ran.
        $note = $Run.Mine + 'Had ' + $Step.Id
        if ($Step.Want -eq '' -and [string]$Run.State[$note] -eq '') { Save-ChangeValue -Name $note -Value $now }
        $each = Test-ChangeVariable -Block $Step['Set'] -Name 'Value'
        if ($each) { $Step.Command = $Step.Command.Replace('$Value', "'" + ($now -replace ',', "', '") + "'") }
        if ($Step['Rehearse']) { $Rehearse = $true; & $Step['Set'] }
        if (& $AskOperator -About ($Run.Host + ': ' + $Stage.Does) -Command $Step.Command) {
            if ($Step['Needs']) { Confirm-ChangeRest -Stage $Stage -Step $Step }
            $File = $Step.Part # Set writes here; the file gets its name when it is complete
            if ($Step['File']) { [System.IO.File]::Delete($File) }
            if ($Step.Command -match '^(Stop|Start)-CsWindowsService') {
                Write-ChangeRecord -Step $Step.Id -Outcome 'NOTE' -Detail ($IfHangs -f $Run.TimeoutSeconds)
            }
            Write-ChangeRecord -Step $Step.Id -Outcome 'CALL' -Command $Step.Command -Detail $Step.Says
            $values = @($null)
            if ($each) { $values = @($now -split ',') }
            $Rehearse = $false
            foreach ($Value in $values) { & $Step['Set'] }
            if ($Step['File']) { [System.IO.File]::Move($File, $Run.Base + '.' + $Step.File) }
            $detail = '{0}: [{1}] -> [{2}]' -f $Step.Says, $now, $Step.Want
            Write-ChangeRecord -Step $Step.Id -Outcome 'CHANGED' -Command $Step.Command -Detail $detail
            Wait-ChangeStep -Step $Step
        } elseif ($Run.DryRun) {
            Write-ChangeRecord -Step $Step.Id -Outcome 'WHATIF' -Command $Step.Command -Detail $Step.Says
        } else {
            Exit-ChangeStage -Code 3 -Why ('declined at the prompt: ' + $Step.Command)
        }
    }
    if ($Step.Moves -and $Plan.Script -ne 'rollback') { Save-ChangeValue -Name ($Run.Mine + $Step.Id) -Value $Step.Want }
}

function Invoke-ChangeByHand([object[]]$Steps) {
    <# .SYNOPSIS
        What a person does: nothing where the value is there. Else all is shown at once, as it may be published together;
        then -Attest says who did it, and it is read again. Until then the state file keeps what it was. #>
    $open = @(foreach ($step in $Steps) {
            $step['Note'] = $Run.Mine + 'By hand ' + $step.Id
            $step['Was'] = [string]$Run.State[$step.Note]
            $step['Now'] = Get-ChangeValue -Step $step
            if ($step.Now -ne $step.Want -or $step.Was -clike 'was *') { $step; continue }
            Write-ChangeRecord -Step $step.Id -Outcome 'SKIP' -Detail ('nothing to do, {0}: [{1}]' -f $step.Says, $step.Now)
        })
    foreach ($step in $open) {
        if ($step.Was -cnotlike 'was *') {
            Assert-ChangeSame -Step $step -Now $step.Now
            $step.Was = 'was [{0}]' -f $step.Now
            if ($step['Unread']) { $step.Was = 'was not confirmed' }
            Save-ChangeValue -Name $step.Note -Value $step.Was
        }
        $detail = '{0} {1}, by hand: {2}' -f $step.Says, $step.Was, $step.Manual
        Write-ChangeRecord -Step $step.Id -Outcome 'CLICK' -Detail $detail
    }
    if ($open.Count -eq 0 -or $Run.DryRun) { return }
    $all = @($open | ForEach-Object { $_.Manual }) -join '; '
    if ($Run.Attest -eq '') { Exit-ChangeStage -Code 5 -Why ('pass -Attest "who, ticket" once this is done: ' + $all) }
    foreach ($step in $open) {
        $fact = '{0} {1}, done by hand' -f $step.Says, $step.Was
        if ($step['Unread']) { $fact = '{0}, done by hand, on word alone: {1}' -f $step.Says, $step.Unread }
        Confirm-ChangeAttest -Step $step.Id -Fact $fact
        if ($step.Waived) { Save-ChangeWord -Step $step }
        if ($step['Unread']) { Save-ChangeValue -Name $step.Note -Value $step.Want; continue }
        Wait-ChangeStep -Step $step
        $detail = '{0} {1}, is [{2}]: {3}' -f $step.Says, $step.Was, $step.Want, $Run.Attest
        Write-ChangeRecord -Step $step.Id -Outcome 'CHANGED' -Detail $detail
        Save-ChangeValue -Name $step.Note -Value ''
    }
}

function Save-ChangeWord([hashtable]$Step) {
    <# .SYNOPSIS
        Note that from now on, also in the opposite script, a person's word counts for a click, and what is read of it. #>
    $shown = $Step.Clone()
    $shown.Remove('Unread')
    try { $now = Get-ChangeValue -Step $shown } catch { $now = 'cannot be read: ' + $_.Exception.Message }
    $detail = '{0} is [{1}], which does not count: {2}' -f $Step.Says, $now, $Run.Attest
    Write-ChangeRecord -Step $Step.Id -Outcome 'WAIVED' -Detail $detail
    Save-ChangeValue -Name $Step.Word -Value $Run.Attest
}

function Invoke-ChangeRehearsal([hashtable]$Stage) {
    <# .SYNOPSIS
        Before anything stops: are the values of a later stage as planned, and do its commands pass with -WhatIf? #>
    $steps = @(Get-ChangeStep -Stage $Stage)
    foreach ($step in $steps) {
        if (-not (Test-ChangeRead -Of $step -Into $step)) { continue }
        if ($step.Now -eq $step.Want) {
            $detail = 'target already, {0}: [{1}]' -f $step.Says, $step.Now
            Write-ChangeRecord -Step $step.Id -Outcome 'NOTE' -Detail $detail
        } elseif ($step.Moves) {
            Confirm-ChangeFrom -Step $step -Now $step.Now
        }
        # A command that has no switch to rehearse it with is not run.
        $Rehearse = $true
        if ($step['Set'] -and (Test-ChangeVariable -Block $step.Set -Name 'Rehearse')) { & $step.Set }
    }
    foreach ($server in $Stage['MustBeStopped']) {
        $answer = Test-ChangePort -Target $server -Port $SipPort -Seconds 5
        $detail = '{0}:{1} is {2}' -f ($server -replace $IPv6, '[$0]'), $SipPort, $answer
        Write-ChangeRecord -Step $Stage.Name -Outcome 'NOTE' -Detail $detail
        if ($answer -ceq 'open') { Save-ChangeValue -Name ('Open ' + $server) -Value 'open' }
    }
    Assert-ChangeFact
    foreach ($step in $steps) {
        # What a rollback puts back. The first record stays: a later run may find the target already there.
        if (-not $Run.State.ContainsKey($step.Before)) { Save-ChangeValue -Name $step.Before -Value $step.Now }
        if ($step.Now -ne $step.Want) { Save-ChangeValue -Name ($Run.Mine + $step.Id) -Value '' }
    }
}

# ---- Stages.
function Get-ChangeStage([string]$Name = '*', [switch]$Here) {
    <# .SYNOPSIS
        Entries of $Stages, in their order: of one name, of those that run on this computer, or both. #>
    foreach ($entry in $Stages) {
        $mine = $entry.Hosts -contains $Run.Host -or $entry.Hosts -contains '*'
        if ($entry.Name -like $Name -and ($mine -or -not $Here)) { $entry }
    }
}

function Get-ChangeMissing([hashtable]$Stage) {
    <# .SYNOPSIS
        What has to be done on this computer before a stage and is not, in order. #>
    foreach ($name in $Stage['After']) {
        Get-ChangeMissing -Stage @(Get-ChangeStage -Name $name -Here)[0]
        if (-not (Test-ChangeDone -Stage $name)) { 'run stage ' + $name + ' here first' }
    }
}

function Get-ChangeCmdlet([object]$From) {
    <# .SYNOPSIS
        What all blocks below a value call of the product, or of the DNS server. #>
    if ($From -is [hashtable]) { $From = @($From.Values) }
    if ($From -is [array]) { $From | ForEach-Object { Get-ChangeCmdlet -From $_ } }
    if ($From -is [scriptblock]) {
        $calls = [regex]::Matches(([string]$From -replace $Quoted, ''), '\b[A-Z]\w*-(Cs|DnsServer)\w+|\bInvoke-Dnscmd\b')
        $calls | ForEach-Object { $_.Value -replace '^Invoke-Dnscmd$', 'dnscmd.exe' }
    }
}

function Get-ChangeSource {
    <# .SYNOPSIS
        Modules of the cmdlets, and of what waits and asks the DNS: a stand-in for one of them shows here. #>
    $all = @('Start-Sleep', 'Resolve-DnsName', 'Get-DnsServerResourceRecord', 'Get-CimInstance')
    $all += @(Get-ChangeCmdlet -From @(Get-ChangeStage -Here))
    $all = @(Get-Command -Name $all -ErrorAction SilentlyContinue)
    $all = @($all | Where-Object { [string]$_.CommandType -ne 'Application' })
    return 'from=' + (@($all | ForEach-Object { $_.ModuleName -replace '^$', 'shell' } | Sort-Object -Unique) -join ',')
}

function Assert-ChangeSession([object]$Defaults, [string]$Name, [string]$Place) {
    <# .SYNOPSIS
        Leave unless this is a file, run by its name, with the parameters that the operator gave and no others. #>
    $common = '^(Verbose|Debug|OutBuffer|(Error|Warning|Information|Progress)Action|\w+Variable)$'
    $way = 'copy this file to this server and run it there: not by Invoke-Command -FilePath, not pasted into a shell'
    if ($Place -eq '') { Exit-ChangeStage -Code 1 -Why $way }
    foreach ($key in @($Defaults.Keys | Where-Object { -not $Defaults['Disabled'] })) {
        # The shell gave them to this script too, where they cannot be told from what the operator passed.
        $command, $parameter = ([string]$key) -split ':', 2
        if ([string]$parameter -eq '' -or $Name -notlike $command.Trim()) { continue }
        $form = 'remove {0} from $PSDefaultParameterValues, which sets -{1}, or start powershell.exe -NoProfile'
        $given = @(@($Run.Given.Keys) -like ($parameter.Trim() + '*') -notmatch $common)
        if ($given.Count -gt 0) { Exit-ChangeStage -Code 1 -Why ($form -f $key, $given[0]) }
    }
}

function Get-ChangeNumber([object]$From) {
    <# .SYNOPSIS
        Numbers of all facts below a value that can be waived. #>
    if ($From -is [array]) { $From | ForEach-Object { Get-ChangeNumber -From $_ } }
    if ($From -isnot [hashtable]) { return }
    if ([string]$From['Id'] -clike 'P*') { $From.Id }
    $From.Values | ForEach-Object { Get-ChangeNumber -From $_ }
}

function Open-ChangeRun {
    <# .SYNOPSIS
        Check host, shell and rights, take the lock and read the state. Returns the stage entry for this computer. #>
    $entry = @(Get-ChangeStage -Name $Run.Stage -Here)[0]
    if ($null -eq $entry) {
        $hosts = @(Get-ChangeStage -Name $Run.Stage | ForEach-Object { $_.Hosts }) -join ', '
        Exit-ChangeStage -Code 4 -Why ('stage {0} runs on {1}, not on {2}' -f $Run.Stage, $hosts, $Run.Host)
    }
    # Every cmdlet that any stage will run on this computer, so that none is missing half way.
    foreach ($own in @(Get-ChangeStage -Here)) {
        $module = $own['Module']
        if ($null -eq $module) { $module = $Plan.Module }
        foreach ($name in @(Get-ChangeCmdlet -From $own | Sort-Object -Unique)) {
            if ($null -ne (Get-Command -Name $name -ErrorAction SilentlyContinue)) { continue }
            if ($name -like '*-Cs*') { Import-Module -Name $module -ErrorAction Stop }
            $null = Get-Command -Name $name -ErrorAction Stop
        }
    }
    if (@($entry['Steps'] | Where-Object { $_ -and $_['Set'] }).Count -gt 0 -and $Run.Asks -and -not $Run.DryRun) {
        $why = @(@([Environment]::GetCommandLineArgs()) -match '^[-/]+noni' | ForEach-Object { 'the shell has ' + $_ })
        if (-not [Environment]::UserInteractive -and $Host.Name -ne 'ServerRemoteHost') { $why += 'a task or service' }
        if ($why.Count -gt 0) { Exit-ChangeStage -Code 1 -Why ($NoConsole -f ($why -join ', ')) }
    }
    if ($entry['Elevated'] -and @(Get-ChangeRight) -notcontains 'Administrator') {
        Exit-ChangeStage -Code 1 -Why 'run this stage in an elevated shell'
    }
    if (-not $Run.DryRun) {
        $Run.Lock = [System.IO.File]::Open($Run.StatePath + '.lock', 'OpenOrCreate', 'ReadWrite', 'None')
        # A line that a crash has torn stays alone.
        $log = [string][char]10
        if ([System.IO.File]::Exists($Run.Evidence)) { $log = [System.IO.File]::ReadAllText($Run.Evidence) }
        if (-not $log.EndsWith([string][char]10)) { [System.IO.File]::AppendAllText($Run.Evidence, [Environment]::NewLine) }
    }
    Read-ChangeState
    $detail = 'whatif={0} powershell={1} {2} {3}' -f $Run.DryRun, $PSVersionTable.PSVersion, $Rehearsal, (Get-ChangeSource)
    Write-ChangeRecord -Step 'START' -Outcome 'START' -Detail $detail
    if ($Session.Aside.Count -gt 0) {
        $detail = 'set aside of this shell: ' + (@($Session.Aside | Sort-Object -Unique) -join ', ')
        Write-ChangeRecord -Step 'START' -Outcome 'NOTE' -Detail $detail
    }
    if ($Run.DryRun -and -not $Run.Given.ContainsKey('WhatIf')) {
        $detail = '$WhatIfPreference is set in this shell: nothing is changed'
        Write-ChangeRecord -Step 'START' -Outcome 'NOTE' -Detail $detail
    }
    return $entry
}

function Invoke-ChangeLook([hashtable]$Stage, [string]$Name) {
    <# .SYNOPSIS
        Look at a stage: at one that comes before this one, whether all is as it left it; else whether it can be run. #>
    $at = @(Get-ChangeStage -Name $Name)[0]
    $order = @($Stages | ForEach-Object { $_.Name })
    if ([array]::IndexOf($order, $Name) -gt [array]::IndexOf($order, $Stage.Name)) {
        if ($at['Zones']) { Confirm-ChangeLook -Stage $at }
        if ($at['Steps']) { Invoke-ChangeRehearsal -Stage $at }
        return
    }
    foreach ($step in @(Get-ChangeStep -Stage $at)) {
        $detail = '{0}: not read, but on word alone: {1}' -f $step.Says, $Run.State[$step.Word]
        if ($step.Waived) { Write-ChangeRecord -Step $step.Id -Outcome 'WAIVED' -Detail $detail }
        if ($step['Unread'] -or -not (Test-ChangeRead -Of $step -Into $step)) { continue }
        $fact = @{ Id = $step.Id; Says = $step.Says; Is = $step.Want }
        Confirm-ChangeFact -Fact $fact -Have $step.Now
    }
    Confirm-ChangeRecord -Stage $at
}

function Invoke-ChangeStage([hashtable]$Stage) {
    <# .SYNOPSIS
        Run one stage: gates, facts, steps, records, attestations, done mark, receipt. #>
    foreach ($why in Get-ChangeMissing -Stage $Stage) { Exit-ChangeStage -Code 3 -Why $why }
    if ($Stage.ContainsKey('NotAfter') -and (Test-ChangeDone -Stage $Stage.NotAfter)) {
        Write-ChangeRecord -Step $Stage.Name -Outcome 'SKIP' -Detail ('nothing to do after stage ' + $Stage.NotAfter)
        return
    }
    if ($Stage['Receipt']) { Confirm-ChangeReceipt -Stage $Stage }
    Read-ChangeFact -Stage $Stage
    foreach ($name in $Stage['LooksAt']) { Invoke-ChangeLook -Stage $Stage -Name $name }
    Assert-ChangeFact
    $steps = @(Get-ChangeStep -Stage $Stage)
    Assert-ChangeOrigin -Steps $steps
    foreach ($step in @($steps | Where-Object { -not $_['Manual'] })) { Invoke-ChangeStep -Stage $Stage -Step $step }
    Invoke-ChangeByHand -Steps @($steps | Where-Object { $_['Manual'] })
    $moved = @($Stage['Facts'] | Where-Object { $_ -and $_.ContainsKey('From') })
    if ($moved.Count -gt 0 -and $Stage['Steps'] -and -not $Run.DryRun) { Read-ChangeFact -Stage $Stage -Done }
    Assert-ChangeFact
    Confirm-ChangeRecord -Stage $Stage
    # In a rollback only if there was something to undo.
    if ($Stage['OldAnswers'] -and ($Plan.Script -ne 'rollback' -or $Run.State['Changed'] -ne 'no')) {
        $until = [DateTime]::UtcNow.AddSeconds($Stage.OldAnswers + (Get-ChangeOver))
        $detail = 'resolvers may give old answers until ' + $until.ToString('u')
        Write-ChangeRecord -Step $Stage.Name -Outcome 'NOTE' -Detail $detail
    }
    Complete-ChangeStage
    if ($Stage.ContainsKey('PrintsReceipt') -and -not $Run.DryRun) {
        $seconds = $Stage.PrintsReceipt
        if ($seconds -gt 0) { $seconds += Get-ChangeOver }
        $stamp = Get-ChangeStamp -Seconds $seconds
        Write-ChangeRecord -Step $Stage.Name -Outcome 'RECEIPT' -Detail (Get-ChangeReceipt -Stage $Stage.Name -Stamp $stamp)
    }
}

function Show-ChangeSheet {
    <# .SYNOPSIS
        Print the run sheet: stages in order, hosts, commands, and what the state file of this computer says. #>
    Read-ChangeState
    Show-ChangeLine -Text ('{0}  plan {1}  this host: {2}' -f $Plan.Title, $Plan.Id, $Run.Host)
    foreach ($entry in $Stages) {
        $mine = [object]::ReferenceEquals($entry, @(Get-ChangeStage -Name $entry.Name -Here)[0])
        $mark = 'elsewhere'
        if ($mine) { $mark = 'to do' }
        if ($mine -and (Test-ChangeDone -Stage $entry.Name)) { $mark = $Run.State[$Run.Mine + $entry.Name] }
        Show-ChangeLine -Text ('{0,-10} {1,-34} on {2}' -f $entry.Name, $mark, ($entry.Hosts -join ', '))
        Show-ChangeLine -Text ('           ' + $entry.Does)
        $unseen = 'not before {0}, which this script cannot see' -f ($entry['Unseen'] -join ', ')
        if ($entry['Unseen']) { Show-ChangeLine -Text ('           ' + $unseen) }
        foreach ($step in $entry['Steps']) {
            $line = $step['Manual']
            if ($step['Set']) { $line = '> ' + (Get-ChangeCommand -Block $step['Set'] -File 'FILE') }
            if ($step['When']) { $line += '  (where the server has {0})' -f $step.When }
            if ($line) { Show-ChangeLine -Text ('           ' + $line) }
        }
    }
}

# ---- The run.
$Run = @{
    Given = $PSBoundParameters; DryRun = [bool]$WhatIfPreference; Asks = -not $Force
    Stage = $Stage; Host = [Environment]::MachineName; Who = [Environment]::UserDomainName + '\' + [Environment]::UserName
    Attest = $Attest; Receipt = [string]$PSBoundParameters['Receipt']
    AllowRunningTarget = [bool]$PSBoundParameters['AllowRunningTarget']
    PollSeconds = $PollSeconds; TimeoutSeconds = $TimeoutSeconds
    Mine = $Plan.Script + ':'; State = @{ Plan = $Plan.Id }; Lock = $null
    Failed = @(); CanWaive = @(); Said = @(); Ready = $false; Started = $false; Finished = $false
    Silent = @{}; Asked = 0
}
if ($PSBoundParameters.ContainsKey('Confirm')) { $Run.Asks = [bool]$PSBoundParameters['Confirm'] }
$Text = [string]$MyInvocation.MyCommand.ScriptBlock
# Ctrl+C runs finally and nothing else: what means success is set last.
$exitCode = 1
try {
    $defaults = $PSDefaultParameterValues
    try {
        & $SetSessionAside
        & $SetCommandsAside
    } catch {
        # No command can be trusted here: a value alone is shown without one.
        'NOT STARTED, nothing was done: this shell has what cannot be set aside; start powershell.exe -NoProfile:'
        $_.Exception.Message
        exit 1
    }
    $Run.Ready = $true
    Set-StrictMode -Version 2.0
    Assert-ChangeSession -Defaults $defaults -Name $MyInvocation.MyCommand.Name -Place $PSScriptRoot
    $Run.Host = Get-ChangeHost
    $Run.Waive = @($Waive | ForEach-Object { $_ -split ',' } | ForEach-Object { $_.Trim() } | Where-Object { $_ -ne '' })
    foreach ($entry in @($Stages | Where-Object { $_['Zones'] })) {
        $entry['Zones'] = @(foreach ($zone in $entry.Zones) { Expand-ChangeZone -Zone $zone })
    }
    $known = @(Get-ChangeNumber -From $Stages | Sort-Object -Unique)
    $strange = @($Run.Waive -match '^P\d+$' | Where-Object { $known -notcontains $_ })
    $form = 'this script has no fact {0}; those that can be waived are {1}'
    if ($strange.Count -gt 0) { Exit-ChangeStage -Code 1 -Why ($form -f ($strange -join ', '), ($known -join ', ')) }
    # Windows PowerShell has no $PSScriptRoot in parameter defaults under powershell.exe -File: it is filled in here.
    if ($WorkPath -eq '') { $WorkPath = $PSScriptRoot }
    $WorkPath = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($WorkPath)
    $Run.Base = [System.IO.Path]::Combine($WorkPath, 'edgeplan-' + $Plan.Id.Substring(7, 8) + '.' + $Run.Host)
    $Run.StatePath = $Run.Base + '.state.xml'
    $Run.Evidence = $Run.Base + '.evidence.jsonl'
    if ($Run.Stage -eq '') {
        Show-ChangeSheet
    } else {
        $entry = Open-ChangeRun
        $Run.Started = $true
        Invoke-ChangeStage -Stage $entry
        $Run.Finished = $true
    }
    $exitCode = 0
} catch {
    $detail = $_.Exception.Message
    if ($null -ne $_.Exception.Data['ExitCode']) {
        $exitCode = [int]$_.Exception.Data['ExitCode']
    } elseif ($Run.Started) {
        $exitCode = 2
        # Where in this file: the innermost line of the stack that is not in a module.
        $place = [regex]::Match($_.ScriptStackTrace, [regex]::Escape($MyInvocation.MyCommand.Name) + ':\D*(\d+)')
        $detail += ' (line {0})' -f $place.Groups[1].Value
    }
    Write-ChangeRecord -Step 'STOP' -Outcome 'STOPPED' -Detail $detail
} finally {
    # Only a stage that came to its end gets a COMPLETE record, and it is the last one.
    try {
        $outcome = 'ENDED'
        if ($Run.Finished -and -not $Run.DryRun) { $outcome = 'COMPLETE' }
        $form = 'stage {0} on {1}: exit code {2} whatif={3} {4}'
        $detail = $form -f $Run.Stage, $Run.Host, $exitCode, $Run.DryRun, $Rehearsal
        if ($Run.Ready -and $Run.Stage -ne '') { Write-ChangeRecord -Step 'END' -Outcome $outcome -Detail $detail }
    } finally {
        try { & $RestoreSession } catch { Show-ChangeLine -Text ('not put back in this shell: ' + $_.Exception.Message) }
        if ($null -ne $Run.Lock) { $Run.Lock.Dispose() }
    }
}
exit $exitCode
