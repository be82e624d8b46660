package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

func checkCertificate(t *topology.Topology, req *Request, r *report.Plan) {
	cert := req.To.Certificate
	// the block is optional: Topology Builder does not know the certificates
	if cert == nil {
		return
	}
	checkCertificateNames(t, req, r, cert)
	if !cert.NotAfter.Set {
		return
	}
	if _, err := time.Parse(time.DateOnly, cert.NotAfter.V); err != nil {
		return // checkPool says so
	}
	end, err := time.Parse(time.RFC3339, req.Change.WindowEnd.V)
	// days of the form 2026-12-05 compare as texts; the window may be in another time zone
	if err == nil && cert.NotAfter.V < end.UTC().Format(time.DateOnly) {
		r.Add(report.Expires, cert.NotAfter.Range,
			"The certificate of %s ends on %s, before the change window does. Partners will refuse TLS.",
			req.To.Name, cert.NotAfter.V)
	}
}

func checkCertificateNames(t *topology.Topology, req *Request, r *report.Plan, cert *topology.Certificate) {
	names := cert.SubjectAlternativeNames
	// not given is not empty: what the certificate names is then not known
	if !names.Set {
		return
	}
	// compared as they are: a wildcard counts for the host only, below
	has := func(name string) bool {
		return slices.ContainsFunc(names.V, func(n string) bool { return dnsname.Same(n, name) })
	}
	// Partners check the certificate against the domain, whatever host SRV records name
	// (RFC 6120, 13.7.2). Measured: Prosody 0.12.3 refuses one for xmpp.DOMAIN and *.DOMAIN.
	if req.MovesSIP() {
		checkSIPNames(t, req, r, names)
	}
	if !req.MovesXMPP() {
		return
	}
	for _, domain := range t.XMPPDomains() {
		if dnsname.IsHost(domain.Name.V) && !has(domain.Name.V) {
			r.Add(report.Certificate, names.Range,
				"The certificate of %s does not name %s. XMPP servers look for the domain itself; a wildcard does not "+
					"cover it. Prosody, as Debian ships it, then refuses the connection.",
				req.To.Name, domain.Name.V)
		}
	}
	if t.XMPP == nil || !t.XMPP.Host.Set {
		return
	}
	host := t.XMPP.Host.V
	// Microsoft's pages on certificates for XMPP list the host or a wildcard beside the domain.
	_, parent, _ := strings.Cut(host, ".")
	if dnsname.IsHost(host) && !has(host) && !has("*."+parent) {
		r.Add(report.Certificate, names.Range,
			"The certificate of %s names neither %s nor *.%s.", req.To.Name, host, parent)
	}
}

// checkSIPNames wants the names at which SRV records of SIP federation will point in the certificate of
// the target pool, as partners that find it by DNS compare them. It takes no wildcard for one.
func checkSIPNames(t *topology.Topology, req *Request, r *report.Plan, names topology.Value[[]string]) {
	seen := map[string]bool{}
	for _, domain := range t.SortedSIPDomains() {
		target := req.To.AccessEdgeFQDN.V
		if domain.FederationHost.Set {
			target = domain.FederationHost.V
		}
		has := slices.ContainsFunc(names.V, func(n string) bool { return dnsname.Same(n, target) })
		if has || seen[dnsname.Absolute(target)] || !dnsname.IsHost(target) {
			continue
		}
		seen[dnsname.Absolute(target)] = true
		r.Add(report.Certificate, names.Range,
			"The certificate of %s does not name %s, at which the SRV record of SIP federation of %s will point. Partners "+
				"refuse the connection.",
			req.To.Name, target, domain.Name.V)
	}
}
