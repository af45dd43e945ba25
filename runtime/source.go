package runtime

import "context"

// Source gives out partitions of a stream.
type Source interface {
	// Run calls work once for each partition that is assigned to this member,
	// each call in a goroutine of its own, for as long as the assignment
	// lasts; it does so again for each later generation. The context given to
	// work ends when the assignment does, or when ctx does: work should then
	// settle what it holds, commit it, and return within the source's drain
	// deadline, after which commits fail. A partition whose work returned an
	// error other than its context's stays stopped until work is called again
	// for it after a pause; the others go on.
	//
	// Run returns nil when ctx has ended or every partition has been read to
	// its end, and every call of work has returned. Any other error is fatal.
	Run(ctx context.Context, work func(context.Context, Partition) error) error
}

// Partition is one partition in one generation of the group.
type Partition interface {
	// Topic and Number say which one it is.
	Topic() string
	Number() int
	// Fetch returns the next records in offset order, at least one, waiting
	// for them. It returns io.EOF where the source ends and ctx.Err() when the
	// assignment does. What it can retry it retries itself.
	Fetch(context.Context) (Batch, error)
	// Commit says that everything before offset next is settled. It may
	// return before the cluster knows; Flush waits for it.
	Commit(next int64) error
	// Flush returns when the last Commit is durable. It fails once the
	// generation is over: the next owner then reads those records again.
	Flush(context.Context) error
}

// Batch is what one Fetch returned.
type Batch struct {
	Records []Record
	// Next is the offset to commit when all of it is settled. It may lie
	// beyond the last record's (control records are stepped over).
	Next int64
	// Free gives the records' memory back; nil where there is none to give.
	Free func()
}

// Release ends the use of the batch's records.
func (b Batch) Release() {
	if b.Free != nil {
		b.Free()
	}
}
