package powershell

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// zone is what the script asks the server of a zone: its serial and its sets, before the
// change and after it; and where it has been changed, if the script does that.
func (b *builder) zone(zone plan.Zone, source plan.Source) hash {
	h := hash{{"Id", b.lit(zone.Number), false}, {"Zone", b.lit(zone.Name), false},
		{"Server", b.lit(zone.Server), false}}
	h = append(h, b.zoneKeys(zone, source, true)...)
	return append(h, entry{"Records", several(b.records(zone)...), false})
}

// zoneKeys are what is said of a zone beside its name, its server and its records: where it is changed, and its
// serials, which zones that stand as one entry have in a list.
func (b *builder) zoneKeys(zone plan.Zone, source plan.Source, serials bool) hash {
	k := &keys{b: b}
	edited := zone.Edited()
	if edited {
		k.text("ChangedOn", zone.Computer)
	}
	// A zone whose serial others raise, as Active Directory does, is not compared with a number of the plan.
	if from, to, compared := zone.Serials(b.back); compared {
		if serials {
			k.text("From", from.String())
			k.text("To", to.String())
		}
		if edited { // with Active Directory each server counts for itself
			k.text("Warn", "All")
		}
	}
	k.text("Cites", cites(b.plan, source))
	return k.out
}

// sides are the records of a set that the script comes from and that it leads to.
func (b *builder) sides(set plan.RecordSet) (from, to node) {
	old, new := b.list(shown(set.Old, set.OldTTL)), b.list(shown(set.New, set.NewTTL))
	if b.back {
		return new, old
	}
	return old, new
}

// recordFacts are about a zone that changes: this server can change it, and none of its
// sets is in a state that the change does not come from, pass through or lead to.
func (b *builder) recordFacts(s *plan.Step) array {
	zone := b.zoneOf(s.Zone)
	state := b.named(s)
	state.text("Is", "Primary")
	read := command{{name: "Get-DnsZoneState"}, {"-Zone", b.zoneName(zone)}}
	state.add("Read", block{wmi(zone, read)}, false)
	out := array{state.out}
	for _, set := range zone.Records {
		if !set.Changed() { // the management host asks for these
			continue
		}
		from, to := b.sides(set)
		read := wmi(zone, b.helper("Get-DnsRecord", zone, set))
		out = append(out, hash{{"Id", b.lit(set.Number), false}, {"Says", b.lit(words.SetName(set)), false},
			{"Property", b.lit("Text"), false}, {"From", from, false}, {"To", to, false}, {"Read", block{read}, true}})
	}
	return out
}

// wmi has a function of the runtime ask by WMI where the server has no module DnsServer.
func wmi(zone plan.Zone, c command) command {
	if zone.Dnscmd() {
		return append(c, word{name: "-Wmi"})
	}
	return c
}

// shown are records as the runtime has them in the property Text.
func shown(data []string, ttl uint32) []string {
	var out []string
	for _, one := range data {
		out = append(out, fmt.Sprintf("%d %s", ttl, strings.TrimSuffix(one, ".")))
	}
	return out
}

// zoneName is the literal of a zone's name.
func (b *builder) zoneName(zone plan.Zone) string { return b.names.literal(words.FileBase(zone)) }

// relative is the name of a set in its zone, as the module DnsServer has it.
func (b *builder) relative(zone plan.Zone, set plan.RecordSet) string {
	name, apex := strings.TrimSuffix(set.Owner, "."), words.FileBase(zone)
	cut := len(name) - len(apex) - len(".")
	switch {
	case strings.EqualFold(name, apex): // as the module and WMI name the apex
		return "@"
	case cut > 0 && strings.EqualFold(name[cut:], "."+apex):
		return name[:cut]
	}
	if b.err == nil {
		b.err = fmt.Errorf("%q is no name in the zone %q", set.Owner, zone.Name)
	}
	return ""
}

// helper is a call of a function of the runtime that looks at the records of a set.
func (b *builder) helper(name string, zone plan.Zone, set plan.RecordSet, more ...word) command {
	return append(command{{name: name}, {"-Zone", b.zoneName(zone)},
		{"-Name", b.names.literal(b.relative(zone, set))}, {"-Type", b.names.literal(set.Type)}}, more...)
}

// edit is the step that adds or removes one record, or gives it another TTL.
func (b *builder) edit(s *plan.Step, zone plan.Zone, e plan.RecordEdit) hash {
	data := strings.TrimSuffix(e.Data, ".")
	verbs := map[string]string{plan.Add: "add to ", plan.Remove: "remove from ", plan.SetTTL: "TTL in "}
	k := &keys{b: b}
	k.text("Id", s.ID)
	k.text("Says", verbs[e.Act]+words.SetName(e.Set))
	k.text("Cites", cites(b.plan, s.Source))
	switch e.Act {
	case plan.Remove:
		// Its TTL may be another by now; the record goes whatever it is.
		k.text("Property", "Data")
		k.add("To", array{}, false)
		k.text("Needs", e.Set.Number)
	case plan.SetTTL:
		k.text("Property", "Ttl")
		k.text("To", strconv.FormatUint(uint64(e.TTL), 10))
	default:
		k.text("Property", "Data")
		k.text("To", data)
	}
	// Read back for up to a minute: that the cmdlet returned is no proof that the record is there.
	k.number("WaitSeconds", 60, true)
	read := b.helper("Get-DnsRecord", zone, e.Set, word{"-Data", b.names.literal(data)})
	k.add("Read", block{wmi(zone, read)}, true)
	k.add("Set", b.change(zone, e), true)
	return k.out
}

