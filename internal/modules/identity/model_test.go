package identity

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// company is what the rules say a company's people look like, kept beside the
// real one while random things happen to both.
type company struct {
	b       *bench
	t       *rapid.T
	tenant  string
	people  []string            // e-mails
	role    map[string]Role     // of members
	account map[string]string   // user id by e-mail, of those who have one
	letters map[string][]letter // open and dead invitations by e-mail
	live    map[string][]Grant  // sessions that must work
	dead    []Grant             // sessions that must not
}

type letter struct {
	token secret.Text
	id    string
	role  Role
	open  bool
}

func (c *company) admin() Principal {
	for email, role := range c.role {
		if role == Admin {
			return Principal{
				User: User{ID: c.account[email], Email: email, Name: email}, Role: Admin,
				Company: tenancy.Company{ID: c.tenant, State: tenancy.Active},
			}
		}
	}
	c.t.Fatal("no admin is left")
	return Principal{}
}

func (c *company) admins() (n int) {
	for _, role := range c.role {
		if role == Admin {
			n++
		}
	}
	return n
}

func (c *company) who() string { return rapid.SampledFrom(c.people).Draw(c.t, "who") }

func (c *company) anyRole() Role {
	return rapid.SampledFrom([]Role{Attendant, Supervisor, Admin}).Draw(c.t, "role")
}

func (c *company) invite() {
	email, role := c.who(), c.anyRole()
	invitation, token, err := c.b.Invite(context.Background(), c.admin(), c.tenant, email, role)
	if c.role[email] != "" {
		c.expect(err, fault.Conflict)
		return
	}
	c.expect(err, "")
	for i := range c.letters[email] {
		c.letters[email][i].open = false // the newest link is the only one
	}
	c.letters[email] = append(c.letters[email], letter{token, invitation.ID, role, true})
}

func (c *company) accept() {
	email := c.who()
	if len(c.letters[email]) == 0 {
		return
	}
	at := rapid.IntRange(0, len(c.letters[email])-1).Draw(c.t, "letter")
	l := &c.letters[email][at]
	right := rapid.Bool().Draw(c.t, "right password")
	word := password
	if !right {
		word = "not the right one"
	}
	known := c.account[email] != ""
	grant, err := c.b.Accept(context.Background(), l.token, Draft{Name: "Somebody", Password: secret.New(word)}, home)
	switch {
	case !l.open:
		c.expect(err, fault.NotFound)
		return
	case known && !right:
		c.expect(err, fault.Unauthorized)
		return
	case !known && !right:
		// For a new account every good password is right; keep to the one that
		// the model knows.
		c.expect(err, "")
		next := secret.New(password)
		if _, err := c.b.Change(context.Background(), grant.Principal, Profile{CurrentPassword: secret.New(word), NewPassword: &next}); err != nil {
			c.t.Fatal(err)
		}
	default:
		c.expect(err, "")
	}
	l.open = false
	c.account[email] = grant.Principal.User.ID
	c.role[email] = l.role
	c.live[email] = append(c.live[email], grant)
}

func (c *company) revoke() {
	email := c.who()
	if len(c.letters[email]) == 0 {
		return
	}
	at := rapid.IntRange(0, len(c.letters[email])-1).Draw(c.t, "letter")
	l := &c.letters[email][at]
	err := c.b.Revoke(context.Background(), c.admin(), l.id)
	if !l.open {
		c.expect(err, fault.NotFound)
		return
	}
	c.expect(err, "")
	l.open = false
}

func (c *company) setRole() {
	email, role := c.who(), c.anyRole()
	_, err := c.b.SetRole(context.Background(), c.admin(), c.userID(email), role)
	switch {
	case c.role[email] == "":
		c.expect(err, fault.NotFound)
	case role != Admin && c.role[email] == Admin && c.admins() == 1:
		c.expect(err, fault.Conflict)
	default:
		c.expect(err, "")
		c.role[email] = role
	}
}

func (c *company) remove() {
	email := c.who()
	err := c.b.RemoveMember(context.Background(), c.admin(), c.userID(email))
	switch {
	case c.role[email] == "":
		c.expect(err, fault.NotFound)
	case c.role[email] == Admin && c.admins() == 1:
		c.expect(err, fault.Conflict)
	default:
		c.expect(err, "")
		delete(c.role, email)
	}
}

func (c *company) userID(email string) string {
	if known := c.account[email]; known != "" {
		return known
	}
	return id.New(id.User, 1)
}

