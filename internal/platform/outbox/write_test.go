package outbox

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/event"
)

func anyEnvelope(t *rapid.T) event.Envelope {
	e := event.Envelope{
		Version: event.Version, TenantID: "ten_a", ID: "evt_1", Type: event.MessageCreated, AtMS: 7,
		ConversationID: rapid.SampledFrom([]string{"", "cnv_a", "cnv_b"}).Draw(t, "conversation"),
		Seq:            rapid.Int64Range(0, 1<<40).Draw(t, "seq"),
		Actor:          event.Actor{Kind: "user", Name: rapid.String().Draw(t, "name")},
	}
	if rapid.Bool().Draw(t, "narrow") {
		e.Viewers = &event.Viewers{UserIDs: []string{"usr_a"}}
	}
	data, err := json.Marshal(map[string]string{"text": rapid.String().Draw(t, "text"), "data": `"data":null}`})
	if err != nil {
		t.Fatal(err)
	}
	e.Data = data
	return e
}

func TestEncodeSaysWhatJSONSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEnvelope(t)
		text, err := encode(e)
		if err != nil {
			t.Fatal(err)
		}
		var got, want event.Envelope
		plain, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if json.Unmarshal(text, &got) != nil || json.Unmarshal(plain, &want) != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s is not %s", text, plain)
		}
	})
}

func TestARowGivesBackItsEnvelopes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p packet
		var want []piece
		for range rapid.IntRange(1, 8).Draw(t, "n") {
			e := anyEnvelope(t)
			text, err := encode(e)
			if err != nil {
				t.Fatal(err)
			}
			p.add(e, text)
			want = append(want, piece{e.ConversationID, e.Seq, string(text)})
		}
		got, err := unpack(string(p.heads), string(p.body))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v %v, want %v", got, err, want)
		}
		if pieces, err := unpack(string(p.heads), string(p.body)+"x"); err == nil {
			t.Fatalf("a longer body gave %v", pieces)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	e := event.Envelope{Version: 1, ID: "evt_1", TenantID: "ten_a", Type: event.MessageCreated, AtMS: 1, ConversationID: "cnv_a", Seq: 1,
		Data: json.RawMessage(`{"message":{"id":"msg_1","content":{"kind":"text","text":"quero saber do meu pedido"}},"conversation":{"id":"cnv_a","state":"bot"}}`)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := encode(e); err != nil {
			b.Fatal(err)
		}
	}
}
