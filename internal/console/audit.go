package console

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"docket/internal/audit"
	"docket/internal/store"
)

// auditPage is a page of the audit log.
type auditPage struct {
	Rows    []auditRow
	Actions []string
	// The reader's filter.
	Action, Actor, Text, From, To string
	Next                          string
	Fault                         string
	// CSV and JSON are the links that download the same rows.
	CSV, JSON string
	Last      int64
	// Back is the link that searches further back for a text, "" if all rows were searched. Oldest is the last row that
	// was searched.
	Back   string
	Oldest int64
}

// auditRow is one entry and the link to what it is about.
type auditRow struct {
	audit.Entry
	Link, Payload string
}

// textReach is how many rows one page searches for a text, because no index helps with that.
const textReach = 20_000

// auditFilter reads the filter from the request.
func (c *Console) auditFilter(r *http.Request, p *auditPage) (f store.AuditFilter, err error) {
	p.Action, p.Actor, p.Text = clip(r.FormValue("action"), 100), clip(r.FormValue("actor"), 100), clip(r.FormValue("q"), 100)
	p.From, p.To = r.FormValue("from"), r.FormValue("to")
	f = store.AuditFilter{Action: p.Action, Actor: p.Actor, Text: p.Text}
	for _, day := range []struct {
		text string
		to   *time.Time
		plus int
	}{{p.From, &f.From, 0}, {p.To, &f.To, 1}} {
		if day.text == "" {
			continue
		}
		at, err := time.Parse(time.DateOnly, day.text)
		if err != nil {
			return f, fmt.Errorf("%.20q is not a date: write, for example, 2026-06-19", day.text)
		}
		*day.to = at.AddDate(0, 0, day.plus)
	}
	f.Before, _ = strconv.ParseInt(r.FormValue("before"), 10, 64)
	p.Last, err = c.Store.LastAuditID(r.Context())
	return f, err
}

func (c *Console) showAudit(r *http.Request) (shown, error) {
	var p auditPage
	f, err := c.auditFilter(r, &p)
	if err != nil {
		p.Fault = sentence(err)
		return shown{status: http.StatusBadRequest, body: p}, nil
	}
	f.Limit = rowsPerPage + 1
	newest := p.Last
	if f.Before > 0 {
		newest = min(newest, f.Before-1)
	}
	if f.Text != "" && newest > textReach {
		f.After = newest - textReach
		p.Oldest, p.Back = f.After+1, with(r.URL, "before", strconv.FormatInt(f.After+1, 10))
	}
	entries, err := c.Store.ListAudit(r.Context(), f)
	if err != nil {
		return shown{}, err
	}
	if p.Actions, err = c.Store.AuditActions(r.Context()); err != nil {
		return shown{}, err
	}
	if len(entries) > rowsPerPage {
		entries = entries[:rowsPerPage]
		p.Back = "" // The next page starts within the rows that this one searched.
		p.Next = with(r.URL, "before", strconv.FormatInt(entries[rowsPerPage-1].ID, 10))
	}
	for _, e := range entries {
		p.Rows = append(p.Rows, c.auditRow(e))
	}
	export := *r.URL
	export.Path = "/console/audit/export"
	p.CSV, p.JSON = with(&export, "format", "csv"), with(&export, "format", "json")
	return shown{body: p}, nil
}

// auditRow finds the page that an entry is about.
func (c *Console) auditRow(e audit.Entry) auditRow {
	row := auditRow{Entry: e}
	if text, err := json.Marshal(e.Payload); err == nil {
		row.Payload = string(text)
	}
	for _, name := range []string{"mark", "incident", "alert_key"} {
		if id, ok := e.Payload[name].(string); ok && id != "" {
			row.Link = "/console/incidents/" + id
			return row
		}
	}
	return row
}

// exportPage is how many rows are read at once; exportMost is the maximum per file.
const exportPage, exportMost = 1000, 2_000_000

// exportAudit streams all rows that match the page's filter.
func (c *Console) exportAudit(w http.ResponseWriter, r *http.Request) {
	var p auditPage
	f, err := c.auditFilter(r, &p)
	if err != nil {
		c.sorry(w, r, http.StatusBadRequest, "Export failed", sentence(err))
		return
	}
	f.Limit = exportPage
	name := "docket-audit-" + now().Format("20060102-150405")
	stream := http.NewResponseController(w)
	if r.FormValue("format") == "csv" {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
		out := csv.NewWriter(w)
		_ = out.Write([]string{"id", "created_at", "actor", "action", "payload", "hash"})
		err = c.everyEntry(r.Context(), f, func(e audit.Entry) error {
			row := c.auditRow(e)
			return out.Write([]string{strconv.FormatInt(e.ID, 10), e.CreatedAt.Format(time.RFC3339Nano), cell(e.Actor.Kind + ":" + e.Actor.Name),
				e.Action, cell(row.Payload), e.Hash})
		}, func() error {
			out.Flush()
			return stream.SetWriteDeadline(time.Now().Add(writeWithin))
		})
	} else {
		w.Header().Set("Content-Type", "application/x-ndjson")
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.ndjson"`)
		out := json.NewEncoder(w)
		err = c.everyEntry(r.Context(), f, func(e audit.Entry) error {
			return out.Encode(map[string]any{"id": e.ID, "created_at": e.CreatedAt, "actor": e.Actor.Kind + ":" + e.Actor.Name, "action": e.Action,
				"payload": e.Payload, "hash": e.Hash})
		}, func() error { return stream.SetWriteDeadline(time.Now().Add(writeWithin)) })
	}
	if err != nil && r.Context().Err() == nil {
		c.Log.WarnContext(r.Context(), "audit log export failed", "err", err)
		panic(http.ErrAbortHandler) //nolint:forbidigo // How to make net/http cut the response: half a file must not look whole.
	}
}

// cell keeps a spreadsheet from treating untrusted text as a formula.
func cell(s string) string {
	if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@' || s[0] == '\t' || s[0] == '\r') {
		return "'" + s
	}
	return s
}

// everyEntry reads all entries page by page.
func (c *Console) everyEntry(ctx context.Context, f store.AuditFilter, each func(audit.Entry) error, paged func() error) error {
	for n := 0; n < exportMost; {
		entries, err := c.Store.ListAudit(ctx, f)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := each(e); err != nil {
				return err
			}
		}
		if err := paged(); err != nil {
			return err
		}
		if len(entries) < f.Limit {
			return nil
		}
		f.Before = entries[len(entries)-1].ID
		n += len(entries)
	}
	return nil
}

// postVerify verifies the hash chain and reports the result.
func (c *Console) postVerify(w http.ResponseWriter, r *http.Request) {
	v, err := c.Reader.VerifyAudit(r.Context())
	if err != nil {
		c.failed(w, r, err)
		return
	}
	s := result{Kind: "good", Text: fmt.Sprintf("The audit log is intact (%d entries).", v.Checked)}
	if !v.Whole {
		s = result{Kind: "bad", Text: v.Sentence}
	}
	c.back(w, r, "/console/audit", s)
}
