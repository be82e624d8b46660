# down.ps1 FUNCTION CASES OUT: runs Get-ServiceDown, whose text is in the file FUNCTION,
# on the cases in the JSON file CASES.
param([string]$Function, [string]$Cases, [string]$Out)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
. ([scriptblock]::Create([IO.File]::ReadAllText($Function)))
function Test-ChangeDisabled([string]$Service) { @($case.Off) -contains $Service }
function Write-ChangeOnce([string]$Outcome, [string]$Detail) { $script:said += $Outcome + ' ' + $Detail }
function Get-CsWindowsService([switch]$ExcludeActivityLevel) { $listed }

$result = foreach ($case in @(ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($Cases)))) {
    $Plan = @{ Script = 'failover'; Opposite = 'rollback' }
    $Run = @{ State = @{}; Waive = @($case.Waive | Where-Object { $null -ne $_ }) }
    $said = @()
    if ($case.Noted -ne '') { $Run.State['failover:Had stop/services'] = $case.Noted }
    $listed = @($case.Listed | Where-Object { $null -ne $_ })
    @{ Name = $case.Name; Down = @(Get-ServiceDown -Noted 'stop/services' | Sort-Object -Unique); Said = @($said) }
}
[IO.File]::WriteAllText($Out, (ConvertTo-Json -InputObject @($result) -Depth 4))
