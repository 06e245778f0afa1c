package source

import (
	"fmt"

	"docket/internal/alert"
)

// The limit on alerts in one body. Real ones take 300 bytes and more, so that the limit on the body's size
// comes first; a body of `{},{},{}...` would take a hundred times its size in memory.
const (
	maxPushed = 100_000
	maxPolled = 500_000
)

// readAlerts reads an array of the Prometheus family's alerts: keep is called for each good one, reject for
// each bad one.
func readAlerts(r *reader, field string, most int, member func(*reader, string, *report) error, keep func(report) error,
	reject func(Rejection) error) error {
	return r.array(field, func(index int) error {
		if index >= most {
			return &fieldError{field, fmt.Sprintf("more than %d alerts in one body: send fewer at once", most)}
		}
		t, err := readAlert(r, member)
		if err == nil && len(t.labels) == 0 {
			err = &fieldError{"labels", "at least one label with a value is needed"}
		}
		if err == nil {
			err = keep(t)
		}
		fe := asField(err)
		if fe == nil {
			return err
		}
		path := fmt.Sprintf("%s[%d]", field, index)
		if fe.field != "" {
			path += "." + fe.field
		}
		return reject(Rejection{Index: index, Field: path, Reason: fe.reason})
	})
}

// add keeps an alert.
func (b *Batch) add(r *reader, a alert.Alert) {
	if b.Alerts == nil {
		b.Alerts = make([]alert.Alert, 0, r.room())
	}
	b.Alerts = append(b.Alerts, a)
}

func (b *Batch) reject(why Rejection) error {
	b.Rejected = append(b.Rejected, why)
	return nil
}

// readAlert reads one alert, member by member. A field error is returned after the whole alert is read, so
// that the reader is positioned before the next one.
func readAlert(r *reader, member func(*reader, string, *report) error) (report, error) {
	r.report = report{}
	var first error
	err := r.object("", func(name string) error {
		err := member(r, name, &r.report)
		if asField(err) == nil {
			return err
		}
		if first == nil {
			first = err
		}
		return nil
	})
	if err == nil {
		err = first
	}
	return r.report, err
}

// readMember reads the members that all alerts of the family have.
func readMember(r *reader, name string, t *report) (err error) {
	switch name {
	case "labels":
		if t.labels != nil {
			return r.refuse("labels", "appears twice")
		}
		t.labels, err = r.labels("labels")
	case "annotations":
		t.annotations, err = r.labels("annotations")
	case "startsAt":
		t.startsAt, err = r.time("startsAt")
	case "endsAt":
		t.endsAt, err = r.time("endsAt")
	case "generatorURL":
		t.link, err = r.safeLink("generatorURL")
	default:
		r.skip()
	}
	return err
}

// readFingerprint reads the upstream id of the alert; one longer than any real id is cut.
func readFingerprint(r *reader) (string, error) {
	id, err := r.str("fingerprint")
	return cut(id, maxNameBytes), err
}

// room estimates how many alerts will follow, from the size of the first: this avoids growing step by step.
// The estimate is limited, because a sender could inflate it at our cost.
func (r *reader) room() int {
	const most = 4096
	return min(len(r.body)/max(r.at, 1)+1, most)
}
