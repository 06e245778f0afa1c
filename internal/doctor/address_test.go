package doctor_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"docket/internal/doctor"
)

func TestAPublicAddressThatDoesNotLeadToDocketIsAWarning(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		want   string
	}{
		{"docket answers", http.StatusOK, ""},
		{"a login page is before it", http.StatusFound, ""},
		{"a gate is before it", http.StatusForbidden, ""},
		{"something else answers", http.StatusNotFound, "public_address_wrong"},
		{"the proxy has no docket behind it", http.StatusBadGateway, "public_address_wrong"},
		{"nobody answers", 0, "unreachable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := ""
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r.URL.Path
				w.WriteHeader(c.status)
			}))
			defer server.Close()
			if c.status == 0 {
				server.Close()
			}
			found := doctor.PublicAddress(server.URL+"/docket/", "docket/test").Look(t.Context())
			if len(found) != 1 || found[0].Name != c.want || (c.want == "") != (found[0].Level == doctor.OK) {
				t.Fatalf("found %+v, want %q", found, c.want)
			}
			if found[0].Level == doctor.Error || (c.want != "" && found[0].Fix == "") {
				t.Errorf("%+v", found[0])
			}
			if c.status != 0 && asked != "/docket/healthz" {
				t.Errorf("asked for %s", asked)
			}
		})
	}
	if doctor.PublicAddress("", "docket/test").Look != nil {
		t.Error("no address is examined")
	}
}
