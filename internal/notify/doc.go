// Package notify is how people are notified: what a message says, and what a way to people must be
// able to do. Each way stands in a package below.
//
// It decides nothing about whether or when somebody is notified: that is internal/incident's
// rule and internal/notifier's work. It never keeps anything, and no error of it holds a secret.
package notify
