package zonefile

import "testing"

func BenchmarkScanner(b *testing.B) {
	text := bigZone(100_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s, err := NewScanner(text, "example.com")
		if err != nil {
			b.Fatal(err)
		}
		var e Entry
		for s.Next(&e) {
		}
		if s.Err() != nil {
			b.Fatal(s.Err())
		}
	}
}

func BenchmarkEdit(b *testing.B) {
	text := bigZone(100_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	changes := []Change{
		{"ns1.example.com.", "A", 300, []string{"192.0.2.2"}},
		{"_xmpp-server._tcp.example.com.", "SRV", 300, []string{"0 0 5269 ns1.example.com."}},
	}
	for b.Loop() {
		z, err := Read(text, "example.com", func() Keeper { return func([]byte, string) Wish { return Leave } })
		if err != nil {
			b.Fatal(err)
		}
		if edits, err := z.Edit(changes, 8); err != nil || len(edits) != 3 {
			b.Fatalf("%+v, %v", edits, err)
		}
	}
}

// TestScannerAllocations: the number of allocations must not grow with the records.
func TestScannerAllocations(t *testing.T) {
	text := bigZone(20_000)
	got := testing.AllocsPerRun(3, func() {
		s, err := NewScanner(text, "example.com")
		if err != nil {
			t.Fatal(err)
		}
		var e Entry
		for s.Next(&e) {
		}
	})
	if got > 50 {
		t.Errorf("%v allocations for 20000 records", got)
	}
}
