// Package docscheck runs what the documents show, so that they stay true:
// each command in a block marked sh or console runs, in order, in an empty
// folder of the document's own, with the skysift that was just built; output
// shown in a console block is compared; a yaml block that is a whole file of
// filters is validated; links between documents lead somewhere.
//
// Comments before a block say what it needs; readers do not see them:
//
//	<!-- docs-check: file NAME -->       write the block into the folder as NAME
//	<!-- docs-check: from PATH -->       the block stands so in that file of the repository
//	<!-- docs-check: in-repository -->   run it in the repository's root
//	<!-- docs-check: in FOLDER -->       run it in a folder of the document's, as after a cd
//	<!-- docs-check: expect-exit N -->   its last command exits with N
//	<!-- docs-check: background -->      it runs on until the document ends, then SIGTERM must end it with 0
//	<!-- docs-check: eventually -->      try again, for 30 seconds
//	<!-- docs-check: skip REASON -->     do not run it, for one of the reasons in SkipReasons
//
// and anywhere, for the whole document:
//
//	<!-- docs-check: kafka -->           localhost:9092 is a broker
//	<!-- docs-check: copy PATH -->       a file of the repository lies in the folder
//
// Every localhost:PORT of a document is another, free port while it is checked.
package docscheck

import "fmt"

// SkipReasons are the only reasons for not running a command, and what each
// means.
func SkipReasons() map[string]string {
	return map[string]string{
		"own-step":     "it is a make target with a step of its own in .ci/run",
		"installs":     "it installs something on the reader's machine",
		"your-cluster": "it needs the reader's own cluster and credentials",
		"your-service": "it is for the reader's service manager",
	}
}

// Problem is one thing that a document shows and that is not so.
type Problem struct {
	Path string
	Line int
	Text string
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.Path, p.Line, p.Text) }
