package builder

import (
	"context"
	"encoding/json"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/flow/stand"
)

// Turn is one turn of a simulated conversation: the engine is asked with what
// the caller kept of the turn before, and nothing is stored.
type Turn struct {
	// Definition replaces the draft's.
	Definition json.RawMessage `json:"definition,omitempty" doc:"The flow; the draft's when absent."`
	Channel    message.Channel `json:"channel" enum:"whatsapp,telegram,messenger,instagram"`
	Contact    TurnContact     `json:"contact,omitempty"`
	State      string          `json:"state,omitempty" maxLength:"262144" doc:"As the turn before answered; empty begins."`
	Session    string          `json:"session,omitempty" maxLength:"64" pattern:"^([A-Za-z0-9_-]{10,64})?$" doc:"Any word of 10 characters or more, the same in all turns of one simulation: a split chooses by it."`
	Input      TurnInput       `json:"input"`
	NowMS      int64           `json:"now_ms,omitempty" doc:"The clock of the simulation; ours when absent."`
}

// TurnContact is the customer of a simulation.
type TurnContact struct {
	Name     string            `json:"name,omitempty" maxLength:"200"`
	Language string            `json:"language,omitempty" maxLength:"20"`
	Fields   map[string]string `json:"fields,omitempty" maxProperties:"50"`
}

// TurnInput is why the flow gets a turn.
type TurnInput struct {
	Kind    string           `json:"kind" enum:"start,message,timer,answer"`
	Content *message.Content `json:"content,omitempty" doc:"For a message. A tapped option is a pick with the id that was shown."`
	Timer   string           `json:"timer,omitempty" maxLength:"100" doc:"For a timer: its name."`
	Answer  *TurnAnswer      `json:"answer,omitempty" doc:"For an answer: what the web call that was asked for gave."`
}

// TurnAnswer is the made-up answer of a web call.
type TurnAnswer struct {
	ID     string          `json:"id" maxLength:"200" doc:"Of the ask."`
	OK     bool            `json:"ok"`
	Status int             `json:"status,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`
	Error  string          `json:"error,omitempty" maxLength:"500"`
}

// Simulated is what a turn did.
type Simulated struct {
	State     string                     `json:"state" doc:"Give it back with the next turn."`
	Status    string                     `json:"status" enum:"waiting,ended,handed_off,failed,"`
	Node      string                     `json:"node" doc:"Where it waits; empty when it does not."`
	Variables map[string]json.RawMessage `json:"variables"`
	Messages  []Spoken                   `json:"messages"`
	Effects   []json.RawMessage          `json:"effects" doc:"All effects, as they are recorded of a live turn."`
	Trail     []Passed                   `json:"trail" doc:"The nodes passed, with the exit taken of each; the last is where it came to rest."`
	Timer     *SetTimer                  `json:"timer,omitempty" doc:"When the flow goes on by itself, if the customer does not write."`
	Ask       *Asked                     `json:"ask,omitempty" doc:"A call that it waits for."`
}

// Spoken is a message of the bot, as it is and as a channel shows it.
type Spoken struct {
	Content message.Content `json:"content"`
	Shown   []Shown         `json:"shown" doc:"One for each channel."`
}

// Shown is a message on a channel.
type Shown struct {
	Channel message.Channel  `json:"channel" enum:"whatsapp,telegram,messenger,instagram"`
	Shape   string           `json:"shape" enum:"text,buttons,list,keyboard,quick_replies,numbered" doc:"How the options are offered."`
	Before  []string         `json:"before" doc:"Parts of a long text that go out first."`
	Text    string           `json:"text"`
	Header  string           `json:"header"`
	Footer  string           `json:"footer"`
	Button  string           `json:"button" doc:"Label that opens a list."`
	Options []message.Option `json:"options"`
	Page    int              `json:"page"`
	Pages   int              `json:"pages"`
}

// Passed is one step of a trail.
type Passed struct {
	Node string `json:"node"`
	Exit string `json:"exit"`
}

// SetTimer is when a flow goes on by itself.
type SetTimer struct {
	Name string `json:"name"`
	AtMS int64  `json:"at_ms"`
}

// Asked is a call that a flow waits for.
type Asked struct {
	ID      string          `json:"id"`
	Node    string          `json:"node"`
	Kind    string          `json:"kind"`
	Request json.RawMessage `json:"request"`
}

// simulationSession stands for the id of a session where the caller names none.
const simulationSession = "simulation"

