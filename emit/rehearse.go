package emit

import (
	"fmt"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// Rehearsal makes the kit with which the scripts of a plan are rehearsed, sorted by
// name: the scripts themselves, byte for byte as in the package, the simulation, and
// SHA256SUMS. The plan has to come from [compiler.Compile].
func Rehearsal(plan *compiler.Plan) ([]Artifact, error) {
	var scripts []rehearsal.File
	for _, file := range []struct {
		name string
		make func(*compiler.Plan) ([]byte, error)
	}{{"failover.ps1", powershell.Failover}, {"rollback.ps1", powershell.Rollback}} {
		data, err := file.make(plan)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.name, err)
		}
		scripts = append(scripts, rehearsal.File{Name: file.name, Data: data})
	}
	files, err := rehearsal.Kit(plan, plan.Product, scripts)
	if err != nil {
		return nil, err
	}
	var all []Artifact
	for _, file := range append(files, scripts...) {
		all = append(all, Artifact(file))
	}
	sortByName(all)
	all = append(all, Artifact{SumsName, Sums(all)})
	sortByName(all)
	return all, nil
}
