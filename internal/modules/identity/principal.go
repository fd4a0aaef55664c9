package identity

import (
	"sync"
	"time"

	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// rights is notified by every transaction that changes who somebody is or what
// they may do, besides tenancy's own topic.
const rights = "identity.rights"

// principals remembers who was found behind a session's token, since a browser
// asks again and again. What this process changes counts with the next request:
// the commit of a change makes all that is remembered worthless. What another
// process changes counts after trust at the latest.
type principals struct {
	trust time.Duration

	mu         sync.Mutex
	generation uint64 // of the rights
	// Two maps, of which the older is dropped every trust: what nobody asks for
	// is forgotten without being looked for.
	young, old map[string]remembered // by the hash of the token
	turnedMS   int64
}

// remembered is a principal as it was read at a time.
type remembered struct {
	principal  Principal
	readMS     int64
	generation uint64
}

func newPrincipals(db *database.DB, trust time.Duration) *principals {
	p := &principals{trust: trust}
	for _, topic := range []string{rights, tenancy.Topic} {
		db.OnNotify(topic, func(int) { p.forget() })
	}
	return p
}

// forget makes all that is remembered, and all that is being read just now,
// worthless.
func (p *principals) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.generation++
	p.young, p.old = nil, nil
}

// find gives who is behind a token, if that is known and still good; else the
// generation of the rights that a reading begins in.
func (p *principals) find(hash string, nowMS int64) (principal Principal, generation uint64, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := p.young[hash]
	if !ok {
		known, ok = p.old[hash]
	}
	age := nowMS - known.readMS
	return known.principal, p.generation, ok && known.generation == p.generation && age >= 0 && age < p.trust.Milliseconds() &&
		known.principal.Session.ExpiresMS > nowMS && (known.principal.Support == nil || known.principal.Support.ExpiresMS > nowMS) && nowMS-known.principal.Session.SeenMS < known.principal.Session.life.touchEvery().Milliseconds()
}

// keep remembers what was read since a generation.
func (p *principals) keep(hash string, principal Principal, readMS int64, generation uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if generation != p.generation || p.trust <= 0 {
		return // somebody's rights changed meanwhile, maybe these
	}
	if age := readMS - p.turnedMS; p.young == nil || age < 0 || age >= p.trust.Milliseconds() {
		p.young, p.old, p.turnedMS = map[string]remembered{}, p.young, readMS
	}
	p.young[hash] = remembered{principal, readMS, generation}
}
