package config

import "github.com/goccy/go-yaml/token"

// maxNesting is how deep a file may be nested; docket's own keys are within ten. The YAML
// parser takes time by the square of it, so it is looked at before.
const maxNesting = 64

// tooDeep returns the first token that is nested too deep, nil where none is. A line's
// first column stands for its depth in block style: a level takes a column at least.
func tooDeep(tokens token.Tokens) *token.Token {
	const perLevel = 8 // Columns that a level may take on the average.
	flow, dashes, line := 0, 0, 0
	for _, t := range tokens {
		first := t.Position.Line != line
		line = t.Position.Line
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType:
			if dashes++; first {
				dashes = 1
			}
		default:
			dashes = 0
		}
		block := t.Type != token.CommentType && flow == 0 && first && t.Position.Column > maxNesting*perLevel
		if flow > maxNesting || dashes > maxNesting || block {
			return t
		}
	}
	return nil
}
