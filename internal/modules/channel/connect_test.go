package channel

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// proves makes the platform know tokens: each is of one account.
func (p *platform) proves(tokens map[string]string) {
	p.probe = func(account Account) (Probe, error) {
		externalID, ok := tokens[account.Credential("token").Reveal()]
		if !ok {
			return Probe{}, &SendError{Class: Stop, Code: "190", Message: "the token was refused"}
		}
		return Probe{ExternalID: externalID, Display: "+55 11 4000-1000", Name: "Loja"}, nil
	}
}

func (r *rig) refresh() {
	r.t.Helper()
	if err := r.directory.Refresh(context.Background()); err != nil {
		r.t.Fatal(err)
	}
}

func reasonOf(err error) string {
	var known *fault.Error
	if errors.As(err, &known) {
		return known.Reason
	}
	return ""
}

func TestAnAccountIsWhoItsTokenSays(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		ctx := context.Background()
		r.platform.proves(map[string]string{"mine": "100", "theirs": "200", "mine too": "100"})
		with := func(externalID, token string) NewAccount {
			return NewAccount{TenantID: r.tenant, Channel: message.WhatsApp, Name: "Loja", ExternalID: externalID,
				Credentials: map[string]secret.Text{"token": secret.New(token), "app_secret": secret.New("shh")}}
		}
		if _, err := r.Connect(ctx, with("200", "mine")); reasonOf(err) != "another_account" {
			t.Errorf("a number was claimed with the token of another: %v", err)
		}
		if _, err := r.Connect(ctx, with("100", "guess")); !fault.Is(err, fault.Refused) || fault.MessageOf(err) != "the token was refused" {
			t.Errorf("a number was claimed without a token: %v", err)
		}
		account, err := r.Connect(ctx, with("100", "mine"))
		if err != nil || account.State != Active || account.Display != "+55 11 4000-1000" {
			t.Fatalf("connected as %+v, %v", account, err)
		}
		// A draft of the same number claims nothing, here or elsewhere, and cannot be
		// finished while the number is another's.
		other := with("100", "mine too")
		other.TenantID = id.New(id.Tenant, 9)
		draft, err := r.Draft(ctx, other)
		if err != nil || draft.State != Drafted || draft.Hook == "" || draft.Credential("verify_token").IsZero() {
			t.Fatalf("draft %+v, %v", draft, err)
		}
		if _, err := r.Prove(ctx, AccountChange{TenantID: draft.TenantID, ID: draft.ID}); reasonOf(err) != "external_taken" {
			t.Errorf("a number of two companies: %v", err)
		}
		r.refresh()
		if found, ok := r.directory.ByExternal(message.WhatsApp, "100"); !ok || found.ID != account.ID {
			t.Errorf("the number stands for %+v", found)
		}
		if list, _ := r.directory.ByHook(message.WhatsApp, draft.Hook); len(list) != 1 {
			t.Error("the draft's hook is not known")
		}
		// Once the first company has let go, the second may prove it.
		if problem, err := r.Disconnect(ctx, r.tenant, account.ID, event.Actor{Kind: "user"}); err != nil || problem != "" {
			t.Fatal(problem, err)
		}
		if proven, err := r.Prove(ctx, AccountChange{TenantID: draft.TenantID, ID: draft.ID}); err != nil || proven.State != Active {
			t.Errorf("proven as %+v, %v", proven, err)
		}
		if _, err := r.Prove(ctx, AccountChange{TenantID: r.tenant, ID: account.ID}); reasonOf(err) != "external_taken" {
			t.Errorf("the first company took it back: %v", err)
		}
		r.refresh()
		if list, _ := r.directory.ByHook(message.WhatsApp, account.Hook); len(list) != 0 {
			t.Error("webhooks of a disconnected account are accepted")
		}
	})
}

