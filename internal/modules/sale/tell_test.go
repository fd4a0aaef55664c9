package sale

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

func TestTheBillIsSaidOnceAndThanksFollowThePayment(t *testing.T) {
	for _, ch := range []message.Channel{message.WhatsApp, message.Telegram} {
		each(t, ch, func(t *testing.T, s *shop) {
			o := s.placed(pix)
			s.tell(o.ID)
			s.tell(o.ID)
			thread := s.thread()
			bill := thread[len(thread)-1]
			if got := s.spoken(); got != "bill: Pedido 101: o total é R$ 80,00." {
				t.Fatal(got)
			}
			b := bill.Content.Bill
			if bill.Status == message.Failed || b.Reference != "101-1" || !b.Native || b.Sum() != 8000 || b.Pix.Code != o.Payments[0].Code || b.Pix.KeyType != "EMAIL" {
				t.Fatalf("%+v, %s %s", b, bill.Status, bill.ErrorText)
			}
			if file, size, err := s.blobs.Open(t.Context(), s.tenant, b.QR.Blob); err != nil || size == 0 || file.Close() != nil {
				t.Fatal("there is no picture of the code", err)
			}
			s.pay(o, "k1", 8000)
			s.tell(o.ID)
			s.tell(o.ID)
			if got := s.spoken(); !strings.HasSuffix(got, "| order_status: Pagamento recebido, obrigado! O pedido 101 está confirmado.") || strings.Count(got, "obrigado") != 1 {
				t.Fatal(got)
			}
			thread = s.thread()
			if p := thread[len(thread)-1].Content.Progress; p.Reference != "101-1" || !p.Native || p.Step != message.StepProcessing {
				t.Fatalf("%+v", p)
			}
			var end settled
			topic, body, _ := strings.Cut(s.fired[len(s.fired)-1], " ")
			if s.must(json.Unmarshal([]byte(body), &end)); topic != "order:"+o.ID || end.State != "paid" || end.Order.Number != "101" {
				t.Fatal(s.fired)
			}
		})
	}
}

func TestAnEditedOrderHasABillThatReplacesTheFirst(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(pix)
		s.tell(o.ID)
		_, err := s.orders.Edit(t.Context(), order.Act{TenantID: s.tenant, OrderID: o.ID, By: ana}, []order.Piece{{VariantID: s.variant(), Quantity: o.Lines[0].Quantity + 1}})
		s.must(err)
		total := reais(s.reload(o.ID).Total)
		s.tell(o.ID)
		want := "bill: O pedido 101 mudou e agora custa " + total + ". Pague por aqui: a cobrança anterior não vale mais."
		if got := s.spoken(); !strings.HasSuffix(got, want) {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

func TestEachStepIsToldAndOneThatIsOverIsNot(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(cash)
		s.tell(o.ID)
		if got := s.spoken(); got != "order_status: Pedido 101 recebido! O pagamento é na entrega: R$ 80,00." {
			t.Fatal(got)
		}
		move := func(to order.State) {
			t.Helper()
			if _, err := s.orders.Move(t.Context(), order.Act{TenantID: s.tenant, OrderID: o.ID, By: ana}, to); err != nil {
				t.Fatal(err)
			}
		}
		move(order.Preparing)
		s.tell(o.ID)
		// The follower was away: only the newest of these is news.
		move(order.Ready)
		move(order.Delivered)
		s.tell(o.ID)
		s.tell(o.ID)
		if got := s.spoken(); !strings.HasSuffix(got, "está sendo preparado. | order_status: O pedido 101 foi entregue. Bom proveito!") {
			t.Fatal(got)
		}
	})
}

