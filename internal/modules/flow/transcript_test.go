package flow

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"prosa/internal/message"
	"prosa/internal/modules/flow/template"
)

var update = flag.Bool("update", false, "write the goldens anew")

var allChannels = []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram}

// customer holds one conversation with a flow, as botrun would.
type customer struct {
	t     testing.TB
	flow  *Compiled
	state State
	env   Env
	last  *message.Choice // the last choice on the screen
	all   []*message.Choice
	timer Schedule
	trail []Passed // of the last turn; step takes it off its effects
	ask   *Ask     // the last one
	token string   // of the last form that was offered
	said  int      // messages written, for their ids
	// traced transcripts tell the trail of every turn.
	traced bool
}

const testSession = "bse_01jd0000000000000000000000"

func meet(t testing.TB, flow *Compiled, channel message.Channel) *customer {
	zone := time.FixedZone("-03", -3*60*60)
	return &customer{t: t, flow: flow, env: Env{
		NowMS: time.Date(2026, 11, 23, 10, 0, 0, 0, zone).UnixMilli(), Channel: channel, Session: testSession, Zone: zone,
		Contact: Contact{Name: "Ana Souza", Language: "pt-BR"},
	}}
}

// step takes a turn through the state's text form, as a stored session would.
func (c *customer) step(in Input) []Effect {
	stored, err := Decode(c.state.Encode())
	if err != nil {
		c.t.Fatal(err)
	}
	next, effects, err := Step(c.flow, stored, in, c.env)
	if err != nil {
		c.t.Fatal(err)
	}
	c.state, c.trail = next, nil
	if n := len(effects); n > 0 && effects[n-1].Trail != nil {
		c.trail, effects = effects[n-1].Trail, effects[:n-1]
	}
	for _, effect := range effects {
		if effect.Send != nil && effect.Send.Choice != nil {
			c.last = effect.Send.Choice
			c.all = append(c.all, c.last)
		}
		if effect.Send != nil {
			if shown := tapped(effect.Send); shown != nil {
				c.last = shown
				c.all = append(c.all, shown)
			}
			if effect.Send.Ask != nil {
				c.token = effect.Send.Ask.Token
			}
		}
		if effect.Ask != nil {
			c.ask = effect.Ask
		}
		if effect.Schedule != nil {
			c.timer = *effect.Schedule
		}
	}
	return effects
}

// tapped gives what can be tapped on a poll or on cards, as a choice.
func tapped(content *message.Content) *message.Choice {
	out := &message.Choice{}
	if content.Poll != nil {
		for i := range content.Poll.Options {
			n := strconv.Itoa(i + 1)
			out.Options = append(out.Options, message.Option{ID: "poll:7:" + strconv.Itoa(i), Title: n})
		}
	}
	for _, slide := range content.Deck {
		out.Options = append(out.Options, slide.Options...)
	}
	if len(out.Options) == 0 {
		return nil
	}
	return out
}

