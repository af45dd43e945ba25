// Package plugincheck checks that a program keeps to schemas/plugin.proto, as
// the authors of plug-ins need it: it says what the program does not keep and
// how to mend it.
//
// It speaks the protocol by itself rather than through the host, for it has to
// see what the host is spared: the line that a program writes, a process that
// stays behind, a reply that belongs to no batch.
//
// The checks run in order, on one process of the program as long as that
// lives. A check that finds it dead has a new one started, so that a crash
// fails the check that brought it about and no other.
package plugincheck
