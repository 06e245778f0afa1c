// Package bubble carries requests to a server of the same process without a network, for tests in
// testing/synctest bubbles, where a real socket would keep the bubble's clock from moving.
//
// It decides nothing. It behaves as a connection does: it tells httptrace when it is there, ends the
// server's side when the client gives up, and can be cut.
package bubble
