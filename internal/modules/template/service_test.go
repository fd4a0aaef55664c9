package template

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

func TestAReadingFindsWhatThePlatformHolds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		for n := range 7 {
			h.paper.held = append(h.paper.held, seen(fmt.Sprintf("aviso_%d", n), "Olá {{1}}, tudo certo."))
		}
		h.paper.pages = 3
		if r := h.sync("cha_1"); r.Found != 7 || r.Problem != "" || r.SyncedMS == 0 {
			t.Fatalf("%+v", r)
		}
		first := h.find("aviso_3")
		if first.Status != Approved || first.Quality != "green" || first.Obstacle != "" || len(first.Variables) != 1 {
			t.Errorf("%+v", first)
		}
		// The other number of the same business account has the same templates.
		list, err := h.List(ctx, Search{TenantID: company, AccountID: "cha_2", Limit: 3})
		if err != nil || len(list.Items) != 3 || list.Next == "" {
			t.Fatalf("%d, %q, %v", len(list.Items), list.Next, err)
		}
		rest, err := h.List(ctx, Search{TenantID: company, AccountID: "cha_2", Cursor: list.Next})
		if err != nil || len(rest.Items) != 4 || rest.Items[0].Name != "aviso_3" || rest.Next != "" {
			t.Fatalf("%+v, %v", rest, err)
		}
		for _, none := range []string{"cha_3", "cha_4", "cha_5"} {
			if list, err := h.List(ctx, Search{TenantID: company, AccountID: none}); err != nil || len(list.Items) != 0 {
				t.Errorf("%s has %d templates, %v", none, len(list.Items), err)
			}
		}
		// What vanished is marked, and comes back with the same id.
		h.clock.now = time.Now().Add(time.Minute)
		h.paper.held = h.paper.held[:6]
		h.sync("cha_1")
		gone := h.find("aviso_6")
		if gone.Status != Gone || gone.Obstacle != "gone" {
			t.Errorf("%+v", gone)
		}
		h.clock.now = h.clock.now.Add(time.Minute)
		h.paper.held = append(h.paper.held, seen("aviso_6", "De volta, {{1}}, enfim."))
		h.sync("cha_1")
		if back := h.find("aviso_6"); back.ID != gone.ID || back.Status != Approved || back.Body != "De volta, {{1}}, enfim." {
			t.Errorf("%+v", back)
		}
	})
}

func TestAReadingThatFailsMarksNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.paper.held = []Seen{seen("a", "x {{1}} y"), seen("b", "x")}
		h.sync("cha_1")
		h.clock.now = time.Now().Add(time.Hour)
		h.paper.fail = fault.Refuse(ReasonCredentials, "the token is wrong")
		if _, err := h.Sync(context.Background(), company, "cha_1"); templateReasonIn(err) != ReasonCredentials {
			t.Fatal(err)
		}
		if got := h.find("a"); got.Status != Approved {
			t.Errorf("a reading that failed left %s", got.Status)
		}
		places, err := h.Places(context.Background(), company)
		if err != nil || len(places) != 4 || places[0].Problem != ReasonCredentials || places[0].SyncedMS == 0 || places[2].TriedMS != 0 {
			t.Errorf("%+v, %v", places, err)
		}
		for account, want := range map[string]string{"cha_3": "no_templates", "cha_5": "no_waba"} {
			if _, err := h.Sync(context.Background(), company, account); templateReasonIn(err) != want {
				t.Errorf("%s: %v", account, err)
			}
		}
		if _, err := h.Sync(context.Background(), company, "cha_9"); !fault.Is(err, fault.NotFound) {
			t.Errorf("another company's account: %v", err)
		}
	})
}

func templateReasonIn(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Reason
	}
	return ""
}

func TestFiltersAndSearch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		offer := seen("oferta_de_verao", "Promoção 100% de verão, {{1}}, venha já.")
		offer.Category, offer.Status = Marketing, Rejected
		english := seen("pedido_pronto", "Your order {{1}} is ready.")
		english.Language = "en_US"
		h.paper.held = []Seen{offer, seen("pedido_pronto", "O pedido {{1}} está pronto."), english}
		h.sync("cha_1")
		for want, search := range map[string]Search{
			"oferta_de_verao/pt_BR":                     {Query: "promocao"},
			"oferta_de_verao/pt_BR ":                    {Query: "100%"},
			"oferta_de_verao/pt_BR  ":                   {Query: "oferta de"},
			"oferta_de_verao/pt_BR   ":                  {Status: Rejected},
			"oferta_de_verao/pt_BR    ":                 {Category: Marketing},
			"pedido_pronto/en_US":                       {Language: "en_US"},
			"pedido_pronto/en_US pedido_pronto/pt_BR":   {Sendable: true},
			"pedido_pronto/en_US pedido_pronto/pt_BR  ": {Query: "PEDIDO"},
			"":   {Query: "_x_"},
			" ":  {Sendable: true, Status: Rejected},
			"  ": {Query: "1%0"},
		} {
			search.TenantID = company
			list, err := h.List(context.Background(), search)
			var names []string
			for _, one := range list.Items {
				names = append(names, one.Name+"/"+one.Language)
			}
			if got := strings.Join(names, " "); err != nil || got != strings.TrimSpace(want) {
				t.Errorf("%+v: %q, want %q, %v", search, got, want, err)
			}
		}
		sendable, err := h.Sendable(context.Background(), company)
		if err != nil || strings.Join(sendable, " ") != "pedido_pronto/en_US pedido_pronto/pt_BR" {
			t.Errorf("%v, %v", sendable, err)
		}
		detail, err := h.Get(context.Background(), company, h.find("oferta_de_verao").ID)
		if err != nil || len(detail.History) != 2 || len(detail.Languages) != 0 {
			t.Errorf("%+v, %v", detail, err)
		}
		if _, err := h.Get(context.Background(), stranger, detail.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("another company reads it: %v", err)
		}
	})
}

