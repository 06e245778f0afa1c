package fakegithub

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// perform does what a call asks for. The mutex is held.
func (s *Server) perform(c call, f Fault) reply {
	switch c.op {
	case OpToken:
		return s.installationToken(c)
	case OpSearch:
		return s.limits(s.search(c, f))
	case OpOther:
		return fault(http.StatusNotFound, "Not Found")
	default: // They are about a repository.
	}
	r, renamed := s.lookup(c.name)
	switch {
	case r == nil:
		return fault(http.StatusNotFound, "Not Found")
	case renamed:
		return s.redirect(c, r)
	}
	return s.limits(s.inRepository(c, r, f))
}

func (s *Server) redirect(c call, r *repository) reply {
	parts := strings.SplitN(strings.TrimPrefix(c.path, "/repos/"), "/", 3)
	path := "/repositories/" + strconv.FormatInt(r.id, 10)
	if len(parts) > 2 {
		path += "/" + parts[2]
	}
	return fault(http.StatusMovedPermanently, "Moved Permanently").with("Location", c.host+s.options.BasePath+path)
}

func (s *Server) inRepository(c call, r *repository, f Fault) reply {
	switch {
	case c.op == OpRepository:
		return asJSON(http.StatusOK, s.shownRepository(r))
	case !r.issues:
		return fault(http.StatusGone, "Issues has been disabled in this repository.")
	case r.archived && c.op.changes():
		return fault(http.StatusForbidden, "Repository was archived so is read-only.")
	case c.bad:
		return fault(http.StatusBadRequest, "Problems parsing JSON")
	case c.op == OpList:
		return s.list(c, r)
	case c.op == OpCreate:
		return s.create(c, r, f)
	}
	i := r.find(c.number)
	switch {
	case i == nil && r.gone[c.number]:
		return fault(http.StatusGone, "This issue was deleted")
	case i == nil && r.moved[c.number] != nil:
		moved := r.moved[c.number]
		_, rest, _ := strings.Cut(c.path, "/issues/"+strconv.FormatInt(c.number, 10))
		return fault(http.StatusMovedPermanently, "Moved Permanently").with("Location",
			fmt.Sprintf("%s%s/repositories/%d/issues/%d%s", c.host, s.options.BasePath, moved.home.id, moved.Number, rest))
	case i == nil:
		return fault(http.StatusNotFound, "Not Found")
	}
	return s.onIssue(c, i)
}

func (s *Server) onIssue(c call, i *Issue) reply {
	switch c.op {
	case OpComments:
		return s.comments(c, i)
	case OpNote:
		return s.note(c, i)
	case OpTag:
		labels := c.list("labels")
		if reply := badLabels(labels); reply != nil {
			return *reply
		}
		if s.options.Role == "read" {
			return fault(http.StatusForbidden, "Must have admin rights to Repository.")
		}
		for _, label := range labels {
			i.label(label)
		}
		s.touch(i)
		s.tell("issues", "labeled", i)
		return asJSON(http.StatusOK, shownLabels(i))
	case OpEdit:
		return s.edit(c, i)
	default:
		return asJSON(http.StatusOK, s.shown(i, c.host+s.options.BasePath))
	}
}

// create opens an issue, after the checks that GitHub makes.
func (s *Server) create(c call, r *repository, f Fault) reply {
	title, body, labels := c.text("title"), c.text("body"), c.list("labels")
	switch {
	case strings.TrimSpace(title) == "":
		return invalid("Issue", "title", "missing_field", "")
	case utf8.RuneCountInString(title) > 256:
		return invalid("Issue", "title", "custom", "title is too long (maximum is 256 characters)")
	case utf8.RuneCountInString(body) > 65_536:
		return invalid("Issue", "body", "custom", "body is too long (maximum is 65536 characters)")
	case slices.Contains(c.list("assignees"), "nobody"):
		return invalid("Issue", "assignees", "invalid", "")
	}
	if reply := badLabels(labels); reply != nil {
		return *reply
	}
	i := s.add(r, title, body, false)
	s.creates[i.Mark]++
	if s.options.Role != "read" { // else they are dropped without a word
		for _, label := range labels {
			i.label(label)
		}
		i.Assignees = c.list("assignees")
	}
	s.tell("issues", "opened", i)
	made := asJSON(http.StatusCreated, s.shown(i, c.host+s.options.BasePath)).with("Location",
		fmt.Sprintf("%s%s/repos/%s/issues/%d", c.host, s.options.BasePath, r.name, i.Number))
	if f.Kind == Vanish {
		s.drop(i)
	}
	return made
}

