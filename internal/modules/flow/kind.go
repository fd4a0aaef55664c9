package flow

import "prosa/internal/message"

// node is a node of a definition: what its author wrote. A kind of node is a
// type with these methods and a line in kinds.
type node interface {
	head() *Head
	// exits lists every way out, in a stable order. The proofs know the graph by
	// it and by nothing else.
	exits() []exit
	// says is how many messages the node sends at most when it is entered.
	says() int
	// gist is a few words for a card on the canvas, the author's own.
	gist(language string) string
	// prepare checks the texts and gives what runs. It reports problems to the
	// compiler and always gives a runner.
	prepare(c *compiler) runner
}

// runner is a prepared node.
type runner interface {
	// enter is called when a session comes to the node. It says where to go
	// on, or that the turn ends here.
	enter(r *run) step
}

// waiter is a runner that waits for the customer.
type waiter interface {
	runner
	// answer is called with what the customer wrote at this node.
	answer(r *run, content *message.Content) step
	// ask asks again after an answer that was refused, with the reason.
	ask(r *run, reason string) step
	// repeat asks again after something that was no answer, with a remark.
	repeat(r *run, remark string) step
	// hint says how to answer, after a remark on a medium.
	hint(p *phrases) string
}

// sleeper is a runner that waits for a time. A customer's word ends the wait.
type sleeper interface {
	runner
	wake(r *run) step
	woken(r *run) step
}

// asker is a runner that waits for the outcome of an Ask; what customers write
// meanwhile is put aside.
type asker interface {
	runner
	// late is called when the deadline passes without an answer.
	late(r *run) step
	answered(r *run, answer *Answer) step
}

// dialog is a runner that asks the outside and the customer by turns; the state
// says (Asking) which of the two it waits for.
type dialog interface {
	waiter
	late(r *run) step
	answered(r *run, answer *Answer) step
}

// Head is what every node has.
type Head struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

func (h *Head) head() *Head { return h }

// exit is a way out of a node.
type exit struct {
	label string   // for people: the option, the case, "next"
	to    string   // name of a node; empty is a dead end unless optional
	sets  []string // variables that have a value on this way
	// optional exits fall back on something of the engine when they are empty.
	optional bool
	// waited exits are taken in a later turn, with a burst of messages of its own:
	// after the customer wrote or a time has passed.
	waited bool
	// alone exits are taken without a word of the customer, however late.
	alone bool
}

// step is what a node decided: a node to go to, or the end of the turn.
type step struct {
	exit string // label of the way that is taken, for the trail
	to   string
	stop bool
}

func leave(exit, to string) step { return step{exit: exit, to: to} }

func stop() step { return step{stop: true} }

// Kinds lists every kind of node, in the order in which a palette shows them.
func Kinds() []string {
	return []string{
		"message", "deck", "choice", "question", "form", "rating", "condition", "switch", "hours", "split", "set", "tag", "wait", "web", "template", "jump", "subflow", "return", "handoff", "end",
		"product_search", "product_show", "product_variant", "product_about", "cart_add", "cart_show", "cart_change",
		"cart_receive", "coupon", "shipping", "order_place", "order_pay", "order_status",
	}
}

// kinds is the table of all kinds of node.
func kinds(kind string) (create func() node, found bool) {
	switch kind {
	case "message":
		return func() node { return &messageNode{} }, true
	case "choice":
		return func() node { return &choiceNode{} }, true
	case "deck":
		return func() node { return &deckNode{} }, true
	case "form":
		return func() node { return &formNode{} }, true
	case "question":
		return func() node { return &questionNode{} }, true
	case "rating":
		return func() node { return &ratingNode{} }, true
	case "condition":
		return func() node { return &conditionNode{} }, true
	case "switch":
		return func() node { return &switchNode{} }, true
	case "hours":
		return func() node { return &hoursNode{} }, true
	case "split":
		return func() node { return &splitNode{} }, true
	case "set":
		return func() node { return &setNode{} }, true
	case "tag":
		return func() node { return &tagNode{} }, true
	case "wait":
		return func() node { return &waitNode{} }, true
	case "web":
		return func() node { return &webNode{} }, true
	case "template":
		return func() node { return &templateNode{} }, true
	case "jump":
		return func() node { return &jumpNode{} }, true
	case "subflow":
		return func() node { return &subflowNode{} }, true
	case "return":
		return func() node { return &returnNode{} }, true
	case "handoff":
		return func() node { return &handOffNode{} }, true
	case "end":
		return func() node { return &endNode{} }, true
	case "product_search":
		return func() node { return &productSearchNode{} }, true
	case "product_show":
		return func() node { return &productShowNode{} }, true
	case "product_variant":
		return func() node { return &productVariantNode{} }, true
	case "product_about":
		return func() node { return &productAboutNode{} }, true
	case "cart_add":
		return func() node { return &cartAddNode{} }, true
	case "cart_show":
		return func() node { return &cartShowNode{} }, true
	case "cart_change":
		return func() node { return &cartChangeNode{} }, true
	case "cart_receive":
		return func() node { return &cartReceiveNode{} }, true
	case "coupon":
		return func() node { return &couponNode{} }, true
	case "shipping":
		return func() node { return &shippingNode{} }, true
	case "order_place":
		return func() node { return &orderPlaceNode{} }, true
	case "order_pay":
		return func() node { return &orderPayNode{} }, true
	case "order_status":
		return func() node { return &orderStatusNode{} }, true
	default:
		return nil, false
	}
}
