package schemas_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// avroField is what one Avro schema says of one path.
type avroField struct {
	kind     string
	nullable bool
}

var kinds = map[string]string{
	"int": "int", "long": "int", "float": "float", "double": "float",
	"string": "string", "bytes": "bytes", "boolean": "bool", "enum": "string", "map": "map",
}

// avroSchema flattens an Avro schema into paths.
type avroSchema struct {
	types  map[string]map[string]any
	fields map[string]avroField
}

// parseAvro reads a schema; named types of other files come first.
func parseAvro(t *testing.T, texts ...[]byte) map[string]avroField {
	t.Helper()
	s := avroSchema{types: map[string]map[string]any{}, fields: map[string]avroField{}}
	var last map[string]any
	for _, text := range texts {
		last = nil
		if err := json.Unmarshal(withoutTrailingCommas(text), &last); err != nil {
			t.Fatal(err)
		}
		s.declare(last, "")
	}
	s.record(last, "", false)
	return s.fields
}

// The oldest published schemas have commas that JSON does not allow.
func withoutTrailingCommas(text []byte) []byte {
	return regexp.MustCompile(`,(\s*[\]}])`).ReplaceAll(text, []byte("$1"))
}

// declare enters the records of a type, by their full and their short names.
func (s avroSchema) declare(schema any, space string) {
	switch schema := schema.(type) {
	case []any:
		for _, branch := range schema {
			s.declare(branch, space)
		}
	case map[string]any:
		if own, ok := schema["namespace"].(string); ok {
			space = own
		}
		if name, ok := schema["name"].(string); ok && schema["type"] == "record" {
			s.types[name] = schema
			s.types[space+"."+name] = schema
			for _, field := range schema["fields"].([]any) {
				s.declare(field.(map[string]any)["type"], space)
			}
			return
		}
		s.declare(schema["items"], space)
		s.declare(schema["type"], space)
	}
}

func (s avroSchema) record(schema map[string]any, prefix string, nullable bool) {
	for _, f := range schema["fields"].([]any) {
		field := f.(map[string]any)
		s.walk(field["type"], prefix+field["name"].(string), nullable)
	}
}

func (s avroSchema) walk(schema any, path string, nullable bool) {
	switch schema := schema.(type) {
	case []any:
		var rest []any
		for _, branch := range schema {
			if branch == "null" {
				nullable = true
			} else {
				rest = append(rest, branch)
			}
		}
		if len(rest) != 1 {
			panic(fmt.Sprintf("%s: a union of %v", path, schema))
		}
		s.walk(rest[0], path, nullable)
	case string:
		if record, known := s.types[schema]; known {
			s.walk(record, path, nullable)
			return
		}
		s.fields[path] = avroField{kinds[schema], nullable}
	case map[string]any:
		switch schema["type"] {
		case "record":
			if !strings.HasSuffix(path, "[]") {
				s.fields[path] = avroField{"record", nullable}
			}
			s.record(schema, path+".", nullable)
		case "array":
			s.fields[path] = avroField{"list", nullable}
			s.walk(schema["items"], path+"[]", false)
		default:
			s.walk(schema["type"], path, nullable)
		}
	}
}

// writerSchema returns the schema in the head of an Avro container file.
func writerSchema(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const key = "\x16avro.schema"
	at := strings.Index(string(data[:min(len(data), 1<<16)]), key)
	if at < 0 {
		t.Fatalf("%s: no schema", filepath.Base(file))
	}
	rest := data[at+len(key):]
	length, shift := uint64(0), 0
	for {
		b := rest[0]
		rest = rest[1:]
		length |= uint64(b&0x7f) << shift
		if shift += 7; b < 0x80 {
			break
		}
	}
	return rest[:length>>1]
}

// schemaVersion returns the version that a schema says it has.
func schemaVersion(schema []byte) string {
	var head struct{ Version string }
	if json.Unmarshal(schema, &head) != nil {
		return ""
	}
	return head.Version
}
