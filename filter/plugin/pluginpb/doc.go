// Package pluginpb is schemas/plugin.proto as Go.
package pluginpb

//go:generate ../../../.ci/protoc -I ../../../schemas --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative plugin.proto
