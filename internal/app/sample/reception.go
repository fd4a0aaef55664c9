package sample

import (
	_ "embed"
	"encoding/json"
)

//go:embed reception.json
var reception []byte

// Flow is a bot as its author left it: the flow, where its steps stand on the
// canvas, and its tests.
type Flow struct {
	Definition json.RawMessage `json:"definition"`
	Layout     json.RawMessage `json:"layout"`
	Tests      json.RawMessage `json:"tests"`
}

// Reception is the bot that answers first: the reception of the templates, with
// a door to the shop, whose key is "loja".
func Reception() (Flow, error) {
	var made Flow
	return made, json.Unmarshal(reception, &made)
}
