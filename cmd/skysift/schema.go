package main

import (
	"github.com/spf13/cobra"

	"github.com/skysift/skysift/filter/spec"
)

const schemaHelp = `Print the JSON Schema (draft-07) of a file of filters. Editors that know YAML's
language server complete keys by it, explain them, and mark what is wrong, where
the file's first line is

  # yaml-language-server: $schema=filters.schema.json

and the schema lies beside it. skysift init makes both. Nothing is asked of the
network.

The schema knows the file's shape. Names and types within expressions are the
affair of skysift validate.`

const schemaExample = `  skysift schema > filters.schema.json`

func newSchemaCommand(io streams) *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of a file of filters, for editors",
		Long:    schemaHelp,
		Example: schemaExample,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.out.Write(spec.JSONSchema())
			return err
		},
	}
}
