// Package python runs the tests of the Python SDK beside it and writes its
// protobuf.
package python

//go:generate ../../../.ci/protoc -I skysift_plugin=../../../schemas --python_out=. skysift_plugin/plugin.proto
