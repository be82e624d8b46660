package cmdlet

import (
	"strings"
	"testing"
)

func TestNew(t *testing.T) {
	tests := []struct {
		product Product
		name    string
		params  []Param
		want    string // part of the error, "" for none
	}{
		{LyncServer2013, "Set-CsSite", []Param{Arg("Identity", "Site2"), Arg("XmppFederationRoute", "EdgeServer:x")}, ""},
		{LiteralProcedure, "Set-CsSite", []Param{Arg("Identity", "Site2"), Arg("XmppExternalFederationRoute", "x")}, ""},
		{LyncServer2013, "Stop-CsWindowsService", nil, ""},
		{LyncServer2013, "Get-CsService", []Param{Switch("EdgeServer"), Arg("PoolFqdn", "x")}, ""},

		// The name that the procedure page prints is no parameter of any product.
		{LyncServer2013, "Set-CsSite", []Param{Arg("XmppExternalFederationRoute", "x")}, "no parameter -XmppExternalFederationRoute"},
		{SfBServer2015, "Set-CsSite", []Param{Arg("XmppExternalFederationRoute", "x")}, "no parameter"},
		// PowerShell would take a prefix; a plan does not.
		{LyncServer2013, "Set-CsSite", []Param{Arg("XmppFed", "x")}, "no parameter -XmppFed"},
		{LyncServer2013, "Start-CsWindowsService", []Param{Switch("Graceful")}, "no parameter -Graceful"},
		{LyncServer2013, "Stop-CsWindowsService", []Param{Arg("ComputerName", "a"), Arg("InputObject", "b")}, "no parameter set"},
		{LyncServer2013, "Get-CsService", []Param{Switch("EdgeServer"), Switch("Registrar")}, "no parameter set"},
		{LyncServer2013, "Get-CsSite", []Param{Arg("Identity", "a"), Arg("Filter", "b")}, "no parameter set"},
		{LyncServer2013, "Export-CsConfiguration", []Param{Switch("WhatIf")}, "no parameter -WhatIf"},
		{LyncServer2013, "Set-CsSite", []Param{Arg("Identity", "a"), Arg("Identity", "b")}, "given twice"},
		{LyncServer2013, "Set-CsSite", []Param{Switch("Identity")}, "is a Xds"},
		{LyncServer2013, "Set-CsSite", []Param{Arg("Force", "x")}, "is a SwitchParameter"},
		{LyncServer2013, "Set-CsNothing", nil, "no cmdlet Set-CsNothing"},
		{LiteralProcedure, "Stop-CsWindowsService", nil, "no cmdlet Stop-CsWindowsService"},
		// Its reference is that of 2019, without what is about XMPP.
		{SfBServerSE, "Set-CsSite", []Param{Arg("Identity", "Site2"), Arg("FederationRoute", "EdgeServer:x")}, ""},
		{SfBServerSE, "Set-CsSite", []Param{Arg("XmppFederationRoute", "x")}, "no parameter -XmppFederationRoute"},
		{SfBServerSE, "Test-CsXmppIM", nil, "no cmdlet Test-CsXmppIM"},
	}
	for _, test := range tests {
		_, err := New(test.product, test.name, test.params...)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s %s %v: %v", test.product, test.name, test.params, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s %s %v: error %v, want %q", test.product, test.name, test.params, err, test.want)
		}
	}
}

func TestShouldProcess(t *testing.T) {
	for name, want := range map[string]bool{
		"Set-CsSite": true, "Stop-CsWindowsService": true, "Get-CsSite": false,
		"Export-CsConfiguration": false, "Invoke-CsManagementStoreReplication": false,
	} {
		call, err := New(LyncServer2013, name)
		if err != nil || call.ShouldProcess != want {
			t.Errorf("%s: ShouldProcess %v (%v), want %v", name, call.ShouldProcess, err, want)
		}
	}
}

func TestTable(t *testing.T) {
	all := 0
	var before string
	ended := map[string]bool{}
	for line := range strings.Lines(tableCSV) {
		name, _, _ := strings.Cut(line, ",")
		if name == before {
			continue
		}
		if ended[name] {
			t.Errorf("the rows of %s are not together", name)
		}
		before, ended[name] = name, true
		seen := map[string]bool{}
		rows := rowsOf(name)
		all += len(rows)
		for _, r := range rows {
			if seen[r.param] {
				t.Errorf("%s -%s stands twice", name, r.param)
			}
			seen[r.param] = true
			if r.kind == "" || len(r.sets) == 0 || len(r.products) == 0 {
				t.Errorf("%s -%s: incomplete row %+v", name, r.param, r)
			}
		}
	}
	// The first line has the titles, which is no cmdlet.
	if lines := strings.Count(tableCSV, "\n"); all != lines-1 {
		t.Errorf("%d rows of %d are read", all, lines-1)
	}
	if !Known("Set-CsSite") || Known("Set-CsSit") || Known("Set-CsSite,Identity") || Known("") || Known("cmdlet") {
		t.Error("Known is wrong")
	}
	if !Has(LyncServer2013, "Set-CsSite", "XmppFederationRoute") || Has(LyncServer2013, "Set-CsSite", "Nothing") {
		t.Error("Has is wrong")
	}
}
