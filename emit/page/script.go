package page

import (
	"fmt"
	"strconv"

	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/words"
)

// place is a step of a part of a stage, or with an empty ID the part.
type place struct {
	part int
	id   string
}

// places are the lines of each, from the first to the last one of a step that has several ways.
func places(marks []powershell.Mark) map[place]powershell.Mark {
	out := map[place]powershell.Mark{}
	for _, mark := range marks {
		at := place{mark.Part, mark.ID}
		if before, ok := out[at]; ok {
			mark.From = before.From
		}
		out[at] = mark
	}
	return out
}

// lines links to those of a step, or where it has none, as of a look at another stage, to those of its part.
func (w *printer) lines(at place) {
	mark, ok := w.marks[at]
	if !ok {
		if mark, ok = w.marks[place{at.part, ""}]; !ok {
			return
		}
	}
	w.put(fmt.Sprintf(` <a class="lines" href="#L%d">lines&#160;%d–%d</a>`, mark.From, mark.From, mark.To))
}

// script is the part of the script that is of this change.
func (w *printer) script(script powershell.Script) {
	own := script.Own()
	linked := map[int]bool{}
	for _, mark := range script.Marks {
		linked[mark.From] = true
	}
	w.begin("script", 2, "The change in "+code(words.ScriptFile(words.Script(w.plan))))
	w.put(fmt.Sprintf("<details class=\"script\"><summary>%d lines, without the fixed runtime</summary>\n<pre class=\"numbered\">", len(own)))
	for i, line := range own {
		id := ""
		if linked[i+1] {
			id = ` id="L` + strconv.Itoa(i+1) + `"`
		}
		w.put("<span" + id + ">" + escape(line) + "\n</span>")
	}
	w.put("</pre></details>\n")
	w.end(2)
}
