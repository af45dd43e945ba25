package main

import "github.com/spf13/cobra"

const pluginHelp = `Write a plug-in filter, and check that it keeps to the protocol.

A plug-in is a program that Skysift starts and asks about alerts, for what the
language of filters.yaml cannot say. The SDKs make one of a function in Go or a
class in Python; any language with gRPC will do.`

func newPluginCommand(io streams) *cobra.Command {
	command := &cobra.Command{
		Use:   "plugin",
		Short: "Write plug-in filters and check them",
		Long:  pluginHelp,
		RunE: func(c *cobra.Command, args []string) error {
			if err := unknownVerb(c, args); err != nil {
				return err
			}
			return c.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	for _, verb := range []*cobra.Command{newPluginNewCommand(io), newPluginCheckCommand(io)} {
		verb.Args = wrongArgs(verb.Args)
		verb.DisableFlagsInUseLine = true
		command.AddCommand(verb)
	}
	return command
}
