package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/filtertest"
	"github.com/skysift/skysift/filter/spec"
)

const testHelp = `Run the tests that stand beside filters. filters_test.yaml tests filters.yaml:

  version: 1
  tests:
    - name: a bright transient passes
      fields:                          # set by hand; all others are missing
        candidate.magpsf: 17.5
        candidate.drb: 0.9
      expect:
        bright: pass
    - name: a star does not
      alert: alerts/star.avro          # beside this file
      fields: {candidate.drb: null}    # over the alert's own
      expect:
        bright: {clause: near_star}    # what it must fail on
    - name: a faint transient does not
      like: a bright transient passes  # that test's alert and fields, but for
      fields: {candidate.magpsf: 20.1}
      expect:
        bright: {clause: 1}

A clause is named by its number, its text, or a definition or comparison on the
way to what decided, as skysift explain shows it.

--coverage goes by the tests that expect something of a filter: which of its
clauses none of them saw true, and which none saw false.

With alerts: night.avro, what filters pass of that file's alerts (at least 100)
is held against their max_pass_rate.

A PATH is a file of tests, or a folder with files that end in _test.yaml; this
folder if none is given. The exit code is 3 if a test fails, and 2 if a file has
mistakes; then none of its tests is run.`

const testExample = `  skysift test
  skysift test filters_test.yaml --run star --coverage
  skysift test filters/ --junit results.xml
  skysift test --output json`

// testFlags are what test was asked for.
type testFlags struct {
	survey, run, junit string
	coverage           bool
	input              inputFlags
	output             *outputFlag
}

func newTestCommand(io streams) *cobra.Command {
	var flags testFlags
	command := &cobra.Command{
		Use:     "test [PATH...]",
		Short:   "Run the tests beside filters",
		Long:    testHelp,
		Example: testExample,
		Args:    cobra.ArbitraryArgs,
	}
	command.Flags().StringVar(&flags.run, "run", "", "only tests whose name matches this `PATTERN`")
	command.Flags().BoolVar(&flags.coverage, "coverage", false, "say which clauses no test saw true, and which none saw false")
	command.Flags().StringVar(&flags.junit, "junit", "", "also write the results to `FILE` as JUnit's XML")
	command.Flags().StringVar(&flags.survey, "survey", "", "the survey whose fields the filters use, a `NAME` such as ztf; none leaves names unchecked")
	flags.input.add(command.Flags())
	flags.output = addOutput(command.Flags())
	command.RunE = func(_ *cobra.Command, paths []string) error { return runTests(io, flags, paths) }
	return command
}

func runTests(io streams, flags testFlags, paths []string) error {
	wanted, err := regexp.Compile(flags.run)
	if err != nil {
		return wrong("--run %q is no regular expression: %w", flags.run, err)
	}
	files, err := testFiles(paths)
	if err != nil {
		return err
	}
	tested := testReport{Files: []testedFile{}}
	var wrongs []error
	for _, path := range files {
		one, err := runTestFile(io, flags, path, wanted)
		if err != nil {
			wrongs = append(wrongs, err)
			tested.wrong = append(tested.wrong, wrongFile{path, err})
			continue
		}
		tested.add(one)
	}
	if err := tested.tell(io, flags); err != nil {
		return err
	}
	switch {
	case len(wrongs) > 0:
		return asWrong(errors.Join(wrongs...))
	case tested.Failed > 0:
		return &exitError{code: exitTestsFailed, err: fmt.Errorf("%s failed", count(tested.Failed, "test"))}
	case tested.Passed == 0 && flags.run != "":
		return wrong("no test's name matches --run %q", flags.run)
	}
	return nil
}

