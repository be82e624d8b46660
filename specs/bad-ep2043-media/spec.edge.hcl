# The media of fepool2 goes through EdgePool2 already.

topology "contoso" {
  product         = "sfb-server-se"
  management_host = "fe2.corp.contoso.com"
}

site "Site1" {}

site "Site2" {}

edge_pool "EdgePool1" {
  site             = site.Site1
  fqdn             = "edgepool1.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"

  server "edge1.contoso.com" {
    public_ipv4 = "203.0.113.11"
  }
}

edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"

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
  site      = site.Site2
  fqdn      = "fepool2.corp.contoso.com"
  edge_pool = edge_pool.EdgePool2
}

media "media-to-edgepool2" {
  front_end_pools = [front_end_pool.fepool1, front_end_pool.fepool2]
  to              = edge_pool.EdgePool2

  change {
    ticket       = "CHG0042363"
    summary      = "Associate fepool1 and fepool2 with EdgePool2 for media"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
  }
}
