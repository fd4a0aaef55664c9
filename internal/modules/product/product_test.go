package product

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
)

var update = flag.Bool("update", false, "write the golden files anew")

func asFault(err error, target **fault.Error) bool { return errors.As(err, target) }

func TestAProductIsMadeAndChanged(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		made := h.mustSave(shirt())
		if made.Handle != "camiseta-algodao" || made.Version != 1 || made.State != Active || made.Variants[0].OnHand != 10 {
			t.Fatalf("%+v", made)
		}
		got, err := h.Get(ctx, alfa, made.ID)
		if err != nil || got.Name != made.Name || len(got.Variants) != 2 || got.Variants[1].SalePrice != 4500 || got.Images[0].URL == "" {
			t.Fatalf("%+v %v", got, err)
		}
		got.Name, got.Variants[0].Price, got.Variants[0].OnHand = "Camiseta", 3990, 999
		got.Variants = got.Variants[:1] // the other one is given up
		changed := h.mustSave(got)
		if changed.Version != 2 || len(changed.Variants) != 2 || !changed.Variants[1].Archived || changed.Variants[0].OnHand != 10 {
			t.Fatalf("%+v", changed)
		}
		_, err = h.Save(ctx, got, ana) // of version 1
		wantCode(t, err, fault.Conflict, "")
		h.audit()
		// The SKU of the archived one is free again; that of a live one is not.
		other := shirt()
		other.Handle, other.Variants = "outra", other.Variants[1:]
		h.mustSave(other)
		third := shirt()
		third.Handle = "terceira"
		_, err = h.Save(ctx, third, ana)
		wantCode(t, err, fault.Conflict, "sku_taken")
		third.Handle, third.Variants[0].SKU, third.Variants[1].SKU = "outra", "X", "Y"
		_, err = h.Save(ctx, third, ana)
		wantCode(t, err, fault.Conflict, "handle_taken")
		_, err = h.Get(ctx, beta, made.ID)
		wantCode(t, err, fault.NotFound, "")
		foreign := made
		foreign.TenantID = beta
		_, err = h.Save(ctx, foreign, ana)
		wantCode(t, err, fault.NotFound, "")
	})
}

func TestWhatNoProductCanBeIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(p *Product){
		"no name": func(p *Product) { p.Name = " " }, "a NUL": func(p *Product) { p.Name = "a\x00" }, "ncm": func(p *Product) { p.NCM = "12" },
		"state": func(p *Product) { p.State = "sold" }, "no variant": func(p *Product) { p.Variants = nil }, "four options": func(p *Product) { p.Options = make([]string, 4) },
		"script": func(p *Product) { p.Images[0].URL = "javascript:alert(1)" }, "empty image": func(p *Product) { p.Images[0] = Image{} },
		"same sku": func(p *Product) { p.Variants[1].SKU = "CAM-P" }, "same options": func(p *Product) { p.Variants[1].Options = []string{"p"} },
		"too few options": func(p *Product) { p.Variants[1].Options = nil }, "dear": func(p *Product) { p.Variants[0].Price = money.Max + 1 },
		"below zero": func(p *Product) { p.Variants[0].Price = -1 }, "no sale": func(p *Product) { p.Variants[0].SalePrice = 4990 },
		"window": func(p *Product) { p.Variants[1].SaleToMS = 50 }, "currency": func(p *Product) { p.Variants[0].Currency = "USD" },
		"stock": func(p *Product) { p.Variants[0].OnHand = -1 }, "blank value": func(p *Product) { p.Variants[0].Options = []string{" "} },
		"no sku": func(p *Product) { p.Variants[0].SKU = "" }, "many images": func(p *Product) { p.Images = make([]Image, MaxImages+1) },
	} {
		p := shirt()
		spoil(&p)
		if err := p.tidy(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASalePriceHasItsWindow(t *testing.T) {
	p := shirt()
	for at, want := range map[int64]money.Amount{99: 5990, 100: 4500, 199: 4500, 200: 5990} {
		if got := price(p, "CAM-G", at); got != want {
			t.Errorf("at %d it costs %d, want %d", at, got, want)
		}
	}
	endless := Variant{Price: 10, SalePrice: 5}
	if endless.PriceAt(1<<60) != 5 || (Variant{Price: 10, SalePrice: 10}).PriceAt(0) != 10 {
		t.Error("a sale without a window")
	}
}

func TestSearchFoldsAccentsAndPlurals(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for i, name := range []string{"Pão francês", "Limão siciliano", "Pizza de calabresa", "Flor de açucena", "100% cacau"} {
			p := shirt()
			p.Name, p.Handle, p.Brand, p.Variants = name, "", "", []Variant{{SKU: "S" + string(rune('a'+i)), Options: []string{"u"}, Price: 100}}
			h.mustSave(p)
		}
		for query, want := range map[string]string{
			"PAES": "Pão francês", "pão frances": "Pão francês", "limões": "Limão siciliano", "pizzas calabresas": "Pizza de calabresa", "flores": "Flor de açucena",
			"100%": "100% cacau", "sb": "Limão siciliano", "pizza limão": "", "_": "", "inexistente": "",
		} {
			list, err := h.List(context.Background(), Search{TenantID: alfa, Query: query})
			if err != nil {
				t.Fatal(err)
			}
			if got := names(list.Items); got != want {
				t.Errorf("%q finds %q, want %q", query, got, want)
			}
		}
		all, err := h.List(context.Background(), Search{TenantID: alfa, Limit: 2})
		if err != nil || len(all.Items) != 2 || all.Next == "" {
			t.Fatalf("%s %v", names(all.Items), err)
		}
		rest, err := h.List(context.Background(), Search{TenantID: alfa, Cursor: all.Next})
		if err != nil || len(rest.Items) != 3 || rest.Next != "" {
			t.Fatalf("%s %v", names(rest.Items), err)
		}
		ids := map[string]bool{}
		for _, p := range append(all.Items, rest.Items...) {
			ids[p.ID] = true
		}
		if len(ids) != 5 {
			t.Errorf("two pages show %d products of 5", len(ids))
		}
		if none, err := h.List(context.Background(), Search{TenantID: beta}); err != nil || len(none.Items) != 0 {
			t.Errorf("another company sees %s, %v", names(none.Items), err)
		}
		_, err = h.List(context.Background(), Search{TenantID: alfa, Cursor: "?"})
		wantCode(t, err, fault.Invalid, "")
	})
}

