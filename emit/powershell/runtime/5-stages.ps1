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
