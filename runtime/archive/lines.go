package archive

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/skysift/skysift/runtime"
)

// Lines is a runtime.Sink that writes a line of JSON per match and class:
//
//	{"source": "night.tar.gz/1.avro#0", "id": "1041", "class": "transient",
//	 "filters": ["bright", "rising"], "annotations": {"rising": {"rate": -0.2}}}
//
// The id is a string, for it has more digits than JSON's readers keep; it is
// "" where the alert has none. annotations has a key for each filter that
// annotated. Rejected records have no line.
type Lines struct {
	mu     sync.Mutex
	out    io.Writer
	buffer []byte
}

// NewLines returns a sink that writes to out.
func NewLines(out io.Writer) *Lines { return &Lines{out: out} }

// Write writes the lines of all outputs at once.
func (l *Lines) Write(ctx context.Context, outputs []runtime.Output) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buffer = l.buffer[:0]
	for i := range outputs {
		if outputs[i].Rejection == nil {
			l.buffer = appendLine(l.buffer, &outputs[i])
		}
	}
	if len(l.buffer) == 0 {
		return nil
	}
	if _, err := l.out.Write(l.buffer); err != nil {
		return fmt.Errorf("matches cannot be written: %w", cause(err))
	}
	return nil
}

func appendLine(line []byte, output *runtime.Output) []byte {
	line = appendString(append(line, `{"source":`...), output.Origin)
	line = appendString(append(line, `,"id":`...), output.ID)
	line = appendString(append(line, `,"class":`...), string(output.Class))
	line = append(line, `,"filters":[`...)
	for i, match := range output.Matches {
		if i > 0 {
			line = append(line, ',')
		}
		line = appendString(line, match.Filter)
	}
	line = append(line, `],"annotations":{`...)
	return append(appendAnnotations(line, output.Matches), "}}\n"...)
}

func appendAnnotations(line []byte, matches []runtime.Match) []byte {
	first := true
	for _, match := range matches {
		if match.Annotations == nil {
			continue
		}
		if !first {
			line = append(line, ',')
		}
		first = false
		line = append(appendString(line, match.Filter), ':')
		line = append(line, match.Annotations...)
	}
	return line
}
