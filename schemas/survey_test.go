package schemas

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestABrokenSurveyIsRefused(t *testing.T) {
	const head = "path,kind,unit,nullable,versions,doc\n"
	const survey = `{"name": "x", "id": "a", "versions": ["1", "2", "3"]}`
	for _, test := range []struct{ name, survey, fields, want string }{
		{"no JSON", `{`, head, "survey.json: "},
		{"another name", `{"name": "y"}`, head, `names survey "y"`},
		{"extends itself", `{"name": "x", "extends": "x"}`, head, "extends itself"},
		{"extends nothing", `{"name": "x", "extends": "z"}`, head, "z/survey.json"},
		{"unknown kind", survey, head + "a,number,,no,,x\n", `line 2: unknown kind "number"`},
		{"unknown version", survey, head + "a,int,,no,4,x\n", `versions "4" are no range`},
		{"range backwards", survey, head + "a,int,,no,2-1,x\n", `versions "2-1" are no range`},
		{"no doc", survey, head + "a,int,,no,,\n", "path and doc are needed"},
		{"nullable maybe", survey, head + "a,int,,maybe,,x\n", "nullable is yes or no"},
		{"twice", survey, head + "a,int,,no,,x\na,int,,no,,x\n", "a is there twice"},
		{"no id", survey, head + "b,int,,no,,x\n", `the id "a" is no field`},
		{"no time", `{"name": "x", "id": "a", "time": {"path": "b"}}`, head + "a,int,,no,,x\n", `the time "b" is no field`},
		{"no header", survey, "a,int,,no,,x\n", "the first line must be path"},
		{"empty", survey, "", "the first line must be path"},
		{"too few columns", survey, head + "a,int\n", "wrong number of fields"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := fstest.MapFS{
				"x/survey.json": {Data: []byte(test.survey)},
				"x/fields.csv":  {Data: []byte(test.fields)},
			}
			_, err := readSurvey(files, "x")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestVersionsAreRangesOfTheKnown(t *testing.T) {
	s := survey{Versions: []string{"1", "2", "3", "4"}}
	for text, want := range map[string]string{"": "", "2": "2", "2-": "2 3 4", "1-2 4-": "1 2 4"} {
		got, err := s.versions(text)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: %v, %v; want %s", text, got, err, want)
		}
	}
}

func TestABrokenViewIsRefused(t *testing.T) {
	const view = "path,kind,unit,doc\nalert.id,int,,x\nalert.mag,float,mag,x\n"
	const head = "path,expression\n"
	for _, test := range []struct{ name, view, survey, want string }{
		{"whole", view, head + "alert.mag,a\nalert.id,a\n", ""},
		{"a path too few", view, head + "alert.id,a\n", "alert.mag is not there"},
		{"a path too many", view, head + "alert.mag,a\nalert.id,a\nalert.z,a\n", "alert.z is no path of the view"},
		{"twice", view, head + "alert.mag,a\nalert.mag,a\n", "line 3: alert.mag is there twice"},
		{"empty", view, head + "alert.mag,\n", "line 2: alert.mag is there twice, or has no expression"},
		{"no header", view, "alert.mag,a\n", "the first line must be path,expression"},
		{"unknown kind", "path,kind,unit,doc\nalert.id,number,,x\n", head + "alert.id,a\n", `beside the surveys: line 2: unknown kind "number"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := readSurvey(fstest.MapFS{
				"view.csv":      {Data: []byte(test.view)},
				"x/survey.json": {Data: []byte(`{"name": "x", "id": "a"}`)},
				"x/fields.csv":  {Data: []byte("path,kind,unit,nullable,versions,doc\na,int,,no,,x\n")},
				"x/view.csv":    {Data: []byte(test.survey)},
			}, "x")
			if test.want == "" && err != nil || err == nil && test.want != "" || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
