package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// State of a version.
type State string

// States of a version. A draft is seen by operators only; a withdrawn version
// is sold no more, and stands for as long as a contract names it.
const (
	Draft     State = "draft"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// HonouredMS is for how long a withdrawn version may still be bought by who had
// chosen it before: 30 days, in milliseconds.
const HonouredMS = int64(30 * 24 * 3600 * 1000)

// Text is said in both languages of the house.
type Text struct {
	PT string `json:"pt"`
	EN string `json:"en"`
}

// In gives the text in a locale ("pt-BR" or "en"); Portuguese where there is no
// other.
func (t Text) In(locale string) string {
	if strings.HasPrefix(strings.ToLower(locale), "en") && t.EN != "" {
		return t.EN
	}
	return t.PT
}

// Content is what a version says and grants, and what it costs.
type Content struct {
	Name     Text   `json:"name"`
	Summary  Text   `json:"summary"`
	Features []Text `json:"features"`
	// Highlight marks the plan that the page of prices recommends.
	Highlight bool           `json:"highlight"`
	Currency  money.Currency `json:"currency"`
	// Monthly and Annual are the prices of a month and of a year, in minor units;
	// 0 is not offered, both 0 is a plan that costs nothing by the month.
	Monthly           money.Amount `json:"monthly"`
	Annual            money.Amount `json:"annual"`
	TrialDays         int          `json:"trial_days"`
	TrialNeedsPayment bool         `json:"trial_needs_payment"`
	// Limits of what is counted; a meter that is not named is unlimited.
	Limits map[tenancy.Meter]tenancy.Limit `json:"limits"`
}

// Version is one edition of a plan.
type Version struct {
	ID     string `json:"id"`
	PlanID string `json:"plan_id"`
	Slug   string `json:"slug"`
	Line   string `json:"line"`
	Number int64  `json:"number"`
	State  State  `json:"state" enum:"draft,published,withdrawn"`
	Content
	Hash        string `json:"hash" doc:"SHA-256 of the content, empty of a draft."`
	Revision    int64  `json:"revision"`
	CreatedMS   int64  `json:"created_ms"`
	UpdatedMS   int64  `json:"updated_ms"`
	PublishedMS int64  `json:"published_ms"`
	WithdrawnMS int64  `json:"withdrawn_ms"`
}

// Price gives what an interval costs; false when it is not offered.
func (v Version) Price(interval Interval) (price money.Amount, offered bool) {
	switch interval {
	case Month:
		return v.Monthly, v.Monthly > 0 || v.Annual == 0
	case Year:
		return v.Annual, v.Annual > 0
	default:
		return 0, false
	}
}

// Sold reports whether the version may be bought at a time by who has chosen
// it: it is published, or was withdrawn at most 30 days ago.
func (v Version) Sold(nowMS int64) bool {
	return v.State == Published || v.State == Withdrawn && nowMS < v.WithdrawnMS+HonouredMS
}

// Entitlements is what the version grants to a company.
func (v Version) Entitlements() tenancy.Entitlements {
	return tenancy.Entitlements{PlanVersionID: v.ID, Limits: maps.Clone(v.Limits)}
}

const (
	nameMax     = 60
	summaryMax  = 240
	featureMax  = 120
	featuresMax = 20
	trialMax    = 90
)

// tidy brings the content into its stored form and checks the rules of all
// content, also of a draft that is not finished. Error: fault.Invalid.
func (c Content) tidy() (Content, error) {
	if c.Currency == "" {
		c.Currency = money.BRL
	}
	c.Features = slices.DeleteFunc(slices.Clone(c.Features), func(t Text) bool { return strings.TrimSpace(t.PT+t.EN) == "" })
	if c.Features == nil {
		c.Features = []Text{}
	}
	if len(c.Features) > featuresMax {
		return c, fault.OnField("features", "at most %d", featuresMax)
	}
	texts := []struct {
		field string
		text  *Text
		most  int
	}{{"name", &c.Name, nameMax}, {"summary", &c.Summary, summaryMax}}
	for i := range c.Features {
		texts = append(texts, struct {
			field string
			text  *Text
			most  int
		}{fmt.Sprintf("features.%d", i), &c.Features[i], featureMax})
	}
	for _, t := range texts {
		t.text.PT, t.text.EN = strings.TrimSpace(t.text.PT), strings.TrimSpace(t.text.EN)
		for _, text := range []string{t.text.PT, t.text.EN} {
			if err := database.Text(text); err != nil {
				return c, fault.OnField(t.field, "%s", fault.MessageOf(err))
			}
			if utf8.RuneCountInString(text) > t.most {
				return c, fault.OnField(t.field, "at most %d characters", t.most)
			}
		}
	}
	if err := c.Currency.Check(); err != nil {
		return c, fault.OnField("currency", "%s", fault.MessageOf(err))
	}
	if c.Monthly.Check() != nil {
		return c, fault.OnField("monthly", "is no price")
	}
	if c.Annual.Check() != nil {
		return c, fault.OnField("annual", "is no price")
	}
	if c.TrialDays < 0 || c.TrialDays > trialMax {
		return c, fault.OnField("trial_days", "must be 0 to %d", trialMax)
	}
	limits := map[tenancy.Meter]tenancy.Limit{}
	for meter, limit := range c.Limits {
		if err := limit.Check(meter); err != nil {
			return c, err
		}
		limits[meter] = limit
	}
	c.Limits = limits
	return c, nil
}

// ready refuses what lacks something that a customer would ask for. Error:
// fault.Invalid.
func (c Content) ready() error {
	for field, text := range map[string]Text{"name": c.Name, "summary": c.Summary} {
		if text.PT == "" || text.EN == "" {
			return fault.OnField(field, "must be said in Portuguese and in English")
		}
	}
	for i, text := range c.Features {
		if text.PT == "" || text.EN == "" {
			return fault.OnField(fmt.Sprintf("features.%d", i), "must be said in Portuguese and in English")
		}
	}
	if c.Annual > 12*c.Monthly && c.Monthly > 0 {
		return fault.OnField("annual", "a year costs more than twelve months")
	}
	if c.TrialNeedsPayment && c.TrialDays == 0 {
		return fault.OnField("trial_needs_payment", "there is no trial")
	}
	return nil
}

// encode gives the content as it is stored, and its hash.
func (c Content) encode() (text, hash string, err error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return "", "", fault.Wrap(err, fault.Internal, "a plan could not be encoded")
	}
	sum := sha256.Sum256(raw)
	return string(raw), hex.EncodeToString(sum[:]), nil
}
