package builder

import "encoding/json"

// Report is what a check of a flow finds.
type Report struct {
	OK     bool    `json:"ok" doc:"It could be published, as far as the proofs go."`
	Issues []Issue `json:"issues"`
	Hash   string  `json:"hash" doc:"Of the flow's canonical text; empty for a text that can't be read."`
	Graph  Graph   `json:"graph"`
}

// Issue is one finding.
type Issue struct {
	Weight   string   `json:"weight" enum:"error,warning"`
	Node     string   `json:"node" doc:"Name of the node that it is about, empty for the whole flow."`
	Code     string   `json:"code"`
	Args     []string `json:"args"`
	Sentence string   `json:"sentence" doc:"For people, in the caller's language."`
}

// Graph is a flow as a picture needs it.
type Graph struct {
	Nodes     []GraphNode     `json:"nodes"`
	Variables []GraphVariable `json:"variables"`
	Flows     []string        `json:"flows" doc:"Keys of the bots whose flows it enters."`
	Secrets   []string        `json:"secrets" doc:"Names of the secrets that it uses."`
}

// GraphNode is a node with its ways out.
type GraphNode struct {
	Name    string      `json:"name"`
	Kind    string      `json:"kind"`
	Summary string      `json:"summary"`
	Exits   []GraphExit `json:"exits"`
}

// GraphExit is a way out of a node.
type GraphExit struct {
	Label    string `json:"label"`
	To       string `json:"to" doc:"Name of a node, empty when it leads nowhere yet."`
	Optional bool   `json:"optional" doc:"The engine knows what to do where it leads nowhere."`
	Waited   bool   `json:"waited" doc:"Taken only after the customer wrote, or time passed."`
}

// GraphVariable is a variable with the nodes that use it.
type GraphVariable struct {
	Name   string   `json:"name"`
	SetBy  []string `json:"set_by"`
	ReadBy []string `json:"read_by"`
}

// Question is a flow to be checked.
type Question struct {
	Definition json.RawMessage
	BotID      string // for the channels it answers on; may be empty
	Lang       string
}
