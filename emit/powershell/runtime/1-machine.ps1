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

