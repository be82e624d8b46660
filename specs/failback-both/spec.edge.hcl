# EdgePool1 was down, and one failover has moved XMPP and SIP federation to EdgePool2. Both go back.

topology "contoso" {
  product         = "lync-server-2013"
  management_host = "fe2.corp.contoso.com"
}

site "Site1" {
  xmpp_federation_route = edge_pool.EdgePool2
  federation_route      = edge_pool.EdgePool2
}

site "Site2" {
  xmpp_federation_route = edge_pool.EdgePool2
  federation_route      = edge_pool.EdgePool2
}

edge_pool "EdgePool1" {
  site             = site.Site1
  fqdn             = "EdgeServer1.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"
  next_hop         = "fepool1.corp.contoso.com"

  xmpp {}

  certificate {
    subject_alternative_names = ["sip1.contoso.com", "contoso.com", "sip.contoso.com"]
    not_after                 = "2027-06-30"
  }

  server "EdgeServer1.contoso.com" {
    public_ipv4 = "203.0.113.11"
  }
}

edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "EdgeServer2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"
  next_hop         = "fepool2.corp.contoso.com"

  xmpp {}

  server "EdgeServer2.contoso.com" {
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
  xmpp            = true
  federation_host = "sip.contoso.com"
}

xmpp_federation {
  host     = "sip.contoso.com"
  partners = ["jabber.example.org"]
}

sip_federation {
  partners = ["partner.example"]
}

dns_zone "contoso.com" {
  file   = "contoso.com.zone"
  server = "ns1.contoso.net"
}

failover "edgepool2-back-to-edgepool1" {
  federation = "both"
  to         = edge_pool.EdgePool1
  reason     = "failback"

  change {
    ticket       = "CHG0042325"
    summary      = "XMPP and SIP federation go back to EdgePool1"
    window_start = "2026-12-19T22:00:00Z"
    window_end   = "2026-12-20T00:00:00Z"
    requester    = "UC operations"
    approvers    = ["CAB"]
  }
}
