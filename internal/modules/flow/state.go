package flow

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
)

// stateVersion is the version of the state's text form. A session of a newer
// one is refused rather than misread.
const stateVersion = 1

// Limits on what a session carries.
const (
	maxVariables = 64
	maxValue     = 1000 // bytes of one text value
	maxAside     = 8    // messages put aside
)

// Status is where a session stands.
type Status string

// The states of a session. The zero status is a session that has not begun.
const (
	New       Status = ""
	Waiting   Status = "waiting"
	Ended     Status = "ended"
	HandedOff Status = "handed_off"
	Failed    Status = "failed" // handed off after a failure
)

// State is a session between two turns. Its size does not grow with the turns.
type State struct {
	Status    Status
	Node      string // waits here
	Seq       int64  // turns taken; every reply's id is made from it
	Asked     int64  // the turn in which Node asked: options of other turns are stale
	Misses    int    // answers in a row that were not understood
	Page      int    // numbered page on show
	Pending   string // quick messages that wait for the rest, see Settings.GatherSeconds
	Idles     int    // timers in a row without a word of the customer
	Lang      int    // index into the flow's languages
	StartedMS int64
	HourMS    int64 // the current hour of the turn cap
	HourTurns int
	Vars      []Var // sorted by name

	Stage int     // which of its questions a node with several has asked
	DueMS int64   // when a wait or the deadline of an Ask is over; 0 waits for the customer
	Aside []Heard // what the customer sent while an Ask was pending
	Facts []Var   // of the customer's last message, see factNames; sorted by name
	Wakes int     // waits in a row that ended without a word of the customer
	// Since the customer's last word, while an Ask is pending: calls, messages
	// and steps, so that a turn that goes on after an answer has no new budget.
	Calls, Sent, Steps int

	// Asking says that a node that both asks and is answered (a dialog) waits for
	// the outside; with a Topic it waits for something to happen there, and the
	// customer may write meanwhile.
	Asking bool
	Topic  string
	Kept   string // what such a node keeps until it is left: JSON of its own

	Flow  string  // key of the flow that Node is in; empty is the version's own
	Stack []Frame // where the sub-flows under way return to, the outermost first
}

// Frame is a sub-flow node that waits for its flow to return.
type Frame struct {
	Flow string // key of the flow that the node is in
	Node string
	Lang int
	Vars []Var // of that flow
}

// Path names the node at which the session waits in the form of Passed.Node;
// empty for none.
func (s *State) Path() string {
	if s.Node == "" {
		return ""
	}
	return pathOf(s) + s.Node
}

// pathOf is what stands before the names of the nodes of the current flow.
func pathOf(s *State) string {
	home := s.Flow
	if len(s.Stack) > 0 {
		home = s.Stack[0].Flow
	}
	path := ""
	if home != "" {
		path = home + ":"
	}
	for i := range s.Stack {
		path += s.Stack[i].Node + "/"
	}
	return path
}

// Var is a variable of a session.
type Var struct {
	Name  string
	Value Value
}

// Get gives a variable; an unknown one is empty.
func (s *State) Get(name string) Value {
	v, _ := find(s.Vars, name)
	return v
}

func find(vars []Var, name string) (Value, bool) {
	for i := range vars {
		if vars[i].Name == name {
			return vars[i].Value, true
		}
	}
	return Value{}, false
}

// with returns the variables with one set. The given slice is not changed,
// since the caller still holds the state before the turn.
func with(vars []Var, name string, value Value) []Var {
	at, found := slices.BinarySearchFunc(vars, name, func(v Var, name string) int { return strings.Compare(v.Name, name) })
	out := make([]Var, 0, len(vars)+1)
	out = append(out, vars[:at]...)
	out = append(out, Var{name, value})
	if found {
		at++
	}
	return append(out, vars[at:]...)
}

// Encode writes the state in its compact text form.
func (s *State) Encode() string {
	b := make([]byte, 0, 128+32*len(s.Vars))
	b = append(b, `{"v":`...)
	b = strconv.AppendInt(b, stateVersion, 10)
	b = text(b, "s", string(s.Status))
	b = text(b, "n", s.Node)
	b = number(b, "q", s.Seq)
	b = number(b, "a", s.Asked)
	b = number(b, "m", int64(s.Misses))
	b = number(b, "p", int64(s.Page))
	b = text(b, "g", s.Pending)
	b = number(b, "i", int64(s.Idles))
	b = number(b, "l", int64(s.Lang))
	b = number(b, "t", s.StartedMS)
	b = number(b, "h", s.HourMS)
	b = number(b, "c", int64(s.HourTurns))
	b = number(b, "e", int64(s.Stage))
	b = number(b, "d", s.DueMS)
	b = number(b, "u", int64(s.Wakes))
	b = number(b, "k", int64(s.Calls))
	b = number(b, "o", int64(s.Sent))
	b = number(b, "w", int64(s.Steps))
	if s.Asking {
		b = number(b, "y", 1)
	}
	b = text(b, "j", s.Topic)
	b = text(b, "z", s.Kept)
	b = text(b, "f", s.Flow)
	b = variables(b, "x", s.Vars)
	b = variables(b, "F", s.Facts)
	if len(s.Stack) > 0 {
		b = append(b, `,"r":[`...)
		for i := range s.Stack {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, `{"v":1`...)
			b = text(b, "n", s.Stack[i].Node)
			b = number(b, "l", int64(s.Stack[i].Lang))
			b = text(b, "f", s.Stack[i].Flow)
			b = append(variables(b, "x", s.Stack[i].Vars), '}')
		}
		b = append(b, ']')
	}
	if len(s.Aside) > 0 {
		if aside, err := json.Marshal(s.Aside, json.Deterministic(true)); err == nil {
			b = append(append(b, `,"b":`...), aside...)
		}
	}
	return string(append(b, '}'))
}