func TestWhatIsWrongWithTheMoneyIsToldToBoth(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(pix)
		s.tell(o.ID)
		s.pay(o, "k1", 3000)
		s.tell(o.ID)
		s.tell(o.ID)
		if got := s.spoken(); strings.Count(got, "faltam R$ 50,00") != 1 || strings.Count(got, "note: Pedido 101: pagaram R$ 30,00 de R$ 80,00.") != 1 {
			t.Fatal(got)
		}
		s.pay(o, "k2", 6000)
		s.tell(o.ID)
		if got := s.spoken(); strings.Count(got, "pagaram R$ 10,00 a mais") != 1 || strings.Count(got, "obrigado!") != 1 || strings.Count(got, "note: Pedido 101: devolva R$ 10,00") != 1 {
			t.Fatal(got)
		}
		if _, err := s.payments.RefundedByHand(t.Context(), s.tenant, s.reload(o.ID).Refunds[0].ID, "", ana); err != nil {
			t.Fatal(err)
		}
		s.tell(o.ID)
		if got := s.spoken(); strings.Count(got, "text: Devolvemos R$ 10,00 do pedido 101.") != 1 {
			t.Fatal(got)
		}
	})
}

func TestALatePixThatCameInVainIsNoSilence(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(pix)
		s.tell(o.ID)
		s.clock.Advance(61 * time.Minute)
		if n, err := s.orders.Sweep(t.Context()); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		s.tell(o.ID)
		// Somebody else takes the last ones.
		s.writes("Caio")
		told[cart](s, s.ask("shop.add", map[string]any{"variant_id": s.variant(), "quantity": 5}))
		s.ask("shop.delivery", map[string]any{"zone_id": s.zone})
		told[orderBody](s, s.ask("shop.place", map[string]any{"provider": "on_delivery", "method": "cash"}))
		s.conversation = o.ConversationID
		s.pay(o, "k1", 8000)
		s.tell(o.ID)
		s.tell(o.ID)
		got := s.spoken()
		for _, want := range []string{"O prazo de pagamento do pedido 101 acabou", "itens já acabaram", "não há mais estoque", "devolva R$ 80,00"} {
			if strings.Count(got, want) != 1 {
				t.Errorf("%q is not there once: %s", want, got)
			}
		}
		if len(s.fired) == 0 || !strings.Contains(s.fired[0], `"expired"`) {
			t.Error(s.fired)
		}
	})
}

func TestAClosedWindowLeavesANote(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(cash)
		s.tell(o.ID)
		s.clock.Advance(30 * time.Hour)
		if _, err := s.orders.Move(t.Context(), order.Act{TenantID: s.tenant, OrderID: o.ID, By: ana}, order.Ready); err != nil {
			t.Fatal(err)
		}
		s.tell(o.ID)
		s.tell(o.ID)
		thread := s.thread()
		last := thread[len(thread)-1]
		if last.Kind != message.Note || last.Direction != message.Internal || !strings.Contains(last.Content.Text, "pronto para retirada") || strings.Count(s.spoken(), "note:") != 1 {
			t.Fatalf("%s: %+v", s.spoken(), last)
		}
		// On Telegram nothing closes; a bill that a person sends says why it can't be.
		if _, err := s.BillAgain(t.Context(), BillInput{TenantID: s.tenant, OrderID: o.ID, By: boss, Key: "key-1"}); reasonOf(err) != "nothing_to_pay" {
			t.Error(err)
		}
	})
}

