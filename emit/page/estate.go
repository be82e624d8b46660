package page

import (
	"github.com/edgeplan/edgeplan/emit/estate"
	"github.com/edgeplan/edgeplan/emit/words"
)

// estate draws sites, pools, servers, routes, partners and DNS before and after the plan beside each other.
func (w *printer) estate() {
	d := &drawing{}
	sides := estate.Of(w.plan)
	const left, gap, row, pad = 10, 174, 11, 5
	width := gap - 2*left - 8
	for i, title := range estate.Titles {
		d.text("h", i*gap+left, 11, width, title)
	}
	// Boxes of the same things are beside each other and of the same height.
	y, middle := 18, []int{}
	for k := range sides[0].Boxes {
		lines := max(len(sides[0].Boxes[k].Lines), len(sides[1].Boxes[k].Lines))
		height := (lines+1)*row + 2*pad
		for i, s := range sides {
			b, x := s.Boxes[k], i*gap+left
			class := "box"
			if b.Used {
				class = "box used"
			}
			d.rect(class, x, y, width, height)
			d.text("b", x+6, y+pad+8, width-10, b.Title)
			for n, line := range b.Lines {
				text, class, in := line.Text, "t", 0
				if line.Moves {
					text, class = estate.Mark+text, "t mv"
				}
				if line.Under {
					in = 9
				}
				d.text(class, x+6+in, y+pad+8+(n+1)*row, width-10-in, text)
			}
		}
		middle = append(middle, y+height/2)
		y += height + 9
	}
	for i, s := range sides {
		for n, a := range s.Arrows {
			x, out := i*gap+left, -4-n%2*3
			if !a.Records {
				x, out = x+width, -out
			}
			d.arrow("arrow", x, middle[a.From], middle[a.To], out)
		}
	}
	w.shown(d, "estate", y-4, words.Own("Before and after this plan; ▸ marks what it changes."), "")
}
