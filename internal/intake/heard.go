package intake

import (
	"maps"
	"sync"
	"time"
)

// Heard is when each source was last received from, and what was wrong.
type Heard struct {
	mu sync.Mutex // guards sources
	// sources by name.
	sources map[string]Sighting
}

// Sighting is one source's last word.
type Sighting struct {
	// At is when it last sent something, or was last polled with success; zero for never.
	At time.Time `json:"at,omitzero"`
	// Fault is what the last poll failed with, "" after a success.
	Fault string `json:"fault,omitempty"`
}

// NewHeard makes one that has received nothing.
func NewHeard() *Heard { return &Heard{sources: map[string]Sighting{}} }

// note keeps a source's word or failure, and reports whether this is news.
func (h *Heard) note(source string, at time.Time, fault error) (news bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.sources[source]
	was := s.Fault
	s.Fault = ""
	if fault != nil {
		s.Fault = fault.Error()
	} else {
		s.At = at
	}
	h.sources[source] = s
	return (was == "") != (s.Fault == "")
}

// Heard returns each source's last word.
func (i *Intake) Heard() map[string]Sighting {
	i.heard.mu.Lock()
	defer i.heard.mu.Unlock()
	return maps.Clone(i.heard.sources)
}