func TestABillIsSentAgainByAPerson(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(pix)
		s.tell(o.ID)
		in := BillInput{TenantID: s.tenant, OrderID: o.ID, By: boss, Key: strings.Repeat("k", 100)}
		first, err := s.BillAgain(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.BillAgain(t.Context(), in)
		if err != nil || again.ID != first.ID || first.Content.Bill.Reference != "101-2" || first.Sender.ID != boss.UserID {
			t.Fatalf("%+v, %v", first, err)
		}
		s.clock.Advance(25 * time.Hour)
		in.Key = "another-key"
		if _, err := s.BillAgain(t.Context(), in); reasonOf(err) != "window_closed" {
			t.Error(err)
		}
		s.clock.Advance(-25 * time.Hour)
		if third, err := s.BillAgain(t.Context(), in); err != nil || third.Content.Bill.Reference != "101-3" {
			t.Error("a refused one leaves nothing behind", third, err)
		}
		in.OrderID = "ord_none"
		if _, err := s.BillAgain(t.Context(), in); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

func TestAPersonShowsGoods(t *testing.T) {
	each(t, message.Telegram, func(t *testing.T, s *shop) {
		in := ShowInput{TenantID: s.tenant, ConversationID: s.conversation, By: boss, Key: "key-12345", VariantIDs: []string{s.variant()}}
		first, err := s.Show(t.Context(), in)
		if err != nil || first.Kind != message.Product || first.Content.Text != "Dê uma olhada:" || first.Content.Shelf.Goods()[0].Option != "goods."+s.variant() {
			t.Fatalf("%+v, %v", first, err)
		}
		// The price changes, and the browser repeats its request.
		s.cup.Variants[0].Price = 9900
		if _, err := s.products.Save(t.Context(), s.cup, ana); err != nil {
			t.Fatal(err)
		}
		if again, err := s.Show(t.Context(), in); err != nil || again.ID != first.ID {
			t.Fatal(again, err)
		}
		in.Key, in.VariantIDs, in.Catalog = "key-23456", nil, true
		if door, err := s.Show(t.Context(), in); err != nil || door.Kind != message.Catalog || !strings.Contains(door.Content.Shelf.Link, s.contact) {
			t.Fatal(door, err)
		}
		in.Key, in.Catalog = "key-34567", false
		if _, err := s.Show(t.Context(), in); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		in.VariantIDs = []string{s.shirt.Variants[1].ID}
		if _, err := s.Show(t.Context(), in); reasonOf(err) != "not_shown" {
			t.Error(err)
		}
	})
}

func TestPayersAreRemindedOnceAndOnlyWhileTheyMayPay(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(pix)
		s.tell(o.ID)
		remind := func(want int) {
			t.Helper()
			if n, err := s.Remind(t.Context()); err != nil || n != want {
				t.Fatal(n, err, s.spoken())
			}
		}
		s.clock.Advance(49 * time.Minute)
		remind(0)
		s.clock.Advance(2 * time.Minute)
		remind(1)
		remind(0)
		thread := s.thread()
		if last := thread[len(thread)-1].Content.Text; !strings.HasPrefix(last, "O pagamento do pedido 101 vence em 9 min. Total: R$ 80,00.") || !strings.Contains(last, o.Payments[0].Code) {
			t.Fatal(last)
		}
		paid := s.placedAgain()
		s.tell(paid.ID)
		s.pay(paid, "k9", 4000)
		s.clock.Advance(55 * time.Minute)
		remind(0)
	})
}

// placedAgain orders one cup.
func (s *shop) placedAgain() order.Order {
	s.t.Helper()
	told[cart](s, s.ask("shop.add", map[string]any{"variant_id": s.variant(), "quantity": 1}))
	told[cart](s, s.ask("shop.delivery", map[string]any{"zone_id": s.zone}))
	return s.reload(told[orderBody](s, s.ask("shop.place", map[string]any{"provider": "pix_key", "method": "pix"})).ID)
}

