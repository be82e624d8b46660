# known.ps1 LIST OUT: which lines of the file LIST, COMMAND or COMMAND PARAMETER, the engine
# does not know; as JSON into the file OUT.
param([string]$List, [string]$Out)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$unknown = foreach ($line in [IO.File]::ReadAllLines($List)) {
    $name, $parameter = $line -split ' '
    $command = @(Get-Command -Name $name -CommandType Cmdlet, Function -ErrorAction SilentlyContinue)
    $fits = @($command | Where-Object { -not $parameter -or ($null -ne $_.Parameters -and $_.Parameters.ContainsKey($parameter)) })
    if ($fits.Count -eq 0) { $line }
}
[IO.File]::WriteAllText($Out, (ConvertTo-Json -InputObject @($unknown)))
