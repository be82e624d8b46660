sip_domain "fabrikam.com" {
  xmpp = true
}
