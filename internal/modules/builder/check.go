package builder

import (
	"context"
	"encoding/json"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow"
)

// Report is what a check of a flow finds.
type Report struct {
	OK     bool       `json:"ok" doc:"It could be published, as far as the proofs go."`
	Issues []Issue    `json:"issues"`
	Hash   string     `json:"hash" doc:"Of the flow's canonical text; empty for a text that can't be read."`
	Graph  flow.Graph `json:"graph" doc:"Empty for a text that can't be read."`
}

// Issue is one finding.
type Issue struct {
	Weight   string   `json:"weight" enum:"error,warning"`
	Flow     string   `json:"flow,omitempty" doc:"Key of the other bot whose flow it is about; absent for this one."`
	Node     string   `json:"node" doc:"Name of the node that it is about, empty for the whole flow."`
	Code     string   `json:"code"`
	Args     []string `json:"args"`
	Sentence string   `json:"sentence" doc:"For people, in the caller's language."`
}

// codeUnreadable is the issue of a text that is no flow at all.
const codeUnreadable = "unreadable"

// Question is a flow to be checked.
type Question struct {
	Definition json.RawMessage
	BotID      string // for the channels it answers on; may be empty
	Lang       string
}

// Check says what publishing a flow would say, and what the flow holds. A text
// that can't be read is a finding, not an error. Error: fault.NotFound for an
// unknown bot.
func (s *Service) Check(ctx context.Context, tenantID string, in Question) (Report, error) {
	report := Report{Issues: []Issue{}, Graph: flow.Graph{Nodes: []flow.GraphNode{}, Variables: []flow.GraphVariable{}, Flows: []string{}, Secrets: []string{}}}
	r, err := s.read(ctx, tenantID, in.BotID, in.Definition)
	if isUnreadable(err) {
		report.Issues = append(report.Issues, unreadable(err, in.Lang))
		return report, nil
	}
	if err != nil {
		return Report{}, err
	}
	compiled, issues := flow.Compile(r.definition, r.options)
	report.OK, report.Issues, report.Graph = compiled != nil, issuesOf(issues, in.Lang), flow.Inspect(r.definition)
	report.Hash, err = r.definition.Hash()
	return report, err
}

// unreadable makes an issue of an error of flow.Parse.
func unreadable(err error, lang string) Issue {
	said := fault.MessageOf(err)
	return Issue{Weight: string(flow.Error), Node: nodeOf(err), Code: codeUnreadable, Args: []string{said}, Sentence: flow.Unreadable(err, lang)}
}

// issuesOf puts findings of the engine into words.
func issuesOf(issues []flow.Issue, lang string) []Issue {
	list := make([]Issue, 0, len(issues))
	for _, issue := range issues {
		list = append(list, Issue{
			Weight: string(issue.Weight), Flow: issue.Flow, Node: issue.Node, Code: issue.Code,
			Args: append([]string{}, issue.Args...), Sentence: issue.Sentence(lang),
		})
	}
	return list
}

// warningsOf leaves out what keeps a flow from being published.
func warningsOf(issues []flow.Issue, lang string) []Issue {
	list := []Issue{}
	for _, issue := range issuesOf(issues, lang) {
		if issue.Weight == string(flow.Warning) {
			list = append(list, issue)
		}
	}
	return list
}

// notProved is the refusal of a flow that fails a proof; its flaws are the
// nodes with their sentences.
func notProved(issues []Issue) error {
	r := &Refusal{cause: fault.Refuse("not_proved", "the flow can't run as it is")}
	for _, issue := range issues {
		if issue.Weight != string(flow.Error) {
			continue
		}
		if len(r.flaws) == 0 {
			r.cause.Message = issue.Sentence
		}
		field := issue.Node
		if issue.Flow != "" {
			field = issue.Flow + ":" + field
		}
		r.flaws = append(r.flaws, Flaw{Field: field, Message: issue.Sentence})
	}
	return r
}

func asFault(err error) (*fault.Error, bool) {
	var f *fault.Error
	found := errors.As(err, &f)
	return f, found
}
