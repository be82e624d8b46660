# Runs change scripts for the scenario tests: one request a line, one answer a line, JSON both ways. What goes past all
# streams to the screen comes between.
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$stage = {
    param([object]$Ask)
    if ($null -eq (Get-Module -Name 'LyncSim') -or $env:SIM_KIT -ne $Ask.Kit) {
        Get-Module -Name 'LyncSim', 'Cmdlets.*' | Remove-Module
        $env:SIM_KIT = $Ask.Kit
        Import-Module -Name ([System.IO.Path]::Combine($Ask.Kit, 'LyncSim.psm1')) -Global -DisableNameChecking
    }
    $env:SIM_FAULT = $Ask.Fault
    Enter-SimHost -Name $Ask.Host
    $given = @{}
    foreach ($property in $Ask.Given.PSObject.Properties) { $given[$property.Name] = $property.Value }
    $text = @()
    $global:LASTEXITCODE = 99
    # As a fresh shell has it: functions of modules see the global preference, not that of the script.
    $saved = $global:ErrorActionPreference
    $global:ErrorActionPreference = 'Continue'
    $after = ''
    # What a profile might have done. From here to the end no command is called that it could have hidden.
    if ($Ask.Dirty) { . ([scriptblock]::Create($Ask.Dirty)) }
    try { $text = & $Ask.Script @given *>&1 } catch { $text += $_.Exception.Message; $global:LASTEXITCODE = 98 }
    if ($Ask.After) { $after = [string](& ([scriptblock]::Create($Ask.After))) }
    if (-not $Ask.Dirty) { $global:ErrorActionPreference = $saved }
    $text = @(foreach ($one in @($text)) { [string]$one }) -join [string][char]10
    @{ Code = $global:LASTEXITCODE; Text = [Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($text)); After = $after }
}
[Console]::Out.WriteLine('ready')
while ($null -ne ($line = [Console]::In.ReadLine())) {
    $ask = ConvertFrom-Json -InputObject $line
    $env:SIM_WORLD = $ask.World
    $env:SIM_FAULT = ''
    if ($ask.Freeze -or $ask.Dirty) {
        # In a session of its own. With a fault that kills, its thread stands still for ever: the disk is then as after a kill.
        $env:SIM_KIT = $ask.Kit
        $other = [PowerShell]::Create()
        $other.Runspace = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace()
        $other.Runspace.Open()
        $run = $other.AddScript($stage).AddArgument($ask).BeginInvoke()
        $frozen = [System.IO.Path]::Combine($ask.World, 'frozen.txt')
        while (-not $run.IsCompleted -and -not [System.IO.File]::Exists($frozen)) { [System.Threading.Thread]::Sleep(5) }
        if ($run.IsCompleted) {
            $answer = @($other.EndInvoke($run))[-1]
            $other.Runspace.Dispose()
        } else { $answer = @{ Code = -1; Text = '' } }
    } else {
        $answer = & $stage $ask
    }
    [Console]::Out.WriteLine('answer ' + (ConvertTo-Json -InputObject $answer -Compress))
}
