# EdgePool2 gets the Front End pool at its own site as its next hop, in Topology Builder. The rollback goes back to a
# pool at another site, with Set-CsEdgeServer. Both Front End pools are up.

topology "contoso" {
  product         = "sfb-server-2015"
  management_host = "fe2a.corp.contoso.com"
}

site "Site1" {}

site "Site2" {
  federation_route = edge_pool.EdgePool2
}

edge_pool "EdgePool1" {
  site             = site.Site1
  fqdn             = "edgepool1.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"
  next_hop         = "fepool1.corp.contoso.com"

  server "edge1.contoso.com" {
    public_ipv4 = "203.0.113.11"
  }
}

edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"
  next_hop         = "fepool1.corp.contoso.com"

  server "edge2.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }
}

front_end_pool "fepool1" {
  site               = site.Site1
  fqdn               = "fepool1.corp.contoso.com"
  central_management = true

  server "fe1.corp.contoso.com" {}
}

front_end_pool "fepool2" {
  site = site.Site2
  fqdn = "fepool2.corp.contoso.com"

  server "fe2a.corp.contoso.com" {}
  server "fe2b.corp.contoso.com" {}
}

next_hop "edgepool2-to-fepool2" {
  edge_pool = edge_pool.EdgePool2
  to        = front_end_pool.fepool2
  reason    = "planned"

  change {
    ticket       = "CHG0042362"
    summary      = "fepool2 becomes the next hop of EdgePool2"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
    requester    = "UC operations"
    approvers    = ["CAB"]
  }
}
