package sim

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// mutant is a fault of the field, put into the program: from becomes to in one file.
type mutant struct {
	name, file, from, to string
	// caught are the promises of which the model must name one.
	caught string
}

// mutants are the faults that shipped ticketers have, and a few that are near at hand.
var mutants = []mutant{
	{
		"nothing is claimed between the search and the create", "courier/courier.go",
		"if eff.Kind != filing.KindCheck && eff.Kind != filing.KindTag {", "if eff.Kind == filing.KindNote || eff.Kind == filing.KindClose {",
		"S1|S7|L1",
	},
	{
		"an unknown outcome is sent again", "filing/answer.go",
		"e.State, e.NotBefore = Unknown, now.Add(t.WaitOut)\n\t\treturn e, VerdictUnknown", "e.State, e.NotBefore = Queued, now\n\t\treturn e, VerdictUnknown",
		"S1|twice",
	},
	{
		"a network error is taken for permanent", "filing/answer.go",
		"case OutcomeNotSent:\n\t\te.Fails++", "case OutcomeNotSent:\n\t\te.State, e.DoneAt = Dropped, now\n\t\treturn e, VerdictNotSent\n\t\te.Fails++",
		"L1",
	},
	{
		"the ticket's status is ignored", "rule/answer.go",
		"if !a.TicketStatusClosed {\n\t\tif inc.State == incident.Open {", "if true {\n\t\tif inc.State == incident.Open {",
		"L1",
	},
	{
		"it is marked done before it is sent", "filing/answer.go",
		"e.State, e.NotBefore = Sending, time.Time{}", "e.State, e.DoneAt, e.NotBefore = Done, now, time.Time{}",
		"L1|S7",
	},
	{
		"alerts are acknowledged and not stored", "ledger/save.go",
		"if err := w.tx.SaveAlerts(ctx, alerts); err != nil {", "if err := w.tx.SaveAlerts(ctx, nil); err != nil {",
		"S2",
	},
	{
		"after a crash the look comes sooner than the wait-out", "filing/effect.go",
		"return Pause(until.Add(t.WaitOut), now, DoLook)", "return Pause(until, now, DoLook)",
		"S1|twice",
	},
	{
		"after a lost answer the look comes sooner than the wait-out", "filing/answer.go",
		"e.State, e.NotBefore = Unknown, now.Add(t.WaitOut)\n\t\treturn e, VerdictUnknown", "e.State, e.NotBefore = Unknown, now\n\t\treturn e, VerdictUnknown",
		"S1|twice",
	},
	{
		"a lagging worker's answer is taken for the present one", "filing/answer.go",
		"if a.Attempt != e.Attempt {\n\t\treturn e.lateAnswer(a)\n\t}\n\tif e.outOfPlace(a.Outcome, t, now) {", "if false {",
		"S1|twice|L1",
	},
	{
		"a ticket that is not there counts as read back", "courier/courier.go",
		"func (c *Courier) confirm(ctx context.Context, eff filing.Effect) filing.Answer {", "func (c *Courier) confirm(ctx context.Context, eff filing.Effect) filing.Answer {\n\tif eff.Attempt >= 0 {\n\t\treturn filing.Answer{Outcome: filing.OutcomeConfirmed, Ticket: filing.Ticket{Desk: c.desk.Name(), ID: eff.TicketID}}\n\t}",
		"L1",
	},
	{
		"what recovers while its ticket is being filed is over", "rule/step.go",
		"case inc.Ticket.State == filing.TicketNone, inc.Ticket.State == filing.TicketClosed:", "case inc.Ticket.State != filing.TicketFiled:",
		"S1|L1",
	},
	{
		"the key changes under an open incident", "ledger/work.go",
		"if before != nil && next.Key != before.Key {", "if false && before != nil {",
		"S1",
	},
	{
		"filing goes on while its flag is off", "rule/answer.go",
		"muted || !p.FilingOn\n", "muted\n",
		"S7",
	},
	{
		"what was asked for is filed although a silence mutes it by then", "rule/answer.go",
		"muted || !p.FilingOn\n", "!p.FilingOn\n",
		"S8",
	},
	{
		"what a switch held back is never asked again", "rule/step.go",
		"nothing := Decision{Next: inc, Reason: incident.ReasonNothing}\n\tif inc.State != incident.Open {", "nothing := Decision{Next: inc, Reason: incident.ReasonNothing}\n\tif inc.State != \"\" {",
		"L1",
	},
	{
		"a deed comes before its audit entry", "ledger/record.go",
		"for _, e := range d.Effects {", "for _, e := range d.Effects[:0] {",
		"S3",
	},
	{
		"a storm forgets whom it has listed", "ledger/work.go",
		"w.listed[d.Effects[0].ID] = d.Listed", "w.listed[d.Effects[0].ID] = d.Listed[:0]",
		"S6|L1",
	},
	{
		"a storm lists a member only where there is room", "brief/list.go",
		"if size += len(listing(m, text)); i > 0 && (size > maxListText || i >= MaxListed) {", "if size += len(listing(m, text)); i > 0 && size > 0 {",
		"", // Slower, and right: the model must not cry.
	},
}

// TestEveryFaultOfTheFieldIsCaught builds the program with one fault at a time and plays the
// worlds: the model must name a promise that is broken. A fault that survives fails the test,
// as does one whose place in the code has moved.
func TestEveryFaultOfTheFieldIsCaught(t *testing.T) {
	if testing.Short() {
		t.Log("the quick loop plays only the program as it is")
		return
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			out, failed := examine(t, m)
			named := regexp.MustCompile(`seed \d+: ([^\n]*)`).FindStringSubmatch(out)
			switch {
			case m.caught == "" && failed:
				t.Errorf("it is no fault, and the model cried:\n%s", clipped(out))
			case m.caught == "":
			case !failed:
				t.Errorf("it survived: %s played no world that shows it", m.name)
			case named == nil || !regexp.MustCompile(m.caught).MatchString(named[1]):
				t.Errorf("it was not caught by %s:\n%s", m.caught, clipped(out))
			default:
				t.Logf("caught: %s", named[0])
			}
		})
	}
}

// examine plays the worlds with the mutant in the program, by an overlay: no file changes.
func examine(t *testing.T, m mutant) (out string, failed bool) {
	t.Helper()
	internal, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(internal, filepath.FromSlash(m.file))
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), m.from); n != 1 {
		t.Fatalf("the fault's place stands %d times in %s: give it its new place", n, m.file)
	}
	dir := t.TempDir()
	sick := filepath.Join(dir, filepath.Base(m.file))
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {file: sick}})
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string][]byte{sick: []byte(strings.Replace(string(source), m.from, m.to, 1)), filepath.Join(dir, "overlay.json"): overlay} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-vet=off", "-overlay", filepath.Join(dir, "overlay.json"), "-run", "TestTenThousandWorldsKeepThePromises", ".")
	text, err := cmd.CombinedOutput()
	if strings.Contains(string(text), "[build failed]") {
		t.Fatalf("the mutant does not build:\n%s", text)
	}
	return string(text), err != nil
}

func clipped(out string) string { return out[:min(len(out), 3000)] }
