# ---- Evidence, exit codes, state.
function Show-ChangeLine {
    <# .SYNOPSIS
        Show one line. A screen that fails stops nothing: the evidence log has it. #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'for the operator')]
    param([string]$Text)
    try { Write-Host -Object ($Text -replace $Unprintable, '?') } catch { return }
}

function Write-ChangeRecord {
    <# .SYNOPSIS
        Append one line to the evidence log (JSON lines), then show it. A -WhatIf run writes no file. #>
    param([string]$Step, [string]$Outcome, [string]$Command = '', [string]$Detail = '')
    $now = [DateTime]::UtcNow.ToString('o')
    if (-not $Run.DryRun -and $null -ne $Run.Lock) {
        $record = [ordered]@{
            utc = $now; plan = $Plan.Id; script = $Plan.Script; stage = $Run.Stage; host = $Run.Host; who = $Run.Who
            step = $Step; command = $Command; outcome = $Outcome; detail = $Detail
        }
        $line = (ConvertTo-Json -InputObject $record -Compress) + [Environment]::NewLine
        [System.IO.File]::AppendAllText($Run.Evidence, $line)
    }
    Show-ChangeLine -Text ('{0} {1} {2} {3} {4}' -f $now, $Outcome, $Step, $Command, $Detail)
}

function Exit-ChangeStage([int]$Code, [string]$Why) {
    <# .SYNOPSIS
        Leave the stage: 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act first. #>
    $problem = New-Object -TypeName 'System.InvalidOperationException' -ArgumentList $Why
    $problem.Data['ExitCode'] = $Code
    throw $problem
}

function Read-ChangeState {
    <# .SYNOPSIS
        Read the state file of this computer; refuse one of another plan or one that cannot be read. #>
    if (-not [System.IO.File]::Exists($Run.StatePath)) { return }
    $state = $null
    $why = 'it belongs to another plan'
    try { $state = Import-Clixml -LiteralPath $Run.StatePath } catch { $why = $_.Exception.Message }
    if ($state -isnot [hashtable] -or [string]$state['Plan'] -cne $Plan.Id) {
        $way = 'nothing was done. Put {0}.old in its place, or move it away (what it noted is lost), then run this again'
        Exit-ChangeStage -Code 1 -Why (('cannot use state file {0}: {1}; ' + $way) -f $Run.StatePath, $why)
    }
    $Run.State = $state
}

function Save-ChangeValue([string]$Name, [string]$Value) {
    <# .SYNOPSIS
        Put one value into the state file, by way of a second file: a crash leaves the old state or the new one. #>
    if ($Run.DryRun) { return }
    $Run.State[$Name] = $Value
    $fresh = $Run.StatePath + '.new'
    Export-Clixml -InputObject $Run.State -LiteralPath $fresh -Force -WhatIf:$false -Confirm:$false
    if (-not [System.IO.File]::Exists($Run.StatePath)) { [System.IO.File]::Move($fresh, $Run.StatePath); return }
    [System.IO.File]::Replace($fresh, $Run.StatePath, $Run.StatePath + '.old')
}

function Test-ChangeDone([string]$Stage) {
    <# .SYNOPSIS
        Whether a stage of this script is done on this computer. #>
    return ([string]$Run.State[$Run.Mine + $Stage]) -clike 'Done *'
}

function Complete-ChangeStage {
    <# .SYNOPSIS
        Note the stage as done. The opposite script can be run again: what it noted of its progress is removed. #>
    foreach ($name in @($Run.State.Keys) -clike ($Plan.Opposite + ':*')) { $Run.State.Remove($name) }
    Save-ChangeValue -Name ($Run.Mine + $Run.Stage) -Value ('Done ' + [DateTime]::UtcNow.ToString('o'))
}

# ---- Facts: nothing below this line changes anything until Invoke-ChangeStep.
function ConvertTo-ChangeText([object[]]$From, [string]$Property) {
    <# .SYNOPSIS
        Objects, or properties of each ('A,B'), as sorted texts without doubles, empty values and ports that are 0. #>
    $values = foreach ($one in $From) {
        if ($Property -eq '') { $one; continue }
        foreach ($name in $Property -split ',') {
            $member = $one.PSObject.Properties[$name]
            if ($null -eq $member) { '(no property {0})' -f $name; continue }
            # A port of 0 is none: the cmdlets that set ports take a number and no empty value.
            if ($name -notlike '*Port' -or [string]$member.Value -ne '0') { $member.Value }
        }
    }
    return @($values | ForEach-Object { [string]$_ } | Where-Object { $_ -ne '' } | Sort-Object -Unique)
}

