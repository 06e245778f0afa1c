package answer

import (
	"encoding/json"
	"net/http"
)

// JSON responds with a status code and v as JSON.
func JSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // If this fails, the caller has disconnected.
}

// Error responds with a status code and one sentence that says what is wrong: {"error": "..."}.
func Error(w http.ResponseWriter, status int, sentence string) {
	JSON(w, status, map[string]any{"error": sentence})
}
