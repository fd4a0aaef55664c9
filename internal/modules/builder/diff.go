package builder

// Change is one difference between two flows, by meaning.
type Change struct {
	Node     string `json:"node" doc:"Empty for the flow itself."`
	What     string `json:"what"`
	Field    string `json:"field"`
	Before   string `json:"before"`
	After    string `json:"after"`
	Sentence string `json:"sentence" doc:"For people, in the caller's language."`
}
