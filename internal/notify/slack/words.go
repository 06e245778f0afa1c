package slack

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"docket/internal/line"
	"docket/internal/notify"
)

// The limits on the parts of a message, well below Slack's own (3000 characters in a section,
// https://docs.slack.dev/reference/block-kit/blocks/section-block, read 2026-11-23).
const (
	maxTitle   = 300
	maxSummary = 1500
	maxLabels  = 2500
	maxText    = 2900
)

// escape escapes Slack's control characters
// (https://docs.slack.dev/messaging/formatting-message-text#escaping, read 2026-11-23) and limits the text to
// a number of characters, without cutting an escape in two.
func escape(text string, most int) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		part := string(r)
		switch r {
		case '&':
			part = "&amp;"
		case '<':
			part = "&lt;"
		case '>':
			part = "&gt;"
		}
		if n += len([]rune(part)); n >= most {
			return b.String() + "…"
		}
		b.WriteString(part)
	}
	return b.String()
}

// link is a link with our own text; an address that Slack could misread is shown as plain text.
func link(url, words string) string {
	if strings.ContainsAny(url, "<>|\n\r\t ") || (!strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://")) {
		return escape(words, maxTitle)
	}
	return "<" + strings.ReplaceAll(url, "&", "&amp;") + "|" + escape(words, maxTitle) + ">"
}

// options are a message as Slack blocks, with the text that phones and screen readers show.
func (s *Slack) options(m notify.Message) []slack.MsgOption {
	options := []slack.MsgOption{
		slack.MsgOptionText(escape(line.Of(m.Headline()), maxText), false),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	if m.Text != "" {
		return append(options, slack.MsgOptionBlocks(section(escape(m.Text, maxText))))
	}
	return append(options, slack.MsgOptionBlocks(s.blocks(m)...))
}

func (s *Slack) blocks(m notify.Message) []slack.Block {
	sign := ":red_circle: *" + m.Severity.String() + " firing*"
	if !m.Firing {
		sign = ":white_check_mark: *" + m.Severity.String() + " recovered*"
	}
	lines := []string{sign + "  " + escape(line.Of(m.Title), maxTitle)}
	if m.Summary != "" {
		lines = append(lines, escape(m.Summary, maxSummary))
	}
	facts := m.Facts()
	for i := range facts {
		facts[i] = escape(line.Of(facts[i]), maxTitle)
	}
	ticket := "Ticket: " + escape(m.Ticket, maxTitle)
	if m.TicketURL != "" {
		ticket = "Ticket: " + link(m.TicketURL, m.Ticket)
	}
	facts = append(facts, ticket)
	blocks := []slack.Block{section(strings.Join(lines, "\n")), section(strings.Join(facts, "\n"))}
	blocks = append(blocks, section("```"+escape(labels(m), maxLabels)+"```"))
	if buttons := s.actions(m); len(buttons) > 0 {
		blocks = append(blocks, slack.NewActionBlock("docket", buttons...))
	}
	return blocks
}

// labels are the alert's labels and its key, as received. Inside a code block only the three escapes are
// interpreted, and a run of backquotes would end it.
func labels(m notify.Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "alert_key: %s\nsource: %s\n", m.Key, m.Source)
	for _, l := range m.Labels {
		fmt.Fprintf(&b, "%s: %s\n", l.Name, l.Value)
	}
	return strings.ReplaceAll(b.String(), "```", "`\u200b`\u200b`")
}

// actions are the buttons. Acknowledge requires that clicks can reach us; a link requires a page.
func (s *Slack) actions(m notify.Message) []slack.BlockElement {
	var all []slack.BlockElement
	if s.buttons && m.Firing && m.AcknowledgedBy == "" {
		all = append(all, slack.NewButtonBlockElement(notify.ActionAcknowledge, m.Mark, plain("Acknowledge")).WithStyle(slack.StylePrimary))
	}
	if m.Console != "" {
		all = append(all, slack.NewButtonBlockElement(notify.ActionInvestigate, m.Mark, plain("Investigate")).WithURL(m.Console))
	}
	if s.buttons && m.Firing && len(m.Labels) > 0 && m.Others < notify.MostSilenced {
		sure := slack.NewConfirmationBlockObject(plain("Silence for 1 h?"),
			plain("Alerts with exactly these labels open no ticket and no message for one hour. A ticket that is there stays."),
			plain("Silence"), plain(
				"Leave it"))
		all = append(all, slack.NewButtonBlockElement(notify.ActionSilence, m.Mark, plain("Silence 1 h")).WithConfirm(sure))
	}
	return all
}

func plain(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

func section(text string) *slack.SectionBlock {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, true), nil, nil)
}
