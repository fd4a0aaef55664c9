package metacatalog

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/modules/listing"
)

// batch is the body of POST /{catalog}/items_batch.
type batch struct {
	Kind     string    `json:"item_type"`
	Upsert   bool      `json:"allow_upsert"`
	Requests []request `json:"requests"`
}

type request struct {
	Method string `json:"method"` // UPDATE creates what is missing
	Data   any    `json:"data"`
}

type deletion struct {
	ID string `json:"id"`
}

// item is a row's data by the names of writing. What is left out stays as it is
// at Meta; the two of the sale are always sent, since empty ends it.
type item struct {
	ID           string   `json:"id"`
	Title        string   `json:"title,omitempty"`
	Description  string   `json:"description,omitempty"`
	Availability string   `json:"availability,omitempty"`
	Condition    string   `json:"condition,omitempty"`
	Price        string   `json:"price,omitempty"`
	SalePrice    string   `json:"sale_price"`
	SaleWindow   string   `json:"sale_price_effective_date"`
	Link         string   `json:"link,omitempty"`
	Image        string   `json:"image_link,omitempty"`
	MoreImages   []string `json:"additional_image_link,omitempty"`
	Brand        string   `json:"brand,omitempty"`
	GTIN         string   `json:"gtin,omitempty"`
	Group        string   `json:"item_group_id,omitempty"`
	Color        string   `json:"color,omitempty"`
	Size         string   `json:"size,omitempty"`
	Pattern      string   `json:"pattern,omitempty"`
	Material     string   `json:"material,omitempty"`
	Attributes   string   `json:"additional_variant_attribute,omitempty"`
	Quantity     *int64   `json:"quantity_to_sell_on_facebook,omitempty"`
	ProductType  string   `json:"product_type,omitempty"`
	Label        string   `json:"custom_label_0,omitempty"`
}

// render makes the request of a row.
func render(row listing.Row) request {
	if row.Delete {
		return request{Method: "DELETE", Data: deletion{ID: row.RetailerID}}
	}
	f := row.Fields
	data := item{
		ID: row.RetailerID, Title: f.Title, Description: f.Description, Availability: f.Availability, Condition: f.Condition,
		Price: f.Price, SalePrice: f.SalePrice, SaleWindow: f.SaleWindow, Link: f.Link, Image: f.Image, MoreImages: f.MoreImages,
		Brand: f.Brand, GTIN: f.GTIN, Group: f.Group, Color: f.Color, Size: f.Size, Pattern: f.Pattern, Material: f.Material,
		Attributes: f.Attributes, ProductType: f.ProductType, Label: f.Label,
	}
	if f.Quantity >= 0 {
		data.Quantity = &f.Quantity
	}
	if len(row.Clear) == 0 {
		return request{Method: "UPDATE", Data: data}
	}
	empty := map[string]any{}
	for _, name := range row.Clear {
		switch name {
		case listing.Quantity:
			empty[name] = plenty
		case "additional_image_link":
			empty[name] = []string{}
		default:
			empty[name] = ""
		}
	}
	return request{Method: "UPDATE", Data: struct {
		item
		Empty map[string]any `json:",embed"`
	}{data, empty}}
}

// plenty stands for goods that are not counted any more: an amount, once told,
// can't be taken back.
const plenty = 9999

// Push implements listing.Meta.
func (a *Adapter) Push(ctx context.Context, acc listing.Account, catalogID string, rows []listing.Row) (listing.Pushed, error) {
	if err := need(catalogID, "catalog_id", "the catalog"); err != nil || len(rows) == 0 {
		return listing.Pushed{}, err
	}
	if len(rows) > listing.MaxRows {
		return listing.Pushed{}, tooMuch()
	}
	body := batch{Kind: "PRODUCT_ITEM", Upsert: true, Requests: make([]request, len(rows))}
	for i, row := range rows {
		body.Requests[i] = render(row)
	}
	text, err := json.Marshal(body, jsontext.AllowInvalidUTF8(true), json.Deterministic(true))
	if err != nil {
		return listing.Pushed{}, fault.Wrap(err, fault.Internal, "the batch cannot be written")
	}
	if len(text) > maxPush {
		return listing.Pushed{}, tooMuch()
	}
	call := meta.Call{Verb: http.MethodPost, Path: path(catalogID, "items_batch"), Body: text, Note: note(rows, len(text))}
	var answer pushAnswer
	usage, err := a.ask(ctx, acc, call, &answer)
	pushed := listing.Pushed{Handle: answer.handle(), Problems: answer.problems(), Usage: usage}
	return pushed, err
}

