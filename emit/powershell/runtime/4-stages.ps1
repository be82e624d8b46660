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

function Assert-ChangeOrigin([hashtable]$Step, [string]$Now) {
    <# .SYNOPSIS
        Leave the stage unless the present value is the one that this step was planned to replace. #>
    if (-not $Step.Moves) { return }
    Confirm-ChangeFact -Fact @{ Id = $Step.Id; Says = $Step.Says + ' before the change'; Is = $Step.From } -Have $Now
    Assert-ChangeFact
    $set = [string]$Run.State[$Run.Mine + $Step.Id]
    $why = 'this script set {0}, and it was set back since: begin again with stage Preflight'
    if ($set -ne '') { Exit-ChangeStage -Code 3 -Why ($why -f $set) }
    if ($Step.Want -ne $Step.To) { Exit-ChangeStage -Code 3 -Why ('Preflight recorded another value: ' + $Step.Want) }
    if ($Plan.Script -eq 'rollback' -and -not $Run.State.ContainsKey($Step.Before)) {
        $fact = 'the value before was [{0}]; this server has no record of it' -f $Step.Want
        Confirm-ChangeAttest -Step $Step.Id -Fact $fact
    }
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
        Assert-ChangeOrigin -Step $Step -Now $now
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
            Assert-ChangeOrigin -Step $step -Now $step.Now
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
            $fact = @{ Id = $step.Id; Says = $step.Says + ' before the change'; Is = $step.From }
            Confirm-ChangeFact -Fact $fact -Have $step.Now
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
