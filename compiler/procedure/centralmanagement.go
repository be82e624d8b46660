package procedure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// centralManagement puts stage CentralManagement before all others, where the Central Management store
// went down with the failed site: the part of the page "Failing over a pool" that is about the store.
// It works on the stages of any procedure: what these do on the management host needs the store.
func (b *builder) centralManagement() {
	store := b.plan.StoreFailover
	if store == nil {
		return
	}
	s := &storeFailover{b, b.plan, store, b.freeNumber(), b.freeNumber()}
	needs := s.model()
	for i := range b.forward.stages {
		s.wait(&b.forward.stages[i], needs)
	}
	b.forward.stages = slices.Insert(b.forward.stages, 0, s.stage())
	s.texts()
}

// storeFailover is the failover of the store of a plan.
type storeFailover struct {
	*builder
	plan  *plan.Plan
	store *plan.StoreFailover
	// backup and mirror are the numbers of facts that no other stage has.
	backup, mirror string
}

// storeVar is the variable of the model that says which pool holds the store.
const storeVar = "central-management/store"

// model adds where the store is, and returns what is so once it was failed over. No rollback moves it
// back.
func (s *storeFailover) model() plan.Cond {
	m := &s.plan.Model
	m.First[storeVar] = s.store.From
	if m.Stays == nil {
		m.Stays = map[string]bool{}
	}
	m.Stays[storeVar] = true
	there := plan.Cond{Var: storeVar, Value: s.store.To, Else: "the Central Management %s is not at " + s.store.To}
	m.Aim = append(m.Aim, there)
	return there
}

// wait has a stage of the change wait for the store: its first part on the management host needs the
// stage where it needed nothing, and what is changed from there needs the store.
func (s *storeFailover) wait(stage *plan.Stage, there plan.Cond) {
	for i := range stage.Parts {
		part := &stage.Parts[i]
		if !slices.Contains(part.Hosts, s.plan.ManagementHost) {
			continue
		}
		if len(part.Needs) == 0 {
			part.Needs, part.Seen = []string{plan.CentralManagement}, plan.SeenInState
		}
		for _, step := range part.Steps {
			// What a person confirms is not written to the store.
			if step.Effect.Var != "" && !step.Attest {
				step.Effect.Wants = append(slices.Clone(step.Effect.Wants), there)
			}
		}
	}
}

// page is a step of the page about the store.
func (s *storeFailover) page(step string) plan.Source {
	return plan.Source{Procedure: plan.PoolPage, Step: step}
}

// stage is the one part: status, backup relationship, mirror state, the failover, and status again.
func (s *storeFailover) stage() plan.Stage {
	p := s.plan
	part := plan.Part{Hosts: []string{p.ManagementHost}, Product: p.Product, Does: fmt.Sprintf("Fails the Central "+
		"Management store over to %s and waits for it.", s.store.To)}
	part.Steps = append(s.facts(), s.failOver())
	for _, replica := range slices.SortedFunc(slices.Values(plan.Replicas(p)), strings.Compare) {
		part.Steps = append(part.Steps, s.replica(replica))
	}
	return plan.Stage{Name: plan.CentralManagement, Parts: []plan.Part{part}, IfFails: s.ifFails()}
}

// status reads which computers run the store. Get-CsPool, which knows those of a pool, needs the store
// itself, so the servers are given.
func (s *storeFailover) status() *cmdlet.Call {
	return s.function(s.plan.Product, "Get-StoreStatus", cmdlet.Arg("Of", s.store.To),
		cmdlet.Arg("Computers", strings.Join(s.store.Servers, ",")))
}

// facts are what is read before. The numbers P01 and P02 are those of stage Preflight, where the same
// two values are compared.
func (s *storeFailover) facts() plan.Steps {
	fact := func(id, says, page string) *plan.Step {
		return step(id, says, plan.Safe, s.store.Origin, s.page(page))
	}
	// "If they are empty, the Central Management Server is not available and you must fail it over." Another
	// pool that has them runs the store: -Force would lose what it has not replicated.
	out := plan.Steps{
		compares(fact("P01", "store master", "3"), s.status(), "ActiveMasterFqdn", plan.Only, s.store.To),
		compares(fact("P02", "store agents", "3"), s.status(), "ActiveFileTransferAgents", plan.Only, s.store.To),
		// With the store down the page's command cannot read it: the reference has -LocalStore for that.
		compares(fact(s.backup, "backup pool of "+s.store.From, "2"),
			s.function(s.plan.Product, "Get-BackupPool", cmdlet.Arg("Of", s.store.From)), "", plan.Has, s.store.To)}
	if !s.mirrors() {
		return out
	}
	// The state where there is no mirror is on the page of the cmdlet; the page of the procedure names the
	// commands by which of the two back ends is the principal.
	want := "DatabaseInaccessibleOrMirroringNotEnabled"
	if s.store.MirrorServer != "" {
		want = "Principal"
	}
	read := s.call(s.plan.Product, "Get-CsDatabaseMirrorState", cmdlet.Arg("PoolFqdn", s.store.To),
		cmdlet.Arg("DatabaseType", "CentralMgmt"), cmdlet.Switch("LocalStore"))
	return append(out, compares(fact(s.mirror, "back end of "+s.store.To, "5"), read, "StateOnPrimary", plan.Is,
		want))
}

// mirrors tells whether the product has mirrored back ends: the reference of later ones lacks the cmdlet.
func (s *storeFailover) mirrors() bool {
	return cmdlet.Has(s.plan.Product, "Get-CsDatabaseMirrorState", "PoolFqdn")
}

