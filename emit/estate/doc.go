// Package estate says what is drawn of a deployment before and after a plan: partners, DNS records, Edge pools, routes
// of sites and what changes inside, as boxes with lines and arrows between them.
//
// A plan in, two pictures out; package page draws them as SVG, [Mermaid] and [DOT] as text that other programs
// draw. Of long lists there are the first, and how many more there are. Names are as in the plan until they are
// printed. It decides nothing and reads no files.
package estate
