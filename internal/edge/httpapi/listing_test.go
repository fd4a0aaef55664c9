package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/clock"
	"prosa/internal/modules/identity"
	showcase "prosa/internal/modules/listing"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// paperCatalog is Meta on paper: it holds one item that somebody typed by hand
// into every catalog, named by the account, and takes all else.
type paperCatalog struct{}

func (paperCatalog) Push(_ context.Context, _ showcase.Account, _ string, rows []showcase.Row) (showcase.Pushed, error) {
	return showcase.Pushed{Handle: "handle-" + rows[0].RetailerID}, nil
}

func (paperCatalog) Check(context.Context, showcase.Account, string, string) (showcase.Checked, error) {
	return showcase.Checked{Status: showcase.WorkFinished}, nil
}

func (paperCatalog) Read(_ context.Context, acc showcase.Account, _, _ string, _ int) (showcase.Page, error) {
	return showcase.Page{Items: []showcase.Seen{byHand(acc)}, Total: 1}, nil
}

func (paperCatalog) ReadSome(_ context.Context, acc showcase.Account, _ string, _ []string) ([]showcase.Seen, showcase.Usage, error) {
	return []showcase.Seen{byHand(acc)}, showcase.Usage{}, nil
}

func byHand(acc showcase.Account) showcase.Seen {
	return showcase.Seen{RetailerID: "mao-" + acc.ID, Name: "Feito à mão " + acc.ID, Visibility: "published", Review: "approved"}
}

func (paperCatalog) Catalogs(_ context.Context, acc showcase.Account) ([]showcase.Found, error) {
	return []showcase.Found{{ID: "cat-" + acc.ID, Name: "Vitrine " + acc.ID, Connected: true}}, nil
}

func (paperCatalog) Create(_ context.Context, acc showcase.Account, _ string) (string, error) {
	return "cat-" + acc.ID, nil
}

func (paperCatalog) Connect(context.Context, showcase.Account, string) error { return nil }

func (paperCatalog) Settings(context.Context, showcase.Account) (showcase.Settings, error) {
	return showcase.Settings{CartEnabled: true}, nil
}

func (paperCatalog) SetSettings(context.Context, showcase.Account, showcase.Settings) error {
	return nil
}

type paperLinks struct{}

func (paperLinks) Product(_, variantID string) string {
	return "https://prosa.example.com/p/" + variantID
}
func (paperLinks) Image(_, hash string) string { return "https://prosa.example.com/i/" + hash }

// Account implements showcase.Accounts: any account of the company will do.
func (h *house) Account(ctx context.Context, tenantID, accountID string) (showcase.Account, error) {
	found, err := h.channels.Get(ctx, tenantID, accountID)
	return showcase.Account{TenantID: tenantID, ID: found.ID, BusinessID: found.Settings["business_id"]}, err
}

func (h *house) hang(logger *slog.Logger) *showcase.Service {
	cfg := defaults[showcase.Config](h.t)
	cfg.FlushEvery = 1 // what changed is sent at once
	return showcase.New(cfg, showcase.Deps{
		DB: h.db, Meta: paperCatalog{}, Accounts: h, Links: paperLinks{}, Products: h.products, Clock: clock.System{}, Logger: logger, Process: "test",
		Store: func(context.Context, string) (string, error) { return "Loja", nil },
	})
}

