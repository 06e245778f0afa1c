package freescout

import (
	"docket/internal/desk/rest"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// mergedError is the cause of the fault "merged": the conversation is shown under another id.
type mergedError struct{ into string }

func (e *mergedError) Error() string { return "merged into conversation " + e.into }

// mergedInto returns the conversation that FreeScout names instead of the one asked for, ""
// for none. FreeScout answers 301 for what was moved to another id (api-docs.freescout.net,
// read 2026-11-23); only the same server's word about another conversation is taken for
// that, anything else is a wrong address.
func (x exchange) mergedInto() string {
	moved := x.Status == http.StatusMovedPermanently || x.Status == http.StatusPermanentRedirect
	if x.list || x.Action == rest.Creating || x.URL == nil || !moved {
		return ""
	}
	to, err := url.Parse(x.Header.Get("Location"))
	if err != nil || (to.Host != "" && (to.Host != x.URL.Host || to.Scheme != x.URL.Scheme)) {
		return ""
	}
	into, asked := conversationOf(to.Path), conversationOf(x.URL.Path)
	if asked == "" || into == asked {
		return ""
	}
	return into
}

// conversationOf returns the id in a path such as /api/conversations/7/threads, "" for none.
func conversationOf(path string) string {
	_, rest, found := strings.Cut(path, "/api/conversations/")
	if !found {
		return ""
	}
	first, _, _ := strings.Cut(rest, "/")
	id, _ := positive(first) // "" for what is none.
	return id
}

// maxMerges bounds how often one ticket is followed: a merged ticket may be merged again.
const maxMerges = 3

// followed does something to a conversation, and to the one that it was merged into. A
// redirect is never followed blindly: its address is built anew from our own base.
func followed(id string, do func(id string) error) error {
	var err error
	for range maxMerges + 1 {
		err = do(id)
		merged, ok := errors.AsType[*mergedError](err)
		if !ok {
			return err
		}
		id = merged.into
	}
	return err
}
