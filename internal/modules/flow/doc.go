// Package flow is the bot engine, a pure function:
//
//	Step(compiled flow, session state, input, environment) -> (state, effects)
//
// The clock, ids and the customer come in with Env; what must be done goes out
// as effects, which botrun carries out. The same arguments always give the same
// results, so that any conversation can be replayed step by step.
//
// A Definition is a JSON text with named nodes (api/flow.schema.json); texts of
// earlier versions of the form are read through Migrate. Compile parses its
// templates and conditions once and proves what can be proved; nothing is
// published that has an Issue of weight Error. Inspect tells what a definition
// holds, however broken it is.
//
// Invariants of Step, whatever a customer sends and whatever a flow holds:
//   - at most MaxMessages messages and maxSteps nodes a turn, within the turn's fuel;
//     turns that go on after an answer from outside share the first one's budget;
//   - a failure, a limit or too many misunderstandings end with a sentence to
//     the customer and a hand-off, never in silence;
//   - 'atendente' and its like reach a person from everywhere, save from a question
//     whose author made it deaf, and from there too on Instagram;
//   - a button of an older message is never taken for an answer, nor is a timer
//     or an answer from outside that belongs to an earlier turn;
//   - reactions and missed calls wake a flow only where its author has an Event
//     for them;
//   - what a customer wrote is data, never a template, and what a service
//     answered is data too: neither can form a reference to a secret;
//   - secrets are references in states, effects and records;
//   - the state stays small: its size depends on the variables and on the depth of
//     the sub-flows, not on the turns.
//
// What a session waits for is one of three: the customer (waiter), a time
// (sleeper) or an answer from outside (asker). Each has one timer, named after
// the turn that set it, and a stale one does nothing. A call of a service is no
// wait for the customer: what is said before and after it counts as one burst,
// and a cycle through calls alone is refused.
//
// Other flows are compiled with the one that calls them (Options.Flows) into one
// family: a version is whole in itself. A sub-flow has variables of its own and
// comes back by a return; a jump leaves for good.
//
// The trail says which exits a turn took; counts and replays live on it.
//
// A new kind of node is one file with its definition and its runner, and one
// line in the table of kind.go. A node that needs something from outside (the
// shop, say) is an asker whose Ask has a Kind of its own; the proofs know it by
// its exits alone.
package flow
