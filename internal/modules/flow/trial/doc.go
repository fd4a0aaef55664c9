// Package trial tries a flow out before customers do: with tests that its author
// keeps beside it, and with customers that it makes up.
//
// A Test is a conversation as a list of steps: what the customer does, what the
// bot must answer, where it must stand. Run plays it against the compiled flow;
// Record turns a played conversation into a test; Explore plays random and
// hostile customers against rules that hold for every flow, and shrinks what
// breaks one to a short test.
//
// All of it is pure, as the engine is: the clock begins where the test says and
// moves only with the test, timers fire when it passes them, web calls are
// answered by the test. The same arguments always give the same results. What
// is read is bounded before it is parsed, and what runs stops with its context.
package trial
