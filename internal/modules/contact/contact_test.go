package contact

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

const (
	company = "ten_a"
	account = "cha_a"
)

// house is a service on a real database that keeps what it told.
type house struct {
	*Service
	t      *testing.T
	db     *database.DB
	mu     sync.Mutex
	told   []event.Envelope
	copies map[string]Contact
}

func open(t *testing.T, db *database.DB) *house {
	h := &house{t: t, db: db, copies: map[string]Contact{}}
	h.Service = New(db, func(_ context.Context, _ *database.Tx, envelopes ...event.Envelope) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.told = append(h.told, envelopes...)
		return nil
	})
	h.Bind(h)
	return h
}

func (h *house) FollowContacts(_ context.Context, _ *database.Tx, contacts []Contact) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range contacts {
		h.copies[c.ID] = c
	}
	return nil
}

func (h *house) resolve(sightings ...Sighting) []Known {
	h.t.Helper()
	for i := range sightings {
		if sightings[i].TenantID == "" {
			sightings[i].TenantID, sightings[i].AccountID, sightings[i].Channel = company, account, message.WhatsApp
		}
	}
	var known []Known
	err := h.db.Write(context.Background(), database.Companies([]string{company, "ten_b"}), func(ctx context.Context, tx *database.Tx) (err error) {
		known, err = h.Resolve(ctx, tx, sightings)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return known
}

func (h *house) get(contactID string) Contact {
	h.t.Helper()
	c, err := h.Get(context.Background(), company, contactID)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) count(table string) (n int) {
	h.t.Helper()
	err := h.db.Read(context.Background(), database.Company(company), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+table).Scan(&n)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func wa(values ...string) []message.Address {
	var list []message.Address
	for _, value := range values {
		kind := message.WaID
		if len(value) > 2 && value[2] == '.' {
			kind = message.BSUID
		}
		list = append(list, message.Address{Kind: kind, Value: value})
	}
	return list
}

func TestNinthDigit(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"5581999991234", "558199991234", true},
		{"5511961234567", "551161234567", true},
		{"551133334444", "5511933334444", false}, // a landline has no ninth digit
		{"551123334444", "5511923334444", false},
		{"5581999991234", "5581999991235", false},
		{"351912345678", "35112345678", false}, // not Brazil
		{"+5581999991234", "558199991234", true},
		{"5500999991234", "550099991234", false}, // no such area
	} {
		if got := matchKey(message.WaID, c.a) == matchKey(message.WaID, c.b); got != c.same {
			t.Errorf("%s and %s: same %v, want %v", c.a, c.b, got, c.same)
		}
	}
	if matchKey(message.TelegramUser, "5581999991234") != "5581999991234" {
		t.Error("an id that is no phone number was changed")
	}
}

func TestResolve(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		both := h.resolve(
			Sighting{Addresses: wa("558199991234"), Name: "Ana"},
			Sighting{Addresses: wa("5581999991234")},
			Sighting{Addresses: wa("BR.77", "5581999991234"), Username: "ana.s"},
			Sighting{Addresses: wa("BR.77")},
		)
		for i, k := range both {
			if k.ID != both[0].ID || k.Name != "Ana" {
				t.Fatalf("sighting %d is of %+v, not of %s", i, k, both[0].ID)
			}
			if k.New != (i == 0) {
				t.Errorf("sighting %d: new %v", i, k.New)
			}
		}
		again := h.resolve(Sighting{Addresses: wa("BR.77")}, Sighting{Addresses: wa("5521988887777")})
		if again[0].ID != both[0].ID || again[0].New || again[1].ID == both[0].ID || !again[1].New {
			t.Fatalf("second batch: %+v", again)
		}
		c := h.get(both[0].ID)
		if len(c.Addresses) != 2 || c.Username != "ana.s" {
			t.Fatalf("%+v", c)
		}
		// The value is the platform's last one, not our key.
		if v := h.resolve(Sighting{Addresses: wa("558199991234")}); v[0].ID != c.ID || h.get(c.ID).Addresses[0].Value != "558199991234" && h.get(c.ID).Addresses[1].Value != "558199991234" {
			t.Errorf("addresses %+v", h.get(c.ID).Addresses)
		}
		if name := h.get(again[1].ID).Name; name != "(21) 98888-7777" {
			t.Errorf("a customer without a name is called %q", name)
		}
	})
}

