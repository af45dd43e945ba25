package plugincheck

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// address is what the handshake's line says.
type address struct {
	version int
	socket  string
}

const lineMend = "The first line on stdout must be 1|VERSION|unix|SOCKET|grpc, flushed, with nothing before it: print elsewhere, on stderr. The SDKs see to that; " +
	"in Python, import skysift_plugin first."

// handshake waits for the line of a process that was started in the folder.
func (p *process) handshake(folder string, limit time.Duration) (address, error) {
	select {
	case line, ok := <-p.lines:
		if !ok {
			p.endsWithin(time.Second)
			return address{}, wrong("Look at what it says on stderr: it has to listen on a socket in $PLUGIN_UNIX_SOCKET_DIR and say so on stdout.", "it wrote no line on stdout: %s", p.end())
		}
		return parseLine(line, folder)
	case <-time.After(limit):
		return address{}, wrong("It has to write the line when it listens, and flush stdout. Should it need longer to start, raise --timeout (and the filter's start_timeout).",
			"it wrote no line on stdout within %s: %s", limit, p.end())
	}
}

func parseLine(line, folder string) (address, error) {
	parts := strings.Split(line, "|")
	if len(parts) < 5 {
		return address{}, wrong(lineMend, "the first line on stdout is %q", shorten(line))
	}
	version, err := strconv.Atoi(parts[1])
	inFolder := filepath.Dir(filepath.Clean(parts[3])) == filepath.Clean(folder)
	for _, fault := range []struct {
		is   bool
		what string
	}{
		{parts[0] != "1", "begins with " + parts[0] + ", not 1, go-plugin's own version"},
		{err != nil, "has " + parts[1] + " where the protocol's version belongs, a number"},
		{parts[2] != "unix", "says " + parts[2] + ", not unix: plug-ins listen on a Unix socket"},
		{!inFolder, "names the socket " + parts[3] + ", which does not lie in $PLUGIN_UNIX_SOCKET_DIR"},
		{parts[4] != "grpc", "ends in " + parts[4] + ", not grpc"},
	} {
		if fault.is {
			return address{}, wrong(lineMend, "the line %q %s", shorten(line), fault.what)
		}
	}
	return address{version, parts[3]}, nil
}

// versions are those that a host speaks.
func versions() []int { return []int{2, 1} }

func (a address) check() error {
	if slices.Contains(versions(), a.version) {
		return nil
	}
	return wrong("Serve version 2, and say so in the line: $PLUGIN_PROTOCOL_VERSIONS lists the versions that the host speaks.",
		"it serves version %d of the protocol; this Skysift speaks 2 and 1", a.version)
}

func shorten(text string) string {
	if len(text) > 200 {
		return text[:200] + "…"
	}
	return text
}
