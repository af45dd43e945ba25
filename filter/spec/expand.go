package spec

import (
	"errors"
	"fmt"
	"strings"
)

// maxExpanded bounds what a string may grow to: a short file can name a long
// variable many times.
const maxExpanded = 64 << 10

// variableMistake is a mistake at some bytes of a string. It has no
// variable's value in it.
type variableMistake struct {
	offset, length int
	err            error
	suggestion     string
}

// expand fills in ${NAME} and ${NAME:-default}, whose default counts where the
// variable is unset or empty. $${ stands for ${ itself; every other $ is a
// plain character. What a variable holds is not expanded again.
func expand(s string, env func(string) (string, bool)) (string, []variableMistake) {
	var b strings.Builder
	var mistakes []variableMistake
	for i := 0; i < len(s); {
		rest := s[i:]
		switch {
		case strings.HasPrefix(rest, "$${"):
			b.WriteString("${")
			i += len("$${")
		case strings.HasPrefix(rest, "${"):
			length, value, mistake := variable(rest, env)
			if mistake != nil {
				mistake.offset, mistake.length = i, length
				mistakes = append(mistakes, *mistake)
			}
			b.WriteString(value)
			i += length
		default:
			b.WriteByte(s[i])
			i++
		}
		if b.Len() > maxExpanded {
			return "", append(mistakes, variableMistake{
				length: len(s), err: fmt.Errorf("with its variables filled in, this has over %d KiB", maxExpanded>>10),
			})
		}
	}
	return b.String(), mistakes
}

// variable fills in the ${…} that s begins with, and returns its length in s.
func variable(s string, env func(string) (string, bool)) (int, string, *variableMistake) {
	end := strings.IndexByte(s, '}')
	if end < 0 {
		return len(s), "", &variableMistake{err: errors.New("${ without its }"), suggestion: "write ${NAME}, or $${ for the two characters themselves"}
	}
	length := end + 1
	name, otherwise, hasDefault := strings.Cut(s[len("${"):end], ":-")
	if !isVariable(name) {
		return length, "", &variableMistake{
			err:        fmt.Errorf("%s is no variable's name: letters, digits and _, with no digit first", quoted(name)),
			suggestion: "write ${NAME} or ${NAME:-default}",
		}
	}
	if strings.Contains(otherwise, "${") {
		return length, "", &variableMistake{err: errors.New("a default cannot have a variable in it"), suggestion: "write ${NAME:-default} with plain text as the default"}
	}
	value, set := env(name)
	switch {
	case hasDefault && value == "":
		return length, otherwise, nil
	case !set:
		return length, "", &variableMistake{
			err:        fmt.Errorf("the environment has no variable %s", name),
			suggestion: "set it, or write ${" + name + ":-default}",
		}
	}
	return length, value, nil
}

func isVariable(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