func TestNumberAndUserIDChangesLink(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		first := h.resolve(Sighting{Addresses: wa("BR.1", "5511988880000"), Name: "Rui"})[0]
		moved := h.resolve(Sighting{Addresses: wa("5511977770000", "5511988880000")})[0]
		renewed := h.resolve(Sighting{Addresses: wa("BR.2", "5511977770000")})[0]
		if moved.ID != first.ID || renewed.ID != first.ID {
			t.Fatal("a changed number made another contact")
		}
		if c := h.get(first.ID); len(c.Addresses) != 4 {
			t.Fatalf("an address was overwritten: %+v", c.Addresses)
		}
	})
}

func TestTwoContactsInOneEvent(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		phone := h.resolve(Sighting{Addresses: wa("5511988880000"), Name: "By phone"})[0]
		user := h.resolve(Sighting{Addresses: wa("BR.1"), Name: "By id"})[0]
		for range 2 {
			if met := h.resolve(Sighting{Addresses: wa("5511988880000", "BR.1")})[0]; met.ID != user.ID {
				t.Fatalf("the event counts for %s, want that of the user id %s", met.ID, user.ID)
			}
		}
		if n := h.count("contact_conflict"); n != 1 {
			t.Errorf("%d conflicts are noted, want 1", n)
		}
		if len(h.get(phone.ID).Addresses) != 1 || len(h.get(user.ID).Addresses) != 1 {
			t.Error("an address was moved")
		}
	})
}

func TestProfileNamesFollowUntilAPersonChangesThem(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		c := h.resolve(Sighting{Addresses: wa("5511988880000")})[0]
		if again := h.get(c.ID); c.Name == "" || c.Called != "" || again.Called() != "" {
			t.Fatalf("nobody is greeted by a number: %q, %q", c.Called, again.Called())
		}
		if got := h.resolve(Sighting{Addresses: wa("5511988880000"), Name: "Bia"})[0]; got.Name != "Bia" || got.Called != "Bia" {
			t.Fatalf("called %q", got.Name)
		}
		name := "Beatriz (atacado)"
		edited, err := h.Update(context.Background(), Edit{TenantID: company, ContactID: c.ID, Name: &name, Fields: map[string]string{"cpf": "1", "x": "2"}})
		if err != nil {
			t.Fatal(err)
		}
		got := h.resolve(Sighting{Addresses: wa("5511988880000"), Name: "Bia 🌻"})[0]
		if got.Name != name || got.Fields["cpf"] != "1" || h.get(c.ID).Profile != "Bia 🌻" {
			t.Fatalf("%+v", got)
		}
		if h.copies[c.ID].Name != name {
			t.Errorf("the copy says %q", h.copies[c.ID].Name)
		}
		if _, err := h.Update(context.Background(), Edit{TenantID: company, ContactID: c.ID, Version: edited.Version, Name: &name}); !fault.Is(err, fault.Conflict) {
			t.Errorf("an old version was taken: %v", err)
		}
		if _, err := h.Update(context.Background(), Edit{TenantID: company, ContactID: c.ID, Fields: map[string]string{"x": ""}}); err != nil {
			t.Fatal(err)
		}
		if fields := h.get(c.ID).Fields; len(fields) != 1 || fields["cpf"] != "1" {
			t.Errorf("fields %v", fields)
		}
	})
}

func TestParallelBatchesMakeOneContact(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		const n = 8
		ids := make([]string, n)
		var group sync.WaitGroup
		for i := range n {
			group.Go(func() {
				addresses := wa("5511988880000", "BR.1")
				if i%2 == 1 {
					addresses = wa("BR.1")
				}
				ids[i] = h.resolve(Sighting{Addresses: addresses, Name: fmt.Sprint("n", i)})[0].ID
			})
		}
		group.Wait()
		for _, got := range ids {
			if got != ids[0] {
				t.Fatalf("one customer became %v", ids)
			}
		}
		if n := h.count("contact"); n != 1 {
			t.Errorf("%d contacts", n)
		}
	})
}

