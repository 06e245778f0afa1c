package template

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/incident"
	"docket/internal/line"
)

// The limits on a template and on its output.
const (
	maxTemplate = 16 << 10
	maxSubject  = 2 << 10
	maxBody     = 64 << 10
	// maxSteps limits the iterations of all loops together.
	maxSteps = 10_000
)

// Words are a route's templates. The zero Words, and nil, mean the built-in text.
type Words struct{ subject, body *template.Template }

// Fault is what is wrong with a template.
type Fault struct {
	// Part is "subject" or "body".
	Part string
	// Line and Column are positions in the template, starting at 1; 0 if unknown.
	Line, Column int
	Reason       string
}

// New parses a route's templates ("" means the built-in text) and tries them on samples. All faults are
// returned at once.
func New(subject, body string) (*Words, []Fault) {
	w := &Words{}
	var faults []Fault
	for _, part := range []struct {
		name, text string
		into       **template.Template
	}{{"subject", subject, &w.subject}, {"body", body, &w.body}} {
		if part.text == "" {
			continue
		}
		t, err := compile(part.name, part.text)
		for _, s := range samples() {
			if err == nil {
				_, err = render(t, viewOf(s.inc, s.alerts, 0), maxBody)
			}
		}
		if err != nil {
			faults = append(faults, faultOf(part.name, err))
			continue
		}
		*part.into = t
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return w, nil
}

// Ticket returns an incident's subject and body. An error names the template that failed; that part then has
// the built-in text, and the body's footer says so. most is how many bytes of the built-in text the desk takes, 0 for no
// limit of its own.
func (w *Words) Ticket(inc incident.Incident, alerts []alert.Alert, most int) (subject, body string, err error) {
	subject, body = brief.Ticket(inc, alerts, most)
	if w == nil || w.subject == nil && w.body == nil {
		return subject, body, nil
	}
	view := viewOf(inc, alerts, most)
	var footnotes []string
	if w.subject != nil {
		text, fault := render(w.subject, view, maxSubject)
		if fault == nil && strings.TrimSpace(text) == "" {
			fault = errors.New("it writes nothing")
		}
		if fault == nil {
			subject = brief.FrameSubject(inc.Mark, text)
		} else {
			footnotes, err = append(footnotes,
				footnote("subject", fault)), fmt.Errorf("write the subject by the template of route %q: %w", inc.Route, fault)
		}
	}
	text, templated := view.Words, false
	if w.body != nil {
		written, fault := render(w.body, view, maxBody)
		if fault == nil {
			text, templated = written, true
		} else {
			footnotes, err = append(footnotes, footnote("body", fault)), errors.Join(err,
				fmt.Errorf("write the body by the template of route %q: %w", inc.Route, fault))
		}
	}
	if templated || len(footnotes) > 0 {
		body = brief.FrameBody(inc, text, strings.Join(footnotes, "\n"))
	}
	return subject, body, err
}

// footnote tells the ticket's reader that a template failed.
func footnote(part string, fault error) string {
	return fmt.Sprintf("The route's template for the %s failed (%s), so this is the built-in text.", part, faultOf(part, fault).Reason)
}

var errSteps = fmt.Errorf("its loops take more than %d turns", maxSteps)

// functions are what templates can call in addition to text/template's own.
var functions = template.FuncMap{
	"default":  func(or, text string) string { return firstOf(text, or) },
	"lower":    strings.ToLower,
	"upper":    strings.ToUpper,
	"trim":     strings.TrimSpace,
	"contains": func(part, text string) bool { return strings.Contains(text, part) },
	"truncate": truncate,
	// step is inserted into every loop by compile.
	"step": func() (string, error) { return "", nil },
}

func firstOf(text, or string) string {
	if text == "" {
		return or
	}
	return text
}

func truncate(most int, text string) (string, error) {
	if most < 1 {
		return "", errors.New("truncate needs a length of at least 1")
	}
	return line.Clip(text, most), nil
}

// compile parses a template and inserts a step counter into each of its loops.
func compile(name, text string) (*template.Template, error) {
	if len(text) > maxTemplate {
		return nil, fmt.Errorf("is longer than %d bytes", maxTemplate)
	}
	t, err := template.New(name).Option("missingkey=zero").Funcs(functions).Parse(text)
	if err != nil {
		return nil, err
	}
	if len(t.Templates()) > 1 {
		return nil, errors.New("define and block are not supported: write one template")
	}
	if t.Tree == nil {
		return t, nil
	}
	step, err := template.New("step").Funcs(functions).Parse("{{step}}")
	if err != nil {
		return nil, err
	}
	return t, bound(t.Root, step.Root.Nodes[0])
}

// bound walks a template: it refuses calls of other templates and makes each loop count its iterations.
func bound(list *parse.ListNode, step parse.Node) error {
	if list == nil {
		return nil
	}
	for _, n := range list.Nodes {
		var branch *parse.BranchNode
		switch n := n.(type) {
		case *parse.TemplateNode:
			return errors.New("template is not supported: write one template")
		case *parse.RangeNode:
			if err := boundBranch(&n.BranchNode, step); err != nil {
				return err
			}
			n.List.Nodes = append([]parse.Node{step}, n.List.Nodes...)
			continue
		case *parse.IfNode:
			branch = &n.BranchNode
		case *parse.WithNode:
			branch = &n.BranchNode
		default:
			continue
		}
		if err := boundBranch(branch, step); err != nil {
			return err
		}
	}
	return nil
}

func boundBranch(b *parse.BranchNode, step parse.Node) error {
	if err := bound(b.List, step); err != nil {
		return err
	}
	return bound(b.ElseList, step)
}

// page collects a template's output, up to a limit.
type page struct {
	text strings.Builder
	most int
}

// Write accepts text as long as there is room.
func (p *page) Write(b []byte) (int, error) {
	if p.text.Len()+len(b) > p.most {
		return 0, fmt.Errorf("it writes more than %d bytes", p.most)
	}
	return p.text.Write(b)
}

// render runs a template.
func render(t *template.Template, v View, most int) (string, error) {
	own, err := t.Clone() // The steps are counted for this run only.
	if err != nil {
		return "", fmt.Errorf("clone the template: %w", err)
	}
	steps := 0
	own.Funcs(template.FuncMap{"step": func() (string, error) {
		if steps++; steps > maxSteps {
			return "", errSteps
		}
		return "", nil
	}})
	p := &page{most: most}
	if err := own.Execute(p, v); err != nil {
		return "", err
	}
	return strings.ToValidUTF8(strings.ReplaceAll(p.text.String(), "\x00", "\uFFFD"), "\uFFFD"), nil
}

// place matches how text/template begins its errors.
var place = regexp.MustCompile(`^template: \w+:(\d+)(?::(\d+))?: (?:executing "\w+" at )?(?s:(.*))$`)

// faultOf extracts the position from an error's text.
func faultOf(part string, err error) Fault {
	m := place.FindStringSubmatch(err.Error())
	if m == nil {
		return Fault{part, 0, 0, line.Clip(line.Of(err.Error()), 200)}
	}
	row, _ := strconv.Atoi(m[1])    // Digits, by the pattern.
	column, _ := strconv.Atoi(m[2]) // Digits or nothing, by the pattern.
	return Fault{part, row, column, line.Clip(line.Of(m[3]), 200)}
}
