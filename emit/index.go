package emit

import (
	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/matrix"
)

// Names of what the folder of a matrix has beside SHA256SUMS and .gitattributes.
const (
	MatrixName = "matrix.json"
	IndexName  = "matrix.md"
)

// Index makes every artifact of a matrix but SHA256SUMS, sorted by name. matrix.json is enough for
// them.
func Index(m *plan.Matrix) ([]Artifact, error) {
	text, err := plan.EncodeMatrix(m)
	if err != nil {
		return nil, err
	}
	all := []Artifact{
		{MatrixName, hunk.TextOf(text)},
		{IndexName, hunk.TextOf([]byte(matrix.Markdown(m)))},
		{AttributesName, hunk.TextOf([]byte(Attributes))},
	}
	sortByName(all)
	return all, nil
}

// WithSums adds SHA256SUMS to artifacts, which has all of them but itself.
func WithSums(all []Artifact) []Artifact { return withSums(all, nil) }

// withSums is WithSums where the sums of some files are known, by their names.
func withSums(all []Artifact, known map[string]string) []Artifact {
	all = append(all, Artifact{SumsName, sumsOf(all, known)})
	sortByName(all)
	return all
}
