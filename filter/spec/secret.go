package spec

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxSecret bounds the file of a secret, in bytes.
const maxSecret = 64 << 10

// Secret is a password or the like. It comes from the environment or from a
// file, and nothing that prints it shows it.
type Secret struct {
	// from is where it comes from, as an error may say it.
	from   string
	reveal func() (string, error)
	mark   mark
}

// SecretOf returns the secret that a variable of the environment holds.
func SecretOf(variable string, env func(string) (string, bool)) Secret {
	return Secret{from: "${" + variable + "}", reveal: func() (string, error) {
		value, set := env(variable)
		if !set {
			return "", fmt.Errorf("the environment has no variable %s: set it, or name a file that has the secret", variable)
		}
		return sound(value, "variable "+variable)
	}}
}

// SecretIn returns the secret that a file holds, without the line break at its
// end. The file is read anew each time, so that the secret can be renewed.
func SecretIn(path string) Secret {
	return Secret{from: path, reveal: func() (string, error) {
		info, err := os.Stat(path)
		if err != nil {
			return "", err
		}
		if !info.Mode().IsRegular() || info.Size() > maxSecret {
			return "", fmt.Errorf("%s is no file of a secret: a regular file of one line", path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		value := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
		return sound(value, "file "+path)
	}}
}

func sound(value, where string) (string, error) {
	if value == "" {
		return "", errors.New(where + " is empty: it should have the secret")
	}
	if strings.ContainsAny(value, "\x00\n\r") {
		return "", errors.New(where + " has a line break or a NUL in its secret")
	}
	return value, nil
}

// Given reports whether there is a secret at all.
func (s Secret) Given() bool { return s.reveal != nil }

// Reveal returns the secret. Its error says where it should come from, with
// the place in the file that names it.
func (s Secret) Reveal() (string, error) {
	value, err := s.reveal()
	if err != nil && s.mark.node != nil {
		err = s.mark.mistake(err)
	}
	return value, err
}

// String says where the secret comes from.
func (s Secret) String() string { return "secret of " + s.from }

// Format is String for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, s.String()) }

// secret reads a secret, which is a variable and nothing else. What stands
// there in its place is repeated nowhere.
func (r *reader) secret(node *yaml.Node, what string) Secret {
	node = aliased(node)
	name, ok := strings.CutPrefix(strings.TrimSpace(node.Value), "${")
	name, closed := strings.CutSuffix(name, "}")
	if node.Kind != yaml.ScalarNode || !ok || !closed || !isVariable(name) {
		r.refuseSecret(node, what)
		return Secret{}
	}
	s := SecretOf(name, r.env)
	s.mark = mark{r.source, node}
	if _, err := s.Reveal(); err != nil {
		// Only a run needs it: who replays a night has no password.
		var mistake *Error
		errors.As(err, &mistake)
		r.document.Warnings = append(r.document.Warnings, mistake)
	}
	return s
}

// refuseSecret complains of a secret that stands in the file.
func (r *reader) refuseSecret(node *yaml.Node, what string) {
	mistake := r.fail(node, "%s is a secret, and secrets do not stand in this file", what)
	mistake.Suggestion = "put it into the environment and write " + what + ": ${NAME}, or into a file and write " + what + "_file: PATH"
	mistake.line, mistake.Length = "", 0
}

// secretFile reads the name of a file that has a secret.
func (r *reader) secretFile(node *yaml.Node, what string) Secret {
	path := r.path(node, what)
	if path == "" {
		return Secret{}
	}
	s := SecretIn(path)
	s.mark = mark{r.source, aliased(node)}
	return s
}
