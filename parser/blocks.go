package parser

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/edgeplan/edgeplan/parser/planname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// spec reads all blocks. Labels of blocks are known before any value is: first those
// that are written out, for locals; then those that dynamic blocks make, too.
func (r *reader) spec() *Spec {
	r.scope, r.singles, r.inDynamic = newScope(r.work.functions), map[string]hcl.Range{}, map[hcl.Range]bool{}
	r.written = &hclsyntax.Body{}
	r.declare()
	for _, block := range r.outline.locals {
		body := block.Body.(*hclsyntax.Body)
		r.noteDynamic(&hclsyntax.Body{Blocks: body.Blocks})
		guards{r.work}.guardBody(body)
	}
	r.locals(r.outline.locals)
	// the nodes of local values are not needed any more, only the values
	r.outline.locals = nil
	made := false
	for _, c := range r.outline.chunks {
		if c.made {
			c.root, made = r.openChunk(c), true
			c.count(c.root.body.Blocks)
		}
	}
	if made {
		r.declare()
	}
	r.checkCounts()

	spec, found := &Spec{}, &topology.Topology{}
	labels, meant := map[string]declared{}, false
	for _, c := range r.outline.chunks {
		root := r.openChunk(c)
		r.top(spec, found, root)
		r.checkLabels(root.body.Blocks, labels)
		meant = meant || root.meant["topology"]
		// the garbage collector may have the nodes before the next piece is made
		c.body, c.root = nil, nil
	}
	if spec.Topology == nil && !meant {
		r.report(codeMissing, r.outline.start,
			`A block topology "NAME" is needed: it says which product this is and where Set-CsSite is run.`)
	}
	r.checkIdle()
	return spec
}

// top reads the blocks of a piece of a file.
func (r *reader) top(spec *Spec, found *topology.Topology, root *content) {
	if block := root.oneOfAll("topology", r.singles); block != nil {
		r.topology(block, found)
		spec.Topology = found
	}
	root.each("site", func(b *hcl.Block) { found.Sites = append(found.Sites, r.site(b)) })
	root.each("edge_pool", func(b *hcl.Block) { found.EdgePools = append(found.EdgePools, r.edgePool(b)) })
	root.each("front_end_pool",
		func(b *hcl.Block) { found.FrontEndPools = append(found.FrontEndPools, r.frontEndPool(b)) })
	root.each("sip_domain", func(b *hcl.Block) { found.SIPDomains = append(found.SIPDomains, r.sipDomain(b)) })
	if block := root.oneOfAll("xmpp_federation", r.singles); block != nil {
		found.XMPP = r.xmppFederation(block)
	}
	root.each("dns_zone", func(b *hcl.Block) { found.Zones = append(found.Zones, r.zone(b)) })
	root.each("failover", func(b *hcl.Block) { spec.Failovers = append(spec.Failovers, r.failover(b)) })
	root.each("prepare", func(b *hcl.Block) { spec.Prepares = append(spec.Prepares, r.prepare(b)) })
}

// blockReaders read a block of each type for the findings in it.
func (r *reader) blockReaders() map[string]func(*hcl.Block) {
	return map[string]func(*hcl.Block){
		"topology":        func(b *hcl.Block) { r.topology(b, &topology.Topology{}) },
		"site":            func(b *hcl.Block) { r.site(b) },
		"edge_pool":       func(b *hcl.Block) { r.edgePool(b) },
		"front_end_pool":  func(b *hcl.Block) { r.frontEndPool(b) },
		"sip_domain":      func(b *hcl.Block) { r.sipDomain(b) },
		"xmpp_federation": func(b *hcl.Block) { r.xmppFederation(b) },
		"dns_zone":        func(b *hcl.Block) { r.zone(b) },
		"failover":        func(b *hcl.Block) { r.failover(b) },
		"prepare":         func(b *hcl.Block) { r.prepare(b) },
		"xmpp":            func(b *hcl.Block) { r.poolXMPP(b) },
		"certificate":     func(b *hcl.Block) { r.certificate(b) },
		"server":          func(b *hcl.Block) { r.server(b) },
		"change":          func(b *hcl.Block) { r.change(b) },
		"accept":          func(b *hcl.Block) { r.accept(b) },
	}
}

// declare makes the labels of the blocks known to expressions.
func (r *reader) declare() {
	for i, kind := range kinds {
		var labels []string
		for _, c := range r.outline.chunks {
			labels = append(labels, c.labels[i]...)
		}
		r.scope.declare(kind, labels)
	}
}

