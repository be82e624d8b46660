package parser

// TokensOf is how many names, values and signs a text counts for.
func TokensOf(text string) int { return surveyText([]byte(text)).tokens }

// MaxTokens is how many of them are read in a spec of a number of bytes.
func MaxTokens(size int) int { return maxTokens(size) }

// MaxPlanned is what the number of plans times that of blocks may be in a spec of a number of bytes.
func MaxPlanned(size int) int { return maxPlanned(size) }

// MaxOpen is how many brackets may be open at one place.
const MaxOpen = maxOpen

// MaxBlockTokens is how many of them are read in one block.
const MaxBlockTokens = maxBlockTokens
