# Two Edge Servers in each pool behind DNS load balancing, two SIP domains in two zones. The Front End Servers of
# Site2, the management host among them, have to know the new route.

topology "contoso" {
  product         = "lync-server-2013"
  management_host = "fe02.corp.contoso.com"
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

  server "edge1a.contoso.com" {
    public_ipv4 = "203.0.113.11"
  }
  server "edge1b.contoso.com" {
    public_ipv4 = "203.0.113.12"
  }
}

edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"
  next_hop         = "fepool2.corp.contoso.com"

  xmpp {
    internal_port = 23457
  }

  server "edge2b.contoso.com" {
    public_ipv4 = "198.51.100.22"
  }
  server "edge2a.contoso.com" {
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

  server "fe03.corp.contoso.com" {}
  server "fe02.corp.contoso.com" {}
}
