//go:build mutant_commit_first

package runtime

import "context"

// commitFirst makes this build lose alerts: it commits a batch before its
// outputs are durable. It exists to prove that the chaos checker sees it.
const commitFirst = true

func (w *worker) commitEarly(ctx context.Context, batch Batch) {
	_ = w.partition.Commit(batch.Next)
	_ = w.partition.Flush(ctx)
}
