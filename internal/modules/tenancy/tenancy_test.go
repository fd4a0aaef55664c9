package tenancy

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

type bench struct {
	service *Service
	db      *database.DB
	told    *[]event.Envelope
}

func setup(db *database.DB) bench {
	told := new([]event.Envelope)
	emit := func(_ context.Context, _ *database.Tx, _ int, envelopes ...event.Envelope) error {
		*told = append(*told, envelopes...)
		return nil
	}
	return bench{New(db, emit, clock.NewManual(time.UnixMilli(1_700_000_000_000))), db, told}
}

var operator = By{Actor: event.Actor{Kind: "operator", ID: "usr_1", Name: "Olga"}, IP: "10.0.0.1"}

func TestACompanyIsMadeChangedAndSuspended(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b, ctx := setup(db), context.Background()
		company, err := b.service.Create(ctx, Draft{Name: " Padaria São João "}, operator)
		if err != nil {
			t.Fatal(err)
		}
		if company.Slug != "padaria-sao-joao" || company.Line != Massivo || company.Locale != "pt-BR" ||
			company.Timezone != "America/Sao_Paulo" || !company.Working() || company.Name != "Padaria São João" {
			t.Fatalf("made %+v", company)
		}
		name, zone := "Padaria Nova", "America/Manaus"
		changed, err := b.service.Update(ctx, company.ID, Update{Name: &name, Timezone: &zone}, operator)
		if err != nil {
			t.Fatal(err)
		}
		if changed.Name != name || changed.Timezone != zone || changed.Locale != "pt-BR" || changed.Version != company.Version+1 {
			t.Fatalf("changed to %+v", changed)
		}
		if _, err := b.service.SetState(ctx, company.ID, Suspended, "for the test", operator); err != nil {
			t.Fatal(err)
		}
		got, err := b.service.Get(ctx, company.ID)
		if err != nil || got.Working() || got.Name != name {
			t.Fatalf("read %+v, %v", got, err)
		}
		log, err := audit.New(db).List(ctx, company.ID, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		var actions []string
		for _, entry := range log.Items {
			actions = append(actions, entry.Action)
		}
		if want := []string{"company.created", "company.suspended", "company.updated"}; !slices.Equal(slices.Sorted(slices.Values(actions)), want) {
			t.Fatalf("log has %v", actions)
		}
		if len(*b.told) != 3 || (*b.told)[2].Type != event.TenantUpdated || string((*b.told)[2].Data) != `{"state":"suspended"}` {
			t.Fatalf("told %+v", *b.told)
		}
	})
}

func TestASlugIsTakenOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(db)
		if _, err := b.service.Create(context.Background(), Draft{Name: "Loja"}, operator); err != nil {
			t.Fatal(err)
		}
		_, err := b.service.Create(context.Background(), Draft{Name: "LOJA!"}, operator)
		if !fault.Is(err, fault.Conflict) {
			t.Fatalf("a second Loja: %v", err)
		}
	})
}

func TestBadDraftsAreRefusedWithTheirField(t *testing.T) {
	b := setup(databasetest.Open(t))
	for field, draft := range map[string]Draft{
		"name":     {Name: "  "},
		"line":     {Name: "a", Line: "gold"},
		"locale":   {Name: "a", Locale: "fr"},
		"timezone": {Name: "a", Timezone: "Local"},
		"slug":     {Name: "a", Slug: "Not a slug"},
	} {
		_, err := b.service.Create(context.Background(), draft, operator)
		var f *fault.Error
		if f, _ = err.(*fault.Error); f == nil || f.Field != field || f.Code != fault.Invalid {
			t.Errorf("%s: got %v", field, err)
		}
	}
}

func TestCompaniesAreListedPageByPage(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b, ctx := setup(db), context.Background()
		for i := range 5 {
			if _, err := b.service.Create(ctx, Draft{Name: fmt.Sprint("Loja ", i)}, operator); err != nil {
				t.Fatal(err)
			}
		}
		seen, cursor := map[string]bool{}, ""
		for range 3 {
			list, err := b.service.List(ctx, cursor, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, company := range list.Items {
				seen[company.ID] = true
			}
			cursor = list.Next
		}
		if len(seen) != 5 || cursor != "" {
			t.Fatalf("saw %d companies, next %q", len(seen), cursor)
		}
	})
}

func TestUnknownCompanyIsNotFound(t *testing.T) {
	b := setup(databasetest.Open(t))
	for _, id := range []string{"ten_01h455vb4pex5vsknk084sn02q", "nonsense", "a,b"} {
		if _, err := b.service.SetState(context.Background(), id, Suspended, "for the test", operator); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestSlugsAreStableAndPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slug := Slug(rapid.String().Draw(t, "name"))
		if slug == "" || len(slug) > slugMax || Slug(slug) != slug {
			t.Fatalf("slug %q becomes %q", slug, Slug(slug))
		}
	})
}
