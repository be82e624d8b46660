# host.ps1 SCRIPT WORLD KIT HOST GIVEN: runs a change script in a host that cannot show or ask anything, and prints its exit
# code. GIVEN is the parameters in JSON.
param([string]$Script, [string]$World, [string]$Kit, [string]$At, [string]$Given)
# Without a runspace of their own, methods can be called from any thread.
[NoRunspaceAffinity()]
class DeadScreen : System.Management.Automation.Host.PSHostUserInterface {
    [System.Management.Automation.Host.PSHostRawUserInterface] get_RawUI() { return $null }
    [string] ReadLine() { throw 'there is no keyboard' }
    [securestring] ReadLineAsSecureString() { throw 'there is no keyboard' }
    [void] Write([string]$text) { throw 'there is no screen' }
    [void] Write([ConsoleColor]$color, [ConsoleColor]$back, [string]$text) { throw 'there is no screen' }
    [void] WriteLine([string]$text) { throw 'there is no screen' }
    [void] WriteErrorLine([string]$text) { throw 'there is no screen' }
    [void] WriteDebugLine([string]$text) { throw 'there is no screen' }
    [void] WriteProgress([long]$id, [System.Management.Automation.ProgressRecord]$record) { throw 'there is no screen' }
    [void] WriteVerboseLine([string]$text) { throw 'there is no screen' }
    [void] WriteWarningLine([string]$text) { throw 'there is no screen' }
    [System.Collections.Generic.Dictionary[string, psobject]] Prompt([string]$caption, [string]$message,
        [System.Collections.ObjectModel.Collection[System.Management.Automation.Host.FieldDescription]]$fields) { throw 'there is no keyboard' }
    [pscredential] PromptForCredential([string]$a, [string]$b, [string]$c, [string]$d) { throw 'there is no keyboard' }
    [pscredential] PromptForCredential([string]$a, [string]$b, [string]$c, [string]$d, [System.Management.Automation.PSCredentialTypes]$e,
        [System.Management.Automation.PSCredentialUIOptions]$f) { throw 'there is no keyboard' }
    [int] PromptForChoice([string]$caption, [string]$message,
        [System.Collections.ObjectModel.Collection[System.Management.Automation.Host.ChoiceDescription]]$choices, [int]$default) { throw 'there is no keyboard' }
}
[NoRunspaceAffinity()]
class DeadHost : System.Management.Automation.Host.PSHost {
    [guid]$Id = [guid]::NewGuid()
    [DeadScreen]$Screen = [DeadScreen]::new()
    [string] get_Name() { return 'dead' }
    [version] get_Version() { return [version]'1.0' }
    [guid] get_InstanceId() { return $this.Id }
    [System.Management.Automation.Host.PSHostUserInterface] get_UI() { return $this.Screen }
    [System.Globalization.CultureInfo] get_CurrentCulture() { return [System.Globalization.CultureInfo]::InvariantCulture }
    [System.Globalization.CultureInfo] get_CurrentUICulture() { return [System.Globalization.CultureInfo]::InvariantCulture }
    [void] SetShouldExit([int]$code) { }
    [void] EnterNestedPrompt() { throw 'there is no keyboard' }
    [void] ExitNestedPrompt() { }
    [void] NotifyBeginApplication() { }
    [void] NotifyEndApplication() { }
}
$env:SIM_WORLD = $World
$env:SIM_KIT = $Kit
$env:SIM_FAULT = ''
$session = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace([DeadHost]::new())
$session.Open()
$shell = [powershell]::Create()
$shell.Runspace = $session
$null = $shell.AddScript({
        param($Kit, $At, $Script, $Given)
        Import-Module -Name ([System.IO.Path]::Combine($Kit, 'LyncSim.psm1')) -Global -DisableNameChecking
        Enter-SimHost -Name $At
        $all = @{}
        foreach ($one in (ConvertFrom-Json -InputObject $Given).PSObject.Properties) { $all[$one.Name] = $one.Value }
        & $Script @all
        $LASTEXITCODE
    }).AddArgument($Kit).AddArgument($At).AddArgument($Script).AddArgument($Given)
'exit code ' + @($shell.Invoke())[-1]
