package parser

// TokensOf is how many names, values and signs a text counts for.
func TokensOf(text string) int { return surveyText([]byte(text)).tokens }

// MaxTokens is how many of them are read in a spec of a number of bytes.
func MaxTokens(size int) int { return maxTokens(size) }
