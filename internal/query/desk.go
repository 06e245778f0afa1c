package query

import (
	"docket/internal/fault"
	"errors"
	"net/http"
)

// DeskSentence turns a desk's error into a sentence and a status code to respond with. For an error that is not the
// desk's, it returns 503 and no sentence.
func DeskSentence(err error) (sentence string, status int) {
	if errors.Is(err, ErrNoSuch) {
		return err.Error(), http.StatusNotFound
	}
	e, ok := errors.AsType[*fault.Fault](err)
	if !ok {
		return "", http.StatusServiceUnavailable
	}
	switch e.Class {
	case fault.Missing:
		return e.Sentence, http.StatusNotFound
	case fault.Refused:
		return e.Sentence, http.StatusConflict
	case fault.Unknown, fault.Unavailable:
	}
	return e.Sentence, http.StatusServiceUnavailable
}