func written() Definition {
	return Definition{
		Header: &Header{Kind: HeaderImage, Sample: &message.Media{Blob: "photo", MIME: "image/png", Name: "foto.png", Size: 5}},
		Body:   "Olá {{1}}, o pedido {{2}} saiu.", Footer: "Responda SAIR para não receber",
		Buttons: []Button{{Kind: ButtonURL, Text: "Acompanhar", URL: "https://loja.example/p/{{1}}"}},
		Samples: map[string]string{"1": "Ana", "2": "1001", "button.1": "1001", "old": "x"},
	}
}

func (h *house) create(name string) (Template, error) {
	return h.Create(context.Background(), NewTemplate{
		TenantID: company, AccountID: "cha_2", Name: name, Language: "pt_BR", Category: Utility, Definition: written(), By: ana,
	})
}

func TestANewTemplateIsReviewedAndSent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		made, err := h.create("pedido_saiu")
		if err != nil {
			t.Fatal(err)
		}
		if made.Status != Pending || made.ExternalID != "ext-pedido_saiu" || made.Obstacle != "not_approved" || made.Editable.Reason != "pending" {
			t.Errorf("%+v", made)
		}
		if len(h.paper.made) != 1 || h.paper.made[0].Handle != "handle" || h.paper.uploads[0] != "foto.png:bytes" || len(h.paper.made[0].Definition.Samples) != 3 {
			t.Errorf("%+v, %v", h.paper.made, h.paper.uploads)
		}
		if _, err := h.create("pedido_saiu"); templateReasonIn(err) != ReasonExists || len(h.paper.made) != 1 {
			t.Errorf("a second of the name: %v", err)
		}
		values := map[string]string{"1": "Bia", "2": "2002", "button.1": "2002"}
		if _, err := h.fill("cha_1", made.ID, values, nil); templateReasonIn(err) != "template_not_approved" {
			t.Errorf("one under review is sent: %v", err)
		}
		// The platform tells by whole seconds.
		h.hear(channel.News{Kind: channel.NewsTemplateStatus, Template: "pedido_saiu", Language: "pt_BR", TemplateID: "ext-pedido_saiu", Status: "approved"}, second(clock.MS(h.clock.now)))
		ref, err := h.fill("cha_1", made.ID, values, nil)
		if err != nil {
			t.Fatal(err)
		}
		if ref.ID != made.ID || ref.Name != "pedido_saiu" || ref.Category != "utility" || ref.Header == nil || ref.Header.Blob != "photo" || ref.Shown.Text != "Olá Bia, o pedido 2002 saiu." {
			t.Errorf("%+v", ref)
		}
		if _, err := h.fill("cha_4", made.ID, values, nil); templateReasonIn(err) != "template_account" {
			t.Errorf("for another business account: %v", err)
		}
		if _, err := h.fill("cha_9", made.ID, values, nil); !fault.Is(err, fault.NotFound) {
			t.Errorf("for another company's account: %v", err)
		}
		log, err := audit.New(h.DB).About(context.Background(), company, made.ID)
		if err != nil || len(log) != 1 || log[0].Action != "template.created" || log[0].Actor.ID != "usr_1" {
			t.Errorf("%+v, %v", log, err)
		}
		if len(h.events) != 2 || h.events[0].Type != "template.updated" {
			t.Errorf("%d events", len(h.events))
		}
	})
}

func TestNothingIsKeptOfWhatThePlatformRefused(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.paper.fail = &fault.Error{Code: fault.Refused, Reason: ReasonForm, Field: "body", Message: "no"}
		if _, err := h.create("x"); templateReasonIn(err) != ReasonForm {
			t.Fatal(err)
		}
		if list, err := h.List(context.Background(), Search{TenantID: company}); err != nil || len(list.Items) != 0 {
			t.Errorf("%d rows, %v", len(list.Items), err)
		}
	})
}

