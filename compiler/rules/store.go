package rules

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// StorePool is the Front End pool that holds the Central Management store today; nil where the
// spec names none, or several, which is a finding.
func StorePool(t *topology.Topology) *topology.FrontEndPool {
	var found *topology.FrontEndPool
	for _, pool := range t.FrontEndPools {
		switch {
		case !pool.CentralManagement.V:
		case found != nil:
			return nil
		default:
			found = pool
		}
	}
	return found
}

// Store is the failover of the Central Management store that the block asks for; nil where it asks for none.
func (req *Request) Store() *parser.StoreFailover {
	switch {
	case req.Failover != nil:
		return req.Failover.Store
	case req.Hop != nil:
		return req.Hop.Store
	}
	return nil
}

// NewStorePool is the pool to which the store is failed over; nil where the failover does not ask
// for that.
func (req *Request) NewStorePool(t *topology.Topology) *topology.FrontEndPool {
	store := req.Store()
	if store == nil {
		return nil
	}
	named := func(p *topology.FrontEndPool) bool { return p.Name == store.To.V }
	if i := slices.IndexFunc(t.FrontEndPools, named); i >= 0 {
		return t.FrontEndPools[i]
	}
	return nil // the parser has said so
}

// checkStore looks at where the Central Management store is, and where the failover moves it.
func checkStore(t *topology.Topology, req *Request, r *report.Plan) {
	failed, from, to := failedSite(req), StorePool(t), req.NewStorePool(t)
	needs, block := "Set-CsSite", "failover"
	if req.Hop != nil {
		needs, block = "A change of the next hop", "next_hop"
	}
	if req.Store() == nil {
		// several: that is a finding about the topology
		if from != nil && req.isDown(from) {
			r.Add(report.CMSAtSource, from.CentralManagement.Range,
				"%s holds the Central Management store and is at %s, the site of the failed pool. %s "+
					"needs that store. Have the plan fail it over first, with a block central_management_failover in a "+
					"%s block, or accept this finding with the reason why it is still up.",
				from.Name, from.Site.V, needs, block)
		}
		return
	}
	checkBackEnd(req, r)
	if to == nil {
		return
	}
	place := req.Store().To.Range
	runs := slices.ContainsFunc(to.Servers, func(s *topology.FrontEndServer) bool {
		return dnsname.Same(s.FQDN.V, t.ManagementHost.V)
	})
	switch {
	case from == nil:
		r.Add(report.WrongStorePool, req.Store().Range,
			"No front_end_pool has central_management = true, so it is not known which pool's store is failed over. Set "+
				"it for the pool that held the store before the disaster.")
	case from == to:
		r.Add(report.WrongStorePool, place,
			"%s has central_management = true: it holds the store already. Name the backup pool of the pool that failed.",
			to.Name)
	case failed != "" && to.Site.V == failed:
		r.Add(report.WrongStorePool, place,
			"%s is at %s, the site of the failed pool. Name a pool that runs.", to.Name, failed)
	case !runs:
		r.Add(report.WrongStorePool, place,
			"Invoke-CsManagementServerFailover is run on a server of the pool that takes the store over. The "+
				"management_host, %s, is not among the servers of %s (%s): name a Front End Server of that pool as the "+
				"management_host, and give the pool a block server for each of its servers.",
			t.ManagementHost.V, to.Name, listed(to.Servers))
	}
	if from != nil && from != req.failedHop() && (failed == "" || from.Site.V != failed) {
		why := "site " + from.Site.V + " did not fail"
		if failed != "" {
			why = "it is at " + from.Site.V + ", and " + failed + " is the site of the failed pool"
		}
		r.Add(report.StoreElsewhere, req.Store().Range,
			"The Central Management store is held by %s: %s. The stage uses -Force, which is for a store that is down, and "+
				"is refused as long as the store of %s answers. If it answers, remove the block.",
			from.Name, why, from.Name)
	}
}

// checkBackEnd checks the names of the back end that go into the command.
func checkBackEnd(req *Request, r *report.Plan) {
	store := req.Store()
	for _, name := range []topology.Value[string]{store.SQLServer, store.MirrorServer} {
		if why := dnsname.WrongHost(name.V); name.Set && why != "" {
			r.Add(report.BadName, name.Range, "%q is not a host name: %s. Give the FQDN of the SQL Server as Topology "+
				"Builder shows it; the instance has an argument of its own.", report.Shorten(name.V), why)
		}
	}
	if store.MirrorInstance.Set && !store.MirrorServer.Set {
		r.Add(report.Malformed, store.MirrorInstance.Range,
			"There is an instance of the mirror and no server: add mirror_sql_server, or remove this line.")
	}
	if store.MirrorServer.Set && dnsname.Same(store.MirrorServer.V, store.SQLServer.V) &&
		strings.EqualFold(store.MirrorInstance.V, store.SQLInstance.V) {
		r.Add(report.Malformed, store.MirrorServer.Range,
			"%s is the back end itself. A mirror is another instance; remove this line if the pool has none.",
			store.MirrorServer.V)
	}
}

// listed names servers, or says that there are none.
func listed(servers []*topology.FrontEndServer) string {
	var names []string
	for _, s := range servers {
		names = append(names, s.FQDN.V)
	}
	if len(names) == 0 {
		return "none is named"
	}
	return strings.Join(names, ", ")
}
