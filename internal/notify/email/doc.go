// Package email notifies people by mail, through one SMTP server.
//
// A mail cannot be changed, so each update of an incident is a reply in the thread that its first
// mail began. A mail's Message-ID follows from what it says: one that is sent twice, because the
// server's first answer was lost, has the same id, and most mail programs show it once.
//
// Nothing of an alert reaches a header but the subject, which is one encoded line; the envelope
// holds only addresses of the configuration. A password leaves only over TLS, or to this machine.
package email
