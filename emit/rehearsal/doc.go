// Package rehearsal makes a kit with which the scripts of a plan are run, unchanged,
// in any PowerShell: a simulated deployment and a script that walks the run sheet.
//
// LyncSim.psm1 is the simulation, the same in every kit. Cmdlets.PRODUCT.psm1 has the
// cmdlets with the parameters of one product, made from the table of package cmdlet,
// so that a parameter which the product lacks is the binding error that it would be on
// the server. Cmdlets.DnsServer.psm1 and Cmdlets.dnscmd.psm1 have those of Windows DNS
// servers. rehearsal.json is the deployment of the spec and the run sheet.
// rehearse.ps1 walks it. The scenario tests run the same files.
package rehearsal
