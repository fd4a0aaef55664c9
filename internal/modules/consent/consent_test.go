package consent

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/contact"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

const company = "ten_a"

type house struct {
	*Service
	t        *testing.T
	db       *database.DB
	contacts *contact.Service
	told     []event.Envelope
}

func open(t *testing.T, db *database.DB) *house {
	h := &house{t: t, db: db}
	h.contacts = contact.New(db, func(context.Context, *database.Tx, ...event.Envelope) error { return nil })
	h.Service = New(db, h.contacts, func(_ context.Context, _ *database.Tx, envelopes ...event.Envelope) error {
		h.told = append(h.told, envelopes...)
		return nil
	})
	h.contacts.BindHolders(nil, h.Service)
	return h
}

func (h *house) write(run func(ctx context.Context, tx *database.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(context.Background(), database.Company(company), run); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) person(number string) (contactID string) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *database.Tx) error {
		known, err := h.contacts.Resolve(ctx, tx, []contact.Sighting{{TenantID: company, AccountID: "cha_a", Channel: message.WhatsApp, Addresses: []message.Address{{Kind: message.WaID, Value: number}}}})
		if err == nil {
			contactID = known[0].ID
		}
		return err
	})
	return contactID
}

func (h *house) record(entries ...Entry) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *database.Tx) error { return h.Record(ctx, tx, entries...) })
}

func (h *house) refuses(contactID, topic string) (refuses bool) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *database.Tx) (err error) {
		refuses, err = h.Refuses(ctx, tx, company, contactID, topic)
		return err
	})
	return refuses
}

func TestTheLastWordCounts(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		ana := h.person("5581999991234")
		said := func(granted bool, atMS int64, messageID string) Entry {
			return Entry{TenantID: company, ContactID: ana, Topic: Marketing, Granted: granted, Source: ByCustomer, AccountID: "cha_a", MessageID: messageID, AtMS: atMS, Token: "t" + messageID}
		}
		if h.refuses(ana, Marketing) {
			t.Error("nobody said stop")
		}
		h.record(said(false, 2000, "msg_2"))
		h.record(said(true, 1000, "msg_1")) // told late, said before
		if !h.refuses(ana, Marketing) || h.refuses(ana, "news") {
			t.Error("an older yes beat a newer stop, or another topic took part")
		}
		h.record(said(true, 3000, "msg_3"), said(true, 3000, "msg_3"))
		if h.refuses(ana, Marketing) {
			t.Error("a newer yes did not count")
		}
		var token string
		h.write(func(ctx context.Context, tx *database.Tx) (err error) {
			token, err = h.Token(ctx, tx, company, ana, "cha_a", Marketing)
			return err
		})
		if token != "tmsg_3" {
			t.Errorf("token %q", token)
		}
		h.record(said(false, 3000, "msg_4"))
		if !h.refuses(ana, Marketing) {
			t.Error("of the same moment the stop must count")
		}
		view, err := h.Of(context.Background(), company, ana)
		if err != nil || len(view.Entries) != 4 || len(view.States) != 1 || view.States[0].Granted || view.Marketing || len(h.told) != 4 {
			t.Errorf("%+v, told %d, %v", view, len(h.told), err)
		}
		if _, err := h.Of(context.Background(), "ten_b", ana); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

func TestACompanyMayAskForAYes(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		ana := h.person("5581999991234")
		admin := event.Actor{Kind: "user", ID: "usr_1", Name: "Bia"}
		if err := h.SetRule(context.Background(), company, Rule{OptIn: true}, admin, "::1"); err != nil {
			t.Fatal(err)
		}
		if !h.refuses(ana, Marketing) {
			t.Error("nobody said yes")
		}
		write := func(granted bool, proof string) (View, error) {
			return h.Write(context.Background(), WriteDown{TenantID: company, ContactID: ana, Topic: Marketing, Granted: granted, Proof: proof, Actor: admin})
		}
		if _, err := write(true, " "); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("a yes without proof: %v", err)
		}
		if _, err := write(true, strings.Repeat("x", MaxProof+1)); fault.CodeOf(err) != fault.Invalid {
			t.Error(err)
		}
		view, err := write(true, "Ficha assinada na loja")
		if err != nil || !view.Marketing || !view.OptIn || view.Entries[0].ActorName != "Bia" {
			t.Errorf("%+v %v", view, err)
		}
		if view, err := write(false, ""); err != nil || view.Marketing {
			t.Errorf("%+v %v", view, err)
		}
		if _, err := h.Write(context.Background(), WriteDown{TenantID: company, ContactID: "ctc_none", Topic: Marketing, Actor: admin}); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		yes := true
		list, err := h.List(context.Background(), company, Marketing, &yes, "", 1)
		if err != nil || len(list.Items) != 1 || list.Next != "" {
			t.Errorf("%+v %v", list, err)
		}
		if list, err := h.List(context.Background(), company, "", nil, "", 1); err != nil || len(list.Items) != 1 || list.Next == "" {
			t.Errorf("%+v %v", list, err)
		}
		if list, err := h.List(context.Background(), "ten_b", "", nil, "", 0); err != nil || len(list.Items) != 0 {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestTheWordsOfBothSpeakAfterAMerge(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		ana, other := h.person("5581999991234"), h.person("5581999995678")
		h.record(Entry{TenantID: company, ContactID: other, Topic: Marketing, Source: ByWords, AtMS: 1000, Proof: "parar"})
		_, merge, err := h.contacts.Merge(context.Background(), contact.MergeInput{TenantID: company, ContactID: ana, OtherID: other})
		if err != nil {
			t.Fatal(err)
		}
		if !h.refuses(ana, Marketing) {
			t.Error("a stop was lost in a merge")
		}
		if _, err := h.contacts.Part(context.Background(), company, ana, merge.ID, event.Actor{}); err != nil {
			t.Fatal(err)
		}
		if h.refuses(ana, Marketing) || !h.refuses(other, Marketing) {
			t.Error("the stop did not go back to whose it is")
		}
	})
}

