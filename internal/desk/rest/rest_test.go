package rest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"docket/internal/desk/rest"
)

func TestASubjectEndsInItsMarkHoweverLongItIs(t *testing.T) {
	for _, tt := range []struct {
		subject, mark, want string
		ok                  bool
	}{
		{"P1 Disk [m.1]", "m.1", "P1 Disk [m.1]", true},
		{"P1 two\nlines\t[m.1]", "m.1", "P1 two lines [m.1]", true},
		{strings.Repeat("x", 30) + " [m.1]", "m.1", strings.Repeat("x", 13) + "… [m.1]", true},
		{"P1 Disk", "m.1", "", false},
		{"P1 Disk []", "", "", false},
		{"P1 [" + strings.Repeat("m", 30) + "]", strings.Repeat("m", 30), "", false},
	} {
		if got, ok := rest.SubjectLine(tt.subject, tt.mark, 20, utf8.RuneCountInString); got != tt.want || ok != tt.ok {
			t.Errorf("%q: %q, %v, want %q, %v", tt.subject, got, ok, tt.want, tt.ok)
		}
	}
}

// TestARedirectIsNotFollowed: it would carry the key to another host.
func TestARedirectIsNotFollowed(t *testing.T) {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	t.Cleanup(server.Close)
	x := rest.NewClient(nil).Do(t.Context(), rest.Call{
		Method: http.MethodPost, Address: server.URL, Body: []byte("{}"), Limit: 10 * time.Second,
	})
	if calls != 1 || x.Status != http.StatusTemporaryRedirect || !x.Sent || x.Err != nil {
		t.Errorf("%d calls, %+v", calls, x)
	}
}