func (c *company) signIn() {
	email := c.who()
	grant, err := c.b.SignIn(context.Background(), email, secret.New(password), home)
	if c.account[email] == "" {
		c.expect(err, fault.Unauthorized)
		return
	}
	c.expect(err, "")
	c.live[email] = append(c.live[email], grant)
}

func (c *company) signOut() {
	email := c.who()
	sessions := c.live[email]
	if len(sessions) == 0 {
		return
	}
	if rapid.Bool().Draw(c.t, "everywhere") {
		c.expect(c.b.SignOutEverywhere(context.Background(), sessions[0].Principal), "")
		c.dead, c.live[email] = append(c.dead, sessions...), nil
		return
	}
	c.expect(c.b.SignOut(context.Background(), sessions[0].Principal), "")
	c.dead, c.live[email] = append(c.dead, sessions[0]), sessions[1:]
}

func (c *company) expect(err error, code fault.Code) {
	c.t.Helper()
	if fault.CodeOf(err) != code {
		c.t.Fatalf("got %v, want %q", err, code)
	}
}

// check compares the real company with the rules.
func (c *company) check() {
	ctx := context.Background()
	members, err := c.b.Members(ctx, c.tenant)
	if err != nil {
		c.t.Fatal(err)
	}
	if len(members) != len(c.role) || c.admins() == 0 {
		c.t.Fatalf("members %+v, should be %v", members, c.role)
	}
	for _, m := range members {
		if c.role[m.Email] != m.Role || c.account[m.Email] != m.UserID {
			c.t.Fatalf("%s is %s, should be %s", m.Email, m.Role, c.role[m.Email])
		}
	}
	for email, grants := range c.live {
		for _, grant := range grants {
			who, err := c.b.Authenticate(ctx, grant.Token)
			if err != nil || who.User.Email != email || who.Role != c.role[email] && who.TenantID() == c.tenant || c.role[email] == "" && len(who.Permissions()) > 0 {
				c.t.Fatalf("a session of %s (%s): %+v, %v", email, c.role[email], who, err)
			}
		}
	}
	for _, grant := range c.dead {
		if _, err := c.b.Authenticate(ctx, grant.Token); !fault.Is(err, fault.Unauthorized) {
			c.t.Fatalf("a session that ended works: %v", err)
		}
	}
}

// Whatever people do, in whatever order, rights are what the rules say, ended
// sessions stay ended, used links stay used, and a company has an admin.
func TestPeopleByTheRules(t *testing.T) {
	b := ready(t, database.SQLite)
	// Time passes only so that failures are forgotten; nothing else ends by it.
	b.cfg.InviteLife, b.cfg.SessionIdle, b.cfg.SessionLife = 1e4*time.Hour, 1e4*time.Hour, 1e5*time.Hour
	b.cfg.AdminIdle, b.cfg.AdminLife = b.cfg.SessionIdle, b.cfg.SessionLife
	companies := tenancy.New(b.db, tenancy.Emit(b.emit), b.clock)
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		made, err := companies.Create(context.Background(), tenancy.Draft{Name: fmt.Sprint("Loja ", round)}, b.admin.Principal.By())
		if err != nil {
			t.Fatal(err)
		}
		c := &company{
			b: b, t: t, tenant: made.ID, role: map[string]Role{}, account: map[string]string{}, letters: map[string][]letter{}, live: map[string][]Grant{},
		}
		for n := range 3 {
			c.people = append(c.people, fmt.Sprintf("p%d-%d@example.com", n, round))
		}
		founder, err := b.AddMember(context.Background(), made.ID, Draft{Email: c.people[0], Name: "Founder", Password: secret.New(password)}, Admin)
		if err != nil {
			t.Fatal(err)
		}
		c.role[c.people[0]], c.account[c.people[0]] = Admin, founder.ID
		t.Repeat(map[string]func(*rapid.T){
			"invite":  func(*rapid.T) { c.invite() },
			"accept":  func(*rapid.T) { b.clock.Advance(forgetAfter + time.Second); c.accept() },
			"revoke":  func(*rapid.T) { c.revoke() },
			"role":    func(*rapid.T) { c.setRole() },
			"remove":  func(*rapid.T) { c.remove() },
			"sign in": func(*rapid.T) { b.clock.Advance(forgetAfter + time.Second); c.signIn() },
			"leave":   func(*rapid.T) { c.signOut() },
			"":        func(*rapid.T) { c.check() },
		})
	})
}
