package cmdlet

import "slices"

// Product is a server product, spelled as in the edgeplan language.
type Product string

// The products of the language, and the one that exists only in the procedure page.
const (
	LyncServer2013 Product = "lync-server-2013"
	SfBServer2015  Product = "sfb-server-2015"
	SfBServer2019  Product = "sfb-server-2019"
	SfBServerSE    Product = "sfb-server-se"

	// LiteralProcedure is a server whose Set-CsSite has -XmppExternalFederationRoute,
	// the name that "Failing over the Edge pool used for XMPP federation" prints and
	// that no cmdlet reference knows.
	LiteralProcedure Product = "literal-procedure"
)

// facts are what edgeplan knows of a product besides its cmdlets.
type facts struct {
	product     Product
	name, brand string
	module      string // with its cmdlets
	xmpp        bool
	supportEnds string   // the last day of extended support; empty where there is none yet
	systems     []string // on which Microsoft supports it; empty where that is not known
}

// products are all of them, oldest first: a new product is a row here, its column in table.csv, and
// its word in parser/topology.
var products = []facts{
	{LyncServer2013, "Lync Server 2013", "Lync", "Lync", true, "2023-04-11",
		[]string{"windows-server-2008-r2", "windows-server-2012", "windows-server-2012-r2"}},
	{SfBServer2015, "Skype for Business Server 2015", "Skype for Business", "SkypeForBusiness", true, "2025-10-14",
		[]string{"windows-server-2008-r2", "windows-server-2012", "windows-server-2012-r2", "windows-server-2016",
			"windows-server-2019"}},
	{SfBServer2019, "Skype for Business Server 2019", "Skype for Business", "SkypeForBusiness", false,
		"2025-10-14", nil},
	{SfBServerSE, "Skype for Business Server Subscription Edition", "Skype for Business", "SkypeForBusiness", false,
		"", nil},
}

// Products lists the products that a spec can name, oldest first.
func Products() []Product {
	var out []Product
	for _, f := range products {
		out = append(out, f.product)
	}
	return out
}

// facts of a product; of one that the language does not have, its name alone.
func (p Product) facts() facts {
	i := slices.IndexFunc(products, func(f facts) bool { return f.product == p })
	// LiteralProcedure, mostly: a server on which the kit rehearses the page as it is printed.
	if i < 0 {
		return facts{product: p, name: string(p), brand: "Lync", module: "SkypeForBusiness", xmpp: true}
	}
	return products[i]
}

// Name is the name of the product as people write it.
func (p Product) Name() string { return p.facts().name }

// Brand is what its services are called by: Lync, or Skype for Business.
func (p Product) Brand() string { return p.facts().brand }

// Module is the PowerShell module that has its cmdlets.
func (p Product) Module() string { return p.facts().module }

// HasXMPP tells whether Edge Servers of the product can have XMPP federation, which
// Microsoft removed after Skype for Business Server 2015.
func (p Product) HasXMPP() bool { return p.facts().xmpp }

// SupportEnds is the last day of extended support, as YYYY-MM-DD; empty where it has not been said.
func (p Product) SupportEnds() string { return p.facts().supportEnds }

// Systems are the Windows systems on which Microsoft supports the product, by the words of the
// language; none where that is not known.
func (p Product) Systems() []string { return slices.Clone(p.facts().systems) }
