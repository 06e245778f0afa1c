package sim

import (
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strconv"
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
		"e.State, e.NotBefore = Unknown, now.Add(t.WaitOut)\n\t\treturn e, VerdictUnknown",
		"e.State, e.NotBefore = Queued, now\n\t\treturn e, VerdictUnknown",
		"S1|twice",
	},
	{
		"a network error is taken for permanent", "filing/answer.go",
		"case OutcomeNotSent:\n\t\te.Fails++",
		"case OutcomeNotSent:\n\t\te.State, e.DoneAt = Dropped, now\n\t\treturn e, VerdictNotSent\n\t\te.Fails++",
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
		"after a crash the look comes sooner than the wait-out", "filing/way.go",
		"return until.Add(t.WaitOut)", "return until",
		"S1|twice",
	},
	{
		"after a lost answer the look comes sooner than the wait-out", "filing/answer.go",
		"e.State, e.NotBefore = Unknown, now.Add(t.WaitOut)\n\t\treturn e, VerdictUnknown",
		"e.State, e.NotBefore = Unknown, now\n\t\treturn e, VerdictUnknown",
		"S1|twice",
	},
	{
		"a lagging worker's answer is taken for the present one", "filing/answer.go",
		"if a.Attempt != e.Attempt {\n\t\treturn e.lateAnswer(a)\n\t}\n\tif e.outOfPlace(a.Outcome, t, now) {", "if false {",
		"S1|twice|L1",
	},
	{
		"a ticket that is not there counts as read back", "courier/look.go",
		"func (c *Courier) confirm(ctx context.Context, eff filing.Effect) filing.Answer {",
		"func (c *Courier) confirm(ctx context.Context, eff filing.Effect) filing.Answer {\n\tif eff.Attempt >= 0 {\n\t\treturn " +
			"filing.Answer{Outcome: filing.OutcomeConfirmed, Ticket: filing.Ticket{Desk: c.desk.Name(), ID: eff.TicketID}}\n\t}",
		"L1",
	},
	{
		"what recovers while its ticket is being filed is over", "rule/firing.go",
		"case inc.Ticket.State == filing.TicketNone, inc.Ticket.State == filing.TicketClosed:", "case inc.Ticket.State != filing.TicketFiled:",
		"S1|L1",
	},
	{
		"the key changes under an open incident", "ledger/decide.go",
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
		"nothing := Decision{Next: inc, Reason: incident.ReasonNothing}\n\tif inc.State != incident.Open {",
		"nothing := Decision{Next: inc, Reason: incident.ReasonNothing}\n\tif inc.State != \"\" {",
		"L1",
	},
	{
		"a deed comes before its audit entry", "ledger/record.go",
		"for _, e := range d.Effects {", "for _, e := range d.Effects[:0] {",
		"S3",
	},
	{
		"a storm forgets whom it has listed", "ledger/way.go",
		"w.listed[d.Effects[0].ID] = due.Marks()", "w.listed[d.Effects[0].ID] = due.Marks()[:0]",
		"S6|L1",
	},
	{
		"a storm lists a member only where there is room", "brief/list.go",
		"if size += len(listing(m, inc.Fires)); i > 0 && (size > room || i >= MaxListed) {",
		"if size += len(listing(m, inc.Fires)); i > 0 && size > 0 {",
		"", // Slower, and right: the model must not cry.
	},
}

// shownBy are worlds that show a fault which few worlds show; they are played first, and the
// others where they do not show it any more.
var shownBy = map[string]uint64{
	"after a crash the look comes sooner than the wait-out": 1284,
	"the ticket's status is ignored":                        5527,
	"a ticket that is not there counts as read back":        7228,
	"a storm forgets whom it has listed":                    14,
}

// harmlessWorlds are how many worlds a mutant that is no fault plays; make prove plays more.
var harmlessWorlds = flag.Int("harmless", 1000, "how many worlds are played with a mutant that is no fault")

// brokenSeed is how the worlds name a promise that is broken.
var brokenSeed = regexp.MustCompile(`seed \d+: ([^\n]*)`)

// TestEveryFaultOfTheFieldIsCaught puts one fault at a time into the program and plays the
// worlds: the model must name a promise that is broken. A fault that survives fails the test,
// as does one whose place in the code has moved.
func TestEveryFaultOfTheFieldIsCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program with faults: make test")
	}
	binary := buildMutants(t)
	for i, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			out, failed := examine(t, binary, i)
			named := brokenSeed.FindStringSubmatch(out)
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

// examine plays the worlds with one of the mutants in force.
func examine(t *testing.T, binary string, number int) (out string, failed bool) {
	t.Helper()
	run := func(worlds ...string) (string, bool) {
		cmd := exec.CommandContext(t.Context(), binary, append([]string{"-test.run", "TestTenThousandWorldsKeepThePromises"}, worlds...)...)
		cmd.Env = append(os.Environ(), chosenMutant+"="+strconv.Itoa(number))
		text, err := cmd.CombinedOutput()
		return string(text), err != nil
	}
	if mutants[number].caught == "" {
		return run("-seeds", strconv.Itoa(*harmlessWorlds))
	}
	if seed, ok := shownBy[mutants[number].name]; ok {
		if out, _ := run("-from", strconv.FormatUint(seed, 10), "-seeds", strconv.FormatUint(seed+1, 10)); brokenSeed.MatchString(out) {
			return out, true
		}
	}
	return run()
}

func clipped(out string) string { return out[:min(len(out), 3000)] }
