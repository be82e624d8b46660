package words

// KitSuffix ends the name of the folder of a rehearsal kit, which is beside that of the package.
const KitSuffix = ".rehearsal"

// Names of the report of a rehearsal, in the folder of its kit: its text, and the page that follows from it.
const (
	ReportName     = "report.json"
	ReportPageName = "report.html"
)

// ReportPage is where the page of the report of a plan is, below the folder in which its package is.
func ReportPage(plan string) string { return plan + KitSuffix + "/" + ReportPageName }
