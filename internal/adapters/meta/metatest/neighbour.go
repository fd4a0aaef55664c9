package metatest

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

// Reader is what is tested of an adapter.
type Reader interface {
	Split(body []byte) ([]channel.Piece, error)
	Parse(piece []byte) (channel.Inbound, error)
}

// Neighbours says how an adapter's webhooks are built.
type Neighbours struct {
	Object string
	// Entry is a good entry with one message; the first %s is its id.
	Entry string
	// Lists are entries with a list of events: good, %s, good, where %[1]s and
	// %[3]s are the ids of the good messages and %[2]s stands between them.
	Lists []string
	// Elements names the lists in webhooks whose elements are worth trying.
	Elements []string
}

const before, after = "m_neighbour_before", "m_neighbour_after"

// Check puts a body between good neighbours: its entries between two good
// entries and, as it is, as an event between two good events. The neighbours
// must come out first and last and be read; an entry must give the same pieces
// as it does alone.
func (n Neighbours) Check(t *testing.T, reader Reader, body []byte) {
	t.Helper()
	clean, err := wire.Clean(body)
	if err != nil || !meta.Valid(clean) {
		return
	}
	alone, err := reader.Split(body)
	if err == nil {
		among := n.split(t, reader, n.envelope(fmt.Sprintf(n.Entry, before), entriesOf(clean), fmt.Sprintf(n.Entry, after)))
		if among != nil {
			samePieces(t, alone, among[1:len(among)-1], body)
		}
	}
	for _, list := range n.Lists {
		n.split(t, reader, n.envelope(fmt.Sprintf(list, before, clean, after)))
	}
}

func (n Neighbours) envelope(entries ...string) []byte {
	var list []string
	for _, entry := range entries {
		if entry != "" {
			list = append(list, entry)
		}
	}
	var body bytes.Buffer
	fmt.Fprintf(&body, `{"object":%q,"entry":[`, n.Object)
	for i, entry := range list {
		if i > 0 {
			body.WriteByte(',')
		}
		body.WriteString(entry)
	}
	body.WriteString("]}")
	return body.Bytes()
}

// split gives the pieces of a body that begins and ends with a good message,
// nil when it is too much.
func (n Neighbours) split(t *testing.T, reader Reader, body []byte) []channel.Piece {
	t.Helper()
	pieces, err := reader.Split(body)
	if _, bad := wire.Clean(body); bad != nil || fault.Is(err, fault.TooLarge) {
		return nil // the neighbours make it too large or too deep
	}
	if err != nil || len(pieces) < 2 {
		t.Fatalf("%d pieces, %v, of %q", len(pieces), err, body)
	}
	for i, want := range map[int]string{0: before, len(pieces) - 1: after} {
		in, err := reader.Parse(pieces[i].Body)
		if err != nil || pieces[i].Problem != "" || in.ExternalID != want || in.Kind != channel.InMessage {
			t.Fatalf("%s is lost: %+v, %v, of %q", want, in, err, body)
		}
	}
	return pieces
}

func samePieces(t *testing.T, alone, among []channel.Piece, body []byte) {
	t.Helper()
	if len(alone) != len(among) {
		t.Fatalf("alone it gives %d pieces, among others %d: %q", len(alone), len(among), body)
	}
	for i := range alone {
		if a, b := &alone[i], &among[i]; !bytes.Equal(a.Body, b.Body) || a.ExternalID != b.ExternalID || a.ShardKey != b.ShardKey || a.Problem != b.Problem {
			t.Fatalf("piece %d is %+v alone and %+v among others, of %q", i, a, b, body)
		}
	}
}

// entriesOf gives the elements of a valid body's list of entries, joined.
func entriesOf(body jsontext.Value) string {
	var joined []byte
	for name, value := range meta.Members(body) {
		if string(name) != "entry" {
			continue
		}
		elements, _ := meta.Elements(value)
		joined = bytes.Join(asBytes(elements), []byte{','})
	}
	return string(joined)
}

func asBytes(values []jsontext.Value) [][]byte {
	list := make([][]byte, len(values))
	for i, value := range values {
		list[i] = value
	}
	return list
}

// Seeds gives the elements of the lists that a webhook holds, wherever they
// are: what stands between neighbours best.
func (n Neighbours) Seeds(body []byte) (elements [][]byte) {
	n.collect(body, "", &elements)
	return elements
}

func (n Neighbours) collect(value jsontext.Value, under string, into *[][]byte) {
	for name, member := range meta.Members(value) {
		n.collect(member, string(name), into)
	}
	list, _ := meta.Elements(value)
	for _, element := range list {
		for _, name := range n.Elements {
			if name == under {
				*into = append(*into, element)
			}
		}
		n.collect(element, "", into)
	}
}
