package partners

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// timeRows: what partners do while a record changes.
var timeRows = []row{
	{ids: "X15 X16", who: "UNE", together: failover},
	{ids: "X15b", who: "UNE", together: poolsFailover},
	{ids: "X23 X24", who: "UNE", records: "srv 0 counted-%w", run: closedPort},
	{ids: "X32", who: "UNE", together: moved},
	{ids: "X34", who: "UN", together: late},
}

// lastRows need what the others leave, or disturb them.
var lastRows = []row{
	{ids: "X24", who: "E", last: true, run: draws},
	{ids: "X40", who: "UNE", last: true, run: silentStream},
	{ids: "X29", who: "E", last: true, records: "srv 0 counted-x", run: stopConnections},
}

// failover plays a planned change of specs/seed: the address moves by the zone that
// edgeplan makes, then the old pool goes. Partners that ask in the meantime are lost until
// the old answer has run out, and on ejabberd until its pause is over.
func failover(l *lab, t *testing.T, all []*partner) {
	begin := time.Now()
	each(all, func(p *partner) { wantPool(t, p.ask("contoso.com", 60*time.Second), "old", 0, atOnce) })
	l.load("contoso.com", emitted(t)["contoso.com"].after)
	l.shutOld(t)
	time.Sleep(time.Second) // what is sent into a stream that is about to end gets no answer
	each(all, func(p *partner) {
		limit := ttl + 20.0
		if p.letter == "E" {
			limit += 300
		}
		for {
			a := p.ask("contoso.com", 5*time.Second)
			since := time.Since(begin).Seconds()
			if a.pool == "new" && since >= ttl-2 && since < limit {
				t.Logf("%s: new pool %.1f s after the first look-up, bounced for %v", p.domain, since, p.bouncesAs(t, "contoso.com"))
				return
			}
			if a.pool != "" || since > limit {
				t.Errorf("%s: %v, %.1f s after the first look-up", p.domain, a, since)
				return
			}
			time.Sleep(time.Second)
		}
	})
}

// bouncesAs is bounces where the partner is ejabberd.
func (p *partner) bouncesAs(t *testing.T, domain string) []int {
	if p.letter != "E" {
		return nil
	}
	return p.bounces(t, domain)
}

// poolsFailover: with a record for each pool nobody waits, before the zone changes.
func poolsFailover(l *lab, t *testing.T, all []*partner) {
	const domain = "fabrikam.example"
	each(all, func(p *partner) { wantPool(t, p.ask(domain, 60*time.Second), "old", 0, atOnce) })
	l.shutOld(t)
	time.Sleep(time.Second)
	each(all, func(p *partner) { wantPool(t, p.ask(domain, 60*time.Second), "new", 0, atOnce) })
	l.load(domain, emitted(t)[domain].after)
	time.Sleep((ttl + 2) * time.Second)
	each(all, func(p *partner) { wantPool(t, p.ask(domain, 60*time.Second), "new", 0, atOnce) })
}

// shutOld ends the old pool once both rows that need it have seen it.
func (l *lab) shutOld(t *testing.T) {
	l.seenOld.Done()
	l.seenOld.Wait()
	l.shut.Do(func() {
		t.Log("the old pool ends")
		l.old.Process.Kill()
	})
}

// each runs a function for all partners at once.
func each(all []*partner, f func(*partner)) {
	var wg sync.WaitGroup
	for _, p := range all {
		wg.Go(func() { f(p) })
	}
	wg.Wait()
}

// closedPort: after a failure Prosody tries again with each stanza, ejabberd with none
// for a time that it draws.
func closedPort(l *lab, t *testing.T, p *partner, domain string) {
	wantError(t, p.ask(domain, 60*time.Second), 0, atOnce)
	first, stanzas := l.syns(p.letter), 10
	if p.letter == "E" {
		drawn := p.bounced(t, domain)
		if first != 1 || len(drawn) != 1 {
			t.Fatalf("%d SYN, bouncing for %v", first, drawn)
		}
		stanzas = min(stanzas, (drawn[0]-1)/2)
	}
	for range stanzas {
		time.Sleep(2 * time.Second)
		wantError(t, p.ask(domain, 60*time.Second), 0, atOnce)
	}
	more := l.syns(p.letter) - first
	t.Logf("%d SYN after %d more stanzas", more, stanzas)
	if p.letter == "E" && more != 0 || p.letter != "E" && more != stanzas {
		t.Errorf("%d attempts in %d stanzas", more, stanzas)
	}
}

