# SIMULATED cmdlets of the module DnsServer, with the parameters that change scripts use. LyncSim.psm1 does the work.
Set-StrictMode -Version 2.0

function Get-DnsServerZone {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [string]$ComputerName,

        [Parameter(Mandatory = $true)]
        [string]$Name
    )
    Invoke-SimCmdlet -Caller $PSCmdlet -Given $PSBoundParameters
}

function Get-DnsServerResourceRecord {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [string]$ComputerName,

        [Parameter(Mandatory = $true)]
        [string]$ZoneName,

        [string]$Name,

        [ValidateSet('A', 'AAAA', 'SRV')]
        [string]$RRType
    )
    Invoke-SimCmdlet -Caller $PSCmdlet -Given $PSBoundParameters
}

function Add-DnsServerResourceRecord {
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High', PositionalBinding = $false)]
    param(
        [string]$ComputerName,

        [Parameter(Mandatory = $true)]
        [string]$ZoneName,

        [Parameter(Mandatory = $true)]
        [string]$Name,

        [Parameter(ParameterSetName = 'A', Mandatory = $true)]
        [switch]$A,

        [Parameter(ParameterSetName = 'A', Mandatory = $true)]
        [System.Net.IPAddress]$IPv4Address,

        [Parameter(ParameterSetName = 'AAAA', Mandatory = $true)]
        [switch]$AAAA,

        [Parameter(ParameterSetName = 'AAAA', Mandatory = $true)]
        [System.Net.IPAddress]$IPv6Address,

        [Parameter(ParameterSetName = 'Srv', Mandatory = $true)]
        [switch]$Srv,

        [Parameter(ParameterSetName = 'Srv', Mandatory = $true)]
        [string]$DomainName,

        [Parameter(ParameterSetName = 'Srv', Mandatory = $true)]
        [int]$Priority,

        [Parameter(ParameterSetName = 'Srv', Mandatory = $true)]
        [int]$Weight,

        [Parameter(ParameterSetName = 'Srv', Mandatory = $true)]
        [int]$Port,

        [TimeSpan]$TimeToLive
    )
    Invoke-SimCmdlet -Caller $PSCmdlet -Given $PSBoundParameters
}

function Remove-DnsServerResourceRecord {
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High', PositionalBinding = $false)]
    param(
        [string]$ComputerName,

        [Parameter(Mandatory = $true)]
        [string]$ZoneName,

        [Parameter(Mandatory = $true, ValueFromPipeline = $true)]
        [object]$InputObject,

        [switch]$Force
    )
    process { Invoke-SimCmdlet -Caller $PSCmdlet -Given $PSBoundParameters }
}

function Set-DnsServerResourceRecord {
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High', PositionalBinding = $false)]
    param(
        [string]$ComputerName,

        [Parameter(Mandatory = $true)]
        [string]$ZoneName,

        [Parameter(Mandatory = $true)]
        [object]$OldInputObject,

        [Parameter(Mandatory = $true)]
        [object]$NewInputObject
    )
    Invoke-SimCmdlet -Caller $PSCmdlet -Given $PSBoundParameters
}
