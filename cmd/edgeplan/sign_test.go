package main

import (
	"github.com/edgeplan/edgeplan/internal/loud"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerifySigned signs both scripts with the real osslsigncode and a certificate
// made for the purpose.
func TestVerifySigned(t *testing.T) {
	for _, tool := range []string{"openssl", "osslsigncode"} {
		loud.Tool(t, tool)
	}
	dir := buildSpec(t, "seed")
	keys := t.TempDir()
	key, cert := filepath.Join(keys, "key.pem"), filepath.Join(keys, "cert.pem")
	tool(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
		"-subj", "/CN=edgeplan test", "-addext", "extendedKeyUsage=codeSigning", "-addext", "keyUsage=digitalSignature")
	var signed, plain []byte
	for _, name := range []string{"failover.ps1", "rollback.ps1"} {
		path := filepath.Join(dir, name)
		plain = readTestFile(t, path)
		out := filepath.Join(keys, name)
		tool(t, "osslsigncode", "sign", "-certs", cert, "-key", key, "-h", "sha256", "-in", path, "-out", out)
		tool(t, "osslsigncode", "verify", "-CAfile", cert, "-in", out)
		signed = readTestFile(t, out)
		writeFile(t, path, signed)
	}
	out, errs := edgeplan(t, exitDone, "verify", dir)
	if errs != "" {
		t.Errorf("stderr: %s", errs)
	}
	for _, want := range []string{
		"failover.ps1: signed; the text before the signature is the approved text\n",
		"rollback.ps1: signed; the text before the signature is the approved text\n",
		": OK (plan sha256:",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in:\n%s", want, out)
		}
	}

	// A build leaves the signed scripts alone.
	edgeplan(t, exitDone, "build", "-o", filepath.Dir(dir), "../../specs/seed")
	path := filepath.Join(dir, "rollback.ps1")
	if string(readTestFile(t, path)) != string(signed) {
		t.Error("build has replaced a signed script")
	}
	begin := len(plain)
	for what, bad := range map[string][]byte{
		"text after the block":   append(append([]byte{}, signed...), "Remove-Item C:\\\r\n"...),
		"blank after the block":  append(append([]byte{}, signed...), ' '),
		"text before the block":  splice(signed, begin, begin, "\r\nRemove-Item C:\\"),
		"byte in the script":     splice(signed, 10, 11, "!"),
		"code inside the block":  splice(signed, begin+40, begin+40, "\r\nRemove-Item C:\\\r\n"),
		"block without its end":  signed[:len(signed)-10],
		"second block":           append(append([]byte{}, signed...), signed[begin:]...),
		"line feeds only":        []byte(strings.ReplaceAll(string(signed), "\r\n", "\n")),
		"block of another place": append(append([]byte{}, signed[begin:]...), plain...),
	} {
		writeFile(t, path, bad)
		if out, _ := edgeplan(t, exitNo, "verify", dir); !strings.Contains(out, "rollback.ps1: ") {
			t.Errorf("%s: %s", what, out)
		}
	}
}

func tool(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func readTestFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
