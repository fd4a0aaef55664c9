package sale

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/adapters/telegram"
	"prosa/internal/adapters/whatsapp"
	"prosa/internal/base/clock"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/contact"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/outbox"
)

var (
	ana  = event.Actor{Kind: "user", ID: "usr_ana", Name: "Ana"}
	boss = conversation.Viewer{UserID: "usr_ana", Name: "Ana", Role: conversation.Admin}
	pix  = payment.Choice{Provider: payment.PixKey, Method: payment.Pix}
	cash = payment.Choice{Provider: payment.OnDelivery, Method: payment.Cash}
)

// shop is sale with its real neighbours on a real database: a company with a
// customer who has just written, two products and a counter.
type shop struct {
	*Service
	t             testing.TB
	db            *database.DB
	clock         *clock.Manual
	tenant        string
	account       channel.Account
	contact       string
	conversation  string
	cup, shirt    product.Product
	zone          string
	conversations *conversation.Service
	listing       *toyListing
	fired         []string
	serial        int
}

func each(t *testing.T, ch message.Channel, fn func(t *testing.T, s *shop)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, open(t, engine, ch)) })
	}
}

func defaults[T any](t testing.TB) (cfg T) {
	t.Helper()
	if err := config.Load(&cfg, func(string) (string, bool) { return "", false }); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func open(t testing.TB, engine database.Engine, ch message.Channel) *shop {
	t.Helper()
	cfg := databasetest.Config(t, engine)
	manual := clock.NewManual(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	cfg.Clock = manual
	db, err := database.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &shop{t: t, db: db, clock: manual, tenant: id.New(id.Tenant, 1), listing: &toyListing{}}
	s.furnish(ch)
	return s
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) furnish(ch message.Channel) {
	ctx, logger := context.Background(), slog.New(slog.DiscardHandler)
	tell := func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error {
		return outbox.Write(ctx, tx, 0, envelopes...)
	}
	blobs, err := blob.NewFolder(blob.Config{Dir: s.t.TempDir()})
	s.must(err)
	contacts := contact.New(s.db, tell)
	channels := channel.New(defaults[channel.Config](s.t), channel.Deps{
		DB: s.db, Sealer: openSealer{}, Clock: s.clock, Logger: logger, Shards: 1, Wake: func(int) {},
		Adapters: []channel.Adapter{
			whatsapp.New(defaults[whatsapp.Config](s.t), whatsapp.Deps{Clock: s.clock, Logger: logger}), telegram.New(defaults[telegram.Config](s.t), telegram.Deps{Clock: s.clock, Logger: logger}),
		},
	})
	s.conversations = conversation.New(conversation.Defaults(), conversation.Deps{
		DB: s.db, Contacts: contacts, Deliverer: channels, Directory: channels.Directory(), Tell: outbox.Write, Logger: logger,
	})
	contacts.Bind(s.conversations)
	channels.Bind(s.conversations)
	products := product.New(s.db, tell, blobs)
	payments := payment.New(defaults[payment.Config](s.t), s.db, logger)
	orders := order.New(defaults[order.Config](s.t), order.Deps{DB: s.db, Stock: products, Payments: payments, Contacts: contacts, Tell: tell, Logger: logger})
	payments.Bind(orders)
	s.Service = New(defaults[Config](s.t), Deps{
		DB: s.db, Orders: orders, Products: products, Payments: payments, Conversations: s.conversations, Blobs: blobs, Listing: s.listing, Links: toyLinks{},
		Picture: func(_, hash string) string { return "https://loja.example.com/" + hash },
		Speaks:  func(context.Context, *database.Tx, string, string) (string, error) { return "pt-BR", nil }, Logger: logger,
	})
	s.BindBots(func(_ context.Context, _, topic, body string) error {
		s.fired = append(s.fired, topic+" "+body)
		return nil
	})
	s.account, err = channels.Create(ctx, channel.NewAccount{TenantID: s.tenant, Channel: ch, Name: "Loja", ExternalID: "930000000000001",
		Credentials: map[string]secret.Text{"token": secret.New("930000000000001:abc"), "app_secret": secret.New("s")}})
	s.must(err)
	s.must(channels.Directory().Refresh(ctx))
	s.writes("Bia")
	s.stock(ctx, products, orders, payments)
}

// writes has a customer write to the company.
func (s *shop) writes(name string) {
	s.t.Helper()
	s.serial++
	s.writesFrom(name, s.serial)
}

// writesFrom has the customer of a number write.
func (s *shop) writesFrom(name string, number int) {
	s.t.Helper()
	address := message.Address{Kind: message.WaID, Value: fmt.Sprint("55119000000", 10+number)}
	if s.account.Channel == message.Telegram {
		address = message.Address{Kind: message.TelegramChat, Value: fmt.Sprint(100 + number)}
	}
	s.must(s.conversations.Import(context.Background(), s.tenant, []conversation.Past{{
		AccountID: s.account.ID, Channel: s.account.Channel, Name: name, Addresses: []message.Address{address},
		Lines: []conversation.PastLine{{By: conversation.PastCustomer, Text: "oi", AtMS: clock.MS(s.clock.Now())}},
	}}))
	list, err := s.conversations.List(context.Background(), conversation.ListInput{TenantID: s.tenant, By: boss, View: conversation.AllView})
	s.must(err)
	for _, row := range slices.Backward(list.Items) { // the newest counts
		if row.ContactName == name {
			s.conversation, s.contact = row.ID, row.ContactID
		}
	}
}

func (s *shop) stock(ctx context.Context, products *product.Service, orders *order.Service, payments *payment.Service) {
	var err error
	s.cup, err = products.Save(ctx, product.Product{TenantID: s.tenant, Name: "Caneca Azul", Handle: "caneca", Description: "De cerâmica",
		Variants: []product.Variant{{SKU: "CAN", Price: 4000, Tracked: true, OnHand: 5}}}, ana)
	s.must(err)
	s.shirt, err = products.Save(ctx, product.Product{TenantID: s.tenant, Name: "Camiseta", Handle: "camiseta", Options: []string{"Tamanho"}, Variants: []product.Variant{
		{SKU: "CAM-P", Options: []string{"P"}, Price: 6000, SalePrice: 5000, Tracked: true, OnHand: 3}, {SKU: "CAM-G", Options: []string{"G"}, Price: 6000, Tracked: true},
	}}, ana)
	s.must(err)
	zone, err := orders.SaveZone(ctx, order.Zone{TenantID: s.tenant, Kind: order.Pickup, Name: "Balcão", Promise: "hoje", Active: true}, ana)
	s.must(err)
	s.zone = zone.ID
	_, err = payments.SaveSetting(ctx, payment.Setting{
		TenantID: s.tenant, PixKey: "loja@alfa.example.com", PixName: "Padaria Alfa", PixCity: "Recife", Cash: true, ExpiryMinutes: 60,
	}, ana)
	s.must(err)
}

func (s *shop) variant() string { return s.cup.Variants[0].ID }

// ask asks as a bot does, in a transaction of its own.
func (s *shop) ask(kind string, request map[string]any) flow.Answer {
	s.t.Helper()
	s.serial++
	if request["language"] == nil {
		request["language"] = "pt-BR"
	}
	raw, err := json.Marshal(request)
	s.must(err)
	var answer flow.Answer
	s.must(s.db.Write(context.Background(), database.Company(s.tenant), func(ctx context.Context, tx *database.Tx) error {
		answer, err = s.Answer(ctx, tx, botrun.Question{
			TenantID: s.tenant, ConversationID: s.conversation, ContactID: s.contact, BotID: "bot_1", Channel: s.account.Channel, AccountID: s.account.ID,
			MessageID: fmt.Sprint("msg_", s.serial), Key: fmt.Sprint("key-of-turn-", s.serial), Kind: kind, Request: raw,
		})
		return err
	}))
	return answer
}

// told reads the body of an answer that is OK.
func told[T any](s *shop, answer flow.Answer) (body T) {
	s.t.Helper()
	if !answer.OK {
		s.t.Fatalf("the shop refused: %+v", answer)
	}
	s.must(json.Unmarshal([]byte(answer.Body), &body))
	return body
}

// placed fills the cart, chooses the counter and orders.
func (s *shop) placed(choice payment.Choice) order.Order {
	s.t.Helper()
	s.ask("shop.add", map[string]any{"variant_id": s.variant(), "quantity": 2})
	s.ask("shop.delivery", map[string]any{"zone_id": s.zone})
	body := told[orderBody](s, s.ask("shop.place", map[string]any{"provider": choice.Provider, "method": choice.Method, "expected_total": 8000, "customer": map[string]any{"name": "Bia"}}))
	return s.reload(body.ID)
}

func (s *shop) reload(orderID string) order.Order {
	s.t.Helper()
	o, err := s.orders.Get(context.Background(), s.tenant, orderID)
	s.must(err)
	return o
}

func (s *shop) pay(o order.Order, key string, amount money.Amount) {
	s.t.Helper()
	_, err := s.payments.Confirm(context.Background(), s.tenant, o.Payments[0].ID, []payment.Fact{{Key: key, Kind: payment.WasPaid, Amount: amount}}, ana)
	s.must(err)
}

func (s *shop) tell(orderID string) {
	s.t.Helper()
	s.must(s.Tell(context.Background(), s.tenant, orderID))
}

func (s *shop) thread() []conversation.Message {
	s.t.Helper()
	list, _, err := s.conversations.Thread(context.Background(), s.tenant, s.conversation, boss, 0, 200)
	s.must(err)
	return list
}

// spoken is the thread behind the customer's first word, in short.
func (s *shop) spoken() string {
	s.t.Helper()
	var lines []string
	for _, m := range s.thread() {
		if m.Direction != message.In && m.Kind != message.Activity {
			text, _, _ := strings.Cut(m.Content.Text, "\n")
			lines = append(lines, string(m.Kind)+": "+text)
		}
	}
	return strings.Join(lines, " | ")
}

// toyListing is a catalog at Meta that shows what it is told to.
type toyListing struct {
	catalog string
	visible bool
	ids     map[string]string // variant by the catalog's id
	shown   map[string]money.Amount
}

func (l *toyListing) Shown(_ context.Context, _ *database.Tx, _, _ string, variantIDs []string) (string, map[string]string, error) {
	shown := map[string]string{}
	for retailer, variant := range l.ids {
		for _, wanted := range variantIDs {
			if wanted == variant {
				shown[variant] = retailer
			}
		}
	}
	return l.catalog, shown, nil
}

func (l *toyListing) Resolve(_ context.Context, _ *database.Tx, _, catalogID string, retailerIDs []string) (map[string]string, error) {
	found := map[string]string{}
	for _, id := range retailerIDs {
		if variant, ok := l.ids[id]; ok && catalogID == l.catalog {
			found[id] = variant
		}
	}
	return found, nil
}

func (l *toyListing) PublishedSince(_ context.Context, _ *database.Tx, _, _, retailerID string, price money.Amount, _ money.Currency, _ int64) (bool, error) {
	return l.shown[retailerID] == price, nil
}

func (l *toyListing) CatalogOf(context.Context, *database.Tx, string, string) (string, bool, error) {
	return l.catalog, l.visible, nil
}

type toyLinks struct{}

func (toyLinks) Product(_, variantID string) string { return "https://loja.example.com/p/" + variantID }
func (toyLinks) Shop(_, contactID, _ string) string { return "https://loja.example.com/c/" + contactID }
func (toyLinks) Order(_, orderID string) string     { return "https://loja.example.com/o/" + orderID }

// openSealer keeps secrets in the open.
type openSealer struct{}

func (openSealer) Seal(_ string, plain []byte) (string, error) { return string(plain), nil }
func (openSealer) Open(_, sealed string) ([]byte, error)       { return []byte(sealed), nil }
