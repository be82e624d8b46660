# ---- DNS. A record is 'TTL data'. A set with Is does not change: that is its From and its To.
$Called = @{ From = 'before'; Way = 'partly after'; To = 'after' }
if ($Plan.Script -eq 'rollback') { $Called = @{ From = 'after'; Way = 'partly after'; To = 'before' } }

function ConvertTo-ChangeSet([object[]]$From) {
    <# .SYNOPSIS
        Records with their data in one spelling, sorted. #>
    $all = foreach ($one in @($From | Where-Object { $_ })) {
        $ttl, $data = $one -split ' ', 2
        '{0} {1}' -f $ttl, (ConvertTo-ChangeData -From $data).TrimEnd('.')
    }
    return @($all | Sort-Object -Unique)
}

function Expand-ChangeSet([hashtable]$Set, [string]$Id, [string]$Name) {
    <# .SYNOPSIS
        One of the sets of an entry: * is its name. #>
    $own = @{ Id = $Id; Set = $Set.Set.Replace('*', $Name) }
    foreach ($key in @('Is', 'From', 'To')) {
        if ($Set.ContainsKey($key)) { $own[$key] = @($Set[$key] | ForEach-Object { $_.Replace('*', $Name) }) }
    }
    return $own
}

function Expand-ChangeZone([hashtable]$Zone) {
    <# .SYNOPSIS
        The zones of an entry, each with all of its sets. #>
    $one = $Zone.Clone()
    if (-not $Zone.ContainsKey('Of')) {
        $one['Records'] = @(foreach ($set in $Zone.Records) {
                if (-not $set.ContainsKey('Of')) { $set; continue }
                foreach ($line in $set.Of) {
                    $id, $name = $line -split ' '
                    Expand-ChangeSet -Set $set -Id $id -Name $name
                }
            })
        return $one
    }
    foreach ($line in $Zone.Of) {
        $one = $Zone.Clone()
        $one['Id'], $one['Zone'], $from, $to = $line -split ' '
        if ($null -ne $from) { $one['From'], $one['To'] = $from, $to }
        $one['Records'] = @(foreach ($set in $Zone.Records) {
                $id = 'P{0:00}' -f ([int]$one.Id.Substring(1) + $set.Plus)
                Expand-ChangeSet -Set $set -Id $id -Name $one.Zone
            })
        $one
    }
}

function Get-ChangeSilence([string]$Server) {
    <# .SYNOPSIS
        Why a server is not asked any more, '' if it is: each of hundreds of questions would wait for its time-out. #>
    if ([int]$Run.Silent[$Server] -lt 3) { return '' }
    return 'not asked: the server gave no answer to the questions before'
}

function Read-ChangeSet([hashtable]$Zone, [hashtable]$Set, [string]$Silent) {
    <# .SYNOPSIS
        What the server of a zone has of a set, and the Side that it is on: To, From, Way between the two, Other, or Unknown
        with an Error. Silent is why it is not asked. Unseen: TTLs cannot be read, and are taken to be right. #>
    if ($Silent -eq '') { $Silent = Get-ChangeSilence -Server $Zone.Server }
    $got = @{ Id = $Set.Id; Side = 'Unknown'; Error = $Silent; Found = @(); Unseen = $false; NewTtl = '' }
    $got['Name'], $got['Type'] = $Set.Set -split ' '
    $got['Says'] = '{0} (zone {1} at {2})' -f $Set.Set, $Zone.Zone, $Zone.Server
    $got['Moves'] = $Set.ContainsKey('From')
    $got['Firm'] = $false
    foreach ($side in @('From', 'To')) { $got[$side] = @(ConvertTo-ChangeSet -From (@($Set[$side]) + @($Set['Is']))) }
    $ttls = @($got.To + $got.From -replace ' .*', '' | Select-Object -Unique)
    if ($ttls.Count -gt 1) { $got.NewTtl = $ttls[0] }
    if ($Silent -ne '') { return $got }
    $Run.Asked += 1
    $form = 'DNS question {0}: {1} at {2}'
    if ($Run.Asked -like '*00') { Show-ChangeLine -Text ($form -f $Run.Asked, $Set.Set, $Zone.Server) }
    try {
        $found = @(Resolve-ChangeName -Name $got.Name -Type $got.Type -Server $Zone.Server)
        if ($got.Type -eq 'SOA' -and $found.Count -ne 1) { throw 'this server does not have the zone' }
        $got.Found = @(ConvertTo-ChangeSet -From $found)
        $Run.Silent[$Zone.Server] = 0
    } catch {
        $got.Error = $_.Exception.Message
        if ($got.Error -notlike 'this server *') {
            $got.Error = 'the server gave no answer: ' + $got.Error
            $Run.Silent[$Zone.Server] = 1 + [int]$Run.Silent[$Zone.Server]
        }
        return $got
    }
    $got.Unseen = @($got.Found -like '[?] *').Count -gt 0
    if ($got.Unseen) { foreach ($side in @('From', 'To')) { $got[$side] = @($got[$side] -replace '^\d+ ', '? ') } }
    $got.Side = 'Other'
    if (Test-ChangeWay -From $got.From -To $got.To -Found $got.Found) { $got.Side = 'Way' }
    foreach ($side in @('From', 'To')) { if (($got[$side] -join ',') -eq ($got.Found -join ',')) { $got.Side = $side } }
    return $got
}

