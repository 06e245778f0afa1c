package queue

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// wakingDriver is River's SQLite driver with its notifications kept inside the process. River's own listener
// polls a table every 50 ms and writes a row there for each insert; a single process needs neither, because
// it knows when it has committed.
type wakingDriver struct {
	*riversqlite.Driver
	wake chan struct{}
}

func newWakingDriver(db *sql.DB) *wakingDriver {
	return &wakingDriver{riversqlite.New(db), make(chan struct{}, 1)}
}

// GetListener returns the listener that waits for Wake.
func (d *wakingDriver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener {
	return &wakeListener{wake: d.wake}
}

// SupportsListenNotify returns false, so that River writes no notification rows.
func (d *wakingDriver) SupportsListenNotify() bool { return false }

// notify wakes the workers; if a wake is already pending, that is enough.
func (d *wakingDriver) notify() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// wakeListener turns a wake into River's "jobs were inserted" notification.
type wakeListener struct {
	wake <-chan struct{}
	// behind are the queues that have not been notified of the last wake yet. River's notifier asks from one
	// goroutine.
	behind []string
}

// Close does nothing.
func (l *wakeListener) Close(context.Context) error { return nil }

// Connect does nothing.
func (l *wakeListener) Connect(context.Context) error { return nil }

// Listen does nothing: there is one topic.
func (l *wakeListener) Listen(context.Context, string) error { return nil }

// Ping does nothing.
func (l *wakeListener) Ping(context.Context) error { return nil }

// Schema returns the default schema.
func (l *wakeListener) Schema() string { return "" }

// SetAfterConnectExec does nothing.
func (l *wakeListener) SetAfterConnectExec(string) {}

// Unlisten does nothing.
func (l *wakeListener) Unlisten(context.Context, string) error { return nil }

// WaitForNotification waits for the next wake. Topic and payload are River's own values (riverqueue/river
// internal/notifier and producer.go, v0.49.0, read 2026-11-23).
func (l *wakeListener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	if len(l.behind) == 0 {
		select {
		case <-l.wake:
			l.behind = []string{queueName, noticeQueue}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	queue := l.behind[0]
	l.behind = l.behind[1:]
	return &riverdriver.Notification{Topic: "river_insert", Payload: `{"queue":"` + queue + `"}`}, nil
}
