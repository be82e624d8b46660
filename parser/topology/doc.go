// Package topology is the deployment that a spec describes: sites, Edge pools and their
// servers, Front End pools, SIP domains and zones of public DNS, each value with its place.
//
// It says nothing of what makes sense; that is for the rules of package compiler.
package topology
