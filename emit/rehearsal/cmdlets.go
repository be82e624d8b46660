package rehearsal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
)

// simulated are the cmdlets that LyncSim.psm1 has a body for.
var simulated = []string{
	"Export-CsConfiguration", "Get-CsAccessEdgeConfiguration", "Get-CsCertificate", "Get-CsDatabaseMirrorState",
	"Get-CsManagementStoreReplicationStatus", "Get-CsPool", "Get-CsPoolBackupRelationship", "Get-CsService",
	"Get-CsSipDomain", "Get-CsSite", "Get-CsWindowsService", "Get-CsXmppAllowedPartner",
	"Invoke-CsManagementServerFailover", "Invoke-CsManagementStoreReplication",
	"Set-CsEdgeServer", "Set-CsSite", "Start-CsWindowsService", "Stop-CsWindowsService", "Test-CsFederatedPartner",
	"Test-CsXmppIM",
}

// cmdletModule is the module with the cmdlets of a product.
func cmdletModule(product cmdlet.Product) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# SIMULATED cmdlets of %s, with its parameters. Written by edgeplan from its table of cmdlets.\n",
		product)
	// The module checks itself: a parameter that is misspelled in it would otherwise be null.
	b.WriteString("Set-StrictMode -Version 2.0\n")
	for _, name := range simulated {
		// A product that lacks the cmdlet has no function of its name, as on a real server.
		if params := cmdlet.Parameters(product, name); params != nil {
			function(&b, name, params)
		}
	}
	return b.String()
}

func function(b *strings.Builder, name string, params []cmdlet.Parameter) {
	common := func(p cmdlet.Parameter) bool { return p.Name == "WhatIf" || p.Name == "Confirm" }
	// Without it PowerShell would give every parameter a position of its own.
	binding := "PositionalBinding = $false"
	if slices.ContainsFunc(params, common) {
		binding = "SupportsShouldProcess = $true, ConfirmImpact = 'High', " + binding
	}
	// SupportsShouldProcess adds these two itself.
	params = slices.DeleteFunc(params, common)
	if set := defaultSet(params); set != "" {
		binding += fmt.Sprintf(", DefaultParameterSetName = '%s'", set)
	}
	fmt.Fprintf(b, "\nfunction %s {\n    [CmdletBinding(%s)]\n    param(\n", name, binding)
	for i, p := range params {
		if i > 0 {
			b.WriteString(",\n\n")
		}
		parameter(b, p)
	}
	b.WriteString("\n    )\n    Invoke-SimCmdlet -Caller $PSCmdlet -Given $PSBoundParameters\n}\n")
}

// defaultSet is the parameter set that a call without any parameter is in. The
// references do not say; in every cmdlet here it is the set that is named first below.
func defaultSet(params []cmdlet.Parameter) string {
	for _, set := range []string{"Filter", "Name", "FileName", "ServerPlatform"} {
		if slices.ContainsFunc(params, func(p cmdlet.Parameter) bool { return slices.Contains(p.Sets, set) }) {
			return set
		}
	}
	return ""
}

func parameter(b *strings.Builder, p cmdlet.Parameter) {
	sets := p.Sets
	if sets == nil {
		sets = []string{""}
		// In all sets: one attribute without a name.
	}
	// One attribute for each set, as PowerShell wants it.
	for _, set := range sets {
		var facts []string
		if set != "" {
			facts = append(facts, fmt.Sprintf("ParameterSetName = '%s'", set))
		}
		if p.Required {
			facts = append(facts, "Mandatory = $true")
		}
		if p.Position > 0 {
			facts = append(facts, fmt.Sprintf("Position = %d", p.Position))
		}
		if len(facts) > 0 {
			fmt.Fprintf(b, "        [Parameter(%s)]\n", strings.Join(facts, ", "))
		}
	}
	if len(p.Aliases) > 0 {
		fmt.Fprintf(b, "        [Alias('%s')]\n", strings.Join(p.Aliases, "', '"))
	}
	fmt.Fprintf(b, "        [%s]$%s", typeOf(p.Type), p.Name)
}

// typeOf is a type that every PowerShell has for one of the reference.
func typeOf(kind string) string {
	switch kind {
	case "SwitchParameter":
		return "switch"
	case "Boolean":
		return "bool"
	case "Int32", "UInt16", "UInt32":
		return "int"
	case "PSCredential", "NTService", "AuthenticationMechanism":
		return "object"
	}
	return "string"
}
