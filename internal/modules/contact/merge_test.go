package contact

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// rowsOf is a holder with rows in memory: row -> whose it is.
type rowsOf struct {
	owner  map[string]string
	refuse error
}

func (h *rowsOf) Holds() string { return "rows" }

func (h *rowsOf) TakeOver(_ context.Context, _ *database.Tx, merge Joining) (moved []string, err error) {
	if h.refuse != nil {
		return nil, h.refuse
	}
	for row, owner := range h.owner {
		if owner == merge.From {
			h.owner[row] = merge.To
			moved = append(moved, row)
		}
	}
	slices.Sort(moved)
	return moved, nil
}

func (h *rowsOf) GiveBack(_ context.Context, _ *database.Tx, merge Joining) error {
	for _, row := range merge.Moved {
		if h.owner[row] == merge.To {
			h.owner[row] = merge.From
		}
	}
	return nil
}

func (h *house) merge(stays, goes string) (Contact, Merge, error) {
	return h.Merge(context.Background(), MergeInput{TenantID: company, ContactID: stays, OtherID: goes, Actor: event.Actor{Kind: "user", ID: "usr_1"}})
}

func (h *house) part(contactID, mergeID string) error {
	_, err := h.Part(context.Background(), company, contactID, mergeID, event.Actor{Kind: "user", ID: "usr_1"})
	return err
}

func valuesOf(c Contact) []string {
	var list []string
	for _, a := range c.Addresses {
		list = append(list, a.Value)
	}
	slices.Sort(list)
	return list
}

func TestTwoContactsBecomeOneAndTwoAgain(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		rows := &rowsOf{owner: map[string]string{}}
		var asked []string
		h.BindHolders(func(_ context.Context, _ *database.Tx, _, mergeID string) error {
			asked = append(asked, mergeID)
			return nil
		}, rows)
		ana := h.resolve(Sighting{Addresses: wa("5581999991234"), Name: "Ana"})[0].ID
		user := h.resolve(Sighting{Addresses: wa("BR.abc"), Name: "Ana Souza", Username: "ana.souza"})[0].ID
		rows.owner["cnv_1"], rows.owner["cnv_2"] = ana, user
		h.edit(ana, map[string]string{"city": "Recife"})
		h.edit(user, map[string]string{"city": "Olinda", "size": "M"})
		if _, err := h.change(context.Background(), Edit{TenantID: company, ContactID: user}, func(c *Contact) error { c.retag([]string{"vip"}, nil); return nil }); err != nil {
			t.Fatal(err)
		}

		c, m, err := h.merge(ana, user)
		if err != nil {
			t.Fatal(err)
		}
		if c.Name != "Ana" || !slices.Equal(valuesOf(c), []string{"5581999991234", "BR.abc"}) || c.Fields["city"] != "Recife" || c.Fields["size"] != "M" || !slices.Equal(c.Tags, []string{"vip"}) {
			t.Fatalf("%+v", c)
		}
		if rows.owner["cnv_2"] != ana || h.get(user).MergedInto != ana || len(asked) != 1 || asked[0] != m.ID {
			t.Fatalf("%v %v %v", rows.owner, h.get(user), asked)
		}
		if again := h.resolve(Sighting{Addresses: wa("BR.abc")})[0]; again.ID != ana || again.New {
			t.Fatalf("an event of the other address came to %+v", again)
		}
		if list, err := h.List(context.Background(), company, "", "", 0); err != nil || len(list.Items) != 1 {
			t.Fatalf("listed %d, %v", len(list.Items), err)
		}
		if list, err := h.Merges(context.Background(), company, ana); err != nil || len(list) != 1 || list[0].OtherName != "Ana Souza" {
			t.Fatalf("%+v %v", list, err)
		}

		// What came meanwhile by the old name follows, and goes back with the rest.
		rows.owner["cnv_3"] = user
		if err := h.Follow(context.Background(), company, m.ID); err != nil {
			t.Fatal(err)
		}
		if rows.owner["cnv_3"] != ana {
			t.Fatal("a late row stayed")
		}
		if err := h.part(ana, m.ID); err != nil {
			t.Fatal(err)
		}
		if c := h.get(ana); !slices.Equal(valuesOf(c), []string{"5581999991234"}) || c.Fields["city"] != "Recife" || c.Fields["size"] != "" || len(c.Tags) != 0 {
			t.Fatalf("%+v", c)
		}
		if c := h.get(user); c.MergedInto != "" || !slices.Equal(valuesOf(c), []string{"BR.abc"}) || c.Fields["city"] != "Olinda" {
			t.Fatalf("%+v", c)
		}
		if rows.owner["cnv_1"] != ana || rows.owner["cnv_2"] != user || rows.owner["cnv_3"] != user {
			t.Fatalf("%v", rows.owner)
		}
		if err := h.part(ana, m.ID); reasonOf(err) != "already_undone" {
			t.Fatal(err)
		}
		if err := h.Follow(context.Background(), company, m.ID); err != nil || rows.owner["cnv_3"] != user {
			t.Fatal("following an undone merge moved something: ", err)
		}
	})
}

