package local

import "docket/internal/desk"

// Name is the local desk's kind.
const Name = "local"

// Settings are the local desk's: it has none, and needs the database alone.
type Settings struct{}

// NewSettings returns them.
func NewSettings() *Settings { return &Settings{} }

// Chosen is false: the local desk is what there is where no other is chosen.
func (s *Settings) Chosen() bool { return false }

// Check finds nothing.
func (s *Settings) Check(desk.Report) {}

// Complete has nothing to fill in.
func (s *Settings) Complete() {}

// Variables are none.
func (s *Settings) Variables() []desk.Variable { return nil }

// Place is the one list of tickets.
func (s *Settings) Place() string { return "" }

// Credentials are none.
func (s *Settings) Credentials() []desk.Credential { return nil }

// Open makes the desk on the shelf.
func (s *Settings) Open(n desk.Needs) (desk.Desk, error) { return New(n.Shelf, n.LinkBase), nil }
