// Package cmdlet is the versioned table of the Lync and Skype for Business
// cmdlets: which parameters each has, in which parameter sets, in which product.
//
// A [Call] is the only way a Cs cmdlet gets into a plan. [New] refuses a cmdlet or
// a parameter that the product does not have, and parameters that no one parameter
// set holds together, so that a binding error on a server at night is a compile
// error at the desk instead. The package knows nothing of PowerShell text: quoting
// and printing are the emitter's.
//
// The facts in table.csv come from the cmdlet reference of each product. That of Subscription Edition
// does not exist: no page of the reference is tagged with it. It goes on from the code of Skype for
// Business Server 2019, so it has the rows of that, but for those about XMPP, which was removed. The rows
// of product [LiteralProcedure] are not documented there: they stand for a server
// whose Set-CsSite is as the procedure page prints it.
package cmdlet
