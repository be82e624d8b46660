# fepool1, the next hop of EdgePool2, has failed. There is no Front End pool at Site2: that of Site3 becomes the next hop.

topology "contoso" {
  product         = "lync-server-2013"
  management_host = "fe3a.corp.contoso.com"
}

site "Site1" {}

site "Site2" {
  federation_route = edge_pool.EdgePool2
}

site "Site3" {}

edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"
  next_hop         = "fepool1.corp.contoso.com"

  server "edge2a.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }

  server "edge2b.contoso.com" {
    public_ipv4 = "198.51.100.22"
  }
}

front_end_pool "fepool1" {
  site = site.Site1
  fqdn = "fepool1.corp.contoso.com"

  server "fe1.corp.contoso.com" {}
}

front_end_pool "fepool3" {
  site               = site.Site3
  fqdn               = "fepool3.corp.contoso.com"
  edge_pool          = edge_pool.EdgePool2
  central_management = true

  server "fe3a.corp.contoso.com" {}
  server "fe3b.corp.contoso.com" {}
}

next_hop "edgepool2-to-fepool3" {
  edge_pool = edge_pool.EdgePool2
  to        = front_end_pool.fepool3

  change {
    ticket       = "CHG0042361"
    summary      = "fepool3 becomes the next hop of EdgePool2"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
    requester    = "UC operations"
    approvers    = ["CAB"]
  }
}
