package telegram

import (
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// TestSeveralChatsThatWaitHoldTheBot: the first are held alone, the third in the
// same while holds the bot; what is over counts no more.
func TestSeveralChatsThatWaitHoldTheBot(t *testing.T) {
	adapter, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(429)
		_, _ = io.WriteString(w, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}`)
	})
	now := clock.NewManual(time.UnixMilli(1_763_800_000_000))
	adapter.clock = now
	for n, c := range []struct {
		account string
		chat    int
		later   time.Duration
		want    channel.Scope
	}{
		{"cha_1", 1, 0, channel.OneCustomer},
		{"cha_1", 1, 0, channel.OneCustomer}, // the same chat again
		{"cha_1", 2, 0, channel.OneCustomer},
		{"cha_2", 3, 0, channel.OneCustomer}, // another bot's
		{"cha_1", 3, 0, channel.OneAccount},
		{"cha_1", 4, 0, channel.OneCustomer}, // counted anew
		{"cha_1", 5, 0, channel.OneCustomer},
		{"cha_1", 6, 6 * time.Second, channel.OneCustomer}, // those before are over
	} {
		now.Advance(c.later)
		account := testAccount()
		account.ID = c.account
		to := []message.Address{{Kind: message.TelegramChat, Value: strconv.Itoa(c.chat)}}
		parts, err := adapter.Render(channel.Outbound{To: to, Content: message.Content{Kind: message.Text, Text: "oi"}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = adapter.Send(t.Context(), account, parts[0])
		if got := failureOf(t, err); got.Scope != c.want || got.AfterMS != 5000 {
			t.Errorf("%d: %+v", n, got)
		}
	}
}
