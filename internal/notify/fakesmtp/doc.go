// Package fakesmtp is an honest SMTP server for tests: it takes logins, keeps the mails that it is sent, and fails where
// a test orders it to. Its protocol is that of go-smtp's server.
//
// It delivers nothing, and is never part of a release. Its invariant: a mail is kept exactly if the client may believe
// that it was accepted, or if the test ordered its answer to be lost.
package fakesmtp
