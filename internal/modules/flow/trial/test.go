package trial

import (
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/flow"
)

// Limits on the tests of one flow.
const (
	maxBytes = 2 << 20
	maxDepth = 40
	maxTests = 500
	maxSteps = 500
	maxName  = 120 // runes
	maxWait  = 60 * 24 * time.Hour
)

// defaultNow is when a test begins that does not say: a Monday morning.
const defaultNow = "2026-11-23T10:00:00-03:00"

// Test is one conversation and what must come of it.
type Test struct {
	Name    string          `json:"name"`
	Channel message.Channel `json:"channel,omitempty"` // WhatsApp when empty
	Contact flow.Contact    `json:"contact,omitzero"`
	// Now is when it begins, in RFC 3339; its offset is the company's zone.
	Now string `json:"now,omitempty"`
	// Session is the id of the conversation's session, where it matters: a split
	// chooses by it. One of the trial's own when empty.
	Session string `json:"session,omitempty"`
	Steps   []Step `json:"steps"`
}

// Step is one step of a test: exactly one of its parts is set.
type Step struct {
	// What happens.
	Customer *Customer `json:"customer,omitzero"`
	Start    bool      `json:"start,omitzero"`  // somebody puts the bot on the conversation
	Wait     string    `json:"wait,omitempty"`  // lets time pass: "90s", "1h30m", "2d"
	Answer   *Answer   `json:"answer,omitzero"` // of the pending web call
	// What must hold.
	Bot    *Bot    `json:"bot,omitzero"`
	Expect *Expect `json:"expect,omitzero"`
}

// Customer is what the customer does. Exactly one of Text, Pick, Tap, Media and
// Location is set, or Cart, but that a medium may have a Text under it.
type Customer struct {
	Text  string `json:"text,omitempty"`
	Pick  string `json:"pick,omitempty"`  // taps an option of the choice on show, by its name
	Tap   string `json:"tap,omitempty"`   // taps a button by its raw id: an old one, or a stranger's
	Media string `json:"media,omitempty"` // image, video, audio, voice, document, sticker, contacts, order, form, reaction, call, share, story_reply, story_mention, welcome, system, unsupported
	// Cart is one that the customer filled in the channel's catalog; About the product
	// there that Text is about.
	Cart  *message.Order      `json:"cart,omitempty"`
	About *message.ProductRef `json:"about,omitempty"`
	// Location is a place that the customer sends.
	Location *message.Location `json:"location,omitempty"`
	// Form is a filled form: an object of its answers.
	Form jsontext.Value `json:"form,omitzero"`
	// Referral is the advert or link that the customer comes by with it.
	Referral *message.Referral `json:"referral,omitempty"`
	// Quick sends it in the same millisecond as what was before.
	Quick bool `json:"quick,omitzero"`
}

// Answer is what a web call gives back.
type Answer struct {
	OK     bool           `json:"ok"`
	Status int            `json:"status,omitzero"` // 200 when OK and 0
	Body   jsontext.Value `json:"body,omitzero"`   // any JSON
	Raw    string         `json:"raw,omitempty"`   // instead of Body: text that need not be JSON
	Error  string         `json:"error,omitempty"`
	// Topic says that there is no answer yet: the flow waits for the topic, and the
	// next answer tells what came of it.
	Topic string `json:"topic,omitempty"`
	Late  bool   `json:"late,omitzero"` // answers a call that nobody waits for
}

// Bot is the next message that the bot must have sent. With neither text any
// message will do.
type Bot struct {
	Text     string   `json:"text,omitempty"`     // all of it
	Contains string   `json:"contains,omitempty"` // a part; case and accents do not count
	Kind     string   `json:"kind,omitempty"`     // image, location, ...
	Options  []string `json:"options,omitzero"`   // names, in their order
}

// Expect is where the conversation must stand. Only what is set counts.
type Expect struct {
	Node   string                    `json:"node,omitempty"`
	Status flow.Status               `json:"status,omitempty"` // waiting, ended, handed_off, failed
	Team   string                    `json:"team,omitempty"`   // that got the conversation
	Reason string                    `json:"reason,omitempty"` // of the hand-off or the end
	Vars   map[string]jsontext.Value `json:"vars,omitempty"`
	Fields map[string]string         `json:"fields,omitempty"` // set on the contact
	Tags   []string                  `json:"tags,omitempty"`   // put on the contact
	Score  *int                      `json:"score,omitempty"`  // that a rating got
}

