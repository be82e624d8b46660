// Package pattern has regular expressions that are compiled when they are used first. A command needs few of
// those that the program has, and compiling all of them was a third of the time in which it starts.
package pattern

import (
	"regexp"
	"sync"
)

// all are those that were made.
var all []*Regexp

// Regexp is a [regexp.Regexp] by its expression. It may be used by several goroutines at once.
type Regexp struct {
	expr string
	once sync.Once
	re   *regexp.Regexp
}

// New is the regular expression of that text, for a variable of a package. A wrong one panics when it is used first,
// and [Check] finds it.
func New(expr string) *Regexp {
	r := &Regexp{expr: expr}
	all = append(all, r)
	return r
}

// Check compiles those of all packages that the program has, and returns how many they are, and what is wrong with the
// first that is none.
func Check() (int, error) {
	for _, r := range all {
		if _, err := regexp.Compile(r.expr); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

func (r *Regexp) get() *regexp.Regexp {
	r.once.Do(func() { r.re = regexp.MustCompile(r.expr) })
	return r.re
}

// The methods are those of [regexp.Regexp].

func (r *Regexp) MatchString(s string) bool                  { return r.get().MatchString(s) }
func (r *Regexp) FindString(s string) string                 { return r.get().FindString(s) }
func (r *Regexp) FindStringSubmatch(s string) []string       { return r.get().FindStringSubmatch(s) }
func (r *Regexp) FindAllString(s string, n int) []string     { return r.get().FindAllString(s, n) }
func (r *Regexp) FindAllStringIndex(s string, n int) [][]int { return r.get().FindAllStringIndex(s, n) }
func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.get().FindAllStringSubmatch(s, n)
}
func (r *Regexp) ReplaceAllString(s, to string) string { return r.get().ReplaceAllString(s, to) }
func (r *Regexp) ReplaceAllStringFunc(s string, to func(string) string) string {
	return r.get().ReplaceAllStringFunc(s, to)
}