func TestACartThatNoBotTookIsTakenAndAnswered(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		s.listing.catalog, s.listing.ids = "cat1", map[string]string{"r-cup": s.variant()}
		arrives := func(messageID, catalog string) event.Envelope {
			data, err := json.Marshal(conversation.MessageEvent{
				Message: conversation.Message{ID: messageID, Direction: message.In, Kind: message.Cart, Content: message.Content{Kind: message.Cart,
					Order: &message.Order{CatalogID: catalog, Items: []message.OrderItem{{RetailerID: "r-cup", Quantity: 2, Price: "40", Currency: "BRL"}}}}},
				Conversation: &conversation.Conversation{ID: s.conversation, AccountID: s.account.ID, ContactID: s.contact, ContactName: "Bia"},
			})
			s.must(err)
			return event.Envelope{TenantID: s.tenant, Type: event.MessageCreated, Data: data}
		}
		for range 2 {
			s.must(s.Follow(t.Context(), arrives("msg_a", "cat1")))
		}
		thread := s.thread()
		text := thread[len(thread)-1].Content.Text
		if strings.Count(s.spoken(), "Recebemos seu carrinho!") != 1 || !strings.Contains(text, "2 × Caneca Azul: R$ 80,00") || !strings.Contains(text, "https://loja.example.com/c/"+s.contact) {
			t.Fatal(text)
		}
		if c, err := s.orders.Cart(t.Context(), s.tenant, s.contact); err != nil || c.Lines[0].Quantity != 2 {
			t.Fatal(c, err)
		}
		s.must(s.Follow(t.Context(), arrives("msg_b", "other")))
		if got := s.spoken(); !strings.HasSuffix(got, "text: Esse carrinho não é do nosso catálogo.") {
			t.Fatal(got)
		}
		// One that a bot took is left alone.
		s.serial = 41
		told[received](s, s.ask("shop.receive", map[string]any{"order": message.Order{CatalogID: "cat1", Items: []message.OrderItem{{RetailerID: "r-cup", Quantity: 1, Price: "40", Currency: "BRL"}}}}))
		before := s.spoken()
		s.must(s.Follow(t.Context(), arrives("msg_42", "cat1")))
		if c, err := s.orders.Cart(t.Context(), s.tenant, s.contact); err != nil || c.Lines[0].Quantity != 3 || s.spoken() != before {
			t.Fatal(c, err, s.spoken())
		}
	})
}

func TestABillThatWasNotDeliveredInTheChannelsFormIsSaidInWords(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(pix)
		s.tell(o.ID)
		thread := s.thread()
		bill := thread[len(thread)-1]
		bill.Status = message.Failed
		data, err := json.Marshal(conversation.MessageEvent{Message: bill})
		s.must(err)
		for range 2 {
			s.must(s.Follow(t.Context(), event.Envelope{TenantID: s.tenant, Type: event.MessageUpdated, Data: data}))
		}
		thread = s.thread()
		if last := thread[len(thread)-1]; strings.Count(s.spoken(), "bill:") != 2 || last.Content.Bill.Native || last.Status == message.Failed {
			t.Fatalf("%s: %+v", s.spoken(), last)
		}
		s.pay(o, "k1", 8000)
		s.tell(o.ID)
		thread = s.thread()
		if p := thread[len(thread)-1].Content.Progress; p == nil || p.Native || p.Reference != "" {
			t.Fatalf("news in a form that nothing stands behind: %+v", p)
		}
	})
}

// failed has the follower hear that a message was not delivered.
func (s *shop) failed(m conversation.Message) {
	s.t.Helper()
	m.Status = message.Failed
	data, err := json.Marshal(conversation.MessageEvent{Message: m})
	s.must(err)
	for range 2 {
		s.must(s.Follow(context.Background(), event.Envelope{TenantID: s.tenant, Type: event.MessageUpdated, Data: data}))
	}
}

func (s *shop) last() conversation.Message {
	s.t.Helper()
	thread := s.thread()
	return thread[len(thread)-1]
}

func TestNewsThatWereNotDeliveredInTheChannelsFormAreSaidInWords(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(pix)
		s.tell(o.ID)
		s.pay(o, "k1", 8000)
		s.tell(o.ID)
		thanks := s.last()
		if !thanks.Content.Progress.Native {
			t.Fatalf("%+v", thanks)
		}
		s.failed(thanks)
		again := s.last()
		if p := again.Content.Progress; strings.Count(s.spoken(), "obrigado!") != 2 || p == nil || p.Native || p.Reference != "" || again.Content.Text != thanks.Content.Text {
			t.Fatalf("%s: %+v", s.spoken(), again.Content.Progress)
		}
		// What failed in words has no other form.
		s.failed(again)
		if strings.Count(s.spoken(), "obrigado!") != 2 {
			t.Fatal(s.spoken())
		}
		act := order.Act{TenantID: s.tenant, OrderID: o.ID, By: ana}
		for _, to := range []order.State{order.Preparing, order.Ready} {
			if _, err := s.orders.Move(t.Context(), act, to); err != nil {
				t.Fatal(err)
			}
			s.tell(o.ID)
		}
		heard := s.thread()
		preparing := heard[len(heard)-2]
		if preparing.Content.Progress.Native {
			t.Fatal("the channel's form was tried again, which it does not deliver")
		}
		// Had it been native: older news are none any more.
		preparing.Content.Progress.Native = true
		s.failed(preparing)
		if got := s.spoken(); strings.Count(got, "sendo preparado") != 1 {
			t.Fatal(got)
		}
	})
}

