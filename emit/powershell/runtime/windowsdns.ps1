# ==== FIXED RUNTIME, PART FOR WINDOWS DNS SERVERS - the same in every script that changes records there. ====
# ---- A Windows DNS server, where it runs. Name is relative to the zone, '@' its apex. -Wmi: 2008 R2 has no DnsServer.
function Get-DnsWmi([string]$Class, [string]$Filter) {
    <# .SYNOPSIS
        Objects of the DNS server by WMI. #>
    Get-CimInstance -Namespace 'root/MicrosoftDNS' -ClassName ('MicrosoftDNS_' + $Class) -Filter $Filter -ErrorAction Stop
}

function Get-DnsZoneState([string]$Zone, [switch]$Wmi) {
    <# .SYNOPSIS
        'Primary', and nothing else, where this server can change a zone. #>
    if ($Wmi) {
        foreach ($one in @(Get-DnsWmi -Class 'Zone' -Filter ("Name='{0}'" -f $Zone))) {
            if ($one.ZoneType -gt 1) { 'type {0}' -f $one.ZoneType } else { 'Primary' }
            foreach ($name in @('Paused', 'Shutdown')) { if ($one.PSObject.Properties[$name].Value) { $name } }
        }
        return
    }
    $one = Get-DnsServerZone -Name $Zone -ErrorAction Stop
    [string]$one.ZoneType
    foreach ($name in @('IsPaused', 'IsShutdown', 'IsReadOnly')) { if ($one.PSObject.Properties[$name].Value) { $name } }
}

function Get-DnsRecord([string]$Zone, [string]$Name, [string]$Type, [string]$Data, [switch]$Wmi) {
    <# .SYNOPSIS
        Records, or only the one with this Data: Data, Ttl in seconds, both as Text, and Source, the server's object. #>
    if ($Wmi) {
        $filter = "ContainerName='{0}' AND OwnerName='{1}'" -f $Zone, (($Name + '.' + $Zone) -replace '^@\.', '')
        $all = @(Get-DnsWmi -Class ($Type + 'Type') -Filter $filter)
    } else {
        try {
            # Where a child of the zone has its name once more, the server gives records of both.
            $all = @(Get-DnsServerResourceRecord -ZoneName $Zone -Name $Name -RRType $Type -ErrorAction Stop |
                Where-Object { $_.HostName -eq $Name })
        } catch {
            # 9714: there is no such name. 9701: it has no such record.
            if ($_.FullyQualifiedErrorId -match '\b(9701|9714)\b') { return }
            throw
        }
    }
    $shape = @{ A = 'IPv4Address'; AAAA = 'IPv6Address'; SRV = 'Priority', 'Weight', 'Port', 'DomainName' }[$Type]
    foreach ($one in $all) {
        $found = $one.RecordData # by WMI a text
        if ($Wmi) { $ttl = $one.TTL } else {
            $ttl = $one.TimeToLive.TotalSeconds
            $found = @($shape | ForEach-Object { $one.RecordData.PSObject.Properties[$_].Value }) -join ' '
        }
        $found = (ConvertTo-ChangeData -From $found).TrimEnd('.')
        if ($Data -ne '' -and $found -ne (ConvertTo-ChangeData -From $Data).TrimEnd('.')) { continue }
        $text = '{0} {1}' -f $ttl, $found
        New-Object -TypeName 'PSObject' -Property @{ Data = $found; Ttl = [string]$ttl; Text = $text; Source = $one }
    }
}

function Select-DnsRecord([string]$Zone, [string]$Name, [string]$Type, [string]$Data, [switch]$Wmi) {
    <# .SYNOPSIS
        One record as the server gave it, to be handed back to it. #>
    if ($Data -eq '') { throw 'no data: that would be any record' }
    $found = Get-DnsRecord -Zone $Zone -Name $Name -Type $Type -Data $Data -Wmi:$Wmi
    $found | Select-Object -First 1 | ForEach-Object { $_.Source }
}

function Set-DnsRecordTtl([string]$Zone, [string]$Name, [string]$Type, [string]$Data, [int]$Seconds, [switch]$Wmi) {
    <# .SYNOPSIS
        Give a record another TTL. The module wants two objects, the old one as the server gave it. #>
    $old = Select-DnsRecord -Zone $Zone -Name $Name -Type $Type -Data $Data -Wmi:$Wmi
    if ($null -eq $old) { throw ('there is no record {0} {1} {2} to give a TTL' -f $Name, $Type, $Data) }
    if ($Wmi) {
        $arguments = @{ TTL = [uint32]$Seconds }
        $null = Invoke-CimMethod -InputObject $old -MethodName 'Modify' -Arguments $arguments -ErrorAction Stop
        return
    }
    $new = Select-DnsRecord -Zone $Zone -Name $Name -Type $Type -Data $Data
    $new.TimeToLive = [TimeSpan]::FromSeconds($Seconds)
    Set-DnsServerResourceRecord -ZoneName $Zone -OldInputObject $old -NewInputObject (
        $new) -ErrorAction Stop -WhatIf:$false -Confirm:$false
}

function Invoke-Dnscmd([string]$Command, [string]$Zone, [string]$Node, [string]$Ttl, [string]$Type, [string]$Data) {
    <# .SYNOPSIS
        Run dnscmd on this server, without its question before it removes a record; throw what it says when it fails. #>
    if ($Data -eq '') { throw 'no data: dnscmd would take that for all records' }
    $words = @('.', $Command, $Zone, $Node, $Ttl, $Type) + @($Data -split ' ') + @('/f' | Where-Object { $Ttl -eq '' })
    $words = @($words | Where-Object { $_ -ne '' })
    # What it writes to the error stream would end the script under Stop.
    $ErrorActionPreference = 'Continue'
    $said = @(dnscmd.exe $words 2>&1 | ForEach-Object { ([string]$_).Trim() } | Where-Object { $_ -ne '' })
    if ($LASTEXITCODE -ne 0) { throw ('dnscmd {0}: {1}: {2}' -f ($words -join ' '), $LASTEXITCODE, ($said -join ' ')) }
}
