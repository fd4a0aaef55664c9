package trial

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"prosa/internal/message"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/flow/stand"
)

// stage is one conversation under way, with its clock and its timer.
type stage struct {
	subject *Subject
	env     flow.Env
	state   flow.State
	session int // sessions begun: after an end the customer may write again
	timer   *flow.Schedule
	ask     *flow.Ask
	stand   *stand.Stand // the shop that the flow asks
	// stated says that the test tells the next answer of the shop itself; served
	// that the stand answers. In a generated conversation every answer is a step.
	stated, served bool
	at             string // path of the node where the last turn came to rest

	shown   *message.Choice // the choice last shown, and by which node
	shownBy string
	choices []*message.Choice // all that were ever shown

	unread []spoken // what the bot sent that no step has looked at
	handed *flow.HandOff
	ended  *flow.End
	fields map[string]string
	tags   []string
	score  *int

	coverage Coverage
	lines    []Line
	step     int // from 0, for the lines
	watch    func(*turn)
}

// spoken is a message of the bot with the names of its options.
type spoken struct {
	content message.Content
	options []string
}

// turn is one turn as it went.
type turn struct {
	in      flow.Input
	env     flow.Env
	before  flow.State
	after   flow.State
	effects []flow.Effect
	err     error
}

// Who did what a Line tells.
const (
	whoCustomer = "customer"
	whoBot      = "bot"
	whoTime     = "time"
	whoWeb      = "web"
	whoSystem   = "system" // what came of it: a person was called, the end
)

// Line is one line of a transcript, for people.
type Line struct {
	Step    int      `json:"step"` // from 0
	Who     string   `json:"who"`  // customer, bot, time, web, system
	Text    string   `json:"text"`
	Options []string `json:"options,omitempty"` // names, of a choice
}

// String writes the line as a transcript has it.
func (l Line) String() string {
	sign := map[string]string{whoCustomer: ">", whoBot: "<", whoTime: "~", whoWeb: "@", whoSystem: "="}[l.Who]
	text := sign + " " + strings.ReplaceAll(l.Text, "\n", "\n  ")
	if len(l.Options) > 0 {
		text += " [" + strings.Join(l.Options, "] [") + "]"
	}
	return text
}

// begin sets the stage for a test.
func begin(subject *Subject, test *Test) (*stage, error) {
	now, err := test.begins()
	if err != nil {
		return nil, err
	}
	s := &stage{subject: subject, coverage: Coverage{Nodes: map[string]int{}, Exits: map[string]int{}}, stand: stand.New(nil), fields: map[string]string{}}
	s.env = flow.Env{NowMS: now.UnixMilli(), Channel: test.channel(), Contact: test.Contact, Zone: now.Location()}
	if s.env.Session = test.Session; test.Session == "" {
		s.env.Session = sessionID(0)
	}
	return s, nil
}

// sessionID is what a session on trial is called: the ids of options are made
// from its end.
func sessionID(n int) string { return fmt.Sprintf("bse_00000000trial%05d", n) }

// messageID is what the customer's message of a step is called.
func messageID(step int) string { return fmt.Sprintf("msg_00000000trial%05d", step) }

// busy reports that the bot is to be heard: a session is new or waits.
func (s *stage) busy() bool { return s.state.Status == flow.New || s.state.Status == flow.Waiting }

// do does what a step says that happens. It gives a failure where that is not
// possible: an option that is not there, an answer that nobody waits for.
func (s *stage) do(step *Step) *failure {
	defer s.serve()
	switch {
	case step.Customer != nil:
		return s.customer(step.Customer)
	case step.Start:
		s.env.NowMS += second
		s.tell(whoSystem, "start")
		s.take(flow.Input{Kind: flow.Start})
	case step.Wait != "":
		s.tell(whoTime, step.Wait)
		length, _ := duration(step.Wait)
		s.wait(length)
	case step.Answer != nil:
		return s.answer(step.Answer)
	}
	return nil
}

const second = int64(time.Second / time.Millisecond)

