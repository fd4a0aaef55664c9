package contact

import (
	"strings"

	"prosa/internal/base/br"
	"prosa/internal/message"
)

// key identifies an address inside a company; all of it is the primary key of
// contact_address.
type key struct {
	tenant string
	kind   message.AddressKind
	scope  string
	match  string
}

func keyOf(tenantID, accountID string, address message.Address) key {
	return key{tenantID, address.Kind, scopeOf(address.Kind, accountID), matchKey(address.Kind, address.Value)}
}

func (k key) args() []any { return []any{k.tenant, string(k.kind), k.scope, k.match} }

// compare orders keys, so that rows are always taken in the same order.
func compare(a, b key) int {
	for _, c := range []int{
		strings.Compare(a.tenant, b.tenant), strings.Compare(string(a.kind), string(b.kind)),
		strings.Compare(a.scope, b.scope), strings.Compare(a.match, b.match),
	} {
		if c != 0 {
			return c
		}
	}
	return 0
}

// scopeOf gives the account for ids that a platform makes for one page or
// chat, and nothing for those that all accounts of a company share.
func scopeOf(kind message.AddressKind, accountID string) string {
	switch kind {
	case message.PSID, message.IGSID, message.TelegramChat:
		return accountID
	default:
		return ""
	}
}

// matchKey is what an address is found by. A Brazilian mobile is known with
// and without its ninth digit: its key is the form without. Any other number,
// landlines above all, has only itself.
func matchKey(kind message.AddressKind, value string) string {
	if kind != message.WaID {
		return value
	}
	digits := strings.TrimPrefix(value, "+")
	shortest := digits
	for _, variant := range br.Variants(digits) {
		if len(variant) < len(shortest) {
			shortest = variant
		}
	}
	return shortest
}

// strength says how surely an address names a person, smaller is stronger:
// what a platform made for one user, then the phone number, which may get a
// new owner, then what several users may share.
func strength(kind message.AddressKind) int {
	switch kind {
	case message.BSUID:
		return 0
	case message.TelegramUser, message.PSID, message.IGSID:
		return 1
	case message.WaID:
		return 2
	case message.TelegramChat:
		return 3
	case message.ParentBSUID:
		return 4
	default:
		return 5
	}
}