function Format-ChangeList([object[]]$From) {
    <# .SYNOPSIS
        Values for a message: '[A, B]', or 'none'. #>
    if (@($From).Count -eq 0) { return 'none' }
    return '[{0}]' -f ($From -join ', ')
}

function Test-ChangeWay([string[]]$From, [string[]]$To, [string[]]$Found) {
    <# .SYNOPSIS
        Whether records ('TTL data') are on their way: all data of one side is there, no other data, and no other TTL. #>
    $both = @($From) + @($To)
    $data = @($Found -replace '^\d+ ', '')
    $strange = @($Found | Where-Object {
            @($both -replace '^\d+ ', '') -notcontains ($_ -replace '^\d+ ', '') -or
            @($both -replace ' .*$', '') -notcontains ($_ -replace ' .*$', '')
        })
    $old = @($From | Where-Object { $data -notcontains ($_ -replace '^\d+ ', '') })
    $new = @($To | Where-Object { $data -notcontains ($_ -replace '^\d+ ', '') })
    return $strange.Count -eq 0 -and ($old.Count -eq 0 -or $new.Count -eq 0)
}

function Write-ChangeFact([hashtable]$Fact, [bool]$Good, [string]$Detail) {
    <# .SYNOPSIS
        Note whether a fact is as it should be. A failure that is not waived is kept for Assert-ChangeFact; here and now
        one that is Firm cannot be. #>
    $outcome = 'FAIL'
    if ($Fact['Warn'] -eq 'All') { $outcome = 'WARNING' }
    if ($Fact.Id -clike 'P*' -and $Run.Waive -contains $Fact.Id) { $outcome = 'WAIVED' }
    if ($Good) { $outcome = 'PASS' }
    if ($outcome -eq 'FAIL') {
        $Run.Failed += '{0} {1}' -f $Fact.Id, $Fact.Says
        if ($Fact.Id -clike 'P*' -and -not $Fact['Firm']) { $Run.CanWaive += $Fact.Id }
    }
    Write-ChangeRecord -Step $Fact.Id -Outcome $outcome -Detail $Detail
}

function Confirm-ChangeFact([hashtable]$Fact, [object[]]$Have) {
    <# .SYNOPSIS
        Compare what is (Have) with what a fact says: Is, Has, Only, Like, or From and To. #>
    $kind = @('Is', 'Has', 'Only', 'Like', 'From' | Where-Object { $Fact.ContainsKey($_) })[0]
    $want = @(ConvertTo-ChangeText -From $Fact[$kind])
    $to = @(ConvertTo-ChangeText -From $Fact['To'])
    $found = @(ConvertTo-ChangeText -From $Have)
    $has = @($want | Where-Object { $found -notcontains $_ }).Count -eq 0
    $only = @($found | Where-Object { $want -notcontains $_ }).Count -eq 0
    $like = @($found | Where-Object { $kind -eq 'Like' -and $_ -like $want[0] })
    $way = $kind -eq 'From' -and (Test-ChangeWay -From $want -To $to -Found $found)
    $good = @{ Is = $has -and $only; Has = $has; Only = $only; Like = $like.Count -gt 0; From = $way }[$kind]
    if ($like.Count -gt 0) { $found = $like }
    $detail = '{0}: {1}' -f $Fact.Says, ($found -join ',')
    if (-not $good) {
        $how = @{ Is = ''; Has = 'at least '; Only = 'only '; Like = 'like '; From = '' }[$kind]
        $detail = '{0}: expected {1}{2}' -f $Fact.Says, $how, (Format-ChangeList -From $want)
        if ($kind -eq 'From') { $detail += ' or ' + (Format-ChangeList -From $to) }
        $detail += ', found ' + (Format-ChangeList -From $found)
    }
    Write-ChangeFact -Fact $Fact -Good $good -Detail $detail
    if ($Fact['Warn'] -ne 'Others' -or $only) { return }
    $detail = '{0}: not in the plan [{1}]' -f $Fact.Says, (@($found | Where-Object { $want -notcontains $_ }) -join ',')
    Write-ChangeRecord -Step $Fact.Id -Outcome 'WARNING' -Detail $detail
}

