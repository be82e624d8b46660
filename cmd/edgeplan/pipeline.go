package main

import (
	"strings"

	"github.com/edgeplan/edgeplan/internal/pattern"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// collectionOf finds the organization in the address of an Azure DevOps collection, which
// has two forms.
var collectionOf = pattern.New(`^https://(?:dev\.azure\.com/([^/]+)|([^/.]+)\.visualstudio\.com)/?$`)

// sarifRun names a run in SARIF. In a pipeline of Azure DevOps, that is in the form that its
// Advanced Security takes (rules GHAzDO1019 and GHAzDO1020 of sarif-multitool 5.7.0); it
// refuses all others. Elsewhere it is edgeplan and the command.
func sarifRun(command string, getenv func(string) string) diag.Run {
	run := diag.Run{Version: Version, ID: strings.TrimSuffix("edgeplan/"+command, "/") + "/"}
	organization := collectionOf.FindStringSubmatch(getenv("SYSTEM_COLLECTIONURI"))
	if !strings.EqualFold(getenv("TF_BUILD"), "true") || organization == nil {
		return run
	}
	const prefix = "azuredevops/pipeline/build/"
	path := []string{
		organization[1] + organization[2], // one of them is empty: an address has one of the two forms
		getenv("SYSTEM_TEAMPROJECTID"), getenv("SYSTEM_DEFINITIONID"), getenv("SYSTEM_PHASEID"),
		getenv("BUILD_SOURCEBRANCH"), getenv("BUILD_BUILDID"),
	}
	properties := map[string]string{
		prefix + "buildDefinitionId":   getenv("SYSTEM_DEFINITIONID"),
		prefix + "buildDefinitionName": getenv("BUILD_DEFINITIONNAME"),
		prefix + "phaseId":             getenv("SYSTEM_PHASEID"),
		prefix + "phaseName":           getenv("SYSTEM_PHASENAME"),
	}
	// Half an ID would be refused as a whole, so then the run has the general one.
	for _, part := range path {
		if part == "" {
			return run
		}
	}
	run.ID, run.Properties = prefix+strings.Join(path, "/"), properties
	return run
}
