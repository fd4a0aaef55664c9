package finops

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/focus"
	"prosa/internal/platform/database"
)

// stage gathers the rows of a billing period by item and day, and writes them in
// parts, so that memory does not grow with the bill.
type stage struct {
	service *Service
	no      int64
	rows    int64
	part    int64

	items  map[[16]byte]int64 // by the hash of all that makes an item
	fresh  []item
	places map[spot]int
	facts  []fact
	sums   map[string]*Sums
	payers map[string]bool
}

// spot is where a fact stands: an item, the day of its begin, and how many
// days it covers.
type spot struct{ item, day, days int64 }

// item is what a charge is for.
type item struct {
	no    int64
	texts [itemTexts]string
}

// fact is what an item cost in a day.
type fact struct {
	spot
	billed, effective, list, contracted, consumed, priced exact.Amount
	rows                                                  int64
}

// How much is gathered before it is written.
const (
	mostFresh = 20_000
	mostFacts = 20_000
	// writeChunk bounds a transaction: others wait for SQLite's writer.
	writeChunk = 2_000
)

func newStage(s *Service, no int64) *stage {
	return &stage{service: s, no: no, items: map[[16]byte]int64{}, places: map[spot]int{}, sums: map[string]*Sums{}, payers: map[string]bool{}}
}

// itemColumns are the columns of finops_item behind its key, in order.
const itemColumns = `provider, billing_account, account_id, account_name, invoice_id, invoice_issuer, service_category, service, service_subcategory,
	region, resource_id, resource_name, resource_type, charge_category, charge_class, charge_frequency, description, pricing_category, pricing_unit,
	commitment_id, commitment_status, sku_id, sku_price_id, sku_meter, consumed_unit, currency, tags, allocated_method, allocated_resource, allocated_tags,
	tag_line, tag_environment, company_id, details, absent`

const itemTexts = 35

// detailed are columns that nothing here asks for: they are kept together, so that
// the export has them. ProviderName stands there where it is not the provider.
var detailed = []focus.Column{
	focus.ProviderName, focus.PublisherName, focus.HostProviderName, focus.BillingAccountName, focus.BillingAccountType, focus.SubAccountType,
	focus.RegionName, focus.AvailabilityZone, focus.CommitmentDiscountName, focus.CommitmentDiscountCategory, focus.CommitmentDiscountType, focus.CommitmentDiscountUnit,
	focus.CapacityReservationID, focus.CapacityReservationStatus, focus.PricingCurrency, focus.SkuPriceDetails, focus.AllocatedResourceName,
}

// nullable are columns whose null stands here as 0, or as the billing account. It is
// not the same: a quantity of 0 says that nothing was used.
var nullable = []focus.Column{focus.SubAccountID, focus.ListCost, focus.ContractedCost, focus.ConsumedQuantity, focus.PricingQuantity}

// itemOf gives the texts of itemColumns but the last two, which keep makes.
func (s *Service) itemOf(row *focus.Row) [itemTexts]string {
	text := &row.Text
	account := text[focus.SubAccountID]
	if account == "" {
		account = text[focus.BillingAccountID]
	}
	return [itemTexts]string{
		row.Provider(), text[focus.BillingAccountID], account, text[focus.SubAccountName], text[focus.InvoiceID], text[focus.InvoiceIssuerName],
		text[focus.ServiceCategory], text[focus.ServiceName], text[focus.ServiceSubcategory], text[focus.RegionID],
		text[focus.ResourceID], text[focus.ResourceName], text[focus.ResourceType],
		text[focus.ChargeCategory], text[focus.ChargeClass], text[focus.ChargeFrequency], text[focus.ChargeDescription],
		text[focus.PricingCategory], text[focus.PricingUnit], text[focus.CommitmentDiscountID], text[focus.CommitmentDiscountStatus],
		text[focus.SkuID], text[focus.SkuPriceID], text[focus.SkuMeter], text[focus.ConsumedUnit], text[focus.BillingCurrency],
		text[focus.Tags], text[focus.AllocatedMethodID], text[focus.AllocatedResourceID], text[focus.AllocatedTags],
		row.Tag(s.cfg.LineTag), row.Tag(s.cfg.EnvironmentTag), row.Tag(s.cfg.CompanyTag), "", "",
	}
}

// detail gives a detailed column of a row.
func detail(row *focus.Row, column focus.Column) string {
	if column == focus.ProviderName && row.Text[column] == row.Provider() {
		return ""
	}
	return row.Text[column]
}

// keep adds an item with what is told of it in one text each.
func (st *stage) keep(no int64, texts [itemTexts]string, row *focus.Row) error {
	details := map[string]string{}
	for _, column := range detailed {
		if text := detail(row, column); text != "" {
			details[column.String()] = text
		}
	}
	packed, err := json.Marshal(details)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "a row could not be encoded")
	}
	var absent []string
	for _, column := range nullable {
		if row.Text[column] == "" {
			absent = append(absent, column.String())
		}
	}
	texts[itemTexts-2], texts[itemTexts-1] = string(packed), strings.Join(absent, " ")
	st.fresh = append(st.fresh, item{no, texts})
	return nil
}

