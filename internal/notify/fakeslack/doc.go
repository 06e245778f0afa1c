// Package fakeslack is a small but faithful Slack: the Web API calls that Docket makes, with the shapes and
// error codes from Slack's documentation, and faults on request. Tests and the demo use it.
//
// It keeps real state: what a client is shown and what was really posted can differ, as in real life, and
// Messages shows the truth afterwards. It never makes calls of its own.
package fakeslack