func TestADraftIsFinishedStepByStepOrRemoved(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.Messenger)
		ctx := context.Background()
		r.platform.proves(map[string]string{"tok": r.account.ExternalID, "page": "940"})
		draft, err := r.Draft(ctx, NewAccount{TenantID: r.tenant, Channel: message.Messenger, Name: " Página "})
		if err != nil || draft.Name != "Página" {
			t.Fatalf("draft %+v, %v", draft, err)
		}
		externalID := "940"
		var known *fault.Error
		if _, err := r.Prove(ctx, AccountChange{TenantID: r.tenant, ID: draft.ID, ExternalID: &externalID}); !errors.As(err, &known) || known.Field != "credentials.token" {
			t.Errorf("proven without a token: %v", err)
		}
		wrong := map[string]secret.Text{"token": secret.New("tok"), "app_secret": secret.New("shh")}
		if _, err := r.Prove(ctx, AccountChange{TenantID: r.tenant, ID: draft.ID, ExternalID: &externalID, Credentials: wrong}); reasonOf(err) != "another_account" {
			t.Errorf("proven with another's token: %v", err)
		}
		if kept, err := r.Get(ctx, r.tenant, draft.ID); err != nil || kept.State != Drafted || !kept.Credential("token").IsZero() {
			t.Errorf("a failed proof left %+v, %v", kept, err)
		}
		right := map[string]secret.Text{"token": secret.New("page"), "app_secret": secret.New("shh")}
		proven, err := r.Prove(ctx, AccountChange{TenantID: r.tenant, ID: draft.ID, ExternalID: &externalID, Credentials: right})
		if err != nil || proven.State != Active || proven.ExternalID != "940" || proven.Hook != draft.Hook || !proven.Credential("verify_token").Equal(draft.Credential("verify_token").Reveal()) {
			t.Errorf("proven as %+v, %v", proven, err)
		}
		// The id of what is connected never changes by a proof.
		if got, err := r.Prove(ctx, AccountChange{TenantID: r.tenant, ID: r.account.ID, ExternalID: &externalID}); err != nil || got.ExternalID != r.account.ExternalID {
			t.Errorf("renamed to %+v, %v", got, err)
		}
		for range maxDrafts {
			if draft, err = r.Draft(ctx, NewAccount{TenantID: r.tenant, Channel: message.Telegram, Name: "Bot"}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.Draft(ctx, NewAccount{TenantID: r.tenant, Channel: message.Telegram, Name: "Bot"}); reasonOf(err) != "too_many_drafts" {
			t.Errorf("one draft too many: %v", err)
		}
		again, err := r.Draft(ctx, NewAccount{TenantID: id.New(id.Tenant, 4), Channel: message.Messenger, Name: "Página"})
		if err != nil {
			t.Fatalf("a neighbour: %v", err)
		}
		if _, err := r.Disconnect(ctx, again.TenantID, again.ID, event.Actor{}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Get(ctx, again.TenantID, again.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a removed draft: %v", err)
		}
	})
}

func TestASecretIsRotatedWithoutAGap(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		ctx := context.Background()
		r.platform.proves(map[string]string{"tok": r.account.ExternalID, "new": r.account.ExternalID, "other": "999"})
		if _, err := r.Prove(ctx, AccountChange{TenantID: r.tenant, ID: r.account.ID, Credentials: map[string]secret.Text{"token": secret.New("other")}}); reasonOf(err) != "another_account" {
			t.Errorf("rotated to another's token: %v", err)
		}
		if _, err := r.Prove(ctx, AccountChange{TenantID: r.tenant, ID: r.account.ID, Credentials: map[string]secret.Text{"token": secret.New("dead")}}); !fault.Is(err, fault.Refused) {
			t.Errorf("rotated to a dead token: %v", err)
		}
		if kept, err := r.Get(ctx, r.tenant, r.account.ID); err != nil || !kept.Credential("token").Equal("tok") {
			t.Fatalf("the old token is gone: %v", err)
		}
		rotated, err := r.Prove(ctx, AccountChange{TenantID: r.tenant, ID: r.account.ID,
			Credentials: map[string]secret.Text{"token": secret.New("new"), "app_secret": secret.New("fresh")}})
		if err != nil || !rotated.Credential("token").Equal("new") {
			t.Fatal(err)
		}
		r.refresh()
		list, _ := r.directory.ByHook(message.WhatsApp, r.account.Hook)
		if len(list) != 2 || list[0].ID != list[1].ID || !list[0].Credential("app_secret").Equal("fresh") || !list[1].Credential("app_secret").Equal("shh") {
			t.Fatalf("the hook has %d accounts", len(list))
		}
		if one, ok := r.directory.Account(r.account.ID); !ok || !one.Credential("app_secret").Equal("fresh") {
			t.Error("what sends has the old secret")
		}
		// A day later the old one no longer counts.
		day := clock.NewManual(time.Now().Add(25 * time.Hour))
		later := New(testConfig(), Deps{DB: db, Sealer: plainBox{}, Adapters: []Adapter{r.platform}, Clock: day, Logger: r.logger, Shards: 4, Wake: func(int) {}})
		if err := later.directory.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		if list, _ := later.directory.ByHook(message.WhatsApp, r.account.Hook); len(list) != 1 || !list[0].Credential("app_secret").Equal("fresh") {
			t.Errorf("after a day the hook has %d accounts", len(list))
		}
	})
}

