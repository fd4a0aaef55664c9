package webhook

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/channel"
)

// Limits of what a body may be cut into. Pieces repeat what they share (a
// contact, the number's data), so a body made for it could grow a thousandfold.
const (
	pieceMax  = bodyMax + 512<<10
	piecesMax = 4 * bodyMax
	// problemMax bounds a reason, which may quote the body.
	problemMax = 500
	// siblingsMax bounds how often a body is verified again, for accounts that it
	// names and that have a URL of their own.
	siblingsMax = 100
)

// take is a verified body on its way to the shards.
type take struct {
	handler  *Handler
	adapter  channel.Adapter
	hook     string
	accounts []channel.Account // whose secret matched
	nowMS    int64
	header   http.Header
	body     []byte
	siblings map[string]bool // accounts of other URLs by id: whether they share the secret

	pieces    []piece
	strangers int // pieces that name an account that we don't know
}

// piece is one event with the shard that it goes to.
type piece struct {
	raw   event.Raw
	shard int
}

// cut fills the pieces. Whatever the body is, at least one comes out, so that
// nothing that was signed is dropped.
func (t *take) cut() {
	pieces, err := t.split()
	if err == nil {
		if size := total(pieces); size > piecesMax {
			err = fault.New(fault.TooLarge, "its %d events make %d bytes", len(pieces), size)
		}
	}
	if err != nil {
		t.keep(channel.Piece{Body: t.body, Problem: "the body can't be read: " + fault.MessageOf(err)})
		return
	}
	if len(pieces) == 0 {
		t.keep(channel.Piece{Body: t.body, Problem: "the body holds no event"})
		return
	}
	for i := range pieces {
		p := pieces[i]
		if len(p.Body) > pieceMax {
			t.keep(channel.Piece{Body: t.body, Problem: fmt.Sprintf("event %d of %d is too large: %d bytes", i+1, len(pieces), len(p.Body))})
			continue
		}
		t.keep(p)
	}
}

// split calls the adapter, whose defects must not lose a body.
func (t *take) split() (pieces []channel.Piece, err error) {
	defer func() {
		if defect := recover(); defect != nil {
			t.handler.Logger.Error("adapter panicked in Split", "channel", t.adapter.Channel(), "defect", defect)
			pieces, err = nil, fault.New(fault.Invalid, "our reading of it failed")
		}
	}()
	return t.adapter.Split(t.body)
}

func total(pieces []channel.Piece) (size int) {
	for i := range pieces {
		size += len(pieces[i].Body)
	}
	return size
}

// keep routes a piece to its account, or to quarantine.
func (t *take) keep(p channel.Piece) {
	raw := event.Raw{Channel: string(t.adapter.Channel()), ReceivedMS: t.nowMS, Problem: p.Problem, Body: p.Body}
	account, known := t.route(p)
	switch {
	case known:
		raw.TenantID, raw.AccountID = account.TenantID, account.ID
	case p.Problem == "":
		t.strangers++
		// Whose secret signed it decides later to whom it may belong.
		raw.AccountID, raw.Problem = t.accounts[0].ID, p.Unrouted()
	case p.ExternalID == "":
		// A broken body belongs to the company whose secret signed it, if that is
		// one.
		raw.TenantID = t.company()
	}
	if len(raw.Problem) > problemMax {
		raw.Problem = strings.ToValidUTF8(raw.Problem[:problemMax], "")
	}
	key := p.ShardKey
	if raw.Problem != "" && key == "" {
		key = t.hook
	}
	t.pieces = append(t.pieces, piece{raw: raw, shard: channel.Shard(raw.AccountID, key, len(t.handler.collectors))})
}

// route finds the account of a piece among those whose secret matched. A piece
// that names none belongs to the only one there is.
func (t *take) route(p channel.Piece) (channel.Account, bool) {
	if p.ExternalID == "" {
		if len(t.accounts) == 1 {
			return t.accounts[0], true
		}
		return channel.Account{}, false
	}
	for _, account := range t.accounts {
		if account.ExternalID == p.ExternalID {
			return account, true
		}
	}
	// Events about what several accounts stand under (a business account) name
	// that: it is in their settings, and any of them can tell its company.
	for _, account := range t.accounts {
		for _, value := range account.Settings {
			if value == p.ExternalID {
				return account, true
			}
		}
	}
	return t.sibling(p.ExternalID)
}

// sibling gives the account of another URL whose secret signed this body too:
// an app that has several numbers, also of several companies, tells about all
// of them at one URL.
func (t *take) sibling(externalID string) (channel.Account, bool) {
	account, ok := t.handler.Directory.ByExternal(t.adapter.Channel(), externalID)
	if !ok {
		return channel.Account{}, false
	}
	shares, known := t.siblings[account.ID]
	if !known && len(t.siblings) < siblingsMax {
		// Its own URL knows the secret that it had before a rotation, too: accounts
		// of one app are not rotated in one moment.
		own := []channel.Account{account}
		at, _ := t.handler.Directory.ByHook(account.Channel, account.Hook)
		for _, twin := range at {
			if twin.ID == account.ID {
				own = append(own, twin)
			}
		}
		verified, err := t.adapter.Verify(t.header, t.body, own)
		shares = err == nil && len(verified) > 0
		if t.siblings == nil {
			t.siblings = map[string]bool{}
		}
		t.siblings[account.ID] = shares
	}
	return account, shares
}

// company gives the company of all matching accounts, empty when they are of
// several.
func (t *take) company() string {
	first := t.accounts[0].TenantID
	if slices.ContainsFunc(t.accounts, func(a channel.Account) bool { return a.TenantID != first }) {
		return ""
	}
	return first
}

// report counts what was stored and tells whose accounts were heard of.
func (t *take) report() {
	h := t.handler
	name := string(t.adapter.Channel())
	heard := map[string]bool{}
	for _, p := range t.pieces {
		if p.raw.Problem != "" {
			h.metrics.events.WithLabelValues(name, "quarantined").Inc()
			continue
		}
		h.metrics.events.WithLabelValues(name, "accepted").Inc()
		if h.Heard != nil && !heard[p.raw.AccountID] {
			heard[p.raw.AccountID] = true
			h.Heard(p.raw.AccountID, t.nowMS)
		}
	}
}
