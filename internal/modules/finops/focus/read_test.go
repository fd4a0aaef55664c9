package focus

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/fault"
)

var usual = Limits{Rows: 100_000, Bytes: 64 << 20}

// good is a row of a bill in which nothing is odd.
func good() map[string]string {
	return map[string]string{
		"ProviderName": "AWS", "BillingAccountId": "payer", "BillingAccountName": "Payer", "SubAccountId": "111111111111", "InvoiceIssuerName": "AWS", "BillingCurrency": "USD",
		"BillingPeriodStart": "2026-10-01T00:00:00Z", "BillingPeriodEnd": "2026-11-01T00:00:00Z", "ChargePeriodStart": "2026-10-05T00:00:00Z", "ChargePeriodEnd": "2026-10-06T00:00:00Z",
		"ChargeCategory": "Usage", "ChargeClass": "", "ChargeDescription": "an hour", "BilledCost": "1.5", "EffectiveCost": "1.5", "ListCost": "2", "ContractedCost": "1.5",
		"PricingQuantity": "1", "PricingUnit": "Hours", "ServiceCategory": "Compute", "ServiceName": "Amazon ECS", "Tags": `{"a":"b"}`, "ConsumedQuantity": "24", "InvoiceId": "inv-1",
	}
}

// table writes rows as CSV, with the columns in the order of their names.
func tableOf(t testing.TB, rows ...map[string]string) []byte {
	t.Helper()
	columns := slices.Sorted(maps.Keys(rows[0]))
	var text bytes.Buffer
	writer := csv.NewWriter(&text)
	all := [][]string{columns}
	for _, row := range rows {
		cells := make([]string, len(columns))
		for i, column := range columns {
			cells[i] = row[column]
		}
		all = append(all, cells)
	}
	if err := writer.WriteAll(all); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func with(column, value string) map[string]string {
	row := good()
	row[column] = value
	return row
}

func without(column string) map[string]string {
	row := good()
	delete(row, column)
	return row
}

func pack(t testing.TB, content []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// readAll reads a file to its end or to the first refusal.
func readAll(content []byte, limits Limits) (rows []Row, reader *Reader, err error) {
	reader, err = Open(bytes.NewReader(content), int64(len(content)), limits)
	if err != nil {
		return nil, nil, err
	}
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return rows, reader, reader.Close()
		}
		if err != nil {
			return rows, reader, errors.Join(err, reader.Close())
		}
		rows = append(rows, *row)
	}
}

func TestAGoodRow(t *testing.T) {
	plain := tableOf(t, good())
	for name, content := range map[string][]byte{"csv": plain, "csv.gz": pack(t, plain), "with a mark": append([]byte("\xef\xbb\xbf"), plain...), "gzip in two members": append(pack(t, plain[:50]), pack(t, plain[50:])...)} {
		rows, reader, err := readAll(content, usual)
		if err != nil || len(rows) != 1 {
			t.Fatal(name, rows, err)
		}
		row := rows[0]
		if row.Billed.String() != "1.5" || row.List.String() != "2" || row.Consumed.String() != "24" || row.Text[ServiceName] != "Amazon ECS" || row.Tag("none", "a") != "b" ||
			row.FromMS != 1791158400000 || row.ToMS-row.FromMS != dayMS || row.BillingToMS-row.BillingFromMS != 31*dayMS || row.Provider() != "AWS" || row.Number != 1 {
			t.Errorf("%s: %+v", name, row)
		}
		if found := reader.Findings(); len(found) != 0 {
			t.Errorf("%s: found %+v", name, found)
		}
		if reader.Version() != "1.2" || !strings.HasPrefix(reader.Format(), "csv") || !reader.Has(Tags) || reader.Has(AllocatedTags) {
			t.Errorf("%s: %s %s", name, reader.Version(), reader.Format())
		}
	}
}

// rowOf is a bill of three rows, of which the second has so many bytes.
func rowOf(t *testing.T, length int) []byte {
	t.Helper()
	usual := strings.SplitAfter(string(tableOf(t, good())), "\n")[1]
	text := good()["ChargeDescription"]
	return tableOf(t, good(), with("ChargeDescription", text+strings.Repeat("x", length-len(usual))), good())
}

