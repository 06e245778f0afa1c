package config

import (
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/fault"
)

const pageHead = `# Configuration reference

Every key of ` + "`docket.yaml`" + `, with its default and the variable of the environment that sets it, too. This page is made
from the source: ` + "`go test ./internal/config -update`" + `. [docket.example.yaml](docket.example.yaml) is the same as a file
to copy.

- The file is the one that ` + "`--config`" + ` or ` + "`DOCKET_CONFIG`" + ` names, or ` + "`./docket.yaml`" + ` where there is one. Every
  key has a default, and an unknown key is an error. Variables win over the file; an empty variable counts as unset.
- A secret may also come from a file, as secrets are mounted: the variable ` + "`NAME_FILE`" + ` or the key ` + "`key_file`" + ` holds
  its path.
- Durations are written as ` + "`30s`, `5m` or `1h30m`" + `; severities as P1 (the worst) to P5, or critical, error, high, warning, info.
- ` + "`docket config check`" + ` names every mistake, ` + "`docket config show`" + ` prints what is in force and where it comes from, and
  ` + "`docket config schema`" + ` prints the JSON schema ([docket.schema.json](docket.schema.json)) for editors.
- A change takes effect without a restart, except for ` + "`listen` and `database`" + `.
`

// referencePage is docs/configuration.md.
func referencePage(root []entry) string {
	p := &pageWriter{}
	p.WriteString(pageHead + "\n## General\n\n")
	for _, e := range root {
		if e.kind == isValue && e.key != "" {
			p.item(e, "")
		}
	}
	for _, e := range root {
		if e.kind == isValue || e.key == "" {
			continue
		}
		p.WriteString("\n## `" + e.key + "`\n\n")
		p.paragraph(e.doc)
		p.WriteString("\n")
		if e.example != "" {
			p.WriteString("```yaml\n" + e.key + ":\n")
			for line := range strings.Lines(e.example) {
				p.WriteString("  " + line)
			}
			p.WriteString("\n```\n\n")
		}
		p.items(e.below, "")
	}
	p.WriteString("\n## Only in the environment\n\n")
	p.WriteString(strings.Join(wrapped("- `DOCKET_CONFIG`: The path of the configuration file.", 118), "\n  ") + "\n")
	for _, line := range environmentOnly(root) {
		name, doc, _ := strings.Cut(line, ": ")
		p.WriteString(strings.Join(wrapped("- `"+strings.Replace(name, " (FILE)", "` or `_FILE", 1)+"`: "+doc, 118), "\n  ") + "\n")
	}
	return p.String()
}

type pageWriter struct{ strings.Builder }

func (p *pageWriter) paragraph(text string) {
	p.WriteString(strings.Join(wrapped(text, 118), "\n") + "\n")
}

// items writes all values below a section, with their paths in it.
func (p *pageWriter) items(all []entry, above string) {
	for _, e := range all {
		switch {
		case e.key == "":
		case e.kind == isValue:
			p.item(e, above)
		case e.kind == isChoice:
			p.WriteString(strings.Join(wrapped("- **`"+above+e.key+"`**: "+e.doc, 118), "\n  ") + "\n")
			p.items(e.below, above+e.key+".")
		default:
			if e.kind == isStruct && e.doc != "" {
				p.WriteString(strings.Join(wrapped("- **`"+above+e.key+"`**: "+e.doc, 118), "\n  ") + "\n")
			}
			p.items(e.below, above+e.key+".")
		}
	}
}

// item writes one value.
func (p *pageWriter) item(e entry, above string) {
	facts := []string{e.typeName()}
	if e.required {
		facts = append(facts, "required")
	}
	if def := e.shownDefault(); def != "" {
		facts = append(facts, "default `"+def+"`")
	}
	if e.with != "" {
		facts = append(facts, "with `"+e.with+"`")
	}
	if e.env != "" {
		facts = append(facts, "`"+e.env+"`")
	}
	text := "- **`" + above + e.key + "`** (" + strings.Join(facts, ", ") + "): " + e.doc
	p.WriteString(strings.Join(wrapped(text, 118), "\n  ") + "\n")
}

// typeName is what kind of value a key takes, for people.
func (e entry) typeName() string {
	switch e.value.Interface().(type) {
	case time.Duration, *time.Duration:
		return "duration"
	case alert.Severity:
		return "severity"
	case fault.Secret:
		return "secret"
	case int64, *int64, float64:
		return "number"
	case bool:
		return "true or false"
	case []string:
		return "list"
	case string:
		return "text"
	}
	return "mapping"
}
