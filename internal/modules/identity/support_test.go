package identity

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// operator makes another operator, with a code app.
func (b *bench) operator(t *testing.T, email string) Grant {
	t.Helper()
	ctx := context.Background()
	user, err := b.newUser(ctx, Draft{Email: email, Name: "Olga", Password: secret.New(password), Operator: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error { return insertUser(ctx, tx, user) }); err != nil {
		t.Fatal(err)
	}
	grant, err := b.SignIn(ctx, email, secret.New(password), home)
	if err != nil {
		t.Fatal(err)
	}
	b.enrol(t, grant)
	return grant
}

// shop makes a company with an admin, whom Ana is no member of.
func (b *bench) shop(t *testing.T) (tenantID string, admin Grant) {
	t.Helper()
	ctx := context.Background()
	made, err := tenancy.New(b.db, tenancy.Emit(b.emit), b.clock).Create(ctx, tenancy.Draft{Name: "Loja"}, tenancy.By{Actor: event.Actor{Kind: "system"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.AddMember(ctx, made.ID, Draft{Email: "rui@example.com", Name: "Rui", Password: secret.New(password)}, Admin); err != nil {
		t.Fatal(err)
	}
	if admin, err = b.SignIn(ctx, "rui@example.com", secret.New(password), home); err != nil {
		t.Fatal(err)
	}
	return made.ID, admin
}

func TestSupportLooksForAnHourAndChangesNothing(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		letters := b.bindPost()
		b.enrol(t, b.admin)
		tenantID, rui := b.shop(t)
		ana := b.again(t, b.admin)
		_, err := b.Switch(ctx, ana, tenantID)
		want(t, err, fault.Forbidden, "")
		_, err = b.AskSupport(ctx, ana, tenantID, "hm")
		want(t, err, fault.Invalid, "")
		access, err := b.AskSupport(ctx, ana, tenantID, "O bot não responde.")
		if err != nil || access.State != "open" || access.ExpiresMS != b.now()+supportLife.Milliseconds() { // she is the only operator
			t.Fatal(access, err)
		}
		_, err = b.AskSupport(ctx, ana, tenantID, "Ainda não responde.")
		want(t, err, fault.Conflict, "support_pending")
		if got := letters.to("rui@example.com"); fmt.Sprint(got) != fmt.Sprint([]string{mail.SupportOpened}) {
			t.Fatalf("letters %v", got)
		}
		if _, err = b.Switch(ctx, ana, tenantID); err != nil {
			t.Fatal(err)
		}
		who := b.again(t, b.admin)
		if who.Support == nil || who.TenantID() != tenantID || who.Actor().Kind != "operator" {
			t.Fatalf("looks as %+v", who)
		}
		for permission := range least {
			if who.May(permission) != readable[permission] {
				t.Errorf("support may %s: %t", permission, who.May(permission))
			}
		}
		if held := who.Permissions(); len(held) != len(readable)+2 {
			t.Errorf("support holds %v", held)
		}
		list, err := b.SupportOf(ctx, tenantID)
		if err != nil || len(list) != 1 || list[0].Reason != "O bot não responde." || list[0].OperatorName != "Ana" {
			t.Fatal(list, err)
		}
		if list, err := b.SupportOf(ctx, ana.Companies[0].ID); err != nil || len(list) != 0 {
			t.Fatal("another company sees it", list, err)
		}
		_, err = b.EndSupport(ctx, b.again(t, rui), "ten_other", access.ID)
		want(t, err, fault.NotFound, "")

		// The company ends it, and so does the hour.
		if ended, err := b.EndSupport(ctx, b.again(t, rui), tenantID, access.ID); err != nil || ended.State != "ended" {
			t.Fatal(ended, err)
		}
		if who := b.again(t, b.admin); who.Support != nil || who.May(InboxRead) {
			t.Fatal("support still looks")
		}
		if last := b.told[len(b.told)-1]; last.Type != event.SessionRevoked || last.TenantID != tenantID || !strings.Contains(string(last.Data), ana.Session.ID) {
			t.Fatalf("told %+v", last)
		}
		b.clock.Advance(time.Second)
		if access, err = b.AskSupport(ctx, b.again(t, b.admin), tenantID, "De novo, por favor."); err != nil {
			t.Fatal(err)
		}
		if b.again(t, b.admin).Support == nil {
			t.Fatal("a second look")
		}
		for range 5 { // in use, so that the session itself lives on
			b.clock.Advance(supportLife / 5)
			b.again(t, b.admin)
		}
		if who := b.again(t, b.admin); who.Support != nil || who.May(InboxRead) {
			t.Fatal("support looks for more than an hour")
		}
		if list, err := b.SupportOf(ctx, ""); err != nil || len(list) != 2 || list[0].State != "expired" || list[1].State != "ended" {
			t.Fatal(list, err)
		}
		for _, action := range []string{"support.asked", "support.opened", "support.ended"} {
			if n := count(t, b.db, "SELECT COUNT(*) FROM audit_entry WHERE tenant_id = '"+tenantID+"' AND action = '"+action+"'"); n == 0 {
				t.Errorf("%s is not in the company's log", action)
			}
		}
	})
}

// ASVS 2.3.5: opening a company's data takes two people.
func TestASecondOperatorApprovesSupport(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		b.enrol(t, b.admin)
		olga := b.again(t, b.operator(t, "olga@example.com"))
		tenantID, _ := b.shop(t)
		ana := b.again(t, b.admin)
		access, err := b.AskSupport(ctx, ana, tenantID, "O bot não responde.")
		if err != nil || access.State != "asked" {
			t.Fatal(access, err)
		}
		_, err = b.Switch(ctx, ana, tenantID)
		want(t, err, fault.Forbidden, "")
		_, err = b.DecideSupport(ctx, ana, access.ID, true)
		want(t, err, fault.Refused, "own_support")
		if access, err = b.DecideSupport(ctx, olga, access.ID, true); err != nil || access.State != "open" || access.ApproverName != "Olga" {
			t.Fatal(access, err)
		}
		_, err = b.DecideSupport(ctx, olga, access.ID, false)
		want(t, err, fault.Conflict, "")
		if _, err = b.Switch(ctx, ana, tenantID); err != nil {
			t.Fatal(err)
		}
		_, err = b.Switch(ctx, olga, tenantID)
		want(t, err, fault.Forbidden, "") // it is Ana's look
		_, err = b.DecideSupport(ctx, olga, "sup_none", true)
		want(t, err, fault.NotFound, "")
		if _, err = b.EndSupport(ctx, ana, "", access.ID); err != nil {
			t.Fatal(err)
		}
		if access, err = b.AskSupport(ctx, ana, tenantID, "Mais uma vez."); err != nil {
			t.Fatal(err)
		}
		if access, err = b.DecideSupport(ctx, olga, access.ID, false); err != nil || access.State != "refused" {
			t.Fatal(access, err)
		}
	})
}