func TestARowMayBeAsLongAsIsSaid(t *testing.T) {
	for name, content := range map[string][]byte{"plain": rowOf(t, mostRow), "packed": pack(t, rowOf(t, mostRow))} {
		if rows, _, err := readAll(content, usual); err != nil || len(rows) != 3 {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
	}
}

// Each bad file is refused, with the rule, the row and the column.
func TestShowBadFiles(t *testing.T) {
	head := tableOf(t, good())
	lines := strings.SplitAfter(string(head), "\n")
	two := func(second map[string]string) []byte { return tableOf(t, good(), second) }
	long := tableOf(t, good(), with("ChargeDescription", strings.Repeat("x", mostRow+1<<18)))
	for name, c := range map[string]struct {
		content []byte
		limits  Limits
		rule    Rule
		row     int64
		column  string
	}{
		"a comma in a number":              {two(with("BilledCost", "1,5")), usual, BadNumber, 2, "BilledCost"},
		"a number of 19 places":            {two(with("EffectiveCost", "0.0000000000000000001")), usual, BadNumber, 2, "EffectiveCost"},
		"a number that is too large":       {two(with("ListCost", "9223372037")), usual, BadNumber, 2, "ListCost"},
		"a sign of money":                  {two(with("BilledCost", "$1.50")), usual, BadNumber, 2, "BilledCost"},
		"no number":                        {two(with("ContractedCost", "NaN")), usual, BadNumber, 2, "ContractedCost"},
		"a quantity that is none":          {two(with("ConsumedQuantity", "many")), usual, BadNumber, 2, "ConsumedQuantity"},
		"a cost that is null":              {two(with("BilledCost", "")), usual, UnexpectedNull, 2, "BilledCost"},
		"a cost that is NULL":              {two(with("EffectiveCost", "NULL")), usual, UnexpectedNull, 2, "EffectiveCost"},
		"a service without a name":         {two(with("ServiceName", "")), usual, UnexpectedNull, 2, "ServiceName"},
		"a period without a begin":         {two(with("ChargePeriodStart", "")), usual, UnexpectedNull, 2, "ChargePeriodStart"},
		"no column of costs":               {tableOf(t, without("EffectiveCost")), usual, MissingColumn, 0, "EffectiveCost"},
		"no column of the class":           {tableOf(t, without("ChargeClass")), usual, MissingColumn, 0, "ChargeClass"},
		"no column of the provider":        {tableOf(t, without("ProviderName")), usual, MissingColumn, 0, "ProviderName"},
		"a period that ends before":        {two(with("ChargePeriodEnd", "2026-10-05T00:00:00Z")), usual, BadPeriod, 2, "ChargePeriodEnd"},
		"a billing period that ends":       {two(with("BillingPeriodEnd", "2026-09-01T00:00:00Z")), usual, BadPeriod, 2, "BillingPeriodEnd"},
		"a billing period of Cairo":        {two(with("BillingPeriodStart", "2026-10-01T00:00:00+02:00")), usual, BadPeriod, 2, "BillingPeriodStart"},
		"a period of a century":            {two(with("BillingPeriodEnd", "2099-09-01T00:00:00Z")), usual, BadPeriod, 2, "BillingPeriodEnd"},
		"a date of the United States":      {two(with("ChargePeriodStart", "5/1/25")), usual, BadTime, 2, "ChargePeriodStart"},
		"a date of Brazil":                 {two(with("BillingPeriodStart", "01/10/2026 00:00:00")), usual, BadTime, 2, "BillingPeriodStart"},
		"a time of the Bible":              {two(with("ChargePeriodStart", "0030-10-05T00:00:00Z")), usual, BadTime, 2, "ChargePeriodStart"},
		"a currency in words":              {two(with("BillingCurrency", "Real")), usual, BadCurrency, 2, "BillingCurrency"},
		"a currency in small letters":      {two(with("BillingCurrency", "usd")), usual, BadCurrency, 2, "BillingCurrency"},
		"two currencies in an invoice":     {two(with("BillingCurrency", "BRL")), usual, TwoCurrencies, 2, "BillingCurrency"},
		"a kind of charge of one's own":    {two(with("ChargeCategory", "Fee")), usual, BadValue, 2, "ChargeCategory"},
		"a class of one's own":             {two(with("ChargeClass", "Refund")), usual, BadValue, 2, "ChargeClass"},
		"tags that are no JSON":            {two(with("Tags", "{'a': 'b'}")), usual, BadTags, 2, "Tags"},
		"tags that are a list":             {two(with("Tags", `["a"]`)), usual, BadTags, 2, "Tags"},
		"tags that end early":              {two(with("Tags", `{"a":"b"`)), usual, BadTags, 2, "Tags"},
		"tags and something else":          {two(with("Tags", `{"a":"b"} x`)), usual, BadTags, 2, "Tags"},
		"tags with a NUL":                  {two(with("Tags", `{"a":"\u0000"}`)), usual, BadTags, 2, "Tags"},
		"bytes that are no text":           {two(with("ChargeDescription", "caf\xe9")), usual, BadText, 2, "ChargeDescription"},
		"a header that is no text":         {bytes.Replace(head, []byte("Tags"), []byte("T\xffgs"), 1), usual, BadText, 0, ""},
		"a cell too few":                   {append(slices.Clone(head), "1,2,3\n"...), usual, RaggedRow, 2, ""},
		"a cell too many":                  {append(slices.Clone(head), strings.TrimSuffix(lines[1], "\n")+",1\n"...), usual, RaggedRow, 2, ""},
		"a column twice":                   {bytes.Replace(head, []byte("ListCost"), []byte("BilledCost"), 1), usual, DoubledColumn, 0, "BilledCost"},
		"a quote that stands wrong":        {append(slices.Clone(head), strings.Replace(lines[1], "AWS", `A"WS`, 1)...), usual, NotReadable, 2, ""},
		"an end inside quotes":             {append(slices.Clone(head), `"AWS`...), usual, Truncated, 2, ""},
		"nothing":                          {nil, usual, NoRows, 0, ""},
		"a header alone":                   {[]byte(lines[0]), usual, NoRows, 0, ""},
		"not a table":                      {[]byte("%PDF-1.4\n"), usual, MissingColumn, 0, "BillingAccountId"},
		"gzip without its sum":             {pack(t, head)[:len(pack(t, head))-4], usual, Truncated, 2, ""},
		"gzip with another sum":            {flip(pack(t, head), -6), usual, NotReadable, 2, ""},
		"gzip that is none":                {[]byte("\x1f\x8bnothing"), usual, NotReadable, 0, ""},
		"more rows than allowed":           {tableOf(t, good(), good(), good()), Limits{Rows: 2, Bytes: 1 << 20}, TooLarge, 3, ""},
		"a bomb":                           {pack(t, append(slices.Clone(head), bytes.Repeat([]byte(lines[1]), 20_000)...)), Limits{Rows: 1 << 30, Bytes: 1 << 20}, TooLarge, -1, ""},
		"a row of a byte too many":         {rowOf(t, mostRow+1), usual, TooLarge, 2, ""},
		"a long row, packed":               {pack(t, rowOf(t, mostRow+1<<16)), usual, TooLarge, 2, ""},
		"a row without end":                {long, usual, TooLarge, 2, ""},
		"a row without end, packed":        {pack(t, long), usual, TooLarge, 2, ""},
		"a header without end":             {bytes.Repeat([]byte("x"), 8<<20), usual, TooLarge, 0, ""},
		"Parquet that is none":             {[]byte("PAR1 but no more"), usual, NotReadable, 0, ""},
		"Parquet of four bytes":            {[]byte("PAR1"), usual, NotReadable, 0, ""},
		"the spec's example of a database": {two(with("BillingPeriodStart", "5/1/25")), usual, BadTime, 2, "BillingPeriodStart"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := readAll(c.content, c.limits)
			var refusal *Refusal
			if !errors.As(err, &refusal) || !fault.Is(err, fault.Invalid) {
				t.Fatalf("not refused: %v", err)
			}
			if refusal.Rule != c.rule || c.row >= 0 && refusal.Row != c.row || refusal.Column != c.column || refusal.Message == "" {
				t.Errorf("refused by %s at row %d, column %q: %s", refusal.Rule, refusal.Row, refusal.Column, refusal.Message)
			}
			t.Logf("%-34s %s: %s", name, refusal.Rule, refusal)
		})
	}
	t.Run("a NUL", func(t *testing.T) {
		_, _, err := readAll(bytes.Replace(two(with("ChargeDescription", "an@hour")), []byte("an@hour"), []byte("an\x00hour"), 1), usual)
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Rule != BadText || refusal.Row != 2 || refusal.Column != "ChargeDescription" {
			t.Fatal(err)
		}
	})
	t.Run("gzip that ends early", func(t *testing.T) {
		many := []map[string]string{}
		for i := range 500 {
			many = append(many, with("ResourceId", fmt.Sprint("i-", i*7919)))
			many[i]["ResourceId"] = fmt.Sprint("i-", i*7919)
		}
		many[0]["ResourceId"] = "i"
		content := pack(t, tableOf(t, many...))
		rows, _, err := readAll(content[:len(content)/2], usual)
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Rule != Truncated || refusal.Row != int64(len(rows))+1 {
			t.Fatal(err, len(rows))
		}
		report, err := Check(bytes.NewReader(content[:len(content)/2]), int64(len(content)/2), usual)
		if err != nil || report.Good() || report.Rows != int64(len(rows)) || report.Refusals[0].Rule != Truncated || report.Refusals[0].Row != report.Rows+1 {
			t.Errorf("checked: %+v, %v", report, err)
		}
	})
}