func TestABillThatNobodyHasToPayAnyMoreIsNotRepeated(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(pix)
		s.tell(o.ID)
		bill := s.last()
		s.pay(o, "k1", 8000)
		s.failed(bill)
		if got := s.spoken(); strings.Count(got, "bill:") != 1 {
			t.Fatalf("who has paid is asked for the money again: %s", got)
		}
		s.tell(o.ID)
		if p := s.last().Content.Progress; p == nil || p.Native {
			t.Fatalf("%+v", p)
		}
	})
}

// A cart that the bot had to refuse is refused once.
func TestARefusedCartIsToldByOne(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		s.listing.catalog, s.listing.ids = "cat1", map[string]string{"r-cup": s.variant()}
		foreign := message.Order{CatalogID: "cat9", Items: []message.OrderItem{{RetailerID: "r-cup", Quantity: 1, Price: "40", Currency: "BRL"}}}
		s.serial = 51
		if reason := why(s, s.ask("shop.receive", map[string]any{"order": foreign})); reason != "catalog_foreign" {
			t.Fatal(reason)
		}
		before := s.spoken()
		data, err := json.Marshal(conversation.MessageEvent{
			Message:      conversation.Message{ID: "msg_52", Direction: message.In, Kind: message.Cart, Content: message.Content{Kind: message.Cart, Order: &foreign}},
			Conversation: &conversation.Conversation{ID: s.conversation, AccountID: s.account.ID, ContactID: s.contact, ContactName: "Bia"},
		})
		s.must(err)
		s.must(s.Follow(t.Context(), event.Envelope{TenantID: s.tenant, Type: event.MessageCreated, Data: data}))
		if got := s.spoken(); got != before {
			t.Fatalf("the house says it too: %s", got)
		}
	})
}

func TestAVendorsRefusalIsToldToBoth(t *testing.T) {
	o := order.Order{ID: "ord_1", Number: 7, State: order.AwaitingPayment, Payments: []payment.Payment{{ID: "pay_1", State: payment.Failed}}}
	list := causes(o, map[string]bool{}, inPortuguese)
	if len(list) != 2 || list[0].text == "" || list[1].note == "" {
		t.Fatalf("%+v", list)
	}
	if again := causes(o, map[string]bool{list[0].key: true, list[1].key: true}, inPortuguese); len(again) != 0 {
		t.Fatalf("%+v", again)
	}
}

func TestEventsOfOneOrderAreFollowedOnce(t *testing.T) {
	of := func(tenant, order string) event.Envelope {
		return event.Envelope{TenantID: tenant, Type: event.OrderUpdated, Data: json.RawMessage(`{"order":{"id":"` + order + `"}}`)}
	}
	message := event.Envelope{TenantID: "a", Type: event.MessageCreated}
	kept := latest([]event.Envelope{of("a", "1"), message, of("a", "2"), of("a", "1"), of("b", "1")})
	if len(kept) != 4 || orderIn(kept[0]) != "" || orderIn(kept[1]) != "2" || orderIn(kept[2]) != "1" || kept[3].TenantID != "b" {
		t.Fatalf("%+v", kept)
	}
	if orderIn(event.Envelope{Type: event.OrderPaid, Data: json.RawMessage(`[]`)}) != "" {
		t.Fatal("an order was found where there is none")
	}
}