function Read-ChangeZone([hashtable]$Zone) {
    <# .SYNOPSIS
        Ask the server of a zone for its serial (Number), then for each of the Sets: for none where that gets no answer. #>
    $serial = Read-ChangeSet -Zone $Zone -Set @{ Id = $Zone.Id; Set = $Zone.Zone + ' SOA' }
    $number = ($serial.Found -join ' ') -replace '^\S+ ', ''
    $sets = @($Zone.Records | ForEach-Object { Read-ChangeSet -Zone $Zone -Set $_ -Silent $serial.Error })
    if (@(@($serial) + $sets | Where-Object { $_.Unseen }).Count -gt 0) {
        Write-ChangeRecord -Step $Zone.Id -Outcome 'NOTE' -Detail 'nslookup shows no TTL: none was compared'
    }
    return @{ Serial = $serial; Number = $number; Sets = $sets }
}

function Test-ChangeSerial([string]$Want, [string]$Number) {
    <# .SYNOPSIS
        Whether a serial is the one wanted; 'N+' is N or a later one, as RFC 1982 counts. #>
    $ahead = ([long]$Number - [long]$Want.TrimEnd('+')) -band 4294967295
    return $ahead -eq 0 -or ($Want -like '*+' -and $ahead -lt 2147483648)
}

function Test-ChangeOver([hashtable]$Set) {
    <# .SYNOPSIS
        Whether none of To is missing and none of From is left, whatever the TTLs and other records. #>
    $to = @($Set.To -replace '^\S+ ', '')
    $found = @($Set.Found -replace '^\S+ ', '')
    $from = @($Set.From -replace '^\S+ ', '')
    $left = @($from | Where-Object { $to -notcontains $_ -and $found -contains $_ })
    $missing = @($to | Where-Object { $found -notcontains $_ })
    return $left.Count + $missing.Count -eq 0
}

function Select-ChangeStale([object[]]$Sets) {
    <# .SYNOPSIS
        The sets that still have to change: not To, nor waived to be. Where only the TTL changes, it alone tells. #>
    $Sets | Where-Object {
        $ttlOnly = ($_.From -replace '^\S+ ', '' -join ',') -eq ($_.To -replace '^\S+ ', '' -join ',')
        $_.Moves -and $_.Side -notmatch '^(To|Unknown)$' -and ($ttlOnly -or -not (Test-ChangeOver -Set $_))
    }
}

function Get-ChangeSerialFault([hashtable]$Zone, [string]$Number, [object[]]$Sets) {
    <# .SYNOPSIS
        Why a serial does not fit the sets that change, '' if it does. The last one that was seen before all had
        changed is kept: secondary servers have it, and ask for no records until it is raised. #>
    if (-not $Zone.ContainsKey('From')) { return '' }
    $note = $Run.Mine + 'Serial ' + $Zone.Zone
    $side = @($Sets | Where-Object { $_.Moves } | ForEach-Object { $_.Side } | Sort-Object -Unique) -join ' and '
    if (@(Select-ChangeStale -Sets $Sets).Count -gt 0) { Save-ChangeValue -Name $note -Value $Number }
    $half = 'some records are those of before the change, others of after'
    if ($side -eq 'From and To' -and -not $Zone['ChangedOn']) { return $half }
    if ($side -notmatch '^(From|To)$') { return '' }
    if (-not (Test-ChangeSerial -Want $Zone[$side] -Number $Number)) {
        $want = $Zone[$side] -replace '\+', ' or later'
        return 'expected {1}: the records are those of {0} the change' -f $Called[$side], $want
    }
    $seen = [string]$Run.State[$note]
    if ($side -eq 'From' -or $seen -eq '') { return '' }
    if ($Number -ne $seen -and (Test-ChangeSerial -Want ($seen + '+') -Number $Number)) { return '' }
    return 'not raised from {0}: secondary servers will not ask for the records of {1} the change' -f $seen, $Called.To
}

