package focus

import (
	"fmt"
	"sort"

	"prosa/internal/base/fault"
)

// Rule names what is wrong or odd, once and for ever.
type Rule string

// Rules whose breach refuses a file.
const (
	NotReadable    Rule = "not_readable"    // neither CSV nor Parquet, or broken
	Truncated      Rule = "truncated"       // ends too early
	TooLarge       Rule = "too_large"       // more rows or bytes than allowed
	NoRows         Rule = "no_rows"         //
	MissingColumn  Rule = "missing_column"  //
	DoubledColumn  Rule = "doubled_column"  //
	RaggedRow      Rule = "ragged_row"      // more or fewer cells than columns
	BadText        Rule = "bad_text"        // NUL, or not UTF-8
	BadNumber      Rule = "bad_number"      //
	BadTime        Rule = "bad_time"        //
	BadPeriod      Rule = "bad_period"      // ends before it begins, or is absurdly long
	BadCurrency    Rule = "bad_currency"    // not of ISO 4217's form
	TwoCurrencies  Rule = "two_currencies"  // in one invoice
	BadValue       Rule = "bad_value"       // not one of the allowed ones
	BadTags        Rule = "bad_tags"        // no JSON object
	UnexpectedNull Rule = "unexpected_null" //
)

// Rules whose breach is a finding.
const (
	NullWord       Rule = "null_word"       // NULL was written out
	TimeForm       Rule = "time_form"       // without T or Z, or not in UTC
	ValueCase      Rule = "value_case"      // a capital differs
	ValueUnknown   Rule = "value_unknown"   // not one of the allowed ones, kept
	ForeignColumn  Rule = "foreign_column"  // not FOCUS's, without x_
	ColumnAbsent   Rule = "column_absent"   // mandatory, but not needed here
	NullCost       Rule = "null_cost"       // counted as zero
	DoubleTag      Rule = "double_tag"      // a key stands twice, the last counts
	OutsidePeriod  Rule = "outside_period"  // a charge outside of its billing period that is no correction
	Rounded        Rule = "rounded"         // a double with more than 18 places
	QuantityLost   Rule = "quantity_lost"   // too large or too fine, left out
	EmptyText      Rule = "empty_text"      // where null is meant
	MixedCurrency  Rule = "mixed_currency"  // of one billing account, in different invoices or none
	CostDisordered Rule = "cost_disordered" // a discount that makes dearer: ContractedCost above ListCost
)

// Refusal is why a file is not taken. Row is 1 for the first below the header, 0
// for the file or its header.
type Refusal struct {
	Row     int64  `json:"row"`
	Column  string `json:"column"`
	Rule    Rule   `json:"rule"`
	Message string `json:"message"`
}

// Error implements error.
func (r *Refusal) Error() string {
	place := ""
	if r.Row > 0 {
		place = fmt.Sprintf("row %d", r.Row)
	}
	if r.Column != "" {
		if place != "" {
			place += ", "
		}
		place += "column " + r.Column
	}
	if place != "" {
		place += ": "
	}
	return place + r.Message
}

// Unwrap makes it fault.Invalid with the whole sentence.
func (r *Refusal) Unwrap() error { return fault.New(fault.Invalid, "%s", r.Error()) }

// Finding is what was odd and taken as it was: how often, and where first.
type Finding struct {
	Rule     Rule   `json:"rule"`
	Column   string `json:"column"`
	Count    int64  `json:"count"`
	FirstRow int64  `json:"first_row"`
	Sample   string `json:"sample"`
}

type findingKey struct {
	rule   Rule
	column string
}

// findings counts. A hostile header could name any number of columns, so the
// kinds are bounded.
type findings map[findingKey]*Finding

const mostFindings = 500

func (f findings) note(rule Rule, column string, row int64, sample string) {
	key := findingKey{rule, column}
	known := f[key]
	if known == nil {
		if len(f) >= mostFindings {
			return
		}
		known = &Finding{Rule: rule, Column: column, FirstRow: row, Sample: clip(sample)}
		f[key] = known
	}
	known.Count++
}

// list gives the findings in order of rule and column.
func (f findings) list() []Finding {
	list := make([]Finding, 0, len(f))
	for _, finding := range f {
		list = append(list, *finding)
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].Rule != list[j].Rule {
			return list[i].Rule < list[j].Rule
		}
		return list[i].Column < list[j].Column
	})
	return list
}

// clip shortens a text for a message and cuts no character in two.
func clip(text string) string {
	const most = 60
	count := 0
	for at := range text {
		if count == most {
			return text[:at] + "…"
		}
		count++
	}
	return text
}
