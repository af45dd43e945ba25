package runtime

// judged is a batch with its verdicts, on its way to be settled.
//
// Invariant: recordOf has one entry per output: outputs[i] belongs to record
// recordOf[i] of the batch.
type judged struct {
	judge    *judge
	batch    Batch
	outputs  []Output
	recordOf []int
	counts   batchCounts
}

func (b *judged) begin(batch Batch) {
	b.batch, b.outputs, b.recordOf = batch, b.outputs[:0], b.recordOf[:0]
	b.counts.reset(len(batch.Records))
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
		b.counts.ends[at] = rejected
		rejects = append(rejects, rejection(record, StageDeliver, err))
	}
	return rejects
}

// abandon leaves the batch to the next owner.
func (b *judged) abandon() {
	b.judge.ledger.abandoned.Add(int64(len(b.batch.Records)))
}

// release gives the batch's memory back, and the room for verdicts to the
// judge.
func (b *judged) release() {
	b.batch.Release()
	b.batch = Batch{}
	clear(b.outputs) // they hold the batch's bytes
	select {
	case b.judge.spare <- b:
	default:
	}
}
