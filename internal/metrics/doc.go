// Package metrics defines what Docket counts and exposes at /metrics. Every metric is declared once: a counter or
// histogram as a field of Metrics, a value that is read at each scrape as a row of known (from memory) or stored (from
// the database).
//
// No metric has a label whose values grow with the number of alerts. A scrape makes no outside calls and never waits
// long for the database.
package metrics
