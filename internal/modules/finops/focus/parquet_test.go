package focus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
)

// exported is how AWS Data Exports writes: doubles, times in milliseconds, tags
// as a map; nothing is required.
type exported struct {
	ProviderName, ChargeDescription, ChargeCategory, ServiceName, ServiceCategory, BillingCurrency string
	BillingAccountID                                                                               string             `parquet:"BillingAccountId"`
	ChargeClass                                                                                    *string            `parquet:",optional"`
	BillingPeriodStart                                                                             time.Time          `parquet:",timestamp(millisecond)"`
	BillingPeriodEnd                                                                               time.Time          `parquet:",timestamp(microsecond)"`
	ChargePeriodStart                                                                              time.Time          `parquet:",timestamp(nanosecond)"`
	ChargePeriodEnd                                                                                string             ``
	BilledCost                                                                                     float64            ``
	EffectiveCost                                                                                  *float64           `parquet:",optional"`
	ListCost                                                                                       int64              `parquet:",decimal(9:18)"`
	ContractedCost                                                                                 int32              `parquet:",decimal(2:9)"`
	ConsumedQuantity                                                                               float32            ``
	Tags                                                                                           map[string]*string `parquet:",optional"`
	Rows                                                                                           int64              `parquet:"x_Rows"`
	Useful                                                                                         bool               `parquet:"x_Useful"`
}

func export() exported {
	effective, text := 1.0e-5, "b"
	return exported{ProviderName: "AWS", BillingAccountID: "payer", ChargeDescription: "an hour", ChargeCategory: "Usage", ServiceName: "Amazon ECS", ServiceCategory: "Compute", BillingCurrency: "USD",
		BillingPeriodStart: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), BillingPeriodEnd: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		ChargePeriodStart: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC), ChargePeriodEnd: "2026-10-06T00:00:00Z",
		BilledCost: 0.1, EffectiveCost: &effective, ListCost: -1_500_000_001, ContractedCost: 250, ConsumedQuantity: 0.1, Tags: map[string]*string{"a": &text, "valueless": nil, "user:c": &text}}
}

func parquetOf[T any](t testing.TB, rows ...T) []byte {
	t.Helper()
	var content bytes.Buffer
	writer := parquet.NewGenericWriter[T](&content, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(100))
	if _, err := writer.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return content.Bytes()
}

func TestParquetIsReadToTheLastDigit(t *testing.T) {
	second := export()
	tenth, fifth := 0.1, 0.2
	second.BilledCost, second.Tags, second.EffectiveCost = tenth+fifth, nil, new(float64)
	rows, reader, err := readAll(parquetOf(t, export(), second), usual)
	if err != nil || len(rows) != 2 {
		t.Fatal(err, len(rows))
	}
	row := rows[0]
	if row.Billed.String() != "0.1" || row.Effective.String() != "0.00001" || row.List.String() != "-1.500000001" || row.Contracted.String() != "2.5" || row.Consumed.String() != "0.1" {
		t.Errorf("%s %s %s %s %s", row.Billed, row.Effective, row.List, row.Contracted, row.Consumed)
	}
	if row.Text[Tags] != `{"a":"b","user:c":"b","valueless":true}` || row.Tag("c") != "b" || row.FromMS != 1791158400000 || row.ToMS != row.FromMS+dayMS || row.BillingToMS-row.BillingFromMS != 31*dayMS {
		t.Errorf("%+v", row)
	}
	if rows[1].Billed.String() != "0.30000000000000004" || rows[1].Text[Tags] != "" || !rows[1].Effective.IsZero() {
		t.Errorf("%+v", rows[1])
	}
	if reader.Format() != "parquet" {
		t.Error(reader.Format())
	}
}

func TestDoublesBeyondOurPlacesAreRoundedAndTold(t *testing.T) {
	row := export()
	row.BilledCost = 0.000016059900000000001
	row.EffectiveCost = &row.BilledCost
	third := 1.0 / 3e6
	row.BilledCost = third
	rows, reader, err := readAll(parquetOf(t, row), usual)
	if err != nil || rows[0].Billed.String() != "0.000000333333333333" {
		t.Fatal(rows, err)
	}
	told := false
	for _, f := range reader.Findings() {
		told = told || f.Rule == Rounded && f.Column == "BilledCost"
	}
	if !told {
		t.Errorf("%+v", reader.Findings())
	}
	row.BilledCost = math.NaN()
	var refusal *Refusal
	if _, _, err := readAll(parquetOf(t, export(), row), usual); !errors.As(err, &refusal) || refusal.Row != 2 || refusal.Column != "BilledCost" || refusal.Rule != BadNumber {
		t.Error(err)
	}
}

