package conversation

import (
	"context"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

func TestImportTellsAgainWhatHappened(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		began := h.now() - 5*24*time.Hour.Milliseconds()
		at := func(seconds int64) int64 { return began + seconds*1000 }
		past := func(phone string) Past {
			return Past{
				AccountID: h.account.ID, Channel: message.WhatsApp, Shard: 3, Name: "Zoé", Addresses: []message.Address{{Kind: message.WaID, Value: phone}},
				BotID: "bot_1", AttendantID: ana.UserID, AttendantName: ana.Name, HandedOffMS: at(20), TakenMS: at(60), ResolvedMS: at(900),
				Lines: []PastLine{
					{PastCustomer, "oi", at(0)}, {PastBot, "Olá!", at(2)}, {PastCustomer, "atendente", at(20)},
					{PastAttendant, "Pois não?", at(70)}, {PastNote, "cliente antiga", at(80)},
				},
			}
		}
		open := past("5511988880002")
		open.ResolvedMS, open.TakenMS, open.AttendantID, open.Lines = 0, 0, "", open.Lines[:3]
		if err := h.Import(context.Background(), h.company, []Past{past("5511988880001"), open}); err != nil {
			t.Fatal(err)
		}
		resolved := h.list(ResolvedView, sup)
		if len(resolved) != 1 || resolved[0].LastMS != at(80) || resolved[0].ResolvedMS != at(900) || resolved[0].WaitingMS != 0 || resolved[0].ContactName != "Zoé" {
			t.Fatalf("resolved: %+v", resolved)
		}
		want := "in:oi | out:Olá! | in:atendente | activity:bot_handoff | activity:taken | out:Pois não? | note:cliente antiga | activity:resolved"
		if got := h.spoken(resolved[0].ID); got != want {
			t.Errorf("told again as %s", got)
		}
		queue := h.list(QueueView, ana)
		if len(queue) != 1 || queue[0].WaitingMS != at(20) || queue[0].WindowMS != at(20)+24*time.Hour.Milliseconds() {
			t.Fatalf("waiting: %+v", queue)
		}
		if n := h.number(`SELECT COUNT(*) FROM conversation_interval WHERE ended_ms = 0`); n != 1 {
			t.Errorf("%d intervals are open, want that of the queue", n)
		}
		if n := h.number(`SELECT COUNT(*) FROM conversation_interval WHERE kind = 'human' AND started_ms = $1 AND ended_ms = $2`, at(60), at(900)); n != 1 {
			t.Error("the attendant's interval is not in the ledger")
		}
		if n := h.number(`SELECT COUNT(*) FROM delivery`); n != 0 || len(h.types()) != 0 {
			t.Errorf("something of the past was sent or told: %d deliveries", n)
		}

		if err := h.Import(context.Background(), h.company, []Past{{AccountID: h.account.ID}}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a past without lines gave %v", err)
		}
	})
}
