package metacatalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/money"
)

// item is what a catalog holds of one retailer id. What depends on the time
// (review, picture) is told from the times at which it will be over.
type item struct {
	ID       string            `json:"id"` // Graph's
	Number   int64             `json:"number"`
	Catalog  string            `json:"catalog"`
	Retailer string            `json:"retailer_id"`
	Data     map[string]string `json:"data"` // by the names of writing

	ReviewMS int64    `json:"review"` // pending until then
	Rejected []string `json:"rejected,omitempty"`
	ImageMS  int64    `json:"image"` // not fetched until then
	NoImage  bool     `json:"no_image,omitempty"`
	Hidden   bool     `json:"hidden,omitempty"`

	gone bool
}

// apply does what a row says. A problem leaves the item as it was.
func (s *Server) apply(catalog *Catalog, r row, upsert bool) (problem, warning string) {
	known := catalog.items[r.ID]
	if doom := s.doom(catalog.ID, r.ID, Refuse); doom != nil {
		return or(doom.Message, "The item could not be saved"), ""
	}
	if r.Method == "DELETE" {
		if known == nil {
			return "", "There is no item with this id"
		}
		s.drop(known)
		return "", ""
	}
	if known == nil && r.Method == "UPDATE" && !upsert {
		return "There is no item with this id, and allow_upsert is off", ""
	}
	next := &item{Catalog: catalog.ID, Retailer: r.ID, Data: map[string]string{}}
	if known != nil {
		*next = *known
		next.Data = make(map[string]string, len(known.Data)+len(r.Data))
		if r.Method == "UPDATE" {
			for name, value := range known.Data {
				next.Data[name] = value
			}
		} else {
			warning = "An item with this id existed and was replaced"
		}
	}
	for name, value := range r.Data {
		if value == "" {
			delete(next.Data, name)
			continue
		}
		next.Data[name] = value
	}
	if missing := lacking(next.Data); missing != "" {
		return "You cannot create a EntProductItem without required field " + missing, ""
	}
	if wrong := saleBelow(next.Data); wrong != "" {
		return "sale_price " + wrong, ""
	}
	s.review(next, known)
	if known == nil {
		s.seq++
		s.journal.Put(seqKey, s.seq)
		next.Number, next.ID = s.seq, "2"+digitsOf("item "+fmt.Sprint(s.seq), 15)
		catalog.add(next)
	} else {
		*known = *next
		next = known
	}
	s.numbers[next.ID] = next
	s.saveItem(next)
	return "", warning
}

// review starts what a change of words or of the picture starts, and decides
// now how it will end.
func (s *Server) review(next, before *item) {
	now := s.now().UnixMilli()
	changed := func(name string) bool { return before == nil || before.Data[name] != next.Data[name] }
	if changed("title") || changed("description") || changed("image_link") {
		next.ReviewMS, next.Rejected, next.Hidden = now+s.settings.ReviewMS, forbidden(next.Data), false
	}
	if doom := s.doom(next.Catalog, next.Retailer, Reject); doom != nil {
		next.Rejected = []string{or(doom.Message, "It breaks the commerce policy")}
	}
	if changed("image_link") {
		next.ImageMS, next.NoImage = now+s.settings.ImageMS, false
	}
	next.NoImage = next.NoImage || s.doom(next.Catalog, next.Retailer, LoseImage) != nil
	next.Hidden = next.Hidden || s.doom(next.Catalog, next.Retailer, Hide) != nil
}

// policy are words that a review does not let pass. Source: Meta's commerce
// policy, "Prohibited content": weapons, tobacco, prescription drugs, animals.
var policy = map[string]string{
	"cigarro": "TOBACCO", "tabaco": "TOBACCO", "vape": "TOBACCO", "cigarette": "TOBACCO",
	"pistola": "WEAPONS", "munição": "WEAPONS", "rifle": "WEAPONS",
	"antibiótico": "PRESCRIPTION_DRUGS", "maconha": "DRUGS", "filhote de": "ANIMALS",
}

