package contact

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// Sighting is one event's word on who a customer is.
type Sighting struct {
	TenantID  string
	Channel   message.Channel
	AccountID string
	// Addresses are all that the event names, best first; at least one.
	Addresses []message.Address
	Name      string
	Username  string
	Language  string
	AtMS      int64
}

// Resolve gives the contact of each sighting, in their order, making those
// that are not known yet and linking new addresses to those that are. It reads
// all addresses in one go, and writes only where something is new.
func (s *Service) Resolve(ctx context.Context, tx *database.Tx, sightings []Sighting) ([]Known, error) {
	r := &resolution{now: tx.Now(), held: map[key]*held{}, contacts: map[string]*Contact{}, touched: map[string]bool{}}
	for i := range sightings {
		if len(sightings[i].Addresses) == 0 {
			return nil, fault.New(fault.Invalid, "an event names no address of its customer")
		}
		sightings[i].Name, sightings[i].Username = cleaned(sightings[i].Name), cleaned(sightings[i].Username)
		for _, address := range sightings[i].Addresses {
			r.want(keyOf(sightings[i].TenantID, sightings[i].AccountID, address))
		}
	}
	if err := r.load(ctx, tx); err != nil {
		return nil, err
	}
	for i := range sightings {
		r.settle(sightings[i])
	}
	if err := r.write(ctx, tx); err != nil {
		return nil, err
	}
	if err := s.refresh(ctx, tx, r.changed()); err != nil {
		return nil, err
	}
	if err := s.wonder(ctx, tx, r, sightings); err != nil {
		return nil, err
	}
	known := make([]Known, len(sightings))
	for i, contactID := range r.answers {
		c := r.contacts[r.final(contactID)]
		known[i] = Known{ID: c.ID, Name: c.Name, Called: c.Called(sightings[i].Addresses...), Username: c.Username, Language: c.Language, Fields: c.Fields, Tags: c.Tags, Blocked: c.Blocked, New: r.first[i]}
	}
	return known, nil
}

// cleaned leaves out control characters and those that turn the direction of
// writing: a name stands beside texts of ours, which it must not rearrange.
func cleaned(name string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 {
			return -1
		}
		return c
	}, name))
}

// held is an address as it stands in the database, or as we are about to put
// it there (contactID is then one of our own making).
type held struct {
	contactID string
	value     string
	reachable bool
	stored    bool
	dirty     bool
}

// resolution is the work on one batch: everything is decided in memory, in the
// order of the events, and then written.
type resolution struct {
	now      int64
	order    []key
	held     map[key]*held
	contacts map[string]*Contact
	created  []string          // contacts of our own making, in order
	moved    map[string]string // of our own making -> whom a parallel transaction made first
	touched  map[string]bool   // stored contacts that must be written again
	// conflicts by the pair of contacts.
	conflicts map[[2]string]conflict
	answers   []string
	first     []bool
}

type conflict struct {
	tenantID string
	evidence []message.Address
}

func (r *resolution) want(k key) {
	if _, ok := r.held[k]; !ok {
		r.held[k] = &held{}
		r.order = append(r.order, k)
	}
}

// load reads the addresses that the batch names, with their contacts.
func (r *resolution) load(ctx context.Context, tx *database.Tx) error {
	slices.SortFunc(r.order, compare)
	args := make([][]any, len(r.order))
	for i, k := range r.order {
		args[i] = k.args()
	}
	_, err := tx.All(ctx, `SELECT a.value, a.reachable, c.id, c.name, c.profile, c.username, c.language, c.fields, c.blocked, c.version, c.tags, c.named
		FROM contact_address a JOIN contact c ON c.tenant_id = a.tenant_id AND c.id = a.contact_id
		WHERE a.tenant_id = $1 AND a.kind = $2 AND a.scope = $3 AND a.match_key = $4`, args, func(i int, row database.Row) error {
		k := r.order[i]
		c, h := Contact{TenantID: k.tenant}, r.held[k]
		var fields, tags string
		if err := row.Scan(&h.value, &h.reachable, &c.ID, &c.Name, &c.Profile, &c.Username, &c.Language, &fields, &c.Blocked, &c.Version, &tags, &c.Named); err != nil {
			return err
		}
		h.contactID, h.stored = c.ID, true
		known, ok := r.contacts[c.ID]
		if !ok {
			c.Tags = splitTags(tags)
			known = &c
			r.contacts[c.ID] = known
			if err := decodeFields(fields, known); err != nil {
				return err
			}
		}
		known.Addresses = append(known.Addresses, Address{Kind: k.kind, Value: h.value, AccountID: k.scope, Reachable: h.reachable})
		return nil
	})
	return err
}