// write reads a line of a transcript: "olá" is a text; "#2" taps the second
// option on the screen, "#2@1" that of the first choice ever shown; "!voice" and
// the like send a medium, "!place", "!card", "!form {…}" what they say, "!story"
// and "!mention" what Instagram sends, "!call" a missed call, "!payload x" a tap
// on a lasting menu; "!ad " and "!ref x " before a line make it come by an advert
// or a link; "!idle" lets the timer fire; "!late" an old timer.
func (c *customer) write(line string) []Effect {
	c.env.NowMS += 1000
	var referral *message.Referral
	if rest, came := strings.CutPrefix(line, "!ad "); came {
		line, referral = rest, &message.Referral{SourceType: "ad", SourceID: "120", Headline: "Promoção"}
	}
	if rest, came := strings.CutPrefix(line, "!ref "); came {
		ref, rest, _ := strings.Cut(rest, " ")
		line, referral = rest, &message.Referral{SourceType: "link", Ref: ref}
	}
	content := message.Content{Kind: message.Text, Text: strings.ReplaceAll(line, `\n`, "\n")}
	switch {
	case strings.HasPrefix(line, "!payload "):
		content = message.Content{Kind: message.Pick, Pick: &message.Picked{ID: line[len("!payload "):], Title: "Falar"}}
	case line == "!place":
		content = message.Content{Kind: message.Place, Place: &message.Location{Latitude: -8.0631, Longitude: -34.8711, Address: "Rua da Aurora"}}
	case line == "!card":
		content = message.Content{Kind: message.Cards, Cards: []message.Card{{Name: "Ana", Phones: []string{"5581999991234"}}}}
	case line == "!photo":
		content = message.Content{Kind: message.Image, Media: &message.Media{MIME: "image/jpeg", Name: "nota.jpg"}}
	case strings.HasPrefix(line, "!form "):
		content = message.Content{Kind: message.Form, Form: []byte(strings.ReplaceAll(line[len("!form "):], "TOKEN", c.token))}
	case line == "!call":
		content = message.Content{Kind: message.PhoneCall, Call: &message.Call{State: "missed"}}
	case line == "!story":
		content = message.Content{Kind: message.Text, Text: "Lindo!", Story: &message.Shared{Kind: "story"}}
	case line == "!mention":
		content = message.Content{Kind: message.Share, Share: &message.Shared{Kind: "story_mention"}}
	case line == "!like":
		content = message.Content{Kind: message.Emoji, Text: "❤", Target: "x"}
	case line == "!idle":
		c.env.NowMS = c.timer.AtMS
		return c.step(Input{Kind: Timer, Timer: c.timer.Timer})
	case line == "!late":
		return c.step(Input{Kind: Timer, Timer: "idle.0"})
	case line == "!answer-late":
		return c.step(Input{Kind: Answered, Answer: &Answer{ID: "ask.0", OK: true, Status: 200, Body: "{}"}})
	case strings.HasPrefix(line, "!answer "):
		status, body, _ := strings.Cut(line[len("!answer "):], " ")
		n, _ := strconv.Atoi(status)
		return c.answered(n == 200, n, body)
	case line == "!start":
		return c.step(Input{Kind: Start})
	case line == "!days":
		c.env.NowMS += 10 * 24 * hourMS
		return nil
	case strings.HasPrefix(line, "!voice"):
		content = message.Content{Kind: message.Audio, Media: &message.Media{Voice: true}}
	case strings.HasPrefix(line, "!"):
		kind, caption, _ := strings.Cut(line[1:], " ")
		content = message.Content{Kind: message.Kind(kind), Text: caption, Media: &message.Media{}}
	case strings.HasPrefix(line, "#"):
		number, of, old := strings.Cut(line[1:], "@")
		from := c.last
		if old {
			n, _ := strconv.Atoi(of)
			from = c.all[n-1]
		}
		n, _ := strconv.Atoi(number)
		option := from.Options[n-1]
		content = message.Content{Kind: message.Pick, Text: option.Title, Pick: &message.Picked{ID: option.ID, Title: option.Title}}
	}
	c.said++
	return c.step(Input{Kind: Wrote, Content: content, Message: "msg_" + strconv.Itoa(c.said), Referral: referral})
}

// tell writes effects as a person would see them.
func (c *customer) tell(effects []Effect) string {
	var b strings.Builder
	for _, effect := range effects {
		switch {
		case effect.Send != nil && effect.Send.Kind == message.Options:
			layout := message.Lay(*effect.Send.Choice, effect.Send.Text, c.env.Channel)
			fmt.Fprintf(&b, "< %s\n", strings.ReplaceAll(layout.Text, "\n", "\n  "))
			if layout.Shape != message.ShapeNumbered {
				titles := make([]string, len(layout.Options))
				for i, option := range layout.Options {
					titles[i] = option.Title
				}
				fmt.Fprintf(&b, "  %s: [%s]\n", layout.Shape, strings.Join(titles, "] ["))
			}
		case effect.Send != nil:
			fmt.Fprintf(&b, "< %s\n", strings.ReplaceAll(message.Preview(*effect.Send, "pt-BR"), "\n", "\n  "))
			beside(&b, effect.Send)
		case effect.HandOff != nil:
			fmt.Fprintf(&b, "= handoff reason=%s team=%q note=%q fields=%v\n", effect.HandOff.Reason, effect.HandOff.Team, effect.HandOff.Note, effect.HandOff.Fields)
		case effect.SetField != nil:
			fmt.Fprintf(&b, "= field %s=%q\n", effect.SetField.Name, effect.SetField.Value)
		case effect.Ask != nil:
			fmt.Fprintf(&b, "= ask %s %s %s\n", effect.Ask.ID, effect.Ask.Node, effect.Ask.Request)
		case effect.Tag != nil:
			fmt.Fprintf(&b, "= tag +%v -%v\n", effect.Tag.Add, effect.Tag.Remove)
		case effect.Rate != nil:
			fmt.Fprintf(&b, "= rate %s %d/%d %q\n", effect.Rate.Node, effect.Rate.Score, effect.Rate.Scale, effect.Rate.Comment)
		case effect.Schedule != nil:
			fmt.Fprintf(&b, "= wait %s\n", time.Duration(effect.Schedule.AtMS-c.env.NowMS)*time.Millisecond)
		case effect.End != nil:
			fmt.Fprintf(&b, "= end %s\n", effect.End.Reason)
		}
	}
	if len(effects) == 0 {
		b.WriteString("= nothing\n")
	}
	return b.String()
}

