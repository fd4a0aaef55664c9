// Package realtime tells browsers what happens, by server-sent events fed from
// the EVENT stream.
//
// One Hub a process follows the stream and fans events out to the browsers of
// the company that each event names, filtered by what the person may see. An
// event's id is "<epoch>.<stream sequence>.<index in the frame>"; a browser
// that comes back with the last id it saw gets all that followed, from memory
// or from the stream's retained tail, or is told to fetch anew ("resync").
//
// Invariants: a browser never misses an event in silence: it gets it, or it is
// told resync, or its connection is closed ("bye") so that it resumes. An event
// goes out once, in the stream's order. A type of event that this package does
// not know goes to nobody. Revoked sessions and changed rights close the
// connections that rest on them.
//
// Light events (typing, presence, changed counts) carry no id and are not
// replayed.
//
// Events in: all of EVENT. Events out: none.
package realtime
