package runtime

// judged is a batch with its verdicts, on its way to be settled.
//
// Invariant: recordOf and alertOf have one entry per output: outputs[i] belongs
// to record recordOf[i] of the batch, and to its alert alertOf[i], counted over
// the batch.
type judged struct {
	judge    *judge
	batch    Batch
	outputs  []Output
	recordOf []int
	alertOf  []int
	counts   batchCounts

	alerts    int // so far
	questions []question
	held      []*heldRecord // whose verdict by some filter is not known
	late      []*heldRecord // whose verdicts these are, where they come late
	done      chan struct{} // of a late batch: closed when it is settled or abandoned
}

func (b *judged) begin(batch Batch) {
	b.batch, b.outputs, b.recordOf, b.alertOf = batch, b.outputs[:0], b.recordOf[:0], b.alertOf[:0]
	b.alerts, b.questions, b.held, b.late, b.done = 0, b.questions[:0], nil, nil, nil
	b.counts.reset(len(batch.Records))
}

// add appends an output of the alert in hand.
func (b *judged) add(o Output) {
	b.outputs, b.alertOf = append(b.outputs, o), append(b.alertOf, b.alerts)
}

// cut takes back the outputs and questions of a record from these on.
func (b *judged) cut(outputs, questions int) {
	b.outputs, b.alertOf = b.outputs[:outputs], b.alertOf[:outputs]
	for i := range b.questions[questions:] {
		b.questions[questions+i].void = true // it may be under way
	}
}

// rejectFailed returns one reject for each record that has a failed output.
func (b *judged) rejectFailed(failed *OutputError) []Output {
	var rejects []Output
	for i, at := range b.recordOf {
		err, ok := failed.Failed[i]
		record := &b.batch.Records[at]
		if !ok || len(rejects) > 0 && rejects[len(rejects)-1].Origin == record.Source(0, false) {
			continue // written, or another class of the same record has failed too
		}
		b.reject(at)
		rejects = append(rejects, rejection(record, StageDeliver, err))
	}
	return rejects
}

// reject ends a record as rejected; one that is held will end so if no late
// verdict delivers it.
func (b *judged) reject(at int) {
	for _, held := range b.held {
		if held.place == at {
			held.rejected = true
			return
		}
	}
	b.counts.ends[at] = rejected
}

// abandon leaves the batch to the next owner.
func (b *judged) abandon() {
	if b.late != nil {
		return // they are in the backlog still
	}
	b.judge.ledger.abandoned.Add(int64(len(b.batch.Records)))
}

// release gives the batch's memory back, and the room for verdicts to the
// judge.
func (b *judged) release() {
	b.batch.Release()
	b.batch = Batch{}
	clear(b.outputs) // they hold the batch's bytes
	clear(b.questions)
	if b.done != nil {
		close(b.done)
	}
	select {
	case b.judge.spare <- b:
	default:
	}
}
