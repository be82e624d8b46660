# The next hop of EdgePool2 went down with Site1: a person sets that of Site2. The way back gives it the one of Site1 again, with a command.

topology "contoso" {
  product         = "lync-server-2013"
  management_host = "fe2a.corp.contoso.com"
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
  next_hop         = "fepool1.corp.contoso.com"

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
}

front_end_pool "fepool2" {
  site               = site.Site2
  fqdn               = "fepool2.corp.contoso.com"
  edge_pool          = edge_pool.EdgePool2
  central_management = true

  server "fe2a.corp.contoso.com" {}
  server "fe2b.corp.contoso.com" {}
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
  federation  = "xmpp"
  to          = edge_pool.EdgePool2
  route_sites = "all-routed"
  next_hop    = front_end_pool.fepool2

  change {
    ticket       = "CHG0042342"
    summary      = "Move XMPP federation to EdgePool2, with fepool2 as its next hop"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
    requester    = "UC operations"
    approvers    = ["CAB"]
  }

  failback {
    change {
      ticket  = "CHG0042343"
      summary = "Move XMPP federation back to EdgePool1, and give EdgePool2 its next hop back"
    }

    accept "EP3037" {
      reason = "for when EdgePool1 and fepool1 are repaired"
    }
  }
}
