package rehearsal_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/emit/powershell/pwsh"
)

// mutant is one way to break the scripts: every old text becomes new.
type mutant struct{ what, old, new string }

// mutants of the scripts of a spec that has what they break.
var mutants = map[string][]mutant{
	"planned":            oldPoolMutants,
	"sip":                clickMutants,
	"media":              mediaMutants,
	"two-servers":        routeMutants,
	"mixed-products":     {{"the local copy", "    Has = 'jabber.example.org'; Read = { Get-CsXmppAllowedPartner -LocalStore", "    Has = @(); Read = { Get-CsXmppAllowedPartner -LocalStore"}},
	"ipv6":               {{"some sets of a zone are new", "if ($side -eq 'From and To' -and", "if ($false -and"}}, // two sets of a zone change
	"central-management": storeMutants,
	"failback":           failbackMutants,
	"failback-both":      {{"Route does not wait for Topology", "; After = 'Topology'", "; After = 'Preflight'"}, {"StopOld does not wait for Setup", "'StopOld'; Hosts = @('EdgeServer2.contoso.com'); After = 'Setup'", "'StopOld'; Hosts = @('EdgeServer2.contoso.com')"}},
	"many-domains":       alikeMutants,
	"next-hop":           nextHopMutants,
	"next-hop-same-site": clickedHopMutants,

	"media-alone":              mediaAloneMutants,
	"next-hop-alone":           hopAloneMutants,
	"next-hop-alone-same-site": clickedHopAloneMutants,

	"windows-dns":         dnsServerMutants,
	"windows-dns-2008":    dnscmdMutants,
	"windows-dns-prepare": ttlMutants,
}

