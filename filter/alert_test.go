package filter_test

import (
	"errors"
	"testing"

	"github.com/skysift/skysift/filter"
)

func TestListsOfOneAlertDoNotOverlapAndGrow(t *testing.T) {
	var alert filter.Alert
	for range 3 {
		alert.Reset(2)
		var lists [][]filter.Value
		for n := range 60 {
			list := alert.NewList(n)
			for i := range list {
				if !list[i].IsMissing() {
					t.Fatal("a new list holds what an earlier alert left")
				}
				list[i] = filter.IntOf(int64(n))
			}
			lists = append(lists, list)
		}
		for n, list := range lists {
			for _, v := range list {
				if v.Int() != int64(n) {
					t.Fatalf("list %d was overwritten with %d", n, v.Int())
				}
			}
		}
	}
}

func TestAStreamOfSimilarAlertsAllocatesNothing(t *testing.T) {
	var alert filter.Alert
	decode := func() {
		alert.Reset(12)
		for range 8 {
			alert.NewList(30)
		}
	}
	decode()
	decode()
	if n := testing.AllocsPerRun(100, decode); n != 0 {
		t.Errorf("%v allocations an alert, want 0", n)
	}
}

type loader struct {
	calls int
	err   error
}

func (l *loader) Load(a *filter.Alert) error {
	l.calls++
	a.Values[0] = filter.IntOf(7)
	return l.err
}

func TestLoadFillsTheLazySlotsOnce(t *testing.T) {
	var alert filter.Alert
	alert.Reset(1)
	l := &loader{}
	alert.Defer(l)
	for range 3 {
		if err := alert.Load(); err != nil {
			t.Fatal(err)
		}
	}
	if l.calls != 1 || alert.Values[0].Int() != 7 {
		t.Errorf("loaded %d times, value %d", l.calls, alert.Values[0].Int())
	}
	alert.Reset(1)
	if err := alert.Load(); err != nil || !alert.Values[0].IsMissing() {
		t.Error("a loader outlived Reset")
	}
}

func TestADamagedLazyPartStaysAnError(t *testing.T) {
	var alert filter.Alert
	alert.Reset(1)
	alert.Defer(&loader{err: errors.New("cut short")})
	for range 2 {
		if alert.Load() == nil {
			t.Error("a lazy part that cannot be read loads without an error")
		}
	}
}
