# The order of a fail-back is that of its own page: there is no other to choose.

topology "contoso" {
  product         = "lync-server-2013"
  management_host = "fe2.corp.contoso.com"
}

site "Site1" {
  xmpp_federation_route = edge_pool.EdgePool1
}

site "Site2" {
  xmpp_federation_route = edge_pool.EdgePool2
}

edge_pool "EdgePool1" {
  site             = site.Site1
  fqdn             = "edgepool1.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"
  next_hop         = "fepool1.corp.contoso.com"

  xmpp {}

  server "edge1a.contoso.com" {
    public_ipv4 = "203.0.113.11"
  }
  server "edge1b.contoso.com" {
    public_ipv4 = "203.0.113.12"
  }
}

edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"
  next_hop         = "fepool2.corp.contoso.com"

  xmpp {}

  server "edge2.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }
}

front_end_pool "fepool1" {
  site      = site.Site1
  fqdn      = "fepool1.corp.contoso.com"
  edge_pool = edge_pool.EdgePool1
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

failover "edgepool2-back-to-edgepool1" {
  federation = "xmpp"
  to         = edge_pool.EdgePool1
  reason     = "failback"
  procedure  = "start-first"

  change {
    ticket       = "CHG0042324"
    summary      = "XMPP federation goes back to EdgePool1"
    window_start = "2026-12-19T22:00:00Z"
    window_end   = "2026-12-20T00:00:00Z"
  }
}
