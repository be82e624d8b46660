# A planned move away from a pool that is up, with five XMPP partners.

topology "contoso" {
  product         = "lync-server-2013"
  management_host = "fe02.corp.contoso.com"
}

site "Site1" {
  xmpp_federation_route = edge_pool.EdgePool1
  ci                    = "CI-SITE-01"
}

site "Site2" {
  xmpp_federation_route = edge_pool.EdgePool1
  ci                    = "CI-SITE-02"
}

edge_pool "EdgePool1" {
  site             = site.Site1
  fqdn             = "edgepool1.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"
  next_hop         = "fepool1.corp.contoso.com"
  ci               = "CI-EDGE-01"

  xmpp {}

  server "edge1a.contoso.com" {
    public_ipv4 = "203.0.113.11"
    ci          = "CI-SRV-1101"
  }
  server "edge1b.contoso.com" {
    public_ipv4 = "203.0.113.12"
    ci          = "CI-SRV-1102"
  }
}

edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"
  next_hop         = "fepool2.corp.contoso.com"
  ci               = "CI-EDGE-02"

  xmpp {}

  server "edge2b.contoso.com" {
    public_ipv4 = "198.51.100.22"
    ci          = "CI-SRV-1103"
  }
  server "edge2a.contoso.com" {
    public_ipv4 = "198.51.100.21"
    ci          = "CI-SRV-1104"
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

  server "fe02.corp.contoso.com" {
    ci = "CI-SRV-1201"
  }
}
