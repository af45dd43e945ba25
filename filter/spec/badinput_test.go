package spec_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/skysift/skysift/filter/spec"
)

// refused tests that a text of filters is refused with words, at a place
// where there is one, and without taking much memory.
func refused(t *testing.T, text, want string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "filters.yaml")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	refusedFile(t, file, want)
}

func refusedFile(t *testing.T, file, want string) {
	t.Helper()
	var before, after goruntime.MemStats
	goruntime.ReadMemStats(&before)
	_, mistakes := spec.Read(file, nil)
	goruntime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 256<<20 {
		t.Errorf("it took %d MiB", taken>>20)
	}
	var told []string
	for _, m := range mistakes {
		told = append(told, m.Error())
		if m.Path != file {
			t.Errorf("a mistake in %s: %v", m.Path, m)
		}
	}
	if !strings.Contains(strings.Join(told, "\n"), want) {
		t.Errorf("told %q, want %s", told, want)
	}
}

func TestBadInput31AliasBomb(t *testing.T) {
	text := "version: 1\ndefine:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		items := strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", ")
		text += fmt.Sprintf("  a%d: &a%d [%s]\n", i, i, items)
	}
	refused(t, text, "aliases up to here stand for too much")
}

func TestBadInput31AFilterRepeatedByAliases(t *testing.T) {
	text := "version: 1\ndefine: {x: &a [" + strings.Repeat("x, ", 2000) + "x]}\nfilters: [" + strings.Repeat("*a, ", 2000) + "*a]\n"
	refused(t, text, "aliases up to here stand for too much")
}

func TestBadInput32Depth20000(t *testing.T) {
	for name, text := range map[string]string{
		"lists":    "filters: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000),
		"mappings": "filters: " + strings.Repeat("{a: ", 20000) + strings.Repeat("}", 20000),
		"dashes":   "filters:\n  " + strings.Repeat("- ", 20000) + "x",
	} {
		t.Run(name, func(t *testing.T) { refused(t, "version: 1\n"+text+"\n", "nested too deep") })
	}
}

func TestBadInput33DuplicateKey(t *testing.T) {
	refused(t, "version: 1\nversion: 1\n"+oneFilter("x")[11:], `2:1: the file has the key "version" twice: the first is in line 1`)
}

func TestBadInput34UnknownField(t *testing.T) {
	refused(t, "version: 1\nfliters: []\n", `2:1: the file has no key "fliters" (did you mean filters?)`)
}

func TestBadInput35SelfAlias(t *testing.T) {
	for name, text := range map[string]string{
		"list":    "version: 1\nfilters: &a [*a]\n",
		"mapping": "version: 1\ndefine: &a {x: *a}\n",
		"deeper":  "version: 1\nfilters: &a [{where: [*a]}]\n",
	} {
		t.Run(name, func(t *testing.T) { refused(t, text, "is a part of") })
	}
}

func TestBadInput36ScalarOf50MiB(t *testing.T) {
	refused(t, "version: 1\nfilters: "+strings.Repeat("x", 50<<20)+"\n", "the file is over 1024 KiB")
}

func TestBadInput37MissingEnvironmentSecret(t *testing.T) {
	refused(t, "version: 1\nstream:\n  group: ${SKYSIFT_TEST_NOWHERE}\n"+oneFilter("x")[11:],
		"3:10: the environment has no variable SKYSIFT_TEST_NOWHERE (set it, or write ${SKYSIFT_TEST_NOWHERE:-default})")
}

func TestBadInput38TwoFiltersOfOneName(t *testing.T) {
	refused(t, oneFilter("x")+oneFilter("x")[20:], `4:12: filter "x": a filter of this name is in`)
}

func TestBadInput39OutputTopicIsInputTopic(t *testing.T) {
	refused(t, "version: 1\nstream: {topics: [x]}\noutput: {topic: '{class}'}\n"+oneFilter("y")[11:], `3:17: the output of class "x" goes to topic x`)
	refused(t, "version: 1\nstream: {topics: ['sky*']}\n"+oneFilter("y")[11:], "goes to topic skysift.x, which the input")
}

func TestBadInput40ClassThatIsNoLegalTopic(t *testing.T) {
	refused(t, strings.Replace(oneFilter("y"), "class: x", "class: a/b", 1), `class "a/b" has '/' in it`)
	refused(t, strings.Replace(oneFilter("y"), "class: x", "class: "+strings.Repeat("x", 300), 1), "class has 300 characters")
}

func TestBadInput40ClassTooLongForItsTopic(t *testing.T) {
	text := "version: 1\noutput: {topic: '" + strings.Repeat("t", 100) + ".{class}'}\n" + oneFilter("y")[11:]
	refused(t, strings.Replace(text, "class: x", "class: "+strings.Repeat("x", 190), 1), "is no legal name")
}

func TestBadInput41EmptyFile(t *testing.T) {
	for _, text := range []string{"", "\n\n", " ", "\ufeff", "\ufeff\r\n"} {
		refused(t, text, "the file is empty")
	}
	for _, text := range []string{"# later\n", "---\n", "~", "null\n", "...\n"} {
		_, mistakes := spec.Parse("filters.yaml", []byte(text), nil)
		if len(mistakes) == 0 {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestBadInput42NotARegularFile(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	// Opening a pipe that nobody writes to must not wait.
	refusedFile(t, pipe, "this is a pipe, not a regular file")
	refusedFile(t, "/dev/zero", "this is a device, not a regular file")
	if err := os.Mkdir(filepath.Join(dir, "folder.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, mistakes := spec.Read(dir, nil)
	if len(mistakes) != 2 || !strings.Contains(mistakes[0].Error(), "this is a folder") {
		t.Errorf("a folder in a folder: %v", mistakes)
	}
}

func TestBadInput42Socket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.yaml")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Skip(err)
	}
	defer listener.Close()
	refusedFile(t, path, "not a regular file")
}

func TestBadInputManyMistakesInOneLongLine(t *testing.T) {
	refused(t, "version: 1\nfilters: ["+strings.Repeat("x, ", 300_000)+"x]\n", "a filter is written as")
}

func TestBadInputALongVariableNamedOften(t *testing.T) {
	env := func(string) (string, bool) { return strings.Repeat("x", 128<<10), true }
	text := "version: 1\nstream:\n  group: " + strings.Repeat("${A}", 200_000) + "\n" + oneFilter("x")[11:]
	_, mistakes := spec.Parse("filters.yaml", []byte(text), env)
	if len(mistakes) != 1 || !strings.Contains(mistakes[0].Error(), "over 64 KiB") {
		t.Errorf("%d mistakes", len(mistakes))
	}
}
