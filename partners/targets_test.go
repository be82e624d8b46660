package partners

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// targetRows: what partners do with the targets of SRV records.
var targetRows = []row{
	{ids: "X1 X2", who: "UNE", records: "srv 10 closed; srv 20 new", run: between(0, atOnce)},
	{ids: "X3", who: "UN", records: "srv 10 silent1; srv 20 new",
		subs: []string{"two:srv 10 silent1; srv 20 silent2; srv 30 new"}, run: silentProsody},
	{ids: "X4", who: "E", records: "srv 10 silent1; srv 20 new",
		subs: []string{"sink:srv 10 silent1; srv 20 sink1", "two:srv 10 silent1; srv 20 silent2; srv 30 new"}, run: silentEjabberd},
	{ids: "X7 X8", who: "UNE", records: "srv 0 alias", run: between(0, atOnce)},
	{ids: "X9 X10", who: "UNE", records: "srv 0 .; a " + sink1, run: notAtDomain},
	{ids: "X11 X12", who: "UNE", records: "a " + newPool, run: between(0, atOnce)},
	{ids: "X17 X18", who: "UNE", records: "srv 0 half", subs: many(6, "h", "srv 0 half"),
		run: func(_ *lab, t *testing.T, p *partner, domain string) {
			for _, name := range []string{"", "h0.", "h1.", "h2.", "h3.", "h4.", "h5."} {
				wantPool(t, p.ask(name+domain, 60*time.Second), "new", 0, atOnce)
			}
		}},
	{ids: "X21 X22", who: "UNE", records: "srv 10 nothing; srv 20 new",
		subs: []string{"none:srv 10 none; srv 20 new", "only:srv 10 nothing; a " + sink1}, run: noAddress},
	{ids: "X25", who: "UNE", records: "srv 0 new 5270", run: between(0, atOnce)},
	{ids: "X30", who: "UNE", records: "srv 10 err; srv 20 sink2", run: func(l *lab, t *testing.T, p *partner, domain string) {
		wantError(t, p.ask(domain, 60*time.Second), 0, atOnce)
		wantSeen(l, t, domain, errorAddr)
	}},
	{ids: "X31", who: "UNE", records: "srv 10 mute; srv 20 sink2", run: func(l *lab, t *testing.T, p *partner, domain string) {
		from, to := 85.0, 110.0
		if p.letter == "E" {
			from, to = 28, 50
		}
		wantError(t, p.ask(domain, 150*time.Second), from, to)
		wantSeen(l, t, domain, muteAddr)
	}},
	{ids: "X35", who: "UNE", records: "ns dead.ns; a " + sink1, run: func(l *lab, t *testing.T, p *partner, domain string) {
		if p.letter == "E" {
			wantError(t, p.ask(domain, 60*time.Second), 28, 45)
			return
		}
		p.send(domain)
		where, after := l.sinks.first(domain, 60*time.Second)
		if t.Log(after); where != sink1 {
			t.Error("the address of the domain was not tried")
		}
	}},
	{ids: "X39", who: "UNE", records: "srv 0 closed", subs: []string{"up:srv 0 new"},
		run: func(_ *lab, t *testing.T, p *partner, domain string) {
			dead, up := p.dialback(t, domain), p.dialback(t, "up."+domain) // where the key of a stranger is not valid
			if t.Log(dead, up); dead == up || up != "result invalid" {
				t.Errorf("with a dead pool in DNS %q, with one that is up %q", dead, up)
			}
		}},
	{ids: "X36", who: "UNE", run: func(_ *lab, t *testing.T, p *partner, _ string) {
		a := p.ask("pool.test", 60*time.Second)
		if p.letter == "U" {
			wantError(t, a, 0, atOnce)
		} else {
			wantPool(t, a, "new", 0, atOnce)
		}
	}},
}

// wantSeen checks that a domain was asked for at this sink and no other.
func wantSeen(l *lab, t *testing.T, domain string, where ...string) {
	t.Helper()
	if seen := slices.Compact(l.sinks.at(domain)); !slices.Equal(seen, where) {
		t.Errorf("%s was asked for at %v, not at %v", domain, seen, where)
	}
}

func silentProsody(_ *lab, t *testing.T, p *partner, domain string) {
	two := p.send("two." + domain)
	wantPool(t, p.ask(domain, 60*time.Second), "new", 19.5, 32)
	wantPool(t, <-two, "new", 39.5, 60)
}

func silentEjabberd(l *lab, t *testing.T, p *partner, domain string) {
	one, two := p.send(domain), p.send("two."+domain)
	p.send("sink." + domain)
	where, after := l.sinks.first("sink."+domain, 60*time.Second)
	if s := after.Seconds(); where != sink1 || s < 9.5 || s > 19 {
		t.Errorf("TCP to %s after %.1f s, not to %s after some 10 s", where, s, sink1)
	}
	wantPool(t, <-one, "new", 19, 34)
	wantError(t, <-two, 25, 50)
	p.bounced(t, "two."+domain)
}

