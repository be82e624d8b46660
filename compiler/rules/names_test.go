package rules

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// isName tells of each argument of a topology that is text whether it is a name of DNS or of
// a computer. Labels of blocks that are no such names, words, dates and paths are not.
var isName = map[string]bool{
	"Topology.ManagementHost": true, "Topology.Product": false,
	"Site.XMPPFederationRoute": false, "Site.FederationRoute": false,
	"EdgePool.FQDN": true, "EdgePool.AccessEdgeFQDN": true, "EdgePool.NextHop": true,
	"EdgePool.Site": false, "EdgePool.LoadBalancing": false, "EdgePool.VirtualIPv4": false, "EdgePool.Product": false,
	"Certificate.SubjectAlternativeNames": true, "Certificate.NotAfter": false,
	"Server.FQDN": true, "Server.PublicIPv4": false, "Server.PublicIPv6": false, "Server.OperatingSystem": false,
	"FrontEndPool.FQDN": true, "FrontEndPool.Site": false, "FrontEndPool.EdgePool": false,
	"FrontEndServer.FQDN": true, "FrontEndServer.OperatingSystem": false,
	"SIPDomain.Name": true, "SIPDomain.FederationHost": true, "SIPFederation.Partners": true,
	"XMPPFederation.Host": true, "XMPPFederation.Partners": true,
	"Zone.Name": true, "Zone.Server": true, "Zone.Computer": true,
	"Zone.File": false, "Zone.Site": false, "Zone.Serial": false, "Zone.Delivery": false, "Zone.OperatingSystem": false,
	"Site.CI": false, "EdgePool.CI": false, "Server.CI": false, "FrontEndPool.CI": false, "FrontEndServer.CI": false,
	"Zone.CI": false,
}

// spoil gives each argument that is text the same value and a line of its own, and makes one
// block of each type. It notes the arguments by their lines.
func spoil(v reflect.Value, text string, lines map[int]string) {
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Name()+"."+v.Type().Field(i).Name
		if !v.Type().Field(i).IsExported() {
			continue // what is computed from the others
		}
		block := func(of reflect.Type) bool {
			return of.Kind() == reflect.Pointer && of.Elem().PkgPath() == v.Type().PkgPath()
		}
		switch value := field.Addr().Interface().(type) {
		case *topology.Value[string]:
			lines[len(lines)+1] = name
			*value = topology.Value[string]{V: text, Set: true, Range: hcl.Range{Start: hcl.Pos{Line: len(lines)}}}
		case *topology.Value[[]string]:
			lines[len(lines)+1] = name
			*value = topology.Value[[]string]{V: []string{text}, Set: true, Range: hcl.Range{Start: hcl.Pos{Line: len(lines)}}}
		default:
			switch {
			case block(field.Type()):
				field.Set(reflect.New(field.Type().Elem()))
				spoil(field.Elem(), text, lines)
			case field.Kind() == reflect.Slice && block(field.Type().Elem()):
				one := reflect.New(field.Type().Elem().Elem())
				field.Set(reflect.Append(field, one))
				spoil(one.Elem(), text, lines)
			}
		}
	}
}

// TestEveryNameIsChecked: a name that no host can have is found in each argument that is a
// name, and in no other. An argument that is added has to be in the list.
func TestEveryNameIsChecked(t *testing.T) {
	for _, bad := range []string{"\u00fc\u2028.example", "a\x00.\u00fc..b"} {
		given, lines := &topology.Topology{}, map[int]string{}
		spoil(reflect.ValueOf(given).Elem(), bad, lines)
		given.Zones[0].Delivery.V = "windows-dns" // else no computer has a name
		r := report.New(nil)
		Topology(given, r)
		found := map[string]bool{}
		for _, d := range r.Found {
			if diag.Of(d) == report.BadName {
				found[lines[d.Subject.Start.Line]] = true
			}
		}
		for _, name := range lines {
			if is, known := isName[name]; !known || is != found[name] {
				t.Errorf("%q as %s: in the list %v, a name %v, found %v", bad, name, known, is, found[name])
			}
		}
		if len(lines) != len(isName) {
			t.Errorf("%d arguments, the list has %d: %q", len(lines), len(isName), slices.Sorted(maps.Keys(isName)))
		}
	}
}
