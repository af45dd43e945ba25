//go:build !mutant_commit_first

package runtime

import "context"

// commitFirst is true only in the mutant that the chaos checker must catch.
const commitFirst = false

func (w *worker) commitEarly(context.Context, Batch) {}
