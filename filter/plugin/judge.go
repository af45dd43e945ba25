package plugin

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// judge answers one batch.
func (f *Filter) judge(batch *pluginpb.Batch) (*pluginpb.Reply, error) {
	p, err := f.page(batch)
	if err != nil {
		return nil, err
	}
	n := int(batch.Alerts)
	reply := &pluginpb.Reply{Id: batch.Id, Alerts: batch.Alerts, Passed: make([]byte, (n+7)/8)}
	alert := &Alert{page: p}
	for alert.row = range n {
		verdict, err := f.judgeOne(alert)
		if verdict.Passed && err == nil {
			reply.Passed = pluginpb.SetBit(reply.Passed, alert.row)
		}
		if detail := detailOf(alert.row, verdict, err); detail != nil {
			reply.Details = append(reply.Details, detail)
		}
	}
	return reply, nil
}

// page checks a batch and gives its columns their paths.
func (f *Filter) page(batch *pluginpb.Batch) (*page, error) {
	n := int(batch.Alerts)
	if len(batch.Columns) != len(f.Fields) {
		return nil, fmt.Errorf("batch %d has %d columns, and the filter asked for %d", batch.Id, len(batch.Columns), len(f.Fields))
	}
	if f.Raw && len(batch.Raw) != n || f.Source && len(batch.Sources) != n {
		return nil, fmt.Errorf("batch %d has %d alerts, and the bytes of %d or the sources of %d", batch.Id, n, len(batch.Raw), len(batch.Sources))
	}
	p := &page{paths: f.Fields, columns: make([]*pluginpb.View, len(f.Fields)), raw: batch.Raw, sources: batch.Sources}
	for i, column := range batch.Columns {
		if err := column.Check(n); err != nil {
			return nil, fmt.Errorf("batch %d, %s: %w", batch.Id, f.Fields[i], err)
		}
		p.columns[i] = pluginpb.NewView(column)
	}
	return p, nil
}

// judgeOne calls Judge. A panic is this alert's error: the others are judged.
func (f *Filter) judgeOne(a *Alert) (verdict Verdict, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			fmt.Fprintf(os.Stderr, "Judge panicked: %v\n%s", cause, debug.Stack())
			verdict, err = Verdict{}, fmt.Errorf("the filter panicked: %v", cause)
		}
	}()
	return f.Judge(a)
}

// detailOf is what there is to say of an alert besides whether it passes; nil
// if nothing.
func detailOf(row int, v Verdict, err error) *pluginpb.Detail {
	detail := &pluginpb.Detail{Alert: uint32(row)}
	switch {
	case err != nil:
		detail.Error = err.Error()
		return detail
	case !v.Passed || v.Class == "" && len(v.Annotations) == 0:
		return nil
	}
	detail.Class = v.Class
	for _, a := range v.Annotations {
		detail.Annotations = append(detail.Annotations, &pluginpb.Annotation{Name: a.Name, Value: pluginpb.FromValue(a.Value)})
	}
	return detail
}
