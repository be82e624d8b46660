package rehearsal

import "github.com/edgeplan/edgeplan/compiler/cmdlet"

// edgeServices are the services of an Edge Server. The names are those of a Skype for
// Business Server 2015 in public logs. No source has the short name of the XMPP service,
// so it is one that is easily told from a real one.
func edgeServices(product cmdlet.Product, xmpp bool) []Service {
	list := [][2]string{
		{"REPLICA", "Replica Replicator Agent"}, {"RTCCLSAGT", "Centralized Logging Service Agent"},
		{"RTCSRV", "Access Edge"},
		{"RTCDATAPROXY", "Web Conferencing Edge"}, {"RTCMRAUTH", "Audio/Video Authentication"},
		{"RTCMEDIARELAY", "Audio/Video Edge"},
	}
	if xmpp {
		list = append(list, [2]string{"SIMXMPPPROXY", "XMPP Translating Gateway Proxy"})
	}
	return running(product, list)
}

// edgeCertificates are the certificates of an Edge Server, and the root that they come from.
func edgeCertificates(host string) []Certificate {
	const root, from, until = "CN=Root CA", "2000-01-01T00:00:00Z", "2099-12-31T00:00:00Z"
	own := func(number string, uses ...string) Certificate {
		return Certificate{"My", "CN=" + host, root, number, from, until, true, uses}
	}
	return []Certificate{
		{"Root", root, root, "00AA", from, until, false, []string{}},
		// One certificate for all services outside and one for inside, as the deployment wizard asks for them.
		own("01EE", "AccessEdgeExternal", "DataEdgeExternal", "AudioVideoAuthentication"), own("02EE", "Internal"),
	}
}

// frontEndServices are the services of a Front End Server, which may hold the Central Management
// store.
func frontEndServices(product cmdlet.Product, store bool) []Service {
	list := [][2]string{{"REPLICA", "Replica Replicator Agent"}}
	if store {
		list = append(list, [2]string{"MASTER", "Master Replicator Agent"}, [2]string{"FTA", "File Transfer Agent"})
	}
	list = append(list, [2]string{"RTCSRV", "Front-End"})
	if product.HasXMPP() {
		list = append(list, [2]string{"RTCXMPPTGW", "XMPP Translating Gateway"})
	}
	return running(product, list)
}

func running(product cmdlet.Product, list [][2]string) []Service {
	// Display names begin with the brand: the scripts find the XMPP service by what follows.
	brand := product.Brand() + " Server "
	out := []Service{}
	for _, s := range list {
		out = append(out, Service{Name: s[0], DisplayName: brand + s[1], Status: "Running", Pending: "Running"})
	}
	return out
}
