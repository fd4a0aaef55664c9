package realtime

import (
	"encoding/json"
	"sync"

	"prosa/internal/event"
)

// entry is one event on its way to browsers. It is encoded once for all of
// them, and only when somebody is there to read it.
type entry struct {
	at       position
	envelope event.Envelope
	epoch    string
	light    bool   // no id, not replayed
	words    []byte // set for words about the connection, which are no event
	encode   sync.Once
	wire     []byte
}

// bytes is the event in the form of the HTML standard, section 9.2
// (server-sent events).
func (e *entry) bytes() []byte {
	if e.words != nil {
		return e.words
	}
	e.encode.Do(func() {
		shown := e.envelope
		shown.Viewers = nil // who else may see it is nobody's matter
		data, err := json.Marshal(shown)
		if err != nil {
			return // data that was JSON on the stream is JSON here
		}
		e.wire = block(e.id(), e.envelope.Type, data)
	})
	return e.wire
}

func (e *entry) id() string {
	if e.light {
		return ""
	}
	return eventID(e.epoch, e.at)
}

// size is about what an entry costs in memory.
func (e *entry) size() int { return len(e.envelope.Data)*2 + 512 }

// block spells one event; data is JSON without line breaks.
func block(id, kind string, data []byte) []byte {
	wire := make([]byte, 0, len(id)+len(kind)+len(data)+24)
	if id != "" {
		wire = append(append(append(wire, "id: "...), id...), '\n')
	}
	wire = append(append(append(wire, "event: "...), kind...), '\n')
	return append(append(append(wire, "data: "...), data...), '\n', '\n')
}

// control spells an event about the connection itself.
func control(kind string, data any) []byte {
	encoded, err := json.Marshal(data)
	if err != nil {
		encoded = []byte("{}") // structs of texts and booleans always encode
	}
	return block("", kind, encoded)
}

// readFrame decodes a message of the EVENT stream into entries.
func readFrame(epoch string, seq uint64, data []byte) ([]*entry, error) {
	var envelopes []event.Envelope
	if err := json.Unmarshal(data, &envelopes); err != nil {
		return nil, err
	}
	entries := make([]*entry, len(envelopes))
	for i, envelope := range envelopes {
		entries[i] = &entry{at: position{seq, i}, envelope: envelope, epoch: epoch}
	}
	return entries, nil
}
