package fakeslack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// perform does what a call requests and returns Slack's response.
func (s *Server) perform(method string, r *http.Request) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	call := Call{method, time.Now(), false}
	answer, done := s.answer(method, r)
	call.Done = done
	s.calls = append(s.calls, call)
	return answer
}

// answer does perform's work; the caller holds mu. done reports whether a message changed.
func (s *Server) answer(method string, r *http.Request) (answer map[string]any, done bool) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if token == "" {
		token = r.Form.Get("token")
	}
	switch {
	case token == "":
		return no("not_authed"), false
	case token != s.token:
		return no("invalid_auth"), false
	case s.revoked:
		return no("token_revoked"), false
	}
	switch method {
	case "auth.test":
		return map[string]any{"ok": true, "url": "https://example.slack.com/", "team": "Example", "user": "docket", "team_id": "T1",
			"user_id": "UBOT", "bot_id": "B1"}, false
	case "chat.postMessage":
		return s.post(r)
	case "chat.update":
		return s.update(r)
	case "conversations.history":
		return s.history(r), false
	}
	return no("unknown_method"), false
}

func no(word string) map[string]any { return map[string]any{"ok": false, "error": word} }

// maxText and maxBlocks are Slack's limits (https://docs.slack.dev/reference/methods/chat.postMessage and
// .../block-kit/blocks, read 2026-11-23).
const (
	maxText    = 40000
	maxBlocks  = 50
	maxSection = 3000
)

// words checks a message's content, as Slack does.
func words(r *http.Request) (text, blocks, fault string) {
	text, blocks = r.Form.Get("text"), r.Form.Get("blocks")
	if text == "" && blocks == "" {
		return "", "", "no_text"
	}
	if len([]rune(text)) > maxText {
		return "", "", "msg_too_long"
	}
	if blocks == "" {
		return text, "", ""
	}
	var list []struct {
		Type string `json:"type"`
		Text *struct {
			Text string `json:"text"`
		} `json:"text"`
	}
	if err := json.Unmarshal([]byte(blocks), &list); err != nil || len(list) > maxBlocks {
		return "", "", "invalid_blocks"
	}
	for _, b := range list {
		if b.Type == "section" && (b.Text == nil || b.Text.Text == "" || len([]rune(b.Text.Text)) > maxSection) {
			return "", "", "invalid_blocks"
		}
	}
	return text, blocks, ""
}

// post adds a message to the conversation with a user, and opens the conversation if needed.
func (s *Server) post(r *http.Request) (map[string]any, bool) {
	user := strings.TrimPrefix(r.Form.Get("channel"), "D")
	if strings.HasPrefix(r.Form.Get("channel"), "U") {
		user = r.Form.Get("channel")
	}
	if !slices.Contains(s.users, user) {
		return no("channel_not_found"), false
	}
	text, blocks, fault := words(r)
	if fault != "" {
		return no(fault), false
	}
	s.lastTS += 100
	m := &Message{
		Channel: "D" + user, TS: fmt.Sprintf("%d.%06d", s.lastTS/1_000_000, s.lastTS%1_000_000), User: user,
		Text: text, Blocks: blocks, Metadata: r.Form.Get("metadata"), Words: []string{text + "\n" + blocks},
	}
	s.messages = append(s.messages, m)
	return map[string]any{"ok": true, "channel": m.Channel, "ts": m.TS, "message": map[string]any{"text": text, "type": "message"}}, true
}

// update changes one of the bot's own messages.
func (s *Server) update(r *http.Request) (map[string]any, bool) {
	i := slices.IndexFunc(s.messages, func(m *Message) bool { return m.Channel == r.Form.Get("channel") && m.TS == r.Form.Get("ts") })
	if i < 0 {
		return no("message_not_found"), false
	}
	text, blocks, fault := words(r)
	if fault != "" {
		return no(fault), false
	}
	m := s.messages[i]
	m.Text, m.Blocks = text, blocks
	m.Words = append(m.Words, text+"\n"+blocks)
	return map[string]any{"ok": true, "channel": m.Channel, "ts": m.TS, "text": text}, true
}

// history lists a conversation's messages, latest first.
func (s *Server) history(r *http.Request) map[string]any {
	var list []map[string]any
	for _, m := range slices.Backward(s.messages) {
		if m.Channel != r.Form.Get("channel") || m.TS < r.Form.Get("oldest") {
			continue
		}
		item := map[string]any{"type": "message", "ts": m.TS, "text": m.Text, "bot_id": "B1"}
		if r.Form.Get("include_all_metadata") != "" && m.Metadata != "" {
			item["metadata"] = json.RawMessage(m.Metadata)
		}
		list = append(list, item)
	}
	return map[string]any{"ok": true, "messages": list, "has_more": false}
}