func TestCompaniesAreApart(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		mine := h.resolve(Sighting{Addresses: wa("BR.1"), Name: "Mine"})[0]
		theirs := h.resolve(Sighting{TenantID: "ten_b", AccountID: "cha_b", Addresses: wa("BR.1"), Name: "Theirs"})[0]
		if mine.ID == theirs.ID {
			t.Fatal("two companies share a contact")
		}
		if _, err := h.Get(context.Background(), company, theirs.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("get: %v", err)
		}
		if _, err := h.Block(context.Background(), company, theirs.ID, true, event.Actor{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("block: %v", err)
		}
		list, err := h.List(context.Background(), company, "theirs", "", 0)
		if err != nil || len(list.Items) != 0 {
			t.Errorf("list: %v %v", list, err)
		}
	})
}

func TestListFindsByNameAndNumber(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		for i := range 7 {
			h.resolve(Sighting{Addresses: wa(fmt.Sprintf("551198888000%d", i)), Name: fmt.Sprintf("Conceição %d", i)})
		}
		for query, want := range map[string]int{"conceicao": 7, "CONCEIÇÃO 3": 1, "(11) 98888-0004": 1, "8888": 7, "100%": 0, "_": 0, "": 7} {
			list, err := h.List(context.Background(), company, query, "", 0)
			if err != nil || len(list.Items) != want {
				t.Errorf("%q finds %d, want %d (%v)", query, len(list.Items), want, err)
			}
		}
		var seen []string
		for cursor := ""; ; {
			list, err := h.List(context.Background(), company, "", cursor, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list.Items {
				seen = append(seen, c.Name)
			}
			if cursor = list.Next; cursor == "" {
				break
			}
		}
		if len(seen) != 7 || seen[0] == seen[6] {
			t.Errorf("pages gave %v", seen)
		}
	})
}

func TestLearnBlockReachAndFields(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		c := h.resolve(Sighting{Addresses: wa("5511988880000"), Name: "Léo"})[0]
		other := h.resolve(Sighting{Addresses: wa("BR.9")})[0]
		write := func(fn func(ctx context.Context, tx *database.Tx) error) {
			t.Helper()
			if err := db.Write(context.Background(), database.Company(company), fn); err != nil {
				t.Fatal(err)
			}
		}
		write(func(ctx context.Context, tx *database.Tx) error {
			return h.Learn(ctx, tx, []Learned{{TenantID: company, AccountID: account, ContactID: c.ID, Addresses: wa("551188880000", "BR.5", "BR.9")}})
		})
		if k := h.resolve(Sighting{Addresses: wa("BR.5")})[0]; k.ID != c.ID {
			t.Error("a learned address leads elsewhere")
		}
		if k := h.resolve(Sighting{Addresses: wa("BR.9")})[0]; k.ID != other.ID || h.count("contact_conflict") != 1 {
			t.Error("an address of another contact was taken")
		}
		write(func(ctx context.Context, tx *database.Tx) error {
			return h.SetReach(ctx, tx, []Reach{{TenantID: company, AccountID: account, Addresses: wa("BR.5"), Reachable: false}})
		})
		reachable := func() (n int) {
			for _, a := range h.get(c.ID).Addresses {
				if a.Reachable {
					n++
				}
			}
			return n
		}
		if reachable() != 1 {
			t.Errorf("%+v", h.get(c.ID).Addresses)
		}
		h.resolve(Sighting{Addresses: wa("BR.5")}) // who writes can be reached
		if reachable() != 2 {
			t.Errorf("%+v", h.get(c.ID).Addresses)
		}
		write(func(ctx context.Context, tx *database.Tx) error {
			return h.SetFields(ctx, tx, []FieldSet{
				{TenantID: company, ContactID: c.ID, BotID: "bot_1", Fields: map[string]string{"city": "Recife", "bad": "a\x00b"}},
				{TenantID: company, ContactID: "ctc_gone", Fields: map[string]string{"x": "y"}},
			})
		})
		if fields := h.get(c.ID).Fields; len(fields) != 1 || fields["city"] != "Recife" {
			t.Errorf("fields %v", fields)
		}
		tag := func(add, remove []string, want string) {
			t.Helper()
			told := len(h.told)
			write(func(ctx context.Context, tx *database.Tx) error {
				return h.SetFields(ctx, tx, []FieldSet{{TenantID: company, ContactID: c.ID, BotID: "bot_1", Tag: add, Untag: remove}})
			})
			if got := strings.Join(h.get(c.ID).Tags, "|"); got != want {
				t.Errorf("tags %q, want %q", got, want)
			}
			if add == nil && len(h.told) != told {
				t.Error("a change to what is so already was told")
			}
		}
		tag([]string{"vip", " lead ", "vip", "", "two\nlines", strings.Repeat("x", MaxTag+1)}, nil, "lead|vip")
		tag([]string{"new"}, []string{"lead", "unknown"}, "new|vip")
		tag(nil, []string{"lead"}, "new|vip")
		if k := h.resolve(Sighting{Addresses: wa("BR.5")})[0]; strings.Join(k.Tags, "|") != "new|vip" {
			t.Errorf("a bot would read the tags %q", k.Tags)
		}
		if _, err := h.Block(context.Background(), company, c.ID, true, event.Actor{Kind: "user", ID: "usr_1"}); err != nil {
			t.Fatal(err)
		}
		if k := h.resolve(Sighting{Addresses: wa("BR.5")})[0]; !k.Blocked {
			t.Error("a blocked contact is not known as such")
		}
		last := h.told[len(h.told)-1]
		var data Event
		if err := json.Unmarshal(last.Data, &data); err != nil || last.Type != event.ContactUpdated || !data.Contact.Blocked || last.Actor.ID != "usr_1" {
			t.Errorf("told %+v %s", last, last.Data)
		}
	})
}

