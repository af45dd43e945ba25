package filter

import "fmt"

// Class names what a filter finds ("transient"); each class has a topic.
type Class string

// maxClassLength leaves room for the rest of a topic's name (249 at most).
const maxClassLength = 200

// Check returns an error unless the class can be part of a topic's name:
// ASCII letters, digits, '.', '_' and '-', and neither "." nor "..".
func (c Class) Check() error {
	if c == "" {
		return fmt.Errorf("class is empty: say which class its alerts go to, such as class: transient")
	}
	if len(c) > maxClassLength {
		return fmt.Errorf("class has %d characters: a topic's name leaves room for %d", len(c), maxClassLength)
	}
	if c == "." || c == ".." {
		return fmt.Errorf("class %q cannot be a topic's name", string(c))
	}
	for _, r := range string(c) {
		if !legalInTopic(r) {
			return fmt.Errorf("class %q has %q in it: a topic's name takes letters, digits, '.', '_' and '-'", string(c), r)
		}
	}
	return nil
}

func legalInTopic(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-'
}
