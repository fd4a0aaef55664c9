package identity

import (
	"context"
	"slices"
	"sync"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// What the state of a company leaves to its people, for every permission.
func TestTheStateOfACompanyLeavesRights(t *testing.T) {
	paying := []Permission{BillingManage, BillingRead}
	reading := []Permission{AuditRead, BillingManage, BillingRead, BotRead, ChannelRead, ContactRead, InboxRead, InboxSupervise, MemberRead, OrderRead, ProductRead, TemplateRead}
	for state, want := range map[tenancy.State][]Permission{
		tenancy.Active: Admin.Permissions(), tenancy.PastDue: Admin.Permissions(), tenancy.ReadOnly: reading,
		tenancy.Suspended: paying, tenancy.Canceled: paying, tenancy.Erased: {},
	} {
		admin := Principal{Company: tenancy.Company{ID: "ten_a", State: state}, Role: Admin}
		if got := admin.Permissions(); !slices.Equal(got, want) {
			t.Errorf("an admin of a company that is %s holds %v, want %v", state, got, want)
		}
		for _, permission := range Admin.Permissions() {
			if admin.May(permission) != slices.Contains(want, permission) {
				t.Errorf("%s of a company that is %s: %t", permission, state, admin.May(permission))
			}
		}
		attendant := Principal{Company: tenancy.Company{ID: "ten_a", State: state}, Role: Attendant}
		if attendant.May(BillingRead) || attendant.May(BillingManage) {
			t.Errorf("an attendant of a company that is %s sees the bills", state)
		}
	}
	if nobody := (Principal{Role: Admin}); len(nobody.Permissions()) != 0 || nobody.May(BillingManage) {
		t.Error("who looks at no company holds something")
	}
}

// Many accept invitations at once where the plan has one seat left.
func TestTheLastSeatOfAPlanGoesToOne(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := ready(t, engine), context.Background()
		tenantID := b.admin.Principal.TenantID()
		entitle := func(seats int64) {
			t.Helper()
			err := b.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
				return tenancy.Entitle(ctx, tx, tenantID, tenancy.Entitlements{Limits: map[tenancy.Meter]tenancy.Limit{tenancy.Attendants: {Count: seats, Over: tenancy.Block}}})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		entitle(2) // one of them is the admin's
		tokens := make([]secret.Text, 5)
		for n := range tokens {
			_, token, err := b.Invite(ctx, b.admin.Principal, tenantID, string(rune('a'+n))+"@example.com", Attendant)
			if err != nil {
				t.Fatal(err)
			}
			tokens[n] = token
		}
		errs := make([]error, len(tokens))
		var wait sync.WaitGroup
		for n, token := range tokens {
			wait.Go(func() {
				_, errs[n] = b.Accept(ctx, token, Draft{Name: "Alguém", Password: secret.New(password)}, home)
			})
		}
		wait.Wait()
		joined := 0
		for _, err := range errs {
			if err == nil {
				joined++
				continue
			}
			want(t, err, fault.Refused, "plan_limit")
		}
		if joined != 1 {
			t.Fatalf("%d took the last seat", joined)
		}
		// Who is in keeps their seat whatever is done with the role, and a larger
		// plan lets the next one in by the same link.
		list, err := b.Members(ctx, tenantID)
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v, %v", list, err)
		}
		entitle(3)
		for n, token := range tokens {
			if errs[n] != nil {
				if _, err := b.Accept(ctx, token, Draft{Name: "Alguém", Password: secret.New(password)}, home); err != nil {
					t.Fatal(err)
				}
				break
			}
		}
	})
}

func TestAdminsAreWhomLettersGoTo(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	b.join(t, "bia@example.com", Supervisor)
	b.join(t, "cid@example.com", Admin)
	tenantID := b.admin.Principal.TenantID()
	var admins []tenancy.Person
	err := b.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		admins, err = Admins(ctx, tx, tenantID)
		return err
	})
	if err != nil || len(admins) != 2 || !slices.ContainsFunc(admins, func(p tenancy.Person) bool { return p.Email == "cid@example.com" && p.Locale != "" }) {
		t.Fatalf("%+v, %v", admins, err)
	}
}
