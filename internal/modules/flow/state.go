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
}

// Var is a variable of a session.
type Var struct {
	Name  string
	Value Value
}

// Get gives a variable; an unknown one is empty.
func (s *State) Get(name string) Value {
	for i := range s.Vars {
		if s.Vars[i].Name == name {
			return s.Vars[i].Value
		}
	}
	return Value{}
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
	if len(s.Vars) > 0 {
		b = append(b, `,"x":{`...)
		for i, v := range s.Vars {
			if i > 0 {
				b = append(b, ',')
			}
			b, _ = jsontext.AppendQuote(b, v.Name)
			b = append(b, ':')
			b = v.Value.append(b)
		}
		b = append(b, '}')
	}
	return string(append(b, '}'))
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
	slices.SortFunc(w.Vars, func(a, b Var) int { return strings.Compare(a.Name, b.Name) })
	return State{
		Status: w.Status, Node: w.Node, Seq: w.Seq, Asked: w.Asked, Misses: w.Misses, Page: w.Page, Pending: w.Pending, Idles: w.Idles,
		Lang: w.Lang, StartedMS: w.StartedMS, HourMS: w.HourMS, HourTurns: w.HourTurns, Vars: w.Vars,
	}, nil
}
