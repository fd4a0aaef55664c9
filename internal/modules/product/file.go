package product

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
)

// Limits of a file of products.
const (
	MaxFile = 16 << 20 // bytes
	maxRows = 20_000
)

// Flaw is what is wrong with a cell of a file.
type Flaw struct {
	Row     int    `json:"row" doc:"As a spreadsheet counts: the headers are row 1."`
	Column  string `json:"column" doc:"The header, empty when it is about the row."`
	Message string `json:"message"`
}

// dialect is whose headers a file has.
type dialect struct {
	name string
	// columns map a folded header to our field.
	columns map[string]string
}

// dialects are told apart by a header that only one of them has. Sources: Meta,
// "Catalog feed fields"; Shopify, "Using CSV files to import and export
// products". A Shopify price is the sale price where "Compare At" is set.
var dialects = []struct {
	by string
	dialect
}{
	{"variant sku", dialect{"shopify", map[string]string{
		"handle": "handle", "title": "name", "body (html)": "description", "vendor": "brand", "type": "category", "product category": "",
		"published": "", "status": "state", "option1 name": "option1_name", "option1 value": "option1_value", "option2 name": "option2_name",
		"option2 value": "option2_value", "option3 name": "option3_name", "option3 value": "option3_value", "variant sku": "sku", "variant grams": "weight_g",
		"variant inventory qty": "stock", "variant price": "price", "variant compare at price": "compare_price", "image src": "image_url",
		"variant barcode": "barcode", "variant image": "variant_image_url",
	}}},
	{"availability", dialect{"meta", map[string]string{
		"id": "sku", "title": "name", "description": "description", "price": "price", "sale_price": "sale_price", "sale_price_effective_date": "sale_window",
		"image_link": "image_url", "additional_image_link": "more_image_urls", "brand": "brand", "item_group_id": "handle", "color": "color", "size": "size",
		"material": "material", "quantity_to_sell_on_facebook": "stock", "inventory": "stock", "product_type": "category", "gtin": "barcode", "status": "state",
		"availability": "availability",
	}}},
	{"sku", dialect{"prosa", nil}},
}

// ours are the headers of our own files, in the order of an export.
var ours = []string{
	"handle", "name", "description", "brand", "category", "state", "option1_name", "option1_value", "option2_name", "option2_value", "option3_name",
	"option3_value", "sku", "barcode", "price", "sale_price", "sale_from", "sale_to", "stock", "tracked", "weight_g", "max_per_order", "ncm", "image_url",
	"more_image_urls",
}

// sheet is a file that was read: products with the row where each began, and
// what is wrong.
type sheet struct {
	dialect  string
	rows     int
	products []draft
	flaws    []Flaw
}

// draft is a product of a file. The category is its name yet.
type draft struct {
	Product
	row      int
	category string
	counted  map[string]bool // SKUs whose stock the file tells
	flawed   bool
}

// readFile reads a file of products, with commas or semicolons (as a Brazilian
// spreadsheet writes them), with or without a byte order mark. Error:
// fault.Invalid for what is no such file at all; all else is in the flaws.
func readFile(content io.Reader) (*sheet, error) {
	raw, err := io.ReadAll(io.LimitReader(content, MaxFile+1))
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the file could not be read")
	}
	if len(raw) > MaxFile {
		return nil, fault.New(fault.TooLarge, "a file of products has at most %d bytes", MaxFile)
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	reader := csv.NewReader(bytes.NewReader(raw))
	reader.FieldsPerRecord, reader.LazyQuotes = -1, true
	reader.Comma = separator(raw)
	header, err := reader.Read()
	if err != nil {
		return nil, fault.OnField("file", "the file has no row of headers")
	}
	s := &sheet{}
	columns, err := s.columns(header)
	if err != nil {
		return nil, err
	}
	byHandle := map[string]int{}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		s.rows++
		line := s.rows + 1
		if err != nil {
			s.flaws = append(s.flaws, Flaw{line, "", "the row is no CSV"})
			continue
		}
		if s.rows > maxRows {
			return nil, fault.New(fault.TooLarge, "a file of products has at most %d rows", maxRows)
		}
		cells := map[string]string{}
		for i, cell := range record {
			if i < len(columns) && columns[i] != "" {
				if text := plainCell(cell); text != "" || cells[columns[i]] == "" {
					cells[columns[i]] = text
				}
			}
		}
		s.take(line, cells, header, columns, byHandle)
	}
}

// separator is what the first line has more of.
func separator(raw []byte) rune {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	best, most := ',', bytes.Count(line, []byte(","))
	for _, candidate := range ";\t" {
		if n := bytes.Count(line, []byte(string(candidate))); n > most {
			best, most = candidate, n
		}
	}
	return best
}

// columns maps the headers of the file to our fields; one that nobody knows is
// left out.
func (s *sheet) columns(header []string) ([]string, error) {
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = strings.ToLower(strings.TrimSpace(name))
	}
	for _, d := range dialects {
		if !slices.Contains(names, d.by) {
			continue
		}
		s.dialect = d.name
		fields := make([]string, len(names))
		for i, name := range names {
			if d.columns != nil {
				fields[i] = d.columns[name]
			} else if slices.Contains(ours, name) {
				fields[i] = name
			}
		}
		return fields, nil
	}
	return nil, fault.OnField("file", "the headers are neither ours (sku, name, price) nor those of Meta (id, title, availability) or Shopify (Handle, Variant SKU)")
}

