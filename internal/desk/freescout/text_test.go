package freescout

import (
	"docket/internal/desk/rest"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEditorsHTMLBecomesLines(t *testing.T) {
	for source, want := range map[string]string{
		"<div>a</div><div>b</div>":                                 "a\nb",
		"<p>a</p>\n<p>b</p>\n":                                     "a\nb",
		"<div>a</div><div><br></div><div>b</div>":                  "a\n\nb",
		"a<br>b<br/>c<br />\nd":                                    "a\nb\nc\nd",
		"<ul><li>one</li><li>two</li></ul>after":                   "one\ntwo\nafter",
		"a &amp; b &lt;i&gt; &#039;x&#34;":                         "a & b <i> 'x\"",
		"<b>bold</b> and <a href=\"https://x\">link</a>":           "bold and link",
		"x<script>alert(1)</script>y<style>p{}</style>z<!-- c -->": "xyz",
		"":                     "",
		"<br>":                 "\n",
		"unclosed <b":          "unclosed ",
		"<script>never closed": "",
	} {
		if got := toText(source); got != want {
			t.Errorf("toText(%q) = %q, want %q", source, got, want)
		}
	}
}

func FuzzTextComesBack(f *testing.F) {
	for _, seed := range []string{"", "a\nb", "\n\n", "<br>&amp;\x00\r\n", "\xff", " \t x ", "a\u2028b", "日本\n "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		source := toHTML(text)
		if strings.ContainsAny(strings.ReplaceAll(source, "<br>", ""), "<>\"'\r\x00") {
			t.Fatalf("toHTML(%q) = %q lets markup through", text, source)
		}
		want := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\uFFFD").Replace(strings.ToValidUTF8(text, "\uFFFD"))
		if got := toText(source); got != want && len(text) < maxHTML/6 {
			t.Fatalf("%q came back as %q by way of %q", want, got, source)
		}
	})
}

func FuzzForeignHTMLIsRead(f *testing.F) {
	for _, seed := range []string{"<p>x", "<script>", "</", "<!--", "&#xffffffff;", "<div><br></div>", "<textarea><title>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if got := toText(source); len(got) > 3*len(source)+16 {
			t.Fatalf("toText(%q) grew to %d bytes", source, len(got))
		}
	})
}

func FuzzSubjectKeepsItsMark(f *testing.F) {
	f.Add("P1 x [m.1]", "m.1")
	f.Add(strings.Repeat("日", 2000)+"[m]", "m")
	f.Add("[]", "")
	f.Fuzz(func(t *testing.T, subject, mark string) {
		line, ok := subjectLine(subject, mark)
		if !ok {
			return
		}
		if !strings.HasSuffix(line, "["+mark+"]") || utf8.RuneCountInString(line) > maxSubject || strings.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("subjectLine(%q, %q) = %q", subject, mark, line)
		}
	})
}

func FuzzAnswersAreRead(f *testing.F) {
	for _, seed := range []string{
		`{"_embedded":{"conversations":[{"id":5,"number":2,"subject":"s [m]","state":"published","_embedded":{"tags":[{"name":"x"}],` +
			`"threads":[{"type":"note","body":"<p>"}]}}]},"page":{"number":1,"totalPages":1}}`,
		`{"id":1,"_embedded":{"threads":[]}}`, `{"message":"m","_embedded":{"errors":[{"path":"subject","message":"x"}]}}`, `[[[[`, `{"id":1e99}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if p, err := decodePage[conversation](body, "conversations"); err == nil {
			if p.items == nil {
				t.Fatal("a list without items and without an error")
			}
			for _, c := range p.items {
				_ = c.ticket("https://h")
			}
		}
		if c, err := decodeConversation(body, 1, true); err == nil && c.ticket("https://h").ID != "1" {
			t.Fatal("another conversation was taken for this one")
		}
		for _, list := range []rest.Action{rest.Reading, rest.Setting, rest.Creating, rest.Noting} {
			for _, status := range []int{200, 201, 302, 400, 401, 403, 404, 429, 500, 503} {
				fault := classify(exchange{Exchange: rest.Exchange{Action: list, Status: status, Body: body, Sent: true}})
				if fault != nil && (fault.Name == "" || fault.Sentence == "" || fault.Fix == "" || len(fault.Sentence) > 2000) {
					t.Fatalf("status %d: %+v", status, fault)
				}
				if status >= 300 && fault == nil {
					t.Fatalf("status %d is a success", status)
				}
			}
		}
	})
}
