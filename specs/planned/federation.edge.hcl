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
    ci     = format("DNS-%s", dns_zone.value)
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
    window_end   = "2026-12-06T03:00:00Z"
    requester    = "UC operations"
    approvers    = ["CAB", "Head of UC"]

    type         = "normal"
    risk         = "medium"
    risk_reason  = "Remote access through EdgePool2 is down for half an hour, and five partners resend messages."
    impact       = "Users who sign in from outside through EdgePool2, and all users with XMPP contacts."
    implementers = ["UC operations, on call"]
    testers      = ["Service desk"]
    acceptance = [
      "Stage Verify ends with exit code 0 on each host.",
      "A message to jabber.example.org and its answer arrive.",
    ]

    stage "Preflight" {
      minutes = 10
    }

    stage "Stop" {
      minutes = 10
    }

    stage "Route" {
      minutes = 5
    }

    stage "Dns" {
      minutes      = 15
      implementers = ["UC operations, on call", "Owner of the DNS zones"]
    }

    stage "Firewall" {
      minutes      = 5
      implementers = ["Network operations"]
    }

    stage "Start" {
      minutes = 10
    }

    stage "Replicate" {
      minutes = 10
    }

    stage "Verify" {
      minutes = 15
      testers = ["Service desk", "Partner manager"]
    }

    stage "StopOld" {
      minutes = 5
    }

    rollback_stage "StartOld" {
      minutes = 5
    }

    rollback_stage "Start" {
      minutes = 10
    }

    rollback_stage "Route" {
      minutes = 5
    }

    rollback_stage "Dns" {
      minutes = 15
    }

    rollback_stage "Replicate" {
      minutes = 10
    }

    rollback_stage "Verify" {
      minutes = 10
    }

    message {
      to    = ["XMPP partners", "Service desk"]
      when  = "before"
      hours = 48
      text  = "Messages between us are delayed in the night from 5 to 6 December, from 22:00 to 23:30 UTC."
    }

    message {
      to   = ["XMPP partners", "Service desk"]
      when = "after"
      text = <<-END
        XMPP federation runs through EdgePool2.
        Please report messages that do not arrive, with the time and both addresses.
      END
    }

    message {
      to   = ["Service desk", "Head of UC"]
      when = "rollback"
      text = "The change was taken back: XMPP federation runs through EdgePool1 as before."
    }
  }
}
