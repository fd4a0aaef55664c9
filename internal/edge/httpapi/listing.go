package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/money"
	"prosa/internal/message"
	"prosa/internal/modules/identity"
	showcase "prosa/internal/modules/listing"
)

func (a *api) registerListing() {
	at := func(id, method, path, summary string) route {
		needs := identity.ProductWrite
		if method == http.MethodGet {
			needs = identity.ProductRead
		}
		return route{id: id, method: method, path: "/listing" + path, tag: "listing", needs: needs, summary: summary}
	}
	handle(a, at("list-catalogs", http.MethodGet, "/catalogs", "The company's catalogs at Meta: how many items customers see, what waits, what is wrong."),
		func(ctx context.Context, _ *struct{}) (*all[showcase.Overview], error) {
			return whole(a.deps.Listing.Overviews(ctx, caller(ctx).TenantID()))
		})
	handle(a, at("list-catalog-items", http.MethodGet, "/catalogs/{catalog}/items", "Items of a catalog: whether customers see them and, if not, why."), a.listItems)
	push := at("push-catalog", http.MethodPost, "/catalogs/{catalog}/push", "Send items now: the named ones, or all that have a problem, behind a comparison of everything.")
	push.status = http.StatusAccepted
	handle(a, push, a.pushItems)
	handle(a, at("refresh-catalog-item", http.MethodPost, "/catalogs/{catalog}/refresh", "Ask Meta about one item now."), a.refreshItem)
	take := at("import-catalog-item", http.MethodPost, "/catalogs/{catalog}/import", "Make a product of an item that only Meta knows.")
	take.status = http.StatusCreated
	handle(a, take, a.importItem)

	handle(a, at("list-catalog-accounts", http.MethodGet, "/accounts", "The WhatsApp accounts of the company, with the catalog that each shows."), a.listCatalogAccounts)
	handle(a, at("list-offered-catalogs", http.MethodGet, "/accounts/{account}/catalogs", "Catalogs at Meta that the account could show."), a.listOffered)
	handle(a, at("connect-catalog", http.MethodPut, "/accounts/{account}", "Have the account show a catalog, or a new one, and begin to send the products."), a.connectCatalog)
	handle(a, at("test-catalog", http.MethodPost, "/accounts/{account}/test", "Ask Meta whether the connection works."), a.testCatalog)
	handle(a, at("save-catalog-settings", http.MethodPut, "/accounts/{account}/settings", "What customers of the number see: the cart, and the way into the catalog."), a.saveCatalogSettings)
	leave := at("disconnect-catalog", http.MethodDelete, "/accounts/{account}", "Forget the catalog of an account. At Meta it stays as it is.")
	leave.status = http.StatusNoContent
	handle(a, leave, func(ctx context.Context, in *ListingAccountPath) (*struct{}, error) {
		who := caller(ctx)
		return nil, a.deps.Listing.Disconnect(ctx, who.TenantID(), in.Account, who.Actor())
	})
}

// CatalogPath names a catalog in the path. huma reads embedded fields of exported types only.
type CatalogPath struct {
	Catalog string `path:"catalog" maxLength:"100"`
}

// ListingAccountPath names a WhatsApp account in the path.
type ListingAccountPath struct {
	Account string `path:"account" maxLength:"64"`
}

type listItemsInput struct {
	CatalogPath
	Paging
	Query     string         `query:"q" maxLength:"200"`
	State     showcase.State `query:"state" enum:"visible,waiting,problem,foreign" doc:"All when absent."`
	Reason    string         `query:"reason" maxLength:"40"`
	ProductID string         `query:"product_id" maxLength:"64"`
}

func (a *api) listItems(ctx context.Context, in *listItemsInput) (*listing[showcase.Item], error) {
	return listed(a.deps.Listing.Items(ctx, showcase.Search{
		TenantID: caller(ctx).TenantID(), CatalogID: in.Catalog, State: in.State, Reason: in.Reason, ProductID: in.ProductID, Query: in.Query, Cursor: in.Cursor, Limit: in.Limit,
	}))
}

type pushItemsInput struct {
	CatalogPath
	Body struct {
		Items []string `json:"items,omitempty" maxItems:"500" doc:"Retailer ids; absent: all that have a problem or have changed."`
	}
}

func (a *api) pushItems(ctx context.Context, in *pushItemsInput) (*struct{}, error) {
	return nil, a.deps.Listing.Push(ctx, caller(ctx).TenantID(), in.Catalog, in.Body.Items)
}

