package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
)

// device is an authenticator with a passkey of ours.
type device struct {
	party virtualwebauthn.RelyingParty
	auth  virtualwebauthn.Authenticator
	key   virtualwebauthn.Credential
}

// newDevice uses RSA: the driver writes some EC2 keys without their leading zeros.
func newDevice() *device {
	return &device{
		party: virtualwebauthn.RelyingParty{Name: "Prosa", ID: "prosa.example.com", Origin: "https://prosa.example.com"},
		auth:  virtualwebauthn.NewAuthenticator(), key: virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA),
	}
}

// creates answers the options of AddPasskey.
func (d *device) creates(t *testing.T, options json.RawMessage) json.RawMessage {
	t.Helper()
	parsed, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	d.auth.Options.UserHandle = []byte(parsed.UserID)
	return json.RawMessage(virtualwebauthn.CreateAttestationResponse(d.party, d.auth, d.key, *parsed))
}

// signs answers the options of a challenge.
func (d *device) signs(t *testing.T, options json.RawMessage) json.RawMessage {
	t.Helper()
	parsed, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	d.key.Counter++
	return json.RawMessage(virtualwebauthn.CreateAssertionResponse(d.party, d.auth, d.key, *parsed))
}

// register gives somebody a passkey.
func (b *bench) register(t *testing.T, grant Grant) *device {
	t.Helper()
	ctx, who, d := context.Background(), b.again(t, grant), newDevice()
	options, err := b.AddPasskey(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	made, codes, err := b.ConfirmPasskey(ctx, who, "", d.creates(t, options))
	if err != nil || made.Name != "Passkey" || len(codes) != recoveryCodes {
		t.Fatal(made, codes, err)
	}
	return d
}

func TestAPasskeyOpensTheDoorAlone(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		d := b.register(t, b.join(t, "bia@example.com", Attendant))
		offer, err := b.OfferPasskey(ctx, home)
		if err != nil {
			t.Fatal(err)
		}
		answer := d.signs(t, offer.Passkey)
		_, err = b.SignInByPasskey(ctx, secret.New("another browser's"), answer, home)
		want(t, err, fault.Unauthorized, "challenge_over")
		grant, err := b.SignInByPasskey(ctx, offer.Token, answer, home)
		if err != nil || grant.Principal.User.Email != "bia@example.com" || grant.Principal.Session.Proof != KindPasskey {
			t.Fatal(grant, err)
		}
		_, err = b.SignInByPasskey(ctx, offer.Token, answer, home)
		want(t, err, fault.Unauthorized, "challenge_over")

		// Alone it must have asked for a PIN or a finger.
		careless := *d
		careless.auth.Options.UserNotVerified = true
		if offer, err = b.OfferPasskey(ctx, home); err != nil {
			t.Fatal(err)
		}
		_, err = b.SignInByPasskey(ctx, offer.Token, careless.signs(t, offer.Passkey), home)
		want(t, err, fault.Unauthorized, "bad_passkey")
		// A stranger's, one of another page, and none at all.
		stranger, elsewhere := newDevice(), *d
		stranger.auth.Options.UserHandle = d.auth.Options.UserHandle
		elsewhere.party.Origin = "https://prosa.example.org"
		for name, answer := range map[string]json.RawMessage{
			"a stranger's": stranger.signs(t, offer.Passkey), "another page's": elsewhere.signs(t, offer.Passkey), "none": json.RawMessage(`{}`), "no JSON": json.RawMessage(`{`),
		} {
			if _, err := b.SignInByPasskey(ctx, offer.Token, answer, home); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAPasskeyIsASecondStepToo(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		bia := b.join(t, "bia@example.com", Attendant)
		d := b.register(t, bia)
		phone, more := b.enrol(t, bia)
		if more != nil {
			t.Fatal("the second factor replaced the recovery codes of the first")
		}
		step := b.begin(t, "bia@example.com")
		if fmt.Sprint(step.Methods) != "[passkey totp recovery]" {
			t.Fatalf("asked for %v", step.Methods)
		}
		_, err := b.SecondStep(ctx, step.Token, Proof{Passkey: newDevice().signs(t, step.Passkey)}, home)
		want(t, err, fault.Unauthorized, "bad_code")
		if grant, err := b.SecondStep(ctx, step.Token, Proof{Passkey: d.signs(t, step.Passkey)}, home); err != nil || grant.Principal.Session.Proof != KindPasskey {
			t.Fatal(grant, err)
		}
		// One whose counter stands still was copied.
		step = b.begin(t, "bia@example.com")
		d.key.Counter--
		_, err = b.SecondStep(ctx, step.Token, Proof{Passkey: d.signs(t, step.Passkey)}, home)
		want(t, err, fault.Unauthorized, "bad_code")
		if _, err := b.SecondStep(ctx, step.Token, Proof{Code: phone.code(t, b.clock.Now())}, home); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAPasskeyIsRegisteredByWhoAskedForIt(t *testing.T) {
	b, ctx := strict(t, database.SQLite), context.Background()
	bia, ada := b.join(t, "bia@example.com", Attendant), b.join(t, "ada@example.com", Admin)
	d := newDevice()
	options, err := b.AddPasskey(ctx, bia.Principal)
	if err != nil {
		t.Fatal(err)
	}
	answer := d.creates(t, options)
	_, _, err = b.ConfirmPasskey(ctx, ada.Principal, "", answer)
	want(t, err, fault.Unauthorized, "challenge_over")
	_, _, err = b.ConfirmPasskey(ctx, bia.Principal, "", json.RawMessage(`{}`))
	want(t, err, fault.Invalid, "bad_passkey")
	elsewhere := *d
	elsewhere.party.Origin = "https://prosa.example.org"
	_, _, err = b.ConfirmPasskey(ctx, bia.Principal, "", elsewhere.creates(t, options))
	want(t, err, fault.Invalid, "bad_passkey")
	if _, _, err = b.ConfirmPasskey(ctx, bia.Principal, "Chave", answer); err != nil {
		t.Fatal(err)
	}
	_, _, err = b.ConfirmPasskey(ctx, bia.Principal, "Chave", answer)
	want(t, err, fault.Unauthorized, "challenge_over")
	if options, err = b.AddPasskey(ctx, ada.Principal); err != nil {
		t.Fatal(err)
	}
	_, _, err = b.ConfirmPasskey(ctx, ada.Principal, "", d.creates(t, options))
	want(t, err, fault.Conflict, "passkey_known")
}

func TestPasskeysNeedAName(t *testing.T) {
	for address, there := range map[string]bool{
		"https://prosa.example.com": true, "http://localhost:8080": true, "http://127.0.0.1:8080": false, "http://[::1]:8080": false, "": false,
	} {
		if got := relyingParties(Config{PublicURL: address}).usual != nil; got != there {
			t.Errorf("%q: %t", address, got)
		}
	}
	b, ctx := ready(t, database.SQLite), context.Background()
	_, err := b.OfferPasskey(ctx, home)
	want(t, err, fault.Refused, "passkeys_off")
	_, err = b.AddPasskey(ctx, b.admin.Principal)
	want(t, err, fault.Refused, "passkeys_off")
}

// ASVS 7.5.1: sensitive actions ask again who is there.
func TestStepUp(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		bia := b.join(t, "bia@example.com", Attendant)
		fresh := func() bool { return b.again(t, bia).Fresh(b.now()) }
		if !fresh() {
			t.Fatal("who signed in just now did not prove it")
		}
		b.clock.Advance(freshFor)
		if fresh() {
			t.Fatal("a proof counts for ever")
		}
		want(t, b.StepUp(ctx, b.again(t, bia), Proof{Password: secret.New("wrong password")}, home), fault.Forbidden, "wrong_password")
		if err := b.StepUp(ctx, b.again(t, bia), Proof{Password: secret.New(password)}, home); err != nil || !fresh() || !b.again(t, bia).RotationDue() {
			t.Fatal("the password proves nothing", err)
		}
		phone, _ := b.enrol(t, bia)
		d := newDevice()
		options, err := b.AddPasskey(ctx, b.again(t, bia))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.ConfirmPasskey(ctx, b.again(t, bia), "", d.creates(t, options)); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(freshFor)
		who := b.again(t, bia)
		// No weaker than the door (6.3.4).
		want(t, b.StepUp(ctx, who, Proof{Password: secret.New(password)}, home), fault.Forbidden, "factor_needed")
		want(t, b.StepUp(ctx, who, Proof{Code: "000000"}, home), fault.Forbidden, "bad_code")
		if err := b.StepUp(ctx, who, Proof{Code: phone.code(t, b.clock.Now())}, home); err != nil || !fresh() {
			t.Fatal(err)
		}
		b.clock.Advance(freshFor)
		want(t, b.StepUp(ctx, who, Proof{Passkey: json.RawMessage(`{}`)}, home), fault.Forbidden, "challenge_over")
		asked, err := b.AskStepUp(ctx, who)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.StepUp(ctx, who, Proof{Passkey: d.signs(t, asked)}, home); err != nil || !fresh() {
			t.Fatal(err)
		}
		_, err = b.AskStepUp(ctx, b.admin.Principal)
		want(t, err, fault.NotFound, "")
	})
}

// ASVS 7.2.4: a token is replaced, and the one before ends soon.
func TestARotatedTokenEndsSoon(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		bia := b.join(t, "bia@example.com", Attendant)
		if _, err := b.SetRole(ctx, b.admin.Principal, bia.Principal.User.ID, Supervisor); err != nil {
			t.Fatal(err)
		}
		who := b.again(t, bia)
		if !who.RotationDue() || who.Role != Supervisor {
			t.Fatal("a new role keeps the old token")
		}
		token, err := b.Rotate(ctx, who)
		if err != nil || token.IsZero() || token.Reveal() == bia.Token.Reveal() {
			t.Fatal(err)
		}
		if second, err := b.Rotate(ctx, who); err != nil || !second.IsZero() {
			t.Fatal("two calls at once got a token each", err)
		}
		for _, one := range []secret.Text{token, bia.Token} { // calls under way
			if who, err := b.Authenticate(ctx, one); err != nil || who.Session.ID != bia.Principal.Session.ID || who.RotationDue() {
				t.Fatal(who.Session, err)
			}
		}
		b.clock.Advance(overlap + time.Second)
		_, err = b.Authenticate(ctx, bia.Token)
		want(t, err, fault.Unauthorized, "")
		if _, err := b.Authenticate(ctx, token); err != nil {
			t.Fatal(err)
		}
	})
}

