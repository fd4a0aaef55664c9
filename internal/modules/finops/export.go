package finops

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/focus"
	"prosa/internal/modules/finops/share"
	"prosa/internal/platform/database"
)

// ownColumns are what the ledger adds to FOCUS.
var ownColumns = []string{"x_Source", "x_ProductLine", "x_Environment", "x_Company", "x_AllocatedKind", "x_AllocatedRatio"}

// exported is an item with what its charge holds beside its cost.
type exportedItem struct {
	source       string
	fromMS, toMS int64
	texts        [itemTexts]string
	charges      map[spot]exportedCharge
}

type exportedCharge struct{ list, contracted, consumed, priced exact.Amount }

// Export writes what was charged in a month (of the charge period) as FOCUS 1.3:
// a row for each item and day, and where a charge is split between companies a
// row for each part, whose costs sum to the charge exactly. Errors:
// fault.Invalid for a month that is none; of the writer.
func (s *Service) Export(ctx context.Context, month int64, to io.Writer) error {
	if err := checkPeriod("month", month); err != nil {
		return err
	}
	writer, err := focus.NewWriter(to, ownColumns...)
	if err != nil {
		return err
	}
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		items, err := loadExported(ctx, tx, month)
		if err != nil {
			return err
		}
		return eachSplit(ctx, tx, month, true, func(c charged, parts []part) error {
			item := items[[2]int64{c.importNo, c.itemNo}]
			if item == nil {
				return fmt.Errorf("the ledger holds a charge without an item: %d, %d", c.importNo, c.itemNo)
			}
			return item.write(writer, c, parts)
		})
	})
	if err != nil {
		return err
	}
	return writer.Flush()
}

// loadExported reads the items of a month, and what their charges hold.
func loadExported(ctx context.Context, tx *database.Tx, month int64) (map[[2]int64]*exportedItem, error) {
	items := map[[2]int64]*exportedItem{}
	err := eachRow(ctx, tx, "SELECT m.source, m.period_from_ms, m.period_to_ms, i.import_no, i.no, "+itemColumns+` FROM finops_import m JOIN finops_item i ON i.import_no = m.no
		WHERE m.state = 'current' AND EXISTS (SELECT 1 FROM finops_charge c WHERE c.import_no = m.no AND c.month = $1)`, []any{month}, func(row database.Row) error {
		item := &exportedItem{charges: map[spot]exportedCharge{}}
		var key [2]int64
		into := []any{&item.source, &item.fromMS, &item.toMS, &key[0], &key[1]}
		for i := range item.texts {
			into = append(into, &item.texts[i])
		}
		err := row.Scan(into...)
		items[key] = item
		return err
	})
	if err != nil {
		return nil, err
	}
	return items, eachRow(ctx, tx, `SELECT c.import_no, c.item_no, c.day, c.days, CAST(SUM(c.list_nano) AS BIGINT), CAST(SUM(c.list_atto) AS BIGINT), CAST(SUM(c.contracted_nano) AS BIGINT), CAST(SUM(c.contracted_atto) AS BIGINT),
		CAST(SUM(c.quantity_nano) AS BIGINT), CAST(SUM(c.quantity_atto) AS BIGINT), CAST(SUM(c.pricing_nano) AS BIGINT), CAST(SUM(c.pricing_atto) AS BIGINT)
		FROM finops_import m JOIN finops_charge c ON c.import_no = m.no WHERE m.state = 'current' AND c.month = $1 GROUP BY 1, 2, 3, 4`, []any{month}, func(row database.Row) error {
		var key [2]int64
		var at spot
		var sums [4]columns
		if err := row.Scan(&key[0], &key[1], &at.day, &at.days, &sums[0].nano, &sums[0].atto, &sums[1].nano, &sums[1].atto, &sums[2].nano, &sums[2].atto, &sums[3].nano, &sums[3].atto); err != nil {
			return err
		}
		var charge exportedCharge
		for i, into := range []*exact.Amount{&charge.list, &charge.contracted, &charge.consumed, &charge.priced} {
			amount, err := sums[i].amount()
			if err != nil {
				return err
			}
			*into = amount
		}
		items[key].charges[at] = charge
		return nil
	})
}

