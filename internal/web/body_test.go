package web

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// slowBody is what a server's body does once the read deadline is over.
type slowBody struct{}

func (slowBody) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

// deadlines takes note of the read deadline that a handler sets.
type deadlines struct {
	*httptest.ResponseRecorder
	read time.Time
}

// SetReadDeadline is what http.ResponseController looks for.
func (d *deadlines) SetReadDeadline(at time.Time) error {
	d.read = at
	return nil
}

func TestSenderThatDawdlesIsCutOff(t *testing.T) {
	w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/alertmanager", slowBody{})
	var buf bytes.Buffer
	status, sentence := readBody(w, r, &buf)
	if status != http.StatusRequestTimeout || !strings.Contains(sentence, "did not arrive within 30s") {
		t.Errorf("%d %q", status, sentence)
	}
	if left := time.Until(w.read); left <= 0 || left > readDeadline {
		t.Errorf("the read deadline is in %s", left)
	}
}
