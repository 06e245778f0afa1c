// Package freescout is the desk that files into FreeScout through its API & Webhooks
// module, also where Cloudflare Access is in front of it.
//
// Every answer is classified in one pure function, classify: whose answer it is
// (FreeScout's, Access's, a proxy's), whether the call may have taken effect, and what a
// person can do about it. The package never retries and never follows a redirect, keeps
// no cookies, bounds everything it reads, and lets no secret into an error. Its
// invariant: a search that could not be seen to its end, or whose answer has not the
// documented shape, is an error and never "no ticket".
package freescout