// ASVS 7.4.5 and 7.5.2: people see and end their sessions, admins those of their
// company's people.
func TestSessionsAreEndedOneByOne(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		bia := b.join(t, "bia@example.com", Attendant)
		open := func() Grant {
			t.Helper()
			grant, err := b.SignIn(ctx, "bia@example.com", secret.New(password), home)
			if err != nil {
				t.Fatal(err)
			}
			return grant
		}
		lives := func(grant Grant) bool {
			_, err := b.Authenticate(ctx, grant.Token)
			return err == nil
		}
		second, third := open(), open()
		want(t, b.EndSession(ctx, b.admin.Principal, second.Principal.Session.ID), fault.NotFound, "")
		if err := b.EndSession(ctx, bia.Principal, second.Principal.Session.ID); err != nil || lives(second) || !lives(third) || !lives(bia) {
			t.Fatal(err)
		}
		want(t, b.EndSession(ctx, bia.Principal, second.Principal.Session.ID), fault.NotFound, "")
		if err := b.EndOtherSessions(ctx, bia.Principal); err != nil || lives(third) || !lives(bia) {
			t.Fatal(err)
		}
		if err := b.EndMemberSessions(ctx, b.admin.Principal, bia.Principal.User.ID); err != nil || lives(bia) || !lives(b.admin) {
			t.Fatal(err)
		}
		want(t, b.EndMemberSessions(ctx, b.admin.Principal, "usr_nobody"), fault.NotFound, "")
	})
}

