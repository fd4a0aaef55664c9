package focus

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"prosa/internal/modules/finops/exact"
)

// Limits bound what is read of one file.
type Limits struct {
	Rows  int64
	Bytes int64 // unpacked
}

// Row is a row of the bill, checked. It is valid until the next is read, save
// its texts, which stay.
type Row struct {
	// Number is 1 for the first below the header.
	Number int64
	// Text holds every column as the file has it, tidied: null is empty, as is a
	// quantity that was left out, listed values are spelled as listed, tags are
	// compact JSON with keys in order.
	Text [Columns]string

	Billed, Effective, List, Contracted exact.Amount
	// Consumed and Priced are zero where the file has null.
	Consumed, Priced exact.Amount

	// The periods in milliseconds UTC; the end is not included.
	BillingFromMS, BillingToMS int64
	FromMS, ToMS               int64

	// Tags as JSON has them: a value that is no text stands as JSON. It is shared:
	// do not change it.
	Tags map[string]string
}

// Reader reads a bill row by row.
type Reader struct {
	table   table
	limits  Limits
	format  string
	version string
	// place is the column of each cell, -1 for what FOCUS does not know.
	place   []Column
	present [Columns]bool
	binary  [Columns]bool

	row      Row
	findings findings
	failed   error

	times      map[string]moment
	tags       map[string]tagSet
	currencies map[invoiceKey]string
	billed     map[string]string // billing account -> currency seen first
}

type invoiceKey struct{ account, invoice string }

// cacheMost bounds what is remembered of texts that repeat.
const cacheMost = 50_000

// Open begins to read a file, whatever of the forms it has. Error: *Refusal.
func Open(file io.ReaderAt, size int64, limits Limits) (*Reader, error) {
	r := &Reader{limits: limits, findings: findings{}, times: map[string]moment{}, tags: map[string]tagSet{}, currencies: map[invoiceKey]string{}, billed: map[string]string{}}
	if err := r.open(file, size); err != nil {
		return nil, err
	}
	if err := r.readHeader(); err != nil {
		return nil, errors.Join(err, r.table.close())
	}
	return r, nil
}

