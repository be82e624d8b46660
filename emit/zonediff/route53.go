package zonediff

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// Limits of Route 53, from the quotas of its Developer Guide and from its API Reference.
const (
	maxComment    = 256    // characters of a comment
	maxValues     = 1000   // values in a batch
	maxSetValues  = 400    // values in a set
	maxCharacters = 32_000 // characters of all values of a batch
	maxTTL        = 1<<31 - 1
)

// The form of a batch is that of the option --change-batch of the AWS command line.
type (
	route53Batch struct {
		Comment string
		Changes []route53Change
	}
	route53Change struct {
		Action            string
		ResourceRecordSet route53Set
	}
	route53Set struct {
		Name            string
		Type            string
		TTL             uint32
		ResourceRecords []route53Value
	}
	route53Value struct{ Value string }
)

// Route53 is the change of a zone as a change batch for Amazon Route 53, which applies it
// as a whole or not at all. Each changed set is deleted with all its old values and its
// old TTL, so that the batch fails where the hosted zone has others, and created with the
// new ones, so that it fails where a set that is only new is there already. An error names
// the value that cannot be there, or the limit of Route 53 that is exceeded.
func Route53(planName string, zone plan.Zone) (string, error) {
	return batch("Change, plan "+planName+". Written by edgeplan.", zone, zone.Records)
}

// Route53Rollback is the same with old and new exchanged.
func Route53Rollback(planName string, zone plan.Zone) (string, error) {
	return batch("Rollback, plan "+planName+". Written by edgeplan.", zone, exchanged(zone.Records))
}

func batch(comment string, zone plan.Zone, sets []plan.RecordSet) (string, error) {
	c := checker{}
	// not printed, as a batch is for the zone of its URL, but it has to be a name
	c.zone(zone)
	out := route53Batch{Comment: c.text(comment), Changes: []route53Change{}}
	for _, set := range sets {
		// A batch cannot only check a set. DELETE and CREATE of one that stays would write it again.
		if !set.Changed() {
			continue
		}
		if len(set.Old) > 0 {
			out.Changes = append(out.Changes, c.change("DELETE", set, set.OldTTL, set.Old))
		}
		if len(set.New) > 0 {
			out.Changes = append(out.Changes, c.change("CREATE", set, set.NewTTL, set.New))
		}
	}
	if c.err != nil {
		return "", c.err
	}
	if err := checkLimits(out); err != nil {
		return "", err
	}
	return indented(out)
}

// change takes values once: Route 53 refuses a set that has one twice.
func (c *checker) change(action string, set plan.RecordSet, ttl uint32, data []string) route53Change {
	owner, typ := c.owner(set)
	out := route53Set{Name: owner, Type: typ, TTL: ttl}
	for _, d := range data {
		value := route53Value{c.data(set.Type, d)}
		if !slices.Contains(out.ResourceRecords, value) {
			out.ResourceRecords = append(out.ResourceRecords, value)
		}
	}
	return route53Change{action, out}
}

func checkLimits(b route53Batch) error {
	values, characters := 0, 0
	for _, change := range b.Changes {
		set := change.ResourceRecordSet
		values += len(set.ResourceRecords)
		for _, v := range set.ResourceRecords {
			// in ASCII by now, so bytes are characters
			characters += len(v.Value)
		}
		switch {
		case len(set.ResourceRecords) > maxSetValues:
			return fmt.Errorf("%s %s has %d values, Route 53 takes %d in a set",
				set.Name, set.Type, len(set.ResourceRecords), maxSetValues)
		case set.TTL > maxTTL:
			return fmt.Errorf("%s %s has TTL %d, Route 53 takes %d at most", set.Name, set.Type, set.TTL, maxTTL)
		}
	}
	switch n := utf8.RuneCountInString(b.Comment); {
	case n > maxComment:
		return fmt.Errorf("the comment of the batch has %d characters, Route 53 takes %d", n, maxComment)
	case values > maxValues:
		return fmt.Errorf("the batch has %d values, Route 53 takes %d", values, maxValues)
	case characters > maxCharacters:
		return fmt.Errorf("the values of the batch have %d characters, Route 53 takes %d", characters, maxCharacters)
	}
	return nil
}
