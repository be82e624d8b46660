locals {
  domains = ["contoso.com", "fabrikam.com"]
}

dynamic "sip_domain" {
  for_each = toset(local.domains)
  labels   = [sip_domain.value]
  content {
    xmpp = true
  }
}

xmpp_federation {
  host = "xmpp.contoso.com"
  partners = [
    "jabber.example.org", "chat.example.net", "im.fabrikam.example", "xmpp.example.edu", "gmail.example",
  ]
}

dynamic "dns_zone" {
  for_each = toset(local.domains)
  labels   = [dns_zone.value]
  content {
    file   = format("%s.zone", dns_zone.value)
    server = "192.0.2.53"
  }
}

failover "edgepool1-to-edgepool2" {
  federation  = "xmpp"
  from        = edge_pool.EdgePool1
  to          = edge_pool.EdgePool2
  reason      = "planned"
  route_sites = "all-routed"

  change {
    ticket       = "CHG0042319"
    summary      = "Move XMPP federation to EdgePool2"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
  }
}
