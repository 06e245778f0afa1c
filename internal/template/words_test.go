package template_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/incident"
	"docket/internal/template"
)

// broken is an incident of two alerts.
func broken() (incident.Incident, []alert.Alert) {
	at := time.Date(2026, 11, 23, 10, 2, 0, 0, time.UTC)
	one := func(pod string) alert.Alert {
		ls := alert.NewLabels(map[string]string{"alertname": "PodDown", "pod": pod, "team": "shop"})
		return alert.Alert{Key: 7, Labels: ls, Annotations: alert.NewLabels(map[string]string{"summary": pod + " is down"}), Severity: alert.P2,
			Status: alert.Firing, StartsAt: at, Title: "PodDown"}
	}
	return incident.Incident{Mark: alert.Mark{Key: 7, Generation: 1}, Source: "prometheus", Severity: alert.P2, Title: "PodDown", OpenedAt: at,
		Route: "shop"}, []alert.Alert{one("web-1"), one("web-2")}
}

func parse(t testing.TB, subject, body string) *template.Words {
	t.Helper()
	w, faults := template.New(subject, body)
	if faults != nil {
		t.Fatal(faults)
	}
	return w
}

func TestRoutesOwnWordsStandBetweenTheMarks(t *testing.T) {
	inc, alerts := broken()
	w := parse(t, `[{{.Labels.team | upper}}] {{.Title}} ({{len .Alerts}}) {{index .Labels "pod" | default "many"}}`,
		"{{range .Alerts}}- {{.Labels.pod}}: {{.Summary}}\n{{end}}since {{.Since}}\n{{if contains \"Pod\" .Title}}{{truncate 3 .Title}}{{end}}")
	subject, body, err := w.Ticket(inc, alerts, 0)
	if err != nil {
		t.Fatal(err)
	}
	if want := "[SHOP] PodDown (2) many [0000000000000007.1]"; subject != want {
		t.Errorf("the subject is %q, want %q", subject, want)
	}
	want := "- web-1: web-1 is down\n- web-2: web-2 is down\nsince 2026-11-23 10:02:00 UTC\nPo…\n\nalert_key: 0000000000000007\nFiled by " +
		"Docket. Keep the mark: [0000000000000007.1]\n"
	if diff := cmp.Diff(want, body); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutTemplatesTheWordsAreTheBuiltInOnes(t *testing.T) {
	inc, alerts := broken()
	wantSubject, wantBody := brief.Ticket(inc, alerts, 0)
	for _, w := range []*template.Words{nil, {}, parse(t, "", ""), parse(t, "", "{{.Words}}")} {
		subject, body, err := w.Ticket(inc, alerts, 0)
		if subject != wantSubject || body != wantBody || err != nil {
			t.Errorf("%v: %s", err, cmp.Diff(wantSubject+wantBody, subject+body))
		}
	}
}

func TestMarkStaysLastWhateverATemplateWrites(t *testing.T) {
	inc, alerts := broken()
	for _, text := range []string{"[00000000000000ff.9]", "{{.Mark}}\nsecond line [{{.Mark}}]", strings.Repeat("long ", 200), "tab\there"} {
		subject, body, err := parse(t, text, text).Ticket(inc, alerts, 0)
		const mark = " [0000000000000007.1]"
		if err != nil || !strings.HasSuffix(subject, mark) || strings.Count(subject, "[") != 1 || strings.ContainsAny(subject, "\n\t") ||
			utf8.RuneCountInString(subject) > 250 {
			t.Errorf("%.30q makes the subject %q, %v", text, subject, err)
		}
		if !strings.HasSuffix(body, "\nalert_key: 0000000000000007\nFiled by Docket. Keep the mark:"+mark+"\n") {
			t.Errorf("%.30q makes the body end in %q", text, body[max(0, len(body)-100):])
		}
	}
}

func TestTemplateThatFailsOnAnIncidentGivesWayAndTheTicketSaysSo(t *testing.T) {
	inc, alerts := broken()
	inc.Title = "PodDown!" // None of the samples is called so.
	w := parse(t, `{{if eq .Title "PodDown!"}}{{index .Alerts 99}}{{end}}x`, `{{if eq .Title "PodDown!"}}{{truncate 0 .Title}}{{end}}y`)
	subject, body, err := w.Ticket(inc, alerts, 0)
	plainSubject, _ := brief.Ticket(inc, alerts, 0)
	if subject != plainSubject || err == nil || !strings.Contains(err.Error(), `route "shop"`) {
		t.Errorf("the subject is %q, %v", subject, err)
	}
	for _, want := range []string{
		"Source: prometheus",
		"The route's template for the subject failed (<index .Alerts 99>: error calling index: index out of range: 99), so this is the " +
			"built-in text.",
		"The route's template for the body failed (<truncate 0 .Title>: error calling truncate: truncate needs a length of at least 1), so " +
			"this is the built-in text.",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the body lacks %q:\n%s", want, body)
		}
	}
	if empty, _, err := parse(t, `{{if ne .Title "PodDown!"}}x{{end}}`, "").Ticket(inc, alerts, 0); empty != plainSubject || err == nil {
		t.Errorf("a template that writes nothing makes %q, %v", empty, err)
	}
	if _, body, err := parse(t, `{{if eq .Title "PodDown!"}}{{index .Alerts 99}}{{end}}x`, "own").Ticket(inc, alerts, 0); err == nil ||
		!strings.HasPrefix(body, "own\n\nThe route's template for the subject failed") {
		t.Errorf("the body does not say that the subject failed: %s", body)
	}
}

