// Package id makes and reads identifiers of the TypeID form: a short prefix
// that names the kind, an underscore, and a UUIDv7 in 26 Crockford base-32
// characters ("msg_01jk..."). They sort by time and say in a log what they
// are. Source: TypeID specification 0.3.0; RFC 9562 section 5.7 (UUIDv7).
package id

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"prosa/internal/base/fault"
)

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// Prefix names a kind of thing in its identifiers.
type Prefix string

// One prefix a kind; the list is closed so that two kinds never share one.
const (
	Tenant       Prefix = "ten"
	User         Prefix = "usr"
	Session      Prefix = "ses"
	Invitation   Prefix = "inv"
	Audit        Prefix = "aud"
	Account      Prefix = "cha" // channel account
	Delivery     Prefix = "dlv"
	Exchange     Prefix = "exc"
	Contact      Prefix = "ctc"
	Identity     Prefix = "idt" // a contact's address on a channel
	Conversation Prefix = "cnv"
	Message      Prefix = "msg"
	Media        Prefix = "med"
	Event        Prefix = "evt"
	Bot          Prefix = "bot"
	Flow         Prefix = "flw"
	Version      Prefix = "ver" // an immutable version of a flow
	BotSession   Prefix = "bse"
	Turn         Prefix = "trn"
	Quarantine   Prefix = "qrt"
	Dead         Prefix = "ded"
	Interval     Prefix = "itv"
	Team         Prefix = "tea"
	Epoch        Prefix = "epo" // a life of the event stream
	Product      Prefix = "prd"
	Variant      Prefix = "var"
	Collection   Prefix = "col"
	Movement     Prefix = "mov" // of stock
	Cart         Prefix = "crt"
	Order        Prefix = "ord"
	Coupon       Prefix = "cpn"
	Zone         Prefix = "zon" // of delivery
	Payment      Prefix = "pay"
	Refund       Prefix = "ref"
	Lease        Prefix = "lea"
	Letter       Prefix = "ltr" // a mail
	Reset        Prefix = "pwr" // of a forgotten password
	Plan         Prefix = "pln"
	PlanVersion  Prefix = "plv"
	Promotion    Prefix = "prm" // a coupon of ours, for plans
	Acquisition  Prefix = "acq"
	Subscription Prefix = "sub"
	Invoice      Prefix = "ivc"
	Wish         Prefix = "wsh" // something asked of a vendor of plans
	Grant        Prefix = "grt" // a temporary quota
	Factor       Prefix = "fac" // a second factor
	Support      Prefix = "sup" // an operator's look into a company
	Export       Prefix = "exp"
	Template     Prefix = "tpl" // a message template of WhatsApp
	Consent      Prefix = "cns" // an entry of the opt-in ledger
	Merge        Prefix = "mrg" // of two contacts
	Move         Prefix = "mve" // of a company to another deployment
	News         Prefix = "nws" // what a platform said of an account
	CostAccount  Prefix = "cac" // an entry of the map of accounts
	Fee          Prefix = "fee" // of a channel
	Saving       Prefix = "sav" // a measure that is to save money
)

// New makes an identifier whose first 48 bits are nowMS (milliseconds since
// the Unix epoch) and whose other bits are random.
func New(prefix Prefix, nowMS int64) string {
	var u [16]byte
	// crypto/rand.Read never returns an error since Go 1.24.
	_, _ = rand.Read(u[6:])
	return format(prefix, nowMS, u)
}

// Derive makes the identifier that always comes out of the same prefix, time
// and parts: a repeated turn computes the ids of the replies it made before.
func Derive(prefix Prefix, nowMS int64, parts ...string) string {
	hash := sha256.New()
	for _, part := range parts {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		hash.Write(size[:])
		hash.Write([]byte(part))
	}
	var u [16]byte
	copy(u[6:], hash.Sum(nil))
	return format(prefix, nowMS, u)
}

// First is the smallest identifier of a time: those of a day stand from First of
// its begin up to, and without, First of the next one's.
func First(prefix Prefix, ms int64) string { return format(prefix, ms, [16]byte{}) }

func format(prefix Prefix, nowMS int64, u [16]byte) string {
	ms := uint64(nowMS)
	u[0], u[1], u[2] = byte(ms>>40), byte(ms>>32), byte(ms>>24)
	u[3], u[4], u[5] = byte(ms>>16), byte(ms>>8), byte(ms)
	u[6] = u[6]&0x0f | 0x70 // version 7
	u[8] = u[8]&0x3f | 0x80 // RFC 9562 variant
	hi, lo := binary.BigEndian.Uint64(u[:8]), binary.BigEndian.Uint64(u[8:])
	out := make([]byte, len(prefix)+1+26)
	copy(out, prefix)
	out[len(prefix)] = '_'
	text := out[len(prefix)+1:]
	// 128 bits in 26 digits of 5 bits: the first digit holds only 3.
	for i := 25; i >= 0; i-- {
		text[i] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out)
}

// Check says whether text is an identifier of the given kind. The error names
// no field: the caller knows which one it read.
func Check(prefix Prefix, text string) error {
	rest, ok := strings.CutPrefix(text, string(prefix)+"_")
	if !ok || len(rest) != 26 || rest[0] > '7' {
		return fault.New(fault.Invalid, "not an identifier of the form %s_ and 26 characters", prefix)
	}
	for i := range len(rest) {
		if strings.IndexByte(alphabet, rest[i]) < 0 {
			return fault.New(fault.Invalid, "not an identifier of the form %s_ and 26 characters", prefix)
		}
	}
	return nil
}

// TimeMS gives the milliseconds since the Unix epoch at which the identifier
// was made, or 0 when text is not an identifier.
func TimeMS(text string) int64 {
	cut := strings.IndexByte(text, '_')
	if cut < 0 || len(text)-cut-1 != 26 {
		return 0
	}
	var hi, lo uint64
	for _, c := range []byte(text[cut+1:]) {
		digit := strings.IndexByte(alphabet, c)
		if digit < 0 {
			return 0
		}
		hi = hi<<5 | lo>>59
		lo = lo<<5 | uint64(digit)
	}
	return int64(hi >> 16)
}
