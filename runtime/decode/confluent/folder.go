package confluent

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/skysift/skysift/runtime/decode/avro"
)

const (
	// lookAgain is how long a folder that lacked a schema is not looked at again
	// for that schema.
	lookAgain = 10 * time.Second
	// maxLacked bounds the numbers that a folder is looked at for at once.
	maxLacked = 64
)

// Folder knows the schemas of a folder of .avsc files. The number of version
// M.m is 100·M + m, as Rubin numbers its schemas.
//
// A number that it lacks makes it look at the folder again, at once when it is
// first met and then at most every ten seconds: a new version's files can be laid
// down while a stream runs. A schema that was read stays, whatever becomes of its
// files.
type Folder struct {
	path string

	mu     sync.Mutex
	known  map[uint32]*avro.Schema
	lacked map[uint32]bool // numbers that were looked for in vain
	looked time.Time
	err    error // of the last look
}

// NewFolder reads the schemas at path: a folder, or the file of one alert.
func NewFolder(path string) (*Folder, error) {
	f := &Folder{path: path, known: map[uint32]*avro.Schema{}, lacked: map[uint32]bool{}}
	f.look()
	if f.err != nil {
		return nil, f.err
	}
	if len(f.known) == 0 {
		return nil, fmt.Errorf("schemas %s: nothing there says its version: it must be in the namespace (lsst.v9_0) or in the folders (9/0)", path)
	}
	return f, nil
}

// Schema returns the schema of a number.
func (f *Folder) Schema(id uint32) (*avro.Schema, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known[id] == nil && (time.Since(f.looked) > lookAgain || f.isNew(id)) {
		f.look()
	}
	if known := f.known[id]; known != nil {
		return known, nil
	}
	if f.err != nil {
		return nil, fmt.Errorf("schema %d is not known, and its folder cannot be read: %w", id, f.err)
	}
	return nil, fmt.Errorf("schema %d (version %d.%d) is not in %s, which has %s: put its .avsc files there", id, id/100, id%100, f.path, f.versions())
}

// isNew reports whether a number is met for the first time, of the first
// maxLacked: damaged records could name any.
func (f *Folder) isNew(id uint32) bool {
	if f.lacked[id] || len(f.lacked) >= maxLacked {
		return false
	}
	f.lacked[id] = true
	return true
}

// look reads what the folder has now. Two files for one number are refused: it
// would be chance which of them is read.
func (f *Folder) look() {
	f.looked = time.Now()
	var packets []avro.Packet
	packets, f.err = avro.ReadPackets(f.path)
	from := map[uint32]string{}
	for _, p := range packets {
		if p.Major < 0 || p.Minor > 99 {
			continue
		}
		id := uint32(100*p.Major + p.Minor)
		if other, twice := from[id]; twice {
			f.err = fmt.Errorf("schemas %s: it has version %d.%d twice: %s and %s", f.path, p.Major, p.Minor, other, p.Path)
			return
		}
		from[id] = p.Path
		if f.known[id] == nil {
			f.known[id] = p.Schema.Marked("id:" + strconv.Itoa(int(id)))
		}
	}
}

// versions lists what is known, for an error.
func (f *Folder) versions() string {
	lowest, highest := uint32(0), uint32(0)
	for id := range f.known {
		if lowest == 0 || id < lowest {
			lowest = id
		}
		highest = max(highest, id)
	}
	if lowest == highest {
		return fmt.Sprintf("version %d.%d", lowest/100, lowest%100)
	}
	return fmt.Sprintf("%d versions, %d.%d to %d.%d", len(f.known), lowest/100, lowest%100, highest/100, highest%100)
}
