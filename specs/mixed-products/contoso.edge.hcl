# A move in the middle of an upgrade: Skype for Business Server 2015 manages, and the Edge pool that takes over still runs
# Lync Server 2013, behind NAT. The Edge Servers have the module Lync, the management host has SkypeForBusiness.

topology "contoso" {
  product         = "sfb-server-2015"
  management_host = "fe2.corp.contoso.com"
}

site "Site1" {
  xmpp_federation_route = edge_pool.EdgePool1
}

site "Site2" {
  xmpp_federation_route = edge_pool.EdgePool1
}

edge_pool "EdgePool1" {
  site             = site.Site1
  fqdn             = "edgepool1.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"

  xmpp {}

  server "edge1.contoso.com" {
    public_ipv4 = "203.0.113.11"
  }
}

edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"
  next_hop         = "fepool2.corp.contoso.com"
  product          = "lync-server-2013"
  nat              = true

  xmpp {}

  server "edge2a.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }

  server "edge2b.contoso.com" {
    public_ipv4 = "198.51.100.22"
  }
}

front_end_pool "fepool2" {
  site               = site.Site2
  fqdn               = "fepool2.corp.contoso.com"
  edge_pool          = edge_pool.EdgePool2
  central_management = true
}

sip_domain "contoso.com" {
  xmpp = true
}

xmpp_federation {
  host     = "xmpp.contoso.com"
  partners = ["jabber.example.org"]
}

dns_zone "contoso.com" {
  file   = "contoso.com.zone"
  server = "ns1.contoso.net"
}

failover "edgepool1-to-edgepool2" {
  federation = "xmpp"
  to         = edge_pool.EdgePool2

  change {
    ticket       = "CHG0042319"
    summary      = "Move XMPP federation to EdgePool2"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
  }
}
