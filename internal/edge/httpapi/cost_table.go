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
// Fields of structs within are named after both, those of a list within make a
// row for each of its elements.
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
			columns = append(columns, tableColumns(inner.Elem(), prefix+names[i]+"_")...)
		default:
			columns = append(columns, tableColumns(inner, prefix+names[i]+"_")...)
		}
	}
	return columns
}

// tableRecords gives the rows of a value: one, or as many as the list in it has
// elements.
func tableRecords(v reflect.Value) [][]string {
	records := [][]string{{}}
	extend := func(cells ...[]string) {
		var next [][]string
		for _, record := range records {
			for _, more := range cells {
				next = append(next, append(append([]string{}, record...), more...))
			}
		}
		records = next
	}
	fields, _ := tableFields(v.Type())
	for _, field := range fields {
		value, inner := v.FieldByIndex(field.Index), pointed(field.Type)
		missing := value.Kind() == reflect.Pointer && value.IsNil()
		if value.Kind() == reflect.Pointer && !missing {
			value = value.Elem()
		}
		switch {
		case missing && plainCell(inner):
			extend([]string{""})
		case missing:
			extend(make([]string, len(tableColumns(inner, ""))))
		case plainCell(inner):
			extend([]string{tableCell(value)})
		case inner.Kind() == reflect.Slice && value.Len() == 0:
			extend(make([]string, len(tableColumns(inner.Elem(), ""))))
		case inner.Kind() == reflect.Slice:
			var several [][]string
			for i := range value.Len() {
				several = append(several, tableRecords(value.Index(i))...)
			}
			extend(several...)
		default:
			extend(tableRecords(value)...)
		}
	}
	return records
}

// tableCell spells a value; a comma stands before decimals, and no text is taken
// for a formula.
func tableCell(v reflect.Value) string {
	switch value := v.Interface().(type) {
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
