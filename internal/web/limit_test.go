package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// dial opens a bare connection, to misbehave on.
func (f *face) dial() net.Conn {
	f.t.Helper()
	c, err := new(net.Dialer).DialContext(f.t.Context(), "tcp", strings.TrimPrefix(f.url, "http://"))
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = c.Close() }) // It may be closed already.
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		f.t.Fatal(err)
	}
	return c
}

func answerOn(t *testing.T, c net.Conn) reply {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Close { // The library takes the header out.
		resp.Header.Set("Connection", "close")
	}
	return reply{resp.StatusCode, resp.Header, string(text)}
}

func TestDeclaredFiftyMegabytesAreRefusedWithoutReading(t *testing.T) {
	f := newFace(t, plan{})
	for _, more := range []string{"", "Expect: 100-continue\r\n"} {
		c := f.dial()
		// Not one byte of the body is ever sent: an answer proves that none was waited for.
		if _, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: 52428800\r\n\r\n", hook, more); err != nil {
			t.Fatal(err)
		}
		r := answerOn(t, c)
		if r.status != http.StatusRequestEntityTooLarge || !strings.Contains(r.text, "larger than 10 MB: send fewer alerts at once") ||
			r.header.Get("Connection") != "close" {
			t.Errorf("%q: %d %v %s", more, r.status, r.header, r.text)
		}
	}
}

func TestStreamedFiftyMegabytesAreRefusedAtTheLimit(t *testing.T) {
	f := newFace(t, plan{})
	c := f.dial()
	if _, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", hook); err != nil {
		t.Fatal(err)
	}
	sent := make(chan int, 1)
	go func() {
		chunk := fmt.Sprintf("%x\r\n%s\r\n", 1<<16, strings.Repeat(" ", 1<<16))
		total := 0
		for total < 50<<20 {
			n, err := io.WriteString(c, chunk)
			total += n
			if err != nil {
				break // The server hung up, as it should.
			}
		}
		sent <- total
	}()
	r := answerOn(t, c)
	_ = c.Close() // The writer stops now, if it has not.
	if r.status != http.StatusRequestEntityTooLarge || !strings.Contains(r.text, "larger than 10 MB") {
		t.Errorf("%d %s", r.status, r.text)
	}
	// What lies between is in the kernels' buffers.
	if n := <-sent; n > 30<<20 {
		t.Errorf("%d bytes were taken from a sender that was refused at 10 MB", n)
	}
}

func TestBodyThatBreaksOffIsNotKept(t *testing.T) {
	f := newFace(t, plan{})
	c := f.dial()
	whole := "[" + named("Half") + "]"
	if _, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", apiV2,
		len(whole)+10, whole); err != nil {
		t.Fatal(err)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if r := answerOn(t, c); r.status != http.StatusBadRequest || !strings.Contains(r.text, "the body was cut off") {
		t.Errorf("%d %s", r.status, r.text)
	}
	if got := f.titles(); len(got) > 0 {
		t.Errorf("kept: %q", got)
	}
}
