package identity

import (
	"context"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
)

// One click opened it, so it must not outlive the demo: it asks for no factor and
// counts as proved for months.
func TestADemosSessionsEndWithTheDemo(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	grant, err := b.SignInDemo(ctx, Admin, home)
	if err != nil {
		t.Fatal(err)
	}
	b.cfg.Demo = false
	b.known.forget()
	_, err = b.Authenticate(ctx, grant.Token)
	want(t, err, fault.Unauthorized, "")
}

// Between the check of a password and the session that it opens the account may
// change, on another machine or by the person who chases a thief out.
func TestWhatWasProvedMustStillHoldWhenTheDoorOpens(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		bia := b.join(t, "bia@example.com", Attendant)
		prove := func() User {
			user, err := b.prove(ctx, "bia@example.com", secret.New(password), home)
			if err != nil {
				t.Fatal(err)
			}
			return user
		}
		thief := prove()
		phone, _ := b.enrol(t, bia)
		_, err := b.enter(ctx, thief, home)
		want(t, err, fault.Unauthorized, "bad_credentials")

		thief = prove()
		begun := b.begin(t, "bia@example.com")
		next := secret.New("a much better one")
		if _, err := b.Change(ctx, b.again(t, bia), Profile{CurrentPassword: secret.New(password), NewPassword: &next}); err != nil {
			t.Fatal(err)
		}
		_, err = b.enter(ctx, thief, home)
		want(t, err, fault.Unauthorized, "bad_credentials")
		// Nor is a second step taken that the old password began.
		_, err = b.SecondStep(ctx, begun.Token, Proof{Code: phone.code(t, b.clock.Now())}, home)
		want(t, err, fault.Unauthorized, "challenge_over")
	})
}

// The page may have been read before the factor was set up.
func TestAPasswordStepsNobodyUpWhoHasAFactor(t *testing.T) {
	b, ctx := strict(t, database.SQLite), context.Background()
	bia := b.join(t, "bia@example.com", Attendant)
	before := b.again(t, bia)
	b.enrol(t, bia)
	err := b.StepUp(ctx, before, Proof{Password: secret.New(password)}, home)
	want(t, err, fault.Forbidden, "factor_needed")
}

// ASVS 6.4.1: what stands in a log must not open the platform for ever.
func TestASetupTokenAges(t *testing.T) {
	b, ctx := empty(t, database.SQLite), context.Background()
	old, err := b.SetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(setupLife)
	_, err = b.SetUp(ctx, first(old), home)
	want(t, err, fault.Forbidden, "bad_token")
	token, err := b.SetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.SetUp(ctx, first(old), home)
	want(t, err, fault.Forbidden, "bad_token")
	if _, err := b.SetUp(ctx, first(token), home); err != nil {
		t.Fatal(err)
	}
}

func TestNobodyJoinsACompanyThatIsErased(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	_, token, err := b.Invite(ctx, b.admin.Principal, b.admin.Principal.TenantID(), "bia@example.com", Attendant)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE tenant SET state = 'erased'")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	_, err = b.Accept(ctx, token, Draft{Name: "Bia", Password: secret.New(password)}, home)
	want(t, err, fault.NotFound, "")
}

// What is remembered of a session is good for a second, the look not.
func TestALookEndsWithItsHourToTheInstant(t *testing.T) {
	b, ctx := strict(t, database.SQLite), context.Background()
	b.enrol(t, b.admin)
	tenantID, _ := b.shop(t)
	access, err := b.AskSupport(ctx, b.again(t, b.admin), tenantID, "O bot não responde.")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Switch(ctx, b.again(t, b.admin), tenantID); err != nil {
		t.Fatal(err)
	}
	for b.now() < access.ExpiresMS-1 { // in use, so that the session itself lives on
		b.clock.Advance(min(10*time.Minute, time.Duration(access.ExpiresMS-1-b.now())*time.Millisecond))
		if who := b.again(t, b.admin); who.Support == nil {
			t.Fatal("the look ended early")
		}
	}
	b.clock.Advance(time.Millisecond)
	who, err := b.Authenticate(ctx, b.admin.Token)
	if err != nil || who.Support != nil || who.May(InboxRead) {
		t.Fatal("support looks for more than an hour", who.Support, err)
	}
}
