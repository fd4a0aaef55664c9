package metacatalog

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"prosa/internal/base/money"
)

// row is one request of a batch as it will be applied. Data holds the fields by
// their names on writing; an empty value clears one.
type row struct {
	Line   int               `json:"line"`
	Method string            `json:"method"`
	ID     string            `json:"id"`
	Data   map[string]string `json:"data,omitempty"`
}

// field is how a member of data is written and what it may be. check gives what
// is wrong, empty for nothing; what begins with "~" is a warning, and the row
// is taken.
type field struct {
	kind  byte // text, whole number, list of texts
	check func(text string) string
	clear bool // an empty value takes it away
}

const (
	text  = 't'
	whole = 'n'
	list  = 'l'
)

// rowFields are the members of data that a PRODUCT_ITEM may have. Source:
// Catalog, "Supported fields" for items_batch.
var rowFields = map[string]field{
	"id":                           {kind: text, check: most(maxID)},
	"title":                        {kind: text, check: title},
	"description":                  {kind: text, check: description},
	"availability":                 {kind: text, check: among("in stock", "out of stock", "available for order", "preorder", "discontinued")},
	"condition":                    {kind: text, check: among("new", "refurbished", "used")},
	"price":                        {kind: text, check: price},
	"sale_price":                   {kind: text, check: price, clear: true},
	"sale_price_effective_date":    {kind: text, check: window, clear: true},
	"link":                         {kind: text, check: securePage},
	"image_link":                   {kind: text, check: webAddress},
	"additional_image_link":        {kind: list, check: webAddress, clear: true},
	"brand":                        {kind: text, check: most(maxBrand)},
	"gtin":                         {kind: text, check: most(maxBrand), clear: true},
	"mpn":                          {kind: text, check: most(maxBrand), clear: true},
	"item_group_id":                {kind: text, check: most(maxID), clear: true},
	"color":                        {kind: text, check: most(200), clear: true},
	"size":                         {kind: text, check: most(200), clear: true},
	"pattern":                      {kind: text, check: most(100), clear: true},
	"material":                     {kind: text, check: most(200), clear: true},
	"gender":                       {kind: text, check: among("female", "male", "unisex"), clear: true},
	"age_group":                    {kind: text, check: among("adult", "all ages", "teen", "kids", "toddler", "infant", "newborn"), clear: true},
	"additional_variant_attribute": {kind: text, check: attributes, clear: true},
	"quantity_to_sell_on_facebook": {kind: whole},
	"inventory":                    {kind: whole},
	"google_product_category":      {kind: text, check: most(maxType), clear: true},
	"fb_product_category":          {kind: text, check: most(maxType), clear: true},
	"product_type":                 {kind: text, check: most(maxType), clear: true},
	"custom_label_0":               {kind: text, check: most(maxLabel), clear: true},
	"custom_label_1":               {kind: text, check: most(maxLabel), clear: true},
	"custom_label_2":               {kind: text, check: most(maxLabel), clear: true},
	"custom_label_3":               {kind: text, check: most(maxLabel), clear: true},
	"custom_label_4":               {kind: text, check: most(maxLabel), clear: true},
	"status":                       {kind: text, check: among("active", "archived")},
}

// required is what an item cannot be made without.
var required = []string{"title", "description", "availability", "condition", "price", "link", "image_link"}

// lacking gives the first thing that an item cannot be made without.
func lacking(data map[string]string) string {
	for _, name := range required {
		if data[name] == "" {
			return name
		}
	}
	if data["brand"] == "" && data["gtin"] == "" && data["mpn"] == "" {
		return "brand"
	}
	return ""
}

// finding is what validation says of a row.
type finding struct {
	errors, warnings []string
}

func (f *finding) say(name, what string) {
	if warning, ok := strings.CutPrefix(what, "~"); ok {
		f.warnings = append(f.warnings, name+": "+warning)
	} else if what != "" {
		f.errors = append(f.errors, name+": "+what)
	}
}

// request is one element of requests as it was sent.
type request struct {
	Method     string                     `json:"method"`
	Data       map[string]json.RawMessage `json:"data"`
	RetailerID json.RawMessage            `json:"retailer_id"` // the older endpoint's
}

