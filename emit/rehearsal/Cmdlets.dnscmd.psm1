# SIMULATED tools of a DNS server on Windows Server 2008 R2: WMI and dnscmd. LyncSim.psm1 does the work.
Set-StrictMode -Version 2.0

function Get-CimInstance {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [string]$ComputerName,

        [string]$Namespace,

        [Parameter(Mandatory = $true)]
        [string]$ClassName,

        [string]$Filter
    )
    Invoke-SimCmdlet -Caller $PSCmdlet -Given $PSBoundParameters
}

function Invoke-CimMethod {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [string]$ComputerName,

        [Parameter(Mandatory = $true)]
        [object]$InputObject,

        [Parameter(Mandatory = $true)]
        [string]$MethodName,

        [System.Collections.IDictionary]$Arguments
    )
    Invoke-SimCmdlet -Caller $PSCmdlet -Given $PSBoundParameters
}

function dnscmd.exe {
    Invoke-SimDnscmd -Words @($args | ForEach-Object { $_ } | ForEach-Object { [string]$_ })
}