func (s *stage) customer(c *Customer) *failure {
	if !c.Quick {
		s.env.NowMS += second
	}
	content := message.Content{Kind: message.Text, Text: c.Text}
	told := c.Text
	switch {
	case c.Pick != "":
		picked, problem := s.pick(c.Pick)
		if problem != nil {
			return problem
		}
		content, told = picked, "["+c.Pick+"]"
	case c.Tap != "":
		content = message.Content{Kind: message.Pick, Text: c.Text, Pick: &message.Picked{ID: c.Tap, Title: c.Text}}
		told = "[" + c.Text + " " + c.Tap + "]"
	case c.Cart != nil:
		content, told = message.Content{Kind: message.Cart, Order: c.Cart}, "(order)"
	case c.About != nil:
		content.About, told = c.About, "(about "+c.About.RetailerID+") "+c.Text
	case c.Media != "":
		content, _ = mediumOf(c.Media)
		if c.Text != "" {
			content.Text = c.Text
		}
		told = strings.TrimSpace("(" + c.Media + ") " + c.Text)
	case len(c.Form) > 0:
		content, told = message.Content{Kind: message.Form, Form: []byte(c.Form)}, "(form) "+string(c.Form)
	case c.Location != nil:
		content, told = message.Content{Kind: message.Place, Place: c.Location}, "(location) "+c.Location.Name
	}
	s.tell(whoCustomer, told)
	// After an end, whoever writes begins anew; a person who took over answers
	// by hand, and the bot is silent.
	if s.state.Status == flow.Ended {
		s.renew()
	}
	s.take(flow.Input{Kind: flow.Wrote, Content: content, Message: messageID(s.step), Referral: c.Referral})
	return nil
}

func (s *stage) renew() {
	s.session++
	s.state, s.timer, s.ask, s.shown, s.at = flow.State{}, nil, nil, nil, ""
	s.env.Session = sessionID(s.session)
}

// pick taps an option of the choice on show; where the channel shows numbers,
// the customer writes the number.
func (s *stage) pick(name string) (message.Content, *failure) {
	if s.shown == nil {
		return message.Content{}, &failure{code: noChoice, expected: name}
	}
	names := s.subject.optionNames(s.shownBy, s.shown)
	for i, own := range names {
		if own != name {
			continue
		}
		option := s.shown.Options[i]
		if strings.HasPrefix(option.ID, "poll:") {
			return message.Content{Kind: message.Pick, Text: strconv.Itoa(i + 1), Pick: &message.Picked{ID: option.ID, Title: strconv.Itoa(i + 1)}}, nil
		}
		if s.subject.node(s.shownBy).Kind != "deck" && message.Lay(*s.shown, "?", s.env.Channel).Shape == message.ShapeNumbered {
			return message.Content{Kind: message.Text, Text: strconv.Itoa(i + 1)}, nil
		}
		return message.Content{Kind: message.Pick, Text: option.Title, Pick: &message.Picked{ID: option.ID, Title: option.Title}}, nil
	}
	return message.Content{}, &failure{code: noOption, expected: name, got: strings.Join(names, ", ")}
}

// maxFired bounds the timers that one wait may fire.
const maxFired = 200

// wait lets time pass and fires the timers that come due, in their order.
func (s *stage) wait(length time.Duration) {
	until := s.env.NowMS + length.Milliseconds()
	for range maxFired {
		if s.timer == nil || s.timer.AtMS > until {
			break
		}
		due := *s.timer
		s.timer = nil
		s.env.NowMS = max(s.env.NowMS, due.AtMS)
		s.take(flow.Input{Kind: flow.Timer, Timer: due.Timer})
		s.serve()
	}
	s.env.NowMS = until
}

func (s *stage) answer(a *Answer) *failure {
	body := a.Body.Clone()
	if err := body.Compact(); err != nil {
		body = a.Body // the parser lets nothing in that is no JSON
	}
	answer := flow.Answer{OK: a.OK, Status: a.Status, Body: string(body), Error: a.Error, Pending: a.Topic != "", Topic: a.Topic}
	if a.Raw != "" {
		answer.Body = a.Raw
	}
	if answer.OK && answer.Status == 0 {
		answer.Status = 200
	}
	switch {
	case a.Late:
		answer.ID = "ask.0" // no turn has this number
	case s.ask == nil:
		return &failure{code: noAsk}
	default:
		answer.ID = s.ask.ID
		if !answer.Pending {
			s.ask = nil
		}
	}
	s.env.NowMS += second
	s.tell(whoWeb, strings.TrimSpace(strconv.Itoa(answer.Status)+" "+answer.Body+" "+answer.Error))
	s.take(flow.Input{Kind: flow.Answered, Answer: &answer})
	return nil
}

// take takes a turn through the state's text form, as a stored session would.
func (s *stage) take(in flow.Input) {
	if !s.busy() {
		return
	}
	t := &turn{in: in, env: s.env, before: s.state}
	stored, err := flow.Decode(s.state.Encode())
	if err == nil {
		t.after, t.effects, err = flow.Step(s.subject.flow, stored, in, s.env)
	}
	if t.err = err; err != nil {
		t.after = s.state
	}
	s.state = t.after
	s.note(t)
	if s.watch != nil {
		s.watch(t)
	}
}

// maxServed bounds the questions that the stand answers within one turn.
const maxServed = 16

