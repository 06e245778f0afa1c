// Package answer writes answers to programs that call over HTTP: JSON, and errors as one
// sentence in it. It knows nothing of what is answered.
package answer
