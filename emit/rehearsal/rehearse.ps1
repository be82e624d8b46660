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
    Exit codes: 0 the change works and rolls back, 1 it does not, 2 the rehearsal could not be held.
#>
[CmdletBinding()]
param(
    # What goes wrong, until the first stage has failed of it.
    [string]$Fault = '',
    # What the scripts get as -Waive. A number goes to those that have such a fact.
    [string[]]$Waive = @(),
    # Folder for the simulated computers and what the scripts leave there. It must not exist. Default: a temporary one.
    [string]$WorkPath = ''
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

function Invoke-Stage([object]$Visit, [bool]$Attest) {
    # One stage on one computer. Returns the exit code of the script.
    Enter-SimHost -Name $Visit.Host
    $folder = [System.IO.Path]::Combine($WorkPath, $Visit.Host)
    if (-not [System.IO.Directory]::Exists($folder)) {
        $null = [System.IO.Directory]::CreateDirectory($folder)
        foreach ($script in $run.Scripts) {
            [System.IO.File]::Copy([System.IO.Path]::Combine($kit, $script.Name), [System.IO.Path]::Combine($folder, $script.Name))
        }
    }
    $given = @{ Stage = $Visit.Stage; Force = $true }
    if ($Visit.Receipt) { $given['Receipt'] = [string](Get-Receipt -Stage $Visit.Receipt) }
    if ($Visit.Attest -or $Attest) { $given['Attest'] = 'rehearsal' }
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

function Invoke-Walk([object[]]$Visits) {
    # Returns whether every stage ended well, in the end.
    foreach ($visit in $Visits) {
        if ($visit.Script -eq '') { Invoke-Person -Visit $visit; continue }
        $code = Invoke-Visit -Visit $visit -Attest $false
        if ($code -eq 0) { continue }
        Write-Line -Text ('     ended with exit code {0}' -f $code)
        $script:Failed++
        if ([string]$env:SIM_FAULT -eq '') { return $false }
        Write-Line -Text ('     the fault {0} ends; the same stage again' -f $env:SIM_FAULT)
        $env:SIM_FAULT = ''
        $code = Invoke-Visit -Visit $visit -Attest ($code -eq 5 -and -not $visit.Clicks)
        if ($code -ne 0) { Write-Line -Text ('     ended with exit code {0}' -f $code); return $false }
    }
    return $true
}

function Assert-Fault([string]$Text, [string[]]$Computers) {
    # Each fault has to be one that the simulation knows, on a computer of this change: another would never happen, and
    # it would go unnoticed.
    $known = '^((\w+-\w+|dnscmd\.exe):((throw|throwafter|error|noop|slow|ttl|lost|moved)@[1-9]\d*|(partial|vanish)@[^@]+)|replication:(stuck|late)@[^@]+|' +
        'tcp:(silent|unknown)|hop:unreached|dns:(down|other|more|gone|ttl|raised|half)|firewall:closed|store:(down|readonly|alive|error|unpaired|mirror)|rights:none|shell:plain|person:(forgets|wrong|unpublished))$'
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
    $path = [System.IO.Path]::Combine($env:SIM_WORLD, 'faults.txt')
    $met = @()
    if ([System.IO.File]::Exists($path)) { $met = @([System.IO.File]::ReadAllLines($path)) }
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
    if ($WorkPath -eq '') { $WorkPath = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), 'edgeplan-rehearsal-' + [Guid]::NewGuid()) }
    $WorkPath = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($WorkPath)
    if ([System.IO.Directory]::Exists($WorkPath)) { throw ('{0} is there already' -f $WorkPath) }
    $run = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText([System.IO.Path]::Combine($kit, 'rehearsal.json')))
    Write-Line -Text ('{0}, plan {1}' -f $run.Title, $run.Plan)
    Assert-Fault -Text $Fault -Computers (@($run.World.Hosts | ForEach-Object { $_.Name }) + @($run.World.Replicas | ForEach-Object { $_.Host }) | Select-Object -Unique)
    foreach ($script in $run.Scripts) { Assert-Script -Script $script }
    Assert-Waiver
    $env:SIM_KIT = $kit
    $env:SIM_FAULT = ''
    $env:SIM_WORLD = [System.IO.Path]::Combine($WorkPath, 'world')
    $null = [System.IO.Directory]::CreateDirectory($env:SIM_WORLD)
    Import-Module -Name ([System.IO.Path]::Combine($kit, 'LyncSim.psm1')) -Force -Global -DisableNameChecking
    Save-SimWorld -World $run.World
    $script:Failed = 0
    Show-World -When 'before the change'
    $first = $script:World
    $env:SIM_FAULT = $Fault
    $forth = Invoke-Walk -Visits $run.Forth
    $env:SIM_FAULT = ''
    Show-World -When 'after the change'
    $changed = $script:World -cne $first
    $back = Invoke-Walk -Visits $run.Back
    Show-World -When 'after the rollback'
    $same = $script:World -ceq $first
    Write-Line -Text ('==== The change {0}; stages that failed on the way: {1}' -f @{ $true = 'works'; $false = 'DOES NOT WORK' }[$forth -and $changed], $script:Failed)
    Show-Unmet -Text $Fault
    Write-Line -Text ('     The rollback {0}' -f @{ $true = 'restores the first world'; $false = 'DOES NOT RESTORE the first world' }[$back -and $same])
    Write-Line -Text ('     The computers, their evidence and their state are in {0}' -f $WorkPath)
    $code = 1
    if ($forth -and $changed -and $back -and $same) { $code = 0 }
} catch {
    Write-Line -Text ('The rehearsal could not be held: ' + $_.Exception.Message)
} finally {
    Get-Module -Name 'LyncSim', 'Cmdlets.*', 'Lync', 'SkypeForBusiness' | Remove-Module
    foreach ($name in $saved.Keys) { [Environment]::SetEnvironmentVariable($name, $saved[$name]) }
}
exit $code
