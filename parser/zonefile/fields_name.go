package zonefile

// Names in the data of records.

// The classes of the characters of names.
const (
	escapedChar = iota // needs a closer look
	oddChar            // stands for itself, in a name that is not of a host
	hostChar
	hyphenChar
	dotChar
)

var nameChars = func() (table [256]byte) {
	for c := range table {
		switch {
		case c == '.':
			table[c] = dotChar
		case c == '-':
			table[c] = hyphenChar
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9':
			table[c] = hostChar
		case c != '@' && c != '"' && c != '\\':
			table[c] = oddChar
		}
	}
	return table
}()

func (f *fieldReader) nameField(kind byte) {
	token := f.word("a name")
	if !f.ok() {
		return
	}
	// Mail addresses are rare (SOA, RP, MINFO), so they go through the canonical name, in which the
	// dots of the local part are escaped.
	if kind == fieldMailbox {
		name, _, err := appendName(nil, token, f.names.origin)
		if err != nil {
			f.badName(err)
			return
		}
		if !isMailbox(name) {
			f.notHost("a mail address: its domain is not a host name", token)
		}
	} else if host, err := f.names.read(token); err != nil {
		f.badName(err)
		return
	} else if kind == fieldHost && !host {
		f.notHost("a host name", token)
	}
	f.putName(token)
}

// putName adds a name that is right to what is sent.
func (f *fieldReader) putName(token []byte) {
	from := len(f.sent)
	if f.sent = appendSent(f.sent, token, f.names.origin); f.fold {
		fold(f.sent[from:])
	}
}

// fold puts a name as it is sent into lower case. No length of a label is a letter.
func fold(name []byte) {
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			name[i] = c + 'a' - 'A'
		}
	}
}

func (f *fieldReader) badName(err error) { f.fail(f.next-1, "%v", err) }

func (f *fieldReader) notHost(what string, token []byte) {
	// Not a failure: the name is right for DNS, and only check-names of named.conf refuses it,
	// which may be switched off.
	if f.oddName == "" {
		f.oddNameAt, f.oddName = f.next-1, short(token)+" is not "+what
	}
}

// nameReader reads names that may be relative to an origin.
type nameReader struct {
	origin *domain
	host   bool // the origin is a host name
}

// read checks a name. It reports whether that is one of a host.
func (r nameReader) read(token []byte) (host bool, err error) {
	label, last := 0, byte(dotChar)
	host = true
	for _, c := range token {
		class := nameChars[c]
		switch class {
		case hostChar:
			label++
		case hyphenChar:
			// A hyphen at the end of a label is found at the next dot, or behind the loop.
			host = host && label > 0
			label++
		case oddChar:
			host = false
			label++
		case dotChar:
			// An empty label or a long one; readOdd makes the error.
			if label == 0 || label > maxLabel {
				return r.readOdd(token)
			}
			host = host && last != hyphenChar
			label = 0
		default:
			return r.readOdd(token)
		}
		last = class
	}
	// As sent, a length comes before each label and 0 at the end. The dots are one octet short of
	// that.
	wire := len(token) + 1
	if label > 0 {
		wire += r.origin.wire
		// Whether the origin is a host name was found out once for all names under it.
		host = host && last != hyphenChar && r.host
	}
	if label > maxLabel || wire > maxName || len(token) == 0 {
		return r.readOdd(token)
	}
	return host, nil
}

// readOdd is read for any name.
func (r nameReader) readOdd(token []byte) (host bool, err error) {
	name, _, err := appendName(nil, token, r.origin)
	return err == nil && isHost(name), err
}

// isHost reports a canonical name that has only letters, digits and hyphens in the middle
// of labels (RFC 952, RFC 1123).
func isHost(name []byte) bool {
	last := byte(dotChar)
	for _, c := range name {
		class := nameChars[c]
		if class < hostChar || class == hyphenChar && last == dotChar || class == dotChar && last == hyphenChar {
			return false
		}
		last = class
	}
	return last != hyphenChar
}

// isMailbox reports a canonical name with a first label of visible characters and the name
// of a host behind it (RFC 822, as RFC 1035 writes it).
func isMailbox(name []byte) bool {
	// RFC 1183, section 2.2: the root means that there is no mailbox.
	if len(name) == 1 {
		return true
	}
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '\\' && i+1 < len(name) && isDigit(name[i+1]):
			return false // a blank, a control character, or one beyond ASCII
		case c == '\\':
			i++
		case c == '.':
			return isHost(name[i+1:])
		}
	}
	return false
}
