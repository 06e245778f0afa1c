package query

import (
	"errors"
	"net/http"

	"docket/internal/desk"
)

// DeskSentence is a desk's error as a sentence and as a status to answer with; 503 with no
// sentence for an error that is not the desk's.
func DeskSentence(err error) (sentence string, status int) {
	if errors.Is(err, ErrNoSuch) {
		return err.Error(), http.StatusNotFound
	}
	e, ok := errors.AsType[*desk.Error](err)
	if !ok {
		return "", http.StatusServiceUnavailable
	}
	switch desk.ClassOf(err) {
	case desk.Missing:
		return e.Sentence, http.StatusNotFound
	case desk.Refused:
		return e.Sentence, http.StatusConflict
	case desk.Unknown, desk.Unavailable:
	}
	return e.Sentence, http.StatusServiceUnavailable
}
