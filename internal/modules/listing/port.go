package listing

import (
	"context"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Meta is what listing asks of Meta's catalogs; adapters/metacatalog fills it.
// Every error is a *fault.Error; those of the reasons below are acted on.
//
// Source: Marketing API, catalog batch (items_batch), product catalog and
// WhatsApp commerce settings.
type Meta interface {
	// Push hands rows over (items_batch with allow_upsert). Rows with problems were
	// not taken, or only with a warning; the others are worked on behind the
	// handle. At most MaxRows rows a call. Errors: ReasonTooMuch (fewer rows may
	// pass), ReasonLimited, ReasonCredentials, ReasonPermission, ReasonRefused.
	Push(ctx context.Context, acc Account, catalogID string, rows []Row) (Pushed, error)
	// Check asks what became of a handle. Error: fault.NotFound for a handle that
	// is unknown or forgotten, and those of Push.
	Check(ctx context.Context, acc Account, catalogID, handle string) (Checked, error)
	// Read gives a page of what the catalog holds; after is empty for the first,
	// and Page.After is empty behind the last.
	Read(ctx context.Context, acc Account, catalogID, after string, limit int) (Page, error)
	// ReadSome gives those of the named items that the catalog holds, at most
	// MaxSome a call.
	ReadSome(ctx context.Context, acc Account, catalogID string, retailerIDs []string) ([]Seen, Usage, error)

	// Catalogs lists the catalogs that the account can use: those of its business,
	// and the one that its WhatsApp business account is connected to.
	Catalogs(ctx context.Context, acc Account) ([]Found, error)
	// Create makes a catalog in the account's business (Account.BusinessID).
	Create(ctx context.Context, acc Account, name string) (catalogID string, err error)
	// Connect shows the catalog on the WhatsApp business account (Account.WABAID).
	// It does nothing when it is connected already.
	Connect(ctx context.Context, acc Account, catalogID string) error

	// Settings reads the commerce settings of the number (Account.PhoneID).
	Settings(ctx context.Context, acc Account) (Settings, error)
	SetSettings(ctx context.Context, acc Account, settings Settings) error
}

// Limits of one call.
const (
	MaxRows = 3000 // rows of Push; Meta takes 5,000 and advises fewer than 3,000
	MaxSome = 100  // ids of ReadSome
	MaxPage = 500  // items of Read
)

// Reasons of Meta's errors.
const (
	// ReasonTooMuch: the call was too large (code 1, "reduce the amount of data").
	ReasonTooMuch = "catalog_too_much" // fault.TooLarge
	// ReasonLimited: too many calls (80014, 80009, 4, 17, 32, 613). UntilOf tells
	// when the next one may come.
	ReasonLimited = "catalog_limited" // fault.RateLimited
	// ReasonCredentials: the token is wrong, expired or withdrawn (190, 102).
	ReasonCredentials = "catalog_credentials" // fault.Refused
	// ReasonPermission: the token may not touch this catalog (200, 10, 3).
	ReasonPermission = "catalog_permission" // fault.Refused
	// ReasonRefused: the request itself; repeating it changes nothing (100, 368).
	ReasonRefused = "catalog_refused" // fault.Refused
)

// Limited is the error of a call that came too early, with the time in
// milliseconds from which on calls may come again; 0 when Meta does not say.
func Limited(untilMS int64, message string) error {
	return &limited{cause: &fault.Error{Code: fault.RateLimited, Reason: ReasonLimited, Message: message}, untilMS: untilMS}
}

type limited struct {
	cause   *fault.Error
	untilMS int64
}

// Error implements error.
func (l *limited) Error() string { return l.cause.Error() }

// Unwrap gives the fault.
func (l *limited) Unwrap() error { return l.cause }

// UntilOf gives the time that Limited was made with, 0 for any other error.
func UntilOf(err error) int64 {
	var l *limited
	if errors.As(err, &l) {
		return l.untilMS
	}
	return 0
}

// Account is whom Meta is asked as: a WhatsApp account of the company, with its
// token.
type Account struct {
	TenantID   string
	ID         string // channel account, cha_...
	Token      secret.Text
	BusinessID string // Meta's business; needed by Create only
	WABAID     string // WhatsApp business account
	PhoneID    string // phone_number_id
}

// Row is one item of a push.
type Row struct {
	RetailerID string
	// Delete takes the item out of the catalog; Fields is empty then.
	Delete bool
	Fields Fields
	// Clear names fields, by their names in JSON, that Meta may hold from before
	// and that are not there any more.
	Clear []string
}

// Fields is an item as it is written, in the words of Meta's feed
// specification. What is empty is sent as empty in SalePrice and SaleWindow, and
// where Row.Clear says so, and is left out elsewhere.
type Fields struct {
	Title        string   `json:"title"`
	Description  string   `json:"description"`
	Availability string   `json:"availability"` // InStock, OutOfStock
	Condition    string   `json:"condition"`    // new
	Price        string   `json:"price"`        // "49.90 BRL"
	SalePrice    string   `json:"sale_price"`
	SaleWindow   string   `json:"sale_price_effective_date"` // "start/end", ISO 8601 UTC
	Link         string   `json:"link"`
	Image        string   `json:"image_link"`
	MoreImages   []string `json:"additional_image_link,omitempty"`
	Brand        string   `json:"brand"`
	GTIN         string   `json:"gtin,omitempty"`
	Group        string   `json:"item_group_id"`
	Color        string   `json:"color,omitempty"`
	Size         string   `json:"size,omitempty"`
	Pattern      string   `json:"pattern,omitempty"`
	Material     string   `json:"material,omitempty"`
	// Attributes are options that have no field of their own, "Name:Value,..".
	Attributes string `json:"additional_variant_attribute,omitempty"`
	// Quantity is how many may be sold (quantity_to_sell_on_facebook); negative
	// when stock is not counted, and then it is left out.
	Quantity    int64  `json:"quantity_to_sell_on_facebook"`
	ProductType string `json:"product_type,omitempty"` // "Roupas > Camisetas"
	Label       string `json:"custom_label_0,omitempty"`
}

// Quantity is the name of the field of Fields.Quantity, for Row.Clear.
const Quantity = "quantity_to_sell_on_facebook"

// Availability as Meta spells it.
const (
	InStock    = "in stock"
	OutOfStock = "out of stock"
)

// Pushed is the answer to a push.
type Pushed struct {
	// Handle names what Meta works on; empty when it took nothing.
	Handle   string
	Problems []Problem
	Usage    Usage
}

// Problem is what Meta says of an item, in its own words.
type Problem struct {
	RetailerID string
	Errors     []string
	Warnings   []string
}

// Work is how far Meta is with a handle.
type Work string

// States of a handle. Those that Meta calls scheduled, dispatched, started and
// in_progress are WorkRunning.
const (
	WorkRunning  Work = "running"
	WorkFinished Work = "finished" // failed rows were left out, the others are in
	WorkFailed   Work = "failed"   // error or canceled: some rows may be in
)

// Checked is the answer about a handle.
type Checked struct {
	Status Work
	// Problems of single items; one without a RetailerID is about the batch.
	Problems []Problem
	// Invalid are ids of items that were not taken (ids_of_invalid_requests).
	Invalid []string
	Usage   Usage
}

// Page is a part of what a catalog holds.
type Page struct {
	Items []Seen
	After string
	Total int // of the catalog; 0 when Meta did not say
	Usage Usage
}

// Seen is an item as Meta holds it, in Meta's words (lower case where Meta has
// either). Prices are texts for people and are never read.
type Seen struct {
	RetailerID   string
	ItemID       string // Meta's own
	Group        string // retailer_product_group_id
	Name         string
	Description  string
	Link         string // url
	Image        string // image_url
	Price        string // "R$49,90"
	SalePrice    string
	Currency     string
	Availability string
	Condition    string
	Brand        string
	// Review is review_status: "", pending, approved, rejected, outdated.
	Review        string
	ReviewReasons []string
	// ImageStatus is image_fetch_status: fetched, fetch_failed, outdated, no_status,
	// partial_fetch, direct_upload.
	ImageStatus string
	// Visibility is published, staging, hidden.
	Visibility string
	Flaws      []Flaw
}

// Flaw is one of an item's errors[] as Meta reads them out.
type Flaw struct {
	Kind        string `json:"kind"`     // error_type
	Priority    string `json:"priority"` // high, medium, low
	Title       string `json:"title"`
	Description string `json:"description"`
	Action      string `json:"action"` // call_to_action
}

// Usage is how much of its hour a catalog has used
// (X-Business-Use-Case-Usage).
type Usage struct {
	// Percent is the highest of calls, CPU time and time, 0 when Meta did not say.
	Percent int
	// RegainMS is how long, in milliseconds, Meta says calls are refused; 0 when
	// they are not.
	RegainMS int64
}

// Found is a catalog at Meta.
type Found struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Connected says that the WhatsApp business account shows this one.
	Connected bool `json:"connected"`
}

// Settings is what customers of a number see of the catalog.
type Settings struct {
	CartEnabled    bool `json:"cart_enabled"`
	CatalogVisible bool `json:"catalog_visible"`
}

// Accounts gives a company's WhatsApp accounts with what Meta wants to know;
// app fills it from channel. Error: fault.NotFound, also for an account of
// another channel.
type Accounts interface {
	Account(ctx context.Context, tenantID, accountID string) (Account, error)
}

// Links makes the addresses that Meta and customers open; app fills it.
type Links interface {
	// Product is the public page of a variant, https where the installation is.
	Product(tenantID, variantID string) string
	// Image is the public address of an uploaded picture.
	Image(tenantID, hash string) string
}
