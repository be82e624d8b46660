package emit

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// TestTicketSum: a ticket has the checksum of SHA256SUMS as build writes it, also where the plan has no texts of zone files.
func TestTicketSum(t *testing.T) {
	all, err := All(sample.Plan())
	if err != nil {
		t.Fatal(err)
	}
	want := ""
	for _, a := range all {
		if a.Name == SumsName {
			want = fmt.Sprintf("%x", sha256.Sum256(a.Text.Bytes()))
		}
	}
	p := sample.Plan()
	p.Zones[0].Text = hunk.Text{}
	got, err := Ticket(p)
	if err != nil || want == "" || got.Package != want {
		t.Errorf("got %s, %v, want %s", got.Package, err, want)
	}
}
