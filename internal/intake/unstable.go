package intake

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
)

// Own is the source of the alerts that Docket raises about its senders.
const Own = "docket"

const (
	// unstableTitle is what people call an alert about a sender whose alert ids keep changing. Routes match it.
	unstableTitle = "UnstableAlertIDs"
	// unstableFor is how long after the last such alert ended the sender counts as repaired.
	unstableFor = 15 * time.Minute
	// unstableNamed bounds how many alerts the text names.
	unstableNamed = 5
)

// ReportUnstable raises an alert about each source whose alerts change their ids while they fire. It is an alert like
// any other: its incident gets one ticket, and routes choose the desk. It ends by itself, because it is not repeated.
func (i *Intake) ReportUnstable(ctx context.Context, now time.Time) error {
	titles := map[string][]string{}
	for _, u := range i.ledger.Unstable() {
		titles[u.Source] = append(titles[u.Source], u.Title)
	}
	var all []alert.Alert
	for source, named := range titles {
		all = append(all, unstable(source, named, now))
	}
	if len(all) == 0 {
		return nil
	}
	_, err := i.keep(ctx, Own, all, now)
	return err
}

// unstable is the alert about one source. Its labels name only the source, so that it has one alert_key for good.
func unstable(source string, titles []string, now time.Time) alert.Alert {
	slices.Sort(titles)
	titles = slices.Compact(titles)
	named := strings.Join(titles[:min(len(titles), unstableNamed)], ", ")
	if more := len(titles) - unstableNamed; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	labels := alert.NewLabels(map[string]string{"alertname": unstableTitle, "source": source})
	key := alert.Fingerprint(Own, labels)
	return alert.Alert{
		Fingerprint: key, Key: key, Source: Own, Labels: labels, Severity: alert.P2, Status: alert.Firing,
		SaidAt: now, StartsAt: now, ExpiresAt: now.Add(unstableFor), Title: unstableTitle,
		Annotations: alert.NewLabels(map[string]string{
			"summary": fmt.Sprintf("%s reports alerts under new ids while they fire: %s", source, named),
			"description": "Docket keeps the first key of each alert and files no further tickets for it. " +
				"Make the sender keep an alert's id for as long as it fires, or stop using identity: alert_id.",
		}),
	}
}
