package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"docket/internal/fault"
	"docket/internal/surface"
)

// GRPC asks a gRPC server for its health, using the health checking protocol
// (https://github.com/grpc/grpc/blob/master/doc/health-checking.md, read 2026-11-27).
type GRPC struct {
	// The address to connect to, host:port.
	Address string `yaml:"address"`
	// The name of the service to ask about. Unless set, it is the server as a whole.
	Service string `yaml:"service"`
	// Whether to use TLS; without it the connection is not encrypted.
	TLS bool `yaml:"tls"`
	// The name to ask for, which the certificate must be valid for. Unless set, it is the host of the address.
	ServerName string `yaml:"server_name"`
	// Metadata of the call.
	Headers map[string]fault.Secret `yaml:"headers"`
	// The surface is degraded this many days before its certificate ends. Unless set, it is 14, and less for
	// certificates that are valid for less than eight weeks.
	CertificateDays int64 `yaml:"certificate_days"`
	// The surface is degraded when the answer takes longer. 0 is any time.
	DegradedOver time.Duration `yaml:"degraded_over"`
	// The surface is down when the answer takes longer. 0 is any time.
	DownOver time.Duration `yaml:"down_over"`
	// A file with certificates of authorities that are trusted besides the machine's own.
	CAFile string `yaml:"ca_file"`
	// Whether any certificate is trusted; its end is watched all the same.
	Insecure bool `yaml:"insecure"`
	// Whether the probe may ask addresses at which clouds hand out credentials.
	AllowMetadata bool `yaml:"allow_metadata"`
}

func (g *GRPC) target() string {
	if g.Service != "" {
		return g.Service + " at " + g.Address
	}
	return g.Address
}

func (g *GRPC) check(wrong *faults) {
	checkAddress(wrong, "grpc.address", g.Address)
	for _, name := range slices.Sorted(maps.Keys(g.Headers)) {
		if !sendable(name, g.Headers[name].Reveal()) {
			wrong.add("grpc.headers", fmt.Sprintf(notSendable, name))
		}
	}
	if !g.TLS && (g.CAFile != "" || g.Insecure || g.CertificateDays != 0) {
		wrong.add("grpc.tls", "must be true if ca_file, insecure or certificate_days is set")
	}
	checkLimits(wrong, "grpc", g.DegradedOver, g.DownOver)
	checkExpiry(wrong, "grpc", g.CertificateDays)
}

// notSendable is the message for a header that cannot be sent.
const notSendable = "cannot be sent: %q is not a valid header, is one of gRPC's own, or has a value that is not printable ASCII"

// sendable reports whether gRPC sends a header: it drops those it sets itself, and accepts only printable
// ASCII, except for names that end in -bin, whose values it encodes.
func sendable(name, value string) bool {
	name = strings.ToLower(name)
	own := strings.HasPrefix(name, "grpc-") || slices.Contains([]string{"content-type", "user-agent", "te", "host", "connection"}, name)
	plain := !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' })
	return httpguts.ValidHeaderFieldName(name) && !own && (plain || strings.HasSuffix(name, "-bin"))
}

type grpcProbe struct {
	GRPC

	dialer  *net.Dialer
	config  *tls.Config // nil without TLS
	headers metadata.MD
	prober  *Prober
}

func (g *GRPC) open(prober *Prober, on surface.Surface) (Probe, error) {
	p := &grpcProbe{GRPC: *g, dialer: dialer(on.Timeout, g.AllowMetadata), headers: metadata.MD{}, prober: prober}
	for name, value := range g.Headers {
		p.headers.Set(name, value.Reveal())
	}
	if !g.TLS {
		return p.read, nil
	}
	config, err := prober.tlsConfig("grpc", g.CAFile, g.Insecure)
	if err != nil {
		return nil, err
	}
	config.NextProtos = []string{"h2"}
	config.ServerName = g.ServerName
	if g.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(g.Address) // check has already split it.
	}
	p.config = config
	return p.read, nil
}

// read asks once, over a connection that Docket opens itself: gRPC on its own would look for proxies, resolve
// names by its own rules and retry.
func (p *grpcProbe) read(ctx context.Context) surface.Reading {
	ctx, cancel := context.WithTimeout(ctx, p.dialer.Timeout)
	defer cancel()
	f := begin(p.prober.now)
	conn, err := p.dialer.DialContext(ctx, "tcp", p.Address)
	if err != nil {
		f.failed(ctx, err, false)
		return f.end()
	}
	defer conn.Close() //nolint:errcheck // Nothing is left to be lost.
	f.fact("address", conn.RemoteAddr().String())
	var state tls.ConnectionState
	if p.config != nil {
		secured := tls.Client(conn, p.config)
		if err := secured.HandshakeContext(ctx); err != nil {
			f.failed(ctx, err, true)
			return f.end()
		}
		state = secured.ConnectionState()
		f.fact("tls", tls.VersionName(state.Version))
		conn = secured
	}
	if p.config != nil && state.NegotiatedProtocol != "h2" {
		f.worse(surface.Down, "the server does not offer HTTP/2 over TLS (ALPN h2), which gRPC needs")
		return f.end()
	}
	answer, err := p.call(ctx, conn)
	if err != nil {
		p.refused(ctx, f, err)
		return f.end()
	}
	f.fact("health", answer.String())
	if answer != grpc_health_v1.HealthCheckResponse_SERVING {
		f.worse(surface.Down, "%s reports %s (expected SERVING)", p.asked(), answer)
	}
	f.answered(p.DegradedOver, p.DownOver)
	f.certificate(&state, p.CertificateDays, p.prober.now())
	return f.end()
}

