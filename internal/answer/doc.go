// Package answer writes HTTP responses for programs: JSON, and errors as one sentence in JSON. It knows nothing about
// the content.
package answer
