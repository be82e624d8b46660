// Package sample makes up what a rehearsal leaves, for tests of what reads it. Only tests import this package.
package sample

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/edgeplan/edgeplan/emit/evidence"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
	"github.com/edgeplan/edgeplan/emit/rehearsed"
)

// Tried fills in what a rehearsal of that walk leaves which passes. No person may have to click in it. Times are of a clock that goes on by a second.
func Tried(walk rehearsal.Run, run rehearsed.Run) rehearsed.Run {
	w := &writer{walk: walk, logs: map[string]*rehearsed.Log{}}
	run.Exits, run.Walk, run.Logs = []int{0}, []rehearsed.Note{}, []rehearsed.Log{}
	note := func(n rehearsed.Note) {
		n.Met = []string{}
		run.Walk = append(run.Walk, n)
	}
	end := rehearsed.Note{Kind: "end", Works: true, Restores: true}
	for i, visits := range [][]rehearsal.Visit{walk.Forth, walk.Back} {
		way := []string{"forth", "back"}[i]
		for _, v := range visits {
			one := rehearsed.Note{Kind: "run", Way: way, Script: v.Script, Stage: v.Stage, Host: v.Host, Same: true}
			switch {
			case v.Script == "":
			case run.Try == rehearsed.Order:
				one.Kind, one.Code = "first", 3
				note(one)
				continue
			default:
				if run.Try == rehearsed.Crash && w.ticks == 0 {
					w.say(v, "START", "", start) // and goes down
				}
				w.stage(v)
				one.Changes = 1
				note(one)
				if run.Try == rehearsed.Twice {
					w.stage(v)
					one.Kind, one.Changes = "again", 0
					note(one)
				}
			}
			if run.Try != rehearsed.Order {
				note(rehearsed.Note{Kind: "done", Way: way})
			}
		}
	}
	switch run.Try {
	case rehearsed.Crash:
		run.Exits = []int{-1, 0}
	case rehearsed.Fails, rehearsed.Records:
		end.Failed = 1
	}
	note(end)
	if run.Fault != "" {
		run.Walk[len(run.Walk)-1].Met = []string{run.Fault}
	}
	for _, name := range w.names {
		run.Logs = append(run.Logs, *w.logs[name])
	}
	return run
}

// start is what a script of a kit says of itself.
const start = "whatif=False powershell=7.4.6 rehearsal=Get-ChangeHost from=Cmdlets.lync-server-2013,LyncSim"

type writer struct {
	walk  rehearsal.Run
	ticks int
	names []string
	logs  map[string]*rehearsed.Log
}

func (w *writer) stage(v rehearsal.Visit) {
	w.say(v, "START", "START", start)
	w.say(v, "COMPLETE", "END", start)
}

func (w *writer) say(v rehearsal.Visit, outcome, step, detail string) {
	w.ticks++
	line, _ := json.Marshal(evidence.Record{
		UTC:  fmt.Sprintf("2026-12-05T%02d:%02d:%02d.0000000Z", w.ticks/3600, w.ticks/60%60, w.ticks%60),
		Plan: w.walk.Plan, Script: strings.TrimSuffix(v.Script, ".ps1"), Stage: v.Stage, Host: v.Host, Who: `CORP\op`,
		Step: step, Outcome: outcome, Detail: detail,
	})
	name := v.Host + "/edgeplan." + v.Host + ".evidence.jsonl"
	if w.logs[name] == nil {
		w.logs[name] = &rehearsed.Log{Name: name}
		w.names = append(w.names, name)
	}
	w.logs[name].Lines = append(w.logs[name].Lines, string(line))
}
