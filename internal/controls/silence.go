package controls

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/incident"
	"docket/internal/silence"
	"docket/internal/store"
)

// The limits on what people may store here.
const (
	maxComment  = 2000
	maxName     = 200
	maxMatchers = 50
	maxMatcher  = 1000
	maxStanding = 2000
)

// Draft is a silence to be created.
type Draft struct {
	// Matchers are in Alertmanager's syntax.
	Matchers []string
	// StartsAt is when it starts. Zero or a time in the past means now.
	StartsAt, EndsAt time.Time
	Comment          string
	// By is the owner, "" for the actor.
	By string
	// Once identifies the request permanently, so that repeating it returns the same silence; "" for a request of its
	// own.
	Once string
}

// AddSilence creates a silence. It applies to everything decided after AddSilence returns. If its Once was used before,
// that silence is returned as it is, even if it has ended since.
func (b *Board) AddSilence(ctx context.Context, d Draft, actor audit.Actor) (store.Silence, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	s, err := d.silence(now, actor)
	if err != nil {
		return s, err
	}
	if d.Once != "" {
		if before, err := b.Silence(ctx, s.ID); !errors.Is(err, ErrNoSuch) {
			return before, err
		}
	}
	err = b.store.AddSilence(ctx, s, maxStanding, entry(now, actor, audit.ActionSilenceCreated, silencePayload(s)))
	if err != nil {
		return s, worded(err, "silences", s.ID)
	}
	b.log.InfoContext(ctx, "silence created", "silence", s.ID, "actor", actor.Name, "matchers", s.Matchers.Texts(), "until", s.EndsAt)
	return s, b.Load(ctx)
}

