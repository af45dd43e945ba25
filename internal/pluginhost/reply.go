package pluginhost

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// The bounds of what a plug-in may say of one alert.
const (
	maxAnnotations = 64
	maxAnnotation  = 16 << 10 // bytes of one, name and value as JSON
	maxDepth       = 16       // of lists and maps in one another: readers of JSON have limits too
	maxErrorText   = 1 << 10
)

// answersOf turns a reply into answers, or says what makes it no reply to the
// batch. What is wrong with one alert only is that alert's error.
func (c Config) answersOf(batch *pluginpb.Batch, reply *pluginpb.Reply) ([]filter.Answer, error) {
	n := int(batch.Alerts)
	switch {
	case reply.Id != batch.Id:
		return nil, fmt.Errorf("it answered batch %d, and was asked about batch %d", reply.Id, batch.Id)
	case int(reply.Alerts) != n:
		return nil, fmt.Errorf("it gave %d verdicts for %d alerts", reply.Alerts, n)
	case len(reply.Passed) != (n+7)/8 && len(reply.Passed) != 0:
		return nil, fmt.Errorf("its verdicts have %d bytes, and %d alerts have %d", len(reply.Passed), n, (n+7)/8)
	case len(reply.Details) > n:
		return nil, fmt.Errorf("it says more of %d alerts, and was asked about %d", len(reply.Details), n)
	}
	answers := make([]filter.Answer, n)
	for i := range answers {
		answers[i].Passed = pluginpb.Bit(reply.Passed, i)
	}
	next := uint32(0)
	for _, detail := range reply.Details {
		if detail.GetAlert() < next || int(detail.GetAlert()) >= n {
			return nil, fmt.Errorf("it says more of alert %d, which is not one of the batch's in their order", detail.GetAlert())
		}
		next = detail.Alert + 1
		c.complete(&answers[detail.Alert], detail)
	}
	return answers, nil
}

// complete adds a detail to an answer.
func (c Config) complete(answer *filter.Answer, detail *pluginpb.Detail) {
	if detail.Error != "" {
		*answer = filter.Answer{Err: errors.New("the plug-in: " + short(detail.Error))}
		return
	}
	if !answer.Passed {
		return
	}
	if class := filter.Class(detail.Class); class != "" {
		if !slices.Contains(c.Classes, class) {
			*answer = filter.Answer{Err: fmt.Errorf("the plug-in names the class %.60q, which the filter does not allow it: "+
				"add it to plugin.classes in the file of filters, or mend the plug-in", detail.Class)}
			return
		}
		answer.Class = class
	}
	if err := annotate(answer, detail.Annotations); err != nil {
		*answer = filter.Answer{Err: err}
	}
}

func annotate(answer *filter.Answer, annotations []*pluginpb.Annotation) error {
	if len(annotations) > maxAnnotations {
		return fmt.Errorf("the plug-in gives %d annotations, and %d are the most", len(annotations), maxAnnotations)
	}
	for _, a := range annotations {
		value := a.GetValue().Filter()
		if deeper(value, maxDepth) {
			return fmt.Errorf("the plug-in's annotation %.60q has lists or maps nested more than %d deep", a.GetName(), maxDepth)
		}
		if len(a.GetName())+len(value.AppendJSON(nil)) > maxAnnotation {
			return fmt.Errorf("the plug-in's annotation %.60q has over %d KiB", a.GetName(), maxAnnotation>>10)
		}
		answer.Annotations = append(answer.Annotations, filter.Annotation{Name: a.GetName(), Value: value})
	}
	return nil
}

// deeper reports whether a value has lists and maps nested more than limit deep.
func deeper(v filter.Value, limit int) bool {
	if kind := v.Kind(); kind != filter.List && kind != filter.Map {
		return false
	}
	if limit == 0 {
		return true
	}
	return slices.ContainsFunc(v.List(), func(item filter.Value) bool { return deeper(item, limit-1) }) ||
		slices.ContainsFunc(v.Map(), func(entry filter.Entry) bool { return deeper(entry.Value, limit-1) })
}

// short cuts a plug-in's words.
func short(text string) string {
	if len(text) <= maxErrorText {
		return text
	}
	end := maxErrorText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
