package zonefile

import "strings"

// rrType is one spelling of a record type in a text.
type rrType struct {
	spelling string
	name     string // upper case; the mnemonic for TYPEnnn of a type that has one
	last     int    // where the last record begins that spells its type so
	rule     *rule  // nil for a type that BIND does not know
	part     part   // in rules about more than one record
	quick    quick  // how its data is looked at first
}

// typeTable finds the types of a text. Few spellings occur in one file, so most
// look-ups end at the first comparison.
type typeTable struct {
	recent [64]*rrType
	all    map[string]*rrType
	// whole: it is of a text that has been read, and is not written to, as several edits of that may be made at once.
	whole bool
}

// of is the type that a token names, or nil if the token cannot be one.
func (t *typeTable) of(token []byte) *rrType {
	// First and last byte and the length tell most types apart; a collision costs a look into the
	// map.
	slot := (token[0]*3 + token[len(token)-1]*5 + byte(len(token))*7) & 63
	if k := t.recent[slot]; k != nil && k.spelling == string(token) {
		return k
	}
	k := t.all[string(token)]
	if k == nil {
		name := typeName(token)
		if name == "" {
			return nil
		}
		k = &rrType{spelling: string(token), name: name, rule: ruleOf(name), part: partOf(name), quick: quickOf[name]}
		t.add(k)
	}
	if !t.whole {
		t.recent[slot] = k
	}
	return k
}

func (t *typeTable) add(k *rrType) {
	switch {
	case t.whole:
	// Only now, because many scanners never meet a type: those of file heads and of single data.
	case t.all == nil:
		t.all = map[string]*rrType{k.spelling: k}
	default:
		t.all[k.spelling] = k
	}
}

// typeName is a type in upper case, or "" if the token cannot be one.
func typeName(token []byte) string {
	if len(token) == 0 {
		return ""
	}
	for i, c := range token {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		// The hyphen is for NSAP-PTR.
		if !letter && (i == 0 || !isDigit(c) && c != '-') {
			return ""
		}
	}
	name := strings.ToUpper(string(token))
	// RFC 3597, section 5: TYPE1 is A, so their records are one set.
	if n, ok := typeNumber(name); ok && typeNames[n] != "" {
		return typeNames[n]
	}
	return name
}
