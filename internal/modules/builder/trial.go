package builder

import "encoding/json"

// Test is a conversation as it should go.
type Test struct {
	Name    string            `json:"name"`
	Channel string            `json:"channel,omitempty"`
	Contact TurnContact       `json:"contact,omitempty"`
	Now     string            `json:"now,omitempty" doc:"RFC 3339: when it begins."`
	Steps   []json.RawMessage `json:"steps"`
}

// Outcome is what the tests of a flow gave.
type Outcome struct {
	Passed   int          `json:"passed"`
	Failed   int          `json:"failed"`
	Results  []TestResult `json:"results"`
	Coverage Coverage     `json:"coverage"`
}

// TestResult is what one test gave.
type TestResult struct {
	Name     string `json:"name"`
	Passed   bool   `json:"passed"`
	Step     int    `json:"step" doc:"The step that failed, from 0; -1 for none."`
	Expected string `json:"expected"`
	Got      string `json:"got"`
	Sentence string `json:"sentence" doc:"What went wrong, for people; empty when nothing did."`
}

// Coverage counts how often the tests went where.
type Coverage struct {
	Nodes map[string]int `json:"nodes"`
	Exits map[string]int `json:"exits" doc:"By node/exit."`
}

// Exploration is what generated customers found.
type Exploration struct {
	Runs     int       `json:"runs"`
	Seed     uint64    `json:"seed"`
	Failures []Failure `json:"failures"`
}

// Failure is a rule that a conversation broke, in the shortest conversation
// that breaks it.
type Failure struct {
	Invariant  string   `json:"invariant"`
	Sentence   string   `json:"sentence" doc:"For people, in the caller's language."`
	Transcript []string `json:"transcript"`
	Test       Test     `json:"test" doc:"The same as a test, to be kept."`
}
