package change

import (
	"prosa/internal/modules/flow"
)

// What says what kind of change it is. The words are stable.
type What string

// Kinds of change.
const (
	NodeAdded    What = "node_added"    // After: the kind
	NodeRemoved  What = "node_removed"  // Before: the kind
	NodeRenamed  What = "node_renamed"  // Before, After: the names
	NodesMoved   What = "nodes_moved"   // the author's order, which a customer never sees
	Exit         What = "exit"          // Before, After: nodes, empty for none
	Text         What = "text"          // of one Language
	ItemAdded    What = "item_added"    // an option, a case, a word; After: where it leads
	ItemRemoved  What = "item_removed"  // Before: where it led
	ItemRenamed  What = "item_renamed"  // Before, After: the names
	ItemsMoved   What = "items_moved"   // Before, After: the items in their order
	VariableNew  What = "variable_new"  // After: its first value
	VariableGone What = "variable_gone" // Before: its first value
	Value        What = "value"         // any other field; empty for absent
)

// Change is one difference. Node is the name that the node has after the
// change; empty for the flow itself.
type Change struct {
	Node string `json:"node,omitempty"`
	What What   `json:"what"`
	// Field is the path in the node, items by their names: "options.sim.title".
	Field    string `json:"field,omitempty"`
	Language string `json:"language,omitempty"`
	// Label is what people call the item or the exit: an option's title.
	Label  string `json:"label,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Between gives the changes that lead from one definition to another. The only
// error is a definition that can't be written, which is a defect of ours.
func Between(before, after *flow.Definition) ([]Change, error) {
	a, err := before.Text()
	if err != nil {
		return nil, err
	}
	b, err := after.Text()
	if err != nil {
		return nil, err
	}
	return Texts(a, b)
}

// Texts is Between for texts that need not be flows: any JSON object of a
// flow's size. The error is Invalid or TooLarge.
func Texts(before, after []byte) ([]Change, error) {
	a, err := read(current(before))
	if err != nil {
		return nil, err
	}
	b, err := read(current(after))
	if err != nil {
		return nil, err
	}
	d := &differ{before: languageOf(a), after: languageOf(b)}
	d.flow(a, b)
	return d.changes, nil
}

// current brings a text to the newest version of the form, so that an upgrade
// of ours is no change of theirs; what can't be brought there stays.
func current(text []byte) []byte {
	if newest, _, err := flow.Migrate(text); err == nil {
		return newest
	}
	return text
}

// languageOf gives the language of bare texts.
func languageOf(root *tree) string {
	if list := root.field("languages"); list != nil && len(list.items) > 0 {
		return list.items[0].text
	}
	return ""
}
