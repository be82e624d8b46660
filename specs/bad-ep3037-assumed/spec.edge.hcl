# EdgePool2 and EdgePool3 hold no route today, so plans of their failure begin with what another failover leaves.

topology "contoso" {
  product         = "sfb-server-2015"
  management_host = "fe1.corp.contoso.com"
}

site "Site1" {
  xmpp_federation_route = edge_pool.EdgePool1
}

site "Site2" {
  xmpp_federation_route = edge_pool.EdgePool1
}

site "Site3" {
  xmpp_federation_route = edge_pool.EdgePool1
}

edge_pool "EdgePool1" {
  site             = site.Site1
  fqdn             = "edgepool1.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"

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

  xmpp {}

  server "edge2.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }
}

edge_pool "EdgePool3" {
  site             = site.Site3
  fqdn             = "edgepool3.contoso.com"
  access_edge_fqdn = "sip3.contoso.com"

  xmpp {}

  server "edge3.contoso.com" {
    public_ipv4 = "198.51.100.31"
  }
}

front_end_pool "fepool2" {
  site      = site.Site2
  fqdn      = "fepool2.corp.contoso.com"
  edge_pool = edge_pool.EdgePool2
}

front_end_pool "fepool3" {
  site      = site.Site3
  fqdn      = "fepool3.corp.contoso.com"
  edge_pool = edge_pool.EdgePool3
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

matrix "contoso" {
  federation  = "xmpp"
  route_sites = "all-routed"

  change {
    ticket       = "CHG0042404"
    summary      = "Move XMPP federation away from an Edge pool that has failed"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
    requester    = "UC operations"
    approvers    = ["CAB"]
  }

  accept "EP3001" {
    reason = "Remote users of the target wait for as long as the failover takes; agreed with the CAB."
  }

  accept "EP3007" {
    reason = "The product is replaced next year; agreed with the CAB."
  }
}
