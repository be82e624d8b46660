# fepool3 is at another site than EdgePool2, and fepool2 at the same one.

topology "contoso" {
  product         = "sfb-server-se"
  management_host = "fe3.corp.contoso.com"
}

site "Site1" {}

site "Site2" {}

site "Site3" {}

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
  site = site.Site1
  fqdn = "fepool1.corp.contoso.com"
}

front_end_pool "fepool2" {
  site = site.Site2
  fqdn = "fepool2.corp.contoso.com"
}

front_end_pool "fepool3" {
  site = site.Site3
  fqdn = "fepool3.corp.contoso.com"
}

next_hop "edgepool2-to-fepool3" {
  edge_pool = edge_pool.EdgePool2
  to        = front_end_pool.fepool3

  change {
    ticket       = "CHG0042364"
    summary      = "fepool3 becomes the next hop of EdgePool2"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
  }
}
