package parser

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/topology"
)

// Block is a type of block of the language. The table of all of them is the one place that
// says what a spec may hold: the reader, the page about the language and `edgeplan schema`
// are made from it.
type Block struct {
	Type      string     `json:"type"`
	Label     string     `json:"label,omitempty"` // what its label is; "" if it has none
	In        []string   `json:"in,omitempty"`    // the blocks that may hold it; none: it is at the top of a file
	Count     Count      `json:"count"`
	Doc       string     `json:"doc"`
	Arguments []Argument `json:"arguments"`
}

// Count is how often a block may be there, in the spec or in the block that holds it.
type Count string

// The counts.
const (
	Once     Count = "once"         // it is required
	AtMost   Count = "at most once" // the second is a finding
	AnyTimes Count = "any"
)

// Argument is one of a block.
type Argument struct {
	Name     string   `json:"name"`
	Kind     Kind     `json:"kind"`
	Required bool     `json:"required"`
	In       []string `json:"in,omitempty"`        // where it is not in every block of the type: the blocks that hold those
	Words    []string `json:"words,omitempty"`     // that the value may be
	RefersTo string   `json:"refers_to,omitempty"` // the type of block that a reference names
	Least    int      `json:"least,omitempty"`     // of a number
	Most     int      `json:"most,omitempty"`
	Default  any      `json:"default,omitempty"` // a string, a bool or an int; nil: see Doc for what left out means
	Example  string   `json:"example,omitempty"` // as HCL; on required arguments
	Doc      string   `json:"doc"`               // Markdown, in one line

	hint string // what a finding says behind the example
}

// Kind is what a value is. References, a flag, a number and a list are those of HCL; all else
// is a string.
type Kind string

// The kinds.
const (
	Text          Kind = "string"
	HostName      Kind = "host name"
	HostOrAddress Kind = "host name or address"
	IPv4          Kind = "IPv4 address"
	IPv6          Kind = "IPv6 address"
	Path          Kind = "path"
	Date          Kind = "date"
	Time          Kind = "time"
	Word          Kind = "word"
	Serial        Kind = "word or number"
	Flag          Kind = "true or false"
	Port          Kind = "TCP port"
	Seconds       Kind = "seconds"
	Minutes       Kind = "minutes"
	Hours         Kind = "hours"
	Texts         Kind = "list of strings"
	Paths         Kind = "map of paths to paths"
	Reference     Kind = "reference"
	References    Kind = "list of references"
)

// Schema is the table of the blocks. The caller must not change it.
func Schema() []Block { return table }