// moved: who has a stream open does not look at DNS again.
func moved(l *lab, t *testing.T, all []*partner) {
	const domain = "move.example"
	each(all, func(p *partner) { wantPool(t, p.ask(domain, 60*time.Second), "other", 0, atOnce) })
	l.load(domain, moveZone(newPool, 2))
	for range 15 {
		time.Sleep(5 * time.Second)
		each(all, func(p *partner) { wantPool(t, p.ask(domain, 60*time.Second), "other", 0, atOnce) })
	}
	if now := l.ask(resolverAddr, "xmpp."+domain+".", dns.TypeA); now != newPool {
		t.Errorf("the resolver has %q", now)
	}
}

// late: a negative answer is kept as long as the SOA record says.
func late(l *lab, t *testing.T, all []*partner) {
	const domain, keep = "late.example", 15
	begin := time.Now()
	each(all, func(p *partner) { wantError(t, p.ask(domain, 60*time.Second), 0, atOnce) })
	l.load(domain, lateZone(true))
	each(all, func(p *partner) {
		for a := (answer{}); a.pool == ""; time.Sleep(500 * time.Millisecond) {
			a = p.ask(domain, 30*time.Second)
			since := time.Since(begin).Seconds()
			if a.pool != "" && since < keep-2 || since > keep+15 {
				t.Errorf("%s: %v, %.1f s after the first look-up", p.domain, a, since)
				return
			}
			if a.pool != "" {
				t.Logf("%s: %v, %.1f s after the first look-up", p.domain, a, since)
			}
		}
	})
}

// draws looks at all pauses of ejabberd that the other rows have brought about.
func draws(_ *lab, t *testing.T, p *partner, _ string) {
	all := p.bounces(t, "")
	slices.Sort(all)
	if len(all) < 50 {
		t.Fatalf("only %d pauses", len(all))
	}
	t.Logf("%d pauses of %d to %d s, median %d", len(all), all[0], all[len(all)-1], all[len(all)/2])
	if all[len(all)-1] > 300 || all[len(all)/2] < 60 {
		t.Error("they are not drawn from up to 300 s")
	}
}

// silentStream: after moved the pool with the open streams falls silent. Nothing gets
// through until the streams are closed by hand; then the next message looks at DNS.
func silentStream(l *lab, t *testing.T, p *partner, _ string) {
	const domain = "move.example"
	l.silence.Do(func() {
		for _, end := range []string{"saddr", "daddr"} {
			l.run("nft", "add", "rule", "inet", "lab", "in", "ip", end, otherPool, "drop")
		}
	})
	if a := p.ask(domain, 5*time.Second); a.err != "no answer" {
		t.Errorf("%v, but the pool is silent", a)
	}
	p.closeStreams(t, domain)
	begin := time.Now()
	for a := (answer{}); a.pool == ""; time.Sleep(time.Second) {
		a = p.ask(domain, 5*time.Second)
		if since := time.Since(begin).Seconds(); a.pool != "" && a.pool != "new" || since > 60 {
			t.Fatalf("%v, %.1f s after the streams were closed", a, since)
		} else if a.pool != "" {
			t.Logf("%v, %.1f s after the streams were closed", a, since)
		}
	}
}

// stopConnections: with stop_s2s_connections the next stanza starts an attempt at once.
func stopConnections(l *lab, t *testing.T, p *partner, domain string) {
	try := func() int {
		wantError(t, p.ask(domain, 60*time.Second), 0, atOnce)
		return l.syns("X")
	}
	first, bounced := try(), try()
	p.closeStreams(t, domain)
	if after := try(); first != 1 || bounced != 1 || after != 2 {
		t.Errorf("%d, %d and %d SYN, not 1, 1 and 2", first, bounced, after)
	}
}
