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
	// Findings look in it for the block around their place, and local values are in none.
	r.written = &hclsyntax.Body{}
	r.declare()
	for _, block := range r.outline.locals {
		advisor{r}.noteDynamic(&hclsyntax.Body{Blocks: block.Body.(*hclsyntax.Body).Blocks})
	}
	locals := r.localValues(r.outline.locals)
	// the nodes are not needed any more once there are the values
	r.outline.locals = nil
	r.locals(locals)
	made := false
	for _, c := range r.outline.chunks {
		// Only pieces with dynamic blocks at the top are opened here: the labels of the others are known.
		if c.made {
			c.root, made = r.openChunk(c), true
			c.count(c.root.body.Blocks)
		}
	}
	if made {
		r.declare()
	}
	// Now that dynamic blocks are counted too, and before any zone file is read.
	r.checkCounts()

	spec, found := &Spec{}, &topology.Topology{}
	if r.work.stopped() {
		return spec // no finding would be kept any more, and no value is known
	}
	labels, meant := declared{}, false
	for _, c := range r.outline.chunks {
		root := r.openChunk(c)
		r.top(spec, found, root)
		r.checkLabels(root.body.Blocks, labels)
		meant = meant || root.meant["topology"]
		// the garbage collector may have the nodes before the next piece is made
		c.body, c.root = nil, nil
	}
	// A misspelt topology is there, and its finding says how it is written.
	if spec.Topology == nil && !meant {
		r.report(codeMissing, r.outline.start,
			`A block topology "NAME" is needed: it says which product this is and where Set-CsSite is run.`)
	}
	r.checkIdle()
	return spec
}

// top reads the blocks of a piece of a file.
func (r *reader) top(spec *Spec, found *topology.Topology, root *content) {
	br := blockReader{r}
	if block := root.oneOfAll("topology", r.singles); block != nil {
		br.topology(block, found)
		spec.Topology = found
	}
	// A piece adds to what the pieces before it have: a spec may have its pools in many files.
	root.each("site", func(b *hcl.Block) { found.Sites = append(found.Sites, br.site(b)) })
	root.each("edge_pool", func(b *hcl.Block) { found.EdgePools = append(found.EdgePools, br.edgePool(b)) })
	root.each("front_end_pool",
		func(b *hcl.Block) { found.FrontEndPools = append(found.FrontEndPools, br.frontEndPool(b)) })
	root.each("sip_domain", func(b *hcl.Block) { found.SIPDomains = append(found.SIPDomains, br.sipDomain(b)) })
	if block := root.oneOfAll("xmpp_federation", r.singles); block != nil {
		found.XMPP = br.xmppFederation(block)
	}
	if block := root.oneOfAll("sip_federation", r.singles); block != nil {
		found.SIP = br.sipFederation(block)
	}
	root.each("dns_zone", func(b *hcl.Block) { found.Zones = append(found.Zones, br.zone(b)) })
	root.each("failover", func(b *hcl.Block) { spec.Failovers = append(spec.Failovers, br.failover(b)) })
	root.each("prepare", func(b *hcl.Block) { spec.Prepares = append(spec.Prepares, br.prepare(b)) })
	root.each("matrix", func(b *hcl.Block) { spec.Matrices = append(spec.Matrices, br.matrix(b)) })
	root.each("media", func(b *hcl.Block) { spec.Media = append(spec.Media, br.media(b)) })
	root.each("next_hop", func(b *hcl.Block) { spec.NextHops = append(spec.NextHops, br.nextHop(b)) })
}

// blockReader reads the blocks of each type.
type blockReader struct{ r *reader }

