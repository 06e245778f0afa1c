package probe

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/fault"
	"docket/internal/surface"
)

func TestEveryMistakeOfASpecIsNamed(t *testing.T) {
	for _, c := range []struct {
		name string
		spec Spec
		want []string
	}{
		{"nothing", Spec{}, []string{"must have one of " + strings.Join(Spec{}.Kinds(), ", ")}},
		{"http", Spec{&HTTP{
			URL: "ftp://a", Method: "get", Headers: map[string]fault.Secret{"X-Api": "s3cret\r\n"}, Status: []string{"20x"}, Matches: "(",
			AnswerHeaders: map[string]string{"a b": ""},
			Redirects:     "maybe", DegradedOver: 2 * time.Second, DownOver: time.Second, CertificateDays: 10_000,
		}}, []string{
			"http.url must be an http:// or https:// address without user or password",
			"http.method must be one of GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS",
			`http.headers cannot be sent: "X-Api" is not a valid header, or its value has a line break or another control character`,
			`http.status has "20x", which is not a status: write 200, 2xx or 200-299`,
			"http.matches is not a valid regular expression: missing closing ): `(`",
			`http.answer_headers has "a b", which is not a valid header`,
			"http.redirects must be follow or refuse",
			"http.degraded_over must be less than down_over, which is 1s",
			"http.certificate_days must be from 1 to 3650",
		}},
		{"a password", Spec{&HTTP{URL: "http://me:s3cret@a.example.org"}},
			[]string{"http.url must be an http:// or https:// address without user or password"}},
		{"HEAD", Spec{&HTTP{URL: "http://a.example.org", Method: "HEAD", Contains: "x"}},
			[]string{"http.method must not be HEAD if the body of the response is checked"}},
		{"tcp", Spec{&TCP{Address: "db.example.org"}}, []string{"tcp.address must be host:port, such as db.example.org:5432"}},
		{"tls", Spec{&TLS{Address: "db.example.org:99999", CertificateDays: -1}}, []string{
			"tls.address must be host:port, such as db.example.org:5432", "tls.certificate_days must be from 1 to 3650",
		}},
		{"dns", Spec{&DNS{Name: "a..b", Type: "Q", Resolver: "ns", Expect: []string{""}}}, []string{
			"dns.name must be a name such as example.org, in ASCII (xn--... for other characters)",
			"dns.type must be one of A, AAAA, CNAME, MX, NS, PTR, SOA, SRV or TXT",
			"dns.resolver must be host:port, such as db.example.org:5432",
			"dns.expect has an empty value",
		}},
		{"dns without a name", Spec{&DNS{Only: true}}, []string{
			"dns.name must be a name such as example.org, in ASCII (xn--... for other characters)", "dns.only needs expect: the values to allow",
		}},
		{"heartbeat", Spec{&Heartbeat{Within: -1, Grace: -1}}, []string{
			"heartbeat.within is negative: write, for example, 24h or 10m", "heartbeat.grace is negative: write, for example, 1h or 5m",
		}},
		{"heroku", Spec{&Heroku{APIURL: "api.heroku.com"}}, []string{
			"heroku.app is missing: the app's name", "heroku.token is missing: a token that can read the app",
			"heroku.api_url must be an http:// or https:// address without user or password",
		}},
		{"grpc", Spec{&GRPC{
			Address: "api", Headers: map[string]fault.Secret{"grpc-timeout": "1S", "X-Key": "s3cret\n", "x-trace-bin": "\x01"},
			Insecure: true, DownOver: -1,
		}}, []string{
			"grpc.address must be host:port, such as db.example.org:5432",
			`grpc.headers cannot be sent: "X-Key" is not a valid header, is one of gRPC's own, or has a value that is not printable ASCII`,
			`grpc.headers cannot be sent: "grpc-timeout" is not a valid header, is one of gRPC's own, or has a value that is not printable ASCII`,
			"grpc.tls must be true if ca_file, insecure or certificate_days is set",
			"grpc.down_over is negative: write, for example, 500ms or 2s",
		}},
		{"icmp", Spec{&ICMP{Host: "db:5432", Count: 21, IPVersion: 5, DegradedOver: -1}}, []string{
			"icmp.host must be a name or an address without a port, such as db.example.org",
			"icmp.count must be from 1 to 20",
			"icmp.ip_version must be 4 or 6",
			"icmp.degraded_over is negative: write, for example, 500ms or 2s",
		}},
		{"a token with a line's end", Spec{&Heroku{App: "shop", Token: "s3cret\n"}},
			[]string{"heroku.token has a line break or another control character in it"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(nil, time.Time{}, "").Make(c.spec, surface.Surface{})
			if diff := cmp.Diff(strings.Join(c.want, "\n"), fmt.Sprint(err)); diff != "" {
				t.Errorf("the mistakes differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMistakesOfAnExpressionAreNamed(t *testing.T) {
	for expression, want := range map[string]string{
		"body.state ==":           "http.json is not a valid expression: Syntax error: mismatched input '<EOF>'",
		"state == 1":              "http.json is not a valid expression: undeclared reference to 'state' (at its line 1, column 1)",
		"size(body)":              "http.json is a int and must be true or false",
		strings.Repeat("a", 9000): "http.json is longer than 8192 bytes",
	} {
		_, err := New(nil, time.Time{}, "").Make(Spec{&HTTP{URL: "https://a", JSON: expression}}, surface.Surface{})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.20s: %v, want %s", expression, err, want)
		}
	}
}

func TestCAFileIsCheckedAtTheStart(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, s := range []Spec{{&TLS{Address: "a:1", CAFile: empty}}, {&HTTP{URL: "https://a", CAFile: empty}}} {
		if _, err := New(nil, time.Time{}, "").Make(s, surface.Surface{}); err == nil ||
			!strings.Contains(err.Error(), "ca_file names "+empty+", which contains no certificate in PEM") {
			t.Errorf("an empty ca_file: %v", err)
		}
	}
	if _, err := New(nil, time.Time{}, "").Make(Spec{&TLS{Address: "a:1", CAFile: empty + ".gone"}}, surface.Surface{}); err == nil ||
		!strings.Contains(err.Error(), "tls.ca_file cannot be read: no such file or directory") {
		t.Errorf("a ca_file that is not there: %v", err)
	}
}

func TestTargetShowsNoSecret(t *testing.T) {
	for want, s := range map[string]Spec{
		"GET https://a.example.org/health": {&HTTP{URL: "https://a.example.org/health?token=s3cret#x",
			Headers: map[string]fault.Secret{"A": "s3cret"}}},
		"db.example.org:5432":             {&TCP{Address: "db.example.org:5432", Send: "s3cret"}},
		"MX example.org at 192.0.2.53:53": {&DNS{Name: "example.org", Type: "mx", Resolver: "192.0.2.53:53"}},
		"shop (web)":                      {&Heroku{App: "shop", Token: "s3cret"}},
		"2001:db8::1":                     {&ICMP{Host: "2001:db8::1"}},
		"shop.v1.Cart at shop:50051": {&GRPC{Address: "shop:50051", Service: "shop.v1.Cart",
			Headers: map[string]fault.Secret{"a": "s3cret"}}},
		"mail.example.org:993": {&TLS{Address: "mail.example.org:993"}},
	} {
		if _, got := s.Describe(); got != want {
			t.Errorf("the target is %q, want %q", got, want)
		}
	}
}
