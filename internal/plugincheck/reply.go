package plugincheck

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// checkReply says what is wrong with the form of a reply.
func checkReply(batch *pluginpb.Batch, reply *pluginpb.Reply) error {
	n := int(batch.GetAlerts())
	switch {
	case reply.GetId() != batch.GetId():
		return wrong("Answer the batches of a stream in the order in which they come, each with its own id.", "batch %d got a reply to batch %d", batch.GetId(), reply.GetId())
	case int(reply.GetAlerts()) != n:
		return wrong("Reply.alerts is how many verdicts there are: one for each of the batch's alerts.", "a batch of %d alerts got a reply about %d", n, reply.GetAlerts())
	case len(reply.GetPassed()) > (n+7)/8:
		return wrong("Reply.passed has a bit for each alert.", "a batch of %d alerts got %d bytes of verdicts", n, len(reply.GetPassed()))
	}
	for i := n; i < 8*len(reply.GetPassed()); i++ {
		if pluginpb.Bit(reply.GetPassed(), i) {
			return wrong("Reply.passed has a bit for each alert, the lowest of the first byte first; the rest are 0.", "a batch of %d alerts got a verdict on alert %d", n, i)
		}
	}
	return checkDetails(n, reply)
}

func checkDetails(n int, reply *pluginpb.Reply) error {
	next := 0
	for _, detail := range reply.GetDetails() {
		at := int(detail.GetAlert())
		switch {
		case at >= n:
			return wrong("Detail.alert is the alert's place in its batch, from 0.", "a batch of %d alerts got a detail of alert %d", n, at)
		case at < next:
			return wrong("Give details in the order of the alerts, one for an alert at most.", "the detail of alert %d comes after that of alert %d", at, next-1)
		case detail.GetError() != "" && pluginpb.Bit(reply.GetPassed(), at):
			return wrong("An alert that could not be judged does not pass.", "alert %d passes and could not be judged: %s", at, detail.GetError())
		}
		next = at + 1
		if err := checkDetail(detail); err != nil {
			return err
		}
	}
	return nil
}

func checkDetail(detail *pluginpb.Detail) error {
	if class := filter.Class(detail.GetClass()); class != "" {
		if err := class.Check(); err != nil {
			return wrong("A class names a topic: letters, digits, '.', '_' and '-'.", "alert %d is given a class that cannot be: %v", detail.GetAlert(), err)
		}
	}
	names := map[string]bool{}
	for _, annotation := range detail.GetAnnotations() {
		switch name := annotation.GetName(); {
		case name == "":
			return wrong("Give annotations names.", "alert %d has an annotation without a name", detail.GetAlert())
		case names[name]:
			return wrong("Give each annotation once.", "alert %d has the annotation %s twice", detail.GetAlert(), name)
		default:
			names[name] = true
		}
	}
	return nil
}