// testFiles returns the files of tests at the paths, or in this folder.
func testFiles(paths []string) ([]string, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, wrong("%s: %w", path, errors.Unwrap(err))
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, asWrong(err)
		}
		before := len(files)
		for _, entry := range entries {
			name := entry.Name()
			if ext := filepath.Ext(name); (ext == ".yaml" || ext == ".yml") && strings.HasSuffix(strings.TrimSuffix(name, ext), "_test") && name[0] != '.' {
				files = append(files, filepath.Join(path, name))
			}
		}
		if len(files) == before {
			return nil, wrong("%s: the folder has no tests: write filters_test.yaml beside filters.yaml (skysift test --help shows one)", path)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// runTestFile reads one file of tests and the filters it is of, and runs it.
func runTestFile(io streams, flags testFlags, path string, wanted *regexp.Regexp) (testedFile, error) {
	none := testedFile{}
	file, found := filtertest.Read(path)
	if len(found) > 0 {
		return none, mistakes(found)
	}
	loaded, err := loadFilters(file.Filters, flags.survey, flags.input, io)
	if err != nil {
		return none, err
	}
	if found = file.Check(loaded.Filters(), loaded.schema); len(found) > 0 {
		return none, mistakes(found)
	}
	explainer, err := compile.Explainer(loaded.Document, loaded.schema)
	if err != nil {
		return none, err
	}
	in, err := openInput(io, newLogger(io.err, logText, logWarn), flags.input, loaded.Document)
	if err != nil {
		return none, err
	}
	runner := filtertest.NewRunner(loaded.set, explainer, loaded.schema, newAlertFiles(in, filtertest.Fields(loaded.set, explainer)).decode)
	tested := testedFile{Path: path, Filters: file.Filters, Tests: []testedTest{}}
	for _, test := range file.Tests {
		if wanted.MatchString(test.Name) {
			result := runner.Run(test)
			tested.Tests = append(tested.Tests, testedTest{Name: test.Name, Line: test.Line, Passed: len(result.Failures) == 0, Failures: result.Failures})
		}
	}
	rates, err := passRates(in, loaded, file)
	if err != nil {
		return none, err
	}
	for _, rate := range rates {
		if wanted.MatchString(rate.Name) {
			tested.Tests = append(tested.Tests, rate)
		}
	}
	if flags.coverage {
		tested.Coverage = runner.Coverage()
	}
	return tested, nil
}

// passRates holds what filters pass of the file's alerts against their
// max_pass_rate, as a test of each filter that has one.
func passRates(in *input, loaded *filters, file *filtertest.File) ([]testedTest, error) {
	if file.Alerts == "" {
		return nil, nil
	}
	value, err := readSample(file.Alerts)
	if err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file.Path, file.AlertsLine, err)
	}
	passed, alerts := make([]int64, len(loaded.set.Filters)), int64(0)
	evaluator := loaded.set.NewEvaluator()
	err = eachAlert(in, file.Alerts, value, loaded.set.Fields, "", func(_ origin, alert *filter.Alert) error {
		verdicts, err := evaluator.Evaluate(alert)
		for _, v := range verdicts {
			if v.Err == nil {
				passed[v.Filter]++
			}
		}
		alerts++
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s:%d: %s: %w", file.Path, file.AlertsLine, file.Alerts, err)
	}
	var tests []testedTest
	for i, f := range loaded.Filters() {
		if f.MaxPassRate > 0 {
			tests = append(tests, rateTest(f, file.AlertsLine, passed[i], alerts))
		}
	}
	return tests, nil
}

func rateTest(f spec.Filter, line int, passed, alerts int64) testedTest {
	test := testedTest{Name: "max_pass_rate of " + f.Name, Line: line, Passed: true}
	message := ""
	switch {
	case alerts < enoughAlerts:
		message = fmt.Sprintf("%s are too few: a rate needs %d", count(alerts, "alert"), enoughAlerts)
	case float64(passed) > f.MaxPassRate*float64(alerts):
		message = rateWords(f.Name, passed, alerts, f.MaxPassRate)
	default:
		return test
	}
	test.Passed, test.Failures = false, []filtertest.Failure{{Message: message}}
	return test
}

// alertFiles decodes alerts of files that several tests may name.
type alertFiles struct {
	input  *input
	fields []filter.Field
	read   map[string][]byte
}

func newAlertFiles(in *input, fields []filter.Field) *alertFiles {
	return &alertFiles{input: in, fields: fields, read: map[string][]byte{}}
}

// decode implements filtertest.Decode.
func (a *alertFiles) decode(path string, index int, visit func(*filter.Alert) error) error {
	value, known := a.read[path]
	if !known {
		var err error
		if value, err = readSample(path); err != nil {
			return err
		}
		a.read[path] = value
	}
	seen := 0
	err := eachAlert(a.input, path, value, a.fields, "", func(_ origin, alert *filter.Alert) error {
		seen++
		if seen-1 != index {
			return nil
		}
		if err := visit(alert); err != nil {
			return err
		}
		return errFirst
	})
	switch {
	case errors.Is(err, errFirst):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", path, err)
	case seen <= index:
		return fmt.Errorf("%s: has %s, and the test wants index %d", path, count(seen, "alert"), index)
	}
	return nil
}
