package webhook

import (
	"net/http"
	"testing"

	"prosa/internal/event"
	"prosa/internal/message"
)

// cutSigned does what receive does between reading a body and storing it, in
// this goroutine alone, so that the fuzzer sees the same path for the same body.
func cutSigned(h *Handler, hook, key, body string) (pieces []piece, signed bool) {
	adapter := h.Adapters[message.WhatsApp]
	accounts, _ := h.Directory.ByHook(message.WhatsApp, hook)
	header := http.Header{}
	header.Set("X-Signature", sign(key, []byte(body)))
	header.Set("X-Hub-Signature-256", "sha256="+sign(key, []byte(body)))
	verified, err := adapter.Verify(header, []byte(body), accounts)
	if err != nil {
		return nil, false
	}
	t := take{handler: h, adapter: adapter, hook: hook, accounts: verified, header: header, body: []byte(body)}
	t.cut()
	return t.pieces, true
}

// check holds for every body that company a signed.
func check(t *testing.T, h *Handler, pieces []piece) {
	t.Helper()
	if len(pieces) == 0 {
		t.Fatal("a signed body was dropped")
	}
	var raws []event.Raw
	for _, p := range pieces {
		switch {
		case p.raw.TenantID != "ten_a" && !(p.raw.TenantID == "" && p.raw.Problem != ""):
			t.Fatalf("company b received what it did not sign: %+v", p.raw)
		case p.raw.Problem == "" && p.raw.AccountID == "":
			t.Fatalf("routed nowhere: %+v", p.raw)
		case p.shard < 0 || p.shard >= len(h.collectors):
			t.Fatalf("on shard %d", p.shard)
		}
		raws = append(raws, p.raw)
	}
	if again, err := event.ReadFrame(event.AppendFrame(nil, raws)); err != nil || len(again) != len(raws) {
		t.Fatalf("%d of %d came back: %v", len(again), len(raws), err)
	}
}

func FuzzTake(f *testing.F) {
	f.Add(pieces("100/u/a", "101/v/b"), "hook-a")
	f.Add(`[{"ExternalID":"200","Problem":"x"}]`, "shared")
	f.Add(`{"half`, "hook-a")
	f.Add(`[]`, "hook-a")
	f.Add(`["PANIC"]`, "hook-a")
	h := newHandler(f, Deps{Publisher: &store{}, Shards: 3})
	f.Fuzz(func(t *testing.T, body, hook string) {
		if got, signed := cutSigned(h, hook, "secret-a", body); signed {
			check(t, h, got)
		}
		if _, signed := cutSigned(h, hook, "guess", body); signed {
			t.Fatal("a guess passed")
		}
	})
}

func FuzzTakeFromMeta(f *testing.F) {
	for _, name := range []string{"batch/batch_two_numbers.json", "batch/batch_one_bad.json", "order/order.json", "batch/odd_envelope.json", "batch/no_metadata.json", "batch/statuses.json"} {
		f.Add(fixture(f, name))
	}
	h := newHandler(f, realDeps(&store{}))
	f.Fuzz(func(t *testing.T, body string) {
		got, signed := cutSigned(h, "mine", "secret-a", body)
		if !signed {
			t.Fatal("the signature does not fit")
		}
		check(t, h, got)
	})
}
