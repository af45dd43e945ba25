package main

import (
	"github.com/spf13/cobra"

	"github.com/skysift/skysift/filter/filtertest"
	"github.com/skysift/skysift/filter/spec"
)

const schemaHelp = `Print the JSON Schema (draft-07) of a file of filters or, with --tests, of a file
of tests. Editors that know YAML's language server complete keys by it, explain
them, and mark what is wrong, where the file's first line is

  # yaml-language-server: $schema=filters.schema.json

or, of a file of tests, filters_test.schema.json, and the schema lies beside it.
skysift init makes them all. Nothing is asked of the network.

The schema knows the file's shape. Names and types within expressions are the
affair of skysift validate and skysift test.`

const schemaExample = `  skysift schema > filters.schema.json
  skysift schema --tests > filters_test.schema.json`

func newSchemaCommand(io streams) *cobra.Command {
	tests := false
	command := &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of a file of filters or tests, for editors",
		Long:    schemaHelp,
		Example: schemaExample,
		RunE: func(*cobra.Command, []string) error {
			schema := spec.JSONSchema()
			if tests {
				schema = filtertest.JSONSchema()
			}
			_, err := io.out.Write(schema)
			return err
		},
	}
	command.Flags().BoolVar(&tests, "tests", false, "print that of a file of tests")
	return command
}
