package httpapi

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/exact"
)

// costDecimal is an exact amount in a body.
type costDecimal = exact.Amount

func (a *api) registerCostTable() {
	handle(a, costs("export-cost-table", "/tables/{table}", "A table as CSV with semicolons, as spreadsheets here take it; the query is that of the table's own list."), a.costTable)
	handle(a, costs("export-cost-focus", "/focus", "A month of the ledger as FOCUS 1.3, CSV: what companies share is split, and the parts of a charge sum to it."), func(ctx context.Context, in *costMonth) (*huma.StreamResponse, error) {
		file := bounded{room: mostCostFile}
		if err := a.deps.Costs.Export(ctx, in.Month, &file); err != nil {
			return nil, err
		}
		return costFile(fmt.Sprintf("focus-1.3-%d.csv", in.Month), &file.Buffer), nil
	})
}

// mostCostFile is how large a file is made for a browser, in bytes: it is kept in
// memory, and a charge has a row for each company that bears it.
const mostCostFile = 64 << 20

// bounded is a buffer that takes so many bytes.
type bounded struct {
	bytes.Buffer
	room int
}

// Write implements io.Writer. Error: fault.TooLarge.
func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.room {
		return 0, fault.New(fault.TooLarge, "the month is too large to be sent here: take 'prosa finops export'")
	}
	return b.Buffer.Write(p)
}

// costFile is written whole before it is sent: a file is never cut off.
func costFile(name string, file *bytes.Buffer) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		_, writer := humago.Unwrap(ctx)
		writer.Header().Set("Content-Type", "text/csv; charset=utf-8")
		writer.Header().Set("Content-Disposition", dispositionOf("attachment", name))
		writer.Header().Set("Cache-Control", "no-store")
		_, _ = writer.Write(file.Bytes()) // the browser went away: nobody is left to be told
	}}
}

// costTableInput is the query of any table; what a table does not ask for is not
// looked at.
type costTableInput struct {
	Table string `path:"table" enum:"matrix,services,resources,days,idle,companies,units,budgets,savings,rates,fees,rules,accounts"`
	CostFilter
	Month int64  `query:"month" minimum:"0" doc:"yyyymm"`
	Idle  string `query:"idle" enum:"apart,spread" default:"apart"`
	First string `query:"first" maxLength:"10" doc:"Of rates: the first day."`
	Last  string `query:"last" maxLength:"10" doc:"Of rates: the last day."`
}

func (a *api) costTable(ctx context.Context, in *costTableInput) (*huma.StreamResponse, error) {
	rows, err := a.costRows(ctx, in)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	if err := writeTable(&file, rows); err != nil {
		return nil, err
	}
	return costFile("custos-"+in.Table+".csv", &file), nil
}

// costRows gives the rows of a table: a slice of structs.
func (a *api) costRows(ctx context.Context, in *costTableInput) (any, error) {
	c, filter := a.deps.Costs, in.filter()
	currency := in.Currency
	if currency == "" {
		currency = "BRL"
	}
	switch in.Table {
	case "matrix":
		return c.Matrix(ctx, filter)
	case "services":
		return c.Services(ctx, filter)
	case "resources":
		return c.Resources(ctx, filter, 500)
	case "days":
		return c.Daily(ctx, filter)
	case "idle":
		return c.Idle(ctx, filter)
	case "companies":
		out, err := c.Companies(ctx, in.Month, currency, in.Idle == "spread")
		return out.Items, err
	case "units":
		return c.Units(ctx, in.From, in.To, currency)
	case "budgets":
		return c.Budgets(ctx, in.Month)
	case "savings":
		return c.Savings(ctx)
	case "rates":
		return c.Rates(ctx, in.First, in.Last)
	case "fees":
		return c.Fees(ctx)
	case "rules":
		return c.Rules(ctx)
	case "accounts":
		return c.Accounts(ctx)
	default:
		return nil, fault.New(fault.NotFound, "there is no such table")
	}
}