// take adds a row: a variant, and with it a product when its handle is new.
func (s *sheet) take(line int, cells map[string]string, header, columns []string, byHandle map[string]int) {
	if !slices.ContainsFunc(columns, func(c string) bool { return cells[c] != "" }) {
		return // an empty line
	}
	var d *draft
	flaw := func(field, message string) {
		d.flawed = true
		column := field
		if i := slices.Index(columns, field); i >= 0 {
			column = header[i]
		}
		s.flaws = append(s.flaws, Flaw{line, column, message})
	}
	if s.dialect == "meta" {
		metaOptions(cells)
	}
	handle := cells["handle"]
	if handle == "" {
		handle = cells["sku"]
	}
	i, known := byHandle[handle]
	if !known || handle == "" {
		i = len(s.products)
		byHandle[handle] = i
		s.products = append(s.products, draft{row: line, counted: map[string]bool{}, Product: Product{
			Handle: handle, Name: cells["name"], Description: cells["description"], Brand: cells["brand"], NCM: cells["ncm"], State: stateOf(cells["state"]),
		}, category: cells["category"]})
		for _, name := range []string{"option1_name", "option2_name", "option3_name"} {
			// Shopify writes a product without options as one option "Title".
			if cells[name] != "" && !(cells[name] == "Title" && cells["option1_value"] == "Default Title") {
				s.products[i].Options = append(s.products[i].Options, cells[name])
			}
		}
	}
	d = &s.products[i]
	d.images(cells)
	if cells["sku"] == "" {
		if !known || cells["image_url"] == "" { // Shopify: a row that only adds a picture
			flaw("sku", "a variant needs a SKU")
		}
		return
	}
	d.Variants = append(d.Variants, variantOf(cells, len(d.Options), flaw))
	d.counted[cells["sku"]] = cells["stock"] != ""
}

// images adds the pictures that a row names, each once.
func (d *draft) images(cells map[string]string) {
	for _, address := range append([]string{cells["image_url"]}, strings.Split(cells["more_image_urls"], ",")...) {
		address = strings.TrimSpace(address)
		if address != "" && len(d.Images) < MaxImages && !slices.ContainsFunc(d.Images, func(i Image) bool { return i.URL == address }) {
			d.Images = append(d.Images, Image{URL: address})
		}
	}
}

// metaOptions makes options of Meta's fixed attributes.
func metaOptions(cells map[string]string) {
	n := 0
	for _, name := range []string{"color", "size", "material"} {
		if cells[name] != "" {
			n++
			cells["option"+strconv.Itoa(n)+"_name"], cells["option"+strconv.Itoa(n)+"_value"] = name, cells[name]
		}
	}
}

func stateOf(text string) State {
	switch strings.ToLower(text) {
	case "draft", "rascunho":
		return Draft
	case "archived", "arquivado":
		return Archived
	default:
		return Active
	}
}

// variantOf reads the cells of a variant and tells what it could not read.
func variantOf(cells map[string]string, options int, flaw func(field, message string)) Variant {
	v := Variant{SKU: cells["sku"], Barcode: cells["barcode"], Tracked: true, Options: []string{}, Currency: money.BRL}
	for _, name := range []string{"option1_value", "option2_value", "option3_value"}[:options] {
		v.Options = append(v.Options, cells[name])
	}
	amount := func(field string) money.Amount {
		if cells[field] == "" {
			return 0
		}
		got, currency, err := money.ParsePrice(cells[field])
		if err != nil {
			flaw(field, "not a price, such as 49,90")
		} else if currency != "" && currency != money.BRL {
			flaw(field, "the currency must be BRL")
		}
		return got
	}
	number := func(field string) int64 {
		if cells[field] == "" {
			return 0
		}
		got, err := strconv.ParseInt(cells[field], 10, 64)
		if err != nil || got < 0 || got > maxQuantity {
			flaw(field, "not a whole number from 0 on")
			return 0
		}
		return got
	}
	moment := func(field, text string) int64 {
		if text == "" {
			return 0
		}
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700", "2006-01-02T15:04", "2006-01-02"} {
			if at, err := time.Parse(layout, text); err == nil {
				return max(at.UnixMilli(), 0)
			}
		}
		flaw(field, "not a time, such as 2026-12-24T18:00:00-03:00")
		return 0
	}
	if v.Price = amount("price"); cells["price"] == "" {
		flaw("price", "a variant needs a price")
	}
	v.SalePrice = amount("sale_price")
	if list := amount("compare_price"); list > v.Price {
		v.Price, v.SalePrice = list, v.Price
	}
	if v.SalePrice > 0 && v.SalePrice >= v.Price {
		flaw("sale_price", "a sale price is below the list price")
	}
	v.SaleFromMS, v.SaleToMS = moment("sale_from", cells["sale_from"]), moment("sale_to", cells["sale_to"])
	if from, to, ok := strings.Cut(cells["sale_window"], "/"); ok {
		v.SaleFromMS, v.SaleToMS = moment("sale_window", from), moment("sale_window", to)
	}
	v.OnHand, v.WeightG, v.MaxPerOrder = number("stock"), number("weight_g"), number("max_per_order")
	if tracked := strings.ToLower(cells["tracked"]); tracked == "false" || tracked == "no" || tracked == "não" || tracked == "0" || cells["availability"] == "available for order" {
		v.Tracked = false
	}
	if address := cells["variant_image_url"]; address != "" {
		v.Image = &Image{URL: address}
	}
	return v
}

// plainCell undoes what guards a cell against being run as a formula.
func plainCell(cell string) string {
	cell = strings.TrimSpace(cell)
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte("=+-@\t", cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}

// guardedCell keeps a spreadsheet from running a text as a formula (CWE-1236).
func guardedCell(text string) string {
	if text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0 {
		return "'" + text
	}
	return text
}
