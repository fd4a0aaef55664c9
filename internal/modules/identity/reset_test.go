package identity

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
)

// postbox keeps the letters of committed transactions.
type postbox struct {
	mu        sync.Mutex
	letters   []mail.Letter
	withdrawn []string
}

func (p *postbox) Works() bool { return true }

func (p *postbox) Send(_ context.Context, tx *database.Tx, l mail.Letter) error {
	tx.AfterCommit(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.letters = append(p.letters, l)
	})
	return nil
}

func (p *postbox) Withdraw(_ context.Context, tx *database.Tx, _, key string) error {
	tx.AfterCommit(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.withdrawn = append(p.withdrawn, key)
	})
	return nil
}

// of gives the letters of a template.
func (p *postbox) of(template string) []mail.Letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []mail.Letter
	for _, l := range p.letters {
		if l.Template == template {
			list = append(list, l)
		}
	}
	return list
}

// mailing is a platform whose people are written to.
func mailing(t *testing.T, engine database.Engine) (*bench, *postbox) {
	t.Helper()
	b := ready(t, engine)
	post := &postbox{}
	b.cfg.PublicURL = "https://prosa.example.com"
	b.BindPost(post)
	return b, post
}

func tokenIn(l mail.Letter) secret.Text {
	_, token, _ := strings.Cut(l.Data["link"], "#")
	return secret.New(token)
}

// asks has somebody ask for a new password, and the letter written.
func (b *bench) asks(t *testing.T, email string) {
	t.Helper()
	if err := b.AskReset(context.Background(), email, home); err != nil {
		t.Fatal(err)
	}
	if err := b.SweepResets(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestAForgottenPasswordIsReplacedOnce(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		ctx := context.Background()
		b, post := mailing(t, engine)
		b.asks(t, " ANA@example.com ")
		b.asks(t, "ana@example.com")
		letters := post.of(mail.PasswordReset)
		if len(letters) != 2 || letters[0].To != "ana@example.com" || letters[0].TenantID != "" || letters[0].Key == letters[1].Key {
			t.Fatalf("letters: %+v", letters)
		}
		if email, err := b.OpenReset(ctx, tokenIn(letters[0])); err != nil || email != "ana@example.com" {
			t.Fatal(email, err)
		}
		// The same link from many browsers at once: one counts.
		var all sync.WaitGroup
		results := make([]error, 5)
		for i := range results {
			all.Go(func() {
				results[i] = b.Reset(ctx, tokenIn(letters[0]), secret.New(fmt.Sprintf("a wholly new password %d", i)), home)
			})
		}
		all.Wait()
		won := -1
		for i, err := range results {
			switch {
			case err == nil && won < 0:
				won = i
			case !fault.Is(err, fault.NotFound):
				t.Errorf("browser %d: %v", i, err)
			}
		}
		if won < 0 {
			t.Fatal("nobody could replace the password")
		}
		for i, letter := range letters { // the other letter leads nowhere either
			if err := b.Reset(ctx, tokenIn(letter), secret.New("and one more password"), home); !fault.Is(err, fault.NotFound) {
				t.Errorf("letter %d works again: %v", i, err)
			}
		}
		if _, err := b.Authenticate(ctx, b.admin.Token); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("an old session lives on: %v", err)
		}
		if _, err := b.SignIn(ctx, "ana@example.com", secret.New(password), home); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("the old password still works: %v", err)
		}
		if _, err := b.SignIn(ctx, "ana@example.com", secret.New(fmt.Sprintf("a wholly new password %d", won)), home); err != nil {
			t.Errorf("the new password does not work: %v", err)
		}
		if notices := post.of(mail.PasswordChanged); len(notices) != 1 || notices[0].Data["ip"] != home.IP || notices[0].Data["link"] != "https://prosa.example.com/forgot" {
			t.Errorf("notices: %+v", notices)
		}
	})
}

func TestALinkToANewPasswordLastsHalfAnHour(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		ctx := context.Background()
		b, post := mailing(t, engine)
		b.asks(t, "ana@example.com")
		token := tokenIn(post.of(mail.PasswordReset)[0])
		b.clock.Advance(resetLife - time.Millisecond)
		if err := b.Reset(ctx, token, secret.New("short"), home); !fault.Is(err, fault.Invalid) {
			t.Errorf("a weak password: %v", err)
		}
		if _, err := b.OpenReset(ctx, token); err != nil {
			t.Errorf("just in time: %v", err)
		}
		b.clock.Advance(time.Millisecond)
		if _, err := b.OpenReset(ctx, token); !fault.Is(err, fault.NotFound) {
			t.Errorf("too late: %v", err)
		}
		if err := b.Reset(ctx, token, secret.New("a wholly new password"), home); !fault.Is(err, fault.NotFound) {
			t.Errorf("too late: %v", err)
		}
	})
}