func (h *house) edit(contactID string, fields map[string]string) {
	h.t.Helper()
	if _, err := h.Update(context.Background(), Edit{TenantID: company, ContactID: contactID, Fields: fields}); err != nil {
		h.t.Fatal(err)
	}
}

func reasonOf(err error) string {
	var failure *fault.Error
	if errors.As(err, &failure) {
		return failure.Reason
	}
	return ""
}

func TestMergesThatAreRefused(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		rows := &rowsOf{owner: map[string]string{}}
		h.BindHolders(nil, rows)
		a, b, c := h.resolve(Sighting{Addresses: wa("5581999991234")})[0].ID, h.resolve(Sighting{Addresses: wa("5581999995678")})[0].ID, h.resolve(Sighting{Addresses: wa("BR.c")})[0].ID
		stranger := h.resolve(Sighting{TenantID: "ten_b", AccountID: "cha_b", Addresses: wa("5581999991234")})[0].ID
		if _, _, err := h.merge(a, a); fault.CodeOf(err) != fault.Invalid {
			t.Error(err)
		}
		for _, other := range []string{"ctc_none", stranger} {
			if _, _, err := h.merge(a, other); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		}
		rows.refuse = fault.Refuse("both_open", "both are open")
		if _, _, err := h.merge(a, b); reasonOf(err) != "both_open" || h.get(b).MergedInto != "" || !slices.Equal(valuesOf(h.get(b)), []string{"5581999995678"}) {
			t.Error(err)
		}
		rows.refuse = nil
		_, first, err := h.merge(a, b)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.merge(c, b); reasonOf(err) != "already_merged" {
			t.Error(err)
		}
		_, second, err := h.merge(c, a)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.part(a, first.ID); reasonOf(err) != "joined_since" {
			t.Error(err)
		}
		if err := h.part(a, second.ID); !fault.Is(err, fault.NotFound) {
			t.Error("parted under another contact's name: ", err)
		}
		if err := h.part(c, second.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.part(a, first.ID); err != nil {
			t.Fatal(err)
		}
		if got := valuesOf(h.get(b)); !slices.Equal(got, []string{"5581999995678"}) {
			t.Errorf("b has %v", got)
		}
	})
}

func TestAnAddressThatCameSinceStays(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		h.BindHolders(nil)
		a, b := h.resolve(Sighting{Addresses: wa("5581999991234")})[0].ID, h.resolve(Sighting{Addresses: wa("BR.b")})[0].ID
		_, m, err := h.merge(a, b)
		if err != nil {
			t.Fatal(err)
		}
		h.resolve(Sighting{Addresses: wa("5581999991234", "BR.new")})
		if err := h.part(a, m.ID); err != nil {
			t.Fatal(err)
		}
		if got := valuesOf(h.get(a)); !slices.Equal(got, []string{"5581999991234", "BR.new"}) {
			t.Errorf("a has %v", got)
		}
		if got := valuesOf(h.get(b)); !slices.Equal(got, []string{"BR.b"}) {
			t.Errorf("b has %v", got)
		}
	})
}

func TestWhoMayBeTheSamePerson(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		h.BindHolders(nil)
		a := h.resolve(Sighting{Addresses: wa("5581999991234"), Name: "José da Silva"})[0].ID
		b := h.resolve(Sighting{Addresses: wa("BR.b"), Name: "Zé"})[0].ID
		c := h.resolve(Sighting{Addresses: wa("BR.c"), Name: "JOSE DA SILVA"})[0].ID
		h.resolve(Sighting{Addresses: wa("BR.d"), Name: "José da Silva Neto"})
		h.resolve(Sighting{Addresses: wa("5581999991234", "BR.b")}) // the platform names both
		found, err := h.Duplicates(context.Background(), company, a)
		if err != nil || len(found) != 2 || found[0].Contact.ID != b || found[0].Reason != MetReason || found[1].Contact.ID != c || found[1].Reason != NameReason {
			t.Fatalf("%+v %v", found, err)
		}
		if found, err := h.Duplicates(context.Background(), company, b); err != nil || len(found) != 1 || found[0].Contact.ID != a {
			t.Fatalf("%+v %v", found, err)
		}
		if _, _, err := h.merge(a, b); err != nil {
			t.Fatal(err)
		}
		if found, err := h.Duplicates(context.Background(), company, a); err != nil || len(found) != 1 || found[0].Contact.ID != c {
			t.Fatalf("%+v %v", found, err)
		}
		if _, err := h.Duplicates(context.Background(), "ten_b", a); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
	})
}

