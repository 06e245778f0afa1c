package main

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"docket/internal/desk/github/fakegithub"
)

// newGitHub is a fake GitHub on loopback.
func newGitHub(t testing.TB, o fakegithub.Options) helpDesk {
	t.Helper()
	o.Token = "github_pat_test"
	f := fakegithub.New(o)
	server := httptest.NewServer(f)
	t.Cleanup(func() {
		f.Close()
		server.CloseClientConnections()
		server.Close()
	})
	return helpDesk{githubFake{f, server.URL}}
}

// githubFake is a fake GitHub as the checks see it.
type githubFake struct {
	server *fakegithub.Server
	url    string
}

func (f githubFake) name() string { return "github" }

func (f githubFake) section(waitOut time.Duration) string {
	return fmt.Sprintf("github: {api_url: %q, token: github_pat_test, repository: octo/ops, rate: 100000, wait_out: %s}\n", f.url, waitOut)
}

func (f githubFake) filed() []filedTicket {
	var all []filedTicket
	for _, issue := range f.server.Issues() {
		one := filedTicket{mark: issue.Mark, subject: issue.Title, texts: []string{issue.Body}}
		for _, comment := range issue.Comments {
			one.texts = append(one.texts, comment.Body)
		}
		all = append(all, one)
	}
	return all
}

func (f githubFake) made() map[string]int { return f.server.Stats().Creates }

func (f githubFake) asked() (all, creates int) {
	by := f.server.Stats().Requests
	for _, n := range by {
		all += n
	}
	return all, by[fakegithub.OpCreate]
}

func (f githubFake) goAway() { f.server.Order(fakegithub.Fault{Kind: fakegithub.Unavailable503}) }

func (f githubFake) keepCreatesSecret() {
	f.server.Order(fakegithub.Fault{Kind: fakegithub.DoneNeverAnswer, On: fakegithub.OpCreate})
}

func (f githubFake) comeBack() { f.server.Clear() }
