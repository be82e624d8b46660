# Names that try to break out of every quoting: PowerShell, Markdown, HTML, the terminal.

topology "contoso" {
  product         = "lync-server-2013"
  management_host = "fe2.corp.contoso.com"
}

site "Site1" {
  xmpp_federation_route = edge_pool.EdgePool1
}

site "Site 2 ’; Write-Output INJECTED; ‘ | `x` $(y) <b>é</b> [l](http://example.org) @all #1 \u202e" {
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
  site             = site["Site 2 ’; Write-Output INJECTED; ‘ | `x` $(y) <b>é</b> [l](http://example.org) @all #1 \u202e"]
  fqdn             = "edgepool2.contoso.com"
  access_edge_fqdn = "sip2.contoso.com"
  next_hop         = "fepool2.corp.contoso.com"
  ci               = "CI|2 `x` <script>alert(8)</script> \u202e\n# no heading"

  xmpp {}

  server "edge2.contoso.com" {
    public_ipv4 = "198.51.100.21"
  }
}

front_end_pool "fepool2" {
  site               = site["Site 2 ’; Write-Output INJECTED; ‘ | `x` $(y) <b>é</b> [l](http://example.org) @all #1 \u202e"]
  fqdn               = "fepool2.corp.contoso.com"
  central_management = true
}

sip_domain "contoso.com" {
  xmpp = true
}

xmpp_federation {
  host = "xmpp.contoso.com"
}

dns_zone "contoso.com" {
  file   = "contoso.com.zone"
  server = "ns1.contoso.net"
}

failover "edgepool1-to-edgepool2" {
  federation = "xmpp"
  to         = edge_pool.EdgePool2

  accept "EP3007" {
    reason = "Extended | contract\n## No heading <img src=x>"
  }

  change {
    ticket       = "CHG|1 `whoami` <script>alert(1)</script>"
    summary      = "Line one\n# Signature block\n'; Stop-Computer #> | $(Get-Date) \u202eevil\u2028"
    window_start = "2026-12-05T22:00:00Z"
    window_end   = "2026-12-06T00:00:00Z"
    requester    = "R. O'Neill ’, @team"
    approvers    = ["![i](http://example.org/x.png)", "*CAB*"]

    type         = "emergency"
    risk         = "high"
    risk_reason  = "a | b \u202e `c` <script>alert(2)</script>\n## No heading"
    impact       = "all \"users\" & '@team' --> #> | <img src=x onerror=alert(3)>\n- no item"
    implementers = ["'; Stop-Computer #> ’", "```\n# no fence"]
    testers      = ["$(Get-Date) | `whoami`"]
    acceptance   = ["<b>done</b> | yes\n| a | b |", "[x](javascript:alert(4))"]

    stage "Route" {
      minutes      = 5
      implementers = ["<svg/onload=alert(5)> | `x`"]
      testers      = ["\u202etester\u2028"]
    }

    rollback_stage "Route" {
      minutes      = 5
      implementers = ["#> | ;end"]
    }

    message {
      to    = ["a, b | `c`", "<script>alert(6)</script>"]
      when  = "before"
      hours = 24
      text  = "```\n</pre><script>alert(7)</script>\n# no heading\n\u202eevil | $(x)\n%%{init: {}}%%"
    }
  }
}