func TestEditsKeepToThePlatformsRules(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		made, err := h.create("pedido_saiu")
		if err != nil {
			t.Fatal(err)
		}
		edit := func() (Template, error) {
			d := written()
			d.Header.Sample = nil // keeps the one that it has
			return h.Edit(context.Background(), Edit{TenantID: company, TemplateID: made.ID, Definition: d, By: ana})
		}
		if _, err := edit(); templateReasonIn(err) != ReasonEdits {
			t.Errorf("under review: %v", err)
		}
		approve := func() {
			h.hear(channel.News{Kind: channel.NewsTemplateStatus, TemplateID: made.ExternalID, Status: "APPROVED"}, time.Now().Add(time.Hour).UnixMilli())
		}
		approve()
		edited, err := edit()
		if err != nil || edited.Header.Sample == nil || len(edited.EditedMS) != 1 || len(h.paper.edits) != 1 {
			t.Fatalf("%+v, %v", edited, err)
		}
		if _, err := h.Edit(context.Background(), Edit{TenantID: company, TemplateID: made.ID, Category: Marketing, Definition: written(), By: ana}); err == nil || !strings.Contains(err.Error(), "category") {
			t.Errorf("another category: %v", err)
		}
		if _, err := edit(); templateReasonIn(err) != ReasonEdits {
			t.Errorf("twice a day: %v", err)
		}
	})
}

func TestEditableCountsDaysAndMonths(t *testing.T) {
	now := 100 * dayMS
	var tenTimes []int64
	for n := range int64(10) {
		tenTimes = append(tenTimes, now-(20-2*n)*dayMS+1)
	}
	for _, c := range []struct {
		status Status
		edits  []int64
		want   Editable
	}{
		{Approved, nil, Editable{OK: true}},
		{Approved, []int64{now - dayMS + 1}, Editable{Reason: "day", UntilMS: now + 1}},
		{Approved, []int64{now - dayMS}, Editable{OK: true}},
		{Approved, tenTimes, Editable{Reason: "month", UntilMS: tenTimes[0] + monthMS}},
		{Approved, append([]int64{now - monthMS - 5}, tenTimes[1:]...), Editable{OK: true}},
		{Rejected, tenTimes, Editable{OK: true}},
		{Paused, []int64{now}, Editable{OK: true}},
		{Pending, nil, Editable{Reason: "pending"}},
		{Disabled, nil, Editable{Reason: "status"}},
	} {
		one := Template{Status: c.status, EditedMS: c.edits}
		if got := one.editable(now); got != c.want {
			t.Errorf("%s %v: %+v, want %+v", c.status, c.edits, got, c.want)
		}
	}
}

func TestDeletingTakesOneLanguageOrAll(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		english := seen("pedido", "Order {{1}} is here.")
		english.Language = "en_US"
		h.paper.held = []Seen{seen("pedido", "Pedido {{1}} chegou."), english, seen("outro", "Olá, {{1}}, tchau.")}
		h.sync("cha_1")
		if err := h.Delete(ctx, Removal{TenantID: company, TemplateID: h.find("outro").ID, By: ana}); err != nil {
			t.Fatal(err)
		}
		if err := h.Delete(ctx, Removal{TenantID: company, TemplateID: h.find("pedido").ID, AllLanguages: true, By: ana}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(h.paper.gone, " "); got != "outro#ext-outro pedido#" {
			t.Errorf("deleted there: %s", got)
		}
		if list, err := h.List(ctx, Search{TenantID: company}); err != nil || len(list.Items) != 0 {
			t.Errorf("%d are left, %v", len(list.Items), err)
		}
		if err := h.Delete(ctx, Removal{TenantID: company, TemplateID: "tpl_none", By: ana}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%v", err)
		}
		// One that is gone already is only forgotten.
		h.clock.now = time.Now().Add(time.Minute)
		h.paper.held = []Seen{seen("a", "x"), seen("b", "y")}
		h.sync("cha_1")
		h.clock.now = time.Now().Add(2 * time.Minute)
		h.paper.held = h.paper.held[:1]
		h.sync("cha_1")
		h.paper.fail = fault.New(fault.Unavailable, "away")
		if err := h.Delete(ctx, Removal{TenantID: company, TemplateID: h.find("b").ID, By: ana}); err != nil {
			t.Errorf("one that is gone: %v", err)
		}
	})
}

func TestAFailedMessageMarksItsTemplate(t *testing.T) {
	for code, want := range map[string]Status{"132015": Paused, "132016": Disabled, "132001": Approved, "131026": Approved} {
		each(t, func(t *testing.T, h *house) {
			h.paper.held = []Seen{seen("aviso", "Olá, {{1}}, tudo bem?")}
			h.sync("cha_1")
			at := time.Now().Add(time.Minute).UnixMilli()
			err := h.DB.Write(context.Background(), database.Company(company), func(ctx context.Context, tx *database.Tx) error {
				return h.Failed(ctx, tx, company, "cha_2", message.TemplateRef{Name: "aviso", Language: "pt_BR"}, code, "low quality", at)
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := h.find("aviso"); got.Status != want {
				t.Errorf("after %s it is %s", code, got.Status)
			}
			if reads := len(h.later) == 1; reads != (code == "132001") {
				t.Errorf("after %s: readings %v", code, h.later)
			}
		})
	}
}
