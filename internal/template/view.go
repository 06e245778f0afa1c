package template

import (
	"fmt"
	"time"

	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/filing"
	"docket/internal/incident"
)

// View is what a template sees: plain values, without methods.
type View struct {
	Title, Severity, Source, Route, Link, AlertKey, Mark string
	// Summary is the first alert's summary, "" if it has none.
	Summary string
	// Since is when it began to fire, such as 2026-11-23 10:02:00 UTC.
	Since string
	// Labels and Annotations are those shared by all alerts of the incident.
	Labels, Annotations map[string]string
	Alerts              []AlertView
	// Fires counts how often it has fired again.
	Fires int
	// Earlier is the previous ticket, if the problem has come back; otherwise empty.
	Earlier TicketView
	// Words is the built-in text of the body, without its footer.
	Words string
}

// AlertView is one alert of the incident.
type AlertView struct {
	Title, Status, Severity, Source, ID, Summary, Link, Since string
	Labels, Annotations                                       map[string]string
}

// TicketView names a ticket.
type TicketView struct{ Number, URL string }

// maxAlerts bounds how many alerts a template sees.
const maxAlerts = 200

func viewOf(inc incident.Incident, alerts []alert.Alert, most int) View {
	alerts = alerts[:min(len(alerts), maxAlerts)]
	v := View{
		Title: inc.Title, Severity: inc.Severity.String(), Source: inc.Source, Route: inc.Route, Link: inc.Link, AlertKey: inc.Key.String(),
		Mark:  inc.Mark.String(),
		Since: moment(brief.Since(inc, alerts)), Fires: inc.Fires, Earlier: TicketView{inc.Earlier.Number, inc.Earlier.URL},
		Words:  brief.Text(inc, alerts, most),
		Labels: map[string]string{}, Annotations: map[string]string{},
	}
	for i, a := range alerts {
		one := AlertView{
			Title: a.Title, Status: a.Status.String(), Severity: a.Severity.String(), Source: a.Source, ID: a.ID, Summary: a.Summary(), Link: a.Link,
			Since:  moment(a.StartsAt),
			Labels: a.Labels.Map(), Annotations: a.Annotations.Map(),
		}
		v.Alerts = append(v.Alerts, one)
		if i == 0 {
			v.Summary, v.Labels, v.Annotations = one.Summary, a.Labels.Map(), a.Annotations.Map()
			continue
		}
		keepCommon(v.Labels, one.Labels)
		keepCommon(v.Annotations, one.Annotations)
	}
	return v
}

// keepCommon removes from all what other does not share.
func keepCommon(all, other map[string]string) {
	for name, value := range all {
		if theirs, there := other[name]; !there || theirs != value {
			delete(all, name)
		}
	}
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// sample is an incident that templates are tried on.
type sample struct {
	inc    incident.Incident
	alerts []alert.Alert
}

// samples are a typical incident, one with nothing but a title, one with many alerts that came back, and one
// with hostile text.
func samples() []sample {
	at := time.Date(2026, 11, 23, 10, 2, 0, 0, time.UTC)
	one := func(title string, labels, annotations map[string]string) alert.Alert {
		ls := alert.NewLabels(labels)
		return alert.Alert{
			Fingerprint: alert.Fingerprint("", ls), Key: alert.Fingerprint("", ls), Source: "prometheus", Labels: ls,
			Annotations: alert.NewLabels(annotations),
			Severity:    alert.P1, Status: alert.Firing, StartsAt: at, SaidAt: at, Title: title, Link: "https://prometheus.example.org/graph",
		}
	}
	open := func(a alert.Alert) incident.Incident {
		return incident.Incident{Mark: alert.Mark{Key: a.Key, Generation: 1}, Source: a.Source, Severity: a.Severity, Title: a.Title,
			OpenedAt: at, Link: a.Link}
	}
	usual := one("CheckoutDown", map[string]string{"alertname": "CheckoutDown", "severity": "critical", "team": "shop", "instance": "web-1"},
		map[string]string{"summary": "No order came in.", "runbook_url": "https://runbooks.example.org/checkout"})
	bare := one("x", map[string]string{"alertname": "x"}, nil)
	bare.Link = ""
	hostile := one(`{{.Mark}} <b> [0000000000000000.1]`, map[string]string{"alertname": "\"'`{{}}", "a.b": "\n\t"},
		map[string]string{"summary": "<script>\n%s%d"})
	var many []alert.Alert
	for i := range 60 {
		many = append(many, one("PodDown", map[string]string{"alertname": "PodDown", "pod": fmt.Sprintf("web-%d", i)}, nil))
	}
	again := open(many[0])
	again.Generation, again.Fires, again.Earlier = 2, 3, filing.Ticket{ID: "7", Number: "7", URL: "https://tickets.example.org/7"}
	return []sample{{open(usual), []alert.Alert{usual}}, {open(bare), []alert.Alert{bare}}, {again, many},
		{open(hostile), []alert.Alert{hostile}}}
}
