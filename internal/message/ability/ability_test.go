package ability

import (
	"testing"

	"prosa/internal/message"
)

func TestEveryChannelHasItsAbilities(t *testing.T) {
	seen := map[message.Channel]Ability{}
	for _, a := range All() {
		seen[a.Channel] = a
		if a.Text.Max == 0 || a.Text.Unit == "" || len(a.Emojis) == 0 {
			t.Errorf("%+v", a)
		}
	}
	if len(seen) != 4 {
		t.Fatalf("%d channels", len(seen))
	}
	if seen[message.Instagram].Text != (Room{1000, "bytes"}) || seen[message.Messenger].Caption.Max != 0 {
		t.Errorf("texts: %+v", seen)
	}
	if t1, w := seen[message.Telegram], seen[message.WhatsApp]; !t1.Withdraw || !t1.Edit || t1.WithdrawMS == 0 || w.Edit || w.Withdraw || !w.Templates {
		t.Errorf("changes: %+v", seen)
	}
}