type catalogItemInput struct {
	CatalogPath
	Body struct {
		Item string `json:"item" minLength:"1" maxLength:"200" doc:"Its retailer id."`
	}
}

type itemOutput struct{ Body showcase.Item }

func (a *api) refreshItem(ctx context.Context, in *catalogItemInput) (*itemOutput, error) {
	found, err := a.deps.Listing.Refresh(ctx, caller(ctx).TenantID(), in.Catalog, in.Body.Item)
	return &itemOutput{found}, err
}

type importItemInput struct {
	CatalogPath
	Body struct {
		Item  string       `json:"item" minLength:"1" maxLength:"200" doc:"Its retailer id."`
		Price money.Amount `json:"price" minimum:"1" doc:"In minor units; what Meta shows is a text."`
	}
}

func (a *api) importItem(ctx context.Context, in *importItemInput) (*productOutput, error) {
	who := caller(ctx)
	made, err := a.deps.Listing.Import(ctx, who.TenantID(), in.Catalog, in.Body.Item, in.Body.Price, who.Actor())
	return &productOutput{made}, err
}

// catalogAccountView is a WhatsApp account with the catalog that it shows.
type catalogAccountView struct {
	AccountID  string               `json:"account_id"`
	Name       string               `json:"name"`
	Display    string               `json:"display"`
	BusinessID string               `json:"business_id" doc:"Meta's number of the business, when it is known."`
	Connection *showcase.Connection `json:"connection,omitempty" doc:"Absent while it shows none."`
}

func (a *api) listCatalogAccounts(ctx context.Context, _ *struct{}) (*all[catalogAccountView], error) {
	tenantID := caller(ctx).TenantID()
	connections, err := a.deps.Listing.Connections(ctx, tenantID)
	if err != nil {
		return nil, err
	}
	accounts, err := a.deps.Channels.List(ctx, tenantID)
	views := []catalogAccountView{}
	for _, account := range accounts {
		if account.Channel != message.WhatsApp {
			continue
		}
		view := catalogAccountView{AccountID: account.ID, Name: account.Name, Display: account.Display, BusinessID: account.Settings["business_id"]}
		for _, c := range connections {
			if c.AccountID == account.ID {
				view.Connection, view.BusinessID = &c, c.BusinessID
			}
		}
		views = append(views, view)
	}
	return whole(views, err)
}

type listOfferedInput struct {
	ListingAccountPath
	BusinessID string `query:"business_id" maxLength:"40"`
}

func (a *api) listOffered(ctx context.Context, in *listOfferedInput) (*all[showcase.Found], error) {
	return whole(a.deps.Listing.Offered(ctx, caller(ctx).TenantID(), in.Account, in.BusinessID))
}

type connectCatalogInput struct {
	ListingAccountPath
	Body struct {
		BusinessID string `json:"business_id,omitempty" maxLength:"40" doc:"Meta's number of the business; needed to make a catalog."`
		CatalogID  string `json:"catalog_id,omitempty" maxLength:"100" doc:"Absent: a new one is made."`
		Name       string `json:"name,omitempty" maxLength:"200" doc:"Of a new catalog."`
	}
}

type connectionOutput struct{ Body showcase.Connection }

func (a *api) connectCatalog(ctx context.Context, in *connectCatalogInput) (*connectionOutput, error) {
	who := caller(ctx)
	made, err := a.deps.Listing.Connect(ctx, showcase.Connecting{
		TenantID: who.TenantID(), AccountID: in.Account, BusinessID: in.Body.BusinessID, CatalogID: in.Body.CatalogID, Name: in.Body.Name, By: who.Actor(),
	})
	return &connectionOutput{made}, err
}

func (a *api) testCatalog(ctx context.Context, in *ListingAccountPath) (*connectionOutput, error) {
	found, err := a.deps.Listing.Test(ctx, caller(ctx).TenantID(), in.Account)
	return &connectionOutput{found}, err
}

type catalogSettingsInput struct {
	ListingAccountPath
	Body showcase.Settings
}

func (a *api) saveCatalogSettings(ctx context.Context, in *catalogSettingsInput) (*connectionOutput, error) {
	who := caller(ctx)
	saved, err := a.deps.Listing.SaveSettings(ctx, who.TenantID(), in.Account, in.Body, who.Actor())
	return &connectionOutput{saved}, err
}
