# parse.ps1 LIST OUT: what the engine's parser says about each script that the file LIST
# names, a line for each; as JSON into the file OUT.
param([string]$List, [string]$Out)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$marker = '# ==== FIXED RUNTIME'

function Get-Synopsis($Ast) {
    $help = $Ast.GetHelpContent()
    if ($null -eq $help) { return '' }
    return ([string]$help.Synopsis).Trim()
}

# What #Requires asks for, in any comment.
function Get-Requirement($Of) {
    if ($null -eq $Of) { return @() }
    foreach ($property in $Of.PSObject.Properties) {
        if ([string]$property.Value -notin '', 'False') { '{0}={1}' -f $property.Name, ($property.Value -join ',') }
    }
}

$paths = @([IO.File]::ReadAllLines($List))
$result = foreach ($path in $paths) {
    $tokens = $null
    $errors = $null
    $ast = [Management.Automation.Language.Parser]::ParseFile($path, [ref]$tokens, [ref]$errors)
    $end = [IO.File]::ReadAllText($path).IndexOf($marker)
    $statements = @()
    if ($null -ne $ast.EndBlock) { $statements = @($ast.EndBlock.Statements) }
    # Above the runtime: what is not a statement of the runtime.
    $above = foreach ($statement in $statements) {
        if ($statement.Extent.StartOffset -lt $end) { $statement.FindAll({ $true }, $true) }
    }
    # The runtime is the same in all: its functions are looked at once.
    $functions = @()
    if ($path -ceq $paths[0]) {
        $functions = @($ast.FindAll({ $args[0] -is [Management.Automation.Language.FunctionDefinitionAst] }, $true))
    }
    $nodes = @{}
    $types = @{}
    $commands = foreach ($node in $above) {
        $nodes[$node.GetType().Name] = 1
        if ($node -is [Management.Automation.Language.CommandAst]) { [string]$node.GetCommandName() }
        if ($node -is [Management.Automation.Language.TypeConstraintAst]) { $types[$node.TypeName.FullName] = 1 }
    }
    @{
        Path = $path
        Errors = @($errors | ForEach-Object { '{0} (line {1})' -f $_.ErrorId, $_.Extent.StartLineNumber })
        Commands = @($commands)
        Nodes = @($nodes.Keys)
        Types = @($types.Keys)
        Synopsis = Get-Synopsis -Ast $ast
        Comments = @(foreach ($token in $tokens) { if ($token.Kind -eq 'Comment') { 1 } }).Count
        Statements = @(foreach ($one in $statements) { if ($one.Extent.Text -notmatch '^\$Name\d+ \+?= ') { 1 } }).Count
        Params = @(if ($null -ne $ast.ParamBlock) { foreach ($one in $ast.ParamBlock.Parameters) { $one.Extent.Text } })
        Requires = @(Get-Requirement -Of $ast.ScriptRequirements)
        Functions = $functions.Count
        NoHelp = @($functions | Where-Object { (Get-Synopsis -Ast $_) -eq '' } | ForEach-Object { $_.Name })
    }
}
[IO.File]::WriteAllText($Out, (ConvertTo-Json -InputObject @($result) -Depth 4))
