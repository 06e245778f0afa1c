package github

import (
	"docket/internal/desk/rest"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// GitHub's own bounds; it answers 422 "title is too long (maximum is 256 characters)" and "body is too
// long (maximum is 65536 characters)" (https://github.com/googleapis/release-please/issues/1034,
// https://github.com/trstringer/manual-approval/issues/89, read 2026-11-27). It does not say what a
// character is, so that what lies beyond the first plane counts twice here.
const (
	maxTitle    = 256
	maxBodyText = 65_536
	// keptTail is how much of a text's end survives a cut: the mark is there.
	keptTail = 2_000
	// maxLinks is how many addresses of a text are made links below it.
	maxLinks = 10
	// maxLink is the longest address that is made a link.
	maxLink = 500
	// maxRun is the longest row of backticks that the fence around a text outdoes.
	maxRun = 500
)

// MaxText is how many characters of plain text are never cut: the rest of an issue's body, or of a comment, is for what
// is written around them, at its longest (links, two fences, and the spaces that unfenced adds).
const MaxText = maxBodyText - (len(linksHead) + maxLinks*(maxLink+len("\n- <>"))) -
	(2*(maxRun+1) + len(fenceInfo) + len("\n\n")) - maxBodyText/maxRun*len(indent)

// A text is written as a code block, because there GitHub shows every character as it is, and neither
// mentions people and teams nor links issues and commits
// (https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/creating-and-highlighting-code-blocks,
// read 2026-11-27). Escaping instead would not do: \@team and &#64;team still mention the team, since
// GitHub looks for mentions in what was rendered.
const (
	fenceInfo = "text"
	linksHead = "\n\nLinks:\n"
)

// toMarkdown makes GitHub's Markdown of plain text: bounded, in a code block, with its web addresses as
// links below it. site is GitHub's own host.
func toMarkdown(text, site string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.NewReplacer("\r", "\n", "\x00", "\uFFFD").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	text = bounded(unfenced(text))
	fence := fenceFor(text)
	return fence + fenceInfo + "\n" + text + "\n" + fence + links(text, site)
}

// indent is what keeps a row of backticks from closing a code block: a fence is indented by three spaces at most
// (https://spec.commonmark.org/0.31.2/#fenced-code-blocks, read 2026-11-27).
const indent = "    "

// longRow matches what would need a longer fence than we make: a line that begins with ever so many backticks. Its
// alert would otherwise take the place of others.
var longRow = regexp.MustCompile(fmt.Sprintf("(?m)^ {0,3}`{%d}", maxRun+1))

// unfenced indents the lines that begin with more than maxRun backticks.
func unfenced(text string) string { return longRow.ReplaceAllString(text, indent+"$0") }

// fenceFor is a row of backticks that is longer than any that could close the block.
func fenceFor(text string) string {
	longest, run := 2, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return strings.Repeat("`", min(longest, maxRun)+1)
}

// fromMarkdown makes plain text of an issue's body or of a comment: what toMarkdown made comes back
// exactly, what people wrote comes back as they wrote it.
func fromMarkdown(text, site string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	fence := text[:len(text)-len(strings.TrimLeft(text, "`"))]
	inside, opened := strings.CutPrefix(text, fence+fenceInfo+"\n")
	if len(fence) < 3 || !opened {
		return text
	}
	inside, after, closed := strings.Cut(inside, "\n"+fence)
	if !closed {
		return text
	}
	if added := strings.TrimPrefix(after, links(inside, site)); added != "" {
		return inside + "\n" + strings.TrimLeft(added, "\n") // A person wrote below it.
	}
	return inside
}

// links lists a text's web addresses as links, "" for none. Addresses on GitHub itself are left out:
// a link to an issue or a commit would be shown there as a mention.
func links(text, site string) string {
	var found []string
	apart := func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>\"'`|\\^{}[]()*", r) }
	for _, word := range strings.FieldsFunc(text, apart) {
		at := max(strings.Index(word, "https://"), 0)
		if !strings.HasPrefix(word[at:], "https://") {
			at = max(strings.Index(word, "http://"), 0)
		}
		address := strings.TrimRight(word[at:], ".,;:!?")
		if linkable(address, site) && !slices.Contains(found, address) && len(found) < maxLinks {
			found = append(found, address)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return linksHead + "- <" + strings.Join(found, ">\n- <") + ">"
}

func linkable(address, site string) bool {
	if len(address) > maxLink || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false
	}
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.User != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return host != "github.com" && !strings.HasSuffix(host, ".github.com") && host != strings.ToLower(site)
}

// bounded leaves the middle out of a text that would be too long, and says so.
func bounded(text string) string {
	most := maxBodyText - maxLinks*(maxLink+len("\n- <>")) - len(linksHead) - 2*len(fenceFor(text)) - len(fenceInfo) - len("\n\n")
	if size(text) <= most {
		return text
	}
	head, tail, left := rest.CutMiddle(text, most, keptTail, runeSize)
	return fmt.Sprintf("%s\n[%d characters left out: too long for GitHub]\n%s", head, left, unfenced(tail))
}

// size counts a text's characters, those beyond the first plane twice.
func size(text string) int {
	sum := 0
	for _, r := range text {
		sum += runeSize(r)
	}
	return sum
}

func runeSize(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}
