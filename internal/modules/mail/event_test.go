package mail

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

func TestEventsMoveALetterForward(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.leave(letterTo("ana@example.com"))
		b.sweep()
		letterID := b.status("ana@example.com").ID
		b.tell(Event{ID: "1", LetterID: letterID, Kind: WasDeferred, Note: "mailbox busy"})
		if got := b.is("ana@example.com", Accepted, ""); got.Problem != "mailbox busy" {
			t.Errorf("why it takes so long: %q", got.Problem)
		}
		b.tell(Event{ID: "2", LetterID: letterID, Kind: WasDelivered}, Event{ID: "3", LetterID: letterID, Kind: WasAccepted})
		b.is("ana@example.com", Delivered, "")
		if left := b.stored(); strings.Contains(left, "v1.") {
			t.Errorf("what a delivered letter said is still stored: %s", left)
		}
		b.tell(Event{ID: "4", LetterID: "ltr_of_somebody_else", Kind: WasBounced, Suppress: "bounced"}, Event{LetterID: letterID, Kind: WasBounced})
		b.is("ana@example.com", Delivered, "")
	})
}

func TestABouncedAddressTakesNothingMore(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.leave(letterTo("ana@example.com"))
		b.sweep()
		first := b.status("ana@example.com")
		bounce := Event{ID: "1", LetterID: first.ID, Kind: WasBounced, Reason: ReasonBounced, Suppress: "bounced", Note: "550 no such user"}
		b.tell(bounce, bounce)
		if got := b.is("ana@example.com", Bounced, ReasonBounced); !got.Again || got.Problem != "550 no such user" {
			t.Errorf("status: %+v", got)
		}
		other := letterTo("ana@example.com")
		other.Key = "invitation:other"
		b.leave(other)
		b.sweep()
		found, err := b.Of(ctx, "ten_a", []string{other.Key})
		if err != nil || found[other.Key].State != Dropped || found[other.Key].Reason != ReasonSuppressed {
			t.Fatalf("found: %+v, %v", found, err)
		}
		// The company's admin may try, and is told the same; an operator clears it.
		if _, err := b.Again(ctx, "ten_a", other.Key, someone, ""); err != nil {
			t.Fatal(err)
		}
		b.sweep()
		if b.vendor.tried() != 1 {
			t.Error("a suppressed address was written to")
		}
		if status, err := b.Mend(ctx, first.ID, someone, ""); err != nil || status.State != Queued {
			t.Fatalf("mended: %+v, %v", status, err)
		}
		if len(b.vendor.absolved) != 1 || b.vendor.absolved[0] != "ana@example.com" {
			t.Errorf("the vendor was asked to clear %q", b.vendor.absolved)
		}
		b.sweep()
		b.is("ana@example.com", Accepted, "")
		if _, err := b.Mend(ctx, first.ID, someone, ""); !fault.Is(err, fault.Refused) {
			t.Errorf("a letter on its way can be sent again: %v", err)
		}
		if _, err := b.Mend(ctx, "ltr_none", someone, ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("no letter: %v", err)
		}
	})
}

func TestLettersOfOthersAreNotThere(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		ours, theirs, nobodys := letterTo("ana@example.com"), letterTo("ana@example.com"), letterTo("ana@example.com")
		theirs.TenantID, nobodys.TenantID = "ten_b", ""
		b.leave(ours, theirs, nobodys)
		b.sweep()
		if len(b.vendor.taken) != 3 {
			t.Fatalf("%d of 3 letters were sent", len(b.vendor.taken))
		}
		found, err := b.Of(ctx, "ten_b", []string{ours.Key})
		if err != nil || found[ours.Key].TenantID != "ten_b" {
			t.Errorf("ten_b sees %+v, %v", found, err)
		}
		if _, err := b.Again(ctx, "ten_c", ours.Key, someone, ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("ten_c reaches a letter: %v", err)
		}
		all, err := b.List(ctx, "", "", 2)
		if err != nil || len(all.Items) != 2 || all.Next == "" {
			t.Fatalf("first page: %+v, %v", all, err)
		}
		rest, err := b.List(ctx, Accepted, all.Next, 2)
		if err != nil || len(rest.Items) != 1 || rest.Next != "" {
			t.Errorf("second page: %+v, %v", rest, err)
		}
		if none, err := b.List(ctx, Bounced, "", 2); err != nil || len(none.Items) != 0 {
			t.Errorf("bounced: %+v, %v", none, err)
		}
	})
}

// Whatever the order, and however often each is told, the end is the same.
func TestEventsCommute(t *testing.T) {
	b := open(t, database.SQLite)
	kinds := []EventKind{WasAccepted, WasDeferred, WasDelivered, WasBounced, WasDropped, WasUnwanted}
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(rapid.SampledFrom(kinds), 1, 6).Draw(t, "events")
		order := rapid.Permutation(events).Draw(t, "order")
		end := func(list []EventKind) State {
			n++
			to := fmt.Sprintf("p%d@example.com", n)
			b.leave(letterTo(to))
			b.sweep()
			letterID := b.status(to).ID
			for i, kind := range list {
				e := Event{ID: fmt.Sprintf("%s-%d", letterID, i), LetterID: letterID, Kind: kind}
				b.tell(e, e)
			}
			return b.status(to).State
		}
		if one, two := end(events), end(order); one != two {
			t.Fatalf("%v ends as %s, %v as %s", events, one, order, two)
		}
	})
}

func TestLettersThatCannotBeWritten(t *testing.T) {
	b := open(t, database.SQLite)
	for name, spoil := range map[string]func(*Letter){
		"no address":    func(l *Letter) { l.To = "Ana <ana@example.com>" },
		"two addresses": func(l *Letter) { l.To = "a@example.com, b@example.com" },
		"a header":      func(l *Letter) { l.To = "ana@example.com\r\nBcc: eve@example.com" },
		"no key":        func(l *Letter) { l.Key = "" },
		"no template":   func(l *Letter) { l.Template = "greeting" },
		"lacks data":    func(l *Letter) { delete(l.Data, "company") },
		"too much":      func(l *Letter) { l.Data["company"] = strings.Repeat("x", dataMax) },
	} {
		letter := letterTo("ana@example.com")
		spoil(&letter)
		if err := b.trySend(letter); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
}