func variables(b []byte, key string, vars []Var) []byte {
	if len(vars) == 0 {
		return b
	}
	b = append(append(append(b, `,"`...), key...), `":{`...)
	for i, v := range vars {
		if i > 0 {
			b = append(b, ',')
		}
		b, _ = jsontext.AppendQuote(b, v.Name)
		b = append(b, ':')
		b = v.Value.append(b)
	}
	return append(b, '}')
}

func text(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, `,"`...), key...), `":`...)
	b, _ = jsontext.AppendQuote(b, value)
	return b
}

func number(b []byte, key string, value int64) []byte {
	if value == 0 {
		return b
	}
	b = append(append(append(b, `,"`...), key...), `":`...)
	return strconv.AppendInt(b, value, 10)
}

// wire is the text form as the decoder sees it.
type wire struct {
	Version   int      `json:"v"`
	Status    Status   `json:"s"`
	Node      string   `json:"n"`
	Seq       int64    `json:"q"`
	Asked     int64    `json:"a"`
	Misses    int      `json:"m"`
	Page      int      `json:"p"`
	Pending   string   `json:"g"`
	Idles     int      `json:"i"`
	Lang      int      `json:"l"`
	StartedMS int64    `json:"t"`
	HourMS    int64    `json:"h"`
	HourTurns int      `json:"c"`
	Vars      wireVars `json:"x"`

	Stage  int         `json:"e"`
	DueMS  int64       `json:"d"`
	Wakes  int         `json:"u"`
	Calls  int         `json:"k"`
	Sent   int         `json:"o"`
	Steps  int         `json:"w"`
	Asking int         `json:"y"`
	Topic  string      `json:"j"`
	Kept   string      `json:"z"`
	Flow   string      `json:"f"`
	Stack  []wireFrame `json:"r"`
	Aside  []Heard     `json:"b"`
	Facts  wireVars    `json:"F"`
}

type wireFrame struct {
	Node string   `json:"n"`
	Lang int      `json:"l"`
	Flow string   `json:"f"`
	Vars wireVars `json:"x"`
}

type wireVars []Var

// UnmarshalJSONFrom reads an object in its order.
func (w *wireVars) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if open, err := dec.ReadToken(); err != nil {
		return err
	} else if open.Kind() != '{' {
		return errors.New("variables are an object")
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		v := Var{Name: name.String()}
		if err := v.Value.UnmarshalJSONFrom(dec); err != nil {
			return err
		}
		*w = append(*w, v)
	}
	_, err := dec.ReadToken()
	return err
}

// Decode reads what Encode wrote; an empty text is a new session.
func Decode(encoded string) (State, error) {
	if encoded == "" {
		return State{}, nil
	}
	var w wire
	if err := json.Unmarshal([]byte(encoded), &w); err != nil {
		return State{}, fault.New(fault.Internal, "a bot's session can't be read: %w", err)
	}
	if w.Version != stateVersion {
		return State{}, fault.New(fault.Internal, "a bot's session is of version %d, this engine reads %d", w.Version, stateVersion)
	}
	if len(w.Stack) > MaxStack {
		return State{}, fault.New(fault.Internal, "a bot's session is %d sub-flows deep", len(w.Stack))
	}
	byName := func(a, b Var) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(w.Vars, byName)
	slices.SortFunc(w.Facts, byName)
	var stack []Frame
	for _, frame := range w.Stack {
		slices.SortFunc(frame.Vars, byName)
		stack = append(stack, Frame{Flow: frame.Flow, Node: frame.Node, Lang: frame.Lang, Vars: frame.Vars})
	}
	return State{
		Status: w.Status, Node: w.Node, Seq: w.Seq, Asked: w.Asked, Misses: w.Misses, Page: w.Page, Pending: w.Pending, Idles: w.Idles,
		Lang: w.Lang, StartedMS: w.StartedMS, HourMS: w.HourMS, HourTurns: w.HourTurns, Vars: w.Vars,
		Stage: w.Stage, DueMS: w.DueMS, Wakes: w.Wakes, Calls: w.Calls, Sent: w.Sent, Steps: w.Steps,
		Asking: w.Asking != 0, Topic: w.Topic, Kept: w.Kept, Flow: w.Flow, Stack: stack, Aside: w.Aside, Facts: w.Facts,
	}, nil
}
