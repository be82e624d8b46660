package main

import (
	"maps"
	"testing"
)

// TestSarifRun: in a pipeline of Azure DevOps a run has the names that its Advanced
// Security wants; with one of them missing, and elsewhere, it has those of edgeplan.
func TestSarifRun(t *testing.T) {
	pipeline := map[string]string{
		"TF_BUILD": "True", "SYSTEM_COLLECTIONURI": "https://dev.azure.com/contoso/", "SYSTEM_TEAMPROJECTID": "project",
		"SYSTEM_DEFINITIONID": "1234", "BUILD_DEFINITIONNAME": "Nightly", "BUILD_BUILDID": "98765",
		"SYSTEM_PHASEID": "phase", "SYSTEM_PHASENAME": "Check", "BUILD_SOURCEBRANCH": "refs/heads/main",
	}
	id := func(change map[string]string) string {
		env := maps.Clone(pipeline)
		maps.Copy(env, change)
		return sarifRun("check", func(name string) string { return env[name] }).ID
	}
	const want = "azuredevops/pipeline/build/contoso/project/1234/phase/refs/heads/main/98765"
	if got := id(nil); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := id(map[string]string{"SYSTEM_COLLECTIONURI": "https://contoso.visualstudio.com/"}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, change := range []map[string]string{{"TF_BUILD": ""}, {"SYSTEM_COLLECTIONURI": "https://tfs.contoso.com/x/"}, {"BUILD_BUILDID": ""}} {
		if got := id(change); got != "edgeplan/check/" {
			t.Errorf("%v: got %s", change, got)
		}
	}
	if got := sarifRun("", func(string) string { return "" }).ID; got != "edgeplan/" {
		t.Errorf("got %s", got)
	}
}