// failOver is the step that moves the store.
func (s *storeFailover) failOver() *plan.Step {
	out := step("central-management/failover", "Central Management store", plan.Destructive, s.store.Origin, s.page("5"))
	out.Read, out.Property = s.status(), "ActiveMasterFqdn,ActiveFileTransferAgents"
	params := []cmdlet.Param{cmdlet.Arg("BackupSqlServerFqdn", s.store.SQLServer)}
	// The page has -MirrorSQLServerFqdn and -MirrorSQLInstanceName here, which no reference knows.
	for _, p := range []cmdlet.Param{cmdlet.Arg("BackupSqlInstanceName", s.store.SQLInstance),
		cmdlet.Arg("BackupMirrorSqlServerFqdn", s.store.MirrorServer),
		cmdlet.Arg("BackupMirrorSqlInstanceName", s.store.MirrorInstance)} {
		if p.Value != "" {
			params = append(params, p)
		}
	}
	// The page leaves -Force out; the reference requires it with these parameters.
	params = append(params, cmdlet.Switch("Force"))
	acts(out, plan.Act{To: []string{s.store.To}, Rehearse: true, IfNot: "; services of the new pool started?",
		Set: s.call(s.plan.Product, "Invoke-CsManagementServerFailover", params...)},
		"fails the Central Management store over to "+s.store.To+", after a run with -WhatIf",
		"ActiveMasterFqdn and ActiveFileTransferAgents are those of "+s.store.To)
	out.NoUndo = fmt.Sprintf("The store stays at %s: Microsoft's page about the failover of the store says that it need "+
		"not be failed back. What %s had not replicated when it failed is lost; Microsoft's aim is at most 5 min.",
		s.store.To, s.store.From)
	out.Effect = plan.Effect{Var: storeVar, Value: s.store.To, From: []string{s.store.From}}
	return out
}

// replica waits until a computer has the configuration of the store where it is now.
func (s *storeFailover) replica(name string) *plan.Step {
	out := step("central-management/replica/"+name, name+" is up to date", plan.Safe, s.store.Origin, s.page("5"))
	out.Property = "UpToDate"
	out.Read = s.call(s.plan.Product, "Get-CsManagementStoreReplicationStatus", cmdlet.Arg("ReplicaFqdn", name))
	// The first run pushes in any case: True may be that of before the failover.
	acts(out, plan.Act{To: []string{"True"}, FirstRun: true, IfNot: pushed(s.plan, name, " from the new pool"),
		Set: s.call(s.plan.Product, "Invoke-CsManagementStoreReplication", cmdlet.Arg("ReplicaFqdn", name))},
		"pushes the configuration to "+name, "UpToDate is True for "+name)
	return out
}

// texts are the sentences about the stage.
func (s *storeFailover) texts() {
	t := &s.plan.Texts
	t.Order = append(t.Order, fmt.Sprintf("Before all else stage CentralManagement fails the Central Management store "+
		"over from %s to %s, as nothing can be set or published without it: the steps 1 to 5 of the page %q that are about the "+
		"store. The command has the parameters of the reference: the names -MirrorSQLServerFqdn and "+
		"-MirrorSQLInstanceName of the page do not exist, and -Force, which the page leaves out, is required. The "+
		"rollback leaves the store where it is.", s.store.From, s.store.To, plan.PoolPage))
	t.Unknown = append(t.Unknown,
		"Whether the Central Management store is down, or only cannot be reached from this server, is not known. Make "+
			"sure that no server of "+s.store.From+" runs it: two active stores are worse than none.",
		"What the properties of Get-CsPoolBackupRelationship are called is on no page: fact "+s.backup+" takes the values of "+
			"all. "+
			"The page has another value for -DatabaseType than the reference of Lync Server 2013 (CentralMgmt, CMS): the "+
			"script uses that of the page.",
		"Users of "+s.store.From+" are not failed over: Invoke-CsPoolFailover is a change of its own, and comes after "+
			"the store.")
	if !s.mirrors() {
		t.Unknown = append(t.Unknown, fmt.Sprintf("The reference of %s has no Get-CsDatabaseMirrorState, so the script "+
			"does not read which back end is the principal.", s.plan.Product.Name()))
	}
}

// ifFails says what to do if the stage fails.
func (s *storeFailover) ifFails() plan.Advice {
	out := []string{
		"Exit code 3, FAIL P01 or P02: another pool has the store, and it is not failed over by force. If that pool is " +
			"down all the same, go on with -Waive P01,P02; it goes into the evidence log. If it runs, remove the block " +
			"central_management_failover and make a new plan.",
		"FAIL " + s.backup + ": " + s.store.To + " is not the backup pool of " + s.store.From + ". Name the backup pool, and make a new " +
			"plan.",
		"Exit code 2: the command failed, or the store or a server was not there in time. Run the stage again: a store " +
			"that is there is left alone. Nothing else was changed.",
	}
	if s.mirrors() {
		fact := "FAIL " + s.mirror + ": the pool has a mirror. Give it as mirror_sql_server and make a new plan."
		if s.store.MirrorServer != "" {
			fact = "FAIL " + s.mirror + ": the primary back end is not the principal. Make it that " +
				"(Invoke-CsDatabaseFailover), or give the mirror as sql_server and make a new plan."
		}
		out = slices.Insert(out, 2, fact)
	}
	return plan.Advice{Says: out}
}