function Test-ChangeRead([hashtable]$Of, [hashtable]$Into) {
    <# .SYNOPSIS
        Read what a fact or a step is about, before anything is changed: the texts Have, and all of them as Now. Without
        Read it is about what was read Into that before. What cannot be read has failed. #>
    if ($Of.ContainsKey('Read')) {
        $Into['Why'] = ''
        $Into['Objects'] = @()
        try { $Into.Objects = @(& $Of.Read) } catch {
            if ($null -ne $_.Exception.Data['ExitCode']) { throw }
            $Into.Why = 'cannot be read: ' + $_.Exception.Message
        }
    }
    $Into['Have'] = @(ConvertTo-ChangeText -From $Into.Objects -Property $Of['Property'])
    $Into['Now'] = $Into.Have -join ','
    if ($Into.Why -ne '') { Write-ChangeFact -Fact $Of -Good $false -Detail ('{0}: {1}' -f $Of.Says, $Into.Why) }
    return $Into.Why -eq ''
}

function Read-ChangeFact([hashtable]$Stage, [switch]$Done) {
    <# .SYNOPSIS
        Read what the facts of a stage are about, and compare. With Done, From is over: only To will do. #>
    $read = @{}
    foreach ($fact in $Stage['Facts']) {
        if ($fact.ContainsKey('When') -and -not $Run.Given.ContainsKey($fact.When)) { continue }
        if (-not (Test-ChangeRead -Of $fact -Into $read)) { continue }
        $one = $fact.Clone()
        if ($Done -and $fact.ContainsKey('From')) { $one.Remove('From'); $one['Is'] = $fact.To }
        Confirm-ChangeFact -Fact $one -Have $read.Have
    }
}

function Confirm-ChangeRest([hashtable]$Stage, [hashtable]$Step) {
    <# .SYNOPSIS
        Leave the stage unless the data of To is there, of the fact that the step Needs: it is what stays. #>
    foreach ($fact in @($Stage['Facts'] | Where-Object { $_.Id -ceq $Step['Needs'] })) {
        $rest = @{ Id = $Step.Id; Says = $fact.Says + ', what stays'; Has = @($fact.To -replace '^\d+ ', '') }
        Confirm-ChangeFact -Fact $rest -Have @(ConvertTo-ChangeText -From @(& $fact.Read) -Property 'Data')
    }
    Assert-ChangeFact
}

function Assert-ChangeFact {
    <# .SYNOPSIS
        Leave the stage if any fact failed. #>
    if ($Run.Failed.Count -eq 0) { return }
    $way = ': fix it'
    $numbers = @($Run.CanWaive | Select-Object -Unique) -join ','
    if ($Run.CanWaive.Count -eq $Run.Failed.Count) { $way += ', or go on without by -Waive ' + $numbers }
    Exit-ChangeStage -Code 3 -Why ('not as planned: ' + ($Run.Failed -join '; ') + $way)
}

function Confirm-ChangeAttest([string]$Step, [string]$Fact) {
    <# .SYNOPSIS
        A fact that this script cannot see: take the operator's word (-Attest) into evidence, or leave with 5. #>
    if ($Run.Attest -eq '') { Exit-ChangeStage -Code 5 -Why ('pass -Attest "who, ticket" once this is so: ' + $Fact) }
    Write-ChangeRecord -Step $Step -Outcome 'ATTESTED' -Detail ('{0}: {1}' -f $Fact, $Run.Attest)
}

