package fakedesk

import (
	"time"

	"docket/internal/desk/freescout"
	secrets "docket/internal/fault"
)

// Name is the kind of desk that the fake is one of.
const Name = freescout.Name

// Settings lead Docket to a fake that listens at the address, with its second mailbox; a fake is
// quick, so that the wait-out is short.
func Settings(address, key string) *freescout.Settings {
	s := freescout.NewSettings()
	s.APIURL, s.InstanceURL, s.MailboxID = address, address, 2
	s.APIKey = secrets.Secret(key)
	s.WaitOut, s.Rate = 5*time.Second, 20
	return s
}
