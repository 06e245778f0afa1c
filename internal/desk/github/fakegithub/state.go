package fakegithub

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// repository is a repository as it truly is.
type repository struct {
	id int64
	// name is owner/name, before are its earlier names.
	name     string
	before   []string
	issues   bool
	archived bool
	// hidden says that the token may not see it.
	hidden bool
	// labels are those that it knows, by their lower-case name.
	labels map[string]string
	last   int64
	all    []*Issue
	// gone are the numbers of deleted issues, moved those of transferred ones.
	gone  map[int64]bool
	moved map[int64]*Issue
}

// Issue is an issue as it truly is.
type Issue struct {
	ID          int64
	Repository  string
	Number      int64
	Title, Body string
	// Mark is what is in the square brackets that end the title.
	Mark string
	// State is open or closed, Reason why: completed, not_planned, reopened.
	State, Reason        string
	Labels, Assignees    []string
	Comments             []Comment
	Locked, Pull         bool
	CreatedAt, UpdatedAt time.Time
	ClosedAt             time.Time

	home *repository
}

// Comment is a comment.
type Comment struct {
	ID        int64
	Body      string
	CreatedAt time.Time
}

// Issues returns all issues of all repositories, pull requests too, oldest first within each.
func (s *Server) Issues() []Issue {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	all := []Issue{}
	for _, r := range s.repositories {
		for _, i := range r.all {
			shown := *i
			shown.Repository, shown.home = r.name, nil
			shown.Labels, shown.Comments = slices.Clone(i.Labels), slices.Clone(i.Comments)
			all = append(all, shown)
		}
	}
	return all
}

// lookup finds a repository by its name, an earlier name, or "#" and its id; renamed says that it has
// another name now. The mutex is held.
func (s *Server) lookup(name string) (r *repository, renamed bool) {
	for _, r := range s.repositories {
		switch {
		case r.hidden:
		case strings.EqualFold(r.name, name), "#"+strconv.FormatInt(r.id, 10) == name:
			return r, false
		case slices.ContainsFunc(r.before, func(b string) bool { return strings.EqualFold(b, name) }):
			return r, true
		}
	}
	return nil, false
}

func (r *repository) find(number int64) *Issue {
	at := slices.IndexFunc(r.all, func(i *Issue) bool { return i.Number == number })
	if at < 0 {
		return nil
	}
	return r.all[at]
}

// titleOf is the title that a call is about, "" for none. The mutex is held.
func (s *Server) titleOf(c call) string {
	switch c.op {
	case OpCreate:
		return c.text("title")
	case OpSearch:
		return c.query.Get("q")
	default:
	}
	if r, _ := s.lookup(c.name); r != nil {
		if i := r.find(c.number); i != nil {
			return i.Title
		}
	}
	return ""
}

// add makes an issue. The mutex is held.
func (s *Server) add(r *repository, title, body string, pull bool) *Issue {
	r.last++
	s.lastID++
	now := s.now().UTC().Truncate(time.Second)
	i := &Issue{
		ID: s.lastID, Number: r.last, Title: title, Body: body, Mark: markOf(title), State: "open", Pull: pull,
		CreatedAt: now, UpdatedAt: now, home: r,
	}
	r.all = append(r.all, i)
	return i
}

func (s *Server) touch(i *Issue) { i.UpdatedAt = s.now().UTC().Truncate(time.Second) }

// label puts a label on, as the repository writes it, and creates it there where it is missing.
func (i *Issue) label(name string) {
	folded := strings.ToLower(name)
	if i.home.labels[folded] == "" {
		i.home.labels[folded] = name
	}
	name = i.home.labels[folded]
	if !slices.Contains(i.Labels, name) {
		i.Labels = append(i.Labels, name)
	}
}

func (s *Server) setState(i *Issue, state, reason string) {
	switch state {
	case i.State:
	case "closed":
		i.ClosedAt = s.now().UTC().Truncate(time.Second)
		i.Reason = "completed"
	default:
		i.ClosedAt, i.Reason = time.Time{}, "reopened"
	}
	i.State = state
	if reason != "" && state == "closed" {
		i.Reason = reason
	}
}

// markOf is what is in the last square brackets of a title; "" if none end it.
func markOf(title string) string {
	start := strings.LastIndexByte(title, '[')
	if start < 0 || !strings.HasSuffix(title, "]") {
		return ""
	}
	return title[start+1 : len(title)-1]
}
