package web

import (
	"net/http"
	"time"

	"docket/internal/answer"
	"docket/internal/auth"
)

// postHeartbeat records a check-in from the job behind a heartbeat surface.
func (s *server) postHeartbeat(w http.ResponseWriter, r *http.Request) {
	if _, refusal := s.Guard.Check(r, auth.Ingest); refusal != 0 {
		s.Guard.Refuse(w, r, refusal, auth.Ingest)
		return
	}
	name := r.PathValue("surface")
	if !s.Heartbeats[name] {
		answer.Error(w, http.StatusNotFound, "there is no surface with this name and a heartbeat probe")
		return
	}
	if err := s.Store.CheckIn(r.Context(), name, time.Now().UTC().Truncate(time.Microsecond)); err != nil {
		s.Log.WarnContext(r.Context(), "heartbeat could not be stored", "surface", name, "err", err)
		answer.Error(w, http.StatusServiceUnavailable, s.Store.Explain(err))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
