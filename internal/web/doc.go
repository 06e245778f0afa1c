// Package web is the face towards programs: the endpoints that take alerts, the API with
// its OpenAPI document and its client, and health.
//
// It decides nothing: it reads requests, asks the parts below, and words the answers. Its
// invariants: a 2xx to a sender of alerts means that they are durable; a 4xx names the
// field; nothing from outside is read without a bound.
package web
