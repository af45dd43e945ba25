// Package pluginhost runs plug-in filters: it starts each one's process, keeps
// it within its limits, asks it about alerts in batches, and starts it anew
// when it fails.
//
// All workers share one process per plug-in. The way of a question: a page
// (page.go) gathers alerts, Plugin.Ask (ask.go) sends it through the session
// (session.go) that the supervisor (supervisor.go) has in service, and checks
// the reply (reply.go). A session is one process, or one connection to a
// remote plug-in; when it fails it is thrown away and the next one is a new
// go-plugin client, as a client cannot be started twice. Nothing a plug-in
// sends is trusted.
package pluginhost
