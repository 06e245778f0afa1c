package github

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const site = "git.example.org"

func TestTextIsACodeBlock(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"plain", "It is full.\nSince 9:00", "```text\nIt is full.\nSince 9:00\n```"},
		{"a team and an issue", "@octo/oncall see #1 and octo/ops#2", "```text\n@octo/oncall see #1 and octo/ops#2\n```"},
		{"HTML and Markdown", "<img src=x> **bold** [a](b) | _x_", "```text\n<img src=x> **bold** [a](b) | _x_\n```"},
		{"a block of its own", "before\n```\ninside\n````\nafter", "`````text\nbefore\n```\ninside\n````\nafter\n`````"},
		{"nothing", "", "```text\n\n```"},
		{
			"addresses", "see https://runbook.example.org/disk?a=b, http://prometheus:9090/graph.",
			"```text\nsee https://runbook.example.org/disk?a=b, http://prometheus:9090/graph.\n```\n\nLinks:\n" +
				"- <https://runbook.example.org/disk?a=b>\n- <http://prometheus:9090/graph>",
		},
		{
			"addresses that would mention", "https://github.com/o/r/issues/1 https://git.example.org/o/r/issues/1 https://api.github.com/x",
			"```text\nhttps://github.com/o/r/issues/1 https://git.example.org/o/r/issues/1 https://api.github.com/x\n```",
		},
		{
			"addresses that are none", "https:// javascript:alert(1) https://a@b/ https://exämple.org",
			"```text\nhttps:// javascript:alert(1) https://a@b/ https://exämple.org\n```",
		},
	} {
		got := toMarkdown(tt.text, site)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.text, fromMarkdown(got, site)); diff != "" {
			t.Errorf("%s comes back as (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestWhatPeopleWriteComesBackAsTheyWroteIt(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a comment", "Looking into it, **soon**.", "Looking into it, **soon**."},
		{"in a browser", "one\r\ntwo", "one\ntwo"},
		{"below ours", toMarkdown("ours", site) + "\r\n\r\nand theirs", "ours\nand theirs"},
		{"below our links", toMarkdown("see https://a.example.org", site) + "\n\nand theirs", "see https://a.example.org\nand theirs"},
		{"a block of their own", "```sh\nls\n```", "```sh\nls\n```"},
		{"a block that never ends", "```text\nls", "```text\nls"},
		{"nothing", "", ""},
	} {
		if diff := cmp.Diff(tt.want, fromMarkdown(tt.text, site)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestALongTextIsCutInTheMiddle(t *testing.T) {
	for name, unit := range map[string]string{
		"letters": "a", "emoji": "👩‍🚒", "backticks": "`", "lines": "x\n",
		"addresses": "https://a.example.org/" + strings.Repeat("x", 470) + " ",
	} {
		text := strings.Repeat(unit, 200_000/len(unit)) + "\n[0123456789abcdef.1]"
		got := toMarkdown(text, site)
		if n := utf8.RuneCountInString(got); n > maxBodyText || size(got) > maxBodyText {
			t.Errorf("%s: %d characters", name, n)
		}
		if back := fromMarkdown(got, site); !strings.HasSuffix(back, "[0123456789abcdef.1]") || !strings.Contains(back, "characters left out") {
			t.Errorf("%s: the mark or the remark is gone", name)
		}
	}
}

// TestATextOfTheLongestAllowedIsNeverCut: a list of alerts that fits MaxText loses none of them, whatever one of them says.
func TestATextOfTheLongestAllowedIsNeverCut(t *testing.T) {
	for name, unit := range map[string]string{
		"letters": "a", "emoji": "\U0001F692", "one row of backticks": "`", "rows of backticks": "\n" + strings.Repeat("`", maxRun+1),
		"indented rows": "\n   " + strings.Repeat("`", maxRun+1), "lines": "x\n",
		"addresses": "https://a.example.org/" + strings.Repeat("x", 470) + " ",
	} {
		text := strings.Repeat(unit, MaxText/size(unit))
		got := toMarkdown(text, site)
		if n := size(got); n > maxBodyText {
			t.Errorf("%s: %d characters", name, n)
		}
		if back := fromMarkdown(got, site); back != unfenced(text) {
			t.Errorf("%s: %d characters came back as %d", name, len(text), len(back))
		}
	}
}

// FuzzTextComesBack: whatever an alert says, it stands in one code block, and comes back as it was.
func FuzzTextComesBack(f *testing.F) {
	for _, seed := range []string{
		"", "plain", "```", "`````text\nx\n`````", "a\r\nb\rc\x00", "@team #1 <b> https://a.b/c?d=[e]", "\n\n", "Links:\n- <https://x.y>",
		strings.Repeat("`", 600), "a\n  " + strings.Repeat("`", 600) + "\nb " + strings.Repeat("`", 700),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if size(text) > MaxText {
			t.Skip("cut in the middle")
		}
		got := toMarkdown(text, site)
		want := strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
		want = unfenced(strings.NewReplacer("\r", "\n", "\x00", "\uFFFD").Replace(want))
		if back := fromMarkdown(got, site); back != want {
			t.Errorf("%q comes back as %q", want, back)
		}
		fence, _, _ := strings.Cut(got, "t")
		closes := regexp.MustCompile("(?m)^ {0,3}" + fence)
		if closes.MatchString(want) || !strings.HasPrefix(got, fence+"text\n") || len(closes.FindAllString(got, -1)) != 2 ||
			size(got) > maxBodyText {
			t.Errorf("%q is not in one code block: %q", text, got)
		}
		_, below, _ := strings.Cut(got, "\n"+fence+linksHead)
		if strings.ContainsAny(below, "@#`") && !strings.HasPrefix(below, "- <http") {
			t.Errorf("%q has %q below its block", text, below)
		}
	})
}