func flip(content []byte, at int) []byte {
	content[len(content)+at] ^= 0xff
	return content
}

func TestWhatIsOddIsTakenAndTold(t *testing.T) {
	for name, c := range map[string]struct {
		rows []map[string]string
		want string
	}{
		"NULL in words":           {[]map[string]string{with("SubAccountId", "NULL"), with("Tags", "null")}, "null_word SubAccountId 1 @1; null_word Tags 1 @2; "},
		"times without T and Z":   {[]map[string]string{with("ChargePeriodStart", "2026-10-05 00:00:00")}, "time_form ChargePeriodStart 1 @1; "},
		"times of elsewhere":      {[]map[string]string{with("ChargePeriodStart", "2026-10-05T00:00:00-03:00")}, "time_form ChargePeriodStart 1 @1; "},
		"a day":                   {[]map[string]string{with("ChargePeriodStart", "2026-10-05")}, "time_form ChargePeriodStart 1 @1; "},
		"a capital":               {[]map[string]string{with("ChargeFrequency", "Usage-based"), with("ChargeFrequency", "Usage-based")}, "value_case ChargeFrequency 2 @1; "},
		"a category of one's own": {[]map[string]string{with("ServiceCategory", "Database")}, "value_unknown ServiceCategory 1 @1; "},
		"a column of one's own":   {[]map[string]string{with("Id", "5"), with("x_Id", "5")}, "foreign_column Id 1 @0; "},
		"a column less":           {[]map[string]string{without("PricingUnit")}, "column_absent PricingUnit 1 @0; "},
		"a list price of none":    {[]map[string]string{with("ListCost", "")}, "null_cost ListCost 1 @1; "},
		"a tag twice":             {[]map[string]string{with("Tags", `{"a":"b","a":"c"}`)}, "double_tag Tags 1 @1; "},
		"outside of its period":   {[]map[string]string{with("ChargePeriodStart", "2026-09-30T00:00:00Z")}, "outside_period ChargePeriodStart 1 @1; "},
		"a huge quantity":         {[]map[string]string{with("ConsumedQuantity", "123456789012345")}, "quantity_lost ConsumedQuantity 1 @1; "},
		"a fine quantity":         {[]map[string]string{with("PricingQuantity", "1.0000000000000000000000001E-5")}, "quantity_lost PricingQuantity 1 @1; "},
		"a dearer discount":       {[]map[string]string{with("ContractedCost", "2.01")}, "cost_disordered ContractedCost 1 @1; "},
		"a new form of the same":  {[]map[string]string{with("ServiceProviderName", "AWS")}, ""},
		"a correction elsewhere": {[]map[string]string{func() map[string]string {
			r := with("ChargeClass", "Correction")
			r["ChargePeriodStart"] = "2026-09-30T00:00:00Z"
			return r
		}()}, ""},
		"two currencies of a payer": {[]map[string]string{good(), func() map[string]string { r := with("BillingCurrency", "BRL"); r["InvoiceId"] = "inv-2"; return r }()},
			"mixed_currency BillingCurrency 1 @2; "},
	} {
		rows, reader, err := readAll(tableOf(t, headed(c.rows)...), usual)
		if err != nil || len(rows) != len(c.rows) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := ""
		for _, f := range reader.Findings() {
			got += fmt.Sprintf("%s %s %d @%d; ", f.Rule, f.Column, f.Count, f.FirstRow)
		}
		if got != c.want {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}

// headed gives the first row every column that one of the rows has.
func headed(rows []map[string]string) []map[string]string {
	for _, row := range rows[1:] {
		for column := range row {
			if _, there := rows[0][column]; !there {
				rows[0][column] = ""
			}
		}
	}
	return rows
}

func TestWhatIsOddIsMended(t *testing.T) {
	row := with("ChargeFrequency", "usage-BASED")
	row["ChargePeriodStart"], row["Tags"] = "2026-10-05T00:00:00-03:00", `{ "b" : true, "a": "<&>", "n": 1.50, "a": "2" }`
	rows, _, err := readAll(tableOf(t, row), usual)
	if err != nil {
		t.Fatal(err)
	}
	if got := rows[0]; got.Text[ChargeFrequency] != "Usage-Based" || got.Text[Tags] != `{"a":"2","b":true,"n":1.50}` || got.Tag("b") != "true" || got.FromMS%dayMS != 3*3600*1000 {
		t.Errorf("%+v", got.Text)
	}
}

func TestVersionsAreKnownByTheirColumns(t *testing.T) {
	for column, want := range map[string]string{"x_None": "1.0", "SkuMeter": "1.1", "PricingCurrency": "1.2", "AllocatedTags": "1.3", "HostProviderName": "1.3"} {
		row := without("InvoiceId")
		row[column] = ""
		if _, reader, err := readAll(tableOf(t, row), usual); err != nil || reader.Version() != want {
			t.Errorf("%s: %v, want %s", column, err, want)
		}
	}
}

func samplePath(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("PROSA_SPECS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "..", "shared", "specs")
	}
	path := filepath.Join(dir, "focus-1.0-sample.csv")
	if _, err := os.Stat(path); err != nil {
		t.Skip("the sample of FOCUS 1.0 is not here: 1 file is not read (PROSA_SPECS names its folder)")
	}
	return path
}

func TestTheSampleIsTakenWithItsQuirks(t *testing.T) {
	content, err := os.ReadFile(samplePath(t))
	if err != nil {
		t.Fatal(err)
	}
	report, err := Check(bytes.NewReader(content), int64(len(content)), usual)
	if err != nil || !report.Good() || report.Rows != 1000 || report.Version != "1.0" {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, want := range []string{"null_word Tags 289", "foreign_column Id 1", "value_case ChargeFrequency 7", "time_form BillingPeriodStart 1000"} {
		if !slices.ContainsFunc(report.Findings, func(f Finding) bool { return fmt.Sprintf("%s %s %d", f.Rule, f.Column, f.Count) == want }) {
			t.Errorf("not told: %s", want)
		}
	}
}

func TestACheckTellsOfEveryBadRow(t *testing.T) {
	content := tableOf(t, good(), with("BilledCost", "x"), good(), with("Tags", "x"), with("BillingCurrency", "R$"))
	report, err := Check(bytes.NewReader(content), int64(len(content)), usual)
	if err != nil || report.Good() || report.Rows != 2 || len(report.Refusals) != 3 || report.Totals[0].Billed.String() != "3" {
		t.Fatalf("%+v, %v", report, err)
	}
	content = append(content, "1,2\n"...)
	if report, err = Check(bytes.NewReader(content), int64(len(content)), usual); err != nil || len(report.Refusals) != 4 {
		t.Errorf("%+v, %v", report.Refusals, err)
	}
	if report, err = Check(bytes.NewReader(nil), 0, usual); err != nil || report.Good() {
		t.Errorf("%+v, %v", report, err)
	}
	huge := tableOf(t, with("BilledCost", "9000000000"), with("BilledCost", "9000000000"))
	if report, err = Check(bytes.NewReader(huge), int64(len(huge)), usual); err != nil || len(report.Refusals) != 1 || report.Refusals[0].Row != 2 {
		t.Errorf("%+v, %v", report.Refusals, err)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add(tableOf(f, good()))
	f.Add(tableOf(f, good(), with("Tags", "{")))
	f.Add([]byte("a,b\n1"))
	f.Add(pack(f, tableOf(f, good())))
	f.Fuzz(func(t *testing.T, content []byte) {
		rows, reader, err := readAll(content, Limits{Rows: 1000, Bytes: 1 << 20})
		if err != nil {
			var refusal *Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			return
		}
		for _, row := range rows {
			if row.ToMS <= row.FromMS || row.Text[BillingCurrency] == "" || row.Text[ServiceName] == "" {
				t.Fatalf("taken: %+v", row)
			}
		}
		reader.Findings()
	})
}

// Whatever the cells hold, no row is taken that breaks the rules.
func FuzzRow(f *testing.F) {
	f.Add("1.5", "2026-10-05T00:00:00Z", `{"a":1}`, "USD")
	f.Add("1E-5", "2026-10-05 00:00:00", `{}`, "BRL")
	f.Fuzz(func(t *testing.T, cost, at, tags, currency string) {
		row := with("BilledCost", cost)
		row["ChargePeriodStart"], row["Tags"], row["BillingCurrency"] = at, tags, currency
		content := tableOf(t, row)
		rows, _, err := readAll(content, usual)
		if err != nil {
			var refusal *Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			return
		}
		again, err := readTagText(`{}`)
		if text := rows[0].Text[Tags]; text != "" {
			again, err = readTagText(text)
			if err == nil && again.tidy != text {
				t.Fatalf("tags %q are tidied again to %q", text, again.tidy)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}