// settle decides whom one sighting is about.
func (r *resolution) settle(s Sighting) {
	winner, first := r.winner(s)
	c := r.contacts[winner]
	if c.see(s) && !first {
		r.touched[winner] = true
	}
	for _, address := range s.Addresses {
		h := r.held[keyOf(s.TenantID, s.AccountID, address)]
		switch {
		case h.contactID == "":
			*h = held{contactID: winner, value: address.Value, reachable: true, dirty: true}
			c.Addresses = append(c.Addresses, Address{Kind: address.Kind, Value: address.Value,
				AccountID: scopeOf(address.Kind, s.AccountID), Reachable: true, CreatedMS: r.now})
			r.touched[winner] = true
		case h.contactID != winner:
			r.meet(winner, h.contactID, s)
		case h.value != address.Value || !h.reachable:
			h.value, h.reachable, h.dirty = address.Value, true, true
			r.touched[winner] = true
		}
	}
	r.answers = append(r.answers, winner)
	r.first = append(r.first, first)
}

// winner picks the contact of the strongest address that is known, and makes a
// new one when none is.
func (r *resolution) winner(s Sighting) (contactID string, first bool) {
	best := -1
	for _, address := range s.Addresses {
		h := r.held[keyOf(s.TenantID, s.AccountID, address)]
		if h.contactID == "" {
			continue
		}
		rank := strength(address.Kind)
		if best < 0 || rank < best || rank == best && h.contactID < contactID {
			best, contactID = rank, h.contactID
		}
	}
	if contactID != "" {
		return contactID, false
	}
	c := &Contact{TenantID: s.TenantID, ID: id.New(id.Contact, r.now), Fields: map[string]string{}, Tags: []string{}, CreatedMS: r.now, UpdatedMS: r.now, Version: 1}
	c.see(s)
	if c.Name == "" {
		c.Name = s.Username
	}
	if c.Name == "" {
		c.Name = fallback(s.Addresses)
	}
	r.contacts[c.ID] = c
	r.created = append(r.created, c.ID)
	return c.ID, true
}

func (r *resolution) meet(winner, other string, s Sighting) {
	if r.conflicts == nil {
		r.conflicts = map[[2]string]conflict{}
	}
	r.conflicts[[2]string{winner, other}] = conflict{s.TenantID, s.Addresses}
}

// final follows a contact of our own making to the one that stands for it.
func (r *resolution) final(contactID string) string {
	if other, ok := r.moved[contactID]; ok {
		return other
	}
	return contactID
}

// write puts down what is new: addresses first, since they decide whether a
// parallel transaction made the same customer before us.
func (r *resolution) write(ctx context.Context, tx *database.Tx) error {
	if err := r.writeAddresses(ctx, tx); err != nil {
		return err
	}
	var rows [][]any
	for _, contactID := range r.created {
		if _, gone := r.moved[contactID]; gone {
			continue
		}
		c := r.contacts[contactID]
		rows = append(rows, []any{c.TenantID, c.ID, c.Name, c.Profile, c.Username, c.Language, c.folded(), "{}", false, r.now, r.now, c.Version})
	}
	if _, err := tx.All(ctx, `INSERT INTO contact (tenant_id, id, name, profile, username, language, folded, fields, blocked, created_ms, updated_ms, version)
		VALUES (`+database.List(12, 1)+`)`, rows, nil); err != nil {
		return err
	}
	return r.writeConflicts(ctx, tx)
}

func (r *resolution) writeAddresses(ctx context.Context, tx *database.Tx) error {
	var rows [][]any
	for _, k := range r.order {
		if h := r.held[k]; h.dirty {
			rows = append(rows, append(k.args(), h.value, h.contactID, r.now))
		}
	}
	taken := map[string][]key{} // of our own making -> addresses that turned out to be another's
	// An address that stands keeps its contact; RETURNING tells whose it is.
	_, err := tx.All(ctx, `INSERT INTO contact_address (tenant_id, kind, scope, match_key, value, contact_id, reachable, created_ms)
		VALUES ($1, $2, $3, $4, $5, $6, TRUE, $7)
		ON CONFLICT (tenant_id, kind, scope, match_key) DO UPDATE SET value = excluded.value, reachable = TRUE
		RETURNING tenant_id, kind, scope, match_key, contact_id`, rows, func(_ int, row database.Row) error {
		var k key
		var actual string
		if err := row.Scan(&k.tenant, &k.kind, &k.scope, &k.match, &actual); err != nil {
			return err
		}
		if h := r.held[k]; actual != h.contactID {
			taken[h.contactID] = append(taken[h.contactID], k)
			h.contactID = actual
		}
		return nil
	})
	if err != nil || len(taken) == 0 {
		return err
	}
	return r.yield(ctx, tx, taken)
}

// yield gives way to contacts that a parallel transaction made between our
// look and our write: ours are never written, their addresses move over.
func (r *resolution) yield(ctx context.Context, tx *database.Tx, taken map[string][]key) error {
	r.moved = map[string]string{}
	for ours, keys := range taken {
		if !slices.Contains(r.created, ours) {
			continue // a stored contact keeps what it has; the address is the other's
		}
		best := keys[0]
		for _, k := range keys[1:] {
			if strength(k.kind) < strength(best.kind) || strength(k.kind) == strength(best.kind) && compare(k, best) < 0 {
				best = k
			}
		}
		theirs := r.held[best].contactID
		r.moved[ours] = theirs
		if _, err := tx.Exec(ctx, `UPDATE contact_address SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2`, best.tenant, ours, theirs); err != nil {
			return err
		}
		for _, h := range r.held {
			if h.contactID == ours {
				h.contactID = theirs
			}
		}
		delete(r.touched, ours)
		if _, ok := r.contacts[theirs]; !ok {
			found, err := loadContacts(ctx, tx, best.tenant, []string{theirs})
			if err != nil {
				return err
			}
			if len(found) != 1 {
				return fault.New(fault.Conflict, "the contact of an address is gone")
			}
			r.contacts[theirs] = &found[0]
		}
		r.touched[theirs] = true
	}
	return nil
}