// declared is where a block with some label is.
type declared struct {
	kind, label, file string
	line              int
}

// checkLabels reports blocks of one type whose labels differ at most in case, which
// neither DNS, PowerShell nor the topology can tell apart, and empty labels.
// first has those that have been looked at before.
func (r *reader) checkLabels(blocks hcl.Blocks, first map[string]declared) {
	for _, block := range blocks {
		if len(block.Labels) == 0 {
			continue
		}
		if strings.TrimSpace(block.Labels[0]) == "" {
			r.report(codeMalformed, block.LabelRanges[0],
				"A label cannot be empty: it is the name of what the block describes.")
			continue
		}
		if block.Type == "topology" {
			continue // there is one at most
		}
		// DNS, PowerShell and the folders of Windows do not tell case
		key := block.Type + " " + strings.ToLower(block.Labels[0])
		if slices.Contains(planBlocks, block.Type) {
			key = "plan " + strings.ToLower(block.Labels[0]) // each of them becomes a folder
		}
		if other, twice := first[key]; twice {
			more := " Remove one of the two, or give it another name."
			if block.Type == "dns_zone" {
				more = " Of a zone with several views (internal and external) declare the one that the internet " +
					"sees, and change the others by hand."
			}
			r.report(codeDuplicate, block.DefRange, fmt.Sprintf("%s %q is already declared at %s:%d.%s",
				other.kind, cut(block.Labels[0]), other.file, other.line, more))
			continue
		}
		first[key] = declared{block.Type, block.Labels[0], block.DefRange.Filename, block.DefRange.Start.Line}
	}
}

// topology reads the block of that name into what the other blocks make, too.
func (r *reader) topology(block *hcl.Block, into *topology.Topology) {
	c := r.openBlock(block)
	into.Name, into.Range = block.Labels[0], block.DefRange
	into.Product, into.ManagementHost = c.word("product"), c.text("management_host")
}

func (r *reader) site(block *hcl.Block) *topology.Site {
	c := r.openBlock(block)
	return &topology.Site{
		Name: block.Labels[0], Range: block.DefRange,
		XMPPFederationRoute: c.ref("xmpp_federation_route"),
		FederationRoute:     c.ref("federation_route"),
	}
}

func (r *reader) edgePool(block *hcl.Block) *topology.EdgePool {
	c := r.openBlock(block)
	pool := &topology.EdgePool{
		Name: block.Labels[0], Range: block.DefRange,
		Site:           c.ref("site"),
		FQDN:           c.text("fqdn"),
		AccessEdgeFQDN: c.text("access_edge_fqdn"),
		NextHop:        c.text("next_hop"),
		LoadBalancing:  c.word("load_balancing"),
		VirtualIPv4:    c.text("virtual_ipv4"),
		NAT:            c.flag("nat"),
		Product:        c.word("product"),
	}
	if b := c.one("xmpp"); b != nil {
		pool.XMPP = r.poolXMPP(b)
	}
	if b := c.one("certificate"); b != nil {
		pool.Certificate = r.certificate(b)
	}
	c.each("server", func(b *hcl.Block) { pool.Servers = append(pool.Servers, r.server(b)) })
	r.checkLabels(c.body.Blocks, map[string]declared{})
	return pool
}

func (r *reader) poolXMPP(block *hcl.Block) *topology.PoolXMPP {
	c := r.openBlock(block)
	return &topology.PoolXMPP{
		ListeningPort: c.whole("listening_port"),
		InternalPort:  c.whole("internal_port"),
		Range:         block.DefRange,
	}
}

func (r *reader) certificate(block *hcl.Block) *topology.Certificate {
	c := r.openBlock(block)
	return &topology.Certificate{
		SubjectAlternativeNames: c.texts("subject_alternative_names"),
		NotAfter:                c.text("not_after"),
		Range:                   block.DefRange,
	}
}

func (r *reader) server(block *hcl.Block) *topology.Server {
	c := r.openBlock(block)
	return &topology.Server{
		FQDN:            label(block),
		PublicIPv4:      c.text("public_ipv4"),
		PublicIPv6:      c.text("public_ipv6"),
		OperatingSystem: c.word("operating_system"),
	}
}

func (r *reader) frontEndPool(block *hcl.Block) *topology.FrontEndPool {
	c := r.openBlock(block)
	return &topology.FrontEndPool{
		Name: block.Labels[0], Range: block.DefRange,
		Site:              c.ref("site"),
		FQDN:              c.text("fqdn"),
		EdgePool:          c.ref("edge_pool"),
		CentralManagement: c.flag("central_management"),
	}
}