function Confirm-ChangeStopped([hashtable]$Stage) {
    <# .SYNOPSIS
        Leave the stage while a server of MustBeStopped answers. Silence will do where Preflight saw the port open. #>
    if ($Stage.ContainsKey('MustBeStopped') -and $Run.AllowRunningTarget) {
        Write-ChangeRecord -Step $Stage.Name -Outcome 'OVERRIDE' -Detail 'not checked that the target pool is stopped'
        return
    }
    $doubt = @()
    foreach ($server in $Stage['MustBeStopped']) {
        $answer = Test-ChangePort -Target $server -Port $SipPort -Seconds 5
        $why = '{0}:{1} still answers: run stage Stop there first' -f ($server -replace $IPv6, '[$0]'), $SipPort
        if ($answer -ceq 'open') { Exit-ChangeStage -Code 3 -Why $why }
        if ($answer -cne 'closed' -and $Run.State['Open ' + $server] -cne 'open') { $doubt += $server }
    }
    $fact = 'stage Stop is done on ' + ($doubt -join ', ')
    if ($doubt.Count -gt 0) { Confirm-ChangeAttest -Step $Stage.Name -Fact $fact }
}

function Get-ChangeStamp([object]$Seconds) {
    <# .SYNOPSIS
        UTC minute from now, as digits; of a later time, the minute in which it is over. #>
    if ($Seconds -gt 0) { $Seconds += 59 }
    return ([DateTime]::UtcNow.AddSeconds($Seconds).ToString('o').Substring(0, 16) -replace '\D', '')
}

function Get-ChangeReceipt([string]$Stage, [string]$Stamp) {
    <# .SYNOPSIS
        Receipt of a passed stage: UTC stamp, and a checksum over plan, stage and stamp; typed in on another server. #>
    $sha = New-Object -TypeName 'System.Security.Cryptography.SHA256CryptoServiceProvider'
    $hash = $sha.ComputeHash([System.Text.Encoding]::ASCII.GetBytes($Plan.Id + '|' + $Stage + '|' + $Stamp))
    return ('{0}-{1}' -f $Stamp, [System.BitConverter]::ToString($hash, 0, 4).Replace('-', ''))
}

function Confirm-ChangeReceipt([hashtable]$Stage) {
    <# .SYNOPSIS
        Leave the stage without the receipt that another of this very plan printed, after this server was last rolled
        back; asked for once per server. Before the time of a receipt that is for later, the stage needs -Attest. #>
    $from = $Stage.Receipt
    $receipt = $Run.Receipt
    if ($receipt -eq '') { $receipt = [string]$Run.State[$Run.Mine + 'Receipt'] }
    $stamp = ($receipt -split '-')[0]
    if ($receipt -eq '' -or $receipt -cne (Get-ChangeReceipt -Stage $from -Stamp $stamp)) {
        Exit-ChangeStage -Code 5 -Why ('pass the receipt that stage {0} of this plan printed: -Receipt' -f $from)
    }
    $later = [int]@(Get-ChangeStage -Name $from | ForEach-Object { $_['PrintsReceipt'] } | Where-Object { $_ })[0]
    $time = $stamp -replace '^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$', '$1-$2-$3 $4:$5'
    $printed = ([DateTime]$time).AddSeconds(-$later).ToString('o').Substring(0, 16) -replace '\D', ''
    foreach ($name in @($Run.State.Keys) -clike ($Plan.Opposite + ':*')) {
        $back = [string]$Run.State[$name]
        if ($back -cnotlike 'Done *' -or $printed -ge ($back.Substring(5, 16) -replace '\D', '')) { continue }
        $form = 'this receipt is from before {0} {1}: run stage {2} again, and pass the receipt that it prints: -Receipt'
        Exit-ChangeStage -Code 5 -Why ($form -f ($name -replace ':', ' '), $back, $from)
    }
    if ($later -gt 0 -and (Get-ChangeStamp -Seconds 0) -lt $stamp) {
        $fact = 'no resolver has an old answer; by the receipt that is so from {0} UTC on' -f $time
        Confirm-ChangeAttest -Step $Stage.Name -Fact $fact
    }
    Save-ChangeValue -Name ($Run.Mine + 'Receipt') -Value $receipt
}

function ConvertTo-ChangeData([object[]]$From) {
    <# .SYNOPSIS
        Record data in one spelling: addresses as .NET prints them, SRV data in lower case with a dot at the end. #>
    foreach ($data in @($From | Where-Object { $null -ne $_ })) {
        $address = $null
        # .NET takes a mere number for an address too.
        $shaped = $data -match '[.:]'
        if ($shaped -and [System.Net.IPAddress]::TryParse([string]$data, [ref]$address)) { $address.ToString(); continue }
        (([string]$data).Trim() -replace '\s+', ' ').TrimEnd('.').ToLowerInvariant() + '.'
    }
}

