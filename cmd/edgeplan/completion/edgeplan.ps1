# Completion of edgeplan for PowerShell 5.0 and later: edgeplan completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName 'edgeplan', 'edgeplan.exe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $program = Get-Command -Name edgeplan -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if (-not $program) { return }
    # Each word with an equals sign before it, since Windows PowerShell 5.1 drops arguments that are empty.
    $words = @(foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
        if ($element.Extent.EndOffset -ge $cursorPosition) { continue }
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { '=' + $element.Value } else { '=' + $element.Extent.Text }
    })
    $words += '=' + $wordToComplete
    $kind, $lines = @(& $program completion powershell -- $words 2>$null)
    foreach ($line in $lines) {
        $word, $about = $line -split "`t", 2
        if (-not $about) { $about = $word }
        New-Object System.Management.Automation.CompletionResult $word, $word, 'ParameterValue', $about
    }
    if (-not $kind -or $kind -eq 'none') { return }
    foreach ($path in [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)) {
        if ($path.ResultType -eq 'ProviderContainer' -or $kind -ne 'folders' -and $path.ListItemText -like "*$kind") { $path }
    }
}