// readRow reads and checks one request. id is empty when there is none.
func readRow(line int, r request) (out row, f finding) {
	out = row{Line: line, Method: r.Method, Data: make(map[string]string, len(r.Data))}
	if raw, there := r.Data["id"]; there {
		value, wrong := readValue(rowFields["id"], raw)
		out.ID = value
		if wrong != "" || value == "" {
			f.say("id", or(wrong, "must not be empty"))
		} else {
			f.say("id", rowFields["id"].check(value))
		}
	} else {
		f.say("id", "is required in data")
	}
	if len(r.RetailerID) > 0 {
		f.say("retailer_id", "is not a parameter of items_batch: the id stands in data")
	}
	switch r.Method {
	case "DELETE":
		for name := range r.Data {
			if name != "id" {
				f.say(name, "must not be sent with DELETE")
			}
		}
		return out, f
	case "CREATE", "UPDATE":
	default:
		f.say("method", fmt.Sprintf("must be one of {CREATE, UPDATE, DELETE} - got %q", r.Method))
		return out, f
	}
	names := make([]string, 0, len(r.Data))
	for name := range r.Data {
		names = append(names, name)
	}
	slices.Sort(names) // so that an answer repeats
	for _, name := range names {
		if name != "id" {
			readMember(&out, &f, name, r.Data[name])
		}
	}
	crossCheck(out.Data, &f)
	if r.Method == "CREATE" {
		if missing := lacking(out.Data); missing != "" {
			f.say(missing, "You cannot create a EntProductItem without required field "+missing)
		}
	}
	return out, f
}

func readMember(out *row, f *finding, name string, raw json.RawMessage) {
	known, there := rowFields[name]
	if !there {
		f.say(name, "is not a field of PRODUCT_ITEM")
		return
	}
	value, wrong := readValue(known, raw)
	switch {
	case wrong != "":
		f.say(name, wrong)
	case value == "" && !known.clear:
		f.say(name, "must not be empty")
	case value != "" && known.check != nil:
		for one := range strings.SplitSeq(value, "\n") {
			f.say(name, known.check(one))
			if known.kind != list {
				break
			}
		}
	}
	if known.kind == list && strings.Count(value, "\n") >= maxPictures {
		f.say(name, fmt.Sprintf("may have at most %d addresses", maxPictures))
	}
	out.Data[strings.Replace(name, "inventory", "quantity_to_sell_on_facebook", 1)] = value
}

// readValue gives a member as text, a list with a line break between its parts.
func readValue(known field, raw json.RawMessage) (value, wrong string) {
	switch known.kind {
	case whole:
		digits := strings.Trim(string(raw), `"`)
		if digits == "" || len(digits) > 9 || strings.Trim(digits, "0123456789") != "" {
			return "", "must be a whole number that is not negative"
		}
		return digits, ""
	case list:
		var parts []string
		if json.Unmarshal(raw, &parts) != nil {
			return "", "must be a list of texts"
		}
		return strings.Join(parts, "\n"), ""
	}
	if json.Unmarshal(raw, &value) != nil || string(raw) == "null" {
		return "", "must be a text"
	}
	return value, ""
}

// crossCheck compares members with each other, as far as both are there.
func crossCheck(data map[string]string, f *finding) {
	if wrong := saleBelow(data); wrong != "" {
		f.say("sale_price", wrong)
	}
	if data["description"] != "" && data["description"] == data["title"] {
		f.say("description", "~The description repeats the title")
	}
}

// saleBelow says what is wrong between the two prices.
func saleBelow(data map[string]string) string {
	full, currency, ok := amount(data["price"])
	sale, saleCurrency, onSale := amount(data["sale_price"])
	switch {
	case !ok || !onSale:
		return ""
	case currency != saleCurrency:
		return "must have the currency of price"
	case sale >= full:
		return "must be lower than price"
	}
	return ""
}

var priceForm = regexp.MustCompile(`^(\d{1,9}(?:\.\d{1,2})?) ([A-Z]{3})$`)

// currencies that this catalog shows.
var currencies = []string{"BRL", "USD", "EUR"}

