package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"time"

	"prosa/internal/app/sample"
	"prosa/internal/base/clock"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/identity"
)

// sampleSeed makes every demo's history the same.
const sampleSeed = 20_260_420

// remember writes what was said to the sample company in the last weeks, as
// conversations that happened: nothing of it is sent.
func (h *house) remember(ctx context.Context, tenantID, botID string, accounts map[message.Channel]channel.Account, people map[string]identity.User) error {
	zone, err := time.LoadLocation(sample.Aurora().Timezone)
	if err != nil {
		zone = time.UTC
	}
	var past []conversation.Past
	for _, c := range sample.History(sampleSeed, h.clock.Now(), zone) {
		past = append(past, h.past(c, botID, accounts[message.Channel(c.Channel)], people))
	}
	return h.conversation.Import(ctx, tenantID, past)
}

func (h *house) past(c sample.Conversation, botID string, account channel.Account, people map[string]identity.User) conversation.Past {
	past := conversation.Past{
		AccountID: account.ID, Channel: account.Channel, Name: c.Customer.Name, Username: c.Customer.Username, BotID: botID,
		HandedOffMS: ms(c.HandedOffAt), TakenMS: ms(c.TakenAt), ResolvedMS: ms(c.ResolvedAt),
	}
	customer := c.Customer.WaID
	past.Addresses = []message.Address{{Kind: message.BSUID, Value: c.Customer.UserID}, {Kind: message.WaID, Value: c.Customer.WaID}}
	switch account.Channel {
	case message.Telegram:
		customer = strconv.FormatInt(c.Customer.Telegram, 10)
		past.Addresses = []message.Address{{Kind: message.TelegramChat, Value: customer}, {Kind: message.TelegramUser, Value: customer}}
	case message.Messenger:
		customer = "24" + c.Customer.WaID
		past.Username, past.Addresses = "", []message.Address{{Kind: message.PSID, Value: customer}}
	case message.Instagram:
		customer = "17" + c.Customer.WaID
		past.Addresses = []message.Address{{Kind: message.IGSID, Value: customer}}
	}
	past.Shard = channel.Shard(account.ID, customer, h.cfg.Shards.Count)
	helper := people[c.Attendant]
	past.AttendantID, past.AttendantName = helper.ID, helper.Name
	for _, line := range c.Lines {
		past.Lines = append(past.Lines, conversation.PastLine{By: conversation.PastSpeaker(line.By), Text: line.Text, AtMS: clock.MS(line.At)})
	}
	return past
}

// ms gives a time as it is stored, 0 for none.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return clock.MS(t)
}

func randomHex(bytes int) string {
	raw := make([]byte, bytes)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	return hex.EncodeToString(raw)
}
