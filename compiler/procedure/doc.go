// Package procedure has one file for each procedure: which stages it has, what each step reads,
// what that has to be or become, and which page says so. A plan has what the spec asks for, its
// head; the stages are made of that here, and nowhere else.
package procedure