func names(list []Product) string {
	all := make([]string, len(list))
	for i, p := range list {
		all[i] = p.Name
	}
	return strings.Join(all, "|")
}

func TestCollections(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		save := func(c Collection) Collection {
			t.Helper()
			c.TenantID = alfa
			saved, err := h.SaveCollection(ctx, c, ana)
			if err != nil {
				t.Fatal(err)
			}
			return saved
		}
		food := save(Collection{Kind: Category, Name: "Comidas"})
		sweets := save(Collection{Kind: Category, Name: "Doces", ParentID: food.ID})
		best := save(Collection{Kind: List, Name: "Mais vendidos"})
		for reason, c := range map[fault.Code]Collection{
			fault.Conflict: {TenantID: alfa, Kind: Category, Name: "Comidas"},
			fault.NotFound: {TenantID: beta, Kind: Category, Name: "x", ParentID: food.ID},
			fault.Invalid:  {TenantID: alfa, ID: food.ID, Kind: Category, Name: "Comidas", ParentID: sweets.ID},
		} {
			_, err := h.SaveCollection(ctx, c, ana)
			wantCode(t, err, reason, "")
		}
		p := shirt()
		p.CategoryID = sweets.ID
		p = h.mustSave(p)
		if err := h.SetItems(ctx, alfa, best.ID, []string{p.ID}); err != nil {
			t.Fatal(err)
		}
		for _, in := range []Search{{CategoryID: sweets.ID}, {CollectionID: best.ID}, {State: Active, CategoryID: sweets.ID, CollectionID: best.ID}} {
			in.TenantID = alfa
			if list, err := h.List(ctx, in); err != nil || len(list.Items) != 1 {
				t.Errorf("%+v finds %d, %v", in, len(list.Items), err)
			}
		}
		wantCode(t, h.SetItems(ctx, alfa, best.ID, []string{"prd_none"}), fault.NotFound, "")
		wantCode(t, h.SetItems(ctx, alfa, food.ID, nil), fault.NotFound, "")
		wantCode(t, h.DeleteCollection(ctx, alfa, food.ID, ana), fault.Refused, "not_empty")
		wantCode(t, h.DeleteCollection(ctx, beta, sweets.ID, ana), fault.NotFound, "")
		if err := h.DeleteCollection(ctx, alfa, sweets.ID, ana); err != nil {
			t.Fatal(err)
		}
		if got, err := h.Get(ctx, alfa, p.ID); err != nil || got.CategoryID != "" {
			t.Errorf("%+v %v", got, err)
		}
		if hidden, err := h.SetState(ctx, alfa, p.ID, Archived, ana); err != nil || hidden.State != Archived {
			t.Errorf("%+v %v", hidden, err)
		}
		p.CategoryID = "col_none"
		p.Version = 0
		_, err := h.Save(ctx, p, ana)
		wantCode(t, err, fault.NotFound, "")
		if list, err := h.Collections(ctx, alfa); err != nil || len(list) != 2 {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestPicturesOfTheCatalogOnlyArePublic(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		png := "\x89PNG\r\n\x1a\n and more"
		added, err := h.AddPicture(ctx, alfa, strings.NewReader(png))
		if err != nil || added.MIME != "image/png" || added.Size != int64(len(png)) {
			t.Fatalf("%+v %v", added, err)
		}
		_, content, err := h.Picture(ctx, alfa, added.Hash)
		if err != nil {
			t.Fatal(err)
		}
		var read bytes.Buffer
		if _, err := read.ReadFrom(content); err != nil || read.String() != png || content.Close() != nil {
			t.Fatalf("%q %v", read.String(), err)
		}
		_, _, err = h.Picture(ctx, beta, added.Hash)
		wantCode(t, err, fault.NotFound, "")
		// A file of a conversation has a hash too, and stays private.
		ref, err := h.blobs.Put(ctx, alfa, strings.NewReader("private"), 100)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = h.Picture(ctx, alfa, ref.Hash)
		wantCode(t, err, fault.NotFound, "")
		_, err = h.AddPicture(ctx, alfa, strings.NewReader("<html>"))
		wantCode(t, err, fault.Invalid, "")
		p := shirt()
		p.Images = []Image{{Blob: ref.Hash}}
		_, err = h.Save(ctx, p, ana)
		wantCode(t, err, fault.NotFound, "")
		p.Images = []Image{{Blob: added.Hash}}
		h.mustSave(p)
	})
}

