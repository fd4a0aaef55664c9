// Package flow is the bot engine, a pure function:
//
//	Step(compiled flow, session state, input, environment) -> (state, effects)
//
// The clock, ids and the customer come in with Env; what must be done goes out
// as effects, which botrun carries out. The same arguments always give the same
// results, so that any conversation can be replayed step by step.
//
// A Definition is a JSON text with named nodes (api/flow.schema.json). Compile
// parses its templates and conditions once and proves what can be proved;
// nothing is published that has an Issue of weight Error.
//
// Invariants of Step, whatever a customer sends and whatever a flow holds:
//   - at most MaxMessages messages and maxSteps nodes a turn, within the turn's fuel;
//   - a failure, a limit or too many misunderstandings end with a sentence to
//     the customer and a hand-off, never in silence;
//   - 'atendente' and its like reach a person from everywhere, save from a question
//     whose author made it deaf, and from there too on Instagram;
//   - a button of an older message is never taken for an answer;
//   - what a customer wrote is data, never a template;
//   - the state stays small: its size depends on the variables, not on the turns.
//
// A new kind of node is one file with its definition and its runner, and one
// line in the table of kind.go.
package flow