// asked are the switches of a cmdlet that changes something: the script has asked already.
const asked = "-ErrorAction Stop -WhatIf:$false -Confirm:$false"

// change is the command that makes an edit.
func (b *builder) change(zone plan.Zone, e plan.RecordEdit) block {
	data := strings.TrimSuffix(e.Data, ".")
	if e.Act == plan.SetTTL { // dnscmd cannot, but by WMI it can be done on the same server
		ttl := word{"-Seconds", strconv.FormatUint(uint64(e.TTL), 10)}
		return block{wmi(zone, b.helper("Set-DnsRecordTtl", zone, e.Set, word{"-Data", b.names.literal(data)}, ttl))}
	}
	if zone.Dnscmd() {
		return block{b.dnscmd(zone, e, data)}
	}
	apex := b.zoneName(zone)
	// By the record itself: by name and data the cmdlet has no parameter set for every type, and without data it
	// would take the whole set.
	if e.Act == plan.Remove {
		return block{b.helper("Select-DnsRecord", zone, e.Set, word{"-Data", b.names.literal(data)}),
			{{name: "Remove-DnsServerResourceRecord"}, {"-ZoneName", apex}, {name: "-Force"}, {name: asked}}}
	}
	out := command{{name: "Add-DnsServerResourceRecord"}, {"-ZoneName", apex},
		{"-Name", b.names.literal(b.relative(zone, e.Set))}}
	out = append(out, b.recordData(e.Set.Type, data)...)
	return block{append(out, word{"-TimeToLive", b.names.literal(timeSpan(e.TTL))}, word{name: asked})}
}

// recordData are the parameters of Add-DnsServerResourceRecord for the data of a type.
func (b *builder) recordData(typ, data string) []word {
	switch typ {
	case "A":
		return []word{{name: "-A"}, {"-IPv4Address", b.names.literal(data)}}
	case "AAAA":
		return []word{{name: "-AAAA"}, {"-IPv6Address", b.names.literal(data)}}
	}
	fields := b.srv(data)
	return []word{{name: "-Srv"}, {"-Priority", fields[0]}, {"-Weight", fields[1]}, {"-Port", fields[2]},
		{"-DomainName", b.names.literal(fields[3] + ".")}}
}

// srv are the four parts of the data of an SRV record: three numbers and a name.
func (b *builder) srv(data string) []string {
	fields := strings.SplitN(data, " ", 4)
	bad := len(fields) < 4
	// They get into the script without quotes, so nothing but a number may.
	for i := 0; i < 3 && !bad; i++ {
		n, err := strconv.ParseUint(fields[i], 10, 16)
		bad = err != nil || strconv.FormatUint(n, 10) != fields[i]
	}
	if bad {
		if b.err == nil {
			b.err = fmt.Errorf("%q is not the data of an SRV record", data)
		}
		return make([]string, 4)
	}
	return fields
}

// dnscmd is the call for a server without the module. A name with a dot at its end is one
// that dnscmd does not take to be relative.
func (b *builder) dnscmd(zone plan.Zone, e plan.RecordEdit, data string) command {
	node := b.relative(zone, e.Set)
	if node != "@" {
		node = strings.TrimSuffix(e.Set.Owner, ".") + "."
	}
	if e.Set.Type == "SRV" { // else dnscmd adds the name of the zone to the target
		data += "."
	}
	what, ttl := "/RecordDelete", []word(nil)
	if e.Act == plan.Add {
		what, ttl = "/RecordAdd", []word{{"-Ttl", strconv.FormatUint(uint64(e.TTL), 10)}}
	}
	out := command{{name: "Invoke-Dnscmd"}, {"-Command", b.names.literal(what)}, {"-Zone", b.zoneName(zone)},
		{"-Node", b.names.literal(node)}}
	return append(append(out, ttl...), word{"-Type", b.names.literal(e.Set.Type)}, word{"-Data", b.names.literal(data)})
}

// timeSpan is a number of seconds as .NET reads and writes it: days.hours:minutes:seconds.
func timeSpan(seconds uint32) string {
	clock := fmt.Sprintf("%02d:%02d:%02d", seconds/3600%24, seconds/60%60, seconds%60)
	if days := seconds / 86400; days > 0 { // 24:00:00 would be 24 days for .NET
		return fmt.Sprintf("%d.%s", days, clock)
	}
	return clock
}