// A browser lets a page claim its own host or a domain above it, but no name
// without a dot (WebAuthn 2, 5.1.3).
func TestPasskeysAreBoundToTheHostOrToWhatIsShared(t *testing.T) {
	cfg := Config{PublicURL: "https://app.example.com", Origins: []string{"https://operator.example.com:8443", "https://other.example.net", "https://127.0.0.1"}}
	for shared, want := range map[string]map[string]string{
		"":            {"app.example.com": "app.example.com", "operator.example.com": "operator.example.com", "unknown.example.com": "app.example.com", "": "app.example.com"},
		"example.com": {"app.example.com": "example.com", "OPERATOR.example.com": "example.com", "other.example.net": "other.example.net"},
		"ample.com":   {"app.example.com": "app.example.com"}, // not above it
	} {
		cfg.PasskeyDomain = shared
		p := relyingParties(cfg)
		for host, domain := range want {
			if got := p.at(host); got == nil || got.Config.RPID != domain {
				t.Errorf("shared %q, at %s: %+v", shared, host, got)
			}
		}
	}
	if both := relyingParties(Config{PublicURL: "https://app.example.com", Origins: []string{"https://operator.example.com"}, PasskeyDomain: "example.com"}).usual; len(both.Config.RPOrigins) != 2 {
		t.Errorf("origins %v", both.Config.RPOrigins)
	}
	local := relyingParties(Config{PublicURL: "http://localhost:8080", Origins: []string{"http://operator.localhost:8080"}, PasskeyDomain: "localhost"})
	if got := local.at("operator.localhost"); got.Config.RPID != "operator.localhost" {
		t.Errorf("no browser lets it claim %s", got.Config.RPID)
	}
}