# ---- What the blocks of $Stages call besides cmdlets.
function Get-SubordinateCa {
    <# .SYNOPSIS
        Subjects of certificates among the trusted roots that another one has issued. #>
    Get-ChangeCertificate -Store 'Root' | Where-Object { $_.Subject -ne $_.Issuer } | ForEach-Object { $_.Subject }
}

function Get-CertificateFault([string]$Until) {
    <# .SYNOPSIS
        What is wrong with each certificate in use, where something is: now and, of a window to come, until its end. #>
    $now = [DateTime]::UtcNow
    $last = $now
    if ($Until -ne '') { $last = ([DateTime]$Until).ToUniversalTime() }
    if ($last -lt $now) { $last = $now }
    $own = @(Get-ChangeCertificate -Store 'My')
    foreach ($one in @(Get-CsCertificate -ErrorAction Stop)) {
        $what = '{0} {1}: ' -f $one.Use, $one.Thumbprint
        $found = @($own | Where-Object { $_.Thumbprint -eq $one.Thumbprint })
        if ($found.Count -eq 0) { $what + 'not in the store My'; continue }
        $begin = $found[0].NotBefore.ToUniversalTime()
        $end = $found[0].NotAfter.ToUniversalTime()
        if ($begin -gt $now) { $what + 'begins ' + $begin.ToString('u') }
        if (-not $found[0].HasPrivateKey) { $what + 'no private key' }
        if ($end -lt $last) { $what + 'ends ' + $end.ToString('u') }
    }
}

function Get-CurrentReplica {
    <# .SYNOPSIS
        Computers whose replica of the configuration is up to date. #>
    Get-CsManagementStoreReplicationStatus -ErrorAction Stop | Where-Object { [string]$_.UpToDate -eq 'True' } |
        ForEach-Object { $_.ReplicaFqdn }
}

function Get-RoutedSite([string]$Pool, [string]$Property = 'XmppFederationRoute') {
    <# .SYNOPSIS
        Sites whose federation route, of XMPP or by another Property, leads to a pool. #>
    return @(Get-CsSite -ErrorAction Stop |
            Where-Object { (Get-SiteRoute -Site $_.Identity -Property $Property) -eq $Pool })
}

function Get-StoreStatus([string]$Of, [string]$Computers) {
    <# .SYNOPSIS
        Which computers run the Central Management store. Those of the pool Of are given as the pool: no page says
        whether the properties hold the name of the pool or those of its computers. Where Computers are given the store
        may be down, and then none does. #>
    $own = @($Computers -split ',')
    if ($Computers -eq '') {
        $own = @(Get-CsPool -ErrorAction Stop | Where-Object { $_.Identity -eq $Of } | ForEach-Object { $_.Computers })
    }
    $status = @()
    try { $status = @(Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus -ErrorAction Stop) } catch {
        if ($Computers -eq '') { throw }
        Write-ChangeOnce -Outcome 'NOTE' -Detail ('taken for down, the store gives no status: ' + $_.Exception.Message)
    }
    $found = @{}
    foreach ($name in @('ActiveMasterFqdn', 'ActiveFileTransferAgents')) {
        $found[$name] = @(ConvertTo-ChangeText -From $status -Property $name |
                ForEach-Object { if ($own -contains $_) { $Of } else { $_ } })
    }
    return New-Object -TypeName 'PSObject' -Property $found
}

function Get-MediaEdge([string]$Of) {
    <# .SYNOPSIS
        The Edge pool that has services of a Front End pool as dependents: its media goes through that one. One text, also
        where there are several or none. #>
    $found = foreach ($edge in @(Get-CsService -EdgeServer -ErrorAction Stop)) {
        $pools = @($edge.DependentServiceList | ForEach-Object { ([string]$_ -split ':')[-1].Trim() })
        if ($pools -contains $Of) { $edge.Identity }
    }
    if (@($found).Count -eq 0) { return 'no Edge pool' }
    return (@($found | Sort-Object) -join ' and ')
}