func TestEventsKeepTheirShape(t *testing.T) {
	p := shirt()
	p.ID, p.CategoryID, p.NCM, p.Handle, p.State, p.Version, p.CreatedMS, p.UpdatedMS = "prd_1", "col_1", "61091000", "camiseta", Active, 3, 1, 2
	p.Variants[0].Image, p.Variants[0].ID, p.Variants[0].ProductID, p.Variants[0].Currency = &Image{Blob: "h", Alt: "a"}, "var_1", "prd_1", money.BRL
	level, err := Level{TenantID: alfa, VariantID: "var_1", OnHand: 3, Reserved: 1}.Envelope()
	if err != nil || level.TenantID != alfa || level.Type != event.StockUpdated {
		t.Fatalf("%+v %v", level, err)
	}
	for name, data := range map[string]any{"product.json": Event{p}, "stock.json": level.Data} {
		raw, err := json.MarshalIndent(data, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, '\n')
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, raw, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(raw, want) {
			t.Errorf("%s is now\n%s", name, raw)
		}
	}
}

// A name stands in a line of a cart before its price: it neither breaks the line
// nor turns the price around.
func TestNamesAreOfOneLine(t *testing.T) {
	for name, want := range map[string]string{
		"  Caneca\n azul\t\r\n": "Caneca azul", "\u202e00,1 $R\u202c": "00,1 $R", "a\x07b\x1b[0m": "ab[0m", "\u2066x\u2069": "x", "Pão\u00a0de\u2028mel": "Pão de mel",
		"👩\u200d👧": "👩\u200d👧", "كوب": "كوب", "\n\u202e": "",
	} {
		if got := oneLine(name); got != want {
			t.Errorf("%q became %q", name, got)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		once := oneLine(rapid.String().Draw(rt, "name"))
		if again := oneLine(once); again != once || strings.ContainsAny(once, "\n\r\t\u202e") {
			rt.Fatalf("%q, then %q", once, again)
		}
	})
	p := Product{Name: "\n", Variants: []Variant{{SKU: "A", Price: 1}}}
	if err := p.tidy(); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	p = Product{Name: "Camiseta", Options: []string{"Cor"}, Variants: []Variant{{SKU: "A", Options: []string{"Azul\n"}, Price: 1}, {SKU: "B", Options: []string{"\u202eAzul"}, Price: 1}}}
	if err := p.tidy(); !fault.Is(err, fault.Invalid) || p.Variants[0].Options[0] != "Azul" {
		t.Errorf("two variants look alike: %v", err)
	}
}
