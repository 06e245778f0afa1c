package probe

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// The standard library's resolver is not used: it reads /etc/hosts first, whatever server it should ask,
// follows search lists, and hardly distinguishes NXDOMAIN from SERVFAIL.

const (
	// askAgainAfter is how long to wait for the answer to one datagram.
	askAgainAfter = 1500 * time.Millisecond
	resolvConf    = "/etc/resolv.conf"
	maxResolvers  = 3 // The limit of glibc, resolv.conf(5).
)

// errReached is returned when a server could be reached and did not answer.
var errReached = errors.New("the name server did not respond")

// ownResolvers are the machine's name servers.
func ownResolvers() []string {
	text, err := os.ReadFile(resolvConf)
	if err != nil {
		text = nil // As in glibc: then it is this machine itself.
	}
	var servers []string
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) >= 2 && words[0] == "nameserver" && len(servers) < maxResolvers {
			servers = append(servers, net.JoinHostPort(words[1], "53"))
		}
	}
	if len(servers) == 0 {
		return []string{"127.0.0.1:53"}
	}
	return servers
}

// resolve asks one server after the other, and starts over until one answers. The error is the last one.
func resolve(ctx context.Context, by *net.Dialer, servers []string, q dnsmessage.Question) (answer dnsmessage.Message,
	server string, err error) {
	for try := 0; ; try++ {
		server = servers[try%len(servers)]
		answer, err = ask(ctx, by, server, q)
		var late net.Error
		again := errors.As(err, &late) && late.Timeout() || try+1 < len(servers)
		if err == nil || !again || ctx.Err() != nil {
			return answer, server, err
		}
	}
}

// ask sends one question by UDP, and again by TCP if the answer is too long for a datagram.
func ask(ctx context.Context, by *net.Dialer, server string, q dnsmessage.Question) (dnsmessage.Message, error) {
	within, cancel := context.WithTimeout(ctx, askAgainAfter)
	defer cancel()
	answer, err := exchange(within, by, "udp", server, q)
	if err != nil || !answer.Truncated {
		return answer, err
	}
	return exchange(ctx, by, "tcp", server, q)
}

func exchange(ctx context.Context, by *net.Dialer, network, server string, q dnsmessage.Question) (dnsmessage.Message, error) {
	id := uint16(rand.Uint32()) //nolint:gosec // The socket's own port and the question guard it as well; nothing is cached.
	m := dnsmessage.Message{Header: dnsmessage.Header{ID: id, RecursionDesired: true}, Questions: []dnsmessage.Question{q}}
	text, err := m.Pack()
	if err != nil {
		return dnsmessage.Message{}, fmt.Errorf("write the question: %w", err)
	}
	conn, err := by.DialContext(ctx, network, server)
	if err != nil {
		return dnsmessage.Message{}, err
	}
	defer conn.Close() //nolint:errcheck // Nothing is left to be lost.
	defer endWith(ctx, conn)()
	answer, err := readAnswer(conn, network, text, m)
	if err != nil {
		return dnsmessage.Message{}, errors.Join(errReached, err)
	}
	return answer, nil
}

// readAnswer waits for the answer to a question and ignores everything else.
func readAnswer(conn net.Conn, network string, question []byte, asked dnsmessage.Message) (dnsmessage.Message, error) {
	if network == "tcp" {
		question = append(binary.BigEndian.AppendUint16(nil, uint16(len(question))), question...)
	}
	if _, err := conn.Write(question); err != nil {
		return dnsmessage.Message{}, err
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := readMessage(conn, network, buf)
		if err != nil {
			return dnsmessage.Message{}, err
		}
		var got dnsmessage.Message
		if got.Unpack(buf[:n]) == nil && answers(got, asked) {
			return got, nil
		}
		if network == "tcp" {
			return dnsmessage.Message{}, errors.New("the name server's response cannot be read")
		}
	}
}

func readMessage(conn net.Conn, network string, buf []byte) (int, error) {
	if network == "udp" {
		return conn.Read(buf)
	}
	if _, err := io.ReadFull(conn, buf[:2]); err != nil {
		return 0, err
	}
	return io.ReadFull(conn, buf[:binary.BigEndian.Uint16(buf)])
}

// answers reports whether a message answers a question.
func answers(got, asked dnsmessage.Message) bool {
	if !got.Response || got.ID != asked.ID || len(got.Questions) != 1 {
		return false
	}
	a, q := got.Questions[0], asked.Questions[0]
	return a.Type == q.Type && a.Class == q.Class && bytes.EqualFold(a.Name.Data[:a.Name.Length], q.Name.Data[:q.Name.Length])
}