function Save-ChangeWait([hashtable]$Stage, [object[]]$Sets) {
    <# .SYNOPSIS
        Note whether a change was seen (Changed), and by how many seconds TTLs of records that go are longer than
        OldAnswers (Over): those of now, and the moment until which those seen before count. #>
    $sides = @($Sets | Where-Object { $_.Moves } | ForEach-Object { $_.Side })
    $seen = [string]$Run.State['Changed']
    if ($seen -eq '' -and $Plan.Script -ne 'rollback') { $seen = 'no' }
    $change = '^(To|Way|Unknown)$'
    if ($Plan.Script -eq 'rollback') { $change = '^(From|Way|Other|Unknown)$' }
    if (@($sides -match $change).Count -gt 0) { $seen = 'yes' }
    if ($seen -ne [string]$Run.State['Changed']) { Save-ChangeValue -Name 'Changed' -Value $seen }
    $stale = @(Select-ChangeStale -Sets $Sets)
    if ($stale.Count -eq 0) { return }
    $name = $Run.Mine + 'Over'
    $had = [long[]]@(([string]$Run.State[$name] + ' 0 0') -split ' ' -ne '')
    $now = [long]0
    foreach ($record in @($stale | ForEach-Object { $_.Found } | Where-Object { $_ -match '^\d' })) {
        $now = [Math]::Max($now, [long]($record -split ' ')[0] - [long]$Stage['OldAnswers'])
    }
    $longest = [Math]::Max($now, $had[0])
    if ($sides -contains 'Unknown') { $now = $longest }
    $until = [Math]::Max($had[1], [DateTime]::UtcNow.AddSeconds($longest).Ticks)
    if ($longest -gt 0) { Save-ChangeValue -Name $name -Value ('{0} {1}' -f $now, $until) }
}

function Get-ChangeOver {
    <# .SYNOPSIS
        Seconds that resolvers may keep old answers longer than planned: see Save-ChangeWait. #>
    $had = [long[]]@(([string]$Run.State[$Run.Mine + 'Over'] + ' 0 0') -split ' ' -ne '')
    $left = ([DateTime]$had[1] - [DateTime]::UtcNow).TotalSeconds
    return [Math]::Max([Math]::Max($had[0], $left), 0)
}

function Confirm-ChangeLook([hashtable]$Stage) {
    <# .SYNOPSIS
        Before anything is changed: each set of that stage is From or To, TTL and all, and the serial fits. #>
    $all = @()
    foreach ($zone in $Stage['Zones']) {
        $got = Read-ChangeZone -Zone $zone
        $all += $got.Sets
        foreach ($set in $got.Sets) {
            $found = Format-ChangeList -From $set.Found
            $good = $set.Side -match '^(From|To)$' -or ($set.Side -eq 'Way' -and $zone['ChangedOn'])
            if ($good) {
                $detail = $found
                if ($set.Moves) { $detail = 'as {0} the change: {1}' -f $Called[$set.Side], $found }
            } elseif ($got.Serial.Error -ne '') {
                Write-ChangeRecord -Step $set.Id -Outcome 'UNKNOWN' -Detail ('{0}: not asked' -f $set.Says)
                continue
            } elseif ($set.Error -ne '') { $detail = $set.Error } else {
                $old, $new = (Format-ChangeList -From $set.From), (Format-ChangeList -From $set.To)
                $detail = 'expected {0}, found {1}' -f $new, $found
                $form = 'expected {0} as {1} the change or {2} as {3} it, found {4}'
                if ($set.Moves) { $detail = $form -f $old, $Called.From, $new, $Called.To, $found }
            }
            Write-ChangeFact -Fact $set -Good $good -Detail ('{0}: {1}' -f $set.Says, $detail)
            $waived = [string](-not $good -and $Run.Waive -contains $set.Id)
            $note = $Run.Mine + 'Waived ' + $set.Id
            $had = [string]$Run.State[$note] -replace '^$', 'False'
            if ($waived -ne $had) { Save-ChangeValue -Name $note -Value $waived }
        }
        $why = $got.Serial.Error
        $fact = @{ Id = $zone.Id; Says = $got.Serial.Says }
        if ($why -eq '') {
            $fact['Warn'] = $zone['Warn']
            $why = Get-ChangeSerialFault -Zone $zone -Number $got.Number -Sets $got.Sets
        }
        $detail = '{0}: serial [{1}] {2}' -f $fact.Says, $got.Number, $why
        if ($got.Serial.Error -ne '') { $detail = '{0}: {1}' -f $fact.Says, $why }
        Write-ChangeFact -Fact $fact -Good ($why -eq '') -Detail $detail.TrimEnd()
    }
    Save-ChangeWait -Stage $Stage -Sets $all
}

