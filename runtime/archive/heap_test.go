package archive_test

import goruntime "runtime"

// heap is the memory in use after a collection.
func heap() uint64 {
	goruntime.GC()
	var stats goruntime.MemStats
	goruntime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
