package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"

	"github.com/skysift/skysift/filter/filtertest"
)

// testReport is what the tests came to.
type testReport struct {
	Passed int          `json:"passed"`
	Failed int          `json:"failed"`
	Files  []testedFile `json:"files"`

	wrong []wrongFile
}

// wrongFile is a file of tests of which none was run.
type wrongFile struct {
	path string
	why  error
}

type testedFile struct {
	Path     string                `json:"path"`
	Filters  string                `json:"filters"`
	Tests    []testedTest          `json:"tests"`
	Coverage []filtertest.Coverage `json:"coverage,omitempty"`
}

type testedTest struct {
	Name     string               `json:"name"`
	Line     int                  `json:"line"`
	Passed   bool                 `json:"passed"`
	Failures []filtertest.Failure `json:"failures,omitempty"`
}

func (r *testReport) add(file testedFile) {
	r.Files = append(r.Files, file)
	for _, test := range file.Tests {
		if test.Passed {
			r.Passed++
		} else {
			r.Failed++
		}
	}
}

func (r *testReport) tell(io streams, flags testFlags) error {
	if flags.junit != "" {
		if err := r.writeJUnit(flags.junit); err != nil {
			return fmt.Errorf("--junit: %w", err)
		}
	}
	if flags.output.json() {
		return writeJSON(io.out, r)
	}
	for _, file := range r.Files {
		for _, test := range file.Tests {
			test.write(io.out, file.Path)
		}
		writeCoverage(io.out, file)
	}
	unread := ""
	if len(r.wrong) > 0 {
		unread = fmt.Sprintf(", %s with mistakes not run", count(len(r.wrong), "file"))
	}
	_, err := fmt.Fprintf(io.out, "%d passed, %d failed%s\n", r.Passed, r.Failed, unread)
	return err
}

func (t testedTest) write(w io.Writer, path string) {
	word := "ok  "
	if !t.Passed {
		word = "FAIL"
	}
	fmt.Fprintf(w, "%s  %s:%d: %s\n", word, path, t.Line, t.Name)
	for _, failure := range t.Failures {
		fmt.Fprintf(w, "      %s\n", failureText(failure))
	}
}

func failureText(f filtertest.Failure) string {
	if f.Filter == "" {
		return f.Message
	}
	return f.Filter + ": " + f.Message
}

// writeCoverage writes the clauses that were not seen both ways, and of each
// filter how many were.
func writeCoverage(w io.Writer, file testedFile) {
	for _, covered := range file.Coverage {
		if covered.Tests == 0 {
			fmt.Fprintf(w, "%s: filter %s: no test expects anything of it\n", file.Filters, covered.Filter)
			continue
		}
		both := 0
		for _, clause := range covered.Clauses {
			if clause.True > 0 && clause.False > 0 {
				both++
			}
		}
		fmt.Fprintf(w, "%s: filter %s: %d of %s seen both true and false\n", file.Filters, covered.Filter, both, count(len(covered.Clauses), "clause"))
		for i, clause := range covered.Clauses {
			switch {
			case clause.True == 0 && clause.False == 0:
				fmt.Fprintf(w, "      clause %d never seen true or false: %s\n", i+1, clause.Text)
			case clause.True == 0:
				fmt.Fprintf(w, "      clause %d never seen true: %s\n", i+1, clause.Text)
			case clause.False == 0:
				fmt.Fprintf(w, "      clause %d never seen false: %s\n", i+1, clause.Text)
			}
		}
	}
}

// JUnit's XML, as far as those who read it agree on it.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Error   *junitFailure `xml:"error,omitempty"` // it could not be run
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (r *testReport) writeJUnit(path string) error {
	suites := junitSuites{Tests: r.Passed + r.Failed + len(r.wrong), Failures: r.Failed, Errors: len(r.wrong)}
	for _, file := range r.Files {
		suite := junitSuite{Name: file.Path, Tests: len(file.Tests)}
		for _, test := range file.Tests {
			one := junitCase{Name: test.Name, Class: file.Filters, File: file.Path, Line: test.Line}
			if !test.Passed {
				suite.Failures++
				one.Failure = &junitFailure{Message: failureText(test.Failures[0])}
				for _, failure := range test.Failures {
					one.Failure.Text += failureText(failure) + "\n"
				}
			}
			suite.Cases = append(suite.Cases, one)
		}
		suites.Suites = append(suites.Suites, suite)
	}
	for _, file := range r.wrong {
		why := &junitFailure{Message: "none of its tests was run", Text: file.why.Error()}
		suites.Suites = append(suites.Suites, junitSuite{
			Name: file.path, Tests: 1, Errors: 1, Cases: []junitCase{{Name: "the file can be run", Class: file.path, File: file.path, Error: why}},
		})
	}
	text, err := xml.MarshalIndent(suites, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append([]byte(xml.Header), append(text, '\n')...), 0o644)
}