// serve has the stand answer what the flow asks of its shop, unless the test
// states the answer.
func (s *stage) serve() {
	for range maxServed {
		if !s.served || s.stated || s.ask == nil || !ofShop(s.ask) || s.state.Topic != "" {
			return
		}
		told := s.stand.Ask(s.ask.Kind, s.ask.Request)
		answer := flow.Answer{ID: s.ask.ID, OK: told.OK, Body: told.Body, Pending: told.Topic != "", Topic: told.Topic}
		if !answer.Pending {
			s.ask = nil
		}
		s.take(flow.Input{Kind: flow.Answered, Answer: &answer})
	}
}

func ofShop(ask *flow.Ask) bool {
	return strings.HasPrefix(ask.Kind, "shop.") || ask.Kind == "template.fill"
}

// note keeps what the effects of a turn mean for the conversation.
func (s *stage) note(t *turn) {
	path, from := t.after.Path(), t.before.Path()
	for _, effect := range t.effects {
		for i, passed := range effect.Trail {
			// Where the turn begins, the session was before.
			s.coverage.pass(passed, i > 0 || passed.Node != from)
			path = passed.Node
		}
	}
	s.at = path
	if len(t.effects) > 0 {
		s.timer = nil
	}
	if t.after.Status != flow.Waiting {
		s.timer, s.ask = nil, nil
	}
	for _, effect := range t.effects {
		switch {
		case effect.Send != nil:
			s.sent(*effect.Send)
		case effect.Schedule != nil:
			s.timer = effect.Schedule
		case effect.Ask != nil:
			s.ask = effect.Ask
			s.tell(whoWeb, "? "+asked(effect.Ask))
		case effect.SetField != nil:
			s.fields[effect.SetField.Name] = effect.SetField.Value
		case effect.Tag != nil:
			s.tag(effect.Tag)
		case effect.Rate != nil:
			score := effect.Rate.Score
			s.score = &score
		case effect.HandOff != nil:
			s.handed = effect.HandOff
			s.tell(whoSystem, strings.TrimSpace("handoff "+effect.HandOff.Reason+" "+effect.HandOff.Team))
		case effect.End != nil:
			s.ended = effect.End
			s.tell(whoSystem, "end "+effect.End.Reason)
		}
	}
}

// asked names what a web call asks: its method and address.
func asked(ask *flow.Ask) string {
	var request struct {
		Method string `json:"method"`
		URL    string `json:"url"`
	}
	if ofShop(ask) || json.Unmarshal(ask.Request, &request) != nil {
		return ask.Kind
	}
	return strings.TrimSpace(request.Method + " " + request.URL)
}

func (s *stage) sent(content message.Content) {
	said := spoken{content: content}
	shown := tappable(&content)
	if shown != nil {
		said.options = s.subject.optionNames(s.at, shown)
		s.shown, s.shownBy = shown, s.at
		s.choices = append(s.choices, shown)
	}
	if shown == nil && s.shownBy == s.at && sells(s.subject.node(s.at).Kind) {
		s.shown = nil // the next question of the same node wants words
	}
	if content.Shelf != nil {
		s.shelf(content.Shelf)
	}
	s.unread = append(s.unread, said)
	s.lines = append(s.lines, Line{Step: s.step, Who: whoBot, Text: said.words(), Options: said.options})
}

// tappable gives what of a message can be tapped, as a choice; nil for nothing.
// A vote on a poll names the poll and the number of the answer.
func tappable(content *message.Content) *message.Choice {
	out := &message.Choice{}
	switch {
	case content.Choice != nil:
		return content.Choice
	case content.Poll != nil:
		for i, title := range content.Poll.Options {
			out.Options = append(out.Options, message.Option{ID: "poll:1:" + strconv.Itoa(i), Title: title})
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

// shelf shows goods: a tap on one is a tap on an option with its name.
func (s *stage) shelf(shelf *message.Shelf) {
	goods := &message.Choice{}
	for _, one := range shelf.Goods() {
		if one.Option != "" {
			goods.Options = append(goods.Options, message.Option{ID: one.Option, Title: one.Name})
		}
	}
	if len(goods.Options) > 0 {
		s.shown, s.shownBy = goods, s.at
	}
}

// words are what a test compares and a transcript shows.
func (s *spoken) words() string {
	if s.content.Text != "" {
		return s.content.Text
	}
	return message.Preview(s.content, "pt-BR")
}

func (s *stage) tag(change *flow.Tag) {
	for _, tag := range change.Remove {
		for i, own := range s.tags {
			if own == tag {
				s.tags = append(s.tags[:i:i], s.tags[i+1:]...)
				break
			}
		}
	}
	for _, tag := range change.Add {
		if !hasTag(s.tags, tag) {
			s.tags = append(s.tags, tag)
		}
	}
}

func hasTag(tags []string, wanted string) bool {
	for _, tag := range tags {
		if tag == wanted {
			return true
		}
	}
	return false
}

func (s *stage) tell(who, text string) {
	s.lines = append(s.lines, Line{Step: s.step, Who: who, Text: text})
}