// write writes a charge: as it is when it belongs to nobody or to one company
// alone, else a row a part.
func (item *exportedItem) write(writer *focus.Writer, c charged, parts []part) error {
	text, err := item.text()
	if err != nil {
		return err
	}
	charge := item.charges[spot{day: c.day, days: c.days}]
	text[focus.ChargePeriodStart], text[focus.ChargePeriodEnd] = focus.Time(c.day*dayMS), focus.Time((c.day+c.days)*dayMS)
	if len(parts) < 2 {
		item.fill(&text, c.cost.billed, c.cost.effective, charge)
		kind := ""
		if len(parts) == 1 {
			kind = parts[0].kind
		}
		company := c.companyID
		if len(parts) == 1 && parts[0].companyID != "" {
			company = parts[0].companyID
		}
		return writer.Write(&text, item.source, c.at.line, c.at.environment, company, kind, "")
	}
	split := [4][]exact.Amount{}
	for i, total := range []exact.Amount{charge.list, charge.contracted, charge.consumed, charge.priced} {
		amounts, err := splitLike(total, parts)
		if err != nil {
			return err
		}
		split[i] = amounts
	}
	for i, p := range parts {
		text := text
		item.fill(&text, p.cost.billed, p.cost.effective, exportedCharge{split[0][i], split[1][i], split[2][i], split[3][i]})
		text[focus.AllocatedMethodID], text[focus.AllocatedMethodDetails] = p.method, p.details(c.at.deployment())
		text[focus.AllocatedResourceID] = p.companyID
		if p.companyID == "" {
			text[focus.AllocatedResourceID] = p.kind
		}
		if err := writer.Write(&text, item.source, c.at.line, c.at.environment, p.companyID, p.kind, p.ratio.String()); err != nil {
			return err
		}
	}
	return nil
}

// splitLike splits a total by the ratios of parts, exactly.
func splitLike(total exact.Amount, parts []part) ([]exact.Amount, error) {
	weights := make([]share.Weight, len(parts))
	places := make(map[string]int, len(parts))
	for i, p := range parts {
		// Of a ratio there are 10^18 attos, which an int64 holds.
		weights[i] = share.Weight{Key: intText(int64(i)), Value: p.ratio.Nano*1_000_000_000 + p.ratio.Atto}
		places[weights[i].Key] = i
	}
	split, _, err := share.Split(total, weights)
	if err != nil {
		return nil, err
	}
	amounts := make([]exact.Amount, len(parts))
	for _, one := range split {
		amounts[places[one.Key]] = one.Amount
	}
	return amounts, nil
}

// text gives the columns of an item: what the bill said, and null where it said
// nothing.
func (item *exportedItem) text() (text [focus.Columns]string, err error) {
	for i, column := range []focus.Column{
		focus.ServiceProviderName, focus.BillingAccountID, focus.SubAccountID, focus.SubAccountName, focus.InvoiceID, focus.InvoiceIssuerName,
		focus.ServiceCategory, focus.ServiceName, focus.ServiceSubcategory, focus.RegionID, focus.ResourceID, focus.ResourceName, focus.ResourceType,
		focus.ChargeCategory, focus.ChargeClass, focus.ChargeFrequency, focus.ChargeDescription, focus.PricingCategory, focus.PricingUnit,
		focus.CommitmentDiscountID, focus.CommitmentDiscountStatus, focus.SkuID, focus.SkuPriceID, focus.SkuMeter, focus.ConsumedUnit, focus.BillingCurrency,
		focus.Tags, focus.AllocatedMethodID, focus.AllocatedResourceID, focus.AllocatedTags,
	} {
		text[column] = item.texts[i]
	}
	// The earlier versions of FOCUS call the provider so.
	text[focus.ProviderName] = text[focus.ServiceProviderName]
	details := map[string]string{}
	if kept := item.texts[itemTexts-2]; kept != "" {
		if err := json.Unmarshal([]byte(kept), &details); err != nil {
			return text, fault.Wrap(err, fault.Internal, "a stored item can't be read")
		}
	}
	for _, column := range detailed {
		if kept := details[column.String()]; kept != "" {
			text[column] = kept
		}
	}
	if item.absent(focus.SubAccountID) {
		text[focus.SubAccountID] = ""
	}
	text[focus.BillingPeriodStart], text[focus.BillingPeriodEnd] = focus.Time(item.fromMS), focus.Time(item.toMS)
	return text, nil
}

// absent reports that the bill had null in a column of nullable.
func (item *exportedItem) absent(column focus.Column) bool {
	return slices.Contains(strings.Fields(item.texts[itemTexts-1]), column.String())
}

func (item *exportedItem) fill(text *[focus.Columns]string, billed, effective exact.Amount, charge exportedCharge) {
	text[focus.BilledCost], text[focus.EffectiveCost] = billed.String(), effective.String()
	for column, amount := range map[focus.Column]exact.Amount{
		focus.ListCost: charge.list, focus.ContractedCost: charge.contracted, focus.ConsumedQuantity: charge.consumed, focus.PricingQuantity: charge.priced,
	} {
		if !item.absent(column) {
			text[column] = amount.String()
		}
	}
}
