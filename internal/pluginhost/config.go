package pluginhost

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/pluginhost/keeper"
)

// What holds where filters.yaml says nothing.
const (
	DefaultDeadline  = 10 * time.Second
	DefaultMemory    = 1 << 30
	DefaultProcesses = 64
)

// Config says which plug-in judges a filter, and how it is kept. Of Path and
// Address one is set.
type Config struct {
	Filter string // its name, for logs
	// Path is the program, and Files are what is its code besides; SHA256, in hexadecimal,
	// is what their digest must be at each start; "": anything.
	Path   string
	Files  []string
	SHA256 string
	// Args are what it is started with. Written are they as the user has them, who may
	// mean another folder by the same word; nil: Args.
	Args, Written []string
	// Env is the program's environment, as NAME=value; nothing of Skysift's own
	// is added: what is not here the plug-in does not see.
	Env []string
	// Memory (bytes) and Processes bound what it may take.
	Memory    int64
	Processes int
	Sandbox   *keeper.Sandbox
	// Address is a remote plug-in's host:port.
	Address string
	TLS     TLS

	// Deadline is how long it may take for one batch.
	Deadline time.Duration
	// Held says that alerts which it cannot be asked about are judged late, so that
	// nobody need wait while it is started again and again.
	Held bool
	// Classes are those it may name besides the filter's own.
	Classes []filter.Class
}

// TLS is how a remote plug-in is spoken to.
type TLS struct {
	// Off speaks in plain text.
	Off bool
	// CA, Certificate and Key are files; "" for the system's authorities, and
	// for no certificate of our own.
	CA, Certificate, Key string
	// ServerName is what the certificate must name; "" for the address's host.
	ServerName string
}

// key is equal for configurations that one process can serve. Whether alerts are held
// is nothing to the process: where that changes, one that is down, and could not be
// started anew, goes on as it is.
func (c Config) key() string {
	c.Held = false
	text, err := json.Marshal(c)
	if err != nil { // strings and numbers always marshal
		return c.Filter
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