// blockReaders read a block of each type for the findings in it, where a block of another type
// holds it; "" is the top of a file.
func (br blockReader) blockReaders(holder string) map[string]func(*hcl.Block) {
	server := func(b *hcl.Block) { br.edgeServer(b) }
	if holder == "front_end_pool" {
		server = func(b *hcl.Block) { br.frontEndServer(b) }
	}
	return map[string]func(*hcl.Block){
		"topology":        func(b *hcl.Block) { br.topology(b, &topology.Topology{}) },
		"site":            func(b *hcl.Block) { br.site(b) },
		"edge_pool":       func(b *hcl.Block) { br.edgePool(b) },
		"front_end_pool":  func(b *hcl.Block) { br.frontEndPool(b) },
		"sip_domain":      func(b *hcl.Block) { br.sipDomain(b) },
		"xmpp_federation": func(b *hcl.Block) { br.xmppFederation(b) },
		"sip_federation":  func(b *hcl.Block) { br.sipFederation(b) },
		"dns_zone":        func(b *hcl.Block) { br.zone(b) },
		"failover":        func(b *hcl.Block) { br.failover(b) },
		"prepare":         func(b *hcl.Block) { br.prepare(b) },
		"matrix":          func(b *hcl.Block) { br.matrix(b) },
		"media":           func(b *hcl.Block) { br.media(b) },
		"next_hop":        func(b *hcl.Block) { br.nextHop(b) },
		"xmpp":            func(b *hcl.Block) { br.poolXMPP(b) },
		"certificate":     func(b *hcl.Block) { br.certificate(b) },
		"server":          server,
		"change":          func(b *hcl.Block) { br.change(b) },
		"stage":           func(b *hcl.Block) { br.changeStage(b) },
		"rollback_stage":  func(b *hcl.Block) { br.changeStage(b) },
		"message":         func(b *hcl.Block) { br.message(b) },

		"central_management_failover": func(b *hcl.Block) { br.storeFailover(b) },
		"failback":                    func(b *hcl.Block) { br.failback(b) },

		"accept": func(b *hcl.Block) { br.accept(b) },
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

// declared are the places of the blocks that have been looked at, by their types and their labels in small letters. The
// plans of all types are under that of the first.
type declared map[string]map[string]place

// place is small, as there is one for each block of a spec.
type place struct {
	file string
	line int32
	plan int32 // its type in planBlocks; -1 for another type
}

// checkLabels reports blocks of one type whose labels differ at most in case, which
// neither DNS, PowerShell nor the topology can tell apart, and empty labels.
// first has those that have been looked at before.
func (r *reader) checkLabels(blocks hcl.Blocks, first declared) {
	for _, block := range blocks {
		// a block of a type without label, or one that hcl reports for the label that it lacks
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
		kind, plan := block.Type, slices.Index(planBlocks, block.Type)
		if plan >= 0 {
			kind = planBlocks[0] // each of them becomes a folder
		}
		// DNS, PowerShell and the folders of Windows do not tell case
		label := strings.ToLower(block.Labels[0])
		if other, twice := first[kind][label]; twice {
			if other.plan >= 0 {
				kind = planBlocks[other.plan]
			}
			// Often this is a copy that was not renamed yet, so both ways out are named.
			more := " Remove one of the two, or give it another name."
			if block.Type == "dns_zone" {
				more = " Of a zone with several views (internal and external) declare the one that the internet " +
					"sees, and change the others by hand."
			}
			r.report(codeDuplicate, block.DefRange, fmt.Sprintf("%s %q is already declared at %s:%d.%s",
				kind, cut(block.Labels[0]), other.file, other.line, more))
			continue
		}
		if first[kind] == nil {
			first[kind] = map[string]place{}
		}
		first[kind][label] = place{block.DefRange.Filename, int32(block.DefRange.Start.Line), int32(plan)}
	}
}

// topology reads the block of that name into what the other blocks make, too.
func (br blockReader) topology(block *hcl.Block, into *topology.Topology) {
	c := br.r.openBlock(block)
	into.Name, into.Range = block.Labels[0], block.DefRange
	into.Product, into.ManagementHost = c.word("product"), c.text("management_host")
}

func (br blockReader) site(block *hcl.Block) *topology.Site {
	c := br.r.openBlock(block)
	return &topology.Site{
		Name: block.Labels[0], Range: block.DefRange,
		XMPPFederationRoute: c.ref("xmpp_federation_route"),
		FederationRoute:     c.ref("federation_route"),
		CI:                  c.filled("ci"),
	}
}

func (br blockReader) edgePool(block *hcl.Block) *topology.EdgePool {
	c := br.r.openBlock(block)
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
		SIPFederation:  c.flag("sip_federation"),
		CI:             c.filled("ci"),
	}
	if b := c.one("xmpp"); b != nil {
		pool.XMPP = br.poolXMPP(b)
	}
	if b := c.one("certificate"); b != nil {
		pool.Certificate = br.certificate(b)
	}
	c.each("server", func(b *hcl.Block) { pool.Servers = append(pool.Servers, br.edgeServer(b)) })
	// An empty map: two pools with one server are a rule of the compiler, this is about one block written twice.
	br.r.checkLabels(c.body.Blocks, declared{})
	return pool
}

func (br blockReader) poolXMPP(block *hcl.Block) *topology.PoolXMPP {
	c := br.r.openBlock(block)
	return &topology.PoolXMPP{
		ListeningPort: c.whole("listening_port"),
		InternalPort:  c.whole("internal_port"),
		Range:         block.DefRange,
	}
}

func (br blockReader) certificate(block *hcl.Block) *topology.Certificate {
	c := br.r.openBlock(block)
	return &topology.Certificate{
		SubjectAlternativeNames: c.texts("subject_alternative_names"),
		NotAfter:                c.text("not_after"),
		Range:                   block.DefRange,
	}
}

func (br blockReader) edgeServer(block *hcl.Block) *topology.Server {
	c := br.r.openIn("edge_pool", block)
	return &topology.Server{
		FQDN:            label(block),
		PublicIPv4:      c.text("public_ipv4"),
		PublicIPv6:      c.text("public_ipv6"),
		OperatingSystem: c.word("operating_system"),
		CI:              c.filled("ci"),
	}
}

func (br blockReader) frontEndPool(block *hcl.Block) *topology.FrontEndPool {
	c := br.r.openBlock(block)
	pool := &topology.FrontEndPool{
		Name: block.Labels[0], Range: block.DefRange,
		Site:              c.ref("site"),
		FQDN:              c.text("fqdn"),
		EdgePool:          c.ref("edge_pool"),
		CentralManagement: c.flag("central_management"),
		CI:                c.filled("ci"),
	}
	c.each("server", func(b *hcl.Block) { pool.Servers = append(pool.Servers, br.frontEndServer(b)) })
	br.r.checkLabels(c.body.Blocks, declared{})
	return pool
}

func (br blockReader) frontEndServer(block *hcl.Block) *topology.FrontEndServer {
	c := br.r.openIn("front_end_pool", block)
	return &topology.FrontEndServer{FQDN: label(block), OperatingSystem: c.word("operating_system"), CI: c.filled("ci")}
}

func (br blockReader) sipDomain(block *hcl.Block) *topology.SIPDomain {
	c := br.r.openBlock(block)
	return &topology.SIPDomain{Name: label(block), XMPP: c.flag("xmpp"), FederationHost: c.text("federation_host")}
}

func (br blockReader) sipFederation(block *hcl.Block) *topology.SIPFederation {
	c := br.r.openBlock(block)
	return &topology.SIPFederation{Partners: c.texts("partners"), Range: block.DefRange}
}

func (br blockReader) xmppFederation(block *hcl.Block) *topology.XMPPFederation {
	c := br.r.openBlock(block)
	return &topology.XMPPFederation{Host: c.text("host"), Partners: c.texts("partners"), Range: block.DefRange}
}

func (br blockReader) zone(block *hcl.Block) *topology.Zone {
	c := br.r.openBlock(block)
	zone := &topology.Zone{
		Name: label(block), Range: block.DefRange,
		File:            c.text("file"),
		Includes:        c.paths("includes"),
		Server:          c.text("server"),
		Site:            c.ref("site"),
		Serial:          c.serial("serial"),
		Delivery:        c.word("delivery"),
		SOAPrerequisite: c.flag("soa_prerequisite"),
		Computer:        c.text("computer"),
		OperatingSystem: c.word("operating_system"),
		CI:              c.filled("ci"),
	}
	// a block that is read for its findings alone makes no zone, so nothing reads its file
	if zone.File.Set && !br.r.dynamics.alone {
		zone.Source = zoneReader{c.r}.zoneFile(zone.File, zone.Includes)
	}
	return zone
}

func (br blockReader) failover(block *hcl.Block) *Failover {
	c := br.r.openBlock(block)
	failover := &Failover{
		Name: br.folder(block), Range: block.DefRange,
		Federation: c.word("federation"),
		From:       c.ref("from"),
		To:         c.ref("to"),
		Reason:     c.word("reason"),
		Procedure:  c.word("procedure"),
		RouteSites: c.word("route_sites"),
		NextHop:    c.ref("next_hop"),
		Media:      c.refs("media"),
	}
	if b := c.one("central_management_failover"); b != nil {
		failover.Store = br.storeFailover(b)
	}
	failover.Change, failover.Accepts = br.paperwork(c)
	if b := c.one("failback"); b != nil {
		failover.Failback = br.failback(b)
	}
	return failover
}

func (br blockReader) failback(block *hcl.Block) *Failback {
	c := br.r.openBlock(block)
	failback := &Failback{Range: block.DefRange}
	failback.Change, failback.Accepts = br.paperwork(c)
	return failback
}

func (br blockReader) storeFailover(block *hcl.Block) *StoreFailover {
	c := br.r.openBlock(block)
	return &StoreFailover{
		To:             c.ref("to"),
		SQLServer:      c.text("sql_server"),
		SQLInstance:    c.filled("sql_instance"),
		MirrorServer:   c.text("mirror_sql_server"),
		MirrorInstance: c.filled("mirror_sql_instance"),
		Range:          block.DefRange,
	}
}

func (br blockReader) prepare(block *hcl.Block) *Prepare {
	c := br.r.openBlock(block)
	prepare := &Prepare{Name: br.folder(block), Range: block.DefRange, TTL: c.whole("ttl")}
	prepare.Change, prepare.Accepts = br.paperwork(c)
	return prepare
}

func (br blockReader) matrix(block *hcl.Block) *Matrix {
	c := br.r.openBlock(block)
	matrix := &Matrix{
		Name: br.folder(block), Range: block.DefRange,
		Federation: c.word("federation"),
		Reason:     c.word("reason"),
		Procedure:  c.word("procedure"),
		RouteSites: c.word("route_sites"),
	}
	matrix.Change, matrix.Accepts = br.paperwork(c)
	return matrix
}

func (br blockReader) media(block *hcl.Block) *Media {
	c := br.r.openBlock(block)
	media := &Media{
		Name: br.folder(block), Range: block.DefRange,
		FrontEndPools: c.refs("front_end_pools"),
		To:            c.ref("to"),
		Reason:        c.word("reason"),
	}
	media.Change, media.Accepts = br.paperwork(c)
	return media
}

func (br blockReader) nextHop(block *hcl.Block) *NextHop {
	c := br.r.openBlock(block)
	hop := &NextHop{
		Name: br.folder(block), Range: block.DefRange,
		EdgePool: c.ref("edge_pool"),
		To:       c.ref("to"),
		Reason:   c.word("reason"),
	}
	if b := c.one("central_management_failover"); b != nil {
		hop.Store = br.storeFailover(b)
	}
	hop.Change, hop.Accepts = br.paperwork(c)
	return hop
}

// folder is the label of a block whose plan gets a folder of that name.
func (br blockReader) folder(block *hcl.Block) topology.Value[string] {
	name := label(block)
	empty := strings.TrimSpace(name.V) == "" // which checkLabels reports
	switch {
	// The folder of the plan would have the name of a file of the package, or of a kit beside it.
	case planname.IsArtifact(name.V):
		br.r.report(codeMalformed, name.Range,
			fmt.Sprintf("The name of a %s becomes the name of its folder, and %q is "+
				"a name that edgeplan gives to something in a package, or to a kit. Choose another.",
				block.Type, name.V))
	case !empty && !planname.IsFolder(name.V):
		// A name of only such characters has none that is like it.
		near := planname.Near(name.V)
		if near != "" {
			near = fmt.Sprintf(" Write %q.", near)
		}
		br.r.report(codeMalformed, name.Range, fmt.Sprintf("The name of a %s becomes the name of its folder: letters, "+
			"digits, dot, hyphen and underscore, at most 64 of them, beginning with a letter or digit, not ending in "+
			"a dot, and not a device name such as NUL.%s", block.Type, near))
	}
	return name
}

// paperwork reads what the block of a plan says for the change board.
func (br blockReader) paperwork(c *content) (change *Change, accepts []*Accept) {
	if b := c.one("change"); b != nil {
		change = br.change(b)
	} else {
		// Not by the schema, which has no required blocks: hcl cannot require one.
		c.missing("change", "A block change is needed: it holds the ticket and the summary of the change record.")
	}
	c.each("accept", func(b *hcl.Block) { accepts = append(accepts, br.accept(b)) })
	br.r.checkLabels(c.body.Blocks, declared{})
	return change, accepts
}

func (br blockReader) accept(block *hcl.Block) *Accept {
	c := br.r.openBlock(block)
	accept := &Accept{Code: label(block), Reason: c.text("reason")}
	if accept.Reason.Set && strings.TrimSpace(accept.Reason.V) == "" {
		br.r.report(codeMalformed, accept.Reason.Range,
			"Say why this finding is accepted; the change record shows the reason.")
	}
	return accept
}

func (br blockReader) change(block *hcl.Block) *Change {
	c := br.r.openBlock(block)
	change := &Change{
		Ticket:       c.filled("ticket"),
		Summary:      c.filled("summary"),
		WindowStart:  c.text("window_start"),
		WindowEnd:    c.text("window_end"),
		Requester:    c.text("requester"),
		Approvers:    c.texts("approvers"),
		Type:         c.word("type"),
		Risk:         c.word("risk"),
		RiskReason:   c.filled("risk_reason"),
		Impact:       c.filled("impact"),
		Implementers: c.texts("implementers"),
		Testers:      c.texts("testers"),
		Acceptance:   c.texts("acceptance"),
		Range:        block.DefRange,
	}
	if change.RiskReason.Set && !change.Risk.Set {
		br.r.report(codeMalformed, change.RiskReason.Range,
			`risk_reason says why a change is rated as it is, and risk is not there: add risk = "low", "medium" or "high".`)
	}
	c.each("stage", func(b *hcl.Block) { change.Stages = append(change.Stages, br.changeStage(b)) })
	c.each("rollback_stage", func(b *hcl.Block) { change.Rollback = append(change.Rollback, br.changeStage(b)) })
	c.each("message", func(b *hcl.Block) { change.Messages = append(change.Messages, br.message(b)) })
	br.r.checkLabels(c.body.Blocks, declared{})
	return change
}

// changeStage reads a block stage or rollback_stage.
func (br blockReader) changeStage(block *hcl.Block) *ChangeStage {
	c := br.r.openBlock(block)
	return &ChangeStage{
		Name:         label(block),
		Minutes:      c.whole("minutes"),
		Implementers: c.texts("implementers"),
		Testers:      c.texts("testers"),
	}
}

func (br blockReader) message(block *hcl.Block) *Message {
	c := br.r.openBlock(block)
	message := &Message{To: c.texts("to"), When: c.word("when"), Hours: c.whole("hours"), Text: c.filled("text")}
	if message.To.Set && len(message.To.V) == 0 {
		br.r.report(codeMalformed, message.To.Range, `Nobody is told. Write who, such as to = ["Service desk"].`)
	}
	if message.Hours.Set && message.When.Set && message.When.V == "rollback" {
		br.r.report(codeMalformed, message.Hours.Range, "When a change is taken back is not known beforehand: remove the line.")
	}
	return message
}
