package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkKnownAlert is the hot path: an alert that is known to fire is sent again, by
// itself and with many others.
func BenchmarkKnownAlert(b *testing.B) {
	one := `{"status":"firing","labels":{"alertname":"Known","severity":"P4","instance":"web-1.example.org:9100",` +
		`"job":"node","team":"shop"},` +
		`"annotations":{"summary":"The disk is nearly full.","runbook_url":"https://runbooks.example.org/disk"},` +
		`"startsAt":"2026-11-23T09:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example.org/graph?g0.expr=x"}`
	for name, body := range map[string]string{"1": inHook(one), "64": inHook(strings.Repeat(one+",", 63) + one)} {
		b.Run(name, func(b *testing.B) {
			f := newFace(b, plan{})
			if r := f.post(hook, body); r.status != http.StatusOK {
				b.Fatal(r)
			}
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "http://localhost"+hook, strings.NewReader(body))
				w := httptest.NewRecorder()
				if f.handler.ServeHTTP(w, r); w.Code != http.StatusOK {
					b.Fatal(w.Body)
				}
			}
		})
	}
}