func forbidden(data map[string]string) []string {
	words := strings.ToLower(data["title"] + " " + data["description"])
	var reasons []string
	for word, reason := range policy {
		if strings.Contains(words, word) && !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	slices.Sort(reasons)
	return reasons
}

func (s *Server) drop(i *item) {
	s.catalogs[i.Catalog].remove(i)
	delete(s.numbers, i.ID)
	s.journal.Delete(itemPrefix + i.ID)
}

func (s *Server) saveItem(i *item) { s.journal.Put(itemPrefix+i.ID, i) }

func (i *item) reviewStatus(nowMS int64) string {
	switch {
	case nowMS < i.ReviewMS:
		return "pending"
	case len(i.Rejected) > 0:
		return "rejected"
	}
	return "approved"
}

func (i *item) imageStatus(nowMS int64) string {
	switch {
	case nowMS < i.ImageMS:
		return "NO_STATUS"
	case i.NoImage:
		return "FETCH_FAILED"
	}
	return "FETCHED"
}

func (i *item) visibility() string {
	if i.Hidden || i.Data["status"] == "archived" {
		return "staging"
	}
	return "published"
}

// flaws are what the item's errors say.
func (i *item) flaws(nowMS int64) []object {
	flaws := []object{}
	flaw := func(kind, title, what, action string) {
		flaws = append(flaws, object{"error_type": kind, "error_priority": "HIGH", "title": title, "description": what, "call_to_action": action})
	}
	if i.imageStatus(nowMS) == "FETCH_FAILED" {
		flaw("IMAGE_FETCH_FAILED", "Image could not be downloaded", "We could not download the image from the image_link that you gave.", "Check that the link is public and send the item again.")
	}
	if i.reviewStatus(nowMS) == "rejected" {
		flaw("REVIEW_REJECTED", "Item rejected", "The item doesn't comply with the commerce policies.", "Edit the item or request a review.")
	}
	return flaws
}

// fields gives an item by the names of reading.
func (i *item) fields(nowMS int64) object {
	d := i.Data
	full, currency, _ := amount(d["price"])
	review := i.reviewStatus(nowMS)
	reasons := []string{}
	if review == "rejected" {
		reasons = i.Rejected
	}
	all := object{
		"id": i.ID, "retailer_id": i.Retailer, "name": d["title"], "description": d["description"], "url": d["link"], "image_url": d["image_link"],
		"price": display(full, currency), "currency": currency, "availability": d["availability"], "condition": d["condition"],
		"review_status": review, "review_rejection_reasons": reasons,
		"capability_to_review_status": []object{{"key": "WHATSAPP", "value": strings.ToUpper(review)}},
		"image_fetch_status":          i.imageStatus(nowMS), "errors": i.flaws(nowMS), "visibility": i.visibility(),
		"retailer_product_group_id": maybe(d["item_group_id"]), "brand": maybe(d["brand"]), "additional_image_urls": nil,
		"sale_price": nil, "sale_price_start_date": nil, "sale_price_end_date": nil, "inventory": nil, "quantity_to_sell_on_facebook": nil,
		"category": maybe(d["google_product_category"]), "status": maybe(d["status"]),
	}
	for _, same := range []string{"product_type", "custom_label_0", "custom_label_1", "custom_label_2", "custom_label_3", "custom_label_4", "color", "size", "pattern", "material", "gender", "age_group", "gtin"} {
		all[same] = maybe(d[same])
	}
	if more := d["additional_image_link"]; more != "" {
		all["additional_image_urls"] = strings.Split(more, "\n")
	}
	if sale, _, ok := amount(d["sale_price"]); ok {
		all["sale_price"] = display(sale, currency)
	}
	if from, to, ok := between(d["sale_price_effective_date"]); ok {
		all["sale_price_start_date"], all["sale_price_end_date"] = from.Format("2006-01-02T15:04:05-0700"), to.Format("2006-01-02T15:04:05-0700")
	}
	if stock := d["quantity_to_sell_on_facebook"]; stock != "" {
		var n int64
		_, _ = fmt.Sscan(stock, &n) // checked when it was taken
		all["inventory"], all["quantity_to_sell_on_facebook"] = n, n
	}
	return all
}

func maybe(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// display writes a price as the catalog shows it: "R$49,90".
func display(a money.Amount, currency string) string {
	whole, cents, _ := strings.Cut(a.Decimal(), ".")
	sign, group, point := "R$", ".", ","
	switch currency {
	case "USD":
		sign, group, point = "$", ",", "."
	case "EUR":
		sign = "€"
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	return sign + whole + point + cents
}

// effective gives what the item costs at a time, and whether that is its sale
// price.
func (i *item) effective(at time.Time) (cost money.Amount, currency string, onSale bool) {
	cost, currency, _ = amount(i.Data["price"])
	sale, _, ok := amount(i.Data["sale_price"])
	if !ok {
		return cost, currency, false
	}
	if from, to, limited := between(i.Data["sale_price_effective_date"]); limited && (at.Before(from) || !at.Before(to)) {
		return cost, currency, false
	}
	return sale, currency, true
}

func (i *item) visible(nowMS int64) bool {
	return i.visibility() == "published" && i.reviewStatus(nowMS) != "rejected"
}
