#Requires -Version 5.1

<#
.SYNOPSIS
    Rehearse a failover or a preparation: run its scripts, unchanged, in a simulated deployment. Nothing real is touched.
.DESCRIPTION
    Walks the whole run sheet, with what the owners of DNS and firewall do, shows the world before and after, rolls back
    and shows that it is the first world again. Any PowerShell from 5.1 will do, also one that is not on Windows.
        .\rehearse.ps1                                    all goes well
        .\rehearse.ps1 -Fault 'Set-CsSite:throw@2'        what a failure looks like; the stage is then run again
        .\rehearse.ps1 -Fault 'dns:down;tcp:silent'       several; the head of LyncSim.psm1 lists them
        .\rehearse.ps1 -Fault dns:ttl -Waive P21,P23      facts that are waived in each stage
        .\rehearse.ps1 -Try order                         each stage as if it were the first, in a world of its own
        .\rehearse.ps1 -Try twice                         each stage is run again when it is done
        .\rehearse.ps1 -Fault crash@3 -WorkPath work      PowerShell is killed after the third change ...
        .\rehearse.ps1 -WorkPath work -Resume             ... and who comes after it goes on with that stage
    What happened is in walk.jsonl of the folder -WorkPath too, for programs.
    Exit codes: 0 the change works and rolls back, 1 it does not, 2 the rehearsal could not be held.
