package conversation

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// measure is what Measures told.
type measure struct {
	what, of string
	count    int64
}

func (h *house) measures(tenantID string, fromMS, untilMS int64) (list []measure, err error) {
	h.t.Helper()
	err = h.Measures(h.t.Context(), tenantID, fromMS, untilMS, func(what, of string, count int64) { list = append(list, measure{what, of, count}) })
	slices.SortFunc(list, func(a, b measure) int { return cmp.Or(strings.Compare(a.what, b.what), strings.Compare(a.of, b.of)) })
	return list, err
}

func TestMeasuresReadADayFromItsRows(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		midnight := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).UnixMilli()
		const day = 24 * 3600_000
		past := func(phone string, atMS int64) Past {
			return Past{
				AccountID: h.account.ID, Channel: message.WhatsApp, Shard: 3, Name: "Zoé", Addresses: []message.Address{{Kind: message.WaID, Value: phone}},
				BotID: "bot_1", AttendantID: ana.UserID, AttendantName: ana.Name, HandedOffMS: atMS + 20_000, TakenMS: atMS + 60_000, ResolvedMS: atMS + 900_000,
				Lines: []PastLine{{PastCustomer, "oi", atMS}, {PastBot, "Olá!", atMS + 2000}, {PastCustomer, "atendente", atMS + 20_000}, {PastAttendant, "Pois não?", atMS + 70_000}, {PastNote, "nota", atMS + 80_000}},
			}
		}
		err := h.Import(context.Background(), h.company, []Past{
			past("5511988880001", midnight-day/2), past("5511988880002", midnight), past("351912345678", midnight+day/2), past("15551234567", midnight+day),
			past("5511988880003", midnight+day-65_000), // Ana owns it from five seconds before the day ends
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := h.measures(h.company, midnight, midnight+day)
		if err != nil {
			t.Fatal(err)
		}
		bytes := int64(0)
		for i := range got {
			if got[i].what == measuredBytes {
				bytes, got[i].count = got[i].count, 0
			}
		}
		want := []measure{
			{measuredContacts, "", 3}, {measuredBot, "whatsapp", 3}, {measuredConversations, "whatsapp", 3}, {measuredPeople, "", 840 + 840 + 5},
			{measuredBytes, "whatsapp", 0}, {measuredIn, "whatsapp", 6}, {measuredOut, "whatsapp", 5},
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%+v\nwant %+v", got, want)
		}
		if stored := h.number(`SELECT SUM(OCTET_LENGTH(content)) FROM message WHERE direction <> 'internal' AND at_ms >= $1 AND at_ms < $2`, midnight, midnight+day); stored != bytes {
			t.Errorf("%d bytes, %d are stored", bytes, stored)
		}
		if other, err := h.measures("ten_b", midnight, midnight+day); err != nil || len(other) != 0 {
			t.Errorf("another company used %+v, %v", other, err)
		}
	})
}

func TestMeasuresCountWhatPlatformsBill(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		c := h.only()
		word := func(delivery, category string, billable bool, atMS int64) channel.Billed {
			return channel.Billed{TenantID: h.company, AccountID: c.AccountID, ConversationID: c.ID, MessageID: "msg_1", DeliveryID: delivery,
				Billable: billable, Category: category, Status: message.Sent, AtMS: atMS}
		}
		h.bill(word("dlv_1", "marketing", true, h.now()), word("dlv_2", "marketing", true, h.now()), word("dlv_3", "service", false, h.now()), word("dlv_4", "utility", true, h.now()+24*3600_000))
		got, err := h.measures(h.company, h.now()-1000, h.now()+1000)
		if err != nil {
			t.Fatal(err)
		}
		calling := callingCode(h.addresses(c.ID))
		for _, want := range []measure{{measuredBilled, "whatsapp/marketing/" + calling, 2}, {measuredFree, "whatsapp/service/" + calling, 1}} {
			if !slices.Contains(got, want) {
				t.Errorf("%+v is not in %+v", want, got)
			}
		}
		if slices.ContainsFunc(got, func(m measure) bool { return m.of == "whatsapp/utility/"+calling }) {
			t.Errorf("what was said a day later counts now: %+v", got)
		}
		// Days later they are read: the platform says the price again.
		read := word("dlv_1", "marketing", true, h.now()+5*24*3600_000)
		read.Status = message.Read
		h.bill(read)
		again, err := h.measures(h.company, h.now()-1000, h.now()+1000)
		if err != nil || !slices.Equal(again, got) {
			t.Errorf("the day that was written became %+v, %v; it was %+v", again, err, got)
		}
		if late, err := h.measures(h.company, read.AtMS-1000, read.AtMS+1000); err != nil || len(late) != 0 {
			t.Errorf("billed twice: %+v, %v", late, err)
		}
	})
}

func (h *house) addresses(conversationID string) (text string) {
	h.t.Helper()
	err := h.db.Read(h.t.Context(), database.Company(h.company), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT addresses FROM conversation WHERE tenant_id = $1 AND id = $2", h.company, conversationID).Scan(&text)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return text
}

func TestCallingCode(t *testing.T) {
	for addresses, want := range map[string]string{
		`[{"kind":"wa_id","value":"5511988887777"}]`: "55", `[{"kind":"wa_id","value":"15551234567"}]`: "1", `[{"kind":"wa_id","value":"351912345678"}]`: "351",
		`[{"kind":"bsuid","value":"BR.150200000"},{"kind":"wa_id","value":"4915112345678"}]`: "49", `[{"kind":"wa_id","value":"79161234567"}]`: "7",
		`[{"kind":"psid","value":"5511988887777"}]`: "", `[{"kind":"wa_id","value":"+5511"}]`: "", `[{"kind":"wa_id","value":"55"}]`: "", ``: "", `{}`: "",
	} {
		if got := callingCode(addresses); got != want {
			t.Errorf("%s: %q, want %q", addresses, got, want)
		}
	}
}