var table = []Block{
	{
		Type: "locals", Count: AnyTimes,
		Doc:       "Each argument is a value of your own, used as `local.NAME`.",
		Arguments: []Argument{},
	},
	{
		Type: "topology", Label: "NAME", Count: Once,
		Doc: "What is true for the whole deployment.",
		Arguments: []Argument{
			{Name: "product", Kind: Word, Required: true, Words: topology.Products(), Example: `"lync-server-2013"`,
				Doc: "what runs on the management host, and on every Edge pool that does not say otherwise"},
			{Name: "management_host", Kind: HostName, Required: true, Example: `"fe2.corp.contoso.com"`,
				Doc: "the internal server where stages such as Route are run; not an Edge Server"},
		},
	},
	{
		Type: "site", Label: "NAME", Count: AnyTimes,
		Doc: "A central site, by its name in the topology.",
		Arguments: []Argument{
			{Name: "xmpp_federation_route", Kind: Reference, RefersTo: "edge_pool",
				Doc: "the route that `Get-CsSite` shows today; left out: there is none"},
			{Name: "federation_route", Kind: Reference, RefersTo: "edge_pool",
				Doc: "the same for SIP federation"},
			{Name: "ci", Kind: Text, Doc: "its configuration item, as the CMDB names it"},
		},
	},
	// server is not required here: that a target needs one is a rule.
	{
		Type: "edge_pool", Label: "NAME", Count: AnyTimes,
		Doc: "An Edge pool.",
		Arguments: []Argument{
			{Name: "site", Kind: Reference, RefersTo: "site", Doc: "where the pool is; a target needs it"},
			{Name: "fqdn", Kind: HostName, Required: true, Example: `"edgepool1.contoso.com"`, hint: poolName,
				Doc: "internal pool FQDN; the service identity is `EdgeServer:` and this name"},
			{Name: "access_edge_fqdn", Kind: HostName, Required: true, Example: `"sip1.contoso.com"`,
				Doc: "external name of the Access Edge service"},
			{Name: "next_hop", Kind: HostName,
				Doc: "Front End pool that the Edge pool hands traffic to; checked before the change when given"},
			{Name: "load_balancing", Kind: Word, Words: []string{"dns", "hardware"}, Default: "dns",
				Doc: "with `\"dns\"` public DNS holds the address of each server, with `\"hardware\"` only the " +
					"virtual one"},
			{Name: "virtual_ipv4", Kind: IPv4, Doc: "address of the hardware load balancer"},
			{Name: "nat", Kind: Flag, Default: false,
				Doc: "the public addresses are those of a NAT device before the servers; the record says so, and who " +
					"confirms the port is asked for the translation too"},
			{Name: "product", Kind: Word, Words: topology.Products(), Doc: "where it differs from the topology"},
			{Name: "sip_federation", Kind: Flag,
				Doc: "whether `Enable federation for this Edge pool (Port 5061)` is selected in Topology Builder " +
					"today; left out: it is where a `federation_route` leads to the pool"},
			{Name: "ci", Kind: Text, Doc: "its configuration item, as the CMDB names it"},
		},
	},
	{
		Type: "xmpp", In: []string{"edge_pool"}, Count: AtMost,
		Doc: "XMPP federation is enabled on this pool; without the block it is not.",
		Arguments: []Argument{
			{Name: "listening_port", Kind: Port, Default: 5269, Least: 1, Most: 65535,
				Doc: "where partners connect; the procedure demands 5269"},
			{Name: "internal_port", Kind: Port, Default: 23456, Least: 1, Most: 65535,
				Doc: "where the Front End Servers connect; Preflight compares it with the service if it is given"},
		},
	},
	{
		Type: "certificate", In: []string{"edge_pool"}, Count: AtMost,
		Doc: "The external Edge certificate. What is not given is not checked; no certificate is read.",
		Arguments: []Argument{
			{Name: "subject_alternative_names", Kind: Texts, Doc: "the names in it; XMPP needs each SIP domain itself"},
			{Name: "not_after", Kind: Date, Doc: "last day on which it is valid"},
		},
	},
	{
		Type: "server", Label: "FQDN", In: []string{"edge_pool", "front_end_pool"}, Count: AnyTimes,
		Doc: "Addresses are those in public DNS: behind NAT, those of the NAT device.",
		Arguments: []Argument{
			{Name: "public_ipv4", Kind: IPv4, In: []string{"edge_pool"}, Doc: "address of the Access Edge service"},
			{Name: "public_ipv6", Kind: IPv6, In: []string{"edge_pool"}, Doc: "the same for IPv6"},
			{Name: "operating_system", Kind: Word, Words: topology.OperatingSystems(),
				Default: topology.OperatingSystems()[0],
				Doc:     "what the server runs; a finding where Microsoft does not support the product on it"},
			{Name: "ci", Kind: Text, Doc: "its configuration item, as the CMDB names it"},
		},
	},
	{
		Type: "front_end_pool", Label: "NAME", Count: AnyTimes,
		Doc: "A Front End pool.",
		Arguments: []Argument{
			{Name: "site", Kind: Reference, RefersTo: "site", Required: true, Example: "site.NAME",
				Doc: "where the pool is"},
			{Name: "fqdn", Kind: HostName, Required: true, Example: `"edgepool1.contoso.com"`, hint: poolName,
				Doc: "pool FQDN"},
			{Name: "edge_pool", Kind: Reference, RefersTo: "edge_pool",
				Doc: "the Edge pool that its users' media goes through"},
			{Name: "central_management", Kind: Flag, Default: false, Doc: "it holds the Central Management store"},
			{Name: "ci", Kind: Text, Doc: "its configuration item, as the CMDB names it"},
		},
	},
	{
		Type: "sip_domain", Label: "NAME", Count: AnyTimes,
		Doc: "A SIP domain.",
		Arguments: []Argument{
			{Name: "xmpp", Kind: Flag, Default: false,
				Doc: "its users may have XMPP contacts, so it has an SRV record `_xmpp-server._tcp`"},
			{Name: "federation_host", Kind: HostName,
				Doc: "the name at which `_sipfederationtls._tcp` of the domain points and whose addresses move with " +
					"SIP federation, such as `sip.contoso.com`; left out: that record names the Access Edge of a pool"},
		},
	},
	{
		Type: "xmpp_federation", Count: AtMost,
		Doc: "How partners find the deployment.",
		Arguments: []Argument{
			{Name: "host", Kind: HostName, Doc: "the one name whose addresses move; SRV records point at it"},
			{Name: "partners", Kind: Texts,
				Doc: "partner domains: the change record has a text to send them, and stage Preflight compares them " +
					"with `Get-CsXmppAllowedPartner`; the first one is in the example of a test message"},
		},
	},
	{
		Type: "sip_federation", Count: AtMost,
		Doc: "What is known of SIP federation; a failover needs no such block.",
		Arguments: []Argument{
			{Name: "partners", Kind: Texts,
				Doc: "SIP domains of federated partners: stage Verify runs `Test-CsFederatedPartner` for each by way of the " +
					"target, and before a planned change stage Preflight by way of the pool that is left"},
		},
	},
	{
		Type: "dns_zone", Label: "NAME", Count: AnyTimes,
		Doc: "A public zone that holds a name of the plan.",
		Arguments: []Argument{
			{Name: "file", Kind: Path, Required: true, Example: `"contoso.com.zone"`,
				Doc: "RFC 1035 master file, as exported from the external DNS server; BIND's form and that of " +
					"Windows DNS Server"},
			{Name: "includes", Kind: Paths,
				Doc: "paths of `$INCLUDE` lines that lead elsewhere on the server, such as " +
					"`\"/etc/bind/hosts.inc\"`, and the files of the spec's folder to read for them; " +
					"see [Included " +
					"files](#included-files)"},
			{Name: "server", Kind: HostOrAddress, Required: true, Example: `"ns1.contoso.net"`,
				hint: ", the name server that has the zone",
				Doc:  "authoritative server, which the scripts ask and `nsupdate` updates"},
			{Name: "site", Kind: Reference, RefersTo: "site",
				Doc: "where that server is, and `computer` where that is given; a finding where the pool that failed " +
					"is at this site"},
			{Name: "serial", Kind: Serial, Words: []string{"auto", "increment", "date"}, Default: "auto",
				Doc: "the new SOA serial: raised by one, or to the day of `window_start` as YYYYMMDDnn; `\"auto\"` " +
					"takes the day where the present serial reads as a date and `window_start` is given; a number is " +
					"the serial itself"},
			{Name: "delivery", Kind: Word, Words: topology.Deliveries(), Default: topology.Deliveries()[0],
				Doc: "which way of making the change the change record describes; with `\"windows-dns\"` the script " +
					"makes it itself, on a Windows DNS server: [dns.md](dns.md)"},
			{Name: "soa_prerequisite", Kind: Flag, Default: false,
				Doc: "the update for `nsupdate` is refused once the SOA record is another one"},
			{Name: "computer", Kind: HostName,
				Doc: "with `\"windows-dns\"`: the server where the script changes the zone, as it has its name " +
					"itself: FQDN, or the bare name if it has no DNS suffix; left out: `server`, which must then be " +
					"no address; an error with another delivery"},
			{Name: "operating_system", Kind: Word, Words: topology.OperatingSystems(),
				Default: topology.OperatingSystems()[0],
				Doc: "only with `\"windows-dns\"`: what the server runs; 2008 R2 has dnscmd, the others the module " +
					"DnsServer"},
			{Name: "ci", Kind: Text, Doc: "its configuration item, as the CMDB names it"},
		},
	},
	{
		Type: "failover", Label: "NAME", Count: AnyTimes,
		Doc: "One plan.",
		Arguments: []Argument{
			{Name: "federation", Kind: Word, Required: true, Words: []string{"xmpp", "sip", "both"},
				Example: `"xmpp"`,
				Doc:     "what moves: XMPP federation, SIP federation, or both, where both are on the pool that is left"},
			{Name: "from", Kind: Reference, RefersTo: "edge_pool",
				Doc: "the pool that is left; needed where the routes of the sites do not say it"},
			{Name: "to", Kind: Reference, RefersTo: "edge_pool", Required: true, Example: "edge_pool.NAME",
				hint: ", the Edge pool that takes over", Doc: "the target"},
			{Name: "reason", Kind: Word, Words: []string{"disaster", "planned", "failback"}, Default: "disaster",
				Doc: "whether the pool that is left is down; where it is up, the plan ends XMPP there last of all, " +
					"unless a site stays routed to it; with `\"failback\"` it has stood in, and `to` is the pool that was " +
					"repaired"},
			{Name: "procedure", Kind: Word, Words: []string{"documented", "start-first"}, Default: "documented",
				Doc: "of XMPP federation: stop, route, DNS, firewall, start, as the fail-over page has it; or the " +
					"order of the fail-back page, which stops nothing; with `reason = \"failback\"` an error, as that page " +
					"has one order"},
			{Name: "route_sites", Kind: Word, Words: []string{"target", "all-routed"}, Default: "target",
				Doc: "change the route of the target's site, as the procedure of XMPP federation says; or of every " +
					"site that is routed to `from` as well, as the page about SIP routes says, which is the default " +
					"where SIP federation moves, and with `reason = \"failback\"`"},
			{Name: "next_hop", Kind: Reference, RefersTo: "front_end_pool",
				Doc: "the Front End pool that becomes the next hop of the target, whose `next_hop` says what it is today; with " +
					"`reason = \"failback\"` that of the pool that has stood in; left out: it stays"},
			{Name: "media", Kind: References, RefersTo: "front_end_pool",
				Doc: "Front End pools that are up and whose media goes through `from`: stage Topology associates them with " +
					"`to`"},
		},
	},
	{
		Type: "central_management_failover", In: []string{"failover", "next_hop"}, Count: AtMost,
		Doc: "The Central Management store went down with the failed site: stage CentralManagement fails it over " +
			"before all else.",
		Arguments: []Argument{
			{Name: "to", Kind: Reference, RefersTo: "front_end_pool", Required: true, Example: "front_end_pool.NAME",
				hint: ", the pool that takes the store over",
				Doc:  "the backup pool of the one with `central_management = true`; the `management_host` is one of its `server`s"},
			{Name: "sql_server", Kind: HostName, Required: true, Example: `"sql2.corp.contoso.com"`,
				hint: ", the back end of that pool",
				Doc:  "FQDN of its SQL Server as in Topology Builder; of a Standard Edition server, that server"},
			{Name: "sql_instance", Kind: Text, Doc: "name of the instance, such as `RTC`; left out: the default instance"},
			{Name: "mirror_sql_server", Kind: HostName,
				Doc: "FQDN of the mirror, where the back end of the pool is mirrored"},
			{Name: "mirror_sql_instance", Kind: Text, Doc: "its instance"},
		},
	},
	{
		Type: "prepare", Label: "NAME", Count: AnyTimes,
		Doc: "A plan that makes DNS ready ahead of any failover.",
		Arguments: []Argument{
			{Name: "ttl", Kind: Seconds, Default: 300, Least: 30, Most: 86400,
				Doc: "TTL that no such record will be above"},
		},
	},
	{
		Type: "matrix", Label: "NAME", Count: AnyTimes,
		Doc: "A failover for each pair of Edge pools of which one could fail and the other take over.",
		Arguments: []Argument{
			{Name: "federation", Kind: Word, Required: true, Words: []string{"xmpp", "sip", "both"},
				Example: `"xmpp"`, Doc: "what moves, as in a `failover`"},
			{Name: "reason", Kind: Word, Words: []string{"disaster", "planned"}, Default: "disaster",
				Doc: "as in a `failover`"},
			{Name: "procedure", Kind: Word, Words: []string{"documented", "start-first"}, Default: "documented",
				Doc: "as in a `failover`"},
			{Name: "route_sites", Kind: Word, Words: []string{"target", "all-routed"}, Default: "target",
				Doc: "as in a `failover`"},
		},
	},
	{
		Type: "media", Label: "NAME", Count: AnyTimes,
		Doc: "A plan that associates Front End pools with another Edge pool for media, and moves no federation.",
		Arguments: []Argument{
			{Name: "front_end_pools", Kind: References, RefersTo: "front_end_pool", Required: true,
				Example: "[front_end_pool.NAME]", hint: ", whose media moves",
				Doc: "Front End pools that are up; `edge_pool` of each says which Edge pool its media goes through today"},
			{Name: "to", Kind: Reference, RefersTo: "edge_pool", Required: true, Example: "edge_pool.NAME",
				hint: ", the Edge pool that takes their media", Doc: "the Edge pool that they are associated with"},
			{Name: "reason", Kind: Word, Words: []string{"disaster", "planned"}, Default: "disaster",
				Doc: "whether the Edge pools of today are down"},
		},
	},
	{
		Type: "next_hop", Label: "NAME", Count: AnyTimes,
		Doc: "A plan that gives an Edge pool another Front End pool as its next hop, and moves no federation.",
		Arguments: []Argument{
			{Name: "edge_pool", Kind: Reference, RefersTo: "edge_pool", Required: true, Example: "edge_pool.NAME",
				hint: ", whose next hop changes", Doc: "the Edge pool, whose `next_hop` says what it is today; it is up"},
			{Name: "to", Kind: Reference, RefersTo: "front_end_pool", Required: true, Example: "front_end_pool.NAME",
				hint: ", the next hop from then on", Doc: "the Front End pool that becomes its next hop"},
			{Name: "reason", Kind: Word, Words: []string{"disaster", "planned"}, Default: "disaster",
				Doc: "whether the next hop of today is down"},
		},
	},
	{
		Type: failbackBlock, In: []string{"failover"}, Count: AtMost,
		Doc:       "The way back, for when the pool is repaired, built together with the failover.",
		Arguments: []Argument{},
	},
	{
		Type: "change", In: recordBlocks, Count: Once,
		Doc: "The head of the change record.",
		Arguments: []Argument{
			{Name: "ticket", Kind: Text, Required: true, Example: `"CHG0042317"`,
				hint: ", the number in your change system", Doc: "number in the change system"},
			{Name: "summary", Kind: Text, Required: true, Example: `"Move XMPP federation to EdgePool2"`,
				Doc: "one line"},
			{Name: "window_start", Kind: Time, Doc: "such as `2026-12-05T22:00:00Z`"},
			{Name: "window_end", Kind: Time, Doc: "after `window_start`"},
			{Name: "requester", Kind: Text, Doc: "who asks for the change"},
			{Name: "approvers", Kind: Texts, Doc: "who approves it"},
			{Name: "type", Kind: Word, Words: []string{"standard", "normal", "emergency", "drill"},
				Doc: "what kind of change it is to the change process; left out: the record does not say"},
			{Name: "risk", Kind: Word, Words: []string{"low", "medium", "high"},
				Doc: "how it is rated; left out: the record has what the plan shows alone, which stages users notice " +
					"and what no rollback brings back"},
			{Name: "risk_reason", Kind: Text, Doc: "why it is rated so; only with `risk`"},
			{Name: "impact", Kind: Text, Doc: "on whom it has an effect, and which one"},
			{Name: "implementers", Kind: Texts, Doc: "who carries it out, by role, where a stage does not say otherwise"},
			{Name: "testers", Kind: Texts, Doc: "who tests it, in the same way"},
			{Name: "acceptance", Kind: Texts, Doc: "what has to be so for the change to be a success, one text each"},
		},
	},
	{
		Type: "stage", Label: "NAME", In: []string{"change"}, Count: AnyTimes,
		Doc: "What is known of a stage of the change beforehand.",
		Arguments: []Argument{
			{Name: "minutes", Kind: Minutes, Least: 1, Most: mostMinutes,
				Doc: "how long it takes, with all of its hosts one after the other; left out: the record says that this is not " +
					"known"},
			{Name: "implementers", Kind: Texts, Doc: "who carries it out, in place of those of the `change`"},
			{Name: "testers", Kind: Texts, Doc: "who tests it, in place of those of the `change`"},
		},
	},
	{
		Type: "rollback_stage", Label: "NAME", In: []string{"change"}, Count: AnyTimes,
		Doc: "The same of a stage of the rollback.",
		Arguments: []Argument{
			{Name: "minutes", Kind: Minutes, Least: 1, Most: mostMinutes, Doc: "as in a `stage`; the sum of them is the back-out time"},
			{Name: "implementers", Kind: Texts, Doc: "as in a `stage`"},
			{Name: "testers", Kind: Texts, Doc: "as in a `stage`"},
		},
	},
	{
		Type: "message", In: []string{"change"}, Count: AnyTimes,
		Doc: "A part of the communication plan: who is told what, and when.",
		Arguments: []Argument{
			{Name: "to", Kind: Texts, Required: true, Example: `["Service desk"]`, hint: ", those who are told", Doc: "who is told"},
			{Name: "when", Kind: Word, Required: true, Words: []string{"before", "after", "rollback"}, Example: `"before"`,
				Doc: "before the change, after it, or when it was taken back"},
			{Name: "hours", Kind: Hours, Least: 1, Most: mostHours,
				Doc: "how long before `window_start`, or after `window_end`; not with `when = \"rollback\"`"},
			{Name: "text", Kind: Text, Required: true, Example: `"..."`, Doc: "what they are told; lines of a heredoc stay lines"},
		},
	},
	{
		Type: "accept", Label: "CODE", In: recordBlocks, Count: AnyTimes,
		Doc: "The change record shows the reason.",
		Arguments: []Argument{
			{Name: "reason", Kind: Text, Required: true, Example: `"..."`, Doc: "why; not empty"},
		},
	},
}