var routeMutants = []mutant{
	{"any host", "if ($null -eq $entry) {", "if ($null -eq $entry) { $entry = @(Get-ChangeStage -Name $Run.Stage)[0] } if ($false) {"},
	{"rights are not looked at", "if ($entry['Elevated'] -and ", "if ($false -and "},
	{"the lock is shared", "'OpenOrCreate', 'ReadWrite', 'None')", "'OpenOrCreate', 'ReadWrite', 'ReadWrite')"},
	{"state of another plan", " -or [string]$state['Plan'] -cne $Plan.Id", ""},
	{"state that cannot be read", "if ($state -isnot [hashtable] -or ", "if ($null -eq $state) { return }; if ("},
	{"no order of stages", "if (-not (Test-ChangeDone -Stage $name)) { 'run", "if ($false) { 'run"},
	{"only the stage before is asked for", "Get-ChangeMissing -Stage @(Get-ChangeStage -Name $name -Here)[0]", "$null = $name"},
	{"NotAfter is not looked at", "if ($Stage.ContainsKey('NotAfter') -and ", "if ($false -and "},
	{"no receipt", "if ($Stage['Receipt']) { Confirm-ChangeReceipt -Stage $Stage }", ""},
	{"any receipt", "-or $receipt -cne (Get-ChangeReceipt", "-or $receipt -ceq (Get-ChangeReceipt"},
	{"a receipt of another plan", "GetBytes($Plan.Id + '|' + $Stage + '|' + $Stamp)", "GetBytes($Stage + '|' + $Stamp)"},
	{"a server that answers", "if ($answer -ceq 'open') { Exit-ChangeStage -Code 3 -Why $why }", ""},
	{"a server of which nothing is known", "if ($answer -cne 'closed' -and ", "if ($answer -ceq 'closed' -and "},
	{"silence is not compared with before", "$Run.State['Open ' + $server] -cne 'open'", "$true"},
	{"nobody has to attest", "if ($Run.Attest -eq '') { Exit", "if ($false) { Exit"},
	{"an attestation beats the server", "if ($Run.Attest -ne '') { $code = 3 }", "if ($Run.Attest -ne '') { return }"},
	{"records that are missing", "if ($pending.Count -gt 0)", "if ($pending.Count -gt 99)"},
	{"no answer is an answer", "if ($silent.Count -gt 0)", "if ($silent.Count -gt 99)"},
	{"records of neither side", "} elseif ($set.Side -eq 'Other' -and ", "} elseif ($false -and "},
	{"the comparison of steps is inverted", "if ($now -eq $Step.Want -and", "if ($now -ne $Step.Want -and"},
	{"where a step comes from", "        Confirm-ChangeFrom -Step $step -Now $step.Origin", "        $null = $step"},
	{"what changes while the stage runs", "        Assert-ChangeSame -Step $Step -Now $now", "        $null = $now"},
	{"running servers", "        Confirm-ChangeStopped -Stage $Stage", "        $null = $Stage"},
	{"nobody is asked", "if (& $AskOperator ", "if ($true -or $AskOperator "},
	{"a backup keeps its temporary name", "if ($Step['File']) { [System.IO.File]::Move(", "if ($false) { [System.IO.File]::Move("},
	{"no CALL record", "Write-ChangeRecord -Step $Step.Id -Outcome 'CALL'", "$null = Write-Verbose -Message 'CALL' #"},
	{"the result is not read", "            Wait-ChangeStep -Step $Step", ""},
	{"the result is read once", "if ($waited -ge $seconds)", "if ($waited -ge 0)"},
	{"the value is noted too early", "    $now = Get-ChangeValue -Step $Step\r\n    if ($now -eq", "    $now = Get-ChangeValue -Step $Step\r\n    if ($Step.Moves -and $Plan.Script -ne 'rollback') { Save-ChangeValue -Name ($Run.Mine + $Step.Id) -Value $Step.Want }\r\n    if ($now -eq"},
	{"a later Preflight forgets the first value", "if (-not $Run.State.ContainsKey($step.Before)) { Save", "if ($true) { Save"},
	{"the value before is noted before the facts hold", "    Assert-ChangeFact\r\n    foreach ($step in $steps) {", "    foreach ($step in $steps) {"},
	{"Preflight does not begin again", "if ($step.Now -ne $step.Want) { Save", "if ($false) { Save"},
	{"no way back after the way back", "foreach ($name in @($Run.State.Keys) -clike ($Plan.Opposite + ':*')) { $Run.State.Remove($name) }", ""},
	{"no done mark", "    Complete-ChangeStage\r\n    if ($Stage.ContainsKey('Prints", "    if ($Stage.ContainsKey('Prints"},
	{"the done mark is too early", "    Assert-ChangeFact\r\n    $steps = @(Get-ChangeStep -Stage $Stage)\r\n", "    Assert-ChangeFact\r\n    Complete-ChangeStage\r\n    $steps = @(Get-ChangeStep -Stage $Stage)\r\n"},
	{"COMPLETE always", "if ($Run.Finished -and -not $Run.DryRun) {", "if (-not $Run.DryRun) {"},
	{"-WhatIf writes state", "    if ($Run.DryRun) { return }\r\n    $Run.State", "    $Run.State"},
	{"-WhatIf writes evidence", "    if (-not $Run.DryRun) {\r\n        $Run.Lock", "    if ($true) {\r\n        $Run.Lock"},
	{"a torn line is continued", "if (-not $log.EndsWith([string][char]10)) {", "if ($false) {"},
	{"missing values", "$has = @($want | Where-Object { $found -notcontains $_ }).Count -eq 0", "$has = $true"},
	{"values too many", "$only = @($found | Where-Object { $want -notcontains $_ }).Count -eq 0", "$only = $true"},
	{"patterns", "Like = $like.Count -gt 0", "Like = $true"},
	{"a warning is an error", "if ($Fact['Warn'] -eq 'All') { $outcome = 'WARNING' }", ""},
	{"everything can be waived", "if ($Fact.Id -clike 'P*' -and ", "if ("},
	{"nothing can be waived", "if ($Fact.Id -clike 'P*' -and ", "if ($false -and "},
	{"facts that fail", "if ($outcome -eq 'FAIL') {", "if ($false) {"},
	{"a server without a note of its services", "if ($need.Count -eq 0) {", "if ($false) {"},
	{"certificates are not looked at", "foreach ($one in @(Get-CsCertificate -ErrorAction Stop)) {", "foreach ($one in @()) {"},
	{"subordinate CAs", "$_.Subject -ne $_.Issuer", "$false"},
	{"certificates that end", "if ($end -lt $last)", "if ($false)"},
	{"certificates that begin later", "if ($begin -gt $now)", "if ($false)"},
	{"certificates without a key", "if (-not $found[0].HasPrivateKey)", "if ($false)"},
	{"certificates that are not in the store", "{ $what + 'not in the store My'; continue }", "{ continue }"},
	{"any computer is one of the pool", "{ if ($own -contains $_) { $Of } else { $_ } }", "{ $Of }"},
	{"computers of the pool", "{ if ($own -contains $_) { $Of } else { $_ } }", "{ $_ }"},
	{"what cannot be read", "if ($Into.Why -ne '') { Write-ChangeFact -Fact $Of -Good $false", "if ($Into.Why -ne '') { Write-ChangeFact -Fact $Of -Good $true"},
	{"services that run", "Where-Object { $up -notcontains $_ } | Select", "Where-Object { $up -contains $_ } | Select"},
	{"the first value is not restored", "if ($ready.Moves -and $Plan.Script -eq 'rollback' -and ", "if ($false -and "},
	{"a lost state file", "if ($Plan.Script -eq 'rollback' -and -not $Run.State", "if ($false -and $Run.State"},
	{"exit code of a failure", "        $exitCode = 2", "        $exitCode = 0"},
	{"state in place, not by way of a second file", "    $fresh = $Run.StatePath + '.new'", "    $fresh = $Run.StatePath + '.new'\r\n    [System.IO.File]::Delete($Run.StatePath)\r\n    $null = Get-SiteRoute -Site 'x'"},

	{"DNS is not asked before", "foreach ($name in $Stage['LooksAt']) {", "foreach ($name in @()) {"},
	{"replicas are not read before", "Where-Object { [string]$_.UpToDate -eq 'True' }", "Where-Object { $true }"},
	{"a server without the zone", "if ($got.Type -eq 'SOA' -and $found.Count -ne 1) { throw", "if ($false) { throw"},
	{"an alias", "@($Type, 'CNAME') -contains", "@($Type) -contains"},
	{"TTLs are not compared", "'{0} {1}' -f $one.TTL, $data", "'{0} {1}' -f 300, $data"},
	{"a set on its way before the change", "($set.Side -eq 'Way' -and $zone['ChangedOn'])", "$set.Side -eq 'Way'"},
	{"serials are not compared", "    if (-not $Zone.ContainsKey('From')) { return '' }", "    return ''"},
	{"a serial that somebody raised", "if ($side -eq 'From' -or $seen -eq '') { return '' }", "return ''"},
	{"the serial is not kept", "if (@(Select-ChangeStale -Sets $Sets).Count -gt 0) { Save", "if ($false) { Save"},
	{"a later serial is another", "($Want -like '*+' -and $ahead -lt 2147483648)", "$false"},
	{"any serial is later", "($Want -like '*+' -and $ahead -lt 2147483648)", "$true"},
	{"a waiver takes records that are left", "$left.Count + $missing.Count -eq 0", "$missing.Count -eq 0"},
	{"no waiver in later stages", "($mayBe -and $Run.Waive -contains $set.Id)", "$false"},
	{"the serial of stage Dns", "if ($done) { $pending +=", "if ($false) { $pending +="},

	{"Stop: -ErrorAction", "Stop-CsWindowsService -ErrorAction Stop", "Stop-CsWindowsService"},
	{"Stop: -Confirm", "Stop-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false", "Stop-CsWindowsService -ErrorAction Stop -WhatIf:$false"},
	{"Start: -ErrorAction", "Start-CsWindowsService -ErrorAction Stop", "Start-CsWindowsService"},
	{"Set: -ErrorAction", ") -ErrorAction Stop -WhatIf:$Rehearse", ") -WhatIf:$Rehearse"},
	{"Set: -Confirm", ") -ErrorAction Stop -WhatIf:$Rehearse -Confirm:$false", ") -ErrorAction Stop -WhatIf:$Rehearse"},
	{"the rehearsal is none", "        $Rehearse = $true\r\n", "        $Rehearse = $false\r\n"},
	{"the change is a rehearsal", "            $Rehearse = $false\r\n", "            $Rehearse = $true\r\n"},
	{"Preflight runs no command", "(Test-ChangeVariable -Block $step.Set -Name 'Rehearse')) { & $step.Set }", "$false) { & $step.Set }"},
	{"a stage that comes later is one that is done", "-gt [array]::IndexOf($order, $Stage.Name)", "-gt 99"},
	{"a wrong parameter", "-XmppFederationRoute (", "-XmppExternalFederationRoute ("},
	{"Route does not wait for Stop", "MustBeStopped = @('edge2a.contoso.com', 'edge2b.contoso.com')", "MustBeStopped = @('edge2a.contoso.com')"},
	{"Route does not wait for Preflight", "; After = 'Preflight'", ""},
	{"Stop after Start", "NotAfter = 'Start'", "NotAfter = 'Verify'"},
	{"a server is left out", "Elevated = $true; Receipt = 'Preflight'", "Elevated = $true"},
	{"a shell without rights", "Elevated = $true; Receipt", "Receipt"},
	{"another route", "'EdgeServer:edgepool2.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse", "'EdgeServer:edgepool1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse"},
	{"Verify does not look at the DNS", "LooksAt = @('Route', 'Dns')", "LooksAt = @('Route')"},
	{"Verify does not look from outside", "'verify/xmpp/198.51.100.22'; Says = 'XMPP proxy at 198.51.100.22:5269'; Cites = '6'; Is = 'open'", "'verify/xmpp/198.51.100.22'; Says = 'XMPP proxy at 198.51.100.22:5269'; Cites = '6'; Has = @()"},
	{"Verify does not look whether the server listens", "Facts = @{ Id = 'verify/listener'", "Never = @{ Id = 'verify/listener'"},
	{"one address too few", "To = @('300 198.51.100.21', '300 198.51.100.22')", "To = '300 198.51.100.21'"},
	{"a Front End Server is not looked at", "'fe03.corp.contoso.com')", "'fe02.corp.contoso.com')"},
	{"a Front End Server is left out", "-ReplicaFqdn 'fe03.corp.contoso.com' -ErrorAction Stop } }", "-ReplicaFqdn 'fe02.corp.contoso.com' -ErrorAction Stop } }"},
	{"a Front End Server is not waited for", "-ReplicaFqdn 'fe03.corp.contoso.com' -ErrorAction Stop }\r\n", "-ReplicaFqdn 'fe02.corp.contoso.com' -ErrorAction Stop }\r\n"},
	{"a replica is left out", "-ReplicaFqdn 'edge2b.contoso.com' -ErrorAction Stop } }", "-ReplicaFqdn 'edge2a.contoso.com' -ErrorAction Stop } }"},
}

