# quote.ps1 IN OUT: each line of IN is the UTF-16 of a text in hex, a blank, and an
# expression. What is not so, goes into OUT as JSON.
param([string]$In, [string]$Out)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$allowed = 'ScriptBlockAst', 'NamedBlockAst', 'PipelineAst', 'CommandExpressionAst', 'ParenExpressionAst', 'BinaryExpressionAst',
    'StringConstantExpressionAst', 'ConvertExpressionAst', 'TypeConstraintAst', 'ConstantExpressionAst'
$count = 0
$bad = foreach ($line in [IO.File]::ReadAllLines($In)) {
    $count++
    $hex, $expression = $line -split ' ', 2
    $tokens = $null
    $errors = $null
    $ast = [Management.Automation.Language.Parser]::ParseInput($expression, [ref]$tokens, [ref]$errors)
    $nodes = @($ast.FindAll({ $true }, $true))
    foreach ($node in $nodes) {
        $name = $node.GetType().Name
        if ($allowed -notcontains $name) { '{0}: holds {1}' -f $expression, $name }
        if ($name -eq 'TypeConstraintAst' -and $node.TypeName.FullName -cne 'char') { '{0}: casts to {1}' -f $expression, $node.TypeName }
        if ($name -eq 'BinaryExpressionAst' -and [string]$node.Operator -ne 'Plus') { '{0}: holds {1}' -f $expression, $node.Operator }
    }
    if ($errors.Count -gt 0 -or $ast.EndBlock.Statements.Count -ne 1) { '{0}: does not parse as one expression' -f $expression; continue }
    # As the value of a parameter it stays one argument.
    $ast2 = [Management.Automation.Language.Parser]::ParseInput("Get-X -P $expression -Q", [ref]$tokens, [ref]$errors)
    $elements = $ast2.EndBlock.Statements[0].PipelineElements[0].CommandElements
    if ($errors.Count -gt 0 -or $elements.Count -ne 4 -or $elements[2].Extent.Text -cne $expression) { '{0}: is not one argument' -f $expression }
    $value = & $ast.GetScriptBlock()
    if ($value -isnot [string]) { '{0}: is a {1}' -f $expression, $value.GetType(); continue }
    $is = [BitConverter]::ToString([Text.Encoding]::BigEndianUnicode.GetBytes($value)).Replace('-', '')
    if ($is -cne $hex.Substring(1)) { '{0}: is {1}, not {2}' -f $expression, $is, $hex }
}
[IO.File]::WriteAllText($Out, (ConvertTo-Json -InputObject @{ Count = $count; Bad = @($bad) }))
