// Package keeper is the process that stands between Skysift and a plug-in.
//
// Skysift starts its own program once more with the word Verb as its first
// argument; that process, the keeper, starts the plug-in within its limits and
// watches two things: a pipe whose other end only Skysift holds, and the plug-in
// with every process it has made. When the pipe ends, as it does however
// Skysift ends, or the plug-in takes more than it may, all of them are killed.
//
// It is a process of its own because nothing in Skysift can act after Skysift
// was killed, and because a process that daemonises leaves its parent and its
// group, but not the keeper, to whom Linux hands it as its subreaper.
package keeper