var storeMutants = []mutant{
	{"a store that gives no status ends the stage", "if ($Computers -eq '') { throw }", "throw"},
	{"the status of the store is not read", "try { $status = @(Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus -ErrorAction Stop) } catch {", "try { $status = @() } catch {"},
	{"that there is no status is not said", "Write-ChangeOnce -Outcome 'NOTE' -Detail ('taken for down", "$null = Write-Verbose -Message ('taken for down"},
	{"any computer has the store", "{ if ($own -contains $_) { $Of } else { $_ } }", "{ $Of }"},
	{"computers of the new pool", "{ if ($own -contains $_) { $Of } else { $_ } }", "{ $_ }"},
	{"computers of a pool are read from a store that is down", "    if ($Computers -eq '') {\r\n", "    if ($true) {\r\n"},
	{"any backup pool", "Has = 'fepool2.corp.contoso.com'", "Has = @()"},
	{"the backup pool is read from a store that is down", "-PoolFqdn $Of -LocalStore", "-PoolFqdn $Of"},
	{"the mirror is read from a store that is down", "'CentralMgmt') -LocalStore", "'CentralMgmt')"},
	{"any back end", "Is = 'Principal'", "Has = @()"},
	{"a store that runs", "Only = 'fepool2.corp.contoso.com'", "Has = @()"},
	{"the command is not rehearsed", "if ($Step['Rehearse']) { $Rehearse = $true; & $Step['Set'] }", ""},
	{"the rehearsal is a change", "if ($Step['Rehearse']) { $Rehearse = $true;", "if ($Step['Rehearse']) { $Rehearse = $false;"},
	{"the change is a rehearsal", "            $Rehearse = $false\r\n", "            $Rehearse = $true\r\n"},
	{"the parameters of the page", "-BackupMirrorSqlServerFqdn (", "-MirrorSQLServerFqdn ("},
	{"without -Force", "'RTC') -Force -ErrorAction Stop", "'RTC') -ErrorAction Stop"},
	{"Preflight does not wait for the store", "; After = 'CentralManagement'", ""},
}

