package realtime

import (
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/event"
)

// Whatever is asked of the history, it gives all that followed, or says that
// it does not reach back.
func TestHistoryIsCompleteOrSaysNo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := history{most: rapid.IntRange(1, 10).Draw(t, "most"), mostB: rapid.IntRange(600, 20000).Draw(t, "bytes")}
		h.reset(1)
		var all []position
		for seq := uint64(1); seq <= uint64(rapid.IntRange(0, 15).Draw(t, "frames")); seq++ {
			for index := range rapid.IntRange(0, 3).Draw(t, "events") {
				all = append(all, position{seq, index})
				h.add(&entry{at: position{seq, index}, envelope: event.Envelope{Data: make([]byte, rapid.IntRange(0, 500).Draw(t, "size"))}})
			}
		}
		from := position{rapid.Uint64Range(0, 16).Draw(t, "seq"), rapid.IntRange(0, 3).Draw(t, "index")}
		got, ok := h.after(from)
		if !ok {
			if from.seq >= h.from {
				t.Fatal("refused what it holds")
			}
			return
		}
		var want []position
		for _, at := range all {
			if at.compare(from) > 0 {
				want = append(want, at)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("after %v: %d events of %d", from, len(got), len(want))
		}
		for i := range got {
			if got[i].at != want[i] {
				t.Fatalf("event %d is %v, want %v", i, got[i].at, want[i])
			}
		}
	})
}

func TestIDsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := position{rapid.Uint64().Draw(t, "seq"), rapid.IntRange(0, 1<<30).Draw(t, "index")}
		epoch, back, ok := parseID(eventID("e1", at))
		if !ok || epoch != "e1" || back != at {
			t.Fatalf("%v came back as %s %v", at, epoch, back)
		}
	})
}

func FuzzParseID(f *testing.F) {
	f.Add("e1.1.0")
	f.Add("..")
	f.Add("e.-1.0")
	f.Fuzz(func(t *testing.T, text string) {
		epoch, at, ok := parseID(text)
		if !ok {
			return
		}
		if again, back, ok := parseID(eventID(epoch, at)); !ok || again != epoch || back != at {
			t.Fatalf("%q reads as %s %v, which does not read again", text, epoch, at)
		}
	})
}
