# A preparation on two Windows DNS servers, one with the module DnsServer, the older one with WMI and dnscmd.

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

edge_pool "EdgePool3" {
  site             = site.Site2
  fqdn             = "edgepool3.contoso.com"
  access_edge_fqdn = "sip3.contoso.com"

  server "edge3.contoso.com" {
    public_ipv4 = "192.0.2.31"
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

xmpp_federation {
  partners = ["jabber.example.org", "gmail.example"]
}

dns_zone "contoso.com" {
  file             = "contoso.com.zone"
  server           = "ns1.contoso.net"
  delivery         = "windows-dns"
  operating_system = "windows-server-2019"
}

sip_domain "fabrikam.com" {
  xmpp = true
}

dns_zone "fabrikam.com" {
  file             = "fabrikam.com.zone"
  server           = "ns2.contoso.net"
  delivery         = "windows-dns"
  operating_system = "windows-server-2008-r2"
}

prepare "short-ttl" {
  ttl = 300

  change {
    ticket       = "CHG0042001"
    summary      = "Make DNS ready for a failover of XMPP federation"
    window_start = "2026-12-01T22:00:00Z"
    window_end   = "2026-12-01T23:00:00Z"
    approvers    = ["CAB"]
  }
}
