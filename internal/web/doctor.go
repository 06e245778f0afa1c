package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"docket/internal/auth"
	"docket/internal/doctor"
)

// showDoctor returns the latest examinations.
func (s *server) showDoctor(ctx context.Context, in *Limited) (*body[[]doctor.Examination], error) {
	if s.Doctor == nil {
		return nil, huma.Error503ServiceUnavailable("the doctor is not available here")
	}
	limit := in.Limit
	if limit == 0 {
		limit = 1
	}
	all, err := s.Doctor.Last(ctx, limit)
	return reply(s, all, err)
}

// doctorInput says how to run the checks.
type doctorInput struct {
	Body struct {
		Canary    bool  `json:"canary,omitempty" doc:"File a test ticket, read it back, find it and close it."`
		MailboxID int64 `json:"mailbox_id,omitempty" minimum:"0" doc:"The mailbox of the test ticket; the operations mailbox by default."`
	}
}

// runDoctor runs the checks now.
func (s *server) runDoctor(ctx context.Context, in *doctorInput) (*body[doctor.Examination], error) {
	if s.Doctor == nil {
		return nil, huma.Error503ServiceUnavailable("the doctor is not available here")
	}
	r := s.Doctor.Examine(ctx, doctor.Options{Canary: in.Body.Canary, Place: doctor.PlaceOf(in.Body.MailboxID)}, auth.From(ctx).Actor())
	return &body[doctor.Examination]{r}, nil
}
