package web

import (
	"context"
	"errors"
	"fmt"
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/controls"
	"docket/internal/desk"
	"docket/internal/incident"
	"docket/internal/store"
	"docket/internal/template"
)

// Reader reads what the API and the command line list, from the database. Without a
// server running the command line uses it by itself.
type Reader struct {
	Store *store.Store
	// Desk is the configured desk's name.
	Desk string
	// LinkBase is what a local ticket's number is put behind to make its link.
	LinkBase string
	// StaleAfter is how long after its recovery an open ticket counts as stale.
	StaleAfter time.Duration
	// Policy is the policy of a route at a moment, for explanations.
	Policy func(inc incident.Incident, now time.Time) incident.Policy
	// Words are a route's own words for its tickets; nil where no route has any.
	Words func(route string) *template.Words
	// Board holds flags, silences and maintenance windows.
	Board *controls.Board
}

// AlertRow is one alert as listed.
type AlertRow struct {
	AlertKey string            `json:"alert_key" doc:"The name of the problem: 16 hex characters, Alertmanager's fingerprint for its alerts."`
	Source   string            `json:"source"`
	AlertID  string            `json:"alert_id" doc:"The source's own id, empty where it has none."`
	Severity string            `json:"severity" enum:"P1,P2,P3,P4,P5"`
	Status   string            `json:"status" enum:"firing,resolved"`
	Title    string            `json:"title"`
	Labels   map[string]string `json:"labels"`
	StartsAt time.Time         `json:"starts_at"`
	EndsAt   *time.Time        `json:"ends_at" doc:"Null while firing."`

	Annotations map[string]string `json:"annotations"`
	Link        string            `json:"link" doc:"Where the source shows it, empty for nowhere."`
	Fingerprint string            `json:"fingerprint" doc:"The name of this one alert: 16 hex characters over all of its labels."`
}

// IncidentRow is one incident as listed.
type IncidentRow struct {
	ID          string      `json:"id" doc:"The mark: <alert_key>.<generation>."`
	AlertKey    string      `json:"alert_key"`
	Generation  int         `json:"generation"`
	State       string      `json:"state" enum:"held,open,settling,recovered,closed"`
	Severity    string      `json:"severity" enum:"P1,P2,P3,P4,P5"`
	Title       string      `json:"title"`
	Source      string      `json:"source"`
	Surface     string      `json:"surface"`
	OpenedAt    time.Time   `json:"opened_at"`
	RecoveredAt *time.Time  `json:"recovered_at"`
	Reason      string      `json:"reason" doc:"Why the last decision fell as it did."`
	Ticket      *TicketLink `json:"ticket" doc:"Null until one is filed."`
}

// TicketLink is an incident's ticket.
type TicketLink struct {
	State  string `json:"state"`
	Desk   string `json:"desk"`
	ID     string `json:"id"`
	Number string `json:"number"`
	URL    string `json:"url"`
}

// TicketRow is one ticket as listed.
type TicketRow struct {
	Desk      string    `json:"desk"`
	ID        string    `json:"id"`
	Number    string    `json:"number"`
	URL       string    `json:"url"`
	Subject   string    `json:"subject"`
	Status    string    `json:"status"`
	Tags      []string  `json:"tags"`
	Mark      string    `json:"mark"`
	Incidents []string  `json:"incidents" doc:"At most 200: of a storm's ticket, those that opened last."`
	CreatedAt time.Time `json:"created_at"`
}

// TicketDetail is one ticket with what is written in it.
type TicketDetail struct {
	TicketRow
	Body  string   `json:"body"`
	Notes []string `json:"notes"`
}

// AuditRow is one audit entry as listed.
type AuditRow struct {
	ID        int64          `json:"id"`
	CreatedAt time.Time      `json:"created_at"`
	Actor     string         `json:"actor"`
	Action    string         `json:"action"`
	Payload   map[string]any `json:"payload"`
	Hash      string         `json:"hash"`
}

// Alerts lists alerts, firing ones first; limit 0 is all.
func (r Reader) Alerts(ctx context.Context, limit int) ([]AlertRow, error) {
	all, err := r.Store.ListAlerts(ctx, limit)
	if err != nil {
		return nil, err
	}
	rows := make([]AlertRow, len(all))
	for i, a := range all {
		rows[i] = AlertRowOf(a)
	}
	return rows, nil
}