func (r *resolution) writeConflicts(ctx context.Context, tx *database.Tx) error {
	var rows [][]any
	for pair, c := range r.conflicts {
		evidence, err := json.Marshal(c.evidence)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "addresses could not be encoded")
		}
		if winner, other := r.final(pair[0]), r.final(pair[1]); winner != other {
			rows = append(rows, []any{c.tenantID, winner, other, string(evidence), r.now})
		}
	}
	slices.SortFunc(rows, func(a, b []any) int { return strings.Compare(a[1].(string)+a[2].(string), b[1].(string)+b[2].(string)) })
	_, err := tx.Each(ctx, `INSERT INTO contact_conflict (tenant_id, contact_id, other_id, evidence, at_ms) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant_id, contact_id, other_id) DO NOTHING`, rows, nil)
	return err
}

// changed gives the stored contacts that the batch touched, in key order.
func (r *resolution) changed() []*Contact {
	var list []*Contact
	for contactID := range r.touched {
		if _, gone := r.moved[contactID]; !gone && !slices.Contains(r.created, contactID) {
			list = append(list, r.contacts[contactID])
		}
	}
	slices.SortFunc(list, func(a, b *Contact) int { return strings.Compare(a.TenantID+a.ID, b.TenantID+b.ID) })
	return list
}

// refresh writes contacts again whose profile or addresses changed, and tells
// of it.
func (s *Service) refresh(ctx context.Context, tx *database.Tx, changed []*Contact) error {
	if len(changed) == 0 {
		return nil
	}
	var now []Contact
	for _, c := range changed {
		stored, err := loadContacts(ctx, tx, c.TenantID, []string{c.ID})
		if err != nil {
			return err
		}
		if len(stored) == 0 {
			continue
		}
		if stored[0].Version != c.Version {
			// A person changed the contact since we looked: theirs stands.
			c.Name, c.Named, c.Fields, c.Tags, c.Blocked = stored[0].Name, stored[0].Named, stored[0].Fields, stored[0].Tags, stored[0].Blocked
		}
		c.Addresses, c.CreatedMS = stored[0].Addresses, stored[0].CreatedMS
		c.UpdatedMS, c.Version = tx.Now(), stored[0].Version+1
		if _, err := tx.Exec(ctx, `UPDATE contact SET name = $3, profile = $4, username = $5, language = $6, folded = $7, updated_ms = $8,
			version = $9 WHERE tenant_id = $1 AND id = $2`,
			c.TenantID, c.ID, c.Name, c.Profile, c.Username, c.Language, c.folded(), c.UpdatedMS, c.Version); err != nil {
			return err
		}
		now = append(now, *c)
	}
	return s.announce(ctx, tx, event.Actor{Kind: "customer"}, event.ByCustomer, now)
}

// Learned are addresses of a known contact that a platform told in its answer
// to a send.
type Learned struct {
	TenantID  string
	AccountID string
	ContactID string
	Addresses []message.Address
}

// Learn links addresses to contacts that are known already. An address of
// another contact stays there and the meeting is noted.
func (s *Service) Learn(ctx context.Context, tx *database.Tx, learned []Learned) error {
	r := &resolution{now: tx.Now(), held: map[key]*held{}, contacts: map[string]*Contact{}, touched: map[string]bool{}}
	for _, l := range learned {
		for _, address := range l.Addresses {
			r.want(keyOf(l.TenantID, l.AccountID, address))
		}
	}
	if err := r.load(ctx, tx); err != nil {
		return err
	}
	for _, l := range learned {
		for _, address := range l.Addresses {
			h := r.held[keyOf(l.TenantID, l.AccountID, address)]
			switch {
			case h.contactID == "":
				*h = held{contactID: l.ContactID, value: address.Value, reachable: true, dirty: true}
				r.touched[l.ContactID] = true
			case h.contactID != l.ContactID:
				r.meet(l.ContactID, h.contactID, Sighting{TenantID: l.TenantID, Addresses: l.Addresses})
			case h.value != address.Value:
				h.value, h.dirty = address.Value, true
				r.touched[l.ContactID] = true
			}
		}
		if r.touched[l.ContactID] && r.contacts[l.ContactID] == nil {
			found, err := loadContacts(ctx, tx, l.TenantID, []string{l.ContactID})
			if err != nil {
				return err
			}
			if len(found) == 0 {
				return fault.New(fault.NotFound, "no such contact")
			}
			r.contacts[l.ContactID] = &found[0]
		}
	}
	if err := r.write(ctx, tx); err != nil {
		return err
	}
	return s.refresh(ctx, tx, r.changed())
}