// Whatever is joined and parted in whatever order, every address has one owner
// that stands, and undoing all of it gives what was.
func TestMergesUndoneGiveWhatWas(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		rapid.Check(t, func(rt *rapid.T) {
			h := open(t, db)
			rows := &rowsOf{owner: map[string]string{}}
			h.BindHolders(nil, rows)
			var ids []string
			before := map[string][]string{}
			for _, digits := range rapid.SliceOfNDistinct(rapid.StringMatching(`BR\.[a-z]{12}`), 2, 6, rapid.ID).Draw(rt, "people") {
				contactID := h.resolve(Sighting{Addresses: wa(digits)})[0].ID
				ids = append(ids, contactID)
				before[contactID] = []string{digits}
				rows.owner["row_"+contactID] = contactID
			}
			var done []Merge
			for range rapid.IntRange(1, 8).Draw(rt, "merges") {
				stays, goes := rapid.SampledFrom(ids).Draw(rt, "stays"), rapid.SampledFrom(ids).Draw(rt, "goes")
				if _, m, err := h.merge(stays, goes); err == nil {
					done = append(done, m)
				}
				total := 0
				for _, contactID := range ids {
					c := h.get(contactID)
					total += len(c.Addresses)
					if c.MergedInto != "" && len(c.Addresses) > 0 {
						rt.Fatalf("%s is gone and has %v", contactID, valuesOf(c))
					}
				}
				if total != len(ids) {
					rt.Fatalf("%d addresses of %d", total, len(ids))
				}
			}
			for _, m := range slices.Backward(done) {
				if err := h.part(m.ContactID, m.ID); err != nil {
					rt.Fatal(err)
				}
			}
			for _, contactID := range ids {
				if got := valuesOf(h.get(contactID)); !slices.Equal(got, before[contactID]) || rows.owner["row_"+contactID] != contactID {
					rt.Fatalf("%s has %v and its row is %s's", contactID, got, rows.owner["row_"+contactID])
				}
			}
		})
	})
}

func TestStrangersAreIntroduced(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		var asked []Stranger
		h.BindAsk(func(_ context.Context, _ *database.Tx, strangers []Stranger) error {
			asked = append(asked, strangers...)
			return nil
		})
		h.resolve(Sighting{Addresses: wa("BR.named"), Name: "Bia"})
		stranger := h.resolve(Sighting{Addresses: wa("BR.stranger")})[0].ID
		h.resolve(Sighting{Addresses: wa("BR.stranger")}) // known by now
		if len(asked) != 1 || asked[0].ContactID != stranger || asked[0].AccountID != account || len(asked[0].Addresses) != 1 {
			t.Fatalf("%+v", asked)
		}
		introduce := func(in Introduction) Contact {
			in.TenantID, in.ContactID = company, stranger
			if err := h.Introduce(context.Background(), in); err != nil {
				t.Fatal(err)
			}
			return h.get(stranger)
		}
		if c := introduce(Introduction{Name: "Ana\u202e Souza", Username: "ana"}); c.Name != "Ana Souza" || c.Username != "ana" || h.copies[stranger].Name != "Ana Souza" {
			t.Fatalf("%+v", c)
		}
		name := "Aninha"
		if _, err := h.Update(context.Background(), Edit{TenantID: company, ContactID: stranger, Name: &name}); err != nil {
			t.Fatal(err)
		}
		if c := introduce(Introduction{Name: "Ana de Souza"}); c.Name != "Aninha" || c.Profile != "Ana de Souza" {
			t.Fatalf("a person's word was overwritten: %+v", c)
		}
		before := h.get(stranger).Version
		if c := introduce(Introduction{Name: "Ana de Souza"}); c.Version != before {
			t.Fatal("nothing new, and yet a new version")
		}
		if err := h.Introduce(context.Background(), Introduction{TenantID: company, ContactID: "ctc_none", Name: "x"}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheAddressBookOfTheCompany(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		remember := func(number, name string) {
			t.Helper()
			if err := db.Write(context.Background(), database.Company(company), func(ctx context.Context, tx *database.Tx) error {
				return h.Remember(ctx, tx, []Acquaintance{{TenantID: company, AccountID: account, Addresses: wa(number), Name: name}})
			}); err != nil {
				t.Fatal(err)
			}
		}
		seen := func(number, profile string) Contact {
			return h.get(h.resolve(Sighting{Addresses: wa(number), Name: profile})[0].ID)
		}
		remember("5581999991234", "Marina Padaria")
		if c := seen("5581999991234", "Má"); c.Name != "Marina Padaria" || c.Profile != "Má" {
			t.Errorf("the company's name for them was lost: %+v", c)
		}
		if c := seen("5581999995678", "Zé"); c.Name != "Zé" {
			t.Fatalf("%+v", c)
		}
		remember("5581999995678", "José Entregas")
		if c := seen("5581999995678", "Zé"); c.Name != "José Entregas" {
			t.Errorf("%+v", c)
		}
		remember("5581999995678", "Zé da Moto")
		if c := seen("5581999995678", "Zé"); c.Name != "José Entregas" {
			t.Errorf("a name that stands was overwritten: %+v", c)
		}
		remember("5581999995678", "")
		if n := h.count("contact"); n != 2 {
			t.Errorf("%d contacts", n)
		}
	})
}
