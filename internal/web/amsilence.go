package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/answer"
	"docket/internal/audit"
	"docket/internal/auth"
	"docket/internal/controls"
	"docket/internal/silence"
	"docket/internal/store"
)

// This is the silences part of Alertmanager's API v2 (see amapi.go): `amtool silence` and web pages that use that API
// can create, change and end silences here.

// amSilence is a silence as Alertmanager shows it.
type amSilence struct {
	ID        string              `json:"id"`
	Status    amState             `json:"status"`
	UpdatedAt amTime              `json:"updatedAt"`
	Comment   string              `json:"comment"`
	CreatedBy string              `json:"createdBy"`
	EndsAt    amTime              `json:"endsAt"`
	Matchers  []silence.Condition `json:"matchers"`
	StartsAt  amTime              `json:"startsAt"`
}

// amState is the state of a silence.
type amState struct {
	State silence.State `json:"state"`
}

func amSilenceOf(s store.Silence, now time.Time) amSilence {
	updated := s.CreatedAt
	if s.ExpiredBy != "" {
		updated = s.EndsAt
	}
	return amSilence{s.ID, amState{s.State(now)}, amTime(updated), s.Comment, s.CreatedBy, amTime(s.EndsAt),
		s.Matchers.Conditions(), amTime(s.StartsAt)}
}

func (s *server) getSilences(w http.ResponseWriter, r *http.Request) {
	if !s.mayRead(w, r) {
		return
	}
	query, shown := r.URL.Query(), map[silence.State]bool{}
	for _, state := range amOrder {
		on, err := flag(query, string(state))
		if err != nil {
			s.amFail(w, r, err)
			return
		}
		shown[state] = on
	}
	var about silence.Matchers
	if texts := query["filter"]; len(texts) > 0 {
		var err error
		if about, err = silence.ParseMatchers(texts...); err != nil {
			s.amFail(w, r, &badQuery{"bad matcher format: " + err.Error()})
			return
		}
	}
	found, err := s.Board.Silences(r.Context(), maxShown)
	if err != nil {
		s.amFail(w, r, err)
		return
	}
	now := time.Now()
	found = slices.DeleteFunc(found, func(one store.Silence) bool { return !shown[one.State(now)] || !one.Matchers.Holds(about) })
	sortAsAlertmanager(found, now)
	all := make([]amSilence, len(found))
	for i, one := range found {
		all[i] = amSilenceOf(one, now)
	}
	answer.JSON(w, http.StatusOK, all)
}

// amOrder is the order of the states in a listing.
var amOrder = [...]silence.State{silence.Active, silence.Pending, silence.Expired}

// sortAsAlertmanager sorts active silences first, the next to end at the top; then pending ones by start; then expired
// ones, latest first.
func sortAsAlertmanager(all []store.Silence, now time.Time) {
	slices.SortStableFunc(all, func(a, b store.Silence) int {
		at, bt := a.State(now), b.State(now)
		switch {
		case at != bt:
			return slices.Index(amOrder[:], at) - slices.Index(amOrder[:], bt)
		case at == silence.Active:
			return a.EndsAt.Compare(b.EndsAt)
		case at == silence.Pending:
			return a.StartsAt.Compare(b.StartsAt)
		}
		return b.EndsAt.Compare(a.EndsAt)
	})
}

func (s *server) getSilence(w http.ResponseWriter, r *http.Request) {
	if !s.mayRead(w, r) {
		return
	}
	one, err := s.Board.Silence(r.Context(), r.PathValue("id"))
	if err != nil {
		s.amFail(w, r, err)
		return
	}
	answer.JSON(w, http.StatusOK, amSilenceOf(one, time.Now()))
}

// amDraft is a posted silence. If it has an ID, it changes that silence.
type amDraft struct {
	ID          string              `json:"id"`
	Comment     string              `json:"comment"`
	CreatedBy   string              `json:"createdBy"`
	StartsAt    time.Time           `json:"startsAt"`
	EndsAt      time.Time           `json:"endsAt"`
	Matchers    []silence.Condition `json:"matchers"`
	Annotations map[string]string   `json:"annotations"`
}

func (s *server) postSilence(w http.ResponseWriter, r *http.Request) {
	actor, ok := s.mayOperate(w, r)
	if !ok {
		return
	}
	var buf bytes.Buffer
	if status, sentence := readBody(w, r, &buf); status != 0 {
		answer.JSON(w, status, sentence)
		return
	}
	var d amDraft
	if err := json.Unmarshal(buf.Bytes(), &d); err != nil {
		s.amFail(w, r, &badQuery{"the body is not a silence: " + err.Error()})
		return
	}
	if len(d.Annotations) > 0 {
		s.amFail(w, r, &badQuery{"Docket does not store annotations of silences: use the comment instead"})
		return
	}
	ms, err := silence.FromConditions(d.Matchers)
	if err != nil {
		s.amFail(w, r, &badQuery{err.Error()})
		return
	}
	draft := controls.Draft{Matchers: ms.Texts(), StartsAt: d.StartsAt, EndsAt: d.EndsAt, Comment: d.Comment, By: d.CreatedBy}
	var made store.Silence
	if d.ID == "" {
		made, err = s.Board.AddSilence(r.Context(), draft, actor)
	} else {
		made, err = s.Board.ChangeSilence(r.Context(), d.ID, draft, actor)
	}
	if err != nil {
		s.amFail(w, r, err)
		return
	}
	answer.JSON(w, http.StatusOK, map[string]string{"silenceID": made.ID})
}

func (s *server) deleteSilence(w http.ResponseWriter, r *http.Request) {
	actor, ok := s.mayOperate(w, r)
	if !ok {
		return
	}
	_, err := s.Board.ExpireSilence(r.Context(), r.PathValue("id"), actor)
	if err != nil {
		s.amFail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// mayOperate lets in callers with the right to make changes, and returns who they are.
func (s *server) mayOperate(w http.ResponseWriter, r *http.Request) (audit.Actor, bool) {
	who, refusal := s.Guard.Check(r, auth.Operate)
	if refusal != 0 {
		s.Guard.Refuse(w, r, refusal, auth.Operate)
		return audit.Actor{}, false
	}
	return who.Actor(), true
}

// amStatusOf returns the silences and maintenance windows that mute an alert now.
func amStatusOf(labels alert.Labels, held silence.Book) amStatus {
	st := amStatus{State: "active", SilencedBy: []string{}, InhibitedBy: []string{}, MutedBy: []string{}}
	for _, one := range held.Silences {
		if one.Matchers.Match(labels) {
			st.SilencedBy = append(st.SilencedBy, one.ID)
		}
	}
	for _, one := range held.Windows {
		if one.Matchers.Match(labels) {
			st.MutedBy = append(st.MutedBy, one.Name)
		}
	}
	if len(st.SilencedBy)+len(st.MutedBy) > 0 {
		st.State = "suppressed"
	}
	return st
}
