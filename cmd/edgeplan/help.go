package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// helpCommand is a function because it prints the table that it is in.
func helpCommand() command {
	return command{
		name:    "help",
		args:    "[COMMAND]",
		takes:   []operand{aCommand},
		short:   "print how to use edgeplan or one of its commands",
		exits:   [3]string{"printed", "", "there is no such command"},
		example: "edgeplan help build",
		bind:    func(*pflag.FlagSet) action { return help },
	}
}

func help(p *program, args []string) error {
	switch len(args) {
	case 0:
		fmt.Fprint(p.stdout, overview())
		return nil
	case 1:
		c, err := find(args[0])
		if err != nil {
			return err
		}
		fmt.Fprint(p.stdout, c.help())
		return nil
	}
	return usageError("help takes one command")
}

func overview() string {
	var b strings.Builder
	b.WriteString("edgeplan compiles a description of Edge pools and DNS zones into a reviewed failover.\n\n" +
		"Usage: edgeplan COMMAND [FLAGS] [ARGUMENTS]\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-11s %s\n", c.name, c.short)
	}
	b.WriteString("\nA path may be a pattern with * ? or [ ], which edgeplan expands where the shell does not.\n" +
		"Exit codes: 0 done, 1 the answer is no, 2 could not do it.\n" +
		"Run `edgeplan help COMMAND` for more about a command.\n")
	return b.String()
}

// boolValue is what pflag shows after the name of a flag that is on or off.
const boolValue = "[=true|false]"

// help is what `edgeplan help COMMAND` prints.
func (c command) help() string {
	var b strings.Builder
	usage := strings.TrimSpace("edgeplan " + c.name + " [FLAGS] " + c.args)
	fmt.Fprintf(&b, "edgeplan %s: %s\n\nUsage: %s\n", c.name, c.short, usage)
	if c.about != "" {
		fmt.Fprintf(&b, "\n%s\n", c.about)
	}
	fs, _ := c.flags()
	// As many blanks, since pflag has aligned the columns with it.
	flags := strings.ReplaceAll(fs.FlagUsages(), boolValue, strings.Repeat(" ", len(boolValue)))
	fmt.Fprintf(&b, "\nFlags:\n%s\nExit codes:\n", flags)
	for code, meaning := range c.exits {
		if meaning != "" {
			fmt.Fprintf(&b, "  %d  %s\n", code, meaning)
		}
	}
	fmt.Fprintf(&b, "\nExample:\n  %s\n", c.example)
	return b.String()
}
