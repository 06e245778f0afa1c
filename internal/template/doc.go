// Package template makes a ticket's subject and body from a route's own templates.
//
// Templates are text/template without anything harmful: their data is plain strings and maps without methods,
// no template calls another, and steps and output size are limited, so that no alert can make one run for
// long. A template is tried on samples when the configuration is loaded. If it fails later, on a real
// incident, the built-in text is used instead and the ticket says so. Whatever a template writes, the mark
// stays last in the subject and in the body's footer (incident.FrameSubject, incident.FrameBody).
package template