var mediaMutants = []mutant{
	{"any Edge pool", "if ($pools -contains $Of) { $edge.Identity }", "$edge.Identity"},
	{"no Edge pool is as good as one", "if (@($found).Count -eq 0) { return 'no Edge pool' }", "if (@($found).Count -eq 0) { return }"},
	{"Preflight does not look at media", "Only = @('EdgeServer:edgepool1.contoso.com', 'EdgeServer:edgepool2.contoso.com')", "Has = @()"},
	{"another Edge pool is published", "To = 'EdgeServer:edgepool2.contoso.com'", "To = 'EdgeServer:edgepool1.contoso.com'"},
	{"Route does not wait for Topology", "After = 'Topology'", "After = 'Preflight'"},
	{"Verify does not look at media", "LooksAt = @('Topology', 'Route', 'Dns')", "LooksAt = @('Route', 'Dns')"},
	{"a Front End Server at the failed site is left out", "-ReplicaFqdn 'fe1b.corp.contoso.com' -ErrorAction Stop } }", "-ReplicaFqdn 'fe1a.corp.contoso.com' -ErrorAction Stop } }"},
	{"a Front End Server at the failed site is not waited for", "-ReplicaFqdn 'fe1b.corp.contoso.com' -ErrorAction Stop }\r\n", "-ReplicaFqdn 'fe1a.corp.contoso.com' -ErrorAction Stop }\r\n"},
}

var clickMutants = []mutant{
	{"a word alone does", "        Wait-ChangeStep -Step $step\r\n        $detail", "        $detail"},
	{"what is done already is asked for", "if ($step.Now -ne $step.Want -or $step.Was -clike 'was *') {", "if ($true) {"},
	{"nobody says who clicked", " -or $step.Was -clike 'was *') {", ") {"},
	{"a click that nothing shows", "if ($ready['Unread']) { $ready['Want'] = 'confirmed' }", ""},
	{"a word that is not kept", "Save-ChangeValue -Name $step.Note -Value $step.Want; continue }", "continue }"},
	{"a name that is asked for again", "        Save-ChangeValue -Name $step.Note -Value ''\r\n", ""},
	{"what it was is not kept", "            Save-ChangeValue -Name $step.Note -Value $step.Was\r\n        }", "        }"},
	{"only the first click is shown", "    foreach ($step in $open) {\r\n        if ($step.Was", "    foreach ($step in @($open | Select-Object -First 1)) {\r\n        if ($step.Was"},
	{"-WhatIf asks for clicks", "if ($open.Count -eq 0 -or $Run.DryRun) { return }", "if ($open.Count -eq 0) { return }"},
	{"a click that did not take ends with another code", "if ($Step['Manual']) { $code = 5 }", ""},
	{"a port of 0 counts", "            if ($name -notlike '*Port' -or [string]$member.Value -ne '0') { $member.Value }", "            $member.Value"},
	{"a waiver of a click is not taken", "if ($ready.Waived) { $ready['Unread'] = 'what is read was waived' }", ""},
	{"a word is not kept for other stages", "    Save-ChangeValue -Name $Step.Word -Value $Run.Attest\r\n", ""},
	{"the rollback goes by what does not count", "$mine = $Run.State.ContainsKey($ready.Word) -or", "$mine ="},
	{"Verify takes a waiver by itself", "($Stage.Name -eq $Run.Stage -and $Run.Waive -contains $name)", "$Run.Waive -contains $name"},
	{"the way out is not said", "if ($Step['Manual'] -and -not $Step.Moves) { $way", "if ($false) { $way"},
	{"Verify does not look at the topology", "LooksAt = @('Topology', 'Route', 'Dns')", "LooksAt = @('Route', 'Dns')"},
	{"Setup without a receipt", "; Receipt = 'Replicate'", ""},
	{"Verify does not look whether Access Edge runs", "Is = @()\r\n                  Read = { Get-ServiceDown -With 'Access Edge' }", "Has = @()\r\n                  Read = { Get-ServiceDown -With 'Access Edge' }"},
	{"the route of XMPP is read", "[string]$Property = 'XmppFederationRoute') {\r\n    <# .SYNOPSIS\r\n        Federation route", "[string]$Unused) {\r\n    $Property = 'XmppFederationRoute'\r\n    <# .SYNOPSIS\r\n        Federation route"},
}

