package console

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// hub notifies open pages that something changed. It says nothing else: each page then requests itself again and swaps
// in what is different.
type hub struct {
	mu        sync.Mutex // guards listeners
	listeners map[chan struct{}]bool
	// stopped is closed when the program stops, because open streams would delay that.
	stopped chan struct{}
}

func newHub() *hub { return &hub{listeners: map[chan struct{}]bool{}, stopped: make(chan struct{})} }

// maxListeners limits the number of open pages that are notified.
const maxListeners = 2000

// listen adds a listener. It returns nil if there are too many.
func (h *hub) listen() chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.listeners) >= maxListeners {
		return nil
	}
	ch := make(chan struct{}, 1)
	h.listeners[ch] = true
	return ch
}

func (h *hub) leave(ch chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.listeners, ch)
}

func (h *hub) empty() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.listeners) == 0
}

// tell wakes all listeners. A listener with an unread notification does not get another.
func (h *hub) tell() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.listeners {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// Follow looks for changes made elsewhere (by other replicas or the queue) and notifies open pages. It costs nothing
// while no page is open.
func (c *Console) Follow(ctx context.Context) error {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	var last string
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if c.hub.empty() {
			continue
		}
		mark, err := c.Store.ChangeMark(ctx)
		if err != nil {
			continue // The pages report the error when they are requested.
		}
		if mark != last {
			last = mark
			c.hub.tell()
		}
	}
}

const (
	followEvery = 500 * time.Millisecond
	// beatEvery keeps proxies from closing an idle stream; writeWithin ends a stuck one.
	beatEvery   = 15 * time.Second
	writeWithin = 10 * time.Second
	// streamFor ends a stream, so that a listener whose login has expired is cut off. The browser reconnects by itself.
	streamFor = 10 * time.Minute
	// gather is how long changes are collected into one notification.
	gather = 100 * time.Millisecond
)

// getEvents is the stream of server-sent events. Each one says only "changed".
func (c *Console) getEvents(w http.ResponseWriter, r *http.Request) {
	ch := c.hub.listen()
	if ch == nil {
		http.Error(w, "too many open pages", http.StatusServiceUnavailable)
		return
	}
	defer c.hub.leave(ch)
	stream := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	say := func(text string) bool {
		if err := stream.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
			return false
		}
		if _, err := io.WriteString(w, text); err != nil {
			return false
		}
		return stream.Flush() == nil
	}
	end := time.NewTimer(streamFor)
	defer end.Stop()
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	if !say("retry: 2000\n\n") {
		return
	}
	for {
		text := ": here\n\n"
		select {
		case <-r.Context().Done():
			return
		case <-end.C:
			return
		case <-c.hub.stopped:
			return
		case <-beat.C:
		case <-ch:
			text = "event: changed\ndata: {}\n\n"
		}
		if !say(text) {
			return
		}
		if text[0] == 'e' && !pause(r.Context(), gather) {
			return
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
