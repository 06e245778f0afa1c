package slack

import (
	"net/url"
	"testing"
	"time"

	"docket/internal/fault"
	"docket/internal/notify"
)

// The example of Slack's own page on verifying requests (read 2026-11-23).
const (
	exampleSecret    = fault.Secret("8f742231b10e8888abcd99yyyzzz85a5")
	exampleTime      = "1531420618"
	exampleSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	exampleBody      = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar" +
		"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=" +
		"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
		"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)

func TestSlacksOwnExampleOfASignatureIsTaken(t *testing.T) {
	at := time.Unix(1531420618, 0)
	for name, c := range map[string]struct {
		secret                     fault.Secret
		timestamp, signature, body string
		now                        time.Time
		want                       bool
	}{
		"as it came":          {exampleSecret, exampleTime, exampleSignature, exampleBody, at, true},
		"five minutes later":  {exampleSecret, exampleTime, exampleSignature, exampleBody, at.Add(5 * time.Minute), true},
		"older":               {exampleSecret, exampleTime, exampleSignature, exampleBody, at.Add(5*time.Minute + time.Second), false},
		"of the future":       {exampleSecret, exampleTime, exampleSignature, exampleBody, at.Add(-5*time.Minute - time.Second), false},
		"another secret":      {"another", exampleTime, exampleSignature, exampleBody, at, false},
		"no secret":           {"", exampleTime, Sign("", exampleTime, []byte(exampleBody)), exampleBody, at, false},
		"another body":        {exampleSecret, exampleTime, exampleSignature, exampleBody + "&x=1", at, false},
		"another time":        {exampleSecret, "1531420619", exampleSignature, exampleBody, at, false},
		"a time that is none": {exampleSecret, "soon", exampleSignature, exampleBody, at, false},
		"no signature":        {exampleSecret, exampleTime, "", exampleBody, at, false},
	} {
		if got := Signed(c.secret, c.timestamp, c.signature, []byte(c.body), c.now); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}

func TestWhatIsNoPressOfAButtonIsNamed(t *testing.T) {
	for _, payload := range []string{
		``, `{`, `[]`, `{"type":"block_actions"}`, `{"type":"block_actions","user":{"id":"U1"},"actions":[]}`,
		`{"type":"view_submission","user":{"id":"U1"},"actions":[{"action_id":"acknowledge"}]}`,
		`{"type":"block_actions","actions":[{"action_id":"acknowledge"}]}`,
	} {
		if c, ok := parseClick([]byte(url.Values{"payload": {payload}}.Encode())); ok {
			t.Errorf("%s is %+v", payload, c)
		}
	}
	if _, ok := parseClick([]byte("payload=%zz")); ok {
		t.Error("a form that cannot be read is a click")
	}
	c, ok := parseClick([]byte(url.Values{"payload": {`{"type":"block_actions","user":{"id":"U1","username":"anna"},` +
		`"actions":[{"action_id":"acknowledge","value":"m"}]}`}}.Encode()))
	want := notify.Click{UserID: "U1", UserName: "anna", Via: "Slack", Action: notify.ActionAcknowledge, Mark: "m"}
	if !ok || c != want {
		t.Errorf("%+v, %t", c, ok)
	}
}
