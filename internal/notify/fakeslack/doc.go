// Package fakeslack is an honest small Slack: the Web API's calls that Docket makes, in the
// shapes and with the error words of Slack's documentation, with faults to order. Tests and
// the demo are told things through it.
//
// It keeps real state: what a client is told and what was really posted can differ, as in
// life, and Messages tells the truth afterwards. It never speaks first.
package fakeslack