func badLabels(labels []string) *reply {
	for _, label := range labels {
		if n := utf8.RuneCountInString(label); n == 0 || n > 50 {
			bad := invalid("Label", "name", "custom", "name is too long (maximum is 50 characters)")
			return &bad
		}
	}
	return nil
}

func (s *Server) note(c call, i *Issue) reply {
	body := c.text("body")
	switch {
	case i.Locked && s.options.Role != "write":
		return fault(http.StatusForbidden, "Unable to create comment because issue is locked.")
	case strings.TrimSpace(body) == "":
		return invalid("IssueComment", "body", "missing_field", "")
	case utf8.RuneCountInString(body) > 65_536:
		return invalid("IssueComment", "data", "unprocessable", "Body is too long (maximum is 65536 characters)")
	}
	s.lastID++
	i.Comments = append(i.Comments, Comment{s.lastID, body, s.now().UTC()})
	s.touch(i)
	s.tell("issue_comment", "created", i)
	return asJSON(http.StatusCreated, map[string]any{"id": s.lastID, "body": body})
}

func (s *Server) edit(c call, i *Issue) reply {
	state := c.text("state")
	if state != "" && state != "open" && state != "closed" {
		return invalid("Issue", "state", "invalid", "")
	}
	if s.options.Role == "read" {
		return fault(http.StatusForbidden, "Must have admin rights to Repository.")
	}
	if _, given := c.body["labels"]; given {
		i.Labels = nil
		for _, label := range c.list("labels") {
			i.label(label)
		}
	}
	if state != "" && state != i.State {
		s.setState(i, state, c.text("state_reason"))
		s.tell("issues", map[string]string{"open": "reopened", "closed": "closed"}[state], i)
	}
	s.touch(i)
	return asJSON(http.StatusOK, s.shown(i, c.host+s.options.BasePath))
}

// installationToken gives an app its token, after it has proved that it holds the key.
func (s *Server) installationToken(c call) reply {
	o := s.options
	if o.AppKey == nil || c.name != strconv.FormatInt(o.InstallationID, 10) {
		return fault(http.StatusNotFound, "Not Found")
	}
	refuse := func(message string) reply { return fault(http.StatusUnauthorized, message) }
	token, err := jwt.ParseSigned(c.bearer, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return refuse("A JSON web token could not be decoded")
	}
	var claims jwt.Claims
	if err := token.Claims(o.AppKey, &claims); err != nil || claims.Issuer != o.AppID {
		return refuse("A JSON web token could not be decoded")
	}
	now := s.now()
	switch {
	case claims.IssuedAt == nil || claims.IssuedAt.Time().After(now):
		return refuse("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
	case claims.Expiry == nil || claims.Expiry.Time().Before(now):
		return refuse("'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
	case claims.Expiry.Time().After(now.Add(10 * time.Minute)):
		return refuse("'Expiration time' claim ('exp') is too far in the future")
	}
	s.lastID++
	made, ends := fmt.Sprintf("ghs_%d", s.lastID), now.Add(o.TokenLives)
	s.installed[made] = ends
	issues := "write"
	if o.Role == "read" {
		issues = "read"
	}
	return asJSON(http.StatusCreated, map[string]any{
		"token": made, "expires_at": ends.UTC().Format(time.RFC3339), "permissions": map[string]any{"issues": issues, "metadata": "read"},
	})
}

func secondsOf(n int) time.Duration { return time.Duration(n) * time.Second }