// call asks for the health of the service over this one connection.
func (p *grpcProbe) call(ctx context.Context, conn net.Conn) (grpc_health_v1.HealthCheckResponse_ServingStatus, error) {
	once := make(chan net.Conn, 1)
	once <- conn
	transport := insecure.NewCredentials()
	if p.config != nil {
		transport = handshaken{transport}
	}
	authority := p.ServerName
	if authority == "" {
		authority = p.Address
	}
	client, err := grpc.NewClient("passthrough:///"+p.Address, // No resolver: the connection is already open.
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) {
			select {
			case conn := <-once:
				return conn, nil
			default:
				return nil, errors.New("a second connection was asked for")
			}
		}),
		grpc.WithTransportCredentials(transport), grpc.WithAuthority(authority), grpc.WithUserAgent(p.prober.agent),
		grpc.WithNoProxy(), grpc.WithDisableServiceConfig(), grpc.WithDisableRetry(), grpc.WithDisableHealthCheck(),
		grpc.WithReadBufferSize(connBuffer), grpc.WithWriteBufferSize(connBuffer), grpc.WithMaxHeaderListSize(maxHeaderBytes),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxHealth)),
	)
	if err != nil {
		return 0, err
	}
	defer client.Close() //nolint:errcheck // Nothing is left to be lost.
	request := &grpc_health_v1.HealthCheckRequest{Service: p.Service}
	answer, err := grpc_health_v1.NewHealthClient(client).Check(metadata.NewOutgoingContext(ctx, p.headers), request)
	return answer.GetStatus(), err
}

// maxHealth limits the size of a response, which is a single number.
const maxHealth = 4 << 10

// handshaken tells gRPC that its connection already uses TLS.
type handshaken struct {
	credentials.TransportCredentials
}

// Info makes gRPC send https as the scheme of the call.
func (handshaken) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "tls"}
}

// asked names what is being checked, for people.
func (p *grpcProbe) asked() string {
	if p.Service == "" {
		return "the server"
	}
	return "the service " + p.Service
}

// refused says what an error of the call means. The server's own message is never shown. Only what gRPC's
// client found itself is shown, because there is no code of its own for that.
func (p *grpcProbe) refused(ctx context.Context, f *finding, err error) {
	message := status.Convert(err).Message()
	has := func(words string) bool { return strings.Contains(message, words) }
	switch code := status.Code(err); {
	case errors.Is(ctx.Err(), context.Canceled):
		f.failed(ctx, ctx.Err(), true)
	case code == codes.DeadlineExceeded:
		f.failed(ctx, context.DeadlineExceeded, true)
	case has("looked like an HTTP/1.1 header"):
		f.worse(surface.Down, "the server speaks HTTP/1.1, but gRPC needs HTTP/2")
	case has("error reading server preface") && p.TLS:
		f.worse(surface.Down, "the connection was closed before gRPC could start")
	case has("error reading server preface"):
		f.worse(surface.Down, "the connection was closed before gRPC could start: if the server needs TLS, set tls: true")
	case has("unexpected HTTP status code received from server"), has("received unexpected content-type"):
		f.worse(surface.Down, "the server speaks HTTP/2, but not gRPC")
	case has("error reading from server"), has("connection error: desc"):
		f.worse(surface.Down, "the connection was cut off")
	case code == codes.NotFound:
		f.worse(surface.Down, "%s is not known to the server's health check (NOT_FOUND)", p.asked())
	case code == codes.Unimplemented:
		f.worse(surface.Down, "the server does not offer gRPC health checks (UNIMPLEMENTED)")
	case code == codes.Unauthenticated, code == codes.PermissionDenied:
		f.worse(surface.Down, "the server refused the call (%s): it may need credentials in headers", codeWord(code))
	default:
		f.worse(surface.Down, "the health check returned %s", codeWord(code))
	}
}

// codeWord formats a code as gRPC's documentation writes it.
func codeWord(code codes.Code) string {
	words := map[codes.Code]string{
		codes.Canceled: "CANCELLED", codes.Unknown: "UNKNOWN", codes.InvalidArgument: "INVALID_ARGUMENT", codes.AlreadyExists: "ALREADY_EXISTS",
		codes.PermissionDenied: "PERMISSION_DENIED", codes.ResourceExhausted: "RESOURCE_EXHAUSTED",
		codes.FailedPrecondition: "FAILED_PRECONDITION",
		codes.Aborted:            "ABORTED", codes.OutOfRange: "OUT_OF_RANGE", codes.Internal: "INTERNAL", codes.Unavailable: "UNAVAILABLE",
		codes.DataLoss: "DATA_LOSS", codes.Unauthenticated: "UNAUTHENTICATED",
	}
	if word, known := words[code]; known {
		return word
	}
	return fmt.Sprintf("code %d", uint32(code))
}