// Parse reads the tests of a flow: a JSON array. Every error is a *fault.Error
// whose Field names the test, by its name or place from 1, and the step, by its
// place from 1: "tests.menu.steps.3".
func Parse(text []byte) ([]Test, error) {
	if len(text) > maxBytes {
		return nil, fault.New(fault.TooLarge, "the tests of a flow have at most %d bytes", maxBytes)
	}
	if tooDeep(text) {
		return nil, fault.New(fault.TooLarge, "the tests are nested at most %d deep", maxDepth)
	}
	var raws []jsontext.Value
	if err := json.Unmarshal(text, &raws); err != nil {
		if at := within(err); at != "" {
			return nil, fault.OnField("tests"+at, "%s", reason(err))
		}
		return nil, fault.OnField("tests", "the tests are a JSON list")
	}
	if len(raws) > maxTests {
		return nil, fault.New(fault.TooLarge, "a flow has at most %d tests, this one has %d", maxTests, len(raws))
	}
	tests := make([]Test, len(raws))
	names := map[string]bool{}
	for i, raw := range raws {
		test := &tests[i]
		if err := json.Unmarshal(raw, test, json.RejectUnknownMembers(true)); err != nil {
			return nil, fault.OnField(place(i, test.Name)+within(err), "%s", reason(err))
		}
		if err := test.check(place(i, test.Name)); err != nil {
			return nil, err
		}
		if names[test.Name] {
			return nil, fault.OnField(place(i, test.Name), "two tests have this name")
		}
		names[test.Name] = true
	}
	return tests, nil
}

// Text writes tests in their canonical form, which Parse reads back.
func Text(tests []Test) ([]byte, error) {
	if tests == nil {
		tests = []Test{}
	}
	text, err := json.Marshal(tests, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the tests could not be written")
	}
	return append(text, '\n'), nil
}

func (t *Test) check(at string) error {
	if strings.TrimSpace(t.Name) == "" || utf8.RuneCountInString(t.Name) > maxName {
		return fault.OnField(at, "a test needs a name of at most %d characters", maxName)
	}
	switch t.Channel {
	case "", message.WhatsApp, message.Telegram, message.Messenger, message.Instagram:
	default:
		return fault.OnField(at+".channel", "there is no channel %q", t.Channel)
	}
	if _, err := t.begins(); err != nil {
		return fault.OnField(at+".now", "the time has the form %s", defaultNow)
	}
	if t.Session != "" && !validSession(t.Session) {
		return fault.OnField(at+".session", "a session is 10 to 64 letters, digits, _ and -")
	}
	if len(t.Steps) > maxSteps {
		return fault.New(fault.TooLarge, "%s: a test has at most %d steps", at, maxSteps)
	}
	for i := range t.Steps {
		if problem := t.Steps[i].problem(); problem != "" {
			return fault.OnField(at+".steps."+strconv.Itoa(i+1), "%s", problem)
		}
	}
	return nil
}

// validSession reports an id of which the engine can make the ids of options.
func validSession(id string) bool {
	return len(id) >= 10 && len(id) <= 64 && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// begins gives the time at which the test begins.
func (t *Test) begins() (time.Time, error) {
	now := t.Now
	if now == "" {
		now = defaultNow
	}
	return time.Parse(time.RFC3339, now)
}

func (t *Test) channel() message.Channel {
	if t.Channel == "" {
		return message.WhatsApp
	}
	return t.Channel
}

// problem says what is wrong with a step; empty for nothing.
func (s *Step) problem() string {
	parts := 0
	for _, set := range []bool{s.Customer != nil, s.Start, s.Wait != "", s.Answer != nil, s.Bot != nil, s.Expect != nil} {
		if set {
			parts++
		}
	}
	if parts != 1 {
		return "a step is exactly one of customer, start, wait, answer, bot and expect"
	}
	switch {
	case s.Customer != nil:
		return s.Customer.problem()
	case s.Wait != "":
		if _, ok := duration(s.Wait); !ok {
			return "a wait is a length of time such as 90s, 1h30m or 2d, of at most 60 days"
		}
	case s.Expect != nil:
		for name, value := range s.Expect.Vars {
			if kind := value.Kind(); kind == '{' || kind == '[' {
				return "the variable " + strconv.Quote(name) + " is a text, a number, true, false or null"
			}
		}
		switch s.Expect.Status {
		case "", flow.Waiting, flow.Ended, flow.HandedOff, flow.Failed:
		default:
			return "the status is waiting, ended, handed_off or failed"
		}
	}
	return ""
}

func (c *Customer) problem() string {
	parts := 0
	for _, set := range []bool{c.Pick != "", c.Tap != "", c.Media != "", c.Location != nil, c.Cart != nil, len(c.Form) > 0} {
		if set {
			parts++
		}
	}
	if parts > 1 || c.About != nil && (parts > 0 || c.Text == "") || parts == 1 && c.Text != "" && c.Media == "" && c.Tap == "" {
		return "the customer writes a text, picks an option, or sends a medium, a location, a form or a cart"
	}
	if c.Media != "" {
		if _, known := mediumOf(c.Media); !known {
			return "there is no medium " + strconv.Quote(c.Media)
		}
	}
	return ""
}

// duration reads "1h30m" as Go does, and days.
func duration(text string) (time.Duration, bool) {
	days := time.Duration(0)
	if head, rest, found := strings.Cut(text, "d"); found {
		n, err := strconv.Atoi(head)
		if err != nil || n < 0 || n > 60 {
			return 0, false
		}
		if days, text = time.Duration(n)*24*time.Hour, rest; text == "" {
			return days, days > 0
		}
	}
	rest, err := time.ParseDuration(text)
	if err != nil || rest < 0 || rest > maxWait {
		return 0, false
	}
	total := days + rest
	return total, total > 0 && total <= maxWait
}

// place names a test in the path of an error.
func place(at int, name string) string {
	if strings.TrimSpace(name) == "" || len(name) > 4*maxName || !utf8.ValidString(name) {
		name = strconv.Itoa(at + 1)
	}
	return "tests." + name
}

// within gives the place of a JSON error in a test; list places count from 1.
func within(err error) string {
	pointer := ""
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.As(err, &semantic):
		pointer = string(semantic.JSONPointer)
	case errors.As(err, &syntactic):
		pointer = string(syntactic.JSONPointer)
	}
	var out strings.Builder
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if n, err := strconv.Atoi(part); err == nil {
			part = strconv.Itoa(n + 1)
		}
		if part != "" {
			out.WriteString("." + part)
		}
	}
	return out.String()
}