#>
[CmdletBinding()]
param(
    # What goes wrong, until the first stage has failed of it.
    [string]$Fault = '',
    # What the scripts get as -Waive. A number goes to those that have such a fact.
    [string[]]$Waive = @(),
    # Folder for the simulated computers and what the scripts leave there. It must not exist. Default: a temporary one.
    [string]$WorkPath = '',
    # What is tried besides: that a stage run out of order is refused, or that one run twice changes nothing the second time.
    [ValidateSet('', 'order', 'twice')][string]$Try = '',
    # Go on with the rehearsal in -WorkPath, whose PowerShell was killed, with the stage that it was in.
    [switch]$Resume
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$kit = $PSScriptRoot

function Write-Line([string]$Text) {
    foreach ($line in @($Text -split '\r?\n')) {
        Write-Host -Object ('SIMULATED ' + ($line -replace '[\p{C}\p{Zl}\p{Zp}]', '?').TrimEnd())
    }
}

function Assert-Script([object]$Script) {
    # The scripts are those that were approved, byte for byte.
    $bytes = [System.IO.File]::ReadAllBytes([System.IO.Path]::Combine($kit, $Script.Name))
    $hash = [System.Security.Cryptography.SHA256]::Create().ComputeHash($bytes)
    $text = [System.BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant()
    if ($text -cne $Script.SHA256) { throw ('{0} has SHA-256 {1}; this rehearsal is for {2}' -f $Script.Name, $text, $Script.SHA256) }
    Write-Line -Text ('{0}  {1}' -f $text, $Script.Name)
}

function Get-Receipt([string]$Stage) {
    # What that stage printed last, on whatever computer.
    foreach ($file in [System.IO.Directory]::GetFiles($WorkPath, '*.evidence.jsonl', 'AllDirectories')) {
        $records = @([System.IO.File]::ReadAllLines($file) | Where-Object { $_ -like '{*}' } | ForEach-Object { ConvertFrom-Json -InputObject $_ })
        $records | Where-Object { $_.outcome -ceq 'RECEIPT' -and $_.stage -ceq $Stage } | Select-Object -Last 1 | ForEach-Object { $_.detail }
    }
}

function Select-Waiver([string]$Script) {
    # What of -Waive a script takes: it refuses numbers of facts that it does not have.
    $text = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($kit, $Script)) -replace '(?s)# ==== FIXED RUNTIME.*', ''
    $Waive | Where-Object { $_ -notmatch '^P\d+$' -or $text -match ("Id = '" + $_ + "'") }
}

function Assert-Waiver {
    # Each number has to be one of a fact of some script.
    $taken = @($run.Scripts | ForEach-Object { Select-Waiver -Script $_.Name })
    foreach ($one in $Waive) {
        if ($taken -notcontains $one) { throw ('no script has a fact {0}' -f $one) }
    }
}

function Get-NotePath {
    return [System.IO.Path]::Combine($root, 'walk.jsonl')
}

function Add-Note([System.Collections.IDictionary]$Fields) {
    # One line of what happened.
    [System.IO.File]::AppendAllText((Get-NotePath), (ConvertTo-Json -InputObject $Fields -Compress -Depth 2) + [char]10)
}

function Get-Done([string]$Way) {
    # How many visits of a way are done.
    if (-not [System.IO.File]::Exists((Get-NotePath))) { return 0 }
    $notes = @([System.IO.File]::ReadAllLines((Get-NotePath)) | Where-Object { $_ -like '{*}' } | ForEach-Object { ConvertFrom-Json -InputObject $_ })
    return @($notes | Where-Object { $_.kind -ceq 'done' -and $_.way -ceq $Way }).Count
}

function Get-State {
    # The world, and how many changes were made in it.
    $path = [System.IO.Path]::Combine($env:SIM_WORLD, 'audit.txt')
    $changes = 0
    if ([System.IO.File]::Exists($path)) { $changes = [System.IO.File]::ReadAllLines($path).Count }
    return @{ World = @(Show-SimWorld) -join [char]10; Changes = $changes }
}

function Invoke-Stage([object]$Visit, [bool]$Attest, [string]$As = 'run') {
    # One stage on one computer. Returns the exit code of the script.
    $before = Get-State
    $code = Invoke-Script -Visit $Visit -Attest $Attest -Bare ($As -eq 'first')
    $after = Get-State
    Add-Note -Fields ([ordered]@{
            kind = $As; way = $script:Way; script = $Visit.Script; stage = $Visit.Stage; host = $Visit.Host; code = $code
            changes = $after.Changes - $before.Changes; same = $after.World -ceq $before.World
        })
    return $code
}

function Invoke-Script([object]$Visit, [bool]$Attest, [bool]$Bare) {
    # Runs it. Bare is without a receipt and without a word.
    Enter-SimHost -Name $Visit.Host
    $folder = [System.IO.Path]::Combine($WorkPath, $Visit.Host)
    if (-not [System.IO.Directory]::Exists($folder)) {
        $null = [System.IO.Directory]::CreateDirectory($folder)
        foreach ($script in $run.Scripts) {
            [System.IO.File]::Copy([System.IO.Path]::Combine($kit, $script.Name), [System.IO.Path]::Combine($folder, $script.Name))
        }
    }
    $given = @{ Stage = $Visit.Stage; Force = $true }
    if ($Visit.Receipt -and -not $Bare) { $given['Receipt'] = [string](Get-Receipt -Stage $Visit.Receipt) }
    if (($Visit.Attest -or $Attest) -and -not $Bare) { $given['Attest'] = 'rehearsal' }
    $names = @(Select-Waiver -Script $Visit.Script)
    if ($names.Count -gt 0) { $given['Waive'] = $names }
    Write-Line -Text ('---- {0} -Stage {1} on {2}' -f $Visit.Script, $Visit.Stage, $Visit.Host)
    $global:LASTEXITCODE = 1
    try {
        & ([System.IO.Path]::Combine($folder, $Visit.Script)) @given *>&1 | ForEach-Object { Write-Line -Text ([string]$_) }
    } catch {
        Write-Line -Text $_.Exception.Message
    }
    return $global:LASTEXITCODE
}

function Invoke-Person([object]$Visit) {
    # What is done elsewhere, by hand.
    foreach ($set in $Visit.Records) {
        Set-SimRecord -Set $set
        Write-Line -Text ('---- The owner of the DNS: {0} {1} [{2}]' -f $set.Name, $set.Type, (Format-SimSet -Set $set))
    }
    foreach ($serial in $Visit.Serials) {
        $now = Set-SimSerial -Serial $serial
        Write-Line -Text ('---- The owner of the DNS: zone {0} has serial {1}' -f $serial.Zone, $now)
    }
}

function Invoke-Visit([object]$Visit, [bool]$Attest) {
    # One stage on one computer: where it asks for clicks, they are made, and it is run again. Returns its last exit code.
    $code = Invoke-Stage -Visit $Visit -Attest $Attest
    if ($code -ne 5 -or -not $Visit.Clicks) { return $code }
    Write-Line -Text '     ended with exit code 5, which asks a person to click; then it is run again'
    foreach ($click in $Visit.Clicks) { Write-Line -Text ('---- {0}: {1}' -f $click.Tool, (Invoke-SimClick -Click $click)) }
    return (Invoke-Stage -Visit $Visit -Attest $true)
}

function Invoke-Twice([object]$Visit) {
    # A stage that is done changes nothing when it is run again.
    $before = Get-State
    Write-Line -Text '     the same stage again'
    $code = Invoke-Stage -Visit $Visit -Attest ($null -ne $Visit.Clicks) -As 'again'
    $after = Get-State
    if ($code -eq 0 -and $after.Changes -eq $before.Changes -and $after.World -ceq $before.World) { return $true }
    Write-Line -Text ('     ended with exit code {0}, changes: {1}' -f $code, ($after.Changes - $before.Changes))
    return $false
}

function Invoke-Walk([object[]]$Visits, [string]$Way) {
    # Returns whether every stage ended well, in the end.
    $script:Way = $Way
    foreach ($visit in @($Visits | Select-Object -Skip (Get-Done -Way $Way))) {
        if ($visit.Script -eq '') { Invoke-Person -Visit $visit } elseif (-not (Invoke-Until -Visit $visit)) { return $false }
        Add-Note -Fields ([ordered]@{ kind = 'done'; way = $Way })
    }
    return $true
}

function Invoke-Until([object]$Visit) {
    # One visit; where it fails of a fault, the fault ends and the stage is run again. Returns whether it ended well.
    $code = Invoke-Visit -Visit $Visit -Attest $false
    if ($code -ne 0) {
        Write-Line -Text ('     ended with exit code {0}' -f $code)
        $script:Failed++
        if ([string]$env:SIM_FAULT -eq '') { return $false }
        Write-Line -Text ('     the fault {0} ends; the same stage again' -f $env:SIM_FAULT)
        $env:SIM_FAULT = ''
        $code = Invoke-Visit -Visit $Visit -Attest ($code -eq 5 -and -not $Visit.Clicks)
        if ($code -ne 0) { Write-Line -Text ('     ended with exit code {0}' -f $code); return $false }
    }
    return $Try -ne 'twice' -or (Invoke-Twice -Visit $Visit)
}

function Invoke-Order {
    # Each stage as if it were the first, without a receipt and without a word. Returns whether none changed anything
    # that was refused.
    $good = $true
    $number = 0
    foreach ($way in @('forth', 'back')) {
        $script:Way = $way
        $visits = $run.Forth
        if ($way -eq 'back') { $visits = $run.Back }
        foreach ($visit in @($visits | Where-Object { $_.Script -ne '' })) {
            $number += 1
            Start-World -Folder ([System.IO.Path]::Combine($root, 'first-' + $number))
            $before = Get-State
            $code = Invoke-Stage -Visit $visit -Attest $false -As 'first'
            $after = Get-State
            Write-Line -Text ('     ended with exit code {0}, changes: {1}' -f $code, ($after.Changes - $before.Changes))
            if ($code -ne 0 -and ($after.Changes -ne $before.Changes -or $after.World -cne $before.World)) { $good = $false }
        }
    }
    return $good
}

function Start-World([string]$Folder) {
    # The simulated computers as they are before the change, below a folder of their own.
    $script:WorkPath = $Folder
    $env:SIM_WORLD = [System.IO.Path]::Combine($Folder, 'world')
    $null = [System.IO.Directory]::CreateDirectory($env:SIM_WORLD)
    Save-SimWorld -World $run.World
}

function Get-First {
    # The world before the change, as it was shown then.
    $path = [System.IO.Path]::Combine($env:SIM_WORLD, 'first.txt')
    if (-not $Resume) {
        Show-World -When 'before the change'
        [System.IO.File]::WriteAllText($path, $script:World)
    }
    return [System.IO.File]::ReadAllText($path)
}

function Get-Met {
    # Faults that did happen.
    $path = [System.IO.Path]::Combine($env:SIM_WORLD, 'faults.txt')
    if ([System.IO.File]::Exists($path)) { [System.IO.File]::ReadAllLines($path) | Select-Object -Unique }
}

function Assert-Fault([string]$Text, [string[]]$Computers, [bool]$Kept) {
    # Each fault has to be one that the simulation knows, on a computer of this change: another would never happen, and
    # it would go unnoticed.
    if ($Try -eq 'order' -and $Text -ne '') { throw '-Try order takes no fault' }
    if ($Text -match '(^|;)crash@' -and -not $Kept) { throw 'crash@N ends the rehearsal: say with -WorkPath where it is, and go on there with -Resume' }
    $known = '^((\w+-\w+|dnscmd\.exe):((throw|throwafter|error|noop|slow|ttl|lost|moved)@[1-9]\d*|(partial|vanish)@[^@]+)|replication:(stuck|late)@[^@]+|' +
        'crash@[1-9]\d*|fails@[1-9]\d*|tcp:(silent|unknown)|hop:unreached|dns:(down|other|more|gone|ttl|raised|half)|firewall:closed|store:(down|readonly|alive|error|unpaired|mirror)|rights:none|shell:plain|person:(forgets|wrong|unpublished))$'
    foreach ($one in @($Text -split ';' | Where-Object { $_ -ne '' })) {
        if ($one -match '^kill') { throw ('{0} would end the rehearsal itself' -f $one) }
        if ($one -match '^[\w.-]+:(throw|throwafter|error|noop|slow|lost|moved)$') { throw ('{0} does not say which call of the cmdlet; write {0}@1 for the first' -f $one) }
        if ($one -match ':(partial|vanish|stuck|late)$') { throw ('{0} does not say on which computer; write {0}@{1}' -f $one, $Computers[0]) }
        if ($one -match '@([^@]*[^\d@][^@]*)$' -and $one -match $known -and $Computers -notcontains ($one -split '@')[1]) {
            throw ('{0} is on no computer of this change; there are {1}' -f $one, ($Computers -join ', '))
        }
        if ($one -notmatch $known) { throw ('there is no fault {0}; the head of LyncSim.psm1 lists them' -f $one) }
    }
}

function Show-Unmet([string]$Text) {
    # Faults that had no chance to happen.
    $met = @(Get-Met)
    foreach ($one in @($Text -split ';' | Where-Object { $_ -ne '' -and $met -notcontains $_ })) {
        Write-Line -Text ('     The fault {0} did not happen: no stage came to it' -f $one)
    }
}

function Show-World([string]$When) {
    Write-Line -Text ('==== The world ' + $When)
    $lines = @(Show-SimWorld)
    $lines | ForEach-Object { Write-Line -Text $_ }
    $script:World = $lines -join [char]10
}

$code = 2
$saved = @{}
foreach ($name in @('SIM_WORLD', 'SIM_KIT', 'SIM_HOST', 'SIM_FAULT', 'PSModulePath')) { $saved[$name] = [Environment]::GetEnvironmentVariable($name) }
try {
    $Waive = @($Waive | ForEach-Object { ($_ -replace '\s', '') -split ',' } | Where-Object { $_ -ne '' })
    $kept = $WorkPath -ne ''
    if (-not $kept) { $WorkPath = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), 'edgeplan-rehearsal-' + [Guid]::NewGuid()) }
    $WorkPath = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($WorkPath)
    $root = $WorkPath
    if (-not $Resume -and [System.IO.Directory]::Exists($WorkPath)) { throw ('{0} is there already' -f $WorkPath) }
    $run = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText([System.IO.Path]::Combine($kit, 'rehearsal.json')))
    Write-Line -Text ('{0}, plan {1}' -f $run.Title, $run.Plan)
    Assert-Fault -Text $Fault -Kept $kept -Computers (@($run.World.Hosts | ForEach-Object { $_.Name }) + @($run.World.Replicas | ForEach-Object { $_.Host }) | Select-Object -Unique)
    foreach ($script in $run.Scripts) { Assert-Script -Script $script }
    Assert-Waiver
    $env:SIM_KIT = $kit
    $env:SIM_FAULT = ''
    $env:SIM_WORLD = [System.IO.Path]::Combine($WorkPath, 'world')
    if ($Resume -and -not [System.IO.File]::Exists([System.IO.Path]::Combine($env:SIM_WORLD, 'first.txt'))) { throw ('there is no rehearsal to go on with in {0}' -f $WorkPath) }
    Import-Module -Name ([System.IO.Path]::Combine($kit, 'LyncSim.psm1')) -Force -Global -DisableNameChecking
    $script:Failed = 0
    $code = 1
    if ($Try -eq 'order') {
        $good = Invoke-Order
        Add-Note -Fields ([ordered]@{ kind = 'end'; works = $good; restores = $good; failed = 0; met = @() })
        Write-Line -Text ('==== Stages that were refused {0}' -f @{ $true = 'changed nothing'; $false = 'HAVE CHANGED something' }[$good])
        if ($good) { $code = 0 }
    } else {
        if (-not $Resume) { Start-World -Folder $WorkPath }
        $first = Get-First
        $env:SIM_FAULT = $Fault
        $forth = Invoke-Walk -Visits $run.Forth -Way 'forth'
        $env:SIM_FAULT = ''
        Show-World -When 'after the change'
        $changed = $script:World -cne $first -or (Get-Done -Way 'back') -gt 0
        $back = Invoke-Walk -Visits $run.Back -Way 'back'
        Show-World -When 'after the rollback'
        $same = $script:World -ceq $first
        $works = $forth -and $changed
        $restores = $back -and $same
        Write-Line -Text ('==== The change {0}; stages that failed on the way: {1}' -f @{ $true = 'works'; $false = 'DOES NOT WORK' }[$works], $script:Failed)
        Show-Unmet -Text $Fault
        Write-Line -Text ('     The rollback {0}' -f @{ $true = 'restores the first world'; $false = 'DOES NOT RESTORE the first world' }[$restores])
        Write-Line -Text ('     The computers, their evidence and their state are in {0}' -f $WorkPath)
        Add-Note -Fields ([ordered]@{ kind = 'end'; works = $works; restores = $restores; failed = $script:Failed; met = @(Get-Met) })
        if ($works -and $restores) { $code = 0 }
    }
} catch {
    $code = 2
    Write-Line -Text ('The rehearsal could not be held: ' + $_.Exception.Message)
} finally {
    Get-Module -Name 'LyncSim', 'Cmdlets.*', 'Lync', 'SkypeForBusiness' | Remove-Module
    foreach ($name in $saved.Keys) { [Environment]::SetEnvironmentVariable($name, $saved[$name]) }
}
exit $code
