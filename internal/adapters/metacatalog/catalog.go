package metacatalog

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/modules/listing"
)

// catalogList is a list of catalogs.
type catalogList struct {
	Data []struct {
		ID   meta.Text `json:"id"`
		Name string    `json:"name"`
	} `json:"data"`
	Paging struct {
		Cursors struct {
			After string `json:"after"`
		} `json:"cursors"`
		Next string `json:"next"`
	} `json:"paging"`
}

func (l catalogList) found() []listing.Found {
	var list []listing.Found
	for _, one := range l.Data {
		if one.ID != "" {
			list = append(list, listing.Found{ID: string(one.ID), Name: one.Name})
		}
	}
	return list
}

// Catalogs implements listing.Meta.
func (a *Adapter) Catalogs(ctx context.Context, acc listing.Account) ([]listing.Found, error) {
	connected, err := a.connected(ctx, acc)
	if err != nil {
		return nil, err
	}
	list, err := a.owned(ctx, acc)
	if err != nil {
		return nil, err
	}
	for _, one := range connected {
		at := slices.IndexFunc(list, func(known listing.Found) bool { return known.ID == one.ID })
		if at < 0 {
			at = len(list)
			list = append(list, one)
		}
		list[at].Connected = true
	}
	return list, nil
}

// connected gives the catalog that the WhatsApp business account shows, in a
// list of none or one.
func (a *Adapter) connected(ctx context.Context, acc listing.Account) ([]listing.Found, error) {
	if err := need(acc.WABAID, "waba_id", "the WhatsApp Business Account id"); err != nil {
		return nil, err
	}
	var answer catalogList
	_, err := a.get(ctx, acc, acc.WABAID, "product_catalogs", url.Values{"fields": {"id,name"}}, &answer)
	return answer.found(), err
}

// owned gives the catalogs of the account's business, none when the business is
// not known.
func (a *Adapter) owned(ctx context.Context, acc listing.Account) ([]listing.Found, error) {
	business, err := a.business(ctx, acc)
	if err != nil || business == "" {
		return nil, err
	}
	var list []listing.Found
	query := url.Values{"fields": {"id,name"}, "limit": {strconv.Itoa(100)}}
	for range maxCatalogPages {
		var answer catalogList
		if _, err := a.get(ctx, acc, business, "owned_product_catalogs", query, &answer); err != nil {
			return nil, err
		}
		list = append(list, answer.found()...)
		if answer.Paging.Next == "" || answer.Paging.Cursors.After == "" {
			break
		}
		query.Set("after", answer.Paging.Cursors.After)
	}
	return list, nil
}

// business gives the id of the account's business: the one that it names, or
// that of its WhatsApp business account. Source: WhatsApp Business Account,
// "owner_business_info".
func (a *Adapter) business(ctx context.Context, acc listing.Account) (string, error) {
	if acc.BusinessID != "" || acc.WABAID == "" {
		return acc.BusinessID, nil
	}
	var answer struct {
		Owner struct {
			ID meta.Text `json:"id"`
		} `json:"owner_business_info"`
	}
	_, err := a.get(ctx, acc, acc.WABAID, "", url.Values{"fields": {"owner_business_info"}}, &answer)
	return string(answer.Owner.ID), err
}

// Create implements listing.Meta. An account that names no business has that of
// its WhatsApp business account.
func (a *Adapter) Create(ctx context.Context, acc listing.Account, name string) (catalogID string, err error) {
	business, err := a.business(ctx, acc)
	if err == nil {
		err = need(business, "business_id", "the id of the business at Meta")
	}
	if err != nil {
		return "", err
	}
	var answer struct {
		ID meta.Text `json:"id"`
	}
	if err := a.post(ctx, acc, business, "owned_product_catalogs", map[string]string{"name": name, "vertical": "commerce"}, &answer); err != nil {
		return "", err
	}
	if answer.ID == "" {
		return "", unreadable()
	}
	return string(answer.ID), nil
}

// Connect implements listing.Meta. An account that shows another catalog is
// refused by Meta, in Meta's words.
func (a *Adapter) Connect(ctx context.Context, acc listing.Account, catalogID string) error {
	if err := need(catalogID, "catalog_id", "the catalog"); err != nil {
		return err
	}
	shown, err := a.connected(ctx, acc)
	if err != nil {
		return err
	}
	for _, one := range shown {
		if one.ID == catalogID {
			return nil
		}
	}
	return a.post(ctx, acc, acc.WABAID, "product_catalogs", map[string]string{"catalog_id": catalogID}, nil)
}

// post sends a small body. Meta answers success false where it did nothing and
// knows no error.
func (a *Adapter) post(ctx context.Context, acc listing.Account, id, edge string, body map[string]string, value any) error {
	text, err := json.Marshal(body, json.Deterministic(true))
	if err != nil {
		return fault.New(fault.Invalid, "the name is not text: %w", err)
	}
	call := meta.Call{Verb: http.MethodPost, Path: path(id, edge), Body: text}
	if value != nil {
		_, err = a.ask(ctx, acc, call, value)
		return err
	}
	return a.done(ctx, acc, call)
}

func (a *Adapter) done(ctx context.Context, acc listing.Account, call meta.Call) error {
	var answer struct {
		Success bool `json:"success"`
	}
	if _, err := a.ask(ctx, acc, call, &answer); err != nil {
		return err
	}
	if !answer.Success {
		return fault.Refuse(listing.ReasonRefused, "Meta did not do it and gave no reason")
	}
	return nil
}

// Settings implements listing.Meta. A number that never had any shows carts and
// hides the storefront, as Meta does.
func (a *Adapter) Settings(ctx context.Context, acc listing.Account) (listing.Settings, error) {
	if err := need(acc.PhoneID, "phone_id", "the id of the number"); err != nil {
		return listing.Settings{}, err
	}
	var answer struct {
		Data []struct {
			Cart    bool `json:"is_cart_enabled"`
			Visible bool `json:"is_catalog_visible"`
		} `json:"data"`
	}
	if _, err := a.get(ctx, acc, acc.PhoneID, "whatsapp_commerce_settings", nil, &answer); err != nil {
		return listing.Settings{}, err
	}
	if len(answer.Data) == 0 {
		return listing.Settings{CartEnabled: true}, nil
	}
	return listing.Settings{CartEnabled: answer.Data[0].Cart, CatalogVisible: answer.Data[0].Visible}, nil
}

// SetSettings implements listing.Meta. The settings stand in the query.
func (a *Adapter) SetSettings(ctx context.Context, acc listing.Account, settings listing.Settings) error {
	if err := need(acc.PhoneID, "phone_id", "the id of the number"); err != nil {
		return err
	}
	return a.done(ctx, acc, meta.Call{Verb: http.MethodPost, Path: path(acc.PhoneID, "whatsapp_commerce_settings"), Query: url.Values{
		"is_cart_enabled": {strconv.FormatBool(settings.CartEnabled)}, "is_catalog_visible": {strconv.FormatBool(settings.CatalogVisible)},
	}})
}
