package metacatalog

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/modules/listing"
)

// fields are what is read of an item. Source: Graph API reference, Product Item.
const fields = "id,retailer_id,retailer_product_group_id,name,description,url,image_url,price,sale_price,currency,availability,condition,brand," +
	"review_status,review_rejection_reasons,capability_to_review_status,image_fetch_status,visibility,errors"

// page is an answer of GET /{catalog}/products. Items stay raw, so that one that
// is odd spoils none.
type page struct {
	Data   []jsontext.Value `json:"data"`
	Paging struct {
		Cursors struct {
			After string `json:"after"`
		} `json:"cursors"`
		Next string `json:"next"`
	} `json:"paging"`
	Summary struct {
		Total meta.Text `json:"total_count"`
	} `json:"summary"`
}

// Read implements listing.Meta. The total comes with the first page only:
// counting costs Meta time, and us our hour.
func (a *Adapter) Read(ctx context.Context, acc listing.Account, catalogID, after string, limit int) (listing.Page, error) {
	if err := need(catalogID, "catalog_id", "the catalog"); err != nil {
		return listing.Page{}, err
	}
	query := url.Values{"fields": {fields}, "limit": {strconv.Itoa(min(max(limit, 1), listing.MaxPage))}}
	if after == "" {
		query.Set("summary", "true")
	} else {
		query.Set("after", after)
	}
	var answer page
	usage, err := a.get(ctx, acc, catalogID, "products", query, &answer)
	if err != nil {
		return listing.Page{Usage: usage}, err
	}
	read := listing.Page{Items: answer.items(), Total: int(whole(answer.Summary.Total)), Usage: usage}
	if answer.Paging.Next != "" {
		read.After = answer.Paging.Cursors.After
	}
	return read, nil
}

// ReadSome implements listing.Meta.
func (a *Adapter) ReadSome(ctx context.Context, acc listing.Account, catalogID string, retailerIDs []string) ([]listing.Seen, listing.Usage, error) {
	var usage listing.Usage
	if err := need(catalogID, "catalog_id", "the catalog"); err != nil || len(retailerIDs) == 0 {
		return nil, usage, err
	}
	if len(retailerIDs) > listing.MaxSome {
		return nil, usage, fault.OnField("retailer_ids", "at most %d at a time", listing.MaxSome)
	}
	filter, err := json.Marshal(map[string]map[string][]string{"retailer_id": {"is_any": retailerIDs}}, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, usage, fault.Wrap(err, fault.Internal, "the filter cannot be written")
	}
	var answer page
	query := url.Values{"fields": {fields}, "filter": {string(filter)}, "limit": {strconv.Itoa(listing.MaxSome)}}
	if usage, err = a.get(ctx, acc, catalogID, "products", query, &answer); err != nil {
		return nil, usage, err
	}
	return answer.items(), usage, nil
}

func (p page) items() []listing.Seen {
	items := make([]listing.Seen, 0, len(p.Data))
	for _, raw := range p.Data {
		if seen := readItem(raw); seen.RetailerID != "" {
			items = append(items, seen)
		}
	}
	return items
}

// readItem reads an item member by member. raw is valid JSON.
func readItem(raw jsontext.Value) listing.Seen {
	var seen listing.Seen
	plain := map[string]*string{
		"id": &seen.ItemID, "retailer_id": &seen.RetailerID, "retailer_product_group_id": &seen.Group, "name": &seen.Name,
		"description": &seen.Description, "url": &seen.Link, "image_url": &seen.Image, "price": &seen.Price, "sale_price": &seen.SalePrice,
		"currency": &seen.Currency, "brand": &seen.Brand,
	}
	lower := map[string]*string{
		"availability": &seen.Availability, "condition": &seen.Condition, "review_status": &seen.Review,
		"image_fetch_status": &seen.ImageStatus, "visibility": &seen.Visibility,
	}
	rejectedHere := false
	for name, value := range meta.Members(raw) {
		text, _ := meta.TextOf(value)
		if into := plain[string(name)]; into != nil {
			*into = text
		}
		if into := lower[string(name)]; into != nil {
			*into = strings.ToLower(text)
		}
		switch string(name) {
		case "review_rejection_reasons":
			seen.ReviewReasons = textList(value)
		case "capability_to_review_status":
			rejectedHere = rejectedForWhatsApp(value)
		case "errors":
			seen.Flaws = flaws(value)
		}
	}
	if rejectedHere {
		seen.Review = "rejected"
	}
	return seen
}

func textList(value jsontext.Value) []string {
	elements, _ := meta.Elements(value)
	var list []string
	for _, element := range elements {
		if text, ok := meta.TextOf(element); ok && text != "" {
			list = append(list, text)
		}
	}
	return list
}

// rejectedForWhatsApp reports whether the reviews of single uses of an item say
// no to WhatsApp, whatever the review of the whole says.
func rejectedForWhatsApp(value jsontext.Value) bool {
	elements, _ := meta.Elements(value)
	return slices.ContainsFunc(elements, func(element jsontext.Value) bool {
		var key, verdict string
		for name, member := range meta.Members(element) {
			switch string(name) {
			case "key":
				key, _ = meta.TextOf(member)
			case "value":
				verdict, _ = meta.TextOf(member)
			}
		}
		return strings.Contains(strings.ToLower(key), "whatsapp") && strings.EqualFold(verdict, "rejected")
	})
}

func flaws(value jsontext.Value) []listing.Flaw {
	elements, _ := meta.Elements(value)
	var list []listing.Flaw
	for _, element := range elements {
		var flaw listing.Flaw
		for name, member := range meta.Members(element) {
			text, _ := meta.TextOf(member)
			switch string(name) {
			case "error_type":
				flaw.Kind = text
			case "error_priority":
				flaw.Priority = strings.ToLower(text)
			case "title":
				flaw.Title = text
			case "description":
				flaw.Description = text
			case "call_to_action":
				flaw.Action = text
			}
		}
		if flaw != (listing.Flaw{}) {
			list = append(list, flaw)
		}
	}
	return list
}