// AlertRowOf is an alert as it is listed.
func AlertRowOf(a alert.Alert) AlertRow {
	return AlertRow{
		AlertKey: a.Key.String(), Source: a.Source, AlertID: a.ID, Severity: a.Severity.String(), Status: a.Status.String(),
		Title: a.Title, Labels: a.Labels.Map(), StartsAt: a.StartsAt, EndsAt: orNull(a.EndsAt),
		Annotations: a.Annotations.Map(), Link: a.Link, Fingerprint: a.Fingerprint.String(),
	}
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Incidents lists incidents, the latest first.
func (r Reader) Incidents(ctx context.Context, f store.IncidentFilter) ([]IncidentRow, error) {
	all, err := r.Store.ListIncidents(ctx, f)
	if err != nil {
		return nil, err
	}
	rows := make([]IncidentRow, len(all))
	for i, inc := range all {
		rows[i] = incidentRow(inc)
	}
	return rows, nil
}

func incidentRow(i incident.Incident) IncidentRow {
	row := IncidentRow{
		ID: i.Mark.String(), AlertKey: i.Key.String(), Generation: i.Generation, State: string(i.State), Severity: i.Severity.String(),
		Title: i.Title, Source: i.Source, Surface: i.Surface, OpenedAt: i.OpenedAt, RecoveredAt: orNull(i.RecoveredAt), Reason: string(i.Reason),
	}
	if i.Ticket.ID != "" {
		row.Ticket = &TicketLink{string(i.Ticket.State), i.Ticket.Desk, i.Ticket.ID, i.Ticket.Number, i.Ticket.URL}
	}
	return row
}

// TicketFilter narrows a listing of tickets; zero fields do not narrow.
type TicketFilter struct {
	// Stale keeps those whose incidents have recovered longer ago than Reader.StaleAfter.
	Stale bool
	// Limit bounds the number; 0 is all. Offset leaves the first ones out.
	Limit, Offset int
}

// ticketPage is how many tickets are read at once.
const ticketPage = 200

// Tickets lists tickets, the latest first: all of the local desk, or those that were filed
// in another one.
func (r Reader) Tickets(ctx context.Context, f TicketFilter) ([]TicketRow, error) {
	if r.Desk == "local" && !f.Stale {
		return r.localTickets(ctx, f)
	}
	rows := []TicketRow{}
	for {
		page := store.TicketFilter{Limit: ticketPage, Offset: f.Offset + len(rows)}
		if f.Limit > 0 {
			page.Limit = min(page.Limit, f.Limit-len(rows))
		}
		if f.Stale {
			page.StaleSince = time.Now().Add(-r.StaleAfter)
		}
		refs, err := r.Store.FiledTickets(ctx, page)
		if err != nil {
			return nil, err
		}
		for _, ref := range refs {
			row, err := r.filedTicket(ctx, ref)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
		if len(refs) < page.Limit || len(rows) == f.Limit {
			return rows, nil
		}
	}
}

// localTickets lists all of the local desk, also those without an incident.
func (r Reader) localTickets(ctx context.Context, f TicketFilter) ([]TicketRow, error) {
	all, err := r.Store.ListDeskTickets(ctx, f.Limit, f.Offset)
	if err != nil {
		return nil, err
	}
	rows := make([]TicketRow, len(all))
	for i, t := range all {
		if rows[i], err = r.localTicket(ctx, t); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (r Reader) localTicket(ctx context.Context, t desk.Ticket) (TicketRow, error) {
	all, err := r.Store.IncidentsIn(ctx, "local", t.ID, incidentsShown)
	if err != nil {
		return TicketRow{}, err
	}
	return TicketRow{
		Desk: "local", ID: t.ID, Number: t.Number, URL: r.LinkBase + t.ID, Subject: t.Subject, Status: string(t.Status),
		Tags: orEmpty(t.Tags), Mark: markIn(t.Subject), Incidents: marksOf(all), CreatedAt: t.CreatedAt,
	}, nil
}

// incidentsShown bounds the incidents that a ticket is listed with: a storm's has very many.
const incidentsShown = 200

func marksOf(all []incident.Incident) []string {
	marks := make([]string, len(all))
	for n, inc := range all {
		marks[n] = inc.Mark.String()
	}
	return marks
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// markIn returns the mark that ends a subject, "" if none does.
func markIn(subject string) string {
	mark := desk.MarkOf(subject)
	if _, err := incident.ParseMark(mark); err != nil {
		return ""
	}
	return mark
}

// filedTicket is a ticket as the ledger knows it.
func (r Reader) filedTicket(ctx context.Context, ref store.TicketRef) (TicketRow, error) {
	all, err := r.Store.IncidentsIn(ctx, ref.Desk, ref.ID, incidentsShown)
	if err != nil || len(all) == 0 {
		return TicketRow{}, err
	}
	i := all[0] // Where one gathers the others, it is this one's ticket.
	row := TicketRow{
		Desk: ref.Desk, ID: ref.ID, Number: i.Ticket.Number, URL: i.Ticket.URL, Status: "open",
		Tags: orEmpty(r.Policy(i, time.Now()).Tags), Mark: i.Mark.String(), CreatedAt: i.OpenedAt,
	}
	if i.Ticket.State == incident.TicketClosed {
		row.Status = "closed"
	}
	row.Incidents = marksOf(all)
	alerts, err := r.Store.AlertsOf(ctx, i.Key)
	if err != nil {
		return row, err
	}
	var own *template.Words
	if r.Words != nil {
		own = r.Words(i.Route)
	}
	row.Subject, _, _ = own.Ticket(i, alerts) // A template that fails leaves the built-in words, and the courier has said so.
	if i.Gathers != incident.NoGathering {
		row.Subject, _ = incident.BriefGathering(i, "")
	}
	return row, nil
}

// ErrNoSuch is what a detail call's error is for what is not there; that error's text is a
// sentence that says what.
var ErrNoSuch = errors.New("there is none")

// noSuch makes an ErrNoSuch that says what is not there.
func noSuch(format string, args ...any) error { return &noSuchError{fmt.Sprintf(format, args...)} }

type noSuchError struct{ sentence string }

// Error returns the sentence.
func (e *noSuchError) Error() string { return e.sentence }

// Is matches ErrNoSuch.
func (e *noSuchError) Is(target error) bool { return target == ErrNoSuch }

// Ticket returns one ticket of the local desk with its words.
func (r Reader) Ticket(ctx context.Context, id string) (TicketDetail, error) {
	number, err := parseNumber(id)
	if err != nil {
		return TicketDetail{}, err
	}
	t, found, err := r.Store.DeskTicket(ctx, number)
	if err != nil {
		return TicketDetail{}, err
	}
	if !found {
		return TicketDetail{}, noSuch("the local desk has no ticket %.40s", id)
	}
	if t.Notes, err = r.Store.DeskNotes(ctx, number); err != nil {
		return TicketDetail{}, err
	}
	row, err := r.localTicket(ctx, t)
	return TicketDetail{row, t.Body, orEmpty(t.Notes)}, err
}

func parseNumber(id string) (int64, error) {
	var n int64
	if _, err := fmt.Sscanf(id, "%d", &n); err != nil || n < 1 || fmt.Sprint(n) != id {
		return 0, noSuch("%.40q is no ticket of the local desk, whose tickets have numbers", id)
	}
	return n, nil
}

// Audit lists audit entries, the latest first.
func (r Reader) Audit(ctx context.Context, f store.AuditFilter) ([]AuditRow, error) {
	all, err := r.Store.ListAudit(ctx, f)
	if err != nil {
		return nil, err
	}
	rows := make([]AuditRow, len(all))
	for i, e := range all {
		rows[i] = AuditRow{e.ID, e.CreatedAt, e.Actor.Kind + ":" + e.Actor.Name, e.Action, e.Payload, e.Hash}
	}
	return rows, nil
}

// Verdict is the audit chain's state.
type Verdict struct {
	Whole   bool  `json:"whole"`
	Checked int64 `json:"checked" doc:"Rows that were read and are as they were written."`
	// FirstBad is the first row that is not as it was written, 0 for none; Fault says how.
	FirstBad int64  `json:"first_bad"`
	Fault    string `json:"fault"`
	Sentence string `json:"sentence"`
}

// VerifyAudit walks the audit chain.
func (r Reader) VerifyAudit(ctx context.Context) (Verdict, error) {
	checked, err := r.Store.VerifyAudit(ctx)
	var fault *audit.Fault
	switch {
	case errors.As(err, &fault):
		return Verdict{Checked: checked, FirstBad: fault.ID, Fault: string(fault.Kind), Sentence: fault.Sentence}, nil
	case err != nil:
		return Verdict{}, err
	}
	return Verdict{Whole: true, Checked: checked, Sentence: fmt.Sprintf("the audit log is whole: %d rows", checked)}, nil
}
