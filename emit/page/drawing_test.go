package page_test

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// TestDrawings: the pictures of all goldens have each route that moves, on both sides, a bar for each time in which a
// service is up, a dot for each stage that a lane runs, and a point of no return only where nothing goes back.
func TestDrawings(t *testing.T) {
	plans, _ := filepath.Glob("../../golden/*/*/plan.json")
	routes, bars, gone := 0, 0, 0
	for _, path := range plans {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := procedure.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		page, err := pageOf(p)
		if err != nil {
			t.Fatal(err)
		}
		estate, timeline := figure(t, page, "estate"), figure(t, page, "timeline")
		for _, r := range p.Routes {
			routes++
			want := fmt.Sprintf("▸ %s: %s</text>", strings.ToUpper(r.Federation), r.Site)
			if len(p.Routes) <= 5 && len(want) < 35 && strings.Count(estate, want) != 2 {
				t.Errorf("%s: %q is there %d times", path, want, strings.Count(estate, want))
			}
		}
		up := 0
		for _, s := range p.Services {
			before := false
			for _, reach := range p.Outage {
				is := reach.Of(s.Name).Up
				if is && !before {
					up++
				}
				before = is
			}
		}
		bars += up
		if got := strings.Count(timeline, `class="up"`); got != up {
			t.Errorf("%s: %d bars for %d times in which a service is up", path, got, up)
		}
		for i, stage := range p.Stages {
			if !strings.Contains(timeline, fmt.Sprintf(">%d</text>", i+1)) || !strings.Contains(timeline, ">"+stage.Name+"</text>") {
				t.Errorf("%s: stage %s is not drawn", path, stage.Name)
			}
		}
		none := plan.AllSteps(p.Stages).Has(func(s *plan.Step) bool { return s.Risk == plan.Destructive })
		if none != strings.Contains(timeline, "point of no return") {
			t.Errorf("%s: whether something cannot be taken back is %t", path, none)
		}
		if none {
			gone++
		}
	}
	if routes < 20 || bars < 20 || gone == 0 {
		t.Errorf("%d routes, %d bars, %d plans with a point of no return", routes, bars, gone)
	}
}

// TestLongLists: of 2,000 domains, 40 servers and 300 sites the first are drawn and the others counted, and no text is
// wider than its box.
func TestLongLists(t *testing.T) {
	p := sample.Plan()
	p.To.Servers, p.Routes, p.RoutedSites = nil, nil, nil
	for i := range 40 {
		p.To.Servers = append(p.To.Servers, fmt.Sprintf("edge%02d.contoso.com", i))
	}
	for i := range 300 {
		site := plan.RoutedSite{Federation: plan.XMPP, Site: fmt.Sprintf("A site with a name that is long %03d", i)}
		p.Routes = append(p.Routes, plan.SiteRoute{RoutedSite: site, From: p.From.FQDN, FromServer: "edge1a.contoso.com"})
		p.RoutedSites = append(p.RoutedSites, site)
	}
	p.Zones[0].Records = nil
	for i := range 2000 {
		p.Zones[0].Records = append(p.Zones[0].Records, plan.RecordSet{Owner: fmt.Sprintf("_xmpp-server._tcp.d%d.contoso.com.", i), Type: "SRV",
			OldTTL: 300, NewTTL: 300, Old: []string{"0 0 5269 old.example."}, New: []string{"0 0 5269 sip2.contoso.com."}, Number: fmt.Sprintf("P%d", 20+i)})
	}
	if err := procedure.Build(p); err != nil {
		t.Fatal(err)
	}
	page, err := pageOf(p)
	if err != nil {
		t.Fatal(err)
	}
	estate, timeline := figure(t, page, "estate"), figure(t, page, "timeline")
	for _, want := range []string{"and 1996 more", "and 295 more", "Site2, 40 servers"} {
		if !strings.Contains(estate, want) {
			t.Errorf("the picture has no %q", want)
		}
	}
	if !strings.Contains(timeline, "and 36 more") || len(estate)+len(timeline) > 20_000 {
		t.Errorf("the pictures have %d bytes", len(estate)+len(timeline))
	}
	for _, text := range strings.Split(estate, "<text ")[1:] {
		_, text, _ = strings.Cut(text, ">")
		text, _, _ = strings.Cut(text, "<")
		if n := len([]rune(html.UnescapeString(text))); n > 32 {
			t.Errorf("%q has %d characters", text, n)
		}
	}
	// The sets are alike, so that their names are a list.
	if !regexp.MustCompile(`<details><summary>[1-4]?\d\d lines</summary>`).MatchString(page) {
		t.Error("the records are not folded")
	}
}

// figure is a picture of a page with its key.
func figure(t *testing.T, page, class string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `<figure class="`+class+`">`)
	out, _, end := strings.Cut(rest, "</figure>")
	if !ok || !end {
		t.Fatalf("the page has no %s", class)
	}
	return out
}