var clickedHopMutants = []mutant{
	{"any next hop is clicked away", "From = 'Registrar:fepool1.corp.contoso.com'; To = 'Registrar:fepool2.corp.contoso.com'", "To = 'Registrar:fepool2.corp.contoso.com'"},
	{"what a rollback goes back to is not noted", "LooksAt = @('Dns', 'Topology', 'Route')", "LooksAt = @('Dns', 'Route')"},
	{"the rollback goes back to another next hop", "'Registrar:fepool1.corp.contoso.com') -ErrorAction Stop", "'Registrar:fepool2.corp.contoso.com') -ErrorAction Stop"},
	{"Verify does not look at the next hop", "LooksAt = @('Topology', 'Route', 'Dns')", "LooksAt = @('Route', 'Dns')"},
}

var alikeMutants = []mutant{
	{"one zone of several that are alike", "    foreach ($line in $Zone.Of) {", "    foreach ($line in @($Zone.Of)[0]) {"},
	{"one set of several that are alike", "                foreach ($line in $set.Of) {", "                foreach ($line in @($set.Of)[0]) {"},
	{"the number of a set of several zones", "([int]$one.Id.Substring(1) + $set.Plus)", "[int]$one.Id.Substring(1)"},
	{"the serials of several zones", "        if ($null -ne $from) { $one['From'], $one['To'] = $from, $to }", ""},
	{"a server that is silent is asked for ever", "if ([int]$Run.Silent[$Server] -lt 3) { return '' }", "return ''"},
}

var nextHopMutants = append(slices.Clone(setHopMutants),
	mutant{"messages go by way of the old next hop", "-TargetFqdn 'fepool3.corp.contoso.com'", "-TargetFqdn 'fepool1.corp.contoso.com'"},
	mutant{"a step changes something before others are looked at", "    Assert-ChangeOrigin -Steps $steps\r\n    foreach ($step in @($steps | Where-Object { -not $_['Manual'] })) {", "    foreach ($step in @($steps | Where-Object { -not $_['Manual'] })) { Assert-ChangeOrigin -Steps @($step);"})

var mediaAloneMutants = []mutant{
	{"Preflight does not look at media", "Only = @('EdgeServer:edgepool1.contoso.com', 'EdgeServer:edgepool2.contoso.com')", "Has = @()"},
	{"media of another Edge pool is read", "Get-MediaEdge -Of 'fepool3.corp.contoso.com'", "Get-MediaEdge -Of 'fepool1.corp.contoso.com'"},
	{"another Edge pool is published", "To = 'EdgeServer:edgepool2.contoso.com'", "To = 'EdgeServer:edgepool1.contoso.com'"},
	{"the rollback takes nothing back", "To = 'EdgeServer:edgepool1.contoso.com'", "To = 'EdgeServer:edgepool2.contoso.com'"},
	{"Topology does not wait for Preflight", "; After = 'Preflight'", ""},
	{"Replicate does not wait for Topology", "; After = 'Topology'", ""},
	{"Verify does not look at media", "; LooksAt = 'Topology'", ""},
	{"Verify does not ask the Edge Servers", "Is = 'open'", "Has = @()"},
	{"a Front End Server is not waited for", "-ReplicaFqdn 'fe1b.corp.contoso.com' -ErrorAction Stop }\r\n", "-ReplicaFqdn 'fe1a.corp.contoso.com' -ErrorAction Stop }\r\n"},
}

var hopAloneMutants = append(slices.DeleteFunc(slices.Clone(setHopMutants), func(m mutant) bool { return strings.Contains(m.old, "\r\n") }),
	// A part of one step or fact is laid out otherwise.
	mutant{"the next hop of another pool is read", "'edgepool2.contoso.com' -ErrorAction Stop }\r\n                  Set", "'edgepool1.contoso.com' -ErrorAction Stop }\r\n                  Set"},
	mutant{"Verify does not connect to the next hop", "Is = 'open'; Read = { Test-ChangePort -Target 'fepool3.corp.contoso.com'", "Has = @(); Read = { Test-ChangePort -Target 'fepool3.corp.contoso.com'"},
	mutant{"Route does not wait for Preflight", "; After = 'Preflight'", ""},
	mutant{"Replicate does not wait for Route", "; After = 'Route'", ""},
	mutant{"Verify does not look at the next hop", "After = 'Replicate'; LooksAt = 'Route'", "After = 'Replicate'"},
	mutant{"what a rollback goes back to is not noted", "'); LooksAt = 'Route'", "')"})

var clickedHopAloneMutants = []mutant{
	clickedHopMutants[0],
	{"what a rollback goes back to is not noted", "'); LooksAt = 'Topology'", "')"},
	clickedHopMutants[2],
	{"Verify does not look at the next hop", "After = 'Replicate'; LooksAt = 'Topology'", "After = 'Replicate'"},
}

