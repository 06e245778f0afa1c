package freescout

import (
	"docket/internal/desk/rest"
	"fmt"
	"html"
	"strings"
	"unicode/utf8"

	xhtml "golang.org/x/net/html"
)

const (
	// maxSubject is FreeScout's column (conversations.subject, 998 characters;
	// freescout-help-desk/freescout database/migrations, v1.8.235).
	maxSubject = 998
	// maxHTML keeps a text, escaped and packed as JSON, below nginx's default limit for a
	// request (client_max_body_size 1m, https://nginx.org/en/docs/http/ngx_http_core_module.html,
	// read 2026-11-23).
	maxHTML = 600_000
	// keptTail is how much of a text's end survives a cut: the mark is there.
	keptTail = 2_000
)

// subjectLine makes one line of the subject and cuts it to what FreeScout keeps; the
// mark at its end is never cut. It reports false if the subject does not end in the mark.
func subjectLine(subject, mark string) (string, bool) {
	return rest.SubjectLine(subject, mark, maxSubject, utf8.RuneCountInString)
}

// toHTML makes FreeScout's HTML of plain text: escaped, line breaks as <br>, bounded.
func toHTML(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.NewReplacer("\r", "\n", "\x00", "\uFFFD").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	return strings.ReplaceAll(html.EscapeString(bounded(text)), "\n", "<br>")
}

// bounded leaves the middle out of a text that would be too large, and says so.
func bounded(text string) string {
	if cost(text) <= maxHTML {
		return text
	}
	head, tail, left := rest.CutMiddle(text, maxHTML, keptTail, runeCost)
	return fmt.Sprintf("%s\n[%d characters left out: too long for FreeScout]\n%s", head, left, tail)
}

func cost(text string) int {
	sum := 0
	for _, r := range text {
		sum += runeCost(r)
	}
	return sum
}

// runeCost is how many bytes a rune takes once it is escaped for HTML and for JSON.
func runeCost(r rune) int {
	switch {
	case r == '\n', r == '<', r == '>':
		return 4
	case r == '&', r == '"', r == '\'':
		return 5
	case r < ' ', r == '\u2028', r == '\u2029':
		return 6
	default:
		return max(utf8.RuneLen(r), 2) // a backslash is written as two
	}
}

// toText makes plain text of FreeScout's HTML: what toHTML made comes back exactly, what
// people's editors make comes back line by line. Scripts, styles and comments are dropped.
func toText(source string) string {
	var b strings.Builder
	tokens := xhtml.NewTokenizer(strings.NewReader(source))
	// lineDue says that a block ended, or begins, and the next text starts a line;
	// afterBreak that a line break was just written, so that source formatting after it goes.
	lineDue, afterBreak, skipping := false, false, ""
	for {
		kind := tokens.Next()
		if kind == xhtml.ErrorToken {
			return b.String()
		}
		switch kind {
		case xhtml.TextToken:
			if skipping != "" {
				continue
			}
			// The tokenizer's Text is still escaped here; Token() unescapes.
			text := tokens.Token().Data
			if afterBreak || lineDue || b.Len() == 0 {
				text = strings.TrimLeft(text, "\n")
			}
			if text == "" || (lineDue && strings.TrimSpace(text) == "") {
				continue
			}
			if lineDue && b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(strings.ReplaceAll(text, "\n", " "))
			lineDue, afterBreak = false, false
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken, xhtml.EndTagToken:
			name, _ := tokens.TagName()
			switch tag := string(name); tag {
			case "br":
				if lineDue && b.Len() > 0 {
					b.WriteByte('\n')
				}
				b.WriteByte('\n')
				lineDue, afterBreak = false, true
			case "p", "div", "li", "ul", "ol", "tr", "table", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6":
				lineDue = lineDue || (b.Len() > 0 && !afterBreak)
			case "script", "style":
				skipping = ""
				if kind == xhtml.StartTagToken {
					skipping = tag
				}
			}
		case xhtml.CommentToken, xhtml.DoctypeToken, xhtml.ErrorToken:
		}
	}
}