func TestWhatWaitedIsSentOrGivenUp(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		ctx := context.Background()
		r.platform.proves(map[string]string{"tok": r.account.ExternalID})
		old := r.order("c1", 1, "old")
		if err := db.Write(ctx, database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE delivery SET created_ms = $3 WHERE tenant_id = $1 AND message_id = $2`, r.tenant, old, tx.Now()-25*3_600_000)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		young := r.order("c1", 2, "young")
		if err := db.Write(ctx, database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
			account, err := r.Account(ctx, tx, r.tenant, r.account.ID)
			if err != nil {
				return err
			}
			if count, oldest, err := r.WaitingIn(ctx, tx, account); err != nil || count != 2 || oldest > tx.Now()-24*3_600_000 {
				t.Errorf("%d wait since %d, %v", count, oldest, err)
			}
			return r.stop(ctx, tx, account, "the token was refused")
		}); err != nil {
			t.Fatal(err)
		}
		back, err := r.Prove(ctx, AccountChange{TenantID: r.tenant, ID: r.account.ID, DiscardBeforeMS: time.Now().Add(-24 * time.Hour).UnixMilli()})
		if err != nil || back.State != Active || back.StoppedWhy != "" {
			t.Fatalf("back as %+v, %v", back, err)
		}
		r.refresh()
		r.send()
		if change := r.ledger.await(t, old, message.Failed); change.ErrorCode != "discarded" {
			t.Errorf("told %+v", change)
		}
		r.ledger.await(t, young, message.Accepted)
		if len(r.platform.took) != 1 || r.platform.took[0].Text != "young" {
			t.Errorf("sent %+v", r.platform.took)
		}
	})
}

func TestATestGoesPastTheQueue(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		ctx := context.Background()
		receipt, err := r.Test(ctx, r.tenant, r.account.ID, "+55 (11) 98765-4321", "olá")
		if err != nil || receipt.ExternalID == "" || r.platform.took[0].To != "5511987654321" {
			t.Errorf("sent %+v, %v", r.platform.took, err)
		}
		var known *fault.Error
		if _, err := r.Test(ctx, r.tenant, r.account.ID, "  ", "olá"); !errors.As(err, &known) || known.Field != "to" {
			t.Errorf("to nobody: %v", err)
		}
		r.platform.answer = func(string, string, int) (Receipt, error) {
			return Receipt{}, &SendError{Class: Window, Code: "131047", Message: "more than 24 hours have passed"}
		}
		if _, err := r.Test(ctx, r.tenant, r.account.ID, "5511987654321", "olá"); !fault.Is(err, fault.Refused) || !strings.Contains(fault.MessageOf(err), "24 hours") {
			t.Errorf("refused as %v", err)
		}
		if _, err := r.Test(ctx, id.New(id.Tenant, 5), r.account.ID, "5511987654321", "olá"); !fault.Is(err, fault.NotFound) {
			t.Errorf("by another company: %v", err)
		}
	})
}

// Pieces of a number that nobody had come back when it is connected, if they
// were signed with its own app's secret; a stranger's forgeries stay.
func TestPiecesOfAnUnknownAccountComeBack(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		ctx := context.Background()
		stranger := r.another("another secret")
		reason := Piece{ExternalID: "100"}.Unrouted()
		raw := func(via, body string) event.Raw {
			return event.Raw{AccountID: via, Channel: "whatsapp", ReceivedMS: 7, Body: []byte(body)}
		}
		if err := db.Write(ctx, database.Platform("a test puts pieces of nobody aside"), func(ctx context.Context, tx *database.Tx) error {
			return r.Quarantine(ctx, tx, []event.Raw{raw(r.account.ID, "signed"), raw(stranger.ID, "forged"), raw(r.account.ID, "another"), raw("", "old")},
				[]string{reason, reason, Piece{ExternalID: "1000"}.Unrouted(), reason})
		}); err != nil {
			t.Fatal(err)
		}
		r.platform.proves(map[string]string{"mine": "100"})
		account, err := r.Connect(ctx, NewAccount{TenantID: r.tenant, Channel: message.WhatsApp, Name: "Loja", ExternalID: "100",
			Credentials: map[string]secret.Text{"token": secret.New("mine"), "app_secret": secret.New("shh")}})
		if err != nil {
			t.Fatal(err)
		}
		var back []event.Raw
		failing := func(context.Context, event.Raw) error { return fault.New(fault.Unavailable, "the stream is away") }
		if count, err := r.Requeue(ctx, account, failing); count != 0 || !fault.Is(err, fault.Unavailable) {
			t.Errorf("a failed replay gave %d, %v", count, err)
		}
		replay := func(_ context.Context, raw event.Raw) error {
			back = append(back, raw)
			return nil
		}
		if count, err := r.Requeue(ctx, account, replay); count != 1 || err != nil {
			t.Errorf("%d came back, %v", count, err)
		}
		if len(back) != 1 || string(back[0].Body) != "signed" || back[0].AccountID != account.ID || back[0].TenantID != r.tenant || back[0].ReceivedMS != 7 {
			t.Errorf("came back: %+v", back)
		}
		if count, err := r.Requeue(ctx, account, replay); count != 0 || err != nil {
			t.Errorf("%d came back twice, %v", count, err)
		}
	})
}