func notAtDomain(l *lab, t *testing.T, p *partner, domain string) {
	wantError(t, p.ask(domain, 60*time.Second), 0, atOnce)
	wantSeen(l, t, domain)
}

func noAddress(l *lab, t *testing.T, p *partner, domain string) {
	wantPool(t, p.ask(domain, 60*time.Second), "new", 0, atOnce)
	wantPool(t, p.ask("none."+domain, 60*time.Second), "new", 0, atOnce)
	notAtDomain(l, t, p, "only."+domain)
}

// choiceRows: what partners choose where there is a choice.
var choiceRows = []row{
	{ids: "X5 X6", who: "UNE", run: weights, subs: slices.Concat(
		many(asked, "zero", "srv 0 sink1 5269 0; srv 0 sink2 5269 100"),
		many(asked, "none", "srv 0 sink1; srv 0 sink2"),
		many(asked, "half", "srv 0 sink1 5269 50; srv 0 sink2 5269 50"))},
	{ids: "X13 X14", who: "UNE", run: directTLS, subs: []string{
		"worse:direct 20 direct 5271; srv 10 new",
		"refused:direct 0 closed 5271; srv 10 new",
		"edge:direct 0 other; srv 10 new",
		"silent:direct 0 silent1 5271; srv 10 new",
		"good:direct 0 new 5271; srv 10 closed",
	}},
	{ids: "X19 X20", who: "UNE", records: "srv 0 dual", run: both,
		subs: append(many(asked, "seen", "srv 0 seen"), "dead:srv 0 dead6")},
	{ids: "X26", who: "UNE", records: "srv 0 new", run: func(_ *lab, t *testing.T, p *partner, domain string) {
		wantPool(t, p.ask(domain, 60*time.Second), "new", 0, atOnce)
		for _, feature := range p.offers(t) {
			if strings.Contains(feature, "bidi") {
				t.Errorf("it offers %s", feature)
			}
		}
	}},
	{ids: "X27", who: "S", subs: []string{"bare:srv 0 new", "wild:srv 0 new", "self:srv 0 new"},
		run: func(_ *lab, t *testing.T, p *partner, domain string) {
			wantPool(t, p.ask("bare."+domain, 60*time.Second), "new", 0, atOnce)
			wantError(t, p.ask("wild."+domain, 60*time.Second), 0, atOnce)
			wantError(t, p.ask("self."+domain, 60*time.Second), 0, atOnce)
		}},
	{ids: "X28", who: "E", records: "srv 0 new", run: between(0, atOnce)},
}

func weights(l *lab, t *testing.T, p *partner, domain string) {
	zero := firsts(l, t, p, domain, "zero", asked)
	none := firsts(l, t, p, domain, "none", asked)
	half := firsts(l, t, p, domain, "half", asked)
	if p.letter != "E" {
		if !chance(zero[sink1]) || !chance(none[sink1]) || !chance(half[sink1]) {
			t.Error("it is not chance, whatever the weight")
		}
		return
	}
	if zero[sink1] != 0 || none[sink1] != asked || !chance(half[sink1]) {
		t.Error("it is not the weight, and the first name where all weights are 0")
	}
}

func directTLS(l *lab, t *testing.T, p *partner, domain string) {
	silent := p.send("silent." + domain)
	wantPool(t, p.ask("refused."+domain, 60*time.Second), "new", 0, atOnce)
	wantPool(t, p.ask("good."+domain, 60*time.Second), "new", 0, atOnce)
	worse, edge := p.send("worse."+domain), p.send("edge."+domain)
	if p.letter == "E" {
		wantPool(t, <-worse, "new", 0, atOnce)
		wantSeen(l, t, "worse."+domain)
		wantError(t, <-edge, 0, atOnce)
		p.bounced(t, "edge."+domain)
		wantPool(t, <-silent, "new", 19, 34)
		return
	}
	if where, _ := l.sinks.first("worse."+domain, 60*time.Second); where != sinkDirect {
		t.Error("the record of direct TLS with the worse priority was not the first")
	}
	wantPool(t, <-edge, "new", 0, atOnce)
	wantPool(t, <-silent, "new", 55, 85)
}

func both(l *lab, t *testing.T, p *partner, domain string) {
	wantPool(t, p.ask(domain, 60*time.Second), "new", 0, atOnce)
	six := firsts(l, t, p, domain, "seen", asked)[sink6]
	if p.letter != "E" {
		if !chance(six) {
			t.Errorf("IPv6 first %d of %d times: it is not chance", six, asked)
		}
		return
	}
	if six != asked {
		t.Errorf("IPv6 first %d of %d times, not always", six, asked)
	}
	wantPool(t, p.ask("dead."+domain, 60*time.Second), "new", 19, 34)
}
