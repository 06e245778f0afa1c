package main

import (
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// proxy stands in a TCP connection's way and, as ordered, delays it, swallows the answers or cuts it.
type proxy struct {
	address string

	mu     sync.Mutex // guards all below
	target string
	mode   proxyMode
	conns  map[net.Conn]bool
}

// proxyMode is what a proxy does to what it carries.
type proxyMode uint8

const (
	carry   proxyMode = iota
	delay             // each piece comes proxyDelay late
	swallow           // requests arrive, and their answers do not: half of the way is closed
	cut               // connections are torn, and new ones refused
)

const proxyDelay = 150 * time.Millisecond

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{address: l.Addr().String(), target: target, conns: map[net.Conn]bool{}}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return // Closed.
			}
			wg.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close() // No more are wanted.
		p.set(cut)
		wg.Wait()
	})
	return p
}

// set changes what the proxy does from now on, also to connections that are open.
func (p *proxy) set(mode proxyMode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = mode
	if mode != cut {
		return
	}
	for c := range p.conns {
		_ = c.Close() // Torn on purpose.
	}
}

// retarget leads new connections to another server.
func (p *proxy) retarget(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
}

func (p *proxy) where() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.target
}

func (p *proxy) now() proxyMode {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mode
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	if p.now() == cut {
		return
	}
	server, err := net.Dial("tcp", p.where())
	if err != nil {
		return // The target is away, and so is the connection.
	}
	defer server.Close()
	p.hold(client, true)
	p.hold(server, true)
	defer p.hold(client, false)
	defer p.hold(server, false)
	var wg sync.WaitGroup
	wg.Go(func() { p.pump(server, client, false) })
	wg.Go(func() { p.pump(client, server, true) })
	wg.Wait()
}

func (p *proxy) hold(c net.Conn, held bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if held {
		p.conns[c] = true
		return
	}
	delete(p.conns, c)
}

// pump carries one direction until it ends, then ends the other end's reading, too.
func (p *proxy) pump(to, from net.Conn, answers bool) {
	piece := make([]byte, 32<<10)
	for {
		n, err := from.Read(piece)
		switch p.now() {
		case delay:
			late := time.NewTimer(proxyDelay) // A slow way is what this is.
			<-late.C
		case swallow:
			if answers {
				n = 0
			}
		case carry, cut:
		}
		if _, werr := to.Write(piece[:n]); err == nil {
			err = werr
		}
		if err == nil {
			continue
		}
		if half, ok := to.(*net.TCPConn); ok && errors.Is(err, io.EOF) {
			_ = half.CloseWrite() // What goes the other way may still be on its way.
			return
		}
		_ = to.Close() // Broken is broken both ways.
		_ = from.Close()
		return
	}
}

// through is an address with the proxy in its way.
func (p *proxy) through(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = p.address
	return u.String()
}

func hostOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}