var setHopMutants = []mutant{
	{"the Front End pool in -Identity, as the page of 2014-02-26 has it", "-Identity 'EdgeServer:edgepool2.contoso.com' -Registrar", "-Identity 'EdgeServer:fepool1.corp.contoso.com' -Registrar"},
	{"another next hop", "'Registrar:fepool3.corp.contoso.com') -ErrorAction Stop", "'Registrar:fepool1.corp.contoso.com') -ErrorAction Stop"},
	{"the next hop of another pool is read", "Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool2.contoso.com' -ErrorAction Stop }\r\n            Set", "Read = { Get-CsService -EdgeServer -PoolFqdn 'edgepool1.contoso.com' -ErrorAction Stop }\r\n            Set"},
	{"any next hop is replaced", "From = 'Registrar:fepool1.corp.contoso.com'; To = 'Registrar:fepool3.corp.contoso.com'", "To = 'Registrar:fepool3.corp.contoso.com'"},
	{"the next hop is not put back", "To = 'Registrar:fepool1.corp.contoso.com'", "To = 'Registrar:fepool3.corp.contoso.com'"},
	{"the new next hop need not be there", "Is = 'Registrar:fepool3.corp.contoso.com'", "Has = @()"},
	{"the new next hop may be at any site", "Is = 'Site:Site3'", "Has = @()"},
	{"Verify does not connect to the next hop", "Says = 'next hop at fepool3.corp.contoso.com:5061'\r\n            Is = 'open'", "Says = 'next hop at fepool3.corp.contoso.com:5061'\r\n            Has = @()"},
}

var oldPoolMutants = []mutant{
	{"StopOld before the time of the receipt", "if ($later -gt 0 -and ", "if ($false -and "},
	{"a receipt of an earlier run", "$printed -ge ($back.Substring", "$true -or ($back.Substring"},
	{"StopOld with a receipt of any stage", "GetBytes($Plan.Id + '|' + $Stage + '|' + $Stamp)", "GetBytes($Plan.Id + '|Verify|' + $Stamp)"},
	{"a receipt without a time", "PrintsReceipt = 8400", "PrintsReceipt = 0"},
	{"a minute too early", "if ($Seconds -gt 0) { $Seconds += 59 }", "$Seconds = [Math]::Min($Seconds, 60)"},
	{"StopOld stops all services", "Stop-CsWindowsService -Name $Value -ErrorAction Stop", "Stop-CsWindowsService -ErrorAction Stop"},
	{"XMPP services of other names", "Where-Object { $_.DisplayName -like '*XMPP*' })\r\n    foreach", "Where-Object { $true })\r\n    foreach"},
	{"XMPP services in any state", "Where-Object { [string]$_.Status -ne $Not }", "Where-Object { $true }"},
	{"XMPP services that are waived", "        if ($Run.Waive -notcontains $name) { $name; continue }\r\n        Write-ChangeOnce -Outcome 'WAIVED' -Detail ('service {0} is not", "        $name; continue\r\n        Write-ChangeOnce -Outcome 'WAIVED' -Detail ('service {0} is not"},
	{"StopOld in a shell without rights", "Elevated = $true\r\n       Receipt = 'Verify'", "Receipt = 'Verify'"},
	{"StopOld without a receipt", "Receipt = 'Verify'; ", ""},
	{"StopOld whatever the DNS says", "Receipt = 'Verify'; LooksAt = 'Dns'", "Receipt = 'Verify'"},
	{"the name of the service is not said", "if ($each) { $Step.Command =", "if ($false) { $Step.Command ="},
}

var failbackMutants = []mutant{
	{"Start in a shell without rights", "'edge1b.contoso.com'); Elevated = $true", "'edge1b.contoso.com')"},
	{"Start whatever certificates there are", "'uses of certificates'; Property = 'Use'; Has = 'AccessEdgeExternal'", "'uses of certificates'; Property = 'Use'; Has = @()"},
	{"Start where there is no XMPP service", "'start/xmpp'; Says = 'XMPP service'; Property = 'DisplayName'; Like = '*XMPP*'", "'start/xmpp'; Says = 'XMPP service'; Property = 'DisplayName'; Has = @()"},
	{"Start starts nothing", "To = @(); Read = { Get-ServiceDown }", "To = @(); Read = { @() }"},
	{"Start: -ErrorAction", "Set = { Start-CsWindowsService -ErrorAction Stop", "Set = { Start-CsWindowsService"},
	{"Preflight does not look at the pool that stood in", "'edge1b.contoso.com', 'edge2.contoso.com', 'fe2.corp.contoso.com')", "'edge1b.contoso.com', 'fe2.corp.contoso.com')"},
	{"another route", "'EdgeServer:edgepool1.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse", "'EdgeServer:edgepool2.contoso.com') -ErrorAction Stop -WhatIf:$Rehearse"},
	{"the pool that stood in is left out", "-ReplicaFqdn 'edge2.contoso.com' -ErrorAction Stop } }", "-ReplicaFqdn 'edge1a.contoso.com' -ErrorAction Stop } }"},
	{"the pool that stood in is not waited for", "-ReplicaFqdn 'edge2.contoso.com' -ErrorAction Stop }\r\n", "-ReplicaFqdn 'edge1a.contoso.com' -ErrorAction Stop }\r\n"},
	{"Verify on a server on which Start was not run", "'edge1b.contoso.com'); After = 'Start'", "'edge1b.contoso.com')"},
}

