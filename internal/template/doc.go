// Package template makes a ticket's subject and body by a route's own templates.
//
// Templates are text/template without what could do harm: their data is plain texts and
// maps without methods, no template calls another, and steps and size are bounded, so that
// no alert can make one run for long. A template is tried out on samples when the
// configuration is read; one that fails later, on a real incident, gives way to the built-in
// words, and the ticket says so. Whatever a template writes, the mark stays last in the
// subject and in the body's footer (incident.FrameSubject, incident.FrameBody).
package template