// Simulate takes one turn. Nothing is kept, sent or called. Errors:
// fault.NotFound; fault.Invalid on state or input; a *Refusal with reason
// not_proved for a flow that can't run.
func (s *Service) Simulate(ctx context.Context, tenantID, botID, lang string, in Turn) (Simulated, error) {
	text, err := s.definitionOr(ctx, tenantID, botID, in.Definition)
	if err != nil {
		return Simulated{}, err
	}
	r, err := s.read(ctx, tenantID, botID, text)
	if isUnreadable(err) {
		return Simulated{}, notProved([]Issue{unreadable(err, lang)})
	}
	if err != nil {
		return Simulated{}, err
	}
	// One may try a flow on a channel while a text is still too long for another.
	r.options.Channels = []message.Channel{in.Channel}
	compiled, issues := flow.Compile(r.definition, r.options)
	if compiled == nil {
		return Simulated{}, notProved(issuesOf(issues, lang))
	}
	return s.turn(ctx, tenantID, compiled, in)
}

// maxServed bounds the questions that the stand answers within one turn.
const maxServed = 16

// shop opens the stand of a simulation: what the company sells, with the cart
// and the orders of the turns before.
func (s *Service) shop(ctx context.Context, tenantID, kept string) (*stand.Stand, error) {
	var products []stand.Product
	if s.goods != nil {
		var err error
		if products, err = s.goods(ctx, tenantID); err != nil {
			return nil, err
		}
	}
	shop := stand.New(products)
	if shop.Restore(kept) != nil {
		return nil, fault.OnField("state", "is not a state that we gave")
	}
	return shop, nil
}

func (s *Service) turn(ctx context.Context, tenantID string, compiled *flow.Compiled, in Turn) (done Simulated, err error) {
	// Behind the flow's own state stands that of the shop.
	stored, kept, _ := strings.Cut(in.State, "\n")
	state, err := flow.Decode(stored)
	if err != nil {
		return Simulated{}, fault.OnField("state", "is not a state that we gave")
	}
	input, err := in.Input.read()
	if err != nil {
		return Simulated{}, err
	}
	env := flow.Env{
		NowMS: in.NowMS, Channel: in.Channel, Session: in.Session, Zone: s.zone,
		Contact: flow.Contact{Name: in.Contact.Name, Language: in.Contact.Language, Fields: in.Contact.Fields},
	}
	if env.NowMS == 0 {
		env.NowMS = clock.MS(s.clock.Now())
	}
	if env.Session == "" {
		env.Session = simulationSession
	}
	defer func() {
		// The state came from outside: one that was tampered with may be unlike
		// anything that the engine made.
		if recover() != nil {
			done, err = Simulated{}, fault.OnField("state", "is not a state that we gave")
		}
	}()
	next, effects, err := flow.Step(compiled, state, input, env)
	if err != nil {
		return Simulated{}, fault.OnField("state", "%s", fault.MessageOf(err))
	}
	var shop *stand.Stand
	for range maxServed {
		ask := pending(effects)
		if ask == nil || next.Status != flow.Waiting || next.Topic != "" {
			break
		}
		if shop == nil {
			if shop, err = s.shop(ctx, tenantID, kept); err != nil {
				return Simulated{}, err
			}
		}
		told := shop.Ask(ask.Kind, ask.Request)
		answer := flow.Answer{ID: ask.ID, OK: told.OK, Body: told.Body, Pending: told.Topic != "", Topic: told.Topic}
		var more []flow.Effect
		if next, more, err = flow.Step(compiled, next, flow.Input{Kind: flow.Answered, Answer: &answer}, env); err != nil {
			return Simulated{}, fault.OnField("state", "%s", fault.MessageOf(err))
		}
		effects = append(answered(effects), more...)
	}
	if shop != nil {
		kept = shop.State()
	}
	done, err = simulated(next, effects)
	if kept != "" {
		done.State += "\n" + kept
	}
	return done, err
}

// pending gives what a turn asked of the shop and was not told.
func pending(effects []flow.Effect) *flow.Ask {
	for i := len(effects) - 1; i >= 0; i-- {
		if ask := effects[i].Ask; ask != nil {
			if strings.HasPrefix(ask.Kind, "shop.") || ask.Kind == "template.fill" {
				return ask
			}
			return nil
		}
	}
	return nil
}