// ASVS 6.4.4: who lost a factor proves themselves by more than asking.
func TestLostFactorsAreRemovedByOthers(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		letters := b.bindPost()
		b.enrol(t, b.admin)
		bia, ada := b.join(t, "bia@example.com", Attendant), b.join(t, "ada@example.com", Admin)
		b.enrol(t, bia)
		b.enrol(t, ada)
		admin := b.again(t, ada)
		want(t, b.ResetMemberFactors(ctx, admin, b.admin.Principal.User.ID), fault.Refused, "operator_decides")
		want(t, b.ResetMemberFactors(ctx, admin, ada.Principal.User.ID), fault.Refused, "operator_decides")
		want(t, b.ResetMemberFactors(ctx, admin, "usr_nobody"), fault.NotFound, "")
		if err := b.ResetMemberFactors(ctx, admin, bia.Principal.User.ID); err != nil {
			t.Fatal(err)
		}
		_, err := b.Authenticate(ctx, bia.Token)
		want(t, err, fault.Unauthorized, "")
		// The old password is worth nothing: a letter leads to another one.
		_, err = b.SignIn(ctx, "bia@example.com", secret.New(password), home)
		want(t, err, fault.Unauthorized, "bad_credentials")
		if err := b.SweepResets(ctx); err != nil {
			t.Fatal(err)
		}
		next := secret.New("an entirely new one")
		if err := b.Reset(ctx, tokenIn(letters.of(mail.PasswordReset)[0]), next, home); err != nil {
			t.Fatal(err)
		}
		grant, err := b.SignIn(ctx, "bia@example.com", next, home)
		if err != nil || grant.Challenge != nil || !grant.Principal.MustEnrol {
			t.Fatal(grant, err)
		}
		b.enrol(t, grant)

		// Of an admin an operator decides, with a reason; of themselves nobody.
		ana := b.again(t, b.admin)
		want(t, b.ResetFactors(ctx, ana, "ada@example.com", "hm"), fault.Invalid, "")
		want(t, b.ResetFactors(ctx, ana, "nobody@example.com", "Perdeu o celular."), fault.NotFound, "")
		want(t, b.ResetFactors(ctx, ana, "ana@example.com", "Perdi o celular."), fault.Refused, "own_factors")
		if err := b.ResetFactors(ctx, ana, "ada@example.com", "Perdeu o celular."); err != nil {
			t.Fatal(err)
		}
		if n := count(t, b.db, "SELECT COUNT(*) FROM audit_entry WHERE action = 'factor.reset'"); n != 3 { // Bia's, and Ada's in two logs
			t.Fatalf("%d entries in the log", n)
		}
		for _, email := range []string{"bia@example.com", "ada@example.com"} {
			got := letters.to(email)
			if !strings.Contains(fmt.Sprint(got), mail.FactorRemoved) {
				t.Errorf("%s got %v", email, got)
			}
		}
		b.clock.Advance(time.Minute)
	})
}

// Somebody who works for two companies is not at the mercy of one of them.
func TestAnAdminDecidesForTheirOwnPeopleOnly(t *testing.T) {
	b, ctx := strict(t, database.SQLite), context.Background()
	bia := b.join(t, "bia@example.com", Attendant)
	tenantID, rui := b.shop(t)
	if _, err := b.AddMember(ctx, tenantID, Draft{Email: "bia@example.com", Name: "Bia", Password: secret.New(password)}, Attendant); err != nil {
		t.Fatal(err)
	}
	b.enrol(t, bia)
	want(t, b.ResetMemberFactors(ctx, b.again(t, rui), bia.Principal.User.ID), fault.Refused, "operator_decides")
}
