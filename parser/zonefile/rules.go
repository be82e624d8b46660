package zonefile

import "strconv"

// rule is what the data and the owner of a type have to be for BIND 9.18 to load a zone.
type rule struct {
	form    string             // fields in a row, as in rdata.go and the fields files
	rest    func(*fieldReader) // what comes behind them
	wire    string             // the form as it is sent, where form is not all; B is any number of octets
	owner   func(name []byte) string
	hosts   bool   // owner takes every host name
	refused string // why no record of the type may be in a zone file, but in the form of RFC 3597
	never   bool   // nor in that form
}

// ruleOf is the rule of a type in upper case; nil for one that BIND does not know.
func ruleOf(typ string) *rule {
	if r, ok := rules[typ]; ok {
		return &r
	}
	return nil
}

var (
	obsolete = rule{refused: "RFC 1123 took the type out of use", never: true}
	formless = rule{refused: "no RFC says what its data is"}
	null     = rule{
		refused: "RFC 1035 gives it no form in text, other than \\# with its length and hexadecimal digits",
	}
	meta   = rule{refused: "it is a type of messages, and has no place in a zone file", never: true}
	formOf = map[string]string{ // types with the data of another
		"CDNSKEY": "DNSKEY", "CDS": "DS", "TA": "DS", "DLV": "DS", "SMIMEA": "TLSA", "HTTPS": "SVCB", "SIG": "RRSIG",
		"SPF": "TXT", "AVC": "TXT", "NINFO": "TXT", "RESINFO": "TXT", "WALLET": "TXT",
		"CNAME": "DNAME", "PTR": "DNAME", "MR": "DNAME", "NSAP-PTR": "DNAME",
		"HHIT": "BRID", "OPENPGPKEY": "BRID", "DHCID": "BRID", "NIMLOC": "EID", "MG": "MB", "KX": "LP", "RT": "AFSDB",
		"MF": "MD", "UID": "UINFO", "GID": "UINFO", "UNSPEC": "UINFO",
		"TKEY": "ANY", "TSIG": "ANY", "OPT": "ANY", "IXFR": "ANY", "AXFR": "ANY", "MAILA": "ANY", "MAILB": "ANY",
	}
)

// rules are those of RFC 1035 and of the RFC of each type in the IANA registry, as BIND
// 9.18 enforces them.
var rules = func() map[string]rule {
	all := map[string]rule{
		"A":          {form: "4", owner: addressOwner},
		"AAAA":       {form: "6", owner: address6Owner},
		"A6":         {rest: readA6, wire: "1B", owner: hostOwner},
		"AFSDB":      {form: "2h"},
		"AMTRELAY":   {rest: readAMTRelay, wire: "11B"},
		"ANY":        meta,
		"APL":        {rest: readPrefixes, wire: "B"},
		"ATMA":       {rest: readATM, wire: "1b"},
		"BRID":       {form: "b"},
		"CAA":        {form: "1", rest: readCAA, wire: "1sB"},
		"CERT":       {rest: readCert, wire: "221b"},
		"CSYNC":      {form: "u2M"},
		"DNAME":      {form: "n"},
		"DNSKEY":     {rest: readKey, wire: "211b"},
		"DOA":        {form: "uu1s", rest: readDOA, wire: "uu1sB"},
		"DS":         {form: "2a", rest: readDigest, wire: "211b"},
		"DSYNC":      {rest: readDSync, wire: "212n"},
		"EID":        {form: "x"},
		"EUI48":      {rest: func(f *fieldReader) { readEUI(f, 6) }, wire: "42"},
		"EUI64":      {rest: func(f *fieldReader) { readEUI(f, 8) }, wire: "44"},
		"GPOS":       {form: "sss"},
		"HINFO":      {form: "ss"},
		"HIP":        {form: "1", rest: readHIP, wire: "112B"},
		"IPSECKEY":   {form: "1", rest: readIPSecKey, wire: "111B"},
		"ISDN":       {form: "s", rest: readOptionalText, wire: "sB"},
		"KEY":        {rest: readKey, wire: "211B"},
		"KEYDATA":    {rest: readKeyData},
		"L32":        {form: "24"},
		"L64":        {form: "2", rest: readLocator, wire: "244"},
		"LOC":        {rest: readLocation, wire: "4444"},
		"LP":         {form: "2n"},
		"MB":         {form: "n", owner: mailboxOwner},
		"MD":         obsolete,
		"MINFO":      {form: "mm"},
		"MX":         {form: "2h", owner: hostOwner},
		"NAPTR":      {form: "22ss", rest: readNAPTR, wire: "22sssn"},
		"NID":        {form: "2", rest: readLocator, wire: "244"},
		"NS":         {form: "h"},
		"NSAP":       {rest: readNSAP, wire: "b"},
		"NSEC":       {form: "nN", wire: "nB"},
		"NSEC3":      {rest: readNSEC3, owner: hashOwner, wire: "112ssB"},
		"NSEC3PARAM": {rest: func(f *fieldReader) { readNSEC3Param(f) }, wire: "112s"},
		"NULL":       null,
		"NXT":        {form: "n", rest: readNXT, wire: "nB"},
		"PX":         {form: "2nn"},
		"RKEY":       {rest: readKey, wire: "211b"},
		"RP":         {form: "mn"},
		"RRSIG":      {rest: readSignature, wire: "211uuu2nb"},
		"SINK":       {form: "111B"},
		"SOA":        {form: "hmutttt"},
		"SRV":        {form: "222h"},
		"SSHFP":      {form: "11", rest: readFingerprint, wire: "11B"},
		"SVCB":       {form: "2", rest: readService, wire: "2nB"},
		"TALINK":     {form: "nn"},
		"TLSA":       {form: "111x"},
		"TXT":        {form: "S"},
		"UINFO":      formless,
		"URI":        {form: "22", rest: readURI, wire: "22B"},
		"WKS":        {form: "4", rest: readPorts, wire: "41B", owner: hostOwner},
		"X25":        {rest: readX25, wire: "s"},
		"ZONEMD":     {form: "u11", rest: readZoneDigest, wire: "u11b"},
	}
	for typ, r := range all {
		r.hosts = r.owner != nil && typ != "NSEC3"
		all[typ] = r
	}
	for typ, other := range formOf {
		all[typ] = all[other]
	}
	return all
}()

// check reads the data of a record.
func (r *rule) check(f *fieldReader) {
	switch {
	// Checked before refused: these types have a form in octets, if none in text.
	case f.isGeneric() && !r.never:
		r.generic(f)
		return
	case r.refused != "":
		// -1 is the type itself: no field of the data is wrong.
		f.fail(-1, "no name server loads a file with a record of type %s in this form: %s", f.typ, r.refused)
		return
	}
	f.fields(r.form)
	if f.ok() && r.rest != nil {
		r.rest(f)
	}
	f.end()
}

// isGeneric reports data in the form of RFC 3597. A TXT record may begin with an escaped
// number sign as well.
func (f *fieldReader) isGeneric() bool {
	if len(f.spans) == 0 || string(f.spans[0].Of(f.src)) != `\#` {
		return false
	}
	return f.typ != "TXT" || len(f.spans) > 1 && isNumber(f.spans[1].Of(f.src))
}

func isNumber(token []byte) bool {
	_, err := strconv.ParseUint(string(token), 10, 32)
	return err == nil && isDigit(token[0])
}
