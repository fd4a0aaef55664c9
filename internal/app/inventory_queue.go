package app

import (
	"prosa/internal/adapters/mercadopago"
	"prosa/internal/adapters/sendgrid"
	"prosa/internal/cloud/inventory"
	"prosa/internal/edge/storefront"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/modules/media"
)

// What waits to be worked on, and how it ends when it can't be. The tests hold
// these lists against the schema, the services, the consumers that the code
// makes and the jobs that a process registers: what is missing here fails them.

// consumers is every reader of a stream.
func consumers() []inventory.Consumer {
	return []inventory.Consumer{
		{Name: "conversation-<shard>", Subject: "in.channel.<shard>", Owner: "modules/conversation", Dead: "dead.conversation"},
		{Name: "sale-<shard>", Subject: "event.<shard>", Owner: "modules/sale", Dead: "dead.sale"},
		{Name: "usage-<shard>", Subject: "event.<shard>", Owner: "modules/tenancy", Dead: "dead.usage"},
		{Name: "catalog follower", Subject: "event.<shard>", Owner: "modules/listing", Dead: "none is lost by it: what can't be read, or was missed, has all products compared with Meta again (listing_catalog.compare_ms)"},
		{Name: "realtime", Subject: "event.<shard>", Owner: "edge/realtime", Dead: "none is lost by it: the browser is told to read anew (resync); the tables are the truth"},
		{Name: "letters", Subject: "dead.conversation", Owner: "edge/httpapi", Dead: "is the dead-letter target: an operator gives back or drops in the console"},
		{Name: "letters of sale", Subject: "dead.sale", Owner: "edge/httpapi", Dead: "is the dead-letter target: an operator gives back or drops in the console"},
		{Name: "letters of usage", Subject: "dead.usage", Owner: "edge/httpapi", Dead: "is the dead-letter target: an operator gives back or drops in the console"},
		{Name: "wake-ups", Subject: "wake.<shard>", Owner: "modules/channel", Dead: "none is lost by it: the poll of a second finds what a lost nudge told"},
	}
}

// queues is every table whose rows wait for somebody.
func queues() []inventory.Queue {
	return []inventory.Queue{
		{Table: "outbox", Owner: "platform/outbox", Holds: "events that are not in the stream yet", Server: "shards", Dead: "none: tried until the stream takes it"},
		{Table: "delivery", Owner: "modules/channel", Holds: "parts of messages to be sent", Server: "shards", Dead: "state failed or unknown, with the platform's words: the attendant sees it at the message, with 'send again'"},
		{Table: "parked_event", Owner: "modules/conversation", Holds: "news of messages that are not there yet", Server: "shards", Dead: "forgotten after its time: nothing of ours was meant"},
		{Table: "conversation", Owner: "modules/conversation", Holds: "conversations that are snoozed or whose window ends", Server: "shards", Dead: "none: swept until it is done"},
		{Table: "bot_session", Owner: "modules/botrun", Holds: "timers of bots", Server: "bot timers", Dead: "a turn that fails hands the conversation to a person"},
		{Table: "bot_call", Owner: "modules/botrun", Holds: "web calls of bots", Server: "bot calls", Dead: "answered to the flow as failed after the tries; its error branch, or a person, goes on"},
		{Table: "bot_wait", Owner: "modules/botrun", Holds: "sessions that wait for news", Server: "bot waits", Dead: "none: brought until a turn takes it, or the session ends"},
		{Table: "stock_hold", Owner: "modules/product", Holds: "stock kept for orders that are not paid", Server: "unpaid orders", Dead: "none: swept until it is done"},
		{Table: "shop_order", Owner: "modules/order", Holds: "orders that wait for their payment", Server: "unpaid orders", Dead: "none: swept until it is done"},
		{Table: "payment", Owner: "modules/payment", Holds: "payments whose state a vendor is asked for", Server: "payments", Dead: "none: asked at growing pauses until it is settled or expired; shown at the order"},
		{Table: "refund", Owner: "modules/payment", Holds: "money to go back", Server: "payments", Dead: "next_ms 0: a person sends it, the order shows so"},
		{Table: "payment_notice", Owner: "modules/payment", Holds: "callbacks of payments not acted on", Server: "payment notices", Dead: "none: due again until the vendor could be asked"},
		{Table: "sale_bill", Owner: "modules/sale", Holds: "bills whose payer is to be reminded", Server: "payment reminders", Dead: "none: reminded once or not at all"},
		{Table: "listing_catalog", Owner: "modules/listing", Holds: "catalogs with something due", Server: "catalogs", Dead: "the catalog's page names the problem; tried again by itself"},
		{Table: "listing_item", Owner: "modules/listing", Holds: "items that Meta is asked about", Server: "catalogs", Dead: "the item's problem, in words, on the Vitrine page"},
		{Table: "listing_batch", Owner: "modules/listing", Holds: "batches that Meta works on", Server: "catalogs", Dead: "given up after a day: its items are compared and sent anew"},
		{Table: "mail_letter", Owner: "modules/mail", Holds: "letters to be sent", Server: "mails", Dead: "state failed, bounced, dropped or unknown, with the reason: the console's letters, with 'send again'"},
		{Table: "saga_step", Owner: "platform/saga", Holds: "steps of journeys", Server: "journeys", Dead: "state attention: the console's journeys, to retry, mend or skip with a reason"},
		{Table: "subscription", Owner: "modules/subscription", Holds: "contracts that are due to be looked at", Server: "plan payments", Dead: "the ladder of an overdue contract; the console shows its state"},
		{Table: "invoice", Owner: "modules/subscription", Holds: "invoices to be charged", Server: "plan payments", Dead: "state failed: the company and the console see it, the ladder begins"},
		{Table: "wish", Owner: "modules/subscription", Holds: "what vendors of payments are asked for", Server: "plan payments", Dead: "state refused, with the vendor's words, on the company's page"},
		{Table: "plan_notice", Owner: "modules/subscription", Holds: "callbacks of plan payments not acted on", Server: "plan payments", Dead: "none: due again until the vendor could be asked"},
		{Table: "acquisition_checkout", Owner: "modules/acquisition", Holds: "payment pages that wait for a buyer", Server: "signups", Dead: "state failed or expired: the journey in the console"},
		{Table: "channel_health", Owner: "modules/channel", Holds: "accounts to be checked and renewed", Server: "channel health", Dead: "an alarm: banner, bell and the channel's page"},
		{Table: "erasure", Owner: "modules/archive", Holds: "companies whose data goes", Server: "erasures", Dead: "none: goes on in pieces until nothing is left"},
		{Table: "upload", Owner: "modules/inbox", Holds: "files that no message names yet", Server: "unnamed files", Dead: "none: deleted when their time is over"},
	}
}

