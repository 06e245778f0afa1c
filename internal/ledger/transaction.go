package ledger

import (
	"context"
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/notice"
	"docket/internal/queue"
	"docket/internal/store"
	"docket/internal/storm"
)

// Book is one transaction on what is kept: *store.Tx, or a simulation's. What its methods
// do and return is described there.
type Book interface {
	auditBook
	alertBook
	incidentBook
	effectBook
	sharedBook
	noticeBook
}

type auditBook interface {
	AuditHead(ctx context.Context) (audit.Head, error)
	Switched() int64
	AppendAudit(ctx context.Context, head audit.Head, entries []audit.Entry) error
}

type alertBook interface {
	Alerts(ctx context.Context, fingerprints []alert.Key) (map[alert.Key]alert.Alert, error)
	OthersFiring(ctx context.Context, key, but alert.Key) (int, error)
	FiringOf(ctx context.Context, key alert.Key) ([]alert.Alert, error)
	LastEndedOf(ctx context.Context, key alert.Key) ([]alert.Alert, error)
	SaveAlerts(ctx context.Context, all []alert.Alert) error
}

type incidentBook interface {
	LatestIncidents(ctx context.Context, keys []alert.Key) (map[alert.Key]incident.Incident, error)
	Incident(ctx context.Context, m alert.Mark) (incident.Incident, error)
	AddIncidents(ctx context.Context, all []incident.Incident) error
	SaveIncident(ctx context.Context, i incident.Incident) error
}

type effectBook interface {
	Effect(ctx context.Context, id string) (filing.Effect, error)
	AddEffects(ctx context.Context, all []filing.Effect) error
	SaveEffect(ctx context.Context, e filing.Effect) error
}

type sharedBook interface {
	StormWindow(ctx context.Context, route string) (storm.Window, error)
	SaveStormWindow(ctx context.Context, c storm.Window) error
	AddListings(ctx context.Context, all []store.Entry) error
	MarkListed(ctx context.Context, effectID string, members []alert.Mark) error
	WaitingMembers(ctx context.Context, within alert.Mark, limit int) ([]incident.Member, error)
	LiveMembers(ctx context.Context, within alert.Mark) (int, error)
	ListedIn(ctx context.Context, effectID string) ([]alert.Mark, error)
}

type noticeBook interface {
	Notice(ctx context.Context, id string) (notice.Notice, error)
	SaveNotice(ctx context.Context, n notice.Notice) error
	AskNotices(ctx context.Context, all []notice.Notice) error
}

// Decide applies inputs within one transaction, which the caller commits: Apply without the
// queue of callers around it. Where it returns an error, nothing of it may be kept.
func Decide(ctx context.Context, book Book, rules Rules, enqueue func(context.Context, []queue.Job) error, now time.Time,
	inputs ...Input) ([]Result, error) {
	r := &request{inputs: inputs}
	if err := newWork(rules, book, enqueue, now).apply(ctx, []*request{r}); err != nil {
		return nil, err
	}
	return r.results, nil
}
