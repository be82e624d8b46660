# A spec without findings, in which TestMistakes makes one mistake at a time.
topology "contoso" {
  product         = "sfb-server-2015"
  management_host = "fe2.corp.contoso.com"
}

site "Dublin" {
  xmpp_federation_route = edge_pool.Dublin
}

site "Frankfurt" {
  xmpp_federation_route = edge_pool.Dublin
}

edge_pool "Dublin" {
  site             = site.Dublin
  fqdn             = "edge-dublin.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"

  xmpp {}

  server "edge1.contoso.com" {
    public_ipv4 = "203.0.113.11"
  }
}

edge_pool "Frankfurt" {
  site             = site.Frankfurt
  fqdn             = "edge-frankfurt.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"

  xmpp {
    internal_port = 23456
  }

  certificate {
    subject_alternative_names = ["contoso.com", "xmpp.contoso.com"]
    not_after                 = "2027-06-30"
  }

  server "edge2.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }
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

failover "to-frankfurt" {
  federation  = "xmpp"
  to          = edge_pool.Frankfurt
  procedure   = "start-first"
  route_sites = "all-routed"

  change {
    ticket       = "CHG0042317"
    summary      = "Move XMPP federation to Frankfurt"
    window_start = "2025-09-06T22:00:00Z"
    window_end   = "2025-09-07T00:00:00Z"
    approvers    = ["CAB"]
  }
}
