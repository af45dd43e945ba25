package expression

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser/lexer"
)

// habitWord returns what to write instead of a word from Python or SQL that
// this language does not have; "" where it knows of none.
func habitWord(word string) string {
	switch word {
	case "AND", "And":
		return "write and"
	case "OR", "Or":
		return "write or"
	case "NOT", "Not":
		return "write not"
	case "IN", "In":
		return "write in"
	case "is", "IS", "Is":
		return "write x == nil or x != nil to ask whether x is missing"
	case "isnull", "ISNULL", "notnull":
		return "write x == nil or x != nil to ask whether x is missing"
	case "between", "BETWEEN", "Between":
		return "write x >= a and x <= b, or a <= x <= b"
	case "like", "LIKE", "ilike", "ILIKE":
		return `write contains, startsWith, or matches "pattern"`
	case "None", "NULL", "null", "Null", "Nil", "NIL", "undefined", "NaN", "nan", "NAN":
		return "write nil"
	case "True", "TRUE":
		return "write true"
	case "False", "FALSE":
		return "write false"
	case "elif":
		return "write c1 ? a : c2 ? b : c"
	case "for":
		return "write filter(list, condition) or map(list, expression), with .field for a field of an item"
	case "lambda":
		return "write the condition itself: any(list, .field > 1)"
	case "xor", "XOR":
		return "write a != b"
	case "CASE", "WHEN", "THEN", "ELSE":
		return "write condition ? a : b"
	}
	return ""
}

// explainSyntax words a parser's message, and moves its place where another
// token is to blame.
func explainSyntax(message string, at file.Location, tokens []lexer.Token) (text, suggestion string, where *file.Location) {
	i := tokenAt(tokens, at)
	if strings.HasSuffix(message, "EOF") {
		i = len(tokens) - 1 // its place is that of the last character
	}
	switch {
	case strings.Contains(message, "maximum allowed nodes"):
		return fmt.Sprintf("the expression has more than %d parts", maxNodes), "move parts of it into define:", nil
	case strings.Contains(message, "coalesce expressions"):
		return "?? next to another operator", "put a ?? b in parentheses", nil
	case strings.HasPrefix(message, "unrecognized character: U+007E"):
		return "unexpected ~", "write not", nil
	case message == "literal not terminated":
		return "a quote is not closed", "", nil
	case i < 0:
		return message, "", nil
	}
	// A stray word makes the parser stumble at the word or just behind it.
	for _, j := range []int{i, i - 1} {
		if j >= 0 && tokens[j].Kind == lexer.Identifier {
			if help := habitWord(tokens[j].Value); help != "" {
				return "unexpected " + tokens[j].Value, help, &tokens[j].Location
			}
		}
	}
	if i > 0 && tokens[i].Kind == lexer.Identifier && tokens[i-1].Kind == lexer.Number {
		return "unexpected " + tokens[i].Value, "a number stands without its unit: skysift fields says which a field has; angles are degrees, 3 arcsec are 3/3600", nil
	}
	if help := habitOperator(tokens, i); help != "" {
		return "unexpected " + tokens[i].Value, help, nil
	}
	if tokens[i].Kind == lexer.EOF {
		return "the expression ends too early", unclosed(tokens), nil
	}
	if tokens[i].Value != "" && strings.HasPrefix(message, "unexpected token") {
		return "unexpected " + tokens[i].Value, habitNeighbour(tokens, i), nil
	}
	return message, "", nil
}

func habitOperator(tokens []lexer.Token, i int) string {
	value, before := tokens[i].Value, ""
	if i > 0 {
		before = tokens[i-1].Value
	}
	switch {
	case tokens[i].Kind == lexer.Operator && value == "=" && (before == "==" || before == "!="):
		return "write == or !="
	case tokens[i].Is(lexer.Operator, "="):
		return "write == to compare"
	case tokens[i].Is(lexer.Operator, "&"):
		return "write and"
	case tokens[i].Is(lexer.Operator, ">") && before == "<":
		return "write !="
	case value == "if" && i > 0: // Python's: a if condition else b
		return "write condition ? a : b"
	case tokens[i].Is(lexer.Operator, "!"):
		return "write not, or != to compare"
	case tokens[i].Is(lexer.Operator, "."):
		return ".field is written inside any(…), map(…), filter(…) and their like"
	case tokens[i].Is(lexer.Operator, "#"):
		return "# is written inside any(…), map(…), filter(…) and their like"
	}
	return ""
}

// habitNeighbour helps where the parser stumbled behind the cause: after
// "a | b" it misses a call.
func habitNeighbour(tokens []lexer.Token, i int) string {
	for j := max(0, i-2); j < i; j++ {
		if tokens[j].Is(lexer.Operator, "|") {
			return "write or"
		}
	}
	return ""
}

func unclosed(tokens []lexer.Token) string {
	depth := 0
	for _, token := range tokens {
		switch {
		case token.Is(lexer.Bracket, "(", "[", "{"):
			depth++
		case token.Is(lexer.Bracket):
			depth--
		}
	}
	if depth > 0 {
		return "a bracket is not closed"
	}
	return ""
}

func tokenAt(tokens []lexer.Token, at file.Location) int {
	for i, token := range tokens {
		if token.Location == at {
			return i
		}
	}
	return -1
}
