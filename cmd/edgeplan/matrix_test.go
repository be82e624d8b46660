package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const matrixSpec = "../../specs/matrix"

// buildMatrix builds specs/matrix and returns the output folder.
func buildMatrix(t *testing.T) string {
	t.Helper()
	out := t.TempDir()
	edgeplan(t, exitDone, "build", "-o", out, matrixSpec)
	return out
}

// TestMatrixBuild: the pairs and the index are folders of their own; a second build changes nothing, and
// what is no longer asked for goes.
func TestMatrixBuild(t *testing.T) {
	out := buildMatrix(t)
	var names []string
	entries, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := []string{"contoso", "contoso-EdgePool1-to-EdgePool2", "contoso-EdgePool1-to-EdgePool3", "contoso-EdgePool2-to-EdgePool1"}
	if !slices.Equal(names, want) {
		t.Fatalf("there are %v, want %v", names, want)
	}
	edgeplan(t, exitDone, "verify", out)
	before := packageFiles(t, out)
	stdout, _ := edgeplan(t, exitDone, "build", "-o", out, matrixSpec)
	if strings.Count(stdout, " 0 changed\n") != len(want) {
		t.Error(stdout)
	}
	if stdout, _ := edgeplan(t, exitDone, "diff", matrixSpec, out); stdout != "" {
		t.Error(stdout)
	}
	edgeplan(t, exitDone, "build", "-o", out, "--failover", "contoso", matrixSpec)
	sameFiles(t, packageFiles(t, out), before)

	// A package or an index that was edited is kept.
	page := filepath.Join(out, "contoso", "matrix.md")
	writeFile(t, page, append([]byte("by hand\n"), readTestFile(t, page)...))
	_, stderr := edgeplan(t, exitFailed, "build", "-o", out, matrixSpec)
	if !strings.Contains(stderr, "contoso/matrix.md (not as edgeplan wrote it)") {
		t.Error(stderr)
	}
	edgeplan(t, exitDone, "build", "-o", out, "--force", matrixSpec)
	sameFiles(t, packageFiles(t, out), before)
	edgeplan(t, exitDone, "build", "-o", out, "../../specs/seed")
	if left, _ := filepath.Glob(filepath.Join(out, "contoso*")); left != nil {
		t.Errorf("%v are left of a matrix that is asked for no more", left)
	}
}

// TestMatrixPair: one pair of a matrix is a plan as any other, and its refusal an error.
func TestMatrixPair(t *testing.T) {
	all, out := buildMatrix(t), t.TempDir()
	const pair = "contoso-EdgePool2-to-EdgePool1"
	edgeplan(t, exitDone, "build", "-o", out, "--failover", pair, matrixSpec)
	sameFiles(t, packageFiles(t, filepath.Join(out, pair)), packageFiles(t, filepath.Join(all, pair)))
	if entries, _ := os.ReadDir(out); len(entries) != 1 {
		t.Errorf("more than the pair is there: %v", entries)
	}
	for name, want := range map[string]string{
		"contoso-EdgePool2-to-EdgePool3": "EP2016",
		"contoso-EdgePool3-to-EdgePool1": "EP2015",
		"contoso-EdgePool1-to-EdgePool4": "the spec makes no plan \"contoso-EdgePool1-to-EdgePool4\"; did you mean",
	} {
		if _, stderr := edgeplan(t, exitFailed, "build", "-o", out, "--failover", name, matrixSpec); !strings.Contains(stderr, want) {
			t.Errorf("%s: %s", name, stderr)
		}
	}
	// The plan that the others of a pool follow from is not asked for, and is not written.
	stdout, _ := edgeplan(t, exitDone, "plan", "--failover", pair, matrixSpec)
	if !strings.Contains(stdout, pair) || strings.Contains(stdout, "EP2016") {
		t.Error(stdout)
	}
	shown, _ := edgeplan(t, exitDone, "show", filepath.Join(all, pair))
	if shown != stdout {
		t.Error("show prints another plan than plan")
	}
	if shown, _ := edgeplan(t, exitDone, "show", all); strings.Count(shown, "\n") < 3*strings.Count(stdout, "\n")/2 {
		t.Error("show prints not all pairs")
	}
	_, offers := offered(t, "zsh", "plan", matrixSpec, "--failover", "contoso")
	for _, want := range []string{"contoso", "contoso-EdgePool1-to-EdgePool2", "contoso-EdgePool3-to-EdgePool2"} {
		if !slices.Contains(offers, want) {
			t.Errorf("%q is not offered: %q", want, offers)
		}
	}
}

