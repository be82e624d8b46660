# EdgePool3 runs, and its next hop stands at the failed site.

topology "contoso" {
  product         = "lync-server-2013"
  management_host = "fe2.corp.contoso.com"
}

site "Site1" {
  xmpp_federation_route = edge_pool.EdgePool1
}

site "Site2" {
  xmpp_federation_route = edge_pool.EdgePool1
}

site "Site3" {
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
  next_hop         = "fepool3.corp.contoso.com"

  xmpp {}

  server "edge2.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }
}

edge_pool "EdgePool3" {
  site             = site.Site3
  fqdn             = "edgepool3.contoso.com"
  access_edge_fqdn = "sip3.contoso.com"
  next_hop         = "fepool1.corp.contoso.com"

  server "edge3.contoso.com" {
    public_ipv4 = "198.51.100.31"
  }
}

front_end_pool "fepool1" {
  site = site.Site1
  fqdn = "fepool1.corp.contoso.com"
}

front_end_pool "fepool3" {
  site = site.Site3
  fqdn = "fepool3.corp.contoso.com"
}

sip_domain "contoso.com" {
  xmpp = true
}

xmpp_federation {
  host = "xmpp.contoso.com"
}

dns_zone "contoso.com" {
  file   = "contoso.com.zone"
  server = "ns1.contoso.net"
}

failover "edgepool1-to-edgepool2" {
  federation = "xmpp"
  to         = edge_pool.EdgePool2

  change {
    ticket       = "CHG0042320"
    summary      = "Move XMPP federation to EdgePool2"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
  }
}