function Show-ChangeSet([hashtable]$Set) {
    <# .SYNOPSIS
        The records for the DNS owner: those to remove and those to add. Records of neither side are not his task. #>
    $known = @($Set.From + $Set.To -replace '^\S+ ', '')
    $gone = @($Set.Found | Where-Object { $Set.To -notcontains $_ -and $known -contains ($_ -replace '^\S+ ', '') })
    foreach ($line in $gone + @($Set.To | Where-Object { $Set.Found -notcontains $_ })) {
        $outcome = 'DNS+'
        if ($gone -contains $line) { $outcome = 'DNS-' }
        $ttl, $data = $line -split ' ', 2
        $detail = '{0}. {1} IN {2} {3}' -f $Set.Name, $ttl, $Set.Type, $data
        Write-ChangeRecord -Step $Set.Id -Outcome $outcome -Detail ($detail -replace ' [?] ', ' ')
    }
}

function Confirm-ChangeRecord([hashtable]$Stage) {
    <# .SYNOPSIS
        Each set of a stage is To at the server of its zone, and the serial fits. No answer: -Attest will do. #>
    $silent = @()
    $pending = @()
    $all = @()
    foreach ($zone in $Stage['Zones']) {
        $got = Read-ChangeZone -Zone $zone
        $who = 'DNS owner, please change {0}'
        if ($zone['ChangedOn']) { $who = 'run stage DnsServer on {1} first, or wait for {0}' }
        foreach ($set in $got.Sets) {
            $found = Format-ChangeList -From $set.Found
            $detail = '{0}: expected {1}, found {2}' -f $set.Says, (Format-ChangeList -From $set.To), $found
            if ($set.Side -eq 'To') { $detail = '{0}: {1}' -f $set.Says, $found }
            $mayBe = Test-ChangeOver -Set $set
            $again = $Run.Waive -notcontains $set.Id -and $Run.State[$Run.Mine + 'Waived ' + $set.Id] -eq 'True'
            if ($set.Error -ne '') {
                $silent += $set.Says
                Write-ChangeRecord -Step $set.Id -Outcome 'UNKNOWN' -Detail ('{0}: {1}' -f $set.Says, $set.Error)
            } elseif ($set.Side -eq 'To' -or ($mayBe -and $Run.Waive -contains $set.Id)) {
                Write-ChangeFact -Fact $set -Good ($set.Side -eq 'To') -Detail $detail
                if ($set.Unseen -and $set.NewTtl -ne '') { $silent += '{0} with TTL {1}' -f $set.Says, $set.NewTtl }
                $set.Side = 'To'
            } elseif ($set.Side -eq 'Other' -and $Run.Waive -notcontains $set.Id -and -not $again) {
                $set.Firm = -not $mayBe
                Write-ChangeFact -Fact $set -Good $false -Detail $detail
            } else {
                $pending += $who -f $set.Says, $zone['ChangedOn']
                $hint = ' (waived before; if it may stay so, pass -Waive {0} again)' -f $set.Id
                if ($again -and $set.Side -eq 'Other') { $pending[-1] += $hint }
                Show-ChangeSet -Set $set
            }
        }
        $all += $got.Sets
        $why = Get-ChangeSerialFault -Zone $zone -Number $got.Number -Sets $got.Sets
        $done = @($got.Sets | Where-Object { $_.Side -ne 'To' }).Count -eq 0
        $fact = @{ Id = $zone.Id; Says = $got.Serial.Says; Warn = $zone['Warn'] }
        $detail = '{0}: serial [{1}] {2}' -f $fact.Says, $got.Number, $why
        if ($got.Serial.Error -ne '') { $detail = '{0}: {1}' -f $fact.Says, $got.Serial.Error }
        if ($done -and ($why -eq '' -or $zone['Warn'] -or $Run.Waive -contains $zone.Id)) {
            Write-ChangeFact -Fact $fact -Good ($why -eq '') -Detail $detail.TrimEnd()
        } else {
            Write-ChangeRecord -Step $zone.Id -Outcome 'NOTE' -Detail $detail.TrimEnd()
            if ($done) { $pending += 'DNS owner, please raise the serial of {0}: {1}' -f $fact.Says, $why }
        }
    }
    Save-ChangeWait -Stage $Stage -Sets $all
    $Run.Failed += @($pending | Where-Object { $Run.Failed.Count -gt 0 }) # the DNS owner has to know it all the same
    Assert-ChangeFact
    $code = 5
    if ($Run.Attest -ne '') { $code = 3 }
    if ($pending.Count -gt 0) { Exit-ChangeStage -Code $code -Why ($pending -join '; ') }
    if ($silent.Count -gt 0) { Confirm-ChangeAttest -Step $Stage.Name -Fact ('DNS as planned: ' + ($silent -join ', ')) }
}

