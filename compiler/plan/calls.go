package plan

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
)

// Ours is the source of a step that is on no page of Microsoft's: edgeplan adds it.
var Ours = Source{Procedure: OwnPractice}

// FailOverStep is a step of the page about failing over.
func FailOverStep(step string) Source { return Source{Procedure: FailOverPage, Step: step} }

// FailBackStep is a step of the page about failing back.
func FailBackStep(step string) Source { return Source{Procedure: FailBackPage, Step: step} }

// BackupCall is a file that stage Preflight writes beside the script.
type BackupCall struct {
	ID, Says, File string
	Call           cmdlet.Call
	Export         bool // what the call gives is exported; else it writes the file itself
}

// BackupCalls are all of them.
func BackupCalls() []BackupCall {
	const file = "config.zip"
	return []BackupCall{
		{"backup-configuration", "backup exists beside this script", file, cmdlet.Call{Name: "Export-CsConfiguration", Params: []cmdlet.Param{cmdlet.Arg("FileName", file)}}, false},
		{"backup-sites", "site list exists beside this script", "sites.xml", cmdlet.Call{Name: "Get-CsSite"}, true},
	}
}

// Replicas are the computers that the new route has to reach.
func Replicas(plan *Plan) []string { return append(slices.Clone(plan.To.Servers), plan.ManagementHost) }

// The cmdlets that read whether a replica is up to date, and push the configuration to it.
const (
	ReplicaRead = "Get-CsManagementStoreReplicationStatus"
	ReplicaPush = "Invoke-CsManagementStoreReplication"
)

// RouteCall sets the route of a site in one of the two forms; one to nothing clears it.
func RouteCall(site string, form RouteForm) cmdlet.Call {
	value := form.To
	if form.Parameter == "XmppFederationRoute" && value != "" {
		value = "EdgeServer:" + value
	}
	return cmdlet.Call{Name: "Set-CsSite", Params: []cmdlet.Param{cmdlet.Arg("Identity", site), cmdlet.Arg(form.Parameter, value)}}
}

// XMPPPort is the port of XMPP federation, TCP; RFC 6120 and step 5 of the procedure.
const XMPPPort = 5269

// XMPPService stands in calls for the name of the XMPP proxy on an Edge Server, which no
// page has: the script finds the service by its display name.
const XMPPService = "SERVICE"
