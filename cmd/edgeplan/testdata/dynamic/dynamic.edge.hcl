# The spec "seed", with blocks that dynamic blocks make.

topology "contoso" {
  product         = "lync-server-2013"
  management_host = "fe2.corp.contoso.com"
}

locals {
  sites = {
    Site1 = { number = 1, servers = { "EdgeServer1.contoso.com" = "203.0.113.11" }, names = [] }
    Site2 = {
      number = 2, servers = { "EdgeServer2.contoso.com" = "198.51.100.21" }
      names  = ["sip2.contoso.com", "contoso.com", "xmpp.contoso.com"] # of the certificate
    }
  }
}

dynamic "site" {
  for_each = local.sites
  labels   = [site.key]
  content {
    xmpp_federation_route = edge_pool.EdgePool1
    federation_route      = site.key == "Site1" ? edge_pool.EdgePool1 : null
  }
}

dynamic "edge_pool" {
  for_each = local.sites
  iterator = at
  labels   = ["EdgePool${at.value.number}"]
  content {
    site             = site[at.key]
    fqdn             = "EdgeServer${at.value.number}.contoso.com"
    access_edge_fqdn = "sip${at.value.number}.contoso.com"
    next_hop         = "fepool${at.value.number}.corp.contoso.com"

    xmpp {}

    dynamic "certificate" {
      for_each = length(at.value.names) > 0 ? [at.value.names] : []
      content {
        subject_alternative_names = certificate.value
        not_after                 = "2027-06-30"
      }
    }

    dynamic "server" {
      for_each = at.value.servers
      labels   = [server.key]
      content {
        public_ipv4 = server.value
      }
    }
  }
}

dynamic "front_end_pool" {
  for_each = local.sites
  labels   = ["fepool${front_end_pool.value.number}"]
  content {
    site               = site[front_end_pool.key]
    fqdn               = "fepool${front_end_pool.value.number}.corp.contoso.com"
    edge_pool          = edge_pool["EdgePool${front_end_pool.value.number}"]
    central_management = front_end_pool.value.number == 2
  }
}

dynamic "sip_domain" {
  for_each = ["contoso.com"]
  labels   = [sip_domain.value]
  content {
    xmpp = true
  }
}

xmpp_federation {
  host     = "xmpp.contoso.com"
  partners = ["jabber.example.org"]
}

dns_zone "contoso.com" {
  file   = "contoso.com.zone"
  server = "ns1.contoso.net"
}

failover "edgepool1-to-edgepool2" {
  federation = "xmpp"
  to         = edge_pool.EdgePool2

  change {
    ticket       = "CHG0042317"
    summary      = <<-EOT
      Move XMPP federation to EdgePool2
    EOT
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
    requester    = "UC operations"
    approvers    = ["CAB"]
  }

  dynamic "accept" {
    for_each = {}
    labels   = [accept.key]
    content {
      reason = accept.value
    }
  }
}
