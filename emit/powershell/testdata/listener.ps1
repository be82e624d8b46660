# listener.ps1 FUNCTION PORTS OUT: runs Get-ChangeListener, whose text is in the file FUNCTION, for each of the PORTS.
param([string]$Function, [string]$Ports, [string]$Out)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
. ([scriptblock]::Create([IO.File]::ReadAllText($Function)))
$result = foreach ($port in $Ports -split ',') { Get-ChangeListener -Port $port | ForEach-Object { '{0}:{1}' -f $port, $_ } }
[IO.File]::WriteAllText($Out, (ConvertTo-Json -InputObject @($result)))
