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

