package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed static *.html
var files embed.FS

// statics are the stylesheet, the script and the icon. Their names contain a hash of their content, so that browsers
// can cache them forever.
type statics struct {
	// names maps a file's name to the name it is served under; content is keyed by the latter.
	names   map[string]string
	content map[string][]byte
}

func loadStatics() (*statics, error) {
	s := &statics{map[string]string{}, map[string][]byte{}}
	return s, fs.WalkDir(files, "static", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(file)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(text)
		name, ext := path.Base(file), path.Ext(file)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		s.names[name], s.content[hashed] = hashed, text
		return nil
	})
}

// url returns the address of a file.
func (s *statics) url(name string) string { return "/static/" + s.names[name] }

func (s *statics) serve(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	text, ok := s.content[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(text))
}