func TestManyRowsOfParquetInGroups(t *testing.T) {
	list := make([]exported, 1050)
	for i := range list {
		list[i] = export()
		list[i].BilledCost = float64(i)
	}
	content := parquetOf(t, list...)
	rows, _, err := readAll(content, usual)
	if err != nil || len(rows) != len(list) {
		t.Fatal(len(rows), err)
	}
	for i, row := range rows {
		if row.Billed.String() != fmt.Sprint(i) || row.Number != int64(i+1) {
			t.Fatalf("row %d costs %s", i, row.Billed)
		}
	}
	var refusal *Refusal
	if _, _, err := readAll(content, Limits{Rows: 1000, Bytes: 1 << 30}); !errors.As(err, &refusal) || refusal.Rule != TooLarge {
		t.Error(err)
	}
	if _, _, err := readAll(content, Limits{Rows: 10_000, Bytes: 1000}); !errors.As(err, &refusal) || refusal.Rule != TooLarge {
		t.Error(err)
	}
	for _, size := range []int{len(content) - 1, len(content) / 2, 12, 5} {
		if _, _, err := readAll(content[:size], usual); !errors.As(err, &refusal) || refusal.Rule != NotReadable {
			t.Errorf("cut at %d: %v", size, err)
		}
	}
	if _, _, err := readAll(parquetOf[exported](t), usual); !errors.As(err, &refusal) || refusal.Rule != NoRows {
		t.Error(err)
	}
}

func TestOldTimesAndWideDecimals(t *testing.T) {
	type old struct {
		BillingPeriodStart deprecated.Int96
		ListCost           [16]byte `parquet:",decimal(18:38)"`
		Day                int32    `parquet:",date"`
	}
	// 2026-10-05 12:00 UTC is the Julian day 2,461,319 and 43,200 s.
	nanos := uint64(43_200) * 1e9
	var cost [16]byte
	for i := range cost {
		cost[i] = 0xff
	}
	cost[15] = 0xfe // -2
	content := parquetOf(t, old{deprecated.Int96{uint32(nanos), uint32(nanos >> 32), 2_461_319}, cost, 20_731})
	table, err := openParquet(bytes.NewReader(content), int64(len(content)), usual, findings{})
	if err != nil {
		t.Fatal(err)
	}
	cells, err := table.next()
	if err != nil || strings.Join(cells, " ") != "2026-10-05T12:00:00Z -0.000000000000000002 2026-10-05T00:00:00Z" {
		t.Fatal(cells, err)
	}
	if err := table.close(); err != nil {
		t.Error(err)
	}
}

func FuzzParquet(f *testing.F) {
	f.Add(parquetOf(f, export()))
	f.Add(parquetOf(f, export(), export()))
	f.Add([]byte("PAR1PAR1"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 1<<16 {
			return
		}
		_, _, err := readAll(content, Limits{Rows: 1000, Bytes: 1 << 20})
		var refusal *Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Fatalf("an error that is no refusal: %v", err)
		}
	})
}

// sparse is a file of any size that is nothing but its last bytes.
type sparse struct {
	size int64
	end  []byte
}

// ReadAt implements io.ReaderAt.
func (s sparse) ReadAt(p []byte, at int64) (int, error) {
	clear(p)
	for i := range p {
		if from := at + int64(i) - (s.size - int64(len(s.end))); from >= 0 && from < int64(len(s.end)) {
			p[i] = s.end[from]
		}
	}
	if at == 0 {
		copy(p, "PAR1")
	}
	return len(p), nil
}

// What a footer says of its own length is no reason to make room for it.
func TestParquetFootersAreNotBelieved(t *testing.T) {
	for name, c := range map[string]struct {
		size   int64
		length uint32
		mark   string
	}{
		"longer than the file":                  {64, math.MaxUint32, "PAR1"},
		"longer than the file, below two GiB":   {64, math.MaxInt32, "PAR1"},
		"one byte longer than there is room":    {64, 64 - 12 + 1, "PAR1"},
		"in a huge file, longer than allowed":   {8 << 30, math.MaxUint32, "PAR1"},
		"in a large file, longer than allowed":  {1 << 30, 256<<20 + 1, "PAR1"},
		"without the mark at the end":           {64, 8, "PARX"},
		"encrypted":                             {64, 8, "PARE"},
		"as long as it may be, and of no sense": {64, 64 - 12, "PAR1"},
		"shorter than its marks":                {8, 0, "PAR1"},
	} {
		t.Run(name, func(t *testing.T) {
			end := append(binary.LittleEndian.AppendUint32(nil, c.length), c.mark...)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Open(sparse{c.size, end}, c.size, Limits{Rows: 1e6, Bytes: 16 << 30})
			runtime.ReadMemStats(&after)
			var refusal *Refusal
			if !errors.As(err, &refusal) || refusal.Rule != NotReadable {
				t.Errorf("%v", err)
			}
			if made := after.TotalAlloc - before.TotalAlloc; made > 8<<20 {
				t.Errorf("room was made for %d bytes", made)
			}
		})
	}
}
