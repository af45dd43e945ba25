package plugincheck

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// checkCancel breaks streams off, as the host does at a deadline and on a
// reload, and wants the next one served by the same process.
func checkCancel(ctx context.Context, s *session) (string, error) {
	r, err := s.serving()
	if err != nil {
		return "", err
	}
	const times = 10
	for range times {
		if err := s.breakOff(ctx, r); err != nil {
			return "", err
		}
	}
	if _, err := s.judgeBy(ctx, r, s.batch(s.page.rows(s.size(20)), nil)); err != nil {
		return "", fmt.Errorf("after %d streams that the host broke off: %w", times, err)
	}
	if !r.alive() {
		return "", wrong("When a stream is cancelled, end its call and serve on.", "it ended when streams were broken off; %s", r.end())
	}
	return "", nil
}

func (s *session) breakOff(ctx context.Context, r *running) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := r.open(ctx)
	if err != nil {
		return s.explain(ctx, r, err)
	}
	for range s.credits() {
		if err := stream.Send(s.batch(s.page.rows(s.size(100)), nil)); err != nil {
			return nil // the next check of the connection says why
		}
	}
	return nil
}

// checkDeterminism judges the same alerts again: in batches of other sizes, on
// other streams, and by another process beside the first.
func checkDeterminism(ctx context.Context, s *session) (string, error) {
	rows := s.page.rows(len(s.page.alerts))
	first, err := s.judge(ctx, s.batches(rows, 100)...)
	if err != nil {
		return "", err
	}
	again, err := s.judge(ctx, s.batches(rows, 7)...)
	if err == nil {
		err = s.same(first, again, "in batches of another size")
	}
	if err != nil {
		return "", err
	}
	beside, err := s.fresh()
	if err != nil {
		return "", err
	}
	defer beside.stop()
	other, err := s.judgeBy(ctx, beside, s.batches(rows, 100)...)
	if err == nil {
		err = s.same(first, other, "by another process")
	}
	return "", err
}

func (s *session) same(first, again []*pluginpb.Reply, how string) error {
	one, other := verdictsOf(first), verdictsOf(again)
	for i := range one {
		one[i].values, other[i].values = nil, nil
		if !reflect.DeepEqual(one[i], other[i]) {
			return wrong("A verdict must follow from the alert alone, not from chance, the time, or alerts judged before: batches are judged again after a crash, and two workers must agree.",
				"%s was judged again %s and got another verdict: first %s, then %s", s.page.alerts[i].Source, how, one[i], other[i])
		}
	}
	return nil
}

func (v verdict) String() string {
	switch {
	case v.Error != "":
		return "an error (" + v.Error + ")"
	case !v.Passed:
		return "no match"
	}
	text := "a match"
	if v.Class != "" {
		text += " of class " + v.Class
	}
	for _, a := range v.Annotations {
		text += " " + a.Name + "=" + a.Value
	}
	return text
}

// golden is the file of verdicts that alerts must get.
type golden struct {
	Plugin   string             `json:"plugin"`
	Version  string             `json:"version,omitempty"`
	Alerts   int                `json:"alerts"`
	Verdicts map[string]verdict `json:"verdicts"` // by the alert's source; others do not pass
}

func checkGolden(ctx context.Context, s *session) (string, error) {
	if s.config.Golden == "" {
		return "", skip("no --golden FILE")
	}
	replies, err := s.judge(ctx, s.batches(s.page.rows(len(s.page.alerts)), 100)...)
	if err != nil {
		return "", err
	}
	now := golden{s.description.GetName(), s.description.GetVersion(), len(s.page.alerts), map[string]verdict{}}
	for i, v := range verdictsOf(replies) {
		if v.Passed || v.Error != "" {
			v.values = nil
			now.Verdicts[s.page.alerts[i].Source] = v
		}
	}
	text, err := os.ReadFile(s.config.Golden)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("%s is new: it has the verdicts of now, %d matches of %d alerts", s.config.Golden, len(now.Verdicts), now.Alerts), now.write(s.config.Golden)
	}
	if err != nil {
		return "", err
	}
	var then golden
	if err := json.Unmarshal(text, &then); err != nil {
		return "", wrong("Remove it: it is then written anew.", "%s is no file of verdicts: %v", s.config.Golden, err)
	}
	return fmt.Sprintf("%d alerts", now.Alerts), s.compare(then, now)
}

func (g golden) write(path string) error {
	text, err := json.MarshalIndent(g, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

const shownDifferences = 5

func (s *session) compare(then, now golden) error {
	if then.Alerts != now.Alerts {
		return wrong("Judge the alerts of that file (--alerts), or name another file.", "%s has the verdicts on %d alerts; these are %d", s.config.Golden, then.Alerts, now.Alerts)
	}
	var differences []string
	for _, alert := range s.page.alerts {
		if was, is := then.Verdicts[alert.Source], now.Verdicts[alert.Source]; !reflect.DeepEqual(was, is) {
			differences = append(differences, fmt.Sprintf("%s was %s, is %s", alert.Source, was, is))
		}
	}
	if len(differences) == 0 {
		return nil
	}
	shown := strings.Join(differences[:min(shownDifferences, len(differences))], "\n")
	return wrong("Mend the filter or, if this is meant, give it a new version and remove the file: it is then written anew.",
		"%d alerts get other verdicts than in %s (of version %s):\n%s", len(differences), s.config.Golden, cmp.Or(then.Version, "unknown"), shown)
}

const (
	memoryWarm    = 2 * time.Second // for caches and collectors to settle
	memoryWatched = 3 * time.Second
	memoryRounds  = 10
	memoryGrowth  = 32 << 20 // and a fifth of what there was
)

// checkMemory judges alerts over and over and wants memory to stay as it is.
func checkMemory(ctx context.Context, s *session) (string, error) {
	r, err := s.serving()
	if err != nil {
		return "", err
	}
	warm, err := s.work(ctx, r, cmp.Or(s.config.warm, memoryWarm))
	if err != nil {
		return "", err
	}
	_, before, known := groupOf(r.command.Process.Pid)
	if !known {
		return "", skip("the memory of processes cannot be seen on this system")
	}
	watched, err := s.work(ctx, r, cmp.Or(s.config.watched, memoryWatched))
	if err != nil {
		return "", err
	}
	_, after, _ := groupOf(r.command.Process.Pid)
	if growth := after - before; growth > memoryGrowth+before/5 {
		return "", wrong("Keep nothing of the alerts between batches, or bound it.", "its memory grew from %d to %d MiB over %d alerts", before>>20, after>>20, watched)
	}
	return fmt.Sprintf("%d MiB after %d alerts", after>>20, warm+watched), nil
}

// work has alerts judged for some time, and returns how many.
func (s *session) work(ctx context.Context, r *running, d time.Duration) (alerts int, err error) {
	deadline := time.Now().Add(d)
	batch := s.batch(s.page.rows(s.size(256)), nil)
	for round := 0; round < memoryRounds || time.Now().Before(deadline); round++ {
		if _, err := s.judgeBy(ctx, r, batch); err != nil {
			return alerts, err
		}
		alerts += int(batch.Alerts)
	}
	return alerts, nil
}
