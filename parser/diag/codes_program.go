package diag

import "github.com/hashicorp/hcl/v2"

// programRules are the codes that the command line says of arguments, files and packages.
// They are what `--diagnostics` prints of them; as text such an error is one line without
// a code.
var programRules = []Rule{
	{
		Code:     "EP1019",
		Severity: hcl.DiagError,
		Program:  true,
		Summary:  "command line not understood",
		Means:    "A command, a flag, the value of a flag or an argument is not one that edgeplan has.",
		Why: "A flag that was ignored could have been the one that limits the plan to a single failover. So " +
			"nothing is done until the whole line is understood.",
		Source: "`edgeplan help COMMAND`.",
		Fix: "Compare the line with the usage that `edgeplan help COMMAND` prints. `edgeplan completion SHELL` " +
			"makes the shell complete commands, flags, their values and the names of plans.",
	},
	{
		Code:     "EP1020",
		Severity: hcl.DiagError,
		Program:  true,
		Summary:  "result cannot be made or written",
		Means: "No finding prevents it, but what was asked for could not be made, or could not be written to its " +
			"folder or to standard output.",
		Why: "A package that is half written must not be run. `build` replaces no file before all new ones are " +
			"on the disk, and SHA256SUMS last, so `edgeplan verify` recognises a package that is not complete.",
		Source: "docs/package.md.",
		Fix: "Check the permissions of the folder and the space on its disk, then run the command again. A " +
			"message that begins with \"internal error\" is a mistake of edgeplan: please report it, with the spec.",
	},
	{
		Code:     "EP1021",
		Severity: hcl.DiagError,
		Program:  true,
		Summary:  "package is not what its plan makes",
		Means: "`verify` has found a file of the package that is missing, that is not part of it, or that is not, " +
			"byte for byte, what its plan.json makes.",
		Why: "The change board approved a plan by its ID. A script or a zone file that does not follow from " +
			"that plan was not approved.",
		Source: "docs/package.md.",
		Fix: "Find out who changed the file and why. `edgeplan build` writes the package again as the spec " +
			"says; `edgeplan diff` shows the difference before.",
	},
	{
		Code:     "EP1022",
		Severity: hcl.DiagError,
		Program:  true,
		Summary:  "not a plan, package or evidence log",
		Means: "The file was read, but it is not what the command works on: a plan.json that edgeplan wrote, a " +
			"package, or an evidence log of its scripts. Or it was edited afterwards.",
		Why: "A report on a plan that was not approved, or on a file that no script wrote, would look like a " +
			"report on the real run.",
		Source: "docs/package.md for plan.json, docs/evidence.md for the logs.",
		Fix:    "Give the file as edgeplan or its script wrote it. The message says where it differs.",
	},
	{
		Code:     "EP1025",
		Severity: hcl.DiagError,
		Program:  true,
		Summary:  "no PowerShell engine",
		Means: "`edgeplan rehearse --run` found no PowerShell on PATH, the one that it found cannot be started or does not say its " +
			"version, or it is older than 5.1.",
		Why:    "The scripts of a kit run in PowerShell. edgeplan has none in it.",
		Source: "docs/rehearsal.md.",
		Fix: "Install PowerShell 7 and put `pwsh` on PATH; on Windows `powershell` will do. Or write the kit without `--run`, copy " +
			"it to a computer that has PowerShell, and run `rehearse.ps1` there.",
	},
	{
		Code:     "EP1026",
		Severity: hcl.DiagError,
		Program:  true,
		Summary:  "rehearsal not held",
		Means: "The PowerShell of `edgeplan rehearse --run` printed nothing for as long as `--timeout` says, ran or printed far longer " +
			"than a rehearsal does, or ended before the rehearsal did. It was ended, and no report was written.",
		Why:    "What was not held to its end says nothing about the scripts, neither good nor bad.",
		Source: "docs/rehearsal.md.",
		Fix: "The message has the last line that was printed. On a busy computer give a longer `--timeout`. Else run `rehearse.ps1` of " +
			"the kit yourself and see where it stops.",
	},
	{
		Code:     "EP3027",
		Severity: hcl.DiagWarning,
		Program:  true,
		Summary:  "output folder needs checking",
		Means: "A folder of the output holds a file that edgeplan leaves there although it is no artifact, an " +
			"edited file was overwritten because of `--force`, or the folder is on a file system without locks.",
		Why: "`edgeplan verify` calls a package damaged as long as a file is in it that is not part of it, " +
			"since an operator could take it for approved. A lost edit, or a package that two builds wrote at once, " +
			"should not go unnoticed.",
		Source: "docs/package.md.",
		Fix:    "The message names the file. Move it out of the package or delete it; put an edit into the spec.",
	},
}
