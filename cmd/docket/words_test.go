package main

import (
	"strings"
	"testing"
)

func TestRouteFilesItsTicketsInItsOwnWords(t *testing.T) {
	s := newShell(t)
	writeFile(t, s.env["DOCKET_CONFIG"], `
routes:
  - name: shop
    match: ['team="shop"']
    subject: '{{.Labels.team | upper}} {{.Title}}'
    body: '{{if eq .Title "Odd"}}{{index .Alerts 9}}{{end}}Look at {{.Labels.host | default "every host"}}.'
`)
	stop := s.serve()
	defer stop()
	for _, title := range []string{"CheckoutDown", "Odd"} {
		s.must("send", "--title", title, "--severity", "critical", "--summary", "No order came in.", "-l", "team=shop")
	}
	s.settled()
	shown := map[string]string{}
	for _, row := range s.rows("tickets") {
		subject, _ := row["subject"].(string)
		id, _ := row["id"].(string)
		shown[subject[:strings.LastIndex(subject, " [")]] = s.must("tickets", "show", id)
	}
	if body := shown["SHOP CheckoutDown"]; !strings.Contains(body, "Look at every host.") || strings.Contains(body, "Severity: P1") ||
		!strings.Contains(body, "Keep the mark") {
		t.Errorf("the ticket says:\n%s", body)
	}
	if body := shown["SHOP Odd"]; !strings.Contains(body, "Severity: P1") ||
		!strings.Contains(body, "The route's template for the body failed") {
		t.Errorf("the ticket whose template fails says:\n%s", body)
	}
}