// amount reads "49.90 BRL".
func amount(value string) (money.Amount, string, bool) {
	parts := priceForm.FindStringSubmatch(value)
	if parts == nil || !slices.Contains(currencies, parts[2]) {
		return 0, "", false
	}
	read, err := money.ParseDecimal(parts[1])
	return read, parts[2], err == nil
}

func price(value string) string {
	read, _, ok := amount(value)
	switch {
	case !ok:
		return fmt.Sprintf("must be a number, a space and an ISO 4217 currency code, such as \"9.99 USD\" - got %q", value)
	case read == 0:
		return "must be more than zero"
	}
	return ""
}

func most(n int) func(string) string {
	return func(value string) string {
		if utf8.RuneCountInString(value) > n {
			return fmt.Sprintf("must be at most %d characters long", n)
		}
		return ""
	}
}

func among(values ...string) func(string) string {
	return func(value string) string {
		if slices.Contains(values, value) {
			return ""
		}
		return fmt.Sprintf("must be one of {%s} - got %q", strings.Join(values, ", "), value)
	}
}

// shouts reports whether a text has letters and all of those that have a case
// are capitals.
func shouts(value string) bool {
	capitals := 0
	for _, r := range value {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	return capitals > 4 // GTX, USB and the like are names
}

func title(value string) string {
	switch length := utf8.RuneCountInString(value); {
	case length > maxTitle:
		return fmt.Sprintf("must be at most %d characters long", maxTitle)
	case strings.TrimSpace(value) == "":
		return "must not be empty"
	case shouts(value):
		return "~Field contains all uppercase letters"
	case length > niceTitle:
		return fmt.Sprintf("~Titles of more than %d characters are cut", niceTitle)
	}
	return ""
}

var tag = regexp.MustCompile(`<[a-zA-Z/][^>]*>`)

func description(value string) string {
	switch {
	case utf8.RuneCountInString(value) > maxDescription:
		return fmt.Sprintf("must be at most %d characters long", maxDescription)
	case strings.TrimSpace(value) == "":
		return "must not be empty"
	case tag.MatchString(value):
		return "~HTML tags are shown as text"
	case strings.Contains(value, "http://") || strings.Contains(value, "https://"):
		return "~The description contains a link"
	case shouts(value):
		return "~Field contains all uppercase letters"
	}
	return ""
}

// securePage checks a page's address. An address of this machine may do without
// a certificate: the simulator's own demo has none.
func securePage(value string) string {
	target, err := url.Parse(value)
	switch {
	case err != nil || target.Host == "":
		return "is not a valid URL"
	case target.Scheme == "https":
		return ""
	case target.Scheme == "http" && ownMachine(target.Hostname()):
		return "~The page is reached on this machine only"
	}
	return "must begin with https://"
}

func ownMachine(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

func webAddress(value string) string {
	target, err := url.Parse(value)
	if err != nil || target.Host == "" || target.Scheme != "http" && target.Scheme != "https" || strings.ContainsAny(value, " \n") {
		return "is not a valid URL"
	}
	return ""
}

var attributeForm = regexp.MustCompile(`^[^,:]{1,100}:[^,:]{1,200}(,[^,:]{1,100}:[^,:]{1,200})*$`)

func attributes(value string) string {
	if attributeForm.MatchString(value) {
		return ""
	}
	return "must look like Key:Value,Key:Value"
}

var stampForms = []string{time.RFC3339, "2006-01-02T15:04-07:00", "2006-01-02T15:04-0700", "2006-01-02T15:04:05-0700", "2006-01-02"}

// between reads "start/end".
func between(value string) (start, end time.Time, ok bool) {
	from, to, found := strings.Cut(value, "/")
	start, ok = stamp(from)
	end, good := stamp(to)
	return start, end, found && ok && good && start.Before(end)
}

func stamp(value string) (time.Time, bool) {
	for _, form := range stampForms {
		if at, err := time.Parse(form, value); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

func window(value string) string {
	if _, _, ok := between(value); !ok {
		return "must be two times in ISO 8601 with a slash between them, the first one earlier"
	}
	return ""
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
