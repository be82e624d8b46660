package parser

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// Limits on input, which docs/language.md lists. Those of a spec
// are over all of its files, and are checked before any of them is lexed.
const (
	maxSpecBytes = 16 << 20 // of all spec files
	maxSpecFiles = 10_000
	maxZoneBytes = 1 << 30 // of all zone files; a file of several zones counts for each
	maxZones     = 10_000  // blocks dns_zone
	maxPlans     = 1_000   // blocks failover, those of type failback in them, and all others that ask for plans
)

// Each plan looks at each block, so the product of both is bounded by the size of the spec.
const (
	freePlanned   = 20_000
	plannedPerMiB = 40_000
)

func maxPlanned(bytes int) int {
	return freePlanned + int(float64(bytes)/(1<<20)*plannedPerMiB)
}

// Names, values and signs take memory by their number: some are longer than others, but
// each takes a token, a place and a node of the tree. A spec of 100,000 SIP domains has 90,000
// to 220,000 of them in a MiB, and a list of short numbers has a million.
const (
	freeTokens   = 40_000
	tokensPerMiB = 240_000
)

func maxTokens(bytes int) int { return freeTokens + int(float64(bytes)/(1<<20)*tokensPerMiB) }

// maxBlockTokens is for one block, of which everything is in memory at once, and for all blocks locals and
// dynamic together, which are kept: a list of 20,000 strings, or 16,000 local values.
const maxBlockTokens = 80_000

// tooMuchAtOnce returns a finding if a block has more tokens than are kept at once.
func tooMuchAtOnce(files []File, surveys []survey) *hcl.Diagnostic {
	kept := 0
	for i, file := range files {
		for _, it := range surveys[i].whole {
			// blocks of other types are dropped after each piece, so they do not add up
			if it.kept {
				kept += it.tokens
			}
			if kept <= maxBlockTokens && it.tokens <= maxBlockTokens {
				continue
			}
			at := rangeAt(file, it.at, it.at)
			if it.tokens > maxBlockTokens {
				return diag.New(codeTooDeep, &at,
					fmt.Sprintf("This block has about %d names, values and signs, and one block may have %d. "+
						"Leave out what the plans do not need, or make several blocks or specs of it.",
						it.tokens, maxBlockTokens))
			}
			return diag.New(codeTooDeep, &at,
				fmt.Sprintf("The blocks locals and dynamic up to this one have more than %d names, values and "+
					"signs together. Leave out what the plans do not need, or write the blocks themselves in place "+
					"of those that make them.", maxBlockTokens))
		}
	}
	return nil
}

// tooMuch returns a finding if spec files have more bytes or tokens together than are
// read. Surveys are those of the files.
func tooMuch(files []File, surveys []survey) *hcl.Diagnostic {
	size, tokens, most := 0, 0, 0
	for i, file := range files {
		size += len(file.Text)
		tokens += surveys[i].tokens
		// the finding points to the file where leaving out helps most
		if surveys[i].tokens > surveys[most].tokens {
			most = i
		}
	}
	if limit := maxTokens(size); tokens > limit {
		return diag.New(codeTooDeep, &hcl.Range{Filename: files[most].Name},
			fmt.Sprintf("The spec has about %d names, values and signs, more than the %d that are read in %.1f "+
				"MiB, most of them in this file. Leave out what the plans do not need; a dynamic block or "+
				"a for expression makes many blocks or values of one kind in a few lines.",
				tokens, limit, float64(size)/(1<<20)))
	}
	return tooMuchAtOnce(files, surveys)
}

// tooLarge returns a finding if spec files have more bytes together than are read, or are
// too many.
func tooLarge(files []File) *hcl.Diagnostic {
	size := 0
	for i, file := range files {
		if size += len(file.Text); size > maxSpecBytes || i == maxSpecFiles {
			return tooLargeAt(file.Name)
		}
	}
	return nil
}

func tooLargeAt(name string) *hcl.Diagnostic {
	return diag.New(codeTooDeep, &hcl.Range{Filename: name},
		fmt.Sprintf("The spec files up to this one are more than %d, or have more than %d MiB in all. Leave out "+
			"what the plans do not need.", maxSpecFiles, maxSpecBytes>>20))
}

// checkCounts stops at more zones and plans than are worked on.
func (r *reader) checkCounts() {
	zones, plans, blocks := 0, 0, 0
	for _, c := range r.outline.chunks {
		if zones+c.zones > maxZones || plans+c.plans > maxPlans {
			r.work.stop(fmt.Sprintf("The blocks up to this one have more than %d zones or more than %d plans. "+
				"Make several specs of them.", maxZones, maxPlans))
			r.work.place = c.beyond(maxZones-zones, maxPlans-plans)
			return
		}
		// the product below is over all files, so it waits for all chunks
		zones, plans, blocks = zones+c.zones, plans+c.plans, blocks+c.blocks
	}
	if limit := maxPlanned(r.work.specBytes); plans*blocks > limit {
		r.work.stop(fmt.Sprintf("The spec has %d plans and %d blocks. Each plan looks at each block, and the "+
			"product of both may be %d at most in a spec of this size. Make several specs of them, with fewer "+
			"plans.", plans, blocks, limit))
	}
}

// beyond is the place of the first block of a chunk with which there are more zones or plans.
func (c *chunk) beyond(zones, plans int) *hcl.Range {
	for _, block := range c.known() {
		if block.Type == "dns_zone" {
			zones--
		}
		plans -= plansOf(block)
		if zones < 0 || plans < 0 {
			return &block.DefRange
		}
	}
	return nil
}

// known are the blocks of a chunk whose types are known.
func (c *chunk) known() hcl.Blocks {
	// dynamic blocks are in the count as the blocks that they make
	if c.root != nil {
		return c.root.body.Blocks
	}
	written, _, _ := c.nodes().PartialContent(topSchema)
	return written.Blocks
}
