package asaas

import (
	"slices"
	"strconv"
	"strings"

	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

// terms is what externalReference holds of a subscription: the key of the wish
// that made it, and what Asaas has no field for.
type terms struct {
	key      string
	discount money.Amount // off each of the first cycles bills
	cycles   int
	trial    string // the day on which a trial ends, 2006-01-02
	// withdrawn are bills that were told and then taken back, oldest first: lists
	// have them no more, and they must be told as void.
	withdrawn []string
}

// withdrawnMost bounds how many are remembered; each is read again at each look.
const withdrawnMost = 3

// String spells the terms: "key|d4000x3|t2026-12-06|wpay_1,pay_2".
func (t terms) String() string {
	text := t.key
	if t.cycles > 0 && t.discount > 0 {
		text += "|d" + strconv.FormatInt(int64(t.discount), 10) + "x" + strconv.Itoa(t.cycles)
	}
	if t.trial != "" {
		text += "|t" + t.trial
	}
	if len(t.withdrawn) > 0 {
		text += "|w" + strings.Join(t.withdrawn, ",")
	}
	return text
}

// readTerms reads what String wrote. What is not readable is left out.
func readTerms(text string) terms {
	parts := strings.Split(text, "|")
	t := terms{key: parts[0]}
	for _, part := range parts[1:] {
		switch {
		case strings.HasPrefix(part, "d"):
			amount, cycles, _ := strings.Cut(part[1:], "x")
			discount, err := strconv.ParseInt(amount, 10, 64)
			count, err2 := strconv.Atoi(cycles)
			if err == nil && err2 == nil && discount > 0 && count > 0 {
				t.discount, t.cycles = money.Amount(discount), count
			}
		case strings.HasPrefix(part, "t"):
			if _, ok := dayMS(part[1:]); ok {
				t.trial = part[1:]
			}
		case strings.HasPrefix(part, "w") && len(part) > 1:
			t.withdrawn = strings.Split(part[1:], ",")
		}
	}
	return t
}

// remember adds bills that are being taken back.
func (t *terms) remember(ids []string) {
	for _, id := range ids {
		if !slices.Contains(t.withdrawn, id) {
			t.withdrawn = append(t.withdrawn, id)
		}
	}
	t.withdrawn = t.withdrawn[max(len(t.withdrawn)-withdrawnMost, 0):]
}

// changeReference is what a bill of a change carries: whose it is, and which
// wish made it.
func changeReference(subscriptionID, key string) string {
	return "change|" + subscriptionID + "|" + key
}

// changed gives whose change a bill is of, empty for none.
func changed(reference string) (subscriptionID string) {
	parts := strings.SplitN(reference, "|", 3)
	if len(parts) == 3 && parts[0] == "change" {
		return parts[1]
	}
	return ""
}

// Methods of payment, in our words and the vendor's.
const (
	card   = "card"
	pix    = "pix"
	boleto = "boleto"
	// undefined lets the payer choose on the page.
	undefined = "UNDEFINED"
)

// billingType gives the vendor's word for a choice of methods.
func billingType(methods []string) string {
	if len(methods) == 1 {
		switch methods[0] {
		case card:
			return "CREDIT_CARD"
		case pix:
			return "PIX"
		case boleto:
			return "BOLETO"
		}
	}
	return undefined
}

// methodOf gives our word; empty for what was not chosen yet.
func methodOf(billingType string) string {
	return map[string]string{"CREDIT_CARD": card, "DEBIT_CARD": card, "PIX": pix, "BOLETO": boleto}[billingType]
}

func cycleOf(interval subscription.Interval) string {
	if interval == subscription.Annual {
		return "YEARLY"
	}
	return "MONTHLY"
}

func intervalOf(cycle string) subscription.Interval {
	if cycle == "YEARLY" {
		return subscription.Annual
	}
	return subscription.Monthly
}
