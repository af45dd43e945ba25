package confluent

import "net/http"

// AskThrough makes the registry's questions go through transport.
func (r *Registry) AskThrough(transport http.RoundTripper) { r.client.Through(transport) }
