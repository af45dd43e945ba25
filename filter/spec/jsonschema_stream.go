package spec

import (
	"math"
	"strings"
)

func streamShape() shape {
	return object("Where alerts come from. Flags and environment variables can say it too, and win. ${NAME} and ${NAME:-default} are filled in from the environment.", nil, shape{
		"brokers": textsOf(`[^,]+:[0-9]+`, "Kafka brokers, host:port, to begin with; the others are found."),
		"topics":  textsOf(`[^,]+`, "Topics, by name or pattern: * any characters, ? one, [ab] a or b. A topic that comes to match is read too."),
		"tls":     tlsShape(),
		"sasl":    saslShape(),
		"group":   described(shape{"type": "string", "minLength": 1, "maxLength": maxTopic}, "The consumer group's name."),
		"start":   textOf(`earliest|latest|[0-9]{4}-[0-9]{2}-[0-9]{2}.*`, "Where to begin in a partition for which the group has committed nothing: earliest, latest, or a UTC time such as 2026-03-01T00:00:00Z."),
		"format":  textOf(anyText, "How records are written, avro, confluent, json or msgpack; left out, each record's bytes tell it."),
		"schemas": textOf(anyText, "Where the schemas are that records name without bringing them: a folder of .avsc files, its path relative to this file, or a registry's URL. For json and msgpack samples of the messages, or a JSON Schema."),
		"survey":  textOf(anyText, "Whose alerts these are, and so the fields that filters may use: ztf, lsst, fink, …; none leaves names unchecked."),
	})
}

func outputShape() shape {
	return object("Where alerts go. ${NAME} and ${NAME:-default} are filled in from the environment.", nil, shape{
		"topic":     textOf(`([A-Za-z0-9._-]|\{class\})+`, "The topic of each class; {class} stands for its name. skysift.{class} if nothing is said."),
		"brokers":   textsOf(`[^,]+:[0-9]+`, "Brokers of the cluster that outputs go to, host:port; that of stream if nothing is said."),
		"tls":       tlsShape(),
		"sasl":      saslShape(),
		"encoding":  encodingShape(),
		"registry":  textOf(`https?://[^@\s]+`, "The schema registry that numbers schemas for the encoding confluent; its user and password come from SKYSIFT_REGISTRY_USER and SKYSIFT_REGISTRY_PASSWORD."),
		"schema_id": schemaIDShape(),
		"classes": described(shape{"type": []string{"object", "null"}, "additionalProperties": object("What the outputs of this class have of their own.", nil, shape{
			"topic":     textOf(topicShape, "The class's topic."),
			"encoding":  encodingShape(),
			"schema_id": schemaIDShape(),
		})}, "What the outputs of some classes have of their own, by the class's name."),
		"reject_topic": textOf(topicShape, "Where records go that cannot be decoded or delivered. skysift.rejected if nothing is said."),
		"partitions": described(shape{"oneOf": []shape{
			{"type": "integer", "minimum": 1, "maximum": maxPartitions}, {"type": "string", "pattern": `^\s*[0-9]+\s*$|\$\{`},
		}}, "Partitions of a topic that is created; as many as the input has if nothing is said."),
	})
}

func encodingShape() shape {
	return textOf(strings.Join(encodings, "|"), "How outputs are written: passthrough, the input's own bytes; json; confluent, framed for a schema registry; or fink, with the schema as key.")
}

func schemaIDShape() shape {
	return described(shape{"oneOf": []shape{
		{"type": "integer", "minimum": 1, "maximum": math.MaxUint32}, {"type": "string", "pattern": `^0*[1-9][0-9]*$`},
	}}, "One number for every schema, in place of a registry's, for the encoding confluent.")
}

func tlsShape() shape {
	return described(shape{"oneOf": []shape{{"type": "boolean"}, object("", nil, shape{
		"ca_file":     textOf(anyText, "PEM file of the authorities that are trusted in place of the system's."),
		"cert_file":   textOf(anyText, "PEM file of our certificate, for brokers that ask who we are."),
		"key_file":    textOf(anyText, "PEM file of our certificate's key, without a password."),
		"server_name": textOf(anyText, "The name that the brokers' certificates must have, where it is not that of their addresses."),
	})}}, "How connections are encrypted: true, or what differs from the system's trust.")
}

func saslShape() shape {
	var names []string
	for _, name := range saslMechanisms {
		names = append(names, name, strings.ToLower(name))
	}
	return object("As whom to log in. Secrets stand in variables or files, never here.", nil, shape{
		"mechanism": described(shape{"oneOf": []shape{{"enum": names}, {"type": "string", "pattern": `\$\{`}}},
			"How to log in; OAUTHBEARER takes a token_url, the others a username and a password."),
		"username":           textOf(anyText, "The user, for PLAIN and SCRAM."),
		"password":           secretShape("The user's password, as a variable: ${KAFKA_PASSWORD}."),
		"password_file":      textOf(anyText, "A file that has the password."),
		"token_url":          textOf(anyText, "Where OAUTHBEARER's tokens come from: https, or http on this machine."),
		"client_id":          textOf(anyText, "The client, for OAUTHBEARER."),
		"client_secret":      secretShape("The client's secret, as a variable: ${KAFKA_CLIENT_SECRET}."),
		"client_secret_file": textOf(anyText, "A file that has the client's secret."),
		"scope":              textsOf(`[^,]+`, "What the token is for, one or a list."),
		"extensions": described(shape{"type": []string{"object", "null"}, "additionalProperties": shape{"type": "string"}},
			"Names and values that go with the token, such as Confluent Cloud's logicalCluster."),
		"token_ca_file": textOf(anyText, "PEM file of the authorities that are trusted for the token URL."),
	})
}

// secretShape is one variable and nothing else.
func secretShape(doc string) shape {
	return described(shape{"type": "string", "pattern": `^\s*\$\{[A-Za-z_][A-Za-z0-9_]*\}\s*$`}, doc)
}