// note is what the exchange log keeps of a batch.
func note(rows []listing.Row, size int) string {
	deleted := 0
	for _, row := range rows {
		if row.Delete {
			deleted++
		}
	}
	return fmt.Sprintf("items_batch: %d rows from %s to %s, %d of them deletions, %d bytes", len(rows), rows[0].RetailerID, rows[len(rows)-1].RetailerID, deleted, size)
}

type remark struct {
	Message string `json:"message"`
}

type pushAnswer struct {
	Handles    []meta.Text `json:"handles"`
	Validation []struct {
		RetailerID meta.Text `json:"retailer_id"`
		Errors     []remark  `json:"errors"`
		Warnings   []remark  `json:"warnings"`
	} `json:"validation_status"`
}

// handle is the only one there is; none when nothing was taken.
func (p pushAnswer) handle() string {
	if len(p.Handles) == 0 {
		return ""
	}
	return string(p.Handles[0])
}

// problems leaves out rows about which nothing is said.
func (p pushAnswer) problems() []listing.Problem {
	var problems []listing.Problem
	for _, row := range p.Validation {
		if len(row.Errors)+len(row.Warnings) > 0 {
			problems = append(problems, listing.Problem{RetailerID: string(row.RetailerID), Errors: texts(row.Errors), Warnings: texts(row.Warnings)})
		}
	}
	return problems
}

func texts(remarks []remark) []string {
	var list []string
	for _, one := range remarks {
		list = append(list, one.Message)
	}
	return list
}

// Check implements listing.Meta.
func (a *Adapter) Check(ctx context.Context, acc listing.Account, catalogID, handle string) (listing.Checked, error) {
	if err := need(catalogID, "catalog_id", "the catalog"); err != nil {
		return listing.Checked{}, err
	}
	if err := need(handle, "handle", "the handle"); err != nil {
		return listing.Checked{}, err
	}
	var answer struct {
		Data []status `json:"data"`
	}
	query := url.Values{"handle": {handle}, "load_ids_of_invalid_requests": {"true"}, "fields": {"status,errors,errors_total_count,warnings,ids_of_invalid_requests"}}
	usage, err := a.get(ctx, acc, catalogID, "check_batch_request_status", query, &answer)
	switch {
	case isUnknown(err):
		return listing.Checked{Usage: usage}, fault.New(fault.NotFound, "Meta does not know the batch any more")
	case err != nil:
		return listing.Checked{Usage: usage}, err
	case len(answer.Data) == 0:
		return listing.Checked{Usage: usage}, fault.New(fault.NotFound, "Meta says nothing of the batch")
	}
	checked := answer.Data[0].checked()
	checked.Usage = usage
	return checked, nil
}

// status is the only element of a check.
type status struct {
	Status   string      `json:"status"`
	Errors   []lineNote  `json:"errors"`
	Warnings []lineNote  `json:"warnings"`
	Invalid  []meta.Text `json:"ids_of_invalid_requests"`
}

type lineNote struct {
	ID      meta.Text `json:"id"`
	Message string    `json:"message"`
}

// works are Meta's words for how far a batch is. One that is new counts as
// running: it is asked for again, and the read-back tells in the end.
var works = map[string]listing.Work{"finished": listing.WorkFinished, "error": listing.WorkFailed, "canceled": listing.WorkFailed}

func (s status) checked() listing.Checked {
	checked := listing.Checked{Status: listing.WorkRunning}
	if work, known := works[strings.ToLower(s.Status)]; known {
		checked.Status = work
	}
	place := map[meta.Text]int{}
	of := func(id meta.Text) *listing.Problem {
		at, known := place[id]
		if !known {
			at = len(checked.Problems)
			place[id] = at
			checked.Problems = append(checked.Problems, listing.Problem{RetailerID: string(id)})
		}
		return &checked.Problems[at]
	}
	for _, one := range s.Errors {
		problem := of(one.ID)
		problem.Errors = append(problem.Errors, one.Message)
	}
	for _, one := range s.Warnings {
		problem := of(one.ID)
		problem.Warnings = append(problem.Warnings, one.Message)
	}
	for _, id := range s.Invalid {
		checked.Invalid = append(checked.Invalid, string(id))
	}
	return checked
}