// Any order of any sightings leaves each address with the contact that had it
// first, and one batch gives what one event at a time gives.
func TestAddressesNeverMove(t *testing.T) {
	db := databasetest.Open(t)
	h := open(t, db)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		scope := fmt.Sprintf("ten_%d", run)
		sightings := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Sighting {
			values := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"BR.1", "BR.2", "BR.3", "5511988880000", "551188880000", "5511977770000", "551133334444"}), 1, 3, rapid.ID[string]).Draw(t, "addresses")
			return Sighting{TenantID: scope, AccountID: account, Addresses: wa(values...)}
		}), 1, 12).Draw(t, "sightings")
		cut := rapid.IntRange(0, len(sightings)).Draw(t, "cut")
		owner := map[key]string{}
		for _, part := range [][]Sighting{sightings[:cut], sightings[cut:]} {
			var known []Known
			err := db.Write(context.Background(), database.Company(scope), func(ctx context.Context, tx *database.Tx) (err error) {
				known, err = h.Resolve(ctx, tx, part)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, s := range part {
				linked := false
				for _, a := range s.Addresses {
					k := keyOf(scope, account, a)
					if owner[k] == "" {
						owner[k] = known[i].ID
					}
					linked = linked || owner[k] == known[i].ID
				}
				if !linked {
					t.Fatalf("event %d counts for %s, which owns none of its addresses", i, known[i].ID)
				}
			}
		}
		err := db.Read(context.Background(), database.Company(scope), func(ctx context.Context, tx *database.Tx) error {
			rows, err := tx.Query(ctx, `SELECT kind, scope, match_key, contact_id FROM contact_address WHERE tenant_id = $1`, scope)
			if err != nil {
				return err
			}
			defer rows.Close()
			n := 0
			for rows.Next() {
				k := key{tenant: scope}
				var contactID string
				if err := rows.Scan(&k.kind, &k.scope, &k.match, &contactID); err != nil {
					return err
				}
				if n++; owner[k] != contactID {
					t.Fatalf("%v moved from %s to %s", k, owner[k], contactID)
				}
			}
			if n != len(owner) {
				t.Fatalf("%d addresses stored of %d", n, len(owner))
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestNamesAreCleaned(t *testing.T) {
	for given, want := range map[string]string{"Ana\u202Eexe": "Anaexe", "\u2066Rui\u2069": "Rui", "a\x00\nb": "ab", " João 👩‍🍳 ": "João 👩‍🍳"} {
		if got := cleaned(given); got != want {
			t.Errorf("%q became %q, want %q", given, got, want)
		}
	}
}
