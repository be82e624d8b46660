package topology

import (
	"net/netip"
	"slices"
)

// Address is the address that a value holds, as DNS has it, in a list; empty if it holds
// none.
func Address(value Value[string]) []string {
	// As DNS prints it: 2001:DB8::0:1 and 2001:db8::1 are one address. What is none is a finding of a rule.
	addr, err := netip.ParseAddr(value.V)
	if err != nil {
		return nil
	}
	return []string{addr.String()}
}

// SortAddresses sorts addresses by number, those of IPv4 first. All have to be addresses.
func SortAddresses(list []string) {
	slices.SortFunc(list, func(a, b string) int { return netip.MustParseAddr(a).Compare(netip.MustParseAddr(b)) })
}

// Addresses are the public addresses of the Access Edge service of a pool, sorted: those
// that public DNS is to have.
func (p *EdgePool) Addresses() (four, six []string) {
	// Partners see the load balancer alone, and the language has no virtual address of IPv6.
	if p.LoadBalancing.V == "hardware" {
		return Address(p.VirtualIPv4), nil
	}
	for _, server := range p.Servers {
		four = append(four, Address(server.PublicIPv4)...)
		six = append(six, Address(server.PublicIPv6)...)
	}
	// One order, so that moving a server block does not change records.
	SortAddresses(four)
	SortAddresses(six)
	return four, six
}

// PublicAddresses are all public addresses of a pool that the spec knows, whatever balances
// it.
func (p *EdgePool) PublicAddresses() []string {
	out := Address(p.VirtualIPv4)
	for _, server := range p.Servers {
		out = append(append(out, Address(server.PublicIPv4)...), Address(server.PublicIPv6)...)
	}
	return out
}

var carrierNAT = netip.MustParsePrefix("100.64.0.0/10")

// IsPublic is false for addresses that no partner can reach. Addresses reserved for
// documentation pass: they are in examples.
func IsPublic(addr netip.Addr) bool {
	// IsGlobalUnicast is false for 255.255.255.255 and true for private addresses (RFC 1918, RFC 4193)
	// and for those of carrier-grade NAT (RFC 6598).
	return addr.IsGlobalUnicast() && !addr.IsPrivate() && !carrierNAT.Contains(addr)
}