// planBlocks are the types of block that ask for a plan. A plan gets a folder of the name of its
// block.
var planBlocks = []string{"failover", "prepare", "matrix", "media", "next_hop"}

// failbackBlock asks for one more plan, of the failover that holds it.
const failbackBlock = "failback"

// recordBlocks are those with a change record of their own.
var recordBlocks = append(slices.Clone(planBlocks), failbackBlock)

// mostMinutes is the longest that a stage may take, a week; mostHours the longest time from a message to the window, two
// months.
const (
	mostMinutes = 7 * 24 * 60
	mostHours   = 60 * 24
)

const poolName = ", the name of the pool as Topology Builder shows it"

// Values says in the words of the page about the language what an argument may be.
func (a Argument) Values() string {
	text := string(a.Kind)
	switch a.Kind {
	case Word, Serial:
		var words []string
		for _, word := range a.Words {
			shown := fmt.Sprintf("`%q`", word)
			if word == a.Default {
				shown += " (default)"
			}
			words = append(words, shown)
		}
		text = "one of " + strings.Join(words, ", ")
		if a.Kind == Serial {
			text += ", or a number"
		}
	case Date:
		text += ", `YYYY-MM-DD`"
	case Time:
		text += ", RFC 3339"
	case Seconds, Minutes, Hours:
		text += fmt.Sprintf(", %d to %d", a.Least, a.Most)
	case Reference, References:
		article := "a"
		// an edge_pool
		if strings.ContainsRune("aeiou", rune(a.RefersTo[0])) {
			article = "an"
		}
		text += fmt.Sprintf(" to %s `%s`", article, a.RefersTo)
	}
	// of words it is marked in their list
	if a.Default != nil && a.Words == nil {
		text += fmt.Sprint(", default ", a.Default)
	}
	if len(a.In) > 0 {
		text += ", only in an `" + strings.Join(a.In, "`, `") + "`"
	}
	if a.Required {
		text = "required, " + text
	}
	return text
}

