package zonefile

import (
	"hash/maphash"
	"slices"

	"github.com/edgeplan/edgeplan/internal/parallel"
)

// index lets an edit find records without a second scan of the whole text. It is made
// by the one scan of [Read], or joined from those of its parts: now and then it keeps the state of the scan, from which
// any place of the text can be read again, and in between it keeps a hash for each
// owner. An owner whose hash is nowhere in a block has no record there; hashes that
// are equal by chance only cost time.
type index struct {
	seed   maphash.Seed
	marks  []checkpoint
	owners []uint32       // hashes, in file order; one where the owner changes
	lastOf map[string]int // type -> where its last record begins
	last   int            // where the last record begins, -1 without any
	soas   []int          // where the SOA records begin
	end    state          // after the last line
	marked int            // records that only Windows DNS Server writes
}

// checkpoint is the start of a block: a state between two entries, and the number of
// the first owner of the block in owners.
type checkpoint struct {
	state
	first int
}

// blockEntries is how many entries a block has. Fewer make finding faster, and more
// the index smaller.
const blockEntries = 128

const bytesPerOwner = 32 // little, so that the list seldom has to grow

func newIndex(size int) *index {
	return &index{
		seed: maphash.MakeSeed(), last: -1, lastOf: make(map[string]int),
		owners: make([]uint32, 0, size/bytesPerOwner+16), marks: make([]checkpoint, 0, size/bytesPerOwner/blockEntries+1),
	}
}

func (x *index) hash(owner []byte) uint32 { return uint32(maphash.Bytes(x.seed, owner)) }

// begin starts a block at the present place of the scan. Its first records may take
// their owner from the block before, so that one counts as its own.
func (x *index) begin(s *Scanner) {
	x.marks = append(x.marks, checkpoint{first: len(x.owners)})
	s.save(&x.marks[len(x.marks)-1].state)
	if len(s.lastOwner) > 0 {
		// So that a block can be searched without the one before it.
		x.owners = append(x.owners, x.hash(s.lastOwner))
	}
}

// note enters a record.
func (x *index) note(e *Entry) {
	if !e.OwnerSpan.Empty() {
		x.owners = append(x.owners, x.hash(e.Owner))
	}
	// Noted at the spelling, which is at hand for every record; finish collects these.
	e.kind.last = e.Start
	x.last = e.Start
	if e.Type == "SOA" {
		x.soas = append(x.soas, e.Start)
	}
	if e.windowsOnly() {
		x.marked++
	}
}

// windowsOnly reports what only Windows DNS Server writes.
func (e *Entry) windowsOnly() bool {
	return e.Aged || e.kind != nil && (e.Type == "WINS" || e.Type == "WINSR")
}

// finish ends the index with what is known at the end of the scan.
func (x *index) finish(s *Scanner) {
	s.save(&x.end)
	for _, k := range s.types.all {
		// A file may spell a type in several ways, as srv and SRV.
		if last, ok := x.lastOf[k.name]; !ok || last < k.last {
			x.lastOf[k.name] = k.last
		}
	}
}

// block is the number of the last block that begins at or before an offset.
func (x *index) block(at int) int {
	n, found := slices.BinarySearchFunc(x.marks, at, func(c checkpoint, at int) int { return c.pos - at })
	if found || n == 0 {
		return n
	}
	return n - 1
}

// stop is where a block ends.
func (x *index) stop(block int) int {
	if block+1 < len(x.marks) {
		return x.marks[block+1].pos
	}
	return x.end.pos
}

// blocksOf lists the blocks that may have records of the owners, and those of the SOA
// records, in file order.
func (x *index) blocksOf(owners map[string]*ownerPlace) []int {
	wanted := newHashSet(len(owners))
	for owner := range owners {
		wanted.add(x.hash([]byte(owner)))
	}
	var out []int
	// Always, because every edit sets the serial.
	for _, at := range x.soas {
		out = append(out, x.block(at))
	}
	for i, m := range x.marks {
		end := len(x.owners)
		if i+1 < len(x.marks) {
			end = x.marks[i+1].first
		}
		if slices.ContainsFunc(x.owners[m.first:end], wanted.has) {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// eachOwner walks over the hashes of the owners; again is true for that of the record before.
func (x *index) eachOwner(visit func(n int, hash uint32, block int, again bool)) {
	x.walk(0, len(x.marks), visit)
}

// indexed is an owner of a block.
type indexed struct {
	hash  uint32
	block int32
}

// taken walks over the hashes of the owners like eachOwner, over several ranges of blocks at once. take is made for the
// first number of each range; what it takes is in file order.
func (x *index) taken(take func(first int) func(n int, hash uint32, again bool) bool) []indexed {
	ranges := max(1, min(partsOf(len(x.owners)*bytesPerOwner), len(x.marks)))
	out := make([][]indexed, ranges)
	parallel.Each(ranges, func(i int) {
		from, to := len(x.marks)*i/ranges, len(x.marks)*(i+1)/ranges
		takes := take(x.marks[from].first)
		x.walk(from, to, func(n int, hash uint32, block int, again bool) {
			if takes(n, hash, again) {
				out[i] = append(out[i], indexed{hash, int32(block)})
			}
		})
	})
	return slices.Concat(out...)
}

// walk is eachOwner for the blocks from a number up to another one.
func (x *index) walk(from, to int, visit func(n int, hash uint32, block int, again bool)) {
	for i := from; i < to; i++ {
		m := x.marks[i]
		end := len(x.owners)
		if i+1 < len(x.marks) {
			end = x.marks[i+1].first
		}
		for n := m.first; n < end; n++ {
			visit(n, x.owners[n], i, n > 0 && x.owners[n] == x.owners[n-1])
		}
	}
}

// hashSet is a set of hashes that says no at once to most that are not in it.
type hashSet struct {
	bits   [1 << 10]uint64
	hashes map[uint32]bool
}

func newHashSet(n int) *hashSet { return &hashSet{hashes: make(map[uint32]bool, n)} }

func (h *hashSet) add(hash uint32) {
	h.bits[hash>>6&1023] |= 1 << (hash & 63)
	h.hashes[hash] = true
}

func (h *hashSet) has(hash uint32) bool {
	return h.bits[hash>>6&1023]>>(hash&63)&1 != 0 && h.hashes[hash]
}