// writeTable writes a slice of structs as CSV: UTF-8 with a mark and semicolons.
// Fields of structs within are named after both, with a point between, those of a
// list within make a row for each of its elements. Numbers of the whole stand in the
// first of those rows alone: a column can be added up.
func writeTable(w io.Writer, rows any) error {
	list := reflect.ValueOf(rows)
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	if err := out.Write(tableColumns(list.Type().Elem(), "")); err != nil {
		return err
	}
	for i := range list.Len() {
		for _, record := range tableRecords(list.Index(i)) {
			if err := out.Write(record); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// tableFields gives the fields of a struct that a table shows.
func tableFields(t reflect.Type) (fields []reflect.StructField, names []string) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "-" || name == "" && !field.Anonymous {
			continue
		}
		fields, names = append(fields, field), append(names, name)
	}
	return fields, names
}

// plainCell reports whether values of a type fill one cell.
func plainCell(t reflect.Type) bool {
	return t == reflect.TypeFor[exact.Amount]() || t.Kind() != reflect.Struct && t.Kind() != reflect.Slice
}

func pointed(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func tableColumns(t reflect.Type, prefix string) (columns []string) {
	fields, names := tableFields(t)
	for i, field := range fields {
		inner := pointed(field.Type)
		switch {
		case plainCell(inner):
			columns = append(columns, prefix+names[i])
		case field.Anonymous:
			columns = append(columns, tableColumns(inner, prefix)...)
		case inner.Kind() == reflect.Slice:
			columns = append(columns, tableColumns(inner.Elem(), prefix+names[i]+".")...)
		default:
			columns = append(columns, tableColumns(inner, prefix+names[i]+".")...)
		}
	}
	return columns
}

// tablePart is what a field gives to the rows of its struct: cells for each, or one
// set of cells that all of them have.
type tablePart struct {
	rows [][]string
	once bool // stands in the first row alone
}

// tableRecords gives the rows of a value: one, or as many as the list in it has
// elements.
func tableRecords(v reflect.Value) (records [][]string) {
	fields, names := tableFields(v.Type())
	parts, count := make([]tablePart, len(fields)), 1
	for i, field := range fields {
		parts[i] = tablePartOf(field, names[i], v.FieldByIndex(field.Index))
		count *= len(parts[i].rows)
	}
	for k := range count {
		var record []string
		turns := count
		for _, part := range parts {
			turns /= len(part.rows)
			cells := part.rows[k/turns%len(part.rows)]
			if part.once && k > 0 {
				cells = make([]string, len(cells))
			}
			record = append(record, cells...)
		}
		records = append(records, record)
	}
	return records
}

func tablePartOf(field reflect.StructField, name string, value reflect.Value) tablePart {
	inner := pointed(field.Type)
	missing := value.Kind() == reflect.Pointer && value.IsNil()
	if value.Kind() == reflect.Pointer && !missing {
		value = value.Elem()
	}
	switch {
	case plainCell(inner) && missing:
		return tablePart{rows: [][]string{{""}}}
	case plainCell(inner):
		return tablePart{rows: [][]string{{tableCell(name, value)}}, once: counts(name, inner)}
	case missing:
		return tablePart{rows: [][]string{make([]string, len(tableColumns(inner, "")))}}
	case inner.Kind() == reflect.Slice && value.Len() == 0:
		return tablePart{rows: [][]string{make([]string, len(tableColumns(inner.Elem(), "")))}}
	case inner.Kind() == reflect.Slice:
		var list tablePart
		for i := range value.Len() {
			list.rows = append(list.rows, tableRecords(value.Index(i))...)
		}
		return list
	default:
		return tablePart{rows: tableRecords(value), once: !field.Anonymous}
	}
}

// counts reports that a cell is a number that somebody may add up: times are none.
func counts(name string, t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool:
		return false
	case reflect.Int64:
		return !isMonth(name) && !isDay(name) && !isMoment(name)
	default:
		return true
	}
}

func isMonth(name string) bool  { return name == "month" || strings.HasSuffix(name, "_month") }
func isDay(name string) bool    { return name == "day" || strings.HasSuffix(name, "_day") }
func isMoment(name string) bool { return strings.HasSuffix(name, "_ms") }

// tableCell spells a value; a comma stands before decimals, days and times are
// written out (0 is none), and no text is taken for a formula.
func tableCell(name string, v reflect.Value) string {
	switch value := v.Interface().(type) {
	case int64:
		if value == 0 && (isDay(name) || isMoment(name)) {
			return ""
		}
		if isDay(name) {
			return time.Unix(value*24*3600, 0).UTC().Format(time.DateOnly)
		}
		if isMoment(name) {
			return time.UnixMilli(value).UTC().Format(time.RFC3339)
		}
	case exact.Amount:
		return strings.Replace(value.String(), ".", ",", 1)
	case bool:
		return strconv.FormatBool(value)
	case float64:
		return strings.Replace(strconv.FormatFloat(value, 'f', -1, 64), ".", ",", 1)
	}
	text := fmt.Sprint(v.Interface())
	if v.Kind() == reflect.String && text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