// add counts a row.
func (st *stage) add(ctx context.Context, row *focus.Row) error {
	texts := st.service.itemOf(row)
	var buffer [2048]byte
	packed := buffer[:0]
	for _, text := range texts {
		packed = binary.AppendUvarint(packed, uint64(len(text)))
		packed = append(packed, text...)
	}
	for _, column := range detailed {
		text := detail(row, column)
		packed = binary.AppendUvarint(packed, uint64(len(text)))
		packed = append(packed, text...)
	}
	for _, column := range nullable {
		packed = append(packed, byte(min(1, len(row.Text[column]))))
	}
	sum := sha256.Sum256(packed)
	key := [16]byte(sum[:16])
	no, known := st.items[key]
	if !known {
		no = int64(len(st.items)) + 1
		st.items[key] = no
		if err := st.keep(no, texts, row); err != nil {
			return err
		}
		st.payers[row.Text[focus.BillingAccountID]] = true
	}
	where := spot{item: no, day: dayOf(row.FromMS), days: max(1, dayOf(row.ToMS-1)-dayOf(row.FromMS)+1)}
	at, known := st.places[where]
	if !known {
		at = len(st.facts)
		st.places[where] = at
		st.facts = append(st.facts, fact{spot: where})
	}
	st.rows++
	if err := st.facts[at].add(row); err != nil {
		return &focus.Refusal{Row: row.Number, Column: focus.BilledCost.String(), Rule: focus.BadNumber, Message: "the sum of a day is too large: " + fault.MessageOf(err)}
	}
	if err := st.total(row); err != nil {
		return &focus.Refusal{Row: row.Number, Column: focus.BilledCost.String(), Rule: focus.BadNumber, Message: "the sum of the period is too large: " + fault.MessageOf(err)}
	}
	if len(st.fresh) >= mostFresh || len(st.facts) >= mostFacts {
		return st.flush(ctx)
	}
	return nil
}

func (f *fact) add(row *focus.Row) (err error) {
	for _, sum := range []struct {
		into *exact.Amount
		more exact.Amount
	}{{&f.billed, row.Billed}, {&f.effective, row.Effective}, {&f.list, row.List}, {&f.contracted, row.Contracted}} {
		if *sum.into, err = sum.into.Add(sum.more); err != nil {
			return err
		}
	}
	// A quantity is told for comparison only; one that outgrows us stays where it
	// was.
	if consumed, err := f.consumed.Add(row.Consumed); err == nil {
		f.consumed = consumed
	}
	if priced, err := f.priced.Add(row.Priced); err == nil {
		f.priced = priced
	}
	f.rows++
	return nil
}

// total keeps the sums of the period beside the database's, which must agree in
// the end.
func (st *stage) total(row *focus.Row) (err error) {
	currency := row.Text[focus.BillingCurrency]
	sums := st.sums[currency]
	if sums == nil {
		sums = &Sums{Currency: currency}
		st.sums[currency] = sums
	}
	if sums.Billed, err = sums.Billed.Add(row.Billed); err != nil {
		return err
	}
	sums.Effective, err = sums.Effective.Add(row.Effective)
	return err
}

// flush writes what was gathered as a part of its own.
func (st *stage) flush(ctx context.Context) error {
	items := make([][]any, len(st.fresh))
	for i := range st.fresh {
		args := make([]any, 0, itemTexts+2)
		args = append(args, st.no, st.fresh[i].no)
		for _, text := range st.fresh[i].texts {
			args = append(args, text)
		}
		items[i] = args
	}
	if err := st.write(ctx, "INSERT INTO finops_item (import_no, no, "+itemColumns+") VALUES ("+database.List(itemTexts+2, 1)+")", items); err != nil {
		return err
	}
	st.part++
	facts := make([][]any, len(st.facts))
	for i := range st.facts {
		f := &st.facts[i]
		facts[i] = []any{st.no, st.part, f.item, f.day, monthOf(f.day * dayMS), f.days, f.billed.Nano, f.billed.Atto, f.effective.Nano, f.effective.Atto,
			f.list.Nano, f.list.Atto, f.contracted.Nano, f.contracted.Atto, f.consumed.Nano, f.consumed.Atto, f.priced.Nano, f.priced.Atto, f.rows}
	}
	if err := st.write(ctx, `INSERT INTO finops_charge (import_no, part, item_no, day, month, days, billed_nano, billed_atto, effective_nano, effective_atto,
		list_nano, list_atto, contracted_nano, contracted_atto, quantity_nano, quantity_atto, pricing_nano, pricing_atto, rows) VALUES (`+database.List(19, 1)+")", facts); err != nil {
		return err
	}
	st.fresh, st.facts = st.fresh[:0], st.facts[:0]
	clear(st.places)
	return nil
}

func (st *stage) write(ctx context.Context, query string, args [][]any) error {
	for start := 0; start < len(args); start += writeChunk {
		chunk := args[start:min(start+writeChunk, len(args))]
		err := st.service.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.All(ctx, query, chunk, nil)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