func reason(err error) string {
	var semantic *json.SemanticError
	switch {
	case errors.Is(err, json.ErrUnknownName):
		return "there is no such field"
	case errors.Is(err, jsontext.ErrDuplicateName):
		return "the field comes twice"
	case errors.As(err, &semantic) && semantic.JSONKind != 0:
		return "a JSON " + semantic.JSONKind.String() + " does not belong here"
	default:
		return "not valid JSON"
	}
}

// tooDeep bounds the nesting before a parser recurses into it.
func tooDeep(text []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// mediumOf gives the content of a medium by its name in tests.
func mediumOf(name string) (message.Content, bool) {
	kind := message.Kind(name)
	switch kind {
	case "voice":
		return message.Content{Kind: message.Audio, Media: &message.Media{MIME: "audio/ogg", Voice: true}}, true
	case message.Image:
		return message.Content{Kind: kind, Media: &message.Media{MIME: "image/jpeg", Size: 20_000}}, true
	case message.Video:
		return message.Content{Kind: kind, Media: &message.Media{MIME: "video/mp4", Size: 900_000}}, true
	case message.Audio:
		return message.Content{Kind: kind, Media: &message.Media{MIME: "audio/mpeg"}}, true
	case message.Document:
		return message.Content{Kind: kind, Media: &message.Media{MIME: "application/pdf", Name: "documento.pdf", Size: 30_000}}, true
	case message.Sticker:
		return message.Content{Kind: kind, Media: &message.Media{MIME: "image/webp"}}, true
	case message.Cards:
		return message.Content{Kind: kind, Cards: []message.Card{{Name: "Beto", Phones: []string{"+5581999990000"}}}}, true
	case message.Cart:
		return message.Content{Kind: kind, Order: &message.Order{CatalogID: "1", Items: []message.OrderItem{{RetailerID: "a", Quantity: 1, Price: "10.00", Currency: "BRL"}}}}, true
	case message.Form:
		return message.Content{Kind: kind, Form: []byte(`{"a":1}`)}, true
	case message.Emoji:
		return message.Content{Kind: kind, Text: "👍", Target: "x"}, true
	case message.PhoneCall:
		return message.Content{Kind: kind, Call: &message.Call{State: "missed", ID: "call_1"}}, true
	case message.Share:
		return message.Content{Kind: kind, Share: &message.Shared{Kind: "post", URL: "https://example.com/p/1"}}, true
	case "story_reply":
		return message.Content{Kind: message.Text, Text: "Lindo!", Story: &message.Shared{Kind: "story", ID: "1"}}, true
	case "story_mention":
		return message.Content{Kind: message.Share, Share: &message.Shared{Kind: "story_mention", ID: "1"}, Media: &message.Media{MIME: "image/jpeg"}}, true
	case message.Welcome, message.System, message.Unsupported:
		return message.Content{Kind: kind}, true
	default:
		return message.Content{}, false
	}
}
