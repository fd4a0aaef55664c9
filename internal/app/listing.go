package app

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"prosa/internal/adapters/metacatalog"
	"prosa/internal/app/sample"
	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/listing"
	"prosa/internal/platform/httpclient"
	"prosa/internal/platform/outbox"
	"prosa/internal/platform/service"
	sandboxmeta "prosa/internal/sandbox/meta"
	sandboxcatalog "prosa/internal/sandbox/metacatalog"
)

// catalogHooks is the path of webhooks about catalogs, before an account's hook.
const catalogHooks = "/webhooks/metacatalog/"

// joinListing makes what is known of Meta's catalogs.
func (h *house) joinListing(recorder channel.Recorder) error {
	client, err := httpclient.Provider(h.cfg.MetaCatalog.Limits(), h.cfg.MetaCatalog.Bases()...)
	if err != nil {
		return err
	}
	h.listing = listing.New(h.cfg.Listing, listing.Deps{
		DB: h.db, Meta: metacatalog.New(h.cfg.MetaCatalog, metacatalog.Deps{HTTP: client, Recorder: recorder, Clock: h.clock}), Accounts: catalogAccounts{h.channel},
		Links: catalogLinks{h}, Products: h.products, Store: h.storeName, Clock: h.clock, Logger: h.logger, Process: h.process,
	})
	return nil
}

// storeName is what goods without a brand are sold under.
func (h *house) storeName(ctx context.Context, tenantID string) (string, error) {
	company, err := h.tenancy.Get(ctx, tenantID)
	return company.Name, err
}

// catalogAccounts gives WhatsApp accounts to those who speak with Meta about
// catalogs: the same token has both rights.
type catalogAccounts struct{ channels *channel.Service }

// Account implements listing.Accounts.
func (c catalogAccounts) Account(ctx context.Context, tenantID, accountID string) (listing.Account, error) {
	found, err := c.channels.Get(ctx, tenantID, accountID)
	if err == nil && found.Channel != message.WhatsApp {
		err = fault.New(fault.NotFound, "no such WhatsApp account")
	}
	if err != nil {
		return listing.Account{}, err
	}
	return listing.Account{
		TenantID: tenantID, ID: found.ID, Token: found.Credential("token"), BusinessID: found.Settings["business_id"], WABAID: found.Settings["waba_id"], PhoneID: found.ExternalID,
	}, nil
}

// catalogLinks are the addresses that Meta fetches and customers open.
type catalogLinks struct{ h *house }

// Product implements listing.Links.
func (l catalogLinks) Product(tenantID, variantID string) string {
	return l.h.links.Product(tenantID, variantID)
}

// Image implements listing.Links.
func (l catalogLinks) Image(tenantID, hash string) string { return l.h.pictureURL(tenantID, hash) }

// followForCatalogs marks items whose products or stock have changed.
func (r *running) followForCatalogs() service.Service {
	return r.listing.Follower(func() listing.Stream { return r.streams }, func(ctx context.Context) (string, error) { return outbox.Epoch(ctx, r.db) })
}

// catalogVendor reads Meta's webhooks about catalogs.
type catalogVendor struct{}

// Challenge implements webhook.CatalogVendor.
func (catalogVendor) Challenge(query url.Values, accounts []channel.Account) ([]byte, error) {
	return metacatalog.Challenge(query, accounts)
}

// Verify implements webhook.CatalogVendor.
func (catalogVendor) Verify(header http.Header, body []byte, accounts []channel.Account) ([]channel.Account, error) {
	return metacatalog.Verify(header, body, accounts)
}

// Notices implements webhook.CatalogVendor.
func (catalogVendor) Notices(body []byte, fn func(catalogID, handle string) error) error {
	notices, err := metacatalog.Notices(body)
	if err != nil {
		return err
	}
	for _, notice := range notices {
		if err := fn(notice.CatalogID, notice.Handle); err != nil {
			return err
		}
	}
	return nil
}

// hangCatalog gives the sample company's number a catalog at the simulated
// Meta, which has to be reachable by now.
func (h *house) hangCatalog(ctx context.Context, tenantID string, by event.Actor) error {
	accounts, err := h.channel.List(ctx, tenantID)
	if err != nil {
		return err
	}
	for _, account := range accounts {
		if account.Channel != message.WhatsApp {
			continue
		}
		if _, err := h.listing.Connect(ctx, listing.Connecting{TenantID: tenantID, AccountID: account.ID, Name: sample.Aurora().Name, By: by}); err != nil {
			return err
		}
		_, err := h.listing.SaveSettings(ctx, tenantID, account.ID, listing.Settings{CartEnabled: true, CatalogVisible: true}, by)
		return err
	}
	return nil
}

// neighbours lets the simulated catalogs know the tokens and apps of the
// simulated messages, as at Meta's.
type neighbours struct{ meta *sandboxmeta.Server }

// Holder implements metacatalog.Directory of the simulator.
func (n *neighbours) Holder(token string) (sandboxcatalog.Holder, bool) {
	holder := sandboxcatalog.Holder{Numbers: map[string]string{}}
	for _, number := range n.meta.Numbers() {
		if token != "" && number.Token == token {
			holder.App = number.App
			holder.Numbers[number.ID] = number.WABA
		}
	}
	return holder, len(holder.Numbers) > 0
}

// Application implements metacatalog.Directory of the simulator. Webhooks about
// catalogs go to the door beside that of messages.
func (n *neighbours) Application(id string) (sandboxcatalog.App, bool) {
	for _, app := range n.meta.Apps() {
		if app.ID != id {
			continue
		}
		callback := app.CallbackURL
		for _, number := range n.meta.Numbers() {
			if number.App == id && callback == "" {
				callback = number.CallbackURL
			}
		}
		return sandboxcatalog.App{Secret: app.Secret, CallbackURL: strings.Replace(callback, "/webhooks/"+string(message.WhatsApp)+"/", catalogHooks, 1)}, true
	}
	return sandboxcatalog.App{}, false
}
