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

$result = foreach ($path in [IO.File]::ReadAllLines($List)) {
    $tokens = $null
    $errors = $null
    $ast = [Management.Automation.Language.Parser]::ParseFile($path, [ref]$tokens, [ref]$errors)
    $end = [IO.File]::ReadAllText($path).IndexOf($marker)
    $all = @($ast.FindAll({ $true }, $true))
    # Above the runtime, and there below the parameters.
    $start = 0
    if ($null -ne $ast.ParamBlock) { $start = $ast.ParamBlock.Extent.EndOffset }
    $above = @($all | Where-Object { $_.Extent.StartOffset -lt $end -and $_.Extent.StartOffset -ge $start })
    $functions = @($all | Where-Object { $_ -is [Management.Automation.Language.FunctionDefinitionAst] })
    @{
        Path = $path
        Errors = @($errors | ForEach-Object { '{0} (line {1})' -f $_.ErrorId, $_.Extent.StartLineNumber })
        Commands = @($above | Where-Object { $_ -is [Management.Automation.Language.CommandAst] } | ForEach-Object { [string]$_.GetCommandName() })
        Nodes = @($above | ForEach-Object { $_.GetType().Name } | Sort-Object -Unique)
        Types = @($above | Where-Object { $_ -is [Management.Automation.Language.TypeConstraintAst] } | ForEach-Object { $_.TypeName.FullName } | Sort-Object -Unique)
        Synopsis = Get-Synopsis -Ast $ast
        Functions = $functions.Count
        NoHelp = @($functions | Where-Object { (Get-Synopsis -Ast $_) -eq '' } | ForEach-Object { $_.Name })
    }
}
[IO.File]::WriteAllText($Out, (ConvertTo-Json -InputObject @($result) -Depth 4))
