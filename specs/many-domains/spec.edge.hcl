# Ten SIP domains: four in one zone and three in zones of their own stay, and three get their SRV record. Those that are alike stand
# together in the script.

topology "contoso" {
  product         = "lync-server-2013"
  management_host = "fe2.corp.contoso.com"
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

  xmpp {}

  server "edge1.contoso.com" {
    public_ipv4 = "203.0.113.11"
  }
}

edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"
  next_hop         = "fepool2.corp.contoso.com"

  xmpp {}

  server "edge2.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }
}

front_end_pool "fepool2" {
  site               = site.Site2
  fqdn               = "fepool2.corp.contoso.com"
  central_management = true
}

sip_domain "contoso.com" {
  xmpp = true
}

sip_domain "de.contoso.com" {
  xmpp = true
}

sip_domain "fr.contoso.com" {
  xmpp = true
}

sip_domain "it.contoso.com" {
  xmpp = true
}

sip_domain "adatum.com" {
  xmpp = true
}

sip_domain "litwareinc.com" {
  xmpp = true
}

sip_domain "wingtiptoys.com" {
  xmpp = true
}

sip_domain "fabrikam.com" {
  xmpp = true
}

sip_domain "northwindtraders.com" {
  xmpp = true
}

sip_domain "proseware.com" {
  xmpp = true
}

xmpp_federation {
  host = "xmpp.contoso.com"
}

dns_zone "contoso.com" {
  file   = "contoso.com.zone"
  server = "ns1.contoso.net"
}

dns_zone "adatum.com" {
  file   = "adatum.com.zone"
  server = "ns1.contoso.net"
}

dns_zone "litwareinc.com" {
  file   = "litwareinc.com.zone"
  server = "ns1.contoso.net"
}

dns_zone "wingtiptoys.com" {
  file   = "wingtiptoys.com.zone"
  server = "ns1.contoso.net"
}

dns_zone "fabrikam.com" {
  file   = "fabrikam.com.zone"
  server = "ns1.contoso.net"
}

dns_zone "northwindtraders.com" {
  file   = "northwindtraders.com.zone"
  server = "ns1.contoso.net"
}

dns_zone "proseware.com" {
  file   = "proseware.com.zone"
  server = "ns1.contoso.net"
}

failover "edgepool1-to-edgepool2" {
  federation = "xmpp"
  to         = edge_pool.EdgePool2
  from       = edge_pool.EdgePool1

  change {
    ticket       = "CHG0042332"
    summary      = "Move XMPP federation to EdgePool2"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
  }
}