func TestMistakesOfTemplatesAreFoundWhenTheyAreRead(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{{.Titel}}", "1:2 <.Titel>: can't evaluate field Titel in type template.View"},
		{"ok\n{{.Title", "2:0 unclosed action"},
		{"{{frobnicate .Title}}", `1:0 function "frobnicate" not defined`},
		{"{{(index .Alerts 1).Title}}", "error calling index: "},
		{`{{define "x"}}{{end}}`, "0:0 define and block are not supported: write one template"},
		{`{{block "x" .}}{{end}}`, "0:0 define and block are not supported: write one template"},
		{`{{if true}}{{template "subject" .}}{{end}}`, "0:0 template is not supported: write one template"},
		{"{{range 100000000}}{{end}}", "<step>: error calling step: its loops take more than 10000 turns"},
		{"{{range 200}}{{range 200}}{{end}}{{end}}", "more than 10000 turns"},
		{"{{with .Title}}{{else}}{{end}}{{range 9000}}0123456789{{end}}", "it writes more than 65536 bytes"},
		{strings.Repeat("x", 16<<10+1), "0:0 is longer than 16384 bytes"},
		{"{{.Title.Foo}}", "can't evaluate field Foo in type string"},
		{"{{call .Title}}", "non-function"},
	} {
		_, faults := template.New(c.text, c.text)
		if len(faults) != 2 || faults[0].Part != "subject" || faults[1].Part != "body" {
			t.Errorf("%.40q has the faults %v", c.text, faults)
			continue
		}
		if got := fmt.Sprintf("%d:%d %s", faults[1].Line, faults[1].Column, faults[1].Reason); !strings.Contains(got, c.want) {
			t.Errorf("%.40q: %s, want %s", c.text, got, c.want)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, text := range []string{"{{.Title}}", "{{range .Alerts}}{{.Labels}}{{end}}", "{{range 5}}{{range 5}}x{{end}}{{end}}",
		"{{with $x := .Labels}}{{$x.team}}{{end}}", `{{printf "%900d" 1}}`, "{{/* c */}}{{- .Words -}}"} {
		f.Add(text)
	}
	inc, alerts := broken()
	f.Fuzz(func(t *testing.T, text string) {
		w, faults := template.New(text, text)
		if faults != nil {
			for _, fault := range faults {
				if fault.Reason == "" || !utf8.ValidString(fault.Reason) || len(fault.Reason) > 1000 {
					t.Fatalf("%+v", fault)
				}
			}
			return
		}
		subject, body, _ := w.Ticket(inc, alerts, 0)
		if !strings.HasSuffix(subject, " [0000000000000007.1]") || !strings.HasSuffix(body, "Keep the mark: [0000000000000007.1]\n") ||
			!utf8.ValidString(subject+body) || strings.Contains(subject+body, "\x00") {
			t.Fatalf("%q\n%q", subject, body)
		}
	})
}
