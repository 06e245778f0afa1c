package config

import (
	"strings"

	"docket/internal/flag"
)

const exampleHead = `# Docket's configuration, with every key. As it is here, it changes nothing.
#
# This file is made from the source: ` + "`go test ./internal/config -update`" + `.
#
# It is read from --config, from DOCKET_CONFIG, or from ./docket.yaml where there is one. The environment wins over
# it: the variable of a key is in brackets. A variable marked (FILE) may also come as NAME_FILE, the path of a file with
# the value, as secrets are mounted; in this file, such a secret may also come as key_file. ` + "`docket config check`" + ` names
# every mistake with its line and column, or the variable; ` + "`docket config show`" + ` prints what is in force, and from
# where. A change takes effect a few seconds after it was written, or at once on SIGHUP, without a restart (only listen
# and database need one); a file with a mistake is not taken, and what was in force before stays.
#
# A line that begins with # and no space, or with more than one, is an example: remove the #.
`

// exampleFile is docs/docket.example.yaml.
func exampleFile(root []entry) string {
	y := &yamlWriter{}
	y.WriteString(exampleHead)
	for _, e := range root {
		if e.key == "" {
			continue
		}
		y.WriteString("\n")
		y.entry(e, 0)
	}
	y.WriteString("\n# In the environment only:\n")
	for _, line := range environmentOnly(root) {
		y.comment("- "+line, 0)
	}
	return y.String()
}

// environmentOnly says what only the environment sets.
func environmentOnly(root []entry) []string {
	var parts []string
	var walk func(all []entry)
	walk = func(all []entry) {
		for _, e := range all {
			if e.key == "" && e.env != "" {
				parts = append(parts, e.variable()+": "+e.doc)
			}
			walk(e.below)
		}
	}
	walk(root)
	for _, f := range flag.Flags {
		parts = append(parts, f.EnvVar+": 0 pins the flag "+f.Name+" off, 1 makes it on by default.")
	}
	return parts
}

type yamlWriter struct{ strings.Builder }

// comment writes a wrapped comment.
func (y *yamlWriter) comment(text string, depth int) {
	indent := strings.Repeat("  ", depth)
	for _, line := range wrapped(text, 118-len(indent)) {
		y.WriteString(indent + "# " + line + "\n")
	}
}

// entry writes a key, with its comment above.
func (y *yamlWriter) entry(e entry, depth int) {
	indent := strings.Repeat("  ", depth)
	doc := e.doc
	if v := e.variable(); v != "" {
		doc += " [" + v + "]"
	}
	y.comment(doc, depth)
	switch e.kind {
	case isStruct:
		y.WriteString(indent + e.key + ":\n")
		for _, inner := range e.below {
			if inner.key != "" {
				y.entry(inner, depth+1)
			}
		}
	case isList:
		y.comment("Each has these keys:", depth)
		y.keys(e.below, "", depth)
		y.WriteString(indent + e.key + ":\n")
		for line := range strings.Lines(e.example) {
			y.WriteString("#" + indent + "  " + line)
		}
		y.WriteString("\n")
	case isValue, isChoice:
		y.value(e, indent)
	}
}

// value writes a key with its default, or an example behind #.
func (y *yamlWriter) value(e entry, indent string) {
	if def := e.shownDefault(); def != "" && e.sample() == "" {
		y.WriteString(indent + e.key + ": " + def + "\n")
		return
	}
	y.WriteString(strings.TrimRight("#"+indent+e.key+": "+e.sample(), " ") + "\n")
}

// sample is the tag example.
func (e entry) sample() string {
	if e.owner == nil {
		return ""
	}
	return e.owner.Field(e.index).Tag.Get("example")
}

// keys writes the keys of an item as comments.
func (y *yamlWriter) keys(all []entry, above string, depth int) {
	for _, e := range all {
		if e.kind == isChoice {
			y.comment("- "+above+e.key+": "+e.doc+" One of "+strings.Join(e.kinds(), ", ")+".", depth)
		}
		if e.kind == isValue || e.kind == isList {
			y.comment("- "+above+e.key+e.note()+": "+e.doc, depth)
		}
		if e.kind != isValue {
			y.keys(e.below, above+e.key+".", depth)
		}
	}
}

func (e entry) kinds() []string {
	var names []string
	for _, k := range e.below {
		names = append(names, k.key)
	}
	return names
}

// note says in brackets what the default is, or that the key must be there.
func (e entry) note() string {
	switch def := e.shownDefault(); {
	case e.required:
		return " (required)"
	case def == "" || def == "0s" || def == "false" || def == "[]" || def == "0":
		return ""
	case e.with != "":
		return " (default " + def + ", with " + e.with + ")"
	default:
		return " (default " + def + ")"
	}
}
