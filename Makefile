# Each line can be run by hand as it stands.
GOFLAGS_BUILD = CGO_ENABLED=0 go build -trimpath -buildvcs=false
STATICCHECK   = honnef.co/go/tools/cmd/staticcheck@v0.8.2
ACTIONLINT    = github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
PLATFORMS     = linux/amd64 linux/arm64 windows/amd64 windows/arm64 darwin/amd64 darwin/arm64
FUZZTIME      = 30s
SCENARIOS     = all
# The packages that do something at the same time as something else, and golden, which makes all plans so (TestRace).
RACE          = ./cmd/edgeplan ./compiler ./compiler/cmdlet ./compiler/hunk ./compiler/plan ./compiler/zones ./emit ./emit/powershell/pwsh ./emit/rehearsal ./golden ./internal/loud ./internal/parallel ./internal/pattern ./parser/diag ./parser/memory ./parser/zonefile

.PHONY: help build test race scenarios lint golden fuzz bench check cross dist notice partners crash zones edits bounds growth

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

build: ## build the static binary
	$(GOFLAGS_BUILD) -o dist/edgeplan ./cmd/edgeplan

test: ## run all tests
	go test ./...

race: ## run the packages that work in parallel, without the tests that run other programs, with the race detector
	go test -race -short -timeout 30m $(RACE)

scenarios: ## run every script of 26 specs, and their mutants, in PowerShell; SCENARIOS=1/6 for a sixth, as CI does
	EDGEPLAN_SCENARIOS=$(SCENARIOS) go test -timeout 180m -v -run '^(TestScenarios|TestMutants|TestLooks|TestSession|TestRehearse|TestMatrix)$$' ./emit/rehearsal

lint: ## gofmt, vet, go.mod, staticcheck and actionlint
	test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go vet ./...
	go mod tidy -diff
	go run $(STATICCHECK) ./...
	go run $(ACTIONLINT) -shellcheck= -pyflakes= .github/workflows/ci.yml

golden: ## write all that is made again: goldens, tables and pages of docs, schema, messages; look at the diff before you commit it
	@echo "A test that writes something ends with FAIL: run make golden again, it then says ok."
	@failed=; set -x; \
	go test ./golden -run 'TestGolden$$' -update || failed=1; \
	go test ./docs -run 'TestCodes|TestProcedures|TestArgumentTables' -update || failed=1; \
	go test ./cmd/edgeplan -run 'TestScripts|TestSchema|TestMistakes' -update || failed=1; \
	test -z "$$failed"

fuzz: ## run each fuzz target for FUZZTIME (30s), go on after a failure, end with a table
	.ci/fuzz $(FUZZTIME)

bench: ## measure the editing of large zones beside other tools; fails beyond the gate
	EDGEPLAN_BENCH=all go test -timeout 30m -v -run '^TestBench' ./docs

partners: ## run Prosody, ejabberd and BIND with zones from edgeplan in a namespace, as root
	EDGEPLAN_PARTNERS=all EDGEPLAN_PARTNERS_REQUIRED=1 go test -count 1 -timeout 30m -v -run '^TestPartners$$' ./partners

crash: ## kill 120 builds and 30 rehearses at random points and others at each system call, and run 40 times four at once
	EDGEPLAN_CRASH=all go test -count 1 -timeout 60m -v -run '^(TestKill|TestKillRehearse|TestKillEachCall|TestTogether)$$' ./cmd/edgeplan

zones: ## hold the whole corpus of zones, and 20000 changed records of it, against BIND
	EDGEPLAN_ZONES=all EDGEPLAN_ZONES_MUTANTS=20000 EDGEPLAN_TOOLS_REQUIRED=1 go test -count 1 -timeout 30m -v -run '^TestCorpus' ./parser/zonefile

edits: ## edit every value and key of plan.json of eight packages (verify refuses it or has another ID) and of all goldens (another script)
	EDGEPLAN_EDITS=all go test -count 1 -timeout 120m -v -run '^(TestPlanEdits|TestNothingUnsaid)$$' ./cmd/edgeplan ./golden

bounds: ## measure what each class of input of 256 KiB to 1 MiB allocates; fails where that grows faster than the input
	EDGEPLAN_BOUNDS=all go test -count 1 -timeout 60m -v -run '^TestBounds$$' ./parser

growth: ## count what each command executes for inputs that double up to 64,000 SIP domains; fails where that more than doubles
	EDGEPLAN_GROWTH=all go test -count 1 -timeout 60m -v -run '^TestGrowth$$' ./docs

cross: ## build for every platform
	set -e; for p in $(PLATFORMS); do GOOS=$${p%/*} GOARCH=$${p#*/} $(GOFLAGS_BUILD) -o /dev/null ./cmd/edgeplan; echo "built $$p"; done

check: lint race scenarios cross ## all that CI checks

notice: ## write NOTICE, the licences of the modules, again
	go run ./release notice $(PLATFORMS)

dist: ## make the archives for every platform twice and compare
	go run ./release archives dist $(PLATFORMS)
	go run ./release rebuild dist/again $(PLATFORMS)
	cmp dist/SHA256SUMS dist/again/SHA256SUMS