// ChangeSilence changes a silence, which keeps its id; an active one keeps its start. Incidents it no longer mutes are
// re-evaluated at once. If it has ended, a new silence is created.
func (b *Board) ChangeSilence(ctx context.Context, id string, d Draft, actor audit.Actor) (store.Silence, error) {
	before, err := b.Silence(ctx, id)
	if err != nil {
		return before, err
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	if before.State(now) == silence.Expired {
		return b.AddSilence(ctx, d, actor)
	}
	s, err := d.silence(now, actor)
	if err != nil {
		return s, err
	}
	s.ID = id
	s, err = b.store.ChangeSilence(ctx, s, now, func(before, after store.Silence) audit.Entry {
		return entry(now, actor, audit.ActionSilenceChanged,
			map[string]any{"id": id, "before": silencePayload(before), "after": silencePayload(after)})
	})
	if err != nil {
		return s, worded(err, "silence", id)
	}
	b.log.InfoContext(ctx, "silence changed", "silence", s.ID, "actor", actor.Name, "matchers", s.Matchers.Texts(), "until", s.EndsAt)
	return s, b.Load(ctx)
}

// silence returns the silence that a draft describes.
func (d Draft) silence(now time.Time, actor audit.Actor) (store.Silence, error) {
	s := store.Silence{CreatedAt: now}
	if s.ID = newID(); d.Once != "" {
		s.ID = uuid.NewSHA1(uuid.NameSpaceURL, []byte("docket:silence:"+d.Once)).String()
	}
	s.StartsAt, s.EndsAt = d.StartsAt.UTC().Truncate(time.Microsecond), d.EndsAt.UTC().Truncate(time.Microsecond)
	s.Comment, s.CreatedBy = audit.Clean(d.Comment), audit.Clean(d.By)
	if s.StartsAt.Before(now) {
		s.StartsAt = now
	}
	if s.CreatedBy == "" {
		s.CreatedBy = actor.Name
	}
	var err error
	if s.Matchers, err = parseMatchers(d.Matchers); err != nil {
		return s, err
	}
	switch {
	case !s.EndsAt.After(now):
		return s, refuse(ErrInvalid, "the silence would already be over: its end must be in the future")
	case tooLong(s.Comment, s.CreatedBy):
		return s, refuse(ErrInvalid, "the comment can have at most %d characters, a name at most %d", maxComment, maxName)
	}
	if err := s.Validate(); err != nil {
		return s, refuse(ErrInvalid, "%s", err.Error())
	}
	return s, nil
}

// Silence returns one silence, even if it has ended.
func (b *Board) Silence(ctx context.Context, id string) (store.Silence, error) {
	found, err := b.store.Silences(ctx, store.SilenceFilter{ID: id})
	switch {
	case err != nil:
		return store.Silence{}, err
	case len(found) == 0:
		return store.Silence{}, refuse(ErrNoSuch, "there is no silence %.60q", id)
	}
	return found[0], nil
}

// ExpireSilence ends a silence early. Incidents it muted that are still firing are re-evaluated at once.
func (b *Board) ExpireSilence(ctx context.Context, id string, actor audit.Actor) (store.Silence, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	s, err := b.store.ExpireSilence(ctx, id, actor.Name, now, func(s store.Silence) audit.Entry {
		return entry(now, actor, audit.ActionSilenceExpired, silencePayload(s))
	})
	if err != nil {
		return s, worded(err, "silence", id)
	}
	b.log.InfoContext(ctx, "silence expired", "silence", id, "actor", actor.Name)
	return s, b.Load(ctx)
}

// Silences returns all silences, latest end first.
func (b *Board) Silences(ctx context.Context, limit int) ([]store.Silence, error) {
	return b.store.Silences(ctx, store.SilenceFilter{Limit: limit})
}

// AddWindow creates a maintenance window from a plan.
func (b *Board) AddWindow(ctx context.Context, p silence.Plan, comment string, actor audit.Actor) (store.Window, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	w := store.Window{ID: newID(), Comment: audit.Clean(comment), CreatedBy: actor.Name, CreatedAt: now}
	if _, err := parseMatchers(p.Matchers); err != nil {
		return w, err
	}
	p.Name = audit.Clean(p.Name)
	p.StartsAt, p.EndsAt = p.StartsAt.Truncate(time.Microsecond), p.EndsAt.Truncate(time.Microsecond)
	var err error
	if w.Maintenance, err = p.Maintenance(); err != nil {
		return w, refuse(ErrInvalid, "%s", err.Error())
	}
	switch {
	case tooLong(w.Comment, w.Name):
		return w, refuse(ErrInvalid, "the comment can have at most %d characters, the name at most %d", maxComment, maxName)
	case w.Over(now):
		return w, refuse(ErrInvalid, "the window would already be over: its end must be in the future")
	}
	if err := b.store.AddWindow(ctx, w, maxStanding, entry(now, actor, audit.ActionMaintenanceCreated, windowPayload(w))); err != nil {
		return w, worded(err, "maintenance windows", w.ID)
	}
	b.log.InfoContext(ctx, "maintenance window created", "maintenance", w.Name, "actor", actor.Name, "matchers", w.Matchers.Texts())
	return w, b.Load(ctx)
}

// EndWindow ends a maintenance window permanently, even while it is active.
func (b *Board) EndWindow(ctx context.Context, id string, actor audit.Actor) (store.Window, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	w, err := b.store.EndWindow(ctx, id, actor.Name, now, func(w store.Window) audit.Entry {
		return entry(now, actor, audit.ActionMaintenanceEnded, windowPayload(w))
	})
	if err != nil {
		return w, worded(err, "maintenance window", id)
	}
	b.log.InfoContext(ctx, "maintenance window ended", "maintenance", w.Name, "actor", actor.Name)
	return w, b.Load(ctx)
}

// Windows returns the current maintenance windows; with all, it includes the ended ones.
func (b *Board) Windows(ctx context.Context, all bool) ([]store.Window, error) {
	return b.store.Windows(ctx, !all)
}

// keepOver is how long ended silences and windows are kept. Alertmanager keeps silences for five days
// (https://prometheus.io/docs/alerting/latest/alertmanager/, --data.retention, read 2026-11-23); here people look
// further back. The audit log keeps them forever.
const keepOver = 90 * 24 * time.Hour

// Forget deletes silences and windows that ended long ago.
func (b *Board) Forget(ctx context.Context, now time.Time) error {
	return b.store.ForgetSwitches(ctx, now.Add(-keepOver))
}

// Preview is what matchers would mute now.
type Preview struct {
	// Alerts are the firing alerts that match.
	Alerts []alert.Alert
	// Incidents are the live incidents whose firing alerts all match.
	Incidents []incident.Incident
	// Cut means that there are more firing alerts than were checked.
	Cut bool
}

// previewLimit is the maximum number of firing alerts to check.
const previewLimit = 20_000

// Preview returns what matchers would mute now.
func (b *Board) Preview(ctx context.Context, matchers []string) (Preview, error) {
	var p Preview
	ms, err := parseMatchers(matchers)
	if err != nil {
		return p, err
	}
	firing, err := b.store.FiringAlerts(ctx, previewLimit)
	if err != nil {
		return p, err
	}
	p.Cut = len(firing) == previewLimit
	muted := map[alert.Key]bool{}
	for _, a := range firing {
		matches := ms.Match(a.Labels)
		if matches {
			p.Alerts = append(p.Alerts, a)
		}
		before, seen := muted[a.Key]
		muted[a.Key] = matches && (before || !seen)
	}
	live, err := b.store.ListIncidents(ctx, store.IncidentFilter{Live: true})
	if err != nil {
		return p, err
	}
	for _, i := range live {
		if muted[i.Key] {
			p.Incidents = append(p.Incidents, i)
		}
	}
	return p, nil
}

func parseMatchers(texts []string) (silence.Matchers, error) {
	if len(texts) == 0 {
		return nil, refuse(ErrInvalid, `at least one matcher is needed, for example team="shop"`)
	}
	if len(texts) > maxMatchers || len(strings.Join(texts, "")) > maxMatchers*maxMatcher {
		return nil, refuse(ErrInvalid, "there can be at most %d matchers with at most %d characters each", maxMatchers, maxMatcher)
	}
	ms, err := silence.ParseMatchers(texts...)
	if err != nil {
		return nil, refuse(ErrInvalid, "%s", err.Error())
	}
	return ms, nil
}

func tooLong(comment, name string) bool {
	return utf8.RuneCountInString(comment) > maxComment || utf8.RuneCountInString(name) > maxName
}

// newID returns an id for a silence or a window: a UUID as in Alertmanager, because clients of its API may expect that.
func newID() string { return uuid.NewString() }

func entry(now time.Time, actor audit.Actor, action string, payload map[string]any) audit.Entry {
	return audit.Entry{CreatedAt: now, Actor: actor, Action: action, Payload: payload}
}

func silencePayload(s store.Silence) map[string]any {
	return map[string]any{
		"id": s.ID, "matchers": s.Matchers.Texts(), "starts_at": s.StartsAt.Format(time.RFC3339), "ends_at": s.EndsAt.Format(time.RFC3339),
		"comment": s.Comment, "created_by": s.CreatedBy,
	}
}

func windowPayload(w store.Window) map[string]any {
	p := w.Plan()
	about := map[string]any{"id": w.ID, "name": p.Name, "matchers": p.Matchers, "comment": w.Comment}
	if len(p.Weekdays) == 0 {
		about["starts_at"], about["ends_at"] = p.StartsAt.Format(time.RFC3339), p.EndsAt.Format(time.RFC3339)
		return about
	}
	about["weekdays"], about["from"], about["until"], about["zone"] = p.Weekdays, p.From, p.Until, p.Zone
	return about
}

// worded turns the store's two rejections into sentences.
func worded(err error, what, id string) error {
	switch {
	case errors.Is(err, store.ErrFull):
		return refuse(ErrInvalid, "there are already %d %s: end some that are not needed", maxStanding, what)
	case errors.Is(err, store.ErrNotFound):
		return refuse(ErrNoSuch, "there is no %s %.60q, or it has ended", what, id)
	}
	return err
}
