package finops

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"slices"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/focus"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func TestTheLedgerIsWrittenAsItWasRead(t *testing.T) {
	path := sample(t)
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		importFiles(t, s, "sample", path)
		mapped(t, s, Account{AccountID: "11353890204", Line: "massivo", Environment: "prod"})
		sums := map[string]*big.Rat{}
		for _, month := range []int64{202408, 202409, 202410} {
			var file bytes.Buffer
			if err := s.Export(t.Context(), month, &file); err != nil {
				t.Fatal(err)
			}
			all, err := csv.NewReader(bytes.NewReader(file.Bytes())).ReadAll()
			if err != nil || !slices.Contains(all[0], "AllocatedTags") || !slices.Contains(all[0], "x_ProductLine") {
				t.Fatal(err, all[0])
			}
			for _, name := range []string{"BilledCost", "EffectiveCost", "ListCost", "ConsumedQuantity"} {
				at := slices.Index(all[0], name)
				for _, cells := range all[1:] {
					add(t, sums, name, cells[at])
				}
			}
			if len(all) == 1 {
				continue // no charge of the sample began then
			}
			report, err := focus.Check(bytes.NewReader(file.Bytes()), int64(file.Len()), focus.Limits{Rows: 1e6, Bytes: 1e9})
			if err != nil || !report.Good() || report.Version != "1.3" {
				t.Fatalf("%+v, %v", report, err)
			}
			for _, f := range report.Findings {
				if f.Rule == focus.NullWord || f.Rule == focus.TimeForm || f.Rule == focus.ValueCase || f.Rule == focus.ForeignColumn || f.Rule == focus.ColumnAbsent {
					t.Errorf("we write what we find odd: %+v", f)
				}
			}
		}
		want := map[string]*big.Rat{}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for name := range sums {
			at := slices.Index(all[0], name)
			for _, cells := range all[1:] {
				add(t, want, name, cells[at])
			}
			if sums[name].Cmp(want[name]) != 0 {
				t.Errorf("%s: written %s, read %s", name, sums[name].FloatString(18), want[name].FloatString(18))
			}
		}
		if len(sums) != 4 {
			t.Errorf("%d sums", len(sums))
		}
	})
}

func add(t *testing.T, sums map[string]*big.Rat, name, text string) {
	t.Helper()
	if sums[name] == nil {
		sums[name] = new(big.Rat)
	}
	if text == "" || text == "NULL" {
		return
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%s: %q", name, text)
	}
	sums[name].Add(sums[name], r)
}

func TestWhatIsExportedOfNothing(t *testing.T) {
	s := newService(t, databasetest.Open(t))
	var file bytes.Buffer
	if err := s.Export(t.Context(), 202610, &file); err != nil || bytes.Count(file.Bytes(), []byte("\n")) != 1 {
		t.Error(file.String(), err)
	}
	if err := s.Export(t.Context(), 5, &file); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if err := s.Export(t.Context(), 202610, broken{}); err == nil {
		t.Error("nobody noticed that nothing was written")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, fmt.Errorf("full") }

// A charge that several share stands as a row for each, which add up to it.
func TestSplitChargesAreWrittenInPartsThatAddUp(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := newShareBench(t, db)
		for company, messages := range map[string]int64{"ten_a": 1, "ten_b": 1, "ten_c": 1} {
			l.use("massivo-prod", nov(2), company, meter.MessageBytes, "", messages)
		}
		l.charge(costed{account: "111", category: "Networking", service: "VPC", amount: "1", day: nov(2)})
		l.charge(costed{account: "222", category: "Networking", service: "VPC", amount: "5", day: nov(2)})
		var file bytes.Buffer
		if err := l.Export(t.Context(), month, &file); err != nil {
			t.Fatal(err)
		}
		all, err := csv.NewReader(&file).ReadAll()
		if err != nil || len(all) != 5 {
			t.Fatal(all, err)
		}
		at := func(cells []string, name string) string { return cells[slices.Index(all[0], name)] }
		costs, ratios := map[string]*big.Rat{}, map[string]*big.Rat{}
		for _, cells := range all[1:] {
			if at(cells, "x_Environment") == "homolog" {
				if at(cells, "BilledCost") != "5" || at(cells, "AllocatedMethodId") != "" || at(cells, "x_AllocatedKind") != "building" {
					t.Errorf("%v", cells)
				}
				continue
			}
			var details struct {
				Elements []struct{ AllocatedRatio json.Number }
			}
			if err := json.Unmarshal([]byte(at(cells, "AllocatedMethodDetails")), &details); err != nil || len(details.Elements) != 1 {
				t.Fatal(at(cells, "AllocatedMethodDetails"), err)
			}
			add(t, costs, "sum", at(cells, "EffectiveCost"))
			add(t, ratios, "sum", details.Elements[0].AllocatedRatio.String())
			if at(cells, "AllocatedMethodId") != "prosa-bytes-1" || at(cells, "AllocatedResourceId") != at(cells, "x_Company") || at(cells, "x_Company") == "" || at(cells, "ServiceName") != "VPC" {
				t.Errorf("%v", cells)
			}
		}
		if costs["sum"].Cmp(big.NewRat(1, 1)) != 0 || ratios["sum"].Cmp(big.NewRat(1, 1)) != 0 {
			t.Errorf("costs add up to %s, ratios to %s", costs["sum"], ratios["sum"])
		}
	})
}

