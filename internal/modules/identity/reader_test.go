package identity

import (
	"context"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
)

func TestReadersOfCostsNeedASecondFactorAndHoldOnePower(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		_, late, err := b.InviteReader(ctx, b.admin.Principal, "teo@example.com")
		if err != nil {
			t.Fatal(err)
		}
		invitation, token, err := b.InviteReader(ctx, b.admin.Principal, " Teo@Example.com")
		if err != nil || invitation.Role != CostReader || invitation.State != "open" {
			t.Fatal(invitation, err)
		}
		_, err = b.Open(ctx, late)
		want(t, err, fault.NotFound, "") // the second took its place
		letter, err := b.Open(ctx, token)
		if err != nil || letter.Company.Name != "Prosa" || letter.HasAccount {
			t.Fatal(letter, err)
		}
		grant, err := b.Accept(ctx, token, Draft{Name: "Téo", Password: secret.New(password), Operator: true}, home)
		if err != nil {
			t.Fatal(err)
		}
		who := grant.Principal
		if !who.User.Cost || who.User.Operator || who.TenantID() != "" || !who.MustEnrol || who.May(PlatformCost) || len(who.Permissions()) != 0 {
			t.Fatalf("without a second factor: %+v", who)
		}
		b.enrol(t, grant)
		who = b.again(t, grant)
		if who.MustEnrol || !who.May(PlatformCost) || who.May(PlatformOperate) || len(who.Permissions()) != 1 {
			t.Fatalf("with a second factor: %+v", who)
		}
		for permission := range least {
			if who.May(permission) {
				t.Errorf("a reader of costs may %s", permission)
			}
		}
		if life := b.cfg.lifeOf(who.User, nil, proofPassword); life.idle != b.cfg.OperatorIdle {
			t.Errorf("a session idles for %s", life.idle)
		}
		_, err = b.Accept(ctx, token, Draft{Name: "Eva", Password: secret.New(password)}, home)
		want(t, err, fault.NotFound, "") // a link works once
		_, _, err = b.InviteReader(ctx, b.admin.Principal, "teo@example.com")
		want(t, err, fault.Conflict, "already_member")
		_, _, err = b.InviteReader(ctx, b.admin.Principal, "ana@example.com") // an operator
		want(t, err, fault.Conflict, "already_member")

		readers, invitations, err := b.Readers(ctx)
		if err != nil || len(readers) != 1 || !readers[0].Secured || len(invitations) != 2 || invitations[0].State == invitations[1].State {
			t.Fatal(readers, invitations, err)
		}
		want(t, b.RevokeReader(ctx, b.admin.Principal, invitation.ID), fault.NotFound, "")
		open, third, err := b.InviteReader(ctx, b.admin.Principal, "eva@example.com")
		if err == nil {
			err = b.RevokeReader(ctx, b.admin.Principal, open.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.Open(ctx, third)
		want(t, err, fault.NotFound, "")

		want(t, b.RemoveReader(ctx, b.admin.Principal, b.admin.Principal.User.ID), fault.NotFound, "")
		if err := b.RemoveReader(ctx, b.admin.Principal, who.User.ID); err != nil {
			t.Fatal(err)
		}
		_, err = b.Authenticate(ctx, grant.Token)
		want(t, err, fault.Unauthorized, "")
		if readers, _, err := b.Readers(ctx); err != nil || len(readers) != 0 {
			t.Fatal(readers, err)
		}
	})
}
