package zonediff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// ChangesVersion is the version of the form that [Changes] prints.
const ChangesVersion = 1

// changes is the JSON form of a change of a zone. It is public; docs/dns.md describes it.
type changes struct {
	FormatVersion int          `json:"format_version"`
	Plan          string       `json:"plan"`
	Zone          string       `json:"zone"`
	Serial        serials      `json:"serial"`
	SOA           string       `json:"soa"`
	Wait          plan.Wait    `json:"wait"`
	Sets          []changedSet `json:"sets"`
}

type serials struct {
	Old      uint32 `json:"old"`
	New      uint32 `json:"new"`
	Rollback uint32 `json:"rollback"`
}

type changedSet struct {
	Owner string  `json:"owner"`
	Type  string  `json:"type"`
	Step  string  `json:"step"`
	Old   records `json:"old"`
	New   records `json:"new"`
}

// records are one side of a set. Without data there is no TTL, which is then 0.
type records struct {
	TTL  uint32   `json:"ttl"`
	Data []string `json:"data"`
}

// Changes is the change of a zone as JSON, for systems that edgeplan has no form for. It
// has every set of the plan, also those that stay as they are. An error names the value
// that is none of a host, of an address or of an SRV record, and the byte in it.
func Changes(planName string, zone plan.Zone) (string, error) {
	c := checker{}
	out := changes{
		FormatVersion: ChangesVersion, Plan: c.text(planName), Zone: c.zone(zone),
		SOA: c.text(zone.SOA), Wait: zone.Wait,
		Serial: serials{zone.OldSerial, zone.NewSerial, zone.RollbackSerial}, Sets: []changedSet{},
	}
	// also sets that stay: the other system should refuse a change on other records
	for _, set := range zone.Records {
		owner, typ := c.owner(set)
		out.Sets = append(out.Sets, changedSet{
			Owner: owner, Type: typ, Step: c.text(set.Step),
			Old: c.records(set.Type, set.OldTTL, set.Old), New: c.records(set.Type, set.NewTTL, set.New),
		})
	}
	if c.err != nil {
		return "", c.err
	}
	return indented(out)
}

func (c *checker) records(typ string, ttl uint32, data []string) records {
	// not nil, which JSON has as null
	out := records{Data: []string{}}
	for _, d := range data {
		// only with data: a set that is not there has TTL 0, as docs/dns.md has it
		out.TTL = ttl
		out.Data = append(out.Data, c.data(typ, d))
	}
	return out
}

// indented is the JSON form of a value for people too: without escapes of <, > and &.
func indented(value any) (string, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	// such escapes are for HTML pages, and people read this file
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return b.String(), nil
}

// checker lets through what can be in a file of a zone, and keeps the first error.
// What was made after an error is not used.
type checker struct{ err error }

func (c *checker) quote(kind tokenKind, value string) string {
	token, err := quoteToken(kind, value)
	if err != nil && c.err == nil {
		c.err = err
	}
	return token
}

func (c *checker) zone(zone plan.Zone) string {
	// a plan has zones without their final dot, and sets with it
	return c.quote(nameToken, strings.TrimSuffix(zone.Name, ".")+".")
}

func (c *checker) owner(set plan.RecordSet) (owner, typ string) {
	return c.quote(nameToken, set.Owner), c.quote(typeToken, set.Type)
}

func (c *checker) data(typ, data string) string {
	// of another type the kind is empty, which quoteToken refuses
	kind := map[string]tokenKind{"A": ipv4Token, "AAAA": ipv6Token, "SRV": srvToken}[typ]
	return c.quote(kind, data)
}

// text lets any text through that JSON can hold: it would replace bytes that are not UTF-8.
func (c *checker) text(value string) string {
	for at := 0; at < len(value); {
		r, size := utf8.DecodeRuneInString(value[at:])
		// size 1 tells broken bytes from U+FFFD that the text itself has
		if r == utf8.RuneError && size == 1 && c.err == nil {
			c.err = fmt.Errorf("%.300q cannot be in a DNS file: byte %d is wrong for UTF-8", value, at)
		}
		at += size
	}
	return value
}
