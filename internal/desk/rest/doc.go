// Package rest carries the calls of desks that stand behind a network: one request, one answer,
// and everything that tells whether the request may have taken effect.
//
// It never retries, follows no redirect, keeps no cookies, bounds everything it reads, and gives
// every call a deadline. Its invariant: an exchange without an answer says whether a byte of the
// request can have left, so that its class is never a guess.
package rest
