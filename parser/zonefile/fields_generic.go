package zonefile

// unknownRule is for data of a type without a name.
var unknownRule = rule{
	refused: "data of a type without a name is written as \\# with its length and hexadecimal digits (RFC 3597)",
}

func isGenericData(src []byte, spans []Span) bool {
	return len(spans) > 0 && string(spans[0].Of(src)) == `\#`
}

// generic reads data in the form of RFC 3597, and decodes what the rule says of it.
func (r *rule) generic(f *fieldReader) {
	f.next = 1
	f.upTo(1<<16 - 1)
	if size := int(f.number); size > 0 {
		f.hex(size)
	}
	f.end()
	if !f.ok() {
		return
	}
	// RFC 6895, section 3.1: types 128 to 255 are for questions and messages, with a name or
	// without. BIND refuses them in this form too.
	if n, ok := typeNumber(f.typ); ok && (n == 0 || n > 127 && n < 256) {
		f.fail(-1, "%s", "it is a type of messages, and has no place in a zone file")
		return
	}
	form := r.wire
	if form == "" {
		form = r.form
	}
	if form == "" {
		return // a type without a name
	}
	// RFC 1876, section 2, defines version 0 only, and BIND does not check others.
	if f.typ == "LOC" && len(f.sent) > 0 && f.sent[0] != 0 {
		return // another version
	}
	more := octetRules[f.typ]
	if !fits(form, f.sent, f.fold) || more != nil && !more(f.sent) {
		f.fail(0, "these are not the octets of %s data", f.typ)
	}
}

// fits reports octets that are the fields of a form as they are sent. It puts the names in them into
// lower case if it should.
func fits(form string, data []byte, lower bool) bool {
	for i := range len(form) {
		n := 0
		switch form[i] {
		case fieldName, fieldHost, fieldMailbox:
			if _, n = decodeName(data); lower && n <= len(data) {
				fold(data[:n])
			}
		case fieldUint8, fieldAlg:
			n = 1
		case fieldUint16, fieldType:
			n = 2
		case fieldUint32, fieldTime, fieldIPv4:
			n = 4
		case fieldIPv6:
			n = 16
		case fieldText, fieldTexts:
			// A list of texts takes all that is left. Each begins with its length, which may be 0.
			for len(data) > n && (n == 0 || form[i] == fieldTexts) {
				n += 1 + int(data[n])
			}
		case fieldBase64, fieldHex:
			// These take all that is left and must not be empty: 1 is more than nothing, so empty
			// data does not fit.
			n = max(len(data), 1)
		default: // what is left
			return true
		}
		if n == 0 || n > len(data) {
			return false
		}
		data = data[n:]
	}
	return len(data) == 0
}
