package loud

import (
	"os"
	"path/filepath"
	"testing"
)

// modules names the folder node_modules with what tests take from npm.
const modules = "EDGEPLAN_NPM"

// NoModules is what a test says that lacks a module.
const NoModules = "npm install what .ci/run fetches; " + modules + "=FOLDER/node_modules has it used"

// Module is a file of a package of npm, below the folder that EDGEPLAN_NPM names; it gives false where that is not set.
// A file that is not there fails the test.
func Module(t testing.TB, name string) (file string, ok bool) {
	t.Helper()
	dir := os.Getenv(modules)
	if dir == "" {
		return "", false
	}
	file = filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(file); err != nil {
		t.Fatal(err)
	}
	return file, true
}
