package sale

import (
	"context"
	"strconv"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/message"
	"prosa/internal/modules/product"
)

// display is how goods are to be shown.
type display struct {
	accountID      string
	channel        message.Channel
	contactID      string
	conversationID string

	text, header, footer, button string
	carousel                     bool
	option                       func(n int, g good) string // what a tap answers
}

// show composes the message that shows goods: in the channel's own catalog when
// it shows them all, else as cards.
func (a *asking) show(ctx context.Context) (any, error) {
	look := display{
		accountID: a.AccountID, channel: a.Channel, contactID: a.ContactID, conversationID: a.ConversationID, text: a.Text, header: a.Header, footer: a.Footer,
		button: a.Button, carousel: a.Carousel, option: func(n int, _ good) string { return a.OptionPrefix + "." + strconv.Itoa(n) },
	}
	if a.Catalog {
		content, err := a.products.entrance(ctx, look)
		return map[string]any{"content": content, "goods": []good{}}, err
	}
	list, err := a.wanted(ctx)
	if err != nil {
		return nil, err
	}
	content, err := a.products.display(ctx, list, look)
	return map[string]any{"content": content, "goods": list}, err
}

// wanted are the goods that a bot asks to be shown.
func (a *asking) wanted(ctx context.Context) (list []good, err error) {
	switch {
	case len(a.VariantIDs) > 0:
		list, err = a.products.exactly(ctx, a.VariantIDs)
	case len(a.ProductIDs) > 0:
		list, err = a.products.named(ctx, a.ProductIDs)
	default:
		list, _, err = a.products.find(ctx, a.Query, a.request.Collection, a.Limit, a.Page)
	}
	if err != nil {
		return nil, err
	}
	if a.Limit > 0 {
		list = list[:min(len(list), a.Limit)]
	}
	if len(list) == 0 {
		return nil, fault.Refuse("not_shown", "there is nothing to show")
	}
	return list, nil
}

// display composes the message of some goods.
func (f *productShelf) display(ctx context.Context, list []good, look display) (message.Content, error) {
	content := message.Content{Kind: message.Products, Text: look.text, Shelf: &message.Shelf{
		Header: look.header, Footer: look.footer, Button: look.button, Carousel: look.carousel, Link: f.links.Shop(f.tenantID, look.contactID, look.conversationID),
	}}
	if len(list) == 1 {
		content.Kind = message.Product
	}
	ids, hashes := make([]string, len(list)), []string{}
	for i, g := range list {
		ids[i] = g.VariantID
		if g.picture != "" {
			hashes = append(hashes, g.picture)
		}
	}
	catalogID, shown, err := f.shown(ctx, look, ids)
	if err != nil {
		return content, err
	}
	pictures, err := f.products.Pictures(ctx, f.tx, f.tenantID, hashes)
	if err != nil {
		return content, err
	}
	section := message.Section{Title: look.header}
	for n, g := range list {
		section.Goods = append(section.Goods, g.face(look.option(n, g), shown[g.VariantID], pictures[g.picture]))
	}
	content.Shelf.CatalogID, content.Shelf.Sections = catalogID, []message.Section{section}
	return content, nil
}

// shown gives the catalog when customers see all the variants in it; else
// nothing: a list that is shown half is worse than cards.
func (f *productShelf) shown(ctx context.Context, look display, variantIDs []string) (catalogID string, shown map[string]string, err error) {
	if f.listing == nil || look.channel != message.WhatsApp {
		return "", nil, nil
	}
	catalogID, shown, err = f.listing.Shown(ctx, f.tx, f.tenantID, look.accountID, variantIDs)
	if err != nil || catalogID == "" {
		return "", nil, err
	}
	for _, id := range variantIDs {
		if shown[id] == "" {
			return "", nil, nil
		}
	}
	return catalogID, shown, nil
}

// face is the good as a message shows it.
func (g good) face(option, retailerID string, picture product.Picture) message.Goods {
	goods := message.Goods{
		RetailerID: retailerID, Option: option, Name: g.Name, Description: g.Description, Price: g.Price, Currency: money.BRL, ImageURL: g.ImageURL, Link: g.Link,
	}
	if g.ListPrice > g.Price {
		goods.ListPrice = g.ListPrice
	}
	if picture.Hash != "" {
		goods.Image = &message.Media{Blob: picture.Hash, MIME: picture.MIME, Size: picture.Size, SHA256: picture.Hash, State: "ready"}
	}
	return goods
}

// entrance composes the way into the whole catalog: the channel's own, or the
// customer's shop page.
func (f *productShelf) entrance(ctx context.Context, look display) (message.Content, error) {
	content := message.Content{Kind: message.Catalog, Text: look.text, Shelf: &message.Shelf{
		Footer: look.footer, Button: look.button, Link: f.links.Shop(f.tenantID, look.contactID, look.conversationID),
	}}
	if f.listing == nil || look.channel != message.WhatsApp {
		return content, nil
	}
	catalogID, visible, err := f.listing.CatalogOf(ctx, f.tx, f.tenantID, look.accountID)
	if err == nil && visible {
		content.Shelf.CatalogID = catalogID
	}
	return content, err
}
