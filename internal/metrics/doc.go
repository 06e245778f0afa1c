// Package metrics is what Docket counts and shows at /metrics. Every metric is declared once: a
// counter or histogram as a field of Metrics, a value that is read at each scrape as a row of
// known (from memory) or stored (from the database).
//
// No metric is labelled by anything that grows with the alerts, and a scrape asks nobody outside
// and never waits long for the database.
package metrics
