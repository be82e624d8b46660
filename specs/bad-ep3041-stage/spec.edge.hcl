# What is said of stages that the plan does not have: misspelt, of another plan, of the rollback.

topology "contoso" {
  product         = "sfb-server-se"
  management_host = "fe2.corp.contoso.com"
}

site "Site1" {
  federation_route = edge_pool.EdgePool1
}

site "Site2" {
  federation_route = edge_pool.EdgePool1
}

edge_pool "EdgePool1" {
  site             = site.Site1
  fqdn             = "edgepool1.contoso.com"
  access_edge_fqdn = "sip1.contoso.com"
  next_hop         = "fepool1.corp.contoso.com"

  server "edge1a.contoso.com" {
    public_ipv4 = "203.0.113.11"
  }
}

edge_pool "EdgePool2" {
  site             = site.Site2
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"
  next_hop         = "fepool2.corp.contoso.com"

  certificate {
    subject_alternative_names = ["sip2.contoso.com", "sip.contoso.com"]
    not_after                 = "2027-06-30"
  }

  server "edge2a.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }

  server "edge2b.contoso.com" {
    public_ipv4 = "198.51.100.22"
  }
}

front_end_pool "fepool2" {
  site               = site.Site2
  fqdn               = "fepool2.corp.contoso.com"
  edge_pool          = edge_pool.EdgePool2
  central_management = true
}

sip_domain "contoso.com" {}

sip_federation {
  partners = ["partner.example"]
}

dns_zone "contoso.com" {
  file   = "contoso.com.zone"
  server = "ns1.contoso.net"
}

failover "edgepool1-to-edgepool2" {
  federation = "sip"
  to         = edge_pool.EdgePool2

  change {
    ticket       = "CHG0042317"
    summary      = "Move SIP federation to EdgePool2"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"

    stage "preflight" {
      minutes = 10
    }

    stage "Prefligth" {
      minutes = 10
    }

    stage "StopOld" {
      minutes = 5
    }

    stage "StartOld" {
      minutes = 5
    }

    rollback_stage "Firewall" {
      minutes = 5
    }
  }
}
