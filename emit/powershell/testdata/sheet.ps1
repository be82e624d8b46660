# sheet.ps1 LIST OUT: runs each script that the file LIST names without a stage, with
# stand-ins for the functions that look at the machine. The result goes into OUT as JSON.
param([string]$List, [string]$Out)
$ErrorActionPreference = 'Stop'
New-Module -Name LyncSim -ScriptBlock {
    function Get-ChangeHost { 'fe2.corp.contoso.com' }
    function Get-ChangeRight { throw 'the run sheet asked for rights' }
    function Test-ChangePort { throw 'the run sheet opened a port' }
    function Get-ChangeListener { throw 'the run sheet looked at ports' }
    function Test-ChangeDisabled { throw 'the run sheet looked at services' }
    function Get-ChangeCertificate { throw 'the run sheet looked at certificates' }
    function Resolve-ChangeName { throw 'the run sheet asked a DNS server' }
} | Import-Module -Global -DisableNameChecking

$result = foreach ($path in [IO.File]::ReadAllLines($List)) {
    $global:LASTEXITCODE = -1
    $lines = @(& $path *>&1 | ForEach-Object { [string]$_ })
    @{ Path = $path; Exit = $LASTEXITCODE; Lines = $lines }
}
[IO.File]::WriteAllText($Out, (ConvertTo-Json -InputObject @($result) -Depth 4))
