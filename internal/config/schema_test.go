package config

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"docket/internal/desk/kinds"
)

type object = map[string]any

// schemaFile is the JSON schema of docket.yaml.
func schemaFile(t *testing.T, root []entry) string {
	t.Helper()
	schema := section(root)
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "docket.yaml"
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(schema); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// section is the schema of a mapping with these keys. Every value may be null, which leaves the default.
func section(all []entry) object {
	keys, required := object{}, []string{}
	for _, e := range all {
		if e.key == "" {
			continue
		}
		keys[e.key] = e.schema()
		if e.kind == isValue && isSecret(e.value.Type()) {
			keys[e.key+fileKey] = object{"type": []string{"string", "null"}, "description": "The path of a file that holds " + e.key + "."}
		} else if e.required && e.owner.Name() != "Settings" { // A desk's section need not be there.
			required = append(required, e.key)
		}
	}
	schema := object{"type": []string{"object", "null"}, "additionalProperties": false, "properties": keys}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func (e entry) schema() object {
	var schema object
	switch e.kind {
	case isStruct, isChoice:
		schema = section(e.below)
		if e.value.Type() == reflect.TypeFor[IdentityConfig]() {
			schema = object{"anyOf": []any{object{"const": "alert_id"}, schema}}
		}
	case isList:
		schema = object{"type": []string{"array", "null"}, "items": section(e.below)}
	case isValue:
		schema = e.valueSchema(e.value.Type())
	}
	if e.doc != "" {
		schema["description"] = e.doc
	}
	if def := e.shownDefault(); def != "" && e.with == "" && e.without == "" && e.value.Kind() != reflect.Slice {
		schema["default"] = e.asJSON(def)
	}
	return schema
}

// asJSON is a default as the type that it has in JSON.
func (e entry) asJSON(def string) any {
	switch e.value.Kind() { //nolint:exhaustive // Texts, else.
	case reflect.Bool:
		return def == "true"
	case reflect.Int64, reflect.Float64:
		if n, err := strconv.ParseFloat(def, 64); err == nil {
			return n
		}
	}
	return strings.Trim(def, `"`)
}

func (e entry) valueSchema(t reflect.Type) object {
	switch {
	case t.Kind() == reflect.Pointer:
		return e.valueSchema(t.Elem())
	case t.Kind() == reflect.Slice:
		return object{"type": []string{"array", "null"}, "items": e.valueSchema(t.Elem())}
	case t.Kind() == reflect.Map:
		return object{"type": []string{"object", "null"}, "additionalProperties": e.valueSchema(t.Elem())}
	case isDuration(t):
		return object{"type": []string{"string", "integer", "null"}, "maximum": 0, "pattern": `^(0|([0-9.]+(ns|us|µs|ms|s|m|h))+)$`}
	case t.Name() == "Severity":
		return object{"enum": []any{"P1", "P2", "P3", "P4", "P5", "critical", "error", "high", "warning", "info", nil}}
	case e.format == "desk":
		return enum(kinds.Names(), false)
	case len(e.oneof) > 0:
		return enum(e.oneof, e.zero != "")
	case t.Kind() == reflect.Bool:
		return object{"type": []string{"boolean", "null"}}
	case t.Kind() == reflect.Int64:
		least := 1
		if e.zero != "" {
			least = 0
		}
		return object{"type": []string{"integer", "null"}, "minimum": least}
	case t.Kind() == reflect.Float64:
		return object{"type": []string{"number", "null"}, "exclusiveMinimum": 0}
	}
	return object{"type": []string{"string", "number", "null"}}
}

func enum(words []string, empty bool) object {
	all := []any{nil}
	for _, w := range words {
		all = append(all, w)
	}
	if empty {
		all = append(all, "")
	}
	return object{"enum": all}
}

func TestTheSchemaAcceptsWhatDocketAcceptsAndRefusesAnUnknownKey(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddResource("docket.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("docket.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(text string) error {
		asJSON, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(value)
	}
	asItStands, examples := example(t)
	texts := map[string]string{"the example": asItStands, "its examples": examples}
	for _, name := range []string{"testdata/v1.yaml", "testdata/full.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	for name, text := range texts {
		if err := validate(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{
		"lisen: 127.0.0.1:1", "policies: {hold: soon}", "sources: [{format: grafana}]", "policies: {ticket_at: P9}",
	} {
		if validate(text) == nil {
			t.Errorf("the schema accepts %s", text)
		}
	}
}