function Get-BackupPool([string]$Of) {
    <# .SYNOPSIS
        What the backup relationship of a pool names. No page says what its properties are called: all count. #>
    $found = @(Get-CsPoolBackupRelationship -PoolFqdn $Of -LocalStore -ErrorAction Stop)
    $found | ForEach-Object { [string]$_; $_.PSObject.Properties | ForEach-Object { [string]$_.Value } }
}

function Get-SiteRoute([string]$Site, [string]$Property = 'XmppFederationRoute') {
    <# .SYNOPSIS
        Federation route of one site, of XMPP or by another Property, without the EdgeServer: prefix and in lower case;
        '' when there is none. The pages about XMPP have another name for theirs. #>
    $found = @(Get-CsSite -Identity ($Site -replace '^Site:', '') -ErrorAction Stop)
    if ($found.Count -ne 1) { Exit-ChangeStage -Code 3 -Why ('sites named {0}: {1}' -f $Site, $found.Count) }
    foreach ($name in @($Property, ($Property -replace '^Xmpp', 'XmppExternal'))) {
        $own = $found[0].PSObject.Properties[$name]
        if ($null -ne $own) { return (([string]$own.Value) -replace '^EdgeServer:', '').ToLowerInvariant() }
    }
    Exit-ChangeStage -Code 3 -Why ('Get-CsSite shows no {0} for {1}' -f $Property, $Site)
}

function Get-XmppService([string]$Not) {
    <# .SYNOPSIS
        Names of the XMPP services of this server that are not in one state, without those that -Waive names. No page
        says what they are called: the display name tells. #>
    $all = @(Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop | Where-Object { $_.DisplayName -like '*XMPP*' })
    foreach ($name in @($all | Where-Object { [string]$_.Status -ne $Not } | ForEach-Object { $_.Name })) {
        if ($Run.Waive -notcontains $name) { $name; continue }
        Write-ChangeOnce -Outcome 'WAIVED' -Detail ('service {0} is not {1}' -f $name, $Not)
    }
}

function Get-ServiceUp {
    <# .SYNOPSIS
        Services of the product that are not stopped. #>
    Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop | Where-Object { [string]$_.Status -ne 'Stopped' }
}

function Get-ServiceDown([string]$Noted, [string]$With = 'XMPP') {
    <# .SYNOPSIS
        Services that have to run and do not: those that the step Noted before it stopped them or, where none was noted,
        that are not disabled; and one With that in its display name, itself where there is none. Less those of -Waive. #>
    $all = @(Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop)
    $up = @($all | Where-Object { [string]$_.Status -eq 'Running' } | ForEach-Object { $_.Name })
    # A step of this script or, in a rollback, of the other one.
    $need = @($Plan.Script, $Plan.Opposite | ForEach-Object { [string]$Run.State[$_ + ':Had ' + $Noted] -split ',' })
    $need = @($need | Where-Object { $_ -ne '' })
    if ($need.Count -eq 0) {
        $need = @($all | ForEach-Object { $_.Name })
        $off = @($need | Where-Object { $up -notcontains $_ -and (Test-ChangeDisabled -Service $_) })
        $need = @($need | Where-Object { $off -notcontains $_ })
        $detail = 'disabled, not waited for: ' + ($off -join ', ')
        if ($off.Count -gt 0) { Write-ChangeOnce -Outcome 'NOTE' -Detail $detail }
    }
    $role = @($all | Where-Object { $_.DisplayName -like ('*' + $With + '*') } | ForEach-Object { $_.Name })
    if ($role.Count -eq 0) { $role = @($With) }
    foreach ($name in @($need + $role | Where-Object { $up -notcontains $_ } | Select-Object -Unique)) {
        if ($Run.Waive -notcontains $name) { $name; continue }
        Write-ChangeOnce -Outcome 'WAIVED' -Detail ('service {0} does not run' -f $name)
    }
}

function Write-ChangeOnce([string]$Outcome, [string]$Detail) {
    <# .SYNOPSIS
        Write-ChangeRecord for what is read again and again, in one run once. #>
    if ($Run.Said -contains $Detail) { return }
    $Run.Said += $Detail
    Write-ChangeRecord -Step $Run.Stage -Outcome $Outcome -Detail $Detail
}

