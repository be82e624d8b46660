//go:build !linux

package main

import "os"

// lease is what other systems do not have.
type lease struct{}

func takeLease(*os.Root, string) (*lease, error) { return nil, nil }

func (*lease) broken() bool { return false }

func (*lease) release() {}
