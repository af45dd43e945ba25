package plugin

import goplugin "github.com/hashicorp/go-plugin"

// The versions of the protocol. A host speaks both; a plug-in made with this
// package speaks the current one.
const (
	Version         = 2
	PreviousVersion = 1
)

// Service is the name under which the filter is served and its health told.
const Service = "filter"

// MaxMessage bounds a message of either direction, in bytes.
const MaxMessage = 64 << 20

// Handshake is what a host and a plug-in know each other by. It is no secret:
// it tells that the program was not started by a person.
func Handshake() goplugin.HandshakeConfig {
	return goplugin.HandshakeConfig{MagicCookieKey: "SKYSIFT_PLUGIN", MagicCookieValue: "b5c26b8a0f6e4d3c"}
}
