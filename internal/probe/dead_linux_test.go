package probe

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"syscall"
	"testing"
	"time"

	"docket/internal/surface"
)

// deadPort is an address of this machine at which the kernel drops who would connect: its
// queue is full, and nobody takes from it.
func deadPort(t *testing.T) string {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(socket) })
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(socket, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	for { // Until the queue is full.
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		cancel()
		if err != nil {
			return address
		}
		t.Cleanup(func() { conn.Close() })
	}
}

func TestDeadHostCostsOnlyItsOwnTimeout(t *testing.T) {
	address := deadPort(t)
	silent := serve(t, func(c net.Conn) { swallow(c) })
	const within = 100 * time.Millisecond
	for _, s := range []Spec{{&HTTP{URL: "http://" + address}}, {&HTTP{URL: "https://" + address}}, {&TCP{Address: address}},
		{&TLS{Address: address}}, {&HTTP{URL: "https://" + silent}}} {
		before := runtime.NumGoroutine()
		expect(t, read(t, s, within), surface.Down, "no connection within 1")
		// Nothing goes on behind the reading: no dial that waits for the kernel's two minutes.
		deadline := time.Now().Add(5 * time.Second)
		for tick := time.Tick(10 * time.Millisecond); runtime.NumGoroutine() > before; <-tick {
			if time.Now().After(deadline) {
				t.Fatalf("%d goroutines go on, %d were there before", runtime.NumGoroutine(), before)
			}
		}
	}
}
