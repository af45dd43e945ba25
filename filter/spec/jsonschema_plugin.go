package spec

// pluginShape is a filter's plug-in.
func pluginShape() shape {
	s := object("The program, or server, that judges the alerts which where lets through.", nil, shape{
		"path":    described(shape{"type": "string", "pattern": anyText}, "The program, from this file's folder."),
		"files":   wordsShape("What is its code besides the program, such as a script that it runs: it is in sha256, and a change of it starts the plug-in anew."),
		"sha256":  textOf(`[0-9A-Fa-f]{64}`, "What the sha256 of the program, and of files with it, must be at each start."),
		"args":    wordsShape("What the program is started with; ./ and ../ are from this file's folder."),
		"env":     wordsShape("What the program sees of the environment: NAME hands a variable on, NAME=value sets one."),
		"address": textOf(anyText, "The host:port of a plug-in that runs elsewhere, instead of path."),
		"tls": described(shape{"oneOf": []shape{{"type": "boolean"}, object("How to speak to the plug-in at address.", nil, shape{
			"ca_file":     described(shape{"type": "string"}, "The authorities to trust, instead of the system's: a file in PEM."),
			"cert_file":   described(shape{"type": "string"}, "Our own certificate, a file in PEM."),
			"key_file":    described(shape{"type": "string"}, "The key of our own certificate, a file in PEM."),
			"server_name": described(shape{"type": "string"}, "The name that the plug-in's certificate must have."),
		})}}, "TLS to the plug-in at address; false speaks in plain text."),
		"deadline": described(shape{"type": "string", "pattern": `^\+?([0-9.]+(ns|us|µs|μs|ms|s|m|h))+$`}, "How long it may take for one batch, from 10ms to 10m; 10s if it is left out, which is also the most with on_failure: skip and reject."),
		"memory":   described(shape{"type": "string", "pattern": `^[0-9.]+\s*(GiB|MiB|GB|MB)$`}, "What it may take of memory, such as 512MiB; 1GiB if it is left out."),
		"processes": described(shape{"oneOf": []shape{{"type": "integer", "minimum": 1, "maximum": 10000}, {"type": "string", "pattern": `^[0-9]+$`}}},
			"How many processes it may have; 64 if it is left out."),
		"sandbox": described(shape{"oneOf": []shape{{"type": "boolean"}, object("All that it may touch.", nil, shape{
			"read":    wordsShape("Files and folders that it may read."),
			"write":   wordsShape("Files and folders that it may change."),
			"network": described(shape{"type": "boolean"}, "Whether it may use the network."),
		})}}, "Leaves it no network and no files but the system's programs and libraries, its own folder, and what is named here."),
		"on_failure": described(shape{"enum": []string{"hold", "skip", "reject"}},
			"What becomes of alerts that it cannot be asked about: hold judges them later, skip does without it, reject sends them to the reject topic as well."),
		"classes": wordsShape("Classes that it may name besides the filter's own."),
	})
	s["type"] = "object"
	s["oneOf"] = []shape{
		{"required": []string{"path"}, "not": anyOf("tls")},
		{"required": []string{"address"}, "not": anyOf("files", "sha256", "args", "env", "memory", "processes", "sandbox")},
	}
	return s
}

// anyOf is a mapping that has any of some keys.
func anyOf(keys ...string) shape {
	var all []shape
	for _, key := range keys {
		all = append(all, shape{"required": []string{key}})
	}
	return shape{"anyOf": all}
}

// wordsShape is one word or a list of them.
func wordsShape(doc string) shape {
	word := shape{"type": []string{"string", "number", "boolean"}}
	return described(shape{"oneOf": []shape{word, {"type": "array", "items": word}}}, doc)
}