var dnsServerMutants = []mutant{
	{"records of a child of the zone", "Where-Object { $_.HostName -eq $Name })", "Where-Object { $true })"},
	{"a name that is not there", `'\b(9701|9714)\b'`, `'\b(9701)\b'`},
	{"a type that is not there", `'\b(9701|9714)\b'`, `'\b(9714)\b'`},
	{"a server that does not answer has no records", `if ($_.FullyQualifiedErrorId -match '\b(9701|9714)\b') { return }`, "return"},
	{"TTLs are not compared", "'{0} {1}' -f $ttl, $found", "'{0} {1}' -f 300, $found"},
	{"any record of the set", "if ($Data -ne '' -and ", "if ($false -and "},
	{"records that are missing", "($old.Count -eq 0 -or $new.Count -eq 0)", "$true"},
	{"records that are too many", "$strange.Count -eq 0 -and ", ""},
	{"records of after", "($old.Count -eq 0 -or $new.Count -eq 0)", "$old.Count -eq 0"},
	{"records of before", "($old.Count -eq 0 -or $new.Count -eq 0)", "$new.Count -eq 0"},
	{"TTLs of neither side", "@($both -replace ' .*$', '') -notcontains", "@() -contains"},
	{"what stays is not looked at", "if ($Step['Needs']) {", "if ($false) {"},
	{"a zone that is paused", "Is = 'Primary'", "Has = 'Primary'"},
	{"no facts in Preflight", "foreach ($fact in $Stage['Facts']) {\r\n", "foreach ($fact in $Stage['Facts']) {\r\n        if ($Run.Stage -eq 'Preflight' -and $Stage['Elevated']) { continue }"},
	{"no facts in DnsServer", "foreach ($fact in $Stage['Facts']) {\r\n", "foreach ($fact in $Stage['Facts']) {\r\n        if ($Run.Stage -eq 'DnsServer') { continue }"},
	{"facts are not read again", "if ($moved.Count -gt 0 -and ", "if ($false -and "},
	{"removes before adds", "foreach ($step in $Stage['Steps']) {\r\n        if ($step.ContainsKey('When'))", "foreach ($step in @($Stage['Steps'])[-1..-@($Stage['Steps']).Count]) {\r\n        if ($step.ContainsKey('When'))"},
	{"tools are not looked for", "-(Cs|DnsServer)\\w+|\\bInvoke-Dnscmd\\b'", "-Cs\\w+'"},

	{"a shell without rights", "Unseen = 'Route'; Elevated = $true", "Unseen = 'Route'"},
	{"DnsServer does not wait for Preflight", "After = 'Preflight'; Unseen", "Unseen"},
	{"Add: -ErrorAction", "-TimeToLive '00:05:00' -ErrorAction Stop", "-TimeToLive '00:05:00'"},
	{"Add: -Confirm", "-TimeToLive '00:05:00' -ErrorAction Stop -WhatIf:$false -Confirm:$false", "-TimeToLive '00:05:00' -ErrorAction Stop -WhatIf:$false"},
	{"Add: another TTL", "-TimeToLive '00:05:00'", "-TimeToLive '01:00:00'"},
	{"Remove: -Force", "-Force -ErrorAction Stop", "-ErrorAction Stop"},
	{"Remove: -ErrorAction", "-Force -ErrorAction Stop", "-Force"},
	{"Remove: -Confirm", "-Force -ErrorAction Stop -WhatIf:$false -Confirm:$false", "-Force -ErrorAction Stop -WhatIf:$false"},
	{"an old record stays", "To = @(); Needs = 'P21'", "To = '203.0.113.11'; Needs = 'P21'"},
}

var dnscmdMutants = []mutant{
	{"RecordDelete without data", "+ @($Data -split ' ') +", "+ @($Data -split ' ' | Where-Object { $Ttl -ne '' }) +"},
	{"RecordDelete without /f", "@('/f' | Where-Object { $Ttl -eq '' })", "@()"},
	{"no exit code", "if ($LASTEXITCODE -ne 0) { throw", "if ($false) { throw"},
	{"another server", "$words = @('.', $Command", "$words = @('localhost', $Command"},
	{"tools are not looked for", "\\w+|\\bInvoke-Dnscmd\\b'", "\\w+'"},
	{"a node that is relative", "'_xmpp-server._tcp.contoso.com.'", "'_xmpp-server._tcp.contoso.com'"},
	{"a target that is relative", "-Data '10 0 5269 sip2.contoso.com.'", "-Data '10 0 5269 sip2.contoso.com'"},
	{"RecordAdd without a TTL", "-Ttl 300 -Type", "-Type"},
	{"a zone that is not primary", "if ($one.ZoneType -gt 1)", "if ($one.ZoneType -gt 9)"},
}

var ttlMutants = []mutant{
	{"one object for old and new", "$new = Select-DnsRecord -Zone $Zone -Name $Name -Type $Type -Data $Data", "$new = $old"},
	{"Set: -ErrorAction", "$new) -ErrorAction Stop -WhatIf:$false", "$new) -WhatIf:$false"},
	{"Set: -Confirm", "$new) -ErrorAction Stop -WhatIf:$false -Confirm:$false", "$new) -ErrorAction Stop -WhatIf:$false"},
	{"Modify: -ErrorAction", "-Arguments $arguments -ErrorAction Stop", "-Arguments $arguments"},
	{"facts of before will do in the end", "Read-ChangeFact -Stage $Stage -Done", "Read-ChangeFact -Stage $Stage"},
	{"another TTL is set", "-Seconds 300 ", "-Seconds 3600 "},
}