// While two are one, what either says is written to who stayed: undoing it must
// not forget that somebody said stop.
func TestAStopSaidWhileTheyWereOneHoldsForBoth(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		ana, other := h.person("5581999991234"), h.person("5581999995678")
		_, merge, err := h.contacts.Merge(context.Background(), contact.MergeInput{TenantID: company, ContactID: ana, OtherID: other})
		if err != nil {
			t.Fatal(err)
		}
		h.record(Entry{TenantID: company, ContactID: ana, Topic: Marketing, Source: ByWords, MessageID: "msg_1", AtMS: merge.AtMS + 1, Proof: "parar"})
		if _, err := h.contacts.Part(context.Background(), company, ana, merge.ID, event.Actor{}); err != nil {
			t.Fatal(err)
		}
		if !h.refuses(ana, Marketing) || !h.refuses(other, Marketing) {
			t.Error("a stop was lost when the two were parted")
		}
		h.write(func(ctx context.Context, tx *database.Tx) error {
			joining := contact.Joining{TenantID: company, From: other, To: ana, AtMS: merge.AtMS}
			if err := h.GiveBack(ctx, tx, joining); err != nil {
				return err
			}
			entries, err := entriesOf(ctx, tx, company, other)
			if len(entries) != 1 {
				t.Errorf("%d entries after a repetition", len(entries))
			}
			return err
		})
	})
}

func TestWordsThatAreRead(t *testing.T) {
	for text, want := range map[string]string{
		"PARAR": "stop", " parar. ": "stop", "Não quero receber": "stop", "STOP!": "stop", "parar promoções": "stop",
		"Quero receber": "yes", "subscribe": "yes",
		"parar o pedido": "", "não pare": "", "": "", "sair": "", "quero receber meu pedido": "", "cancelar": "", strings.Repeat("parar ", 50): "",
	} {
		got := ""
		if word := Read(text); word != nil {
			got = map[bool]string{true: "yes", false: "stop"}[word.Granted]
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestTopics(t *testing.T) {
	for text, want := range map[string]string{"": Marketing, "Ofertas de Natal": "ofertas-de-natal", "!!!": Marketing, "marketing": Marketing, "品": Marketing} {
		if got := TopicOf(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if topic := TopicOf(text); len(topic) > maxTopic || !topicForm.MatchString(topic) || TopicOf(topic) != topic {
			t.Fatalf("%q became %q, then %q", text, topic, TopicOf(topic))
		}
		if proof := Proof(text); database.Text(proof) != nil {
			t.Fatalf("%q can't be kept", proof)
		}
	})
}

// Whatever the order and however often words are told, the same counts.
func TestOrderAndRepetitionDoNotMatter(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			first, second := h.person(fmt.Sprintf("55119%08d", 2*n)), h.person(fmt.Sprintf("55119%08d", 2*n+1))
			var words []Entry
			for i := range rapid.IntRange(1, 6).Draw(rt, "words") {
				words = append(words, Entry{TenantID: company, Topic: Marketing, Source: ByCustomer, Granted: rapid.Bool().Draw(rt, "granted"),
					AtMS: rapid.Int64Range(1, 4).Draw(rt, "at"), MessageID: fmt.Sprintf("%d-%d", n, i)})
			}
			told := func(contactID, mark string, order []Entry) {
				for _, e := range order {
					e.ContactID, e.MessageID = contactID, mark+e.MessageID
					h.record(e, e)
				}
			}
			told(first, "a", words)
			told(second, "b", rapid.Permutation(words).Draw(rt, "order"))
			if h.refuses(first, Marketing) != h.refuses(second, Marketing) {
				rt.Fatalf("the order of %v decides", words)
			}
		})
	})
}
