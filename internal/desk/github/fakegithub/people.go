package fakegithub

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// What people do. Each reports false where there is no such issue or repository; the webhook that tells
// of it waits in Hooks.

// CloseIssue closes an issue; reason is completed or not_planned.
func (s *Server) CloseIssue(name string, number int64, reason string) bool {
	return s.person(name, number, "closed", func(i *Issue) { s.setState(i, "closed", reason) })
}

// ReopenIssue reopens an issue.
func (s *Server) ReopenIssue(name string, number int64) bool {
	return s.person(name, number, "reopened", func(i *Issue) { s.setState(i, "open", "") })
}

// Retitle gives an issue another title.
func (s *Server) Retitle(name string, number int64, title string) bool {
	return s.person(name, number, "edited", func(i *Issue) { i.Title, i.Mark = title, markOf(title) })
}

// Lock locks an issue's conversation.
func (s *Server) Lock(name string, number int64) bool {
	return s.person(name, number, "locked", func(i *Issue) { i.Locked = true })
}

// Comment adds a comment in a person's words.
func (s *Server) Comment(name string, number int64, text string) bool {
	return s.person(name, number, "created", func(i *Issue) {
		s.lastID++
		i.Comments = append(i.Comments, Comment{s.lastID, text, s.now().UTC()})
	})
}

// Label puts a label on an issue.
func (s *Server) Label(name string, number int64, label string) bool {
	return s.person(name, number, "labeled", func(i *Issue) { i.label(label) })
}

// Delete deletes an issue for good.
func (s *Server) Delete(name string, number int64) bool {
	return s.person(name, number, "deleted", func(i *Issue) { s.drop(i) })
}

// Transfer moves an issue to another repository, where it gets another number.
func (s *Server) Transfer(name string, number int64, to string) bool {
	return s.person(name, number, "transferred", func(i *Issue) {
		target, _ := s.lookup(to)
		if target == nil {
			return
		}
		from := i.home
		from.all = slices.DeleteFunc(from.all, func(one *Issue) bool { return one == i })
		if from.moved == nil {
			from.moved = map[int64]*Issue{}
		}
		from.moved[number] = i
		target.last++
		i.Number, i.home = target.last, target
		target.all = append(target.all, i)
	})
}

// Open opens an issue, or a pull request, as people do, and returns its number.
func (s *Server) Open(name, title string, pull bool) int64 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	r, _ := s.lookup(name)
	i := s.add(r, title, "", pull)
	s.tell("issues", "opened", i)
	return i.Number
}

// Archive makes a repository read-only; SwitchIssues switches its issues on or off; Hide takes it out of
// the token's sight, or brings it back; Rename gives it another name.
func (s *Server) Archive(name string) bool {
	return s.owner(name, func(r *repository) { r.archived = true })
}

// SwitchIssues switches a repository's issues on or off.
func (s *Server) SwitchIssues(name string, on bool) bool {
	return s.owner(name, func(r *repository) { r.issues = on })
}

// Hide takes a repository out of the token's sight.
func (s *Server) Hide(name string) bool {
	return s.owner(name, func(r *repository) { r.hidden = true })
}

// Rename gives a repository another name; GitHub redirects from the old one.
func (s *Server) Rename(name, to string) bool {
	return s.owner(name, func(r *repository) { r.name, r.before = to, append(r.before, r.name) })
}

// Age makes an issue older by so much, as if it had been opened that much earlier.
func (s *Server) Age(name string, number int64, seconds int) bool {
	return s.person(name, number, "", func(i *Issue) { i.CreatedAt = i.CreatedAt.Add(-secondsOf(seconds)) })
}

func (s *Server) owner(name string, do func(*repository)) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	r, _ := s.lookup(name)
	if r == nil {
		return false
	}
	do(r)
	return true
}

func (s *Server) person(name string, number int64, event string, do func(*Issue)) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	r, _ := s.lookup(name)
	if r == nil {
		return false
	}
	i := r.find(number)
	if i == nil {
		return false
	}
	before := *i
	do(i)
	s.touch(i)
	switch event {
	case "":
	case "created":
		s.tell("issue_comment", event, i)
	case "transferred", "deleted":
		s.tell("issues", event, &before)
	default:
		s.tell("issues", event, i)
	}
	return true
}

// drop takes an issue away for good. The mutex is held.
func (s *Server) drop(i *Issue) {
	r := i.home
	if r.gone == nil {
		r.gone = map[int64]bool{}
	}
	r.gone[i.Number] = true
	r.all = slices.DeleteFunc(r.all, func(one *Issue) bool { return one == i })
}

// Hook is one webhook as GitHub sends it: its event in X-GitHub-Event, its signature in
// X-Hub-Signature-256.
type Hook struct {
	Event, Signature string
	Body             []byte
}

// tell keeps a webhook until Hooks is called, where the fake has a secret to sign with. The mutex is held.
func (s *Server) tell(event, action string, i *Issue) {
	const most = 10_000
	if s.options.WebhookSecret == "" || len(s.hooks) == most {
		return
	}
	body, err := json.Marshal(map[string]any{
		"action": action, "issue": s.shown(i, "https://api.github.com"), "sender": map[string]any{"login": "octocat"},
		"repository": map[string]any{"id": i.home.id, "full_name": i.home.name},
	})
	if err != nil {
		panic("fakegithub: " + err.Error()) // our own forms always marshal
	}
	s.hooks = append(s.hooks, s.Sign(event, body))
}

// Sign makes a webhook of any body, signed as GitHub does.
func (s *Server) Sign(event string, body []byte) Hook {
	mac := hmac.New(sha256.New, []byte(s.options.WebhookSecret))
	_, _ = mac.Write(body) // A hash never fails to write.
	return Hook{event, "sha256=" + hex.EncodeToString(mac.Sum(nil)), body}
}

// Ping is the webhook that GitHub sends as one is set up.
func (s *Server) Ping() Hook {
	return s.Sign("ping", []byte(`{"zen":"Keep it logically awesome.","hook_id":1,"hook":{"type":"Repository"}}`))
}

// Hooks takes the webhooks that wait, in the order in which GitHub would send them.
func (s *Server) Hooks() []Hook {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	waiting := s.hooks
	s.hooks = nil
	return waiting
}
