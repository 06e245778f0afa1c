// Package source turns what sources of alerts send into alerts: bytes in, []alert.Alert out,
// one file per format.
//
// It keeps nothing and decides nothing about incidents. What it cannot read it names by
// field; one bad alert never costs its neighbours their place. Its invariant: every alert
// it returns has sorted labels, a start, a severity, a key by the source's identity, and
// texts that both databases can keep.
package source