// A passkey of the app opens nothing at the console, and none is asked for there
// that the browser can't give.
func TestAPasskeyOpensItsOwnHostOnly(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		b.cfg.Origins = []string{"https://staff.example.net"}
		b.passkeys = relyingParties(b.cfg)
		bia := b.join(t, "bia@example.com", Attendant)
		d := b.register(t, bia)
		staff := Client{IP: home.IP, Host: "staff.example.net"}
		begun := func(client Client) *Challenge {
			grant, err := b.SignIn(ctx, "bia@example.com", secret.New(password), client)
			if err != nil || grant.Challenge == nil {
				t.Fatal(grant, err)
			}
			return grant.Challenge
		}
		if step := begun(staff); step.Passkey != nil || fmt.Sprint(step.Methods) != "[recovery]" {
			t.Fatalf("at another host: %v %s", step.Methods, step.Passkey)
		}
		if step := begun(home); step.Passkey == nil || fmt.Sprint(step.Methods) != "[passkey recovery]" {
			t.Fatalf("at its own: %v", step.Methods)
		}
		offer, err := b.OfferPasskey(ctx, staff)
		if err != nil {
			t.Fatal(err)
		}
		d.party.ID, d.party.Origin = "staff.example.net", "https://staff.example.net" // as no browser would
		_, err = b.SignInByPasskey(ctx, offer.Token, d.signs(t, offer.Passkey), staff)
		want(t, err, fault.Unauthorized, "bad_passkey")
		who := b.again(t, bia)
		who.Host = staff.Host
		if got, err := b.Factors(ctx, who); err != nil || !got.Passkeys || len(got.StepUp) != 0 {
			t.Fatal(got, err)
		}
		// One of the console's own works there, and is none of the app's.
		other := newDevice()
		other.party.ID, other.party.Origin = "staff.example.net", "https://staff.example.net"
		options, err := b.AddPasskey(ctx, who)
		if err != nil {
			t.Fatal(err)
		}
		made, _, err := b.ConfirmPasskey(ctx, who, "", other.creates(t, options))
		if err != nil {
			t.Fatal(err)
		}
		if kept, err := keptPasskey(made); err != nil || kept.Domain != "staff.example.net" {
			t.Fatal(kept.Domain, err)
		}
		if offer, err = b.OfferPasskey(ctx, staff); err != nil {
			t.Fatal(err)
		}
		if _, err = b.SignInByPasskey(ctx, offer.Token, other.signs(t, offer.Passkey), staff); err != nil {
			t.Fatal(err)
		}
	})
}