// defaultPorts are those of the XMPP gateway, by the argument that sets another.
var defaultPorts = func() map[string]int {
	out := map[string]int{}
	for _, block := range table {
		for _, arg := range block.Arguments {
			if arg.Kind == Port {
				out[arg.Name] = arg.Default.(int)
			}
		}
	}
	return out
}()

// schema is what the reader takes in a block of one type.
type schema struct {
	args   []Argument
	blocks []Block
}

// schemas are those of all blocks but locals, by their types; "" is the top of a file.
var schemas = func() map[string]schema {
	out := map[string]schema{}
	for _, b := range table {
		s := out[b.Type]
		if s.args = b.Arguments; b.Type != "locals" {
			out[b.Type] = s
		}
		outer := b.In
		if len(outer) == 0 {
			outer = []string{""}
		}
		for _, kind := range outer {
			s := out[kind]
			s.blocks = append(s.blocks, b)
			out[kind] = s
		}
	}
	return out
}()

// in is the schema of the blocks that blocks of another type hold; "" for those at the top of a
// file.
func (s schema) in(holder string) schema {
	away := func(a Argument) bool { return !a.isIn(holder) }
	if slices.ContainsFunc(s.args, away) {
		s.args = slices.DeleteFunc(slices.Clone(s.args), away)
	}
	return s
}