// equivalent are mutants that no run can tell from the scripts, and why.
var equivalent = map[string]string{}

// caught is what the suite panics with at the first check that fails.
type caught string

// The suite finds every way in which somebody breaks the scripts.
func TestMutants(t *testing.T) {
	run, asked := shareOf(t)
	if !asked {
		t.Skip("SKIPPED: make scenarios runs the mutants")
	}
	engine, count := find(t), 0
	for _, list := range mutants {
		count += len(list)
	}
	for part := range 2 { // as many as .ci/run has cores
		t.Run(fmt.Sprintf("half %d", part+1), func(t *testing.T) {
			t.Parallel()
			for _, spec := range slices.Sorted(maps.Keys(mutants)) {
				tryMutants(t, engine, spec, run, part)
			}
		})
	}
	t.Logf("%d mutants, %d of them equivalent", count, len(equivalent))
}

// tryMutants tries every second mutant in the share of the scripts of a spec. The others
// are only held to have something to break.
func tryMutants(t *testing.T, engine pwsh.Engine, spec string, run share, half int) {
	t.Helper()
	s := newSuite(t, engine, compile(t, spec), "")
	scripts := map[string]string{}
	for _, name := range s.scripts() {
		data, err := os.ReadFile(filepath.Join(s.kit, name))
		s.must(err)
		scripts[name] = string(data)
	}
	tried := 0
	for i, m := range mutants[spec] {
		if broken := m.in(scripts); len(broken) == 0 {
			t.Errorf("%s: %s: the scripts have no %q", spec, m.what, m.old)
			continue
		}
		if !run.has(i) {
			continue
		}
		if tried++; tried%2 == half {
			t.Run(spec+": "+m.what, func(t *testing.T) { tryMutant(t, s, scripts, spec, m) })
		}
	}
}

// in is the scripts that the mutant breaks, broken.
func (m mutant) in(scripts map[string]string) map[string]string {
	out := map[string]string{}
	for name, text := range scripts {
		if broken := strings.ReplaceAll(text, m.old, m.new); broken != text {
			out[name] = broken
		}
	}
	return out
}

func tryMutant(t *testing.T, s *suite, scripts map[string]string, spec string, m mutant) {
	t.Helper()
	start := time.Now()
	for name, text := range scripts {
		s.must(os.WriteFile(filepath.Join(s.kit, name), []byte(text), 0o666))
	}
	for name, text := range m.in(scripts) {
		s.must(os.WriteFile(filepath.Join(s.kit, name), []byte(text), 0o666))
	}
	hint := found(t)[spec+": "+m.what]
	by, part := s.bite(hint)
	why, known := equivalent[m.what]
	switch {
	case by == "" && !known:
		t.Errorf("%s: not found", m.what)
	case by != "" && known:
		t.Errorf("%s: found, though %s: %s", m.what, why, by)
	}
	if hint != part {
		t.Logf("%s has it found by %q", foundFile, hint)
	}
	t.Logf("%.1f s: %s: %s", time.Since(start).Seconds(), part, by)
}

// foundFile has, for mutants, the scenario that found them, so that it is run first. It
// only saves time: without it, or where it is wrong, the others find what they find.
const foundFile = "testdata/found.txt"

// found are the scenarios of the file by spec and mutant.
var found = func() func(t *testing.T) map[string]string {
	read := sync.OnceValues(func() (map[string]string, error) {
		data, err := os.ReadFile(foundFile)
		out := map[string]string{}
		for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
			part, mutant, _ := strings.Cut(line, "\t")
			out[mutant] = part
		}
		return out, err
	})
	return func(t *testing.T) map[string]string {
		t.Helper()
		out, err := read()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}()

// The file names mutants and scenarios that there are, each mutant once.
func TestFound(t *testing.T) {
	known := map[string]bool{}
	for spec, list := range mutants {
		for _, m := range list {
			known[spec+": "+m.what] = true
		}
	}
	for mutant, part := range found(t) {
		if !known[mutant] || !slices.ContainsFunc(scenarios, func(s scenario) bool { return s.name == part }) {
			t.Errorf("%s: there is no mutant %q, or no scenario %q", foundFile, mutant, part)
		}
	}
}

// bite runs the suite up to the first check that fails, and returns that and the name of
// the scenario. After the first one, which learns the walk, that of the hint comes first.
func (s *suite) bite(hint string) (by, part string) {
	s.fail = func(format string, args ...any) { panic(caught(fmt.Sprintf(format, args...))) }
	defer func() {
		switch r := recover().(type) {
		case nil:
		case caught:
			by, _, _ = strings.Cut(string(r), "\n")
		default:
			panic(r)
		}
	}()
	parts := s.parts()
	slices.SortStableFunc(parts[1:], func(a, b scenario) int { return b2i(b.name == hint) - b2i(a.name == hint) })
	for _, one := range parts {
		part = one.name
		one.run(s)
	}
	return "", ""
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
