package filter

import "testing"

func TestRecordAtKeepsBaseAndIndex(t *testing.T) {
	base, index := RecordAt(1<<31, 1<<32-1).At()
	if base != 1<<31 || index != 1<<32-1 {
		t.Errorf("base %d, index %d", base, index)
	}
	if base, index := RecordOf().At(); base != 0 || index != 0 {
		t.Errorf("a plain record has base %d, index %d", base, index)
	}
	if base, index := IntOf(1 << 40).At(); base != 0 || index != 0 {
		t.Errorf("a number has base %d, index %d", base, index)
	}
}
