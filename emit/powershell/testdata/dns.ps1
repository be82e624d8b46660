# dns.ps1 FUNCTIONS CASES OUT: runs Test-ChangeSerial and Resolve-ChangeName, whose text is in the file FUNCTIONS, on the
# cases in the JSON file CASES; the latter on what nslookup printed.
param([string]$Functions, [string]$Cases, [string]$Out)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
. ([scriptblock]::Create([IO.File]::ReadAllText($Functions)))
function nslookup.exe { $case.Text -split '\n' }

$all = ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($Cases))
$serials = @($all.Serials | ForEach-Object { Test-ChangeSerial -Want $_.Want -Number $_.Number })
$answers = foreach ($case in $all.Answers) {
    try {
        @{ Found = @(Resolve-ChangeName -Name $case.Name -Type $case.Type -Server '127.0.0.1'); Error = '' }
    } catch { @{ Found = @(); Error = $_.Exception.Message } }
}
[IO.File]::WriteAllText($Out, (ConvertTo-Json -InputObject @{ Serials = $serials; Answers = @($answers) } -Depth 4))