// Whatever is done to an order, and however often and when its news are looked
// at: each thing is said once, and the bill's reference is never used twice.
func TestNothingIsSaidTwice(t *testing.T) {
	s := open(t, database.SQLite, message.WhatsApp)
	rapid.Check(t, func(rt *rapid.T) {
		s.serial++
		s.writes(fmt.Sprint("Cliente ", s.serial))
		if _, err := s.products.Move(context.Background(), product.Move{TenantID: s.tenant, VariantID: s.variant(), Quantity: 10, Reason: "new", By: ana}); err != nil {
			rt.Fatal(err)
		}
		o := s.placed(rapid.SampledFrom([]payment.Choice{pix, cash}).Draw(rt, "choice"))
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			act := order.Act{TenantID: s.tenant, OrderID: o.ID, By: ana}
			// What the state does not allow is refused, which is no matter here.
			switch rapid.IntRange(0, 6).Draw(rt, "step") {
			case 0:
				s.tell(o.ID)
			case 1:
				if o.Payments[0].Choice == pix {
					s.serial++
					s.pay(o, fmt.Sprint("k", s.serial), rapid.SampledFrom([]money.Amount{1000, 8000}).Draw(rt, "amount"))
				}
			case 2:
				_, _ = s.orders.Move(context.Background(), act, order.Preparing)
			case 3:
				_, _ = s.orders.Move(context.Background(), act, order.Delivered)
			case 4:
				_, _ = s.orders.Cancel(context.Background(), act, true)
			case 5:
				_, _ = s.orders.Edit(context.Background(), act, []order.Piece{{VariantID: s.variant(), Quantity: rapid.Int64Range(1, 3).Draw(rt, "pieces")}})
			case 6:
				s.clock.Advance(time.Millisecond)
			}
		}
		s.tell(o.ID)
		heard := s.spoken()
		s.tell(o.ID)
		if again := s.spoken(); again != heard {
			rt.Fatalf("said again: %s, then %s", heard, again)
		}
		var references, keys []string
		for _, m := range s.thread() {
			if m.Content.Bill != nil {
				references = append(references, m.Content.Bill.Reference)
				if m.Status == message.Failed {
					rt.Fatalf("a bill could not be sent: %s", m.ErrorText)
				}
			}
			if m.ClientKey != "" {
				keys = append(keys, m.ClientKey)
			}
		}
		for _, list := range [][]string{references, keys} {
			slices.Sort(list)
			if len(slices.Compact(slices.Clone(list))) != len(list) {
				rt.Fatalf("twice: %v", list)
			}
		}
		last := s.reload(o.ID)
		if said := strings.Contains(heard, "está confirmado") || strings.Contains(heard, "recebido!"); said != slices.ContainsFunc(last.Events, func(e order.Event) bool { return e.To == order.Confirmed && e.Kind == "moved" }) {
			rt.Fatalf("confirmed and not told, or told and not confirmed: %s", heard)
		}
	})
}

// Between the reading of an order and the word about it, it is paid or taken back.
func TestWhatChangedMeanwhileIsNotAskedFor(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		paid, canceled := s.placed(pix), s.placedBy("Nina")
		s.pay(paid, "k1", 8000)
		if _, err := s.orders.Cancel(t.Context(), order.Act{TenantID: s.tenant, OrderID: canceled.ID, By: ana}, true); err != nil {
			t.Fatal(err)
		}
		for _, o := range []order.Order{paid, canceled} {
			s.conversation = o.ConversationID
			c := causes(o, map[string]bool{}, inPortuguese)[0] // as it was
			s.must(s.speak(t.Context(), o, c, inPortuguese))
			if got := s.spoken(); got != "" {
				t.Errorf("asked for what nobody has to pay: %s", got)
			}
			if _, err := s.sendBill(t.Context(), o, o.Payments[0], house, "again:by-hand", inPortuguese, false); reasonOf(err) != "nothing_to_pay" {
				t.Error(err)
			}
			s.tell(o.ID)
			if got := s.spoken(); strings.Contains(got, "bill:") || strings.Count(got, "order_status:") != 1 {
				t.Error(got)
			}
		}
	})
}
