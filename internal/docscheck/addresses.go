package docscheck

import (
	"fmt"
	"net"
	"regexp"
	"strings"
)

// addresses gives each localhost:PORT that a document shows a free port
// instead, and turns it back in what the commands print.
type addresses struct {
	real map[string]string // shown → real
}

const shownBroker = "localhost:9092"

var localAddress = regexp.MustCompile(`\b(?:localhost|127\.0\.0\.1):[0-9]+\b`)

// there replaces the addresses that the document shows.
func (a *addresses) there(text string) (string, error) {
	var failed error
	text = localAddress.ReplaceAllStringFunc(text, func(address string) string {
		if a.real[address] == "" {
			port, err := freePort()
			if err != nil {
				failed = err
			}
			a.real[address] = fmt.Sprintf("127.0.0.1:%d", port)
		}
		return a.real[address]
	})
	return text, failed
}

// back replaces the real addresses.
func (a *addresses) back(text string) string {
	for shown, real := range a.real {
		text = strings.ReplaceAll(text, real, shown)
	}
	return text
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