func (r *reader) sipDomain(block *hcl.Block) *topology.SIPDomain {
	c := r.openBlock(block)
	return &topology.SIPDomain{Name: label(block), XMPP: c.flag("xmpp")}
}

func (r *reader) xmppFederation(block *hcl.Block) *topology.XMPPFederation {
	c := r.openBlock(block)
	return &topology.XMPPFederation{Host: c.text("host"), Partners: c.texts("partners"), Range: block.DefRange}
}

func (r *reader) zone(block *hcl.Block) *topology.Zone {
	c := r.openBlock(block)
	zone := &topology.Zone{
		Name: label(block), Range: block.DefRange,
		File:            c.text("file"),
		Includes:        c.paths("includes"),
		Server:          c.text("server"),
		Serial:          c.serial("serial"),
		Delivery:        c.word("delivery"),
		SOAPrerequisite: c.flag("soa_prerequisite"),
		Computer:        c.text("computer"),
		OperatingSystem: c.word("operating_system"),
	}
	// a block that is read for its findings alone makes no zone, so nothing reads its file
	if zone.File.Set && !r.dynamics.alone {
		zone.Source = r.zoneFile(zone.File, zone.Includes)
	}
	return zone
}

func (r *reader) failover(block *hcl.Block) *Failover {
	c := r.openBlock(block)
	failover := &Failover{
		Name: r.folder(block), Range: block.DefRange,
		Federation: c.word("federation"),
		From:       c.ref("from"),
		To:         c.ref("to"),
		Reason:     c.word("reason"),
		Procedure:  c.word("procedure"),
		RouteSites: c.word("route_sites"),
	}
	failover.Change, failover.Accepts = r.paperwork(c)
	return failover
}

func (r *reader) prepare(block *hcl.Block) *Prepare {
	c := r.openBlock(block)
	prepare := &Prepare{Name: r.folder(block), Range: block.DefRange, TTL: c.whole("ttl")}
	prepare.Change, prepare.Accepts = r.paperwork(c)
	return prepare
}

// folder is the label of a block whose plan gets a folder of that name.
func (r *reader) folder(block *hcl.Block) topology.Value[string] {
	name := label(block)
	empty := strings.TrimSpace(name.V) == "" // which checkLabels reports
	switch {
	case planname.IsArtifact(name.V):
		r.report(codeMalformed, name.Range, fmt.Sprintf("The name of a %s becomes the name of its folder, and %q is "+
			"a name that edgeplan gives to something in a package, or to a kit. Choose another.", block.Type, name.V))
	case !empty && !planname.IsFolder(name.V):
		near := planname.Near(name.V)
		if near != "" {
			near = fmt.Sprintf(" Write %q.", near)
		}
		r.report(codeMalformed, name.Range, fmt.Sprintf("The name of a %s becomes the name of its folder: letters, "+
			"digits, dot, hyphen and underscore, at most 64 of them, beginning with a letter or digit, not ending in "+
			"a dot, and not a device name such as NUL.%s", block.Type, near))
	}
	return name
}

// paperwork reads what the block of a plan says for the change board.
func (r *reader) paperwork(c *content) (change *Change, accepts []*Accept) {
	if b := c.one("change"); b != nil {
		change = r.change(b)
	} else {
		c.missing("change", "A block change is needed: it holds the ticket and the summary of the change record.")
	}
	c.each("accept", func(b *hcl.Block) { accepts = append(accepts, r.accept(b)) })
	r.checkLabels(c.body.Blocks, map[string]declared{})
	return change, accepts
}

func (r *reader) accept(block *hcl.Block) *Accept {
	c := r.openBlock(block)
	accept := &Accept{Code: label(block), Reason: c.text("reason")}
	if accept.Reason.Set && strings.TrimSpace(accept.Reason.V) == "" {
		r.report(codeMalformed, accept.Reason.Range,
			"Say why this finding is accepted; the change record shows the reason.")
	}
	return accept
}

func (r *reader) change(block *hcl.Block) *Change {
	c := r.openBlock(block)
	return &Change{
		Ticket:      c.filled("ticket"),
		Summary:     c.filled("summary"),
		WindowStart: c.text("window_start"),
		WindowEnd:   c.text("window_end"),
		Requester:   c.text("requester"),
		Approvers:   c.texts("approvers"),
		Range:       block.DefRange,
	}
}
