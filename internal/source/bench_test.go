package source

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// benchBody is n alerts of about 960 bytes as Prometheus posts them.
func benchBody(n int) []byte {
	var b strings.Builder
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"annotations":{"description":"%s","runbook_url":"https://example.org/runbooks/high-error-rate","summary":"Error `+
			`rate of checkout is above 5 %% for 10 minutes"},"endsAt":"2026-11-23T10:06:00.000Z","startsAt":"2026-11-23T10:02:00.000Z",`+
			`"generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=rate&g0.tab=1","labels":{"alertname":"HighErrorRate",`+
			`"cluster":"eu-west-1","container":"checkout","env":"production","instance":"10.0.%d.%d:8080","job":"checkout","namespace":"shop",`+
			`"pod":"checkout-7d9c6b5f4-%05d","severity":"warning","team":"shop"}}`,
			strings.Repeat("The error rate is high. ", 16), i/256%256, i%256, i)
	}
	b.WriteByte(']')
	return []byte(b.String())
}

func BenchmarkAPIv2(b *testing.B) {
	now := time.Date(2026, 11, 23, 10, 3, 0, 0, time.UTC)
	for _, n := range []int{1, 64, 1000} {
		body := benchBody(n)
		b.Run(fmt.Sprintf("batch=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				batch, err := Source{Name: "prometheus", Format: "prometheus"}.Normalize(body, now)
				if err != nil || len(batch.Alerts) != n {
					b.Fatal(err, len(batch.Alerts), batch.Rejected)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "alerts/s")
		})
		b.Run(fmt.Sprintf("encoding-json/batch=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				var all []struct {
					Labels, Annotations map[string]string
					StartsAt, EndsAt    time.Time
					GeneratorURL        string
				}
				if err := json.Unmarshal(body, &all); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "alerts/s")
		})
	}
}