// TestMatrixVerify: damage to the index is found, and packages that are not those of the index.
func TestMatrixVerify(t *testing.T) {
	good := buildMatrix(t)
	index := filepath.Join(good, "contoso")
	stdout, _ := edgeplan(t, exitDone, "verify", index)
	id := strings.TrimSuffix(stdout[strings.Index(stdout, "sha256:"):], ")\n")
	edgeplan(t, exitDone, "verify", "--id", id, index)
	edgeplan(t, exitNo, "verify", "--id", "sha256:"+strings.Repeat("0", 32), index)
	for name, text := range packageFiles(t, index) {
		for _, damaged := range [][]byte{append([]byte("x"), text...), text[:len(text)-1], bytes.Replace(text, []byte("EdgePool1"), []byte("EdgePool2"), 1), nil} {
			if bytes.Equal(damaged, text) {
				continue
			}
			path := filepath.Join(index, name)
			if damaged == nil {
				remove(t, path)
			} else {
				writeFile(t, path, damaged)
			}
			edgeplan(t, exitNo, "verify", index)
			writeFile(t, path, text)
		}
	}
	edgeplan(t, exitDone, "verify", good)

	pair := filepath.Join(good, "contoso-EdgePool1-to-EdgePool2")
	if err := os.Rename(pair, pair+"x"); err != nil {
		t.Fatal(err)
	}
	stdout, _ = edgeplan(t, exitNo, "verify", good)
	if !strings.Contains(stdout, "the package of the pair EdgePool1 to EdgePool2 is missing") {
		t.Error(stdout)
	}
	edgeplan(t, exitDone, "verify", index) // the index alone, as it may be sent to the board
	other := t.TempDir()
	spec := filepath.Join(other, "spec")
	if err := os.CopyFS(spec, os.DirFS(matrixSpec)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(spec, "spec.edge.hcl")
	writeFile(t, file, bytes.Replace(readTestFile(t, file), []byte("CHG0042401"), []byte("CHG0042499"), 1))
	edgeplan(t, exitDone, "build", "-o", good, "--failover", filepath.Base(pair), spec)
	if err := os.RemoveAll(pair + "x"); err != nil {
		t.Fatal(err)
	}
	stdout, _ = edgeplan(t, exitNo, "verify", good)
	if !strings.Contains(stdout, "the package contoso-EdgePool1-to-EdgePool2 is not that of the matrix") {
		t.Error(stdout)
	}
}

// manyPools writes a spec of a matrix of n Edge pools.
func manyPools(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	var spec, zone strings.Builder
	spec.WriteString("topology \"t\" {\n  product = \"sfb-server-2015\"\n  management_host = \"fe1.corp.contoso.com\"\n}\n")
	zone.WriteString("$TTL 300\n@ IN SOA ns1.contoso.net. h.contoso.com. 1 7200 900 1209600 300\n@ IN NS ns1.contoso.net.\n")
	for i := range n {
		fmt.Fprintf(&spec, "site \"Site%d\" {\n  xmpp_federation_route = edge_pool.Pool0\n}\n", i)
		fmt.Fprintf(&spec, "edge_pool \"Pool%d\" {\n  site = site.Site%d\n  fqdn = \"pool%d.contoso.com\"\n"+
			"  access_edge_fqdn = \"sip%d.contoso.com\"\n  xmpp {}\n  server \"edge%da.contoso.com\" {\n"+
			"    public_ipv4 = \"198.51.100.%d\"\n  }\n  server \"edge%db.contoso.com\" {\n    public_ipv4 = \"203.0.113.%d\"\n  }\n}\n",
			i, i, i, i, i, i+1, i, i+1)
		fmt.Fprintf(&zone, "sip%d IN A 198.51.100.%d\nsip%d IN A 203.0.113.%d\n", i, i+1, i, i+1)
	}
	zone.WriteString("xmpp IN A 198.51.100.1\nxmpp IN A 203.0.113.1\n_xmpp-server._tcp IN SRV 0 0 5269 xmpp\n")
	spec.WriteString("sip_domain \"contoso.com\" {\n  xmpp = true\n}\ndns_zone \"contoso.com\" {\n  file = \"contoso.com.zone\"\n" +
		"  server = \"ns1.contoso.net\"\n}\nxmpp_federation {\n  host = \"xmpp.contoso.com\"\n}\nmatrix \"m\" {\n" +
		"  federation = \"xmpp\"\n  route_sites = \"all-routed\"\n  change {\n    ticket = \"T\"\n    summary = \"S\"\n  }\n}\n")
	writeFile(t, filepath.Join(dir, "m.edge.hcl"), []byte(spec.String()))
	writeFile(t, filepath.Join(dir, "contoso.com.zone"), []byte(zone.String()))
	return dir
}

// TestMatrixLarge: 20 pools are 380 packages and an index; 33 are too many, and so say one finding.
func TestMatrixLarge(t *testing.T) {
	stdout, _ := edgeplan(t, exitDone, "check", manyPools(t, 20))
	if !strings.Contains(stdout, "; 380 plans\n") {
		t.Error(stdout)
	}
	if _, stderr := edgeplan(t, exitNo, "check", manyPools(t, 33)); strings.Count(stderr, "EP1010: ") != 1 {
		t.Error(stderr)
	}
	out := t.TempDir()
	edgeplan(t, exitDone, "build", "-o", out, manyPools(t, 6))
	if n := len(slices.Collect(maps.Keys(packageFiles(t, out)))); n != 30*13+4 {
		t.Errorf("%d files", n)
	}
	edgeplan(t, exitDone, "verify", out)
}