// answered leaves out of a turn's effects what its question set going.
func answered(effects []flow.Effect) []flow.Effect {
	kept := effects[:0:0]
	for _, effect := range effects {
		if effect.Ask == nil && effect.Schedule == nil {
			kept = append(kept, effect)
		}
	}
	return kept
}

// read gives the input as the engine knows it.
func (in TurnInput) read() (flow.Input, error) {
	out := flow.Input{Kind: flow.InputKind(in.Kind), Timer: in.Timer}
	switch out.Kind {
	case flow.Start, flow.Timer:
	case flow.Wrote:
		if in.Content == nil {
			return out, fault.OnField("input.content", "is missing")
		}
		out.Content = *in.Content
		out.Message = "msg_" + simulationSession
	case flow.Answered:
		if in.Answer == nil {
			return out, fault.OnField("input.answer", "is missing")
		}
		out.Answer = &flow.Answer{ID: in.Answer.ID, OK: in.Answer.OK, Status: in.Answer.Status, Body: string(in.Answer.Body), Error: in.Answer.Error}
	default:
		return out, fault.OnField("input.kind", "must be start, message, timer or answer")
	}
	return out, nil
}

// simulated tells what a turn did.
func simulated(next flow.State, effects []flow.Effect) (Simulated, error) {
	out := Simulated{
		State: next.Encode(), Status: string(next.Status), Node: next.Path(), Messages: []Spoken{}, Trail: []Passed{},
	}
	var err error
	if out.Variables, err = Variables(next); err != nil {
		return Simulated{}, err
	}
	if out.Effects, err = Effects(effects); err != nil {
		return Simulated{}, err
	}
	for _, effect := range effects {
		switch {
		case effect.Send != nil:
			out.Messages = append(out.Messages, spoken(*effect.Send))
		case effect.Schedule != nil:
			out.Timer = &SetTimer{effect.Schedule.Timer, effect.Schedule.AtMS}
		case effect.Ask != nil:
			out.Ask = &Asked{effect.Ask.ID, effect.Ask.Node, effect.Ask.Kind, json.RawMessage(effect.Ask.Request)}
		case effect.Trail != nil:
			if n := len(out.Trail); n > 0 && out.Trail[n-1].Exit == "" {
				out.Trail = out.Trail[:n-1] // it rested only until the shop answered
			}
			out.Trail = append(out.Trail, Trail(effect.Trail)...)
		}
	}
	return out, nil
}

// Variables gives the variables of a session as JSON values.
func Variables(state flow.State) (map[string]json.RawMessage, error) {
	out := make(map[string]json.RawMessage, len(state.Vars))
	for _, variable := range state.Vars {
		text, err := jsonv2.Marshal(variable.Value)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "a variable can't be shown")
		}
		out[variable.Name] = text
	}
	return out, nil
}

// Effects gives effects as they are recorded, one JSON object each.
func Effects(effects []flow.Effect) ([]json.RawMessage, error) {
	out := make([]json.RawMessage, 0, len(effects))
	for _, effect := range effects {
		text, err := jsonv2.Marshal(effect, jsonv2.Deterministic(true))
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "an effect can't be shown")
		}
		out = append(out, text)
	}
	return out, nil
}

// Trail gives the steps of a turn.
func Trail(passed []flow.Passed) []Passed {
	out := make([]Passed, 0, len(passed))
	for _, step := range passed {
		out = append(out, Passed{step.Node, step.Exit})
	}
	return out
}

// spoken shows a message on every channel.
func spoken(content message.Content) Spoken {
	out := Spoken{Content: content, Shown: make([]Shown, 0, 4)}
	for _, channel := range everyChannel() {
		out.Shown = append(out.Shown, shown(content, channel))
	}
	return out
}

func shown(content message.Content, channel message.Channel) Shown {
	out := Shown{Channel: channel, Shape: "text", Text: content.Text, Before: []string{}, Options: []message.Option{}, Pages: 1}
	if content.Choice == nil {
		if parts := message.Split(content.Text, channel); len(parts) > 1 {
			last := len(parts) - 1
			out.Before, out.Text = parts[:last], parts[last]
		}
		return out
	}
	layout := message.Lay(*content.Choice, content.Text, channel)
	out.Shape, out.Text, out.Header, out.Footer, out.Button = string(layout.Shape), layout.Text, layout.Header, layout.Footer, layout.Button
	out.Before, out.Options = append(out.Before, layout.Before...), append(out.Options, layout.Options...)
	out.Page, out.Pages = content.Choice.Page, max(layout.Pages, 1)
	return out
}
