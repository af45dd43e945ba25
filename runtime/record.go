package runtime

import (
	"fmt"
	"path/filepath"
	"time"
)

// Header is one header of a record.
type Header struct {
	Key   string
	Value []byte
}

// Record is one message of a stream, undecoded. Its bytes belong to the batch
// it came in and are valid until that batch is released.
type Record struct {
	// Topic is the topic's name, or for an archive the file's path.
	Topic     string
	Partition int
	Offset    int64
	Key       []byte // nil: no key
	Value     []byte // nil: a tombstone
	Headers   []Header
	Time      time.Time
	// File says that the record is (part of) a file: its alerts are named
	// "path#index", the first one's index being Offset.
	File bool
}

// Stream is the topic that filters know the record by: the topic's name, and of
// a file the name of the folder that it is in; "" where it is in none that has
// a name.
func (r *Record) Stream() string {
	if !r.File {
		return r.Topic
	}
	return FileTopic(r.Topic)
}

// FileTopic is the name of the folder that a file is in, which stands for a
// topic; "" where it has none.
func FileTopic(path string) string {
	folder := filepath.Base(filepath.Dir(path))
	if folder == "." || folder == ".." || folder == string(filepath.Separator) {
		return ""
	}
	return folder
}

// Source names the alert of the record that stands at index among several:
// "topic/partition/offset", with "#index" where the record holds more than
// one alert; "path#index" for a file.
func (r *Record) Source(index int, several bool) string {
	switch {
	case r.File:
		return fmt.Sprintf("%s#%d", r.Topic, r.Offset+int64(index))
	case several:
		return fmt.Sprintf("%s/%d/%d#%d", r.Topic, r.Partition, r.Offset, index)
	}
	return fmt.Sprintf("%s/%d/%d", r.Topic, r.Partition, r.Offset)
}
