# The media of fepool2 does not go through EdgePool1, which has failed.

topology "contoso" {
  product         = "lync-server-2013"
  management_host = "fe2.corp.contoso.com"
}

site "Site1" {
  xmpp_federation_route = edge_pool.EdgePool1
  federation_route      = edge_pool.EdgePool1
}

site "Site2" {
  xmpp_federation_route = edge_pool.EdgePool1
}

edge_pool "EdgePool1" {
  site             = site.Site1
  fqdn             = "edgepool1.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"
  next_hop         = "fepool1.corp.contoso.com"

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

  xmpp {}

  certificate {
    subject_alternative_names = ["sip2.contoso.com", "contoso.com", "xmpp.contoso.com"]
    not_after                 = "2027-06-30"
  }

  server "edge2.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }
}

front_end_pool "fepool1" {
  site      = site.Site1
  fqdn      = "fepool1.corp.contoso.com"
  edge_pool = edge_pool.EdgePool1

  server "fe1a.corp.contoso.com" {}
  server "fe1b.corp.contoso.com" {}
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
  media      = [front_end_pool.fepool1, front_end_pool.fepool2]

  change {
    ticket       = "CHG0042317"
    summary      = "Move XMPP federation and media to EdgePool2"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
    requester    = "UC operations"
    approvers    = ["CAB"]
  }
}
