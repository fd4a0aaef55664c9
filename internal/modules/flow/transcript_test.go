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
		if effect.Ask != nil {
			c.ask = effect.Ask
		}
		if effect.Schedule != nil {
			c.timer = *effect.Schedule
		}
	}
	return effects
}

// write reads a line of a transcript: "olá" is a text; "#2" taps the second
// option on the screen, "#2@1" that of the first choice ever shown; "!voice" and
// the like send a medium; "!idle" lets the timer fire; "!late" an old timer.
func (c *customer) write(line string) []Effect {
	c.env.NowMS += 1000
	content := message.Content{Kind: message.Text, Text: strings.ReplaceAll(line, `\n`, "\n")}
	switch {
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
	return c.step(Input{Kind: Wrote, Content: content})
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
