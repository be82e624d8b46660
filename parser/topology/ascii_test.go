package topology

import (
	"reflect"
	"strings"
	"testing"
)

// notPublic are the texts of a topology that are no names of public DNS, and why.
var notPublic = map[string]string{
	"Topology.Name":                  "a label of the spec",
	"Site.CI":                        "a name of the CMDB",
	"EdgePool.CI":                    "a name of the CMDB",
	"Server.CI":                      "a name of the CMDB",
	"FrontEndPool.CI":                "a name of the CMDB",
	"FrontEndServer.CI":              "a name of the CMDB",
	"Zone.CI":                        "a name of the CMDB",
	"Topology.Product":               "a word",
	"Topology.ManagementHost":        "a name of Active Directory",
	"Site.Name":                      "a name of Topology Builder",
	"Site.XMPPFederationRoute":       "a label of the spec",
	"Site.FederationRoute":           "a label of the spec",
	"EdgePool.Name":                  "a label of the spec",
	"EdgePool.Site":                  "a label of the spec",
	"EdgePool.FQDN":                  "internal: Lync takes no Unicode",
	"EdgePool.NextHop":               "internal: Lync takes no Unicode",
	"EdgePool.LoadBalancing":         "a word",
	"EdgePool.VirtualIPv4":           "an address",
	"EdgePool.Product":               "a word",
	"Certificate.NotAfter":           "a date",
	"Server.FQDN":                    "internal: Lync takes no Unicode",
	"Server.PublicIPv4":              "an address",
	"Server.PublicIPv6":              "an address",
	"Server.OperatingSystem":         "a word",
	"FrontEndPool.Name":              "a label of the spec",
	"FrontEndPool.Site":              "a label of the spec",
	"FrontEndPool.FQDN":              "internal: Lync takes no Unicode",
	"FrontEndPool.EdgePool":          "a label of the spec",
	"FrontEndServer.FQDN":            "internal: Lync takes no Unicode",
	"FrontEndServer.OperatingSystem": "a word",
	"Zone.File":                      "a path",
	"Zone.Includes":                  "paths",
	"Zone.Server":                    "nsupdate converts no name of a server, so a rule wants A-labels",
	"Zone.Site":                      "a label of the spec",
	"Zone.Serial":                    "a word or a number",
	"Zone.Delivery":                  "a word",
	"Zone.Computer":                  "a name that the server gives itself",
	"Zone.OperatingSystem":           "a word",
}

const written, converted = "bücher.example", "xn--bcher-kva.example"

// fill writes a name into each text of a value and makes one block of each type.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(written)
	case reflect.Pointer:
		if v.Type().Elem().PkgPath() == reflect.TypeFor[Topology]().PkgPath() {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem())
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().PkgPath() == reflect.TypeFor[Topology]().PkgPath() && v.Type().Field(i).Name != "Range" && v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	}
}

// texts are those of a value by argument, as TYPE.FIELD.
func texts(v reflect.Value, at string, note func(argument, text string)) {
	switch v.Kind() {
	case reflect.String:
		note(at, v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			texts(v.Elem(), at, note)
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), at, note)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			texts(key, at, note)
			texts(v.MapIndex(key), at, note)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			switch {
			case v.Type().PkgPath() != reflect.TypeFor[Topology]().PkgPath() || field.Name == "Range" || !field.IsExported():
			case strings.HasPrefix(v.Type().Name(), "Value["):
				texts(v.Field(i), at, note)
			default:
				texts(v.Field(i), v.Type().Name()+"."+field.Name, note)
			}
		}
	}
}

// Each argument that is text is converted or is known to be no name of public DNS, and the
// topology that is converted stays as it is. So an argument that is added has to be in one
// of the two places.
func TestEveryPublicNameIsConverted(t *testing.T) {
	given := &Topology{}
	fill(reflect.ValueOf(given).Elem())
	ascii, spelled := given.InASCII()

	public := 0
	known := map[string]bool{}
	texts(reflect.ValueOf(ascii), "", func(argument, text string) {
		_, stays := notPublic[argument]
		known[argument] = true
		switch {
		case stays && text != written:
			t.Errorf("%s is %q and is no name of public DNS", argument, text)
		case !stays && text != converted:
			t.Errorf("%s is %q: InASCII does not convert it, and it is not in the list of those that stay", argument, text)
		case !stays:
			public++
		}
	})
	for argument := range notPublic {
		if !known[argument] {
			t.Errorf("there is no argument %s", argument)
		}
	}
	if public != 8 || spelled[converted] != written || len(spelled) != 1 {
		t.Errorf("%d names of public DNS, spelled %q", public, spelled)
	}
	texts(reflect.ValueOf(given), "", func(argument, text string) {
		if text != written {
			t.Errorf("InASCII has written %q into %s of the topology itself", text, argument)
		}
	})
}

// What is missing stays so, and what cannot be converted stays.
func TestInASCIIOfLittle(t *testing.T) {
	ascii, spelled := (&Topology{}).InASCII()
	if ascii.XMPP != nil || len(ascii.EdgePools) != 0 || len(spelled) != 0 {
		t.Errorf("%+v, %q", ascii, spelled)
	}
	given := &Topology{EdgePools: []*EdgePool{{}}, SIPDomains: []*SIPDomain{{Name: Value[string]{V: "\xff.ü", Set: true}}}, Zones: []*Zone{{Name: Value[string]{V: "ü.example."}}}}
	ascii, spelled = given.InASCII()
	if ascii.EdgePools[0].Certificate != nil || ascii.SIPDomains[0].Name.V != "\xff.ü" || ascii.Zones[0].Name.V != "xn--tda.example." || spelled["xn--tda.example"] != "ü.example" {
		t.Errorf("%+v, %q", ascii, spelled)
	}
}
