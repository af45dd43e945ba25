package simulate_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/simulate"
)

// The digest is the same on every machine. Whoever changes what a night looks
// like changes it here.
const digest = "9b97ccdb15f19837c90850af65d965c2f3f6bf0299409865c1e441ad573868bd"

func TestSameSeedSameBytesOnEveryMachine(t *testing.T) {
	hash := sha256.New()
	for _, alert := range night(t, simulate.Options{Seed: 7, Alerts: 400}) {
		hash.Write(alert.Value)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != digest {
		t.Errorf("seed 7 gives %s, want %s", got, digest)
	}
}

func TestAnAlertDoesNotDependOnThoseRenderedBefore(t *testing.T) {
	o := simulate.Options{Seed: 3, Alerts: 60}
	alerts := night(t, o)
	n, err := simulate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{59, 0, 17, 17} {
		if !bytes.Equal(n.At(i).Value, alerts[i].Value) {
			t.Errorf("alert %d differs when rendered out of turn", i)
		}
	}
}

func TestSeedsDiffer(t *testing.T) {
	a := night(t, simulate.Options{Seed: 1, Alerts: 50, Cutouts: simulate.CutoutsNone})
	b := night(t, simulate.Options{Seed: 2, Alerts: 50, Cutouts: simulate.CutoutsNone})
	for i := range a {
		if a[i].RA == b[i].RA || bytes.Equal(a[i].Value, b[i].Value) {
			t.Fatalf("alert %d is the same for two seeds", i)
		}
	}
}

func TestCutoutsChangeNothingElse(t *testing.T) {
	read := reader(t)
	full := night(t, simulate.Options{Seed: 5, Alerts: 40})
	none := night(t, simulate.Options{Seed: 5, Alerts: 40, Cutouts: simulate.CutoutsNone})
	for i := range full {
		a, b := read(full[i].Value), read(none[i].Value)
		for _, name := range []string{"cutoutScience", "cutoutTemplate", "cutoutDifference"} {
			if file, _ := b.stamp(name); file != "" {
				t.Errorf("%s is there without cutouts", name)
			}
			delete(a, name)
			delete(b, name)
		}
		if !reflect.DeepEqual(a, b) {
			t.Errorf("alert %d differs without cutouts", i)
		}
	}
}

func TestEachAlertIsUniqueInOrderAndTrue(t *testing.T) {
	read := reader(t)
	seen := map[int64]bool{}
	last := 0.0
	for _, alert := range night(t, simulate.Options{Seed: 2, Alerts: 1500, Cutouts: simulate.CutoutsNone}) {
		p := read(alert.Value)
		c := p.candidate()
		if p["candid"] != alert.Candid || c["candid"] != alert.Candid || p["objectId"] != alert.ObjectID {
			t.Fatalf("truth of %d %s is not its alert's %v %v", alert.Candid, alert.ObjectID, p["candid"], p["objectId"])
		}
		if seen[alert.Candid] {
			t.Fatalf("candid %d twice", alert.Candid)
		}
		seen[alert.Candid] = true
		if alert.JD < last || alert.JD < 2461365.5 || alert.JD > 2461366.5 {
			t.Fatalf("%d at %v after %v", alert.Candid, alert.JD, last)
		}
		last = alert.JD
		if !strings.HasPrefix(alert.ObjectID, "SIM26") || len(alert.ObjectID) != 12 || p["publisher"] != "Skysift simulated" || p["schemavsn"] != "4.02" {
			t.Fatalf("%d does not say what it is: %s, %v, %v", alert.Candid, alert.ObjectID, p["publisher"], p["schemavsn"])
		}
	}
}

func TestKindsHaveTheirShares(t *testing.T) {
	for _, test := range []struct {
		name      string
		fractions simulate.Fractions
		want      map[simulate.Kind]float64
	}{
		{"default", simulate.Fractions{}, map[simulate.Kind]float64{simulate.Supernova: 0.05, simulate.Variable: 0.6, simulate.Asteroid: 0.15, simulate.Bogus: 0.2}},
		{"relative to their sum", simulate.Fractions{Supernovae: 1, Bogus: 3}, map[simulate.Kind]float64{simulate.Supernova: 0.25, simulate.Bogus: 0.75}},
	} {
		t.Run(test.name, func(t *testing.T) {
			const alerts = 1000
			got := map[simulate.Kind]float64{}
			for _, alert := range night(t, simulate.Options{Seed: 11, Alerts: alerts, Fractions: test.fractions, Cutouts: simulate.CutoutsNone}) {
				got[alert.Kind()] += 1.0 / alerts
			}
			for _, kind := range simulate.Kinds() {
				if math.Abs(got[kind]-test.want[kind]) > 0.003 {
					t.Errorf("%s: share %.3f, want %.3f", kind, got[kind], test.want[kind])
				}
			}
		})
	}
}

func TestSizesAreThoseOfRealAlerts(t *testing.T) {
	var sizes []int
	for _, alert := range night(t, simulate.Options{Seed: 4, Alerts: 300}) {
		sizes = append(sizes, len(alert.Value))
	}
	slices.Sort(sizes)
	if sizes[0] < 50_000 || sizes[len(sizes)-1] > 85_000 {
		t.Errorf("sizes from %d to %d", sizes[0], sizes[len(sizes)-1])
	}
	if median := sizes[len(sizes)/2]; median < 60_000 || median > 75_000 {
		t.Errorf("median size %d", median)
	}
}

func TestTruthIsWrittenAsCSV(t *testing.T) {
	n, err := simulate.New(simulate.Options{Seed: 1, Alerts: 100, Cutouts: simulate.CutoutsNone})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := simulate.NewTruthWriter(&out)
	for i := range n.Len() {
		w.Write(n.Truth(i))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 101 || rows[0][0] != "candid" || rows[0][9] != "period_days" {
		t.Fatalf("%d rows under %v", len(rows), rows[0])
	}
	for i, row := range rows[1:] {
		truth := n.Truth(i)
		if row[0] != strconv.FormatInt(truth.Candid, 10) || row[1] != truth.ObjectID || row[3] != string(truth.Class) {
			t.Errorf("row %d is %v, not of %+v", i, row, truth)
		}
		if (row[7] != "") != (truth.Kind() == simulate.Supernova) || (row[9] != "") != (truth.Kind() == simulate.Variable) {
			t.Errorf("row %d (%s) has redshift %q and period %q", i, truth.Class, row[7], row[9])
		}
	}
}

func TestSmallNights(t *testing.T) {
	for _, alerts := range []int{0, 1, 2, 7} {
		night(t, simulate.Options{Seed: 9, Alerts: alerts})
	}
}

func TestWrongOptionsAreRefused(t *testing.T) {
	for _, test := range []struct {
		options simulate.Options
		says    string
	}{
		{simulate.Options{Alerts: -1}, "-1 alerts"},
		{simulate.Options{Alerts: simulate.MaxAlerts + 1}, "0 to 5000000"},
		{simulate.Options{Night: 2461365}, "UT midnight"},
		{simulate.Options{Night: 100.5}, "between 2017 and"},
		{simulate.Options{Night: math.NaN()}, "night NaN"},
		{simulate.Options{Cutouts: "some"}, `"some": must be full or none`},
		{simulate.Options{Fractions: simulate.Fractions{Bogus: -1, Variables: 2}}, "fraction -1"},
		{simulate.Options{Fractions: simulate.Fractions{Bogus: math.NaN()}}, "fraction NaN"},
	} {
		if _, err := simulate.New(test.options); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%+v: error %v, want %q in it", test.options, err, test.says)
		}
	}
}

func BenchmarkAlert(b *testing.B) {
	for _, cutouts := range []simulate.Cutouts{simulate.CutoutsFull, simulate.CutoutsNone} {
		b.Run(string(cutouts), func(b *testing.B) {
			n, err := simulate.New(simulate.Options{Seed: 1, Alerts: 3000, Cutouts: cutouts})
			if err != nil {
				b.Fatal(err)
			}
			i := 0
			for b.Loop() {
				n.At(i % n.Len())
				i++
			}
		})
	}
}
