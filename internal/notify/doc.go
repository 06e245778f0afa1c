// Package notify notifies people: it defines what a message says and what a notifier must be able to do. Each
// notifier is a package below this one.
//
// It does not decide whether or when somebody is notified: that is the rule in internal/incident and the work
// of internal/notifier. It stores nothing, and its errors contain no secrets.
package notify
