package app

// Route is one subject of the streams with everybody who writes or reads it.
type Route struct {
	Stream   string
	Subject  string // "<shard>" stands for each shard's number
	Carries  string
	Owner    string // the package that answers for it
	Writers  []string
	Readers  []string
	Retained string
}

// Topology is every subject on one screen. A test holds it against the
// subjects that the code names; `prosa inventory` prints it.
func Topology() []Route {
	return []Route{
		{
			Stream: "IN", Subject: "in.channel.<shard>", Carries: "frames of verified webhook pieces, fsynced before the 200", Owner: "edge/webhook",
			Writers: []string{"edge/webhook"}, Readers: []string{"conversation (the shard's owner, with botrun in its transaction)"},
			Retained: "until acknowledged; a full stream answers 503",
		},
		{
			Stream: "EVENT", Subject: "event.<shard>", Carries: "what happened: arrays of envelopes from the outbox", Owner: "platform/outbox",
			Writers: []string{"platform/outbox (the shard's owner)"}, Readers: []string{"edge/realtime", "sale (the shard's owner)", "tenancy (the shard's owner)", "listing (one process)"},
			Retained: "by age; refilled from the outbox table after a loss",
		},
		{
			Stream: "DEAD", Subject: "dead.conversation", Carries: "pieces that could not be worked on, alone", Owner: "modules/conversation",
			Writers: []string{"conversation"}, Readers: []string{"edge/httpapi (operator console)"},
			Retained: "until replayed or dropped, by age",
		},
		{
			Stream: "DEAD", Subject: "dead.sale", Carries: "events of orders that could not be followed, alone", Owner: "modules/sale",
			Writers: []string{"sale"}, Readers: []string{"edge/httpapi (operator console)"},
			Retained: "until replayed or dropped, by age",
		},
		{
			Stream: "DEAD", Subject: "dead.usage", Carries: "frames of events that could not be read", Owner: "modules/tenancy",
			Writers: []string{"tenancy"}, Readers: []string{"edge/httpapi (operator console)"},
			Retained: "until replayed or dropped, by age",
		},
		{
			Stream: "", Subject: "wake.<shard>", Carries: "a nudge: the shard's tables have news", Owner: "platform/stream",
			Writers: []string{"channel", "platform/outbox"}, Readers: []string{"channel and platform/outbox of the shard's owner"},
			Retained: "not stored",
		},
	}
}