// Whose e-mail it is, is not told by what asking does: one row for anybody's and
// for nobody's.
func TestAskingTellsNothing(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		ctx := context.Background()
		b, post := mailing(t, engine)
		rows := func() (n int64) {
			t.Helper()
			err := b.db.Read(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
				return tx.QueryRow(ctx, "SELECT COUNT(*) FROM password_reset").Scan(&n)
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for i, email := range []string{"ana@example.com", "nobody@example.com"} {
			if err := b.AskReset(ctx, email, home); err != nil {
				t.Fatal(err)
			}
			if got := rows(); got != int64(i+1) {
				t.Errorf("asking for %s left %d rows", email, got-int64(i))
			}
		}
		if err := b.SweepResets(ctx); err != nil {
			t.Fatal(err)
		}
		if got := rows(); got != 1 {
			t.Errorf("%d rows are kept", got)
		}
		if err := b.AskReset(ctx, "no address", home); !fault.Is(err, fault.Invalid) {
			t.Errorf("no address: %v", err)
		}
		for range 10 { // more than a mailbox should take in an hour
			b.asks(t, "ana@example.com")
		}
		if got := len(post.of(mail.PasswordReset)); got != resetsAnHour {
			t.Errorf("%d letters in an hour", got)
		}
		b.clock.Advance(time.Hour)
		b.asks(t, "ana@example.com")
		if got := len(post.of(mail.PasswordReset)); got != resetsAnHour+1 {
			t.Errorf("after an hour there are %d letters", got)
		}
		var throttled error
		for i := 0; i < 40 && throttled == nil; i++ {
			throttled = b.AskReset(ctx, fmt.Sprintf("p%d@example.com", i), home)
		}
		if !fault.Is(throttled, fault.RateLimited) {
			t.Errorf("one address asks for everybody: %v", throttled)
		}
	})
}

func TestWithoutMailNothingIsPromised(t *testing.T) {
	b := ready(t, database.SQLite)
	if err := b.AskReset(context.Background(), "ana@example.com", home); !fault.Is(err, fault.Refused) {
		t.Errorf("error: %v", err)
	}
	if b.Posts() {
		t.Error("it claims to write to people")
	}
	b.join(t, "bia@example.com", Attendant) // by the link alone
}

func TestInvitationsArePosted(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		ctx := context.Background()
		b, post := mailing(t, engine)
		tenantID := b.admin.Principal.TenantID()
		first, token, err := b.Invite(ctx, b.admin.Principal, tenantID, "bia@example.com", Supervisor)
		if err != nil {
			t.Fatal(err)
		}
		letters := post.of(mail.Invitation)
		if len(letters) != 1 || letters[0].TenantID != tenantID || letters[0].Key != InvitationKey(first.ID) || letters[0].ExpiresMS != first.ExpiresMS {
			t.Fatalf("letters: %+v", letters)
		}
		data := letters[0].Data
		if data["link"] != "https://prosa.example.com/invitation#"+token.Reveal() || data["role"] != "supervisor" || data["company"] != "Padaria" || data["inviter"] != "Ana" {
			t.Errorf("data: %+v", data)
		}
		second, _, err := b.Invite(ctx, b.admin.Principal, tenantID, "bia@example.com", Attendant)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Revoke(ctx, b.admin.Principal, second.ID); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(post.withdrawn, " "); got != InvitationKey(first.ID)+" "+InvitationKey(second.ID) {
			t.Errorf("withdrawn: %s", got)
		}
		fresh := secret.New("a wholly new password")
		if _, err := b.Change(ctx, b.admin.Principal, Profile{CurrentPassword: secret.New(password), NewPassword: &fresh}); err != nil {
			t.Fatal(err)
		}
		if got := post.of(mail.PasswordChanged); len(got) != 1 || got[0].To != "ana@example.com" {
			t.Errorf("notices: %+v", got)
		}
	})
}