func (r *Reader) open(file io.ReaderAt, size int64) (err error) {
	var mark [4]byte
	n, err := file.ReadAt(mark[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	section := io.NewSectionReader(file, 0, size)
	switch {
	case n == 4 && string(mark[:]) == "PAR1":
		r.format = "parquet"
		r.table, err = openParquet(file, size, r.limits, r.findings)
	case n >= 2 && mark[0] == 0x1f && mark[1] == 0x8b:
		r.format = "csv.gz"
		r.table, err = asTable(openCSV(section, true, r.limits))
	default:
		r.format = "csv"
		r.table, err = asTable(openCSV(section, false, r.limits))
	}
	return err
}

func asTable(t *csvTable, err error) (table, error) {
	if err != nil {
		return nil, err
	}
	return t, nil
}

// readHeader finds the columns and what version they are of.
func (r *Reader) readHeader() error {
	seen := map[string]bool{}
	for i, name := range r.table.header() {
		if !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
			return &Refusal{Rule: BadText, Message: "the header is not text"}
		}
		if seen[name] {
			return &Refusal{Column: clip(name), Rule: DoubledColumn, Message: "stands twice in the header"}
		}
		seen[name] = true
		column := columnOf(name)
		r.place = append(r.place, column)
		if column < 0 {
			if !strings.HasPrefix(name, "x_") {
				r.findings.note(ForeignColumn, clip(name), 0, "")
			}
			continue
		}
		r.present[column] = true
		r.binary[column] = r.table.binary(i)
	}
	for _, column := range essential {
		if !r.present[column] {
			return &Refusal{Column: column.String(), Rule: MissingColumn, Message: "the column is missing"}
		}
	}
	if !r.present[ProviderName] && !r.present[ServiceProviderName] {
		return &Refusal{Column: ProviderName.String(), Rule: MissingColumn, Message: "the column is missing, and ServiceProviderName too"}
	}
	for _, column := range mandatory {
		if !r.present[column] {
			r.findings.note(ColumnAbsent, column.String(), 0, "")
		}
	}
	r.version = versionOf(&r.present)
	return nil
}

// After has the reader go on where another file of the same bill ended: an invoice
// has one currency in all of them. It is called before the first row.
func (r *Reader) After(before *Reader) { r.currencies, r.billed = before.currencies, before.billed }

// Format gives csv, csv.gz or parquet.
func (r *Reader) Format() string { return r.format }

// Version gives the version of FOCUS that the columns show.
func (r *Reader) Version() string { return r.version }

// Findings gives what was odd in the rows so far.
func (r *Reader) Findings() []Finding { return r.findings.list() }

// Close lets go of what Open took; the file stays open.
func (r *Reader) Close() error { return r.table.close() }

// Next gives the next row, or io.EOF. An error is a *Refusal, or of the file
// below. Behind a row that was refused for what stands in it, reading may go on.
func (r *Reader) Next() (*Row, error) {
	if r.failed != nil {
		return nil, r.failed
	}
	cells, err := r.table.next()
	if err != nil {
		if errors.Is(err, io.EOF) && r.row.Number == 0 {
			err = &Refusal{Rule: NoRows, Message: "the bill has no rows"}
		}
		r.failed = err
		return nil, err
	}
	number := r.row.Number + 1
	if number > r.limits.Rows {
		r.failed = &Refusal{Row: number, Rule: TooLarge, Message: "the file has more rows than allowed"}
		return nil, r.failed
	}
	r.row = Row{Number: number}
	if err := r.fill(cells); err != nil {
		return nil, err
	}
	return &r.row, nil
}

func (r *Reader) refuse(column Column, rule Rule, message string) error {
	return &Refusal{Row: r.row.Number, Column: column.String(), Rule: rule, Message: message}
}

func (r *Reader) note(rule Rule, column Column, sample string) {
	r.findings.note(rule, column.String(), r.row.Number, sample)
}

// fill makes the row of its cells.
func (r *Reader) fill(cells []string) error {
	for i, cell := range cells {
		column := r.place[i]
		if column < 0 || cell == "" {
			continue
		}
		if cell == "NULL" || cell == "null" {
			r.note(NullWord, column, "")
			continue
		}
		if !utf8.ValidString(cell) || strings.IndexByte(cell, 0) >= 0 {
			return r.refuse(column, BadText, "holds a byte that is no text")
		}
		r.row.Text[column] = cell
	}
	for _, step := range []func() error{r.checkChoices, r.readCosts, r.readPeriods, r.readTags, r.checkCurrency} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// needed columns are never null.
var needed = []Column{BillingAccountID, BillingCurrency, ChargeCategory, ServiceName, ServiceCategory}

func (r *Reader) checkChoices() error {
	for _, column := range needed {
		if r.row.Text[column] == "" {
			return r.refuse(column, UnexpectedNull, "may not be null")
		}
	}
	for _, choice := range choices {
		text := r.row.Text[choice.column]
		if text == "" {
			continue
		}
		value, listed, same := choice.pick(text)
		switch {
		case listed && same:
		case listed:
			r.note(ValueCase, choice.column, text)
			r.row.Text[choice.column] = value
		case choice.strict:
			return r.refuse(choice.column, BadValue, quoted(text)+" is not one of "+strings.Join(choice.values, ", "))
		default:
			r.note(ValueUnknown, choice.column, text)
		}
	}
	return nil
}

func quoted(text string) string { return "'" + clip(text) + "'" }

func (r *Reader) readCosts() error {
	for _, cost := range []struct {
		column   Column
		into     *exact.Amount
		nullable bool
	}{{BilledCost, &r.row.Billed, false}, {EffectiveCost, &r.row.Effective, false}, {ListCost, &r.row.List, true}, {ContractedCost, &r.row.Contracted, true}} {
		text := r.row.Text[cost.column]
		if text == "" {
			if !cost.nullable {
				return r.refuse(cost.column, UnexpectedNull, "may not be null")
			}
			r.note(NullCost, cost.column, "")
			continue
		}
		amount, err := r.number(cost.column, text)
		if err != nil {
			return r.refuse(cost.column, BadNumber, messageOf(err))
		}
		*cost.into = amount
	}
	for _, quantity := range []struct {
		column Column
		into   *exact.Amount
	}{{ConsumedQuantity, &r.row.Consumed}, {PricingQuantity, &r.row.Priced}} {
		text := r.row.Text[quantity.column]
		if text == "" {
			continue
		}
		amount, err := r.number(quantity.column, text)
		if err != nil {
			if !looksNumeric(text) {
				return r.refuse(quantity.column, BadNumber, messageOf(err))
			}
			r.note(QuantityLost, quantity.column, text)
			r.row.Text[quantity.column] = "" // not known here, which is not 0
			continue
		}
		*quantity.into = amount
	}
	if r.row.List.Sign() > 0 && r.row.Contracted.Cmp(r.row.List) > 0 {
		r.note(CostDisordered, ContractedCost, r.row.Text[ContractedCost])
	}
	return nil
}

// looksNumeric reports whether a text that is no Amount is a number at all.
func looksNumeric(text string) bool {
	digits := false
	for i, c := range []byte(text) {
		switch {
		case c >= '0' && c <= '9':
			digits = true
		case c == '.', (c == '-' || c == '+') && (i == 0 || text[i-1] == 'e' || text[i-1] == 'E'), (c == 'e' || c == 'E') && digits:
		default:
			return false
		}
	}
	return digits
}

func (r *Reader) number(column Column, text string) (exact.Amount, error) {
	if !r.binary[column] {
		return exact.Parse(text)
	}
	amount, rounded, err := exact.ParseRounded(text)
	if rounded {
		r.note(Rounded, column, text)
	}
	return amount, err
}

// checkCurrency holds the currency against ISO 4217's form, and an invoice to
// one of them.
func (r *Reader) checkCurrency() error {
	currency := r.row.Text[BillingCurrency]
	if len(currency) != 3 || strings.Trim(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return r.refuse(BillingCurrency, BadCurrency, quoted(currency)+" is no currency of ISO 4217")
	}
	account, invoice := r.row.Text[BillingAccountID], r.row.Text[InvoiceID]
	if first, known := r.billed[account]; !known && len(r.billed) < cacheMost {
		r.billed[strings.Clone(account)] = strings.Clone(currency)
	} else if known && first != currency {
		r.note(MixedCurrency, BillingCurrency, currency)
	}
	if invoice == "" {
		return nil
	}
	key := invoiceKey{account, invoice}
	if first, known := r.currencies[key]; !known && len(r.currencies) < cacheMost {
		r.currencies[invoiceKey{strings.Clone(account), strings.Clone(invoice)}] = strings.Clone(currency)
	} else if known && first != currency {
		return r.refuse(BillingCurrency, TwoCurrencies, "invoice "+quoted(invoice)+" is in "+first+" and in "+currency)
	}
	return nil
}

// Has reports whether the file has a column.
func (r *Reader) Has(column Column) bool { return r.present[column] }

// Provider gives who provided the service, by whichever column says it.
func (row *Row) Provider() string {
	if provider := row.Text[ServiceProviderName]; provider != "" {
		return provider
	}
	return row.Text[ProviderName]
}

// Tag gives the value of the first of the keys that the row is tagged with;
// providers put a prefix in front of a customer's keys.
func (row *Row) Tag(keys ...string) string {
	for _, key := range keys {
		for _, prefix := range []string{"", "user:", "user_"} {
			if value, there := row.Tags[prefix+key]; there {
				return value
			}
		}
	}
	return ""
}
