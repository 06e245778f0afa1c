package config

import _ "embed"

// Schema is the JSON schema of docket.yaml, for editors. A test makes it from the fields.
//
//go:embed docket.schema.json
var Schema []byte