// beside tells what a message holds beside its words.
func beside(b *strings.Builder, content *message.Content) {
	for _, link := range content.Links {
		fmt.Fprintf(b, "  link: [%s] %s\n", link.Title, link.URL)
	}
	if content.Request != "" {
		fmt.Fprintf(b, "  request: %s\n", content.Request)
	}
	if content.Poll != nil {
		fmt.Fprintf(b, "  poll: [%s]\n", strings.Join(content.Poll.Options, "] ["))
	}
	for _, media := range content.Album {
		fmt.Fprintf(b, "  file: %s\n", media.Blob)
	}
	for _, slide := range content.Deck {
		fmt.Fprintf(b, "  card: %s: %s", slide.Title, slide.Text)
		for _, option := range slide.Options {
			fmt.Fprintf(b, " [%s]", option.Title)
		}
		for _, link := range slide.Links {
			fmt.Fprintf(b, " [%s %s]", link.Title, link.URL)
		}
		b.WriteByte('\n')
	}
	if call := content.Ask; call != nil {
		fmt.Fprintf(b, "  form: %s [%s] %s %s\n", call.ID, call.Button, call.Screen, call.Data)
	}
}

// compiled reads a flow of the test data or of the templates.
func compiled(t testing.TB, name string) *Compiled {
	text, err := os.ReadFile(filepath.Join("testdata", "flow", name+".json"))
	if err != nil {
		if text, err = template.Text(name); err != nil {
			t.Fatal(err)
		}
	}
	definition, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	flow, issues := Compile(definition, Options{Channels: allChannels, Key: name, Flows: kin(t, definition, nil)})
	if flow == nil {
		for _, issue := range issues {
			t.Errorf("%s: %s: %s: %s", name, issue.Weight, issue.Node, issue.Sentence("pt-BR"))
		}
		t.FailNow()
	}
	return flow
}

// kin reads the flows that a definition calls or jumps to, and those that they do.
func kin(t testing.TB, d *Definition, have map[string]*Definition) map[string]*Definition {
	if have == nil {
		have = map[string]*Definition{}
	}
	for _, key := range Inspect(d).Flows {
		if have[key] != nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join("testdata", "flow", key+".json"))
		if err != nil {
			continue // the compiler says so
		}
		if have[key], err = Parse(text); err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		kin(t, have[key], have)
	}
	return have
}

// Each file of testdata/transcript is a conversation: its lines with ">" are
// what the customer does, the others what came of it. The first line names the
// flow, the channel and optionally the customer's language.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/transcript/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(string(text), "\n")
			head := strings.Fields(strings.TrimPrefix(lines[0], "# "))
			c := meet(t, compiled(t, head[0]), message.Channel(head[1]))
			for _, word := range head[2:] {
				if word == "trail" {
					c.traced = true
				} else {
					c.env.Contact.Language = word
				}
			}
			var b strings.Builder
			b.WriteString(lines[0] + "\n")
			for _, line := range lines[1:] {
				if said, is := strings.CutPrefix(line, "> "); is {
					b.WriteString("\n" + line + "\n")
					if said == "!days" {
						c.write(said)
						continue
					}
					b.WriteString(c.tell(c.write(said)))
					if c.traced {
						fmt.Fprintf(&b, "= trail %v\n", c.trail)
					}
				}
			}
			got := b.String()
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(text) {
				t.Errorf("got:\n%s\nwant:\n%s", got, text)
			}
		})
	}
}

// flowText reads a flow of the test data as it is written.
func flowText(t testing.TB, name string) []byte {
	text, err := os.ReadFile(filepath.Join("testdata", "flow", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
