# Skype for Business Server 2019, which has no XMPP federation: EdgePool1 was down, SIP federation was moved to EdgePool2 and goes
# back.

topology "contoso" {
  product         = "sfb-server-2019"
  management_host = "fe2.corp.contoso.com"
}

site "Site1" {
  federation_route = edge_pool.EdgePool2
}

site "Site2" {
  federation_route = edge_pool.EdgePool2
}

edge_pool "EdgePool1" {
  site             = site.Site1
  fqdn             = "edgepool1.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"
  next_hop         = "fepool1.corp.contoso.com"

  certificate {
    subject_alternative_names = ["sip1.contoso.com", "sip.contoso.com"]
    not_after                 = "2027-06-30"
  }

  server "edge1a.contoso.com" {
    public_ipv4 = "203.0.113.11"
  }
}

edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"
  next_hop         = "fepool2.corp.contoso.com"

  server "edge2a.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }

  server "edge2b.contoso.com" {
    public_ipv4 = "198.51.100.22"
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

sip_domain "contoso.com" {}

sip_federation {
  partners = ["partner.example"]
}

dns_zone "contoso.com" {
  file   = "contoso.com.zone"
  server = "ns1.contoso.net"
}

failover "edgepool2-back-to-edgepool1" {
  federation = "sip"
  to         = edge_pool.EdgePool1
  reason     = "failback"

  change {
    ticket       = "CHG0042331"
    summary      = "SIP federation goes back to EdgePool1"
    window_start = "2026-12-19T22:00:00Z"
    window_end   = "2026-12-20T00:00:00Z"
    requester    = "UC operations"
    approvers    = ["CAB"]
  }
}