// Every column of a row comes out as it went in, save the numbers that the ledger
// does not keep; and what the bill leaves null is not made up.
func TestNoColumnIsLostOrInvented(t *testing.T) {
	notKept := []string{"ListUnitPrice", "ContractedUnitPrice", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice",
		"CommitmentDiscountQuantity", "ContractApplied", "AllocatedMethodDetails"}
	needed := map[string]string{"ProviderName": "Reseller", "BillingAccountId": "payer", "BillingCurrency": "USD", "ChargeCategory": "Usage", "ServiceName": "Atlas", "ServiceCategory": "Databases",
		"BillingPeriodStart": "2026-10-01T00:00:00Z", "BillingPeriodEnd": "2026-11-01T00:00:00Z", "ChargePeriodStart": "2026-10-05T00:00:00Z", "ChargePeriodEnd": "2026-10-06T00:00:00Z",
		"BilledCost": "1.25", "EffectiveCost": "1.5"}
	full := map[string]string{"ListCost": "2", "ContractedCost": "1.75", "ConsumedQuantity": "0", "PricingQuantity": "3.5", "ChargeClass": "Correction", "ChargeFrequency": "Recurring", "PricingCategory": "Standard",
		"Tags": `{"a":"<b>"}`, "AllocatedTags": `{"c":"d"}`, "CommitmentDiscountStatus": "Used", "CommitmentDiscountCategory": "Spend", "CapacityReservationStatus": "Used",
		"ListUnitPrice": "1", "ContractedUnitPrice": "1", "PricingCurrencyContractedUnitPrice": "1", "PricingCurrencyEffectiveCost": "1", "PricingCurrencyListUnitPrice": "1", "CommitmentDiscountQuantity": "1"}
	header, all, least := []string{}, []string{}, []string{}
	for column := range focus.Columns {
		name := column.String()
		header, least = append(header, name), append(least, needed[name])
		all = append(all, cmp.Or(needed[name], full[name], "its "+name))
	}
	// A bill that says the provider once has both names of the column in ours.
	want := [][]string{slices.Clone(all), slices.Clone(least)}
	for i, name := range header {
		if slices.Contains(notKept, name) {
			want[0][i] = ""
		}
		if name == "ServiceProviderName" {
			want[1][i] = needed["ProviderName"]
		}
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		var text bytes.Buffer
		if err := csv.NewWriter(&text).WriteAll([][]string{header, all, least}); err != nil {
			t.Fatal(err)
		}
		importFiles(t, s, "aws", put(t, "bill.csv", text.Bytes()))
		var file bytes.Buffer
		if err := s.Export(t.Context(), 202610, &file); err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(&file).ReadAll()
		if err != nil || len(records) != 3 {
			t.Fatal(records, err)
		}
		for _, wanted := range want {
			at := slices.IndexFunc(records[1:], func(record []string) bool { return slices.Equal(record[:len(header)], wanted) })
			if at < 0 {
				t.Errorf("missing\n%q in\n%q", wanted, records[1:])
			}
		}
	})
}