// discarded is how a job of the queue ends that can't be done.
const discarded = "kept as discarded for a week, counted in job metrics; "

// jobs is every kind of the job queue.
func jobs() []inventory.Job {
	return []inventory.Job{
		{Kind: media.Wanted{}.Kind(), Owner: "modules/media", Does: "fetch a file that a customer sent", Dead: discarded + "the message shows that its file could not be fetched, with 'try again'"},
		{Kind: templateSync{}.Kind(), Owner: "modules/template", Does: "read an account's message templates", Dead: discarded + "the templates' page shows the failure; the next round reads again"},
		{Kind: templateRound{}.Kind(), Owner: "modules/template", Does: "have all accounts' templates read, at an interval", Dead: discarded + "the next round comes by itself"},
		{Kind: meter.JobKind, Owner: "modules/finops", Does: "write yesterday's meters, and read those of all deployments", Dead: discarded + "the next round writes what lacks; the quality of the costs names days without meters"},
		{Kind: introduction{}.Kind(), Owner: "modules/contact", Does: "ask a platform for a customer's name and picture", Dead: discarded + "the contact keeps its address as its name"},
		{Kind: mergeFollow{}.Kind(), Owner: "modules/contact", Does: "move what belongs to a merged contact", Dead: discarded + "the merge's receipt says what has not moved"},
	}
}

// doors is what answers HTTP beside the API.
func doors() []inventory.Endpoint {
	return []inventory.Endpoint{
		{Path: "/webhooks/{channel}/{hook}", Owner: "edge/webhook", Needs: "the platform's signature or secret", Target: targetGateway},
		{Path: catalogHooks + "{hook}", Owner: "edge/webhook", Needs: "Meta's signature", Target: targetGateway},
		{Method: "POST", Path: planHooks + "{vendor}", Owner: "edge/webhook", Needs: "the vendor's signature or token", Target: targetGateway},
		{Method: "POST", Path: "/webhooks/" + sendgrid.Name, Owner: "edge/webhook", Needs: "SendGrid's signature", Target: targetGateway},
		{Method: "POST", Path: "/webhooks/" + mercadopago.Name + "/{hook}", Owner: "edge/webhook", Needs: "Mercado Pago's signature", Target: targetGateway},
		{Path: storefront.Prefix + "/", Owner: "edge/storefront", Needs: "a signed link", Target: targetAPI},
		{Method: "GET", Path: "/", Owner: "web", Needs: "public", Target: targetAPI},
		{Method: "GET", Path: "/metrics", Owner: "platform/telemetry", Needs: "the operators' address", Target: "every target"},
		{Method: "GET", Path: "/livez", Owner: "app", Needs: "the operators' address", Target: "every target"},
		{Method: "GET", Path: "/readyz", Owner: "app", Needs: "the operators' address", Target: "every target"},
	}
}
