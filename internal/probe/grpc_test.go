package probe

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"docket/internal/fault"
	"docket/internal/surface"
)

// grpcServer runs a real gRPC server until the test ends. health may be nil: then there is no health service.
func grpcServer(t *testing.T, health grpc_health_v1.HealthServer, config *tls.Config) (address string) {
	t.Helper()
	var options []grpc.ServerOption
	if config != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(config)))
	}
	server := grpc.NewServer(options...)
	if health != nil {
		grpc_health_v1.RegisterHealthServer(server, health)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// healthCheck is a health service that does as it is told.
type healthCheck struct {
	grpc_health_v1.UnimplementedHealthServer

	check func(context.Context) error
}

func (h healthCheck) Check(ctx context.Context, _ *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	if err := h.check(ctx); err != nil {
		return nil, err
	}
	return &grpc_health_v1.HealthCheckResponse{Status: grpc_health_v1.HealthCheckResponse_SERVING}, nil
}

func refusing(code codes.Code) healthCheck {
	return healthCheck{check: func(context.Context) error { return status.Error(code, "s3cret words of the server") }}
}

func TestHealthOfAGRPCServerIsJudged(t *testing.T) {
	shop := health.NewServer()
	shop.SetServingStatus("shop.v1.Cart", grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	good := grpcServer(t, shop, nil)
	wantsKey := grpcServer(t, healthCheck{check: func(ctx context.Context) error {
		md, _ := metadata.FromIncomingContext(ctx)
		if got := md.Get("x-api-key"); len(got) != 1 || got[0] != "s3cret" {
			return status.Error(codes.Unauthenticated, "who are you?")
		}
		return nil
	}}, nil)
	slow := grpcServer(t, healthCheck{check: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}, nil)
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	key := map[string]fault.Secret{"X-Api-Key": "s3cret"}
	for _, c := range []struct {
		name   string
		set    GRPC
		status surface.Status
		reason string
	}{
		{"serving", GRPC{Address: good}, surface.Operational, ""},
		{"not serving", GRPC{Address: good, Service: "shop.v1.Cart"}, surface.Down,
			"the service shop.v1.Cart reports NOT_SERVING (expected SERVING)"},
		{"an unknown service", GRPC{Address: good, Service: "shop.v1.Crat"}, surface.Down,
			"the service shop.v1.Crat is not known to the server's health check (NOT_FOUND)"},
		{"no health service", GRPC{Address: grpcServer(t, nil, nil)}, surface.Down,
			"the server does not offer gRPC health checks (UNIMPLEMENTED)"},
		{"with its key", GRPC{Address: wantsKey, Headers: key}, surface.Operational, ""},
		{"without a key", GRPC{Address: wantsKey}, surface.Down,
			"the server refused the call (UNAUTHENTICATED): it may need credentials in headers"},
		{"overloaded", GRPC{Address: grpcServer(t, refusing(codes.Unavailable), nil)}, surface.Down,
			"the health check returned UNAVAILABLE"},
		{"a code of tomorrow", GRPC{Address: grpcServer(t, refusing(99), nil)}, surface.Down, "the health check returned code 99"},
		{"no answer in time", GRPC{Address: slow}, surface.Down, "connected, but no complete response within"},
		{"silence", GRPC{Address: serve(t, func(c net.Conn) { swallow(c) })}, surface.Down, "connected, but no complete response within"},
		{"a web server", GRPC{Address: web.Listener.Addr().String()}, surface.Down, "the server speaks HTTP/1.1, but gRPC needs HTTP/2"},
		{"cut at once", GRPC{Address: serve(t, func(c net.Conn) { hear(c) })}, surface.Down,
			"the connection was closed before gRPC could start: if the server needs TLS, set tls: true"},
		{"nobody there", GRPC{Address: closedPort(t)}, surface.Down, "connection refused by 127.0.0.1:"},
		{"slow enough to say so", GRPC{Address: good, DegradedOver: 1}, surface.Degraded, "responded in "},
		{"an address of credentials", GRPC{Address: "169.254.169.254:80"}, surface.Unknown, "allow_metadata"},
	} {
		t.Run(c.name, func(t *testing.T) {
			timeout := 5 * time.Second
			if c.reason == "connected, but no complete response within" {
				timeout = 200 * time.Millisecond
			}
			expect(t, read(t, Spec{&c.set}, timeout), c.status, c.reason)
		})
	}
}

func TestGRPCOverTLSIsJudged(t *testing.T) {
	ca := newAuthority(t)
	good := grpcServer(t, health.NewServer(), ca.server(t, "api.example.org", day, 90*day))
	soon := grpcServer(t, health.NewServer(), ca.server(t, "api.example.org", 80*day, 10*day))
	web := httptest.NewUnstartedServer(http.NotFoundHandler())
	web.TLS, web.EnableHTTP2 = ca.server(t, "api.example.org", day, 90*day), true
	web.StartTLS()
	defer web.Close()
	plain := serve(t, func(c net.Conn) {
		conn := tls.Server(c, ca.server(t, "api.example.org", day, 90*day))
		if conn.Handshake() == nil {
			swallow(conn)
		}
	})
	for _, c := range []struct {
		name   string
		set    GRPC
		status surface.Status
		reason string
	}{
		{"good", GRPC{Address: good, CAFile: ca.file}, surface.Operational, ""},
		{"good by its name", GRPC{Address: good, CAFile: ca.file, ServerName: "api.example.org"}, surface.Operational, ""},
		{"another name", GRPC{Address: good, CAFile: ca.file, ServerName: "www.example.org"}, surface.Down,
			"the certificate is not for www.example.org"},
		{"an unknown authority", GRPC{Address: good}, surface.Down, "signed by an unknown authority"},
		{"ends soon", GRPC{Address: soon, CAFile: ca.file}, surface.Degraded, "the certificate expires in 9 days"},
		{"ends soon, insecure", GRPC{Address: soon, Insecure: true}, surface.Degraded, "the certificate expires in 9 days"},
		{"no TLS there", GRPC{Address: grpcServer(t, health.NewServer(), nil), CAFile: ca.file}, surface.Down,
			"the server does not speak TLS"},
		{"no HTTP/2", GRPC{Address: plain, CAFile: ca.file}, surface.Down,
			"the server does not offer HTTP/2 over TLS (ALPN h2), which gRPC needs"},
		{"a web server", GRPC{Address: web.Listener.Addr().String(), CAFile: ca.file}, surface.Down,
			"the server speaks HTTP/2, but not gRPC"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.set.TLS = true
			expect(t, read(t, Spec{&c.set}, 5*time.Second), c.status, c.reason)
		})
	}
	expect(t, read(t, Spec{&GRPC{Address: good}}, 5*time.Second), surface.Down,
		"the connection was closed before gRPC could start: if the server needs TLS, set tls: true")
}

// A proxy of the environment, a second connection and a connection left open would each be
// another thing than what was asked for.
func TestGRPCAsksOnceWithoutProxyAndCloses(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://"+closedPort(t))
	opened, closed := make(chan struct{}, 8), make(chan struct{}, 8)
	address := serve(t, func(c net.Conn) {
		opened <- struct{}{}
		hear(c)
		say(c, "\x00\x00\x00\x04\x00\x00\x00\x00\x00") // Settings, so that the call goes out; and then nothing.
		_, _ = io.Copy(io.Discard, c)
		closed <- struct{}{}
	})
	expect(t, read(t, Spec{&GRPC{Address: address}}, 200*time.Millisecond), surface.Down, "connected, but no complete response within")
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("the connection is still open")
	}
	if n := len(opened); n != 1 {
		t.Errorf("it connected %d times", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ask, err := New(nil, time.Now(), "").Make(Spec{&GRPC{Address: address}}, surface.Surface{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, ask(ctx), surface.Unknown, "the probe was stopped")
}