// isIn tells whether an argument may be in a block that a block of another type holds.
func (a Argument) isIn(holder string) bool { return len(a.In) == 0 || slices.Contains(a.In, holder) }

func (s schema) hcl() *hcl.BodySchema {
	out := &hcl.BodySchema{}
	for _, arg := range s.args {
		out.Attributes = append(out.Attributes, hcl.AttributeSchema{Name: arg.Name, Required: arg.Required})
	}
	for _, block := range s.blocks {
		header := hcl.BlockHeaderSchema{Type: block.Type}
		if block.Label != "" {
			// hcl puts this name into its sentences, in which the others are in small letters.
			header.LabelNames = []string{strings.ToLower(block.Label)}
		}
		out.Blocks = append(out.Blocks, header)
	}
	return out
}

// blockNames are the types of block that a block may hold.
func (s schema) blockNames() []string {
	out := make([]string, 0, len(s.blocks))
	for _, block := range s.blocks {
		out = append(out, block.Type)
	}
	return out
}

// argNames are the arguments that a block may have.
func (s schema) argNames() []string {
	out := make([]string, 0, len(s.args))
	for _, arg := range s.args {
		out = append(out, arg.Name)
	}
	return out
}

// form is how the first line of a block is written.
func form(kind string) string {
	// The page shows NAME, FQDN or CODE for it, and so does the finding.
	if i := slices.IndexFunc(table, func(b Block) bool { return b.Type == kind }); i >= 0 && table[i].Label != "" {
		return fmt.Sprintf("%s %q {", kind, table[i].Label)
	}
	return kind + " {"
}

// example is a line that sets an argument, as a sentence.
func example(name string) string {
	for _, block := range table {
		for _, arg := range block.Arguments {
			// Several blocks have an argument of this name; those that have an example mean the same by it.
			if arg.Name == name && arg.Example != "" {
				return fmt.Sprintf("%s = %s%s.", name, arg.Example, arg.hint)
			}
		}
	}
	return name + " = VALUE."
}
