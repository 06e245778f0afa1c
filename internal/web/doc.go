// Package web is the interface for programs: the endpoints that receive alerts, the API with its OpenAPI document and
// client, and health checks.
//
// It makes no decisions: it reads requests, calls the packages below and writes the responses. Its invariants: a 2xx
// response to a sender of alerts means the alerts are durably stored; a 4xx response names the field that is wrong;
// nothing from outside is read without a size limit.
package web
