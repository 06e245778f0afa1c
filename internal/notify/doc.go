// Package notify is how people are told: what a message says, what a way to people must be
// able to do, and the classes of its errors. Each way stands in a package below.
//
// It decides nothing about whether or when somebody is told: that is internal/incident's
// rule and internal/notifier's work. It never keeps anything, and no error of it holds a secret.
package notify