// connectCatalog gives an account a catalog that has been read once.
func (h *house) connectCatalog(admin *client, account string) (catalog string) {
	h.t.Helper()
	catalog = admin.call(http.MethodPut, "/listing/accounts/"+account, map[string]any{"name": "Vitrine", "business_id": "123"}).want(http.StatusOK).text("catalog_id")
	if _, err := h.listing.Sweep(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	return catalog
}

func TestACatalogIsConnectedShownAndLeft(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		account := h.connect(h.root, "alfa telegram", "111111111:token-of-the-company-alfa")
		h.root.call(http.MethodPost, "/products", productOf("Camiseta", "CAM", 4990, 3, nil)).want(http.StatusCreated)
		h.root.get("/listing/catalogs").want(http.StatusOK)
		if offered := h.root.get("/listing/accounts/" + account + "/catalogs").want(http.StatusOK); !strings.Contains(string(offered.body), "cat-"+account) {
			t.Fatalf("offered: %s", offered.body)
		}
		h.root.call(http.MethodPut, "/listing/accounts/"+account, map[string]any{"catalog_id": "another"}).want(http.StatusNotFound)
		h.root.call(http.MethodPut, "/listing/accounts/"+account, map[string]any{"catalog_id": "cat-" + account, "business_id": "x"}).want(http.StatusUnprocessableEntity)
		path := "/listing/catalogs/" + h.connectCatalog(h.root, account)
		items := h.root.get(path + "/items?state=problem").want(http.StatusOK)
		if items.text("items", "0", "reason") != "no_image" {
			t.Fatalf("a product without a picture: %s", items.body)
		}
		if got := h.root.get(path+"/items?q=feito+a+mao").want(http.StatusOK).text("items", "0", "state"); got != "foreign" {
			t.Fatalf("what only Meta knows is %s", got)
		}
		h.root.call(http.MethodPost, path+"/refresh", map[string]any{"item": "mao-" + account}).want(http.StatusOK)
		h.root.call(http.MethodPost, path+"/refresh", map[string]any{"item": "none"}).want(http.StatusNotFound)
		h.root.call(http.MethodPost, path+"/import", map[string]any{"item": "mao-" + account, "price": 1200}).want(http.StatusCreated)
		h.root.call(http.MethodPost, path+"/push", map[string]any{}).want(http.StatusAccepted)
		h.root.call(http.MethodPost, path+"/push", map[string]any{"items": []string{"none"}}).want(http.StatusNotFound)
		h.root.call(http.MethodPost, "/listing/accounts/"+account+"/test", nil).want(http.StatusOK)
		saved := h.root.call(http.MethodPut, "/listing/accounts/"+account+"/settings", map[string]any{"cart_enabled": true, "catalog_visible": true}).want(http.StatusOK)
		if !strings.Contains(string(saved.body), `"catalog_visible":true`) {
			t.Fatalf("settings: %s", saved.body)
		}
		if accounts := h.root.get("/listing/accounts").want(http.StatusOK); strings.Contains(string(accounts.body), account) {
			t.Fatalf("an account of another channel is offered: %s", accounts.body)
		}
		attendant := h.join(h.root, "caio@alfa.example.com", "Caio", identity.Attendant)
		attendant.get(path + "/items").want(http.StatusOK)
		attendant.call(http.MethodPost, path+"/push", map[string]any{}).want(http.StatusForbidden)
		attendant.call(http.MethodDelete, "/listing/accounts/"+account, nil).want(http.StatusForbidden)
		h.root.call(http.MethodDelete, "/listing/accounts/"+account, nil).want(http.StatusNoContent)
		h.root.call(http.MethodDelete, "/listing/accounts/"+account, nil).want(http.StatusNotFound)
		h.root.get(path + "/items").want(http.StatusNotFound)
	})
}

// reachListing lists how somebody would reach for another company's catalog.
func reachListing(other estate) map[string][]attempt {
	catalog, account := "/listing/catalogs/"+other.catalog, "/listing/accounts/"+other.account
	item := map[string]any{"item": "mao-" + other.account, "price": 100}
	return map[string][]attempt{
		"list-catalogs":         blind("/listing/catalogs"),
		"list-catalog-accounts": blind("/listing/accounts"),
		"list-catalog-items":    {{path: catalog + "/items"}, {path: catalog + "/items?q=feito"}},
		"push-catalog":          {{path: catalog + "/push", body: map[string]any{}}},
		"refresh-catalog-item":  {{path: catalog + "/refresh", body: map[string]any{"item": item["item"]}}},
		"import-catalog-item":   {{path: catalog + "/import", body: item}},
		"list-offered-catalogs": {{path: account + "/catalogs"}},
		"connect-catalog":       {{path: account, body: map[string]any{"name": "x"}}},
		"test-catalog":          {{path: account + "/test"}},
		"save-catalog-settings": {{path: account + "/settings", body: map[string]any{"cart_enabled": true, "catalog_visible": true}}},
		"disconnect-catalog":    {{path: account}},
	}
}
