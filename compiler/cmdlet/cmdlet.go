package cmdlet

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Param is one named parameter of a call. A switch has no value: Switch is true
// and Value is empty. Where Variable is true, Value is the name of a variable of the script,
// which knows the value only when it runs.
type Param struct {
	Name     string `json:"name"`
	Value    string `json:"value,omitempty"`
	Switch   bool   `json:"switch,omitempty"`
	Variable bool   `json:"variable,omitempty"`
}

// Call is a cmdlet with its parameters in the order in which they are to be
// printed. Its zero value is not a call; [New] makes one.
type Call struct {
	Name   string  `json:"cmdlet"`
	Params []Param `json:"params,omitempty"`
	// ShouldProcess tells whether the cmdlet takes -WhatIf and -Confirm.
	ShouldProcess bool `json:"-"`
}

// Arg is a parameter with a value.
func Arg(name, value string) Param { return Param{Name: name, Value: value} }

// Variable is a parameter with the value that a variable of the script has.
func Variable(name, variable string) Param { return Param{Name: name, Value: variable, Variable: true} }

// Switch is a parameter without a value.
func Switch(name string) Param { return Param{Name: name, Switch: true} }

// New makes a call that the product's own parameter binder would accept. It
// returns an error for a cmdlet or parameter that is not in the table for the
// product (names are matched exactly, never by prefix), for a parameter given
// twice, for a value given to a switch or none to a value, and when no parameter
// set has all of the parameters.
func New(product Product, name string, params ...Param) (Call, error) {
	rows := rowsOf(name)
	// The sets of all products: rows that a product lacks are refused by name below.
	sets := map[string]bool{}
	for _, row := range rows {
		for _, set := range row.sets {
			sets[set] = true
		}
	}
	call := Call{Name: name, Params: params, ShouldProcess: has(rows, product, "WhatIf")}
	seen := map[string]bool{}
	for _, param := range params {
		row, ok := find(rows, product, param.Name)
		switch {
		case !ok:
			return Call{}, fmt.Errorf("%s of %s has no parameter -%s", name, product, param.Name)
		case seen[param.Name]:
			return Call{}, fmt.Errorf("%s: parameter -%s is given twice", name, param.Name)
		// The binder would take -Switch:VALUE, but a value of another kind stops it only on the server.
		case param.Switch != (row.kind == "SwitchParameter"):
			return Call{}, fmt.Errorf("%s: parameter -%s is a %s", name, param.Name, row.kind)
		}
		seen[param.Name] = true
		keep(sets, row.sets)
	}
	// After the parameters, so that a cmdlet without any is looked up too.
	if !slices.ContainsFunc(rows, func(r row) bool { return slices.Contains(r.products, product) }) {
		return Call{}, fmt.Errorf("%s has no cmdlet %s", product, name)
	}
	// PowerShell says "Parameter set cannot be resolved" here, with part of the change already made.
	if len(sets) == 0 {
		return Call{}, fmt.Errorf("%s: no parameter set has all of %s", name, names(params))
	}
	return call, nil
}

// Has tells whether the product's cmdlet has the parameter.
func Has(product Product, name, param string) bool { return has(rowsOf(name), product, param) }

// Known tells whether any product has a cmdlet of this name.
func Known(name string) bool { return len(rowsOf(name)) > 0 }

func has(rows []row, product Product, param string) bool {
	_, ok := find(rows, product, param)
	return ok
}

func find(rows []row, product Product, param string) (row, bool) {
	for _, r := range rows {
		if r.param == param && slices.Contains(r.products, product) {
			return r, true
		}
	}
	return row{}, false
}

// keep removes the sets that a parameter does not belong to.
func keep(sets map[string]bool, of []string) {
	// The reference writes "(All)" for a parameter that goes with every set.
	if slices.Contains(of, allSets) {
		return
	}
	for set := range sets {
		if !slices.Contains(of, set) {
			delete(sets, set)
		}
	}
}

func names(params []Param) string {
	var list []string
	for _, p := range params {
		list = append(list, "-"+p.Name)
	}
	return strings.Join(list, ", ")
}

// Parameter is one parameter as the cmdlet reference of a product describes it.
type Parameter struct {
	Name     string
	Type     string   // as the reference has it: String, SwitchParameter, Fqdn, ...
	Sets     []string // parameter sets; nil means all
	Required bool
	Position int // among the arguments without a name, from 1; 0 means that the name is needed
	Aliases  []string
}

// Parameters lists the parameters of a product's cmdlet, sorted by name; none if the
// product does not have it. [LiteralProcedure] has what it does not have rows for from
// Lync Server 2013.
func Parameters(product Product, name string) []Parameter {
	var out []Parameter
	for _, r := range rowsOf(name) {
		if !slices.Contains(r.products, product) {
			continue
		}
		sets := r.sets
		if slices.Contains(sets, allSets) {
			sets = nil
		}
		out = append(out, Parameter{r.param, r.kind, sets, r.required, r.position, r.aliases})
	}
	// The table has rows of it for Set-CsSite alone, as the page differs in nothing else.
	if len(out) == 0 && product == LiteralProcedure {
		return Parameters(LyncServer2013, name)
	}
	slices.SortFunc(out, func(a, b Parameter) int { return strings.Compare(a.Name, b.Name) })
	return out
}

const allSets = "*"

type row struct {
	param    string
	kind     string
	sets     []string
	required bool
	position int
	aliases  []string
	products []Product
}

//go:embed table.csv
var tableCSV string

// known are the rows of cmdlets that were asked for.
var known sync.Map

// rowsOf returns the rows of a cmdlet in table.csv, where they are one below the other; none if no product has it.
// The others are not read, as a plan calls few of all cmdlets.
func rowsOf(name string) []row {
	if rows, ok := known.Load(name); ok {
		return rows.([]row)
	}
	_, block, found := strings.Cut(tableCSV, "\n"+name+",")
	if !found {
		return nil
	}
	end := 0
	for line := range strings.Lines(block) {
		if end > 0 && !strings.HasPrefix(line, name+",") {
			break
		}
		end += len(line)
	}
	records, err := csv.NewReader(strings.NewReader(name + "," + block[:end])).ReadAll()
	if err != nil {
		panic("internal error: table.csv: " + err.Error())
	}
	var rows []row
	for _, r := range records {
		// A name with a comma in it is that of no cmdlet.
		if r[0] != name {
			return nil
		}
		one := row{param: r[1], kind: r[2], sets: strings.Fields(r[3]), required: r[4] == "yes",
			aliases: strings.Fields(r[6])}
		one.position, _ = strconv.Atoi(r[5]) // empty: 0
		for _, p := range strings.Fields(r[7]) {
			one.products = append(one.products, Product(p))
		}
		rows = append(rows, one)
	}
	known.Store(name, rows)
	return rows
}
