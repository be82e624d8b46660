# EdgePool1 has failed, and no federation is on it. Two Front End pools at its site are up: their media goes through
# EdgePool2 from then on.

topology "contoso" {
  product         = "sfb-server-2019"
  management_host = "fe2.corp.contoso.com"
}

site "Site1" {}

site "Site2" {}

edge_pool "EdgePool1" {
  site             = site.Site1
  fqdn             = "edgepool1.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"

  server "edge1.contoso.com" {
    operating_system = "windows-server-2019"
    public_ipv4      = "203.0.113.11"
  }
}

edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"

  server "edge2a.contoso.com" {
    operating_system = "windows-server-2019"
    public_ipv4      = "198.51.100.21"
  }

  server "edge2b.contoso.com" {
    operating_system = "windows-server-2019"
    public_ipv4      = "198.51.100.22"
  }
}

front_end_pool "fepool1" {
  site      = site.Site1
  fqdn      = "fepool1.corp.contoso.com"
  edge_pool = edge_pool.EdgePool1

  server "fe1a.corp.contoso.com" { operating_system = "windows-server-2019" }
  server "fe1b.corp.contoso.com" { operating_system = "windows-server-2019" }
}

front_end_pool "fepool2" {
  site               = site.Site2
  fqdn               = "fepool2.corp.contoso.com"
  edge_pool          = edge_pool.EdgePool2
  central_management = true
}

front_end_pool "fepool3" {
  site      = site.Site1
  fqdn      = "fepool3.corp.contoso.com"
  edge_pool = edge_pool.EdgePool1
}

media "media-to-edgepool2" {
  front_end_pools = [front_end_pool.fepool1, front_end_pool.fepool3]
  to              = edge_pool.EdgePool2

  change {
    ticket       = "CHG0042360"
    summary      = "Associate fepool1 and fepool3 with EdgePool2 for media"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
    requester    = "UC operations"
    approvers    = ["CAB"]
  }
}
