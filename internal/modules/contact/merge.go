package contact

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// Holder is a module whose rows name contacts. Its rows follow when two
// contacts become one, and come back when that is undone. Both calls run in the
// transaction of the merge and may be repeated.
type Holder interface {
	// Holds names the holder in stored merges; it never changes.
	Holds() string
	// TakeOver makes From's rows To's and gives the ids of those that moved. What
	// cannot move (To has its own open cart) stays where it is. Error:
	// fault.Refused with a sentence where a person has to decide first.
	TakeOver(ctx context.Context, tx *database.Tx, merge Joining) (moved []string, err error)
	// GiveBack makes the moved rows From's again, and those that came since by
	// one of From's addresses.
	GiveBack(ctx context.Context, tx *database.Tx, merge Joining) error
}

// Joining is what a holder must know of a merge.
type Joining struct {
	TenantID string
	From, To string
	// Moved are the rows that TakeOver gave, for GiveBack.
	Moved []string
	// Addresses of From that came to To, for GiveBack.
	Addresses []message.Address
	AtMS      int64
}

// Merge is two contacts that were joined.
type Merge struct {
	ID        string `json:"id"`
	ContactID string `json:"contact_id" doc:"Who stays."`
	OtherID   string `json:"other_id" doc:"Who went."`
	OtherName string `json:"other_name"`
	ActorKind string `json:"actor_kind"`
	ActorID   string `json:"actor_id"`
	AtMS      int64  `json:"at_ms"`
	UndoneMS  int64  `json:"undone_ms,omitempty"`
}

// MergeInput asks for two contacts to become one.
type MergeInput struct {
	TenantID  string
	ContactID string // stays, with its name
	OtherID   string // goes
	Actor     event.Actor
}

// Merge joins two contacts: addresses, tags and fields that ContactID lacks
// come to it, and so do the rows of every holder. Nothing is lost: Part undoes
// it. Errors: NotFound; Invalid for a contact and itself; Conflict
// "already_merged"; Refused by a holder.
func (s *Service) Merge(ctx context.Context, in MergeInput) (Contact, Merge, error) {
	var after Contact
	var done Merge
	if in.ContactID == in.OtherID {
		return after, done, fault.OnField("other_id", "a contact cannot be joined with itself")
	}
	err := s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		stays, goes, err := loadPair(ctx, tx, in.TenantID, in.ContactID, in.OtherID)
		if err != nil {
			return err
		}
		for _, c := range []*Contact{stays, goes} {
			if c.MergedInto != "" {
				return &fault.Error{Code: fault.Conflict, Reason: "already_merged", Message: c.Name + " was joined with another contact already"}
			}
		}
		m := merging{Merge: Merge{ID: id.New(id.Merge, tx.Now()), ContactID: stays.ID, OtherID: goes.ID, OtherName: goes.Name,
			ActorKind: in.Actor.Kind, ActorID: in.Actor.ID, AtMS: tx.Now()}, tenantID: in.TenantID}
		if err := m.move(ctx, tx, stays, goes); err != nil {
			return err
		}
		if m.rows, err = s.takeOver(ctx, tx, m); err != nil {
			return err
		}
		if err := m.insert(ctx, tx); err != nil {
			return err
		}
		if after, err = s.settleMerge(ctx, tx, in.Actor, stays, goes); err != nil {
			return err
		}
		done = m.Merge
		return s.follow(ctx, tx, m)
	})
	return after, done, err
}

// Part undoes a merge: the addresses, fields, tags and rows that came by it go
// back, and so does what was said since by one of those addresses. Errors:
// NotFound; Conflict "already_undone", or "joined_since" when who stayed went
// into another contact meanwhile.
func (s *Service) Part(ctx context.Context, tenantID, contactID, mergeID string, actor event.Actor) (Contact, error) {
	var after Contact
	err := s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		m, err := loadMerge(ctx, tx, tenantID, mergeID)
		if err != nil {
			return err
		}
		if m.ContactID != contactID {
			return fault.New(fault.NotFound, "no such merge")
		}
		if m.UndoneMS != 0 {
			return &fault.Error{Code: fault.Conflict, Reason: "already_undone", Message: "the contacts were parted already"}
		}
		stays, goes, err := loadPair(ctx, tx, tenantID, m.ContactID, m.OtherID)
		if err != nil {
			return err
		}
		if stays.MergedInto != "" {
			return &fault.Error{Code: fault.Conflict, Reason: "joined_since", Message: stays.Name + " was joined with another contact since; part those first"}
		}
		back, err := m.moveBack(ctx, tx, stays, goes)
		if err != nil {
			return err
		}
		for _, holder := range s.holders {
			joining := m.joining()
			joining.Moved, joining.Addresses = m.rows[holder.Holds()], back
			if err := holder.GiveBack(ctx, tx, joining); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `UPDATE contact_merge SET undone_ms = $3 WHERE tenant_id = $1 AND id = $2`, tenantID, m.ID, tx.Now()); err != nil {
			return err
		}
		after, err = s.settleMerge(ctx, tx, actor, stays, goes)
		return err
	})
	return after, err
}

// Follow moves what still came to the contact that went: an event that was on
// its way when the two were joined knew it by its old name. app runs it as a
// job, some moments after the merge.
func (s *Service) Follow(ctx context.Context, tenantID, mergeID string) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		m, err := loadMerge(ctx, tx, tenantID, mergeID)
		if err != nil || m.UndoneMS != 0 {
			return err
		}
		stays, goes, err := loadPair(ctx, tx, tenantID, m.ContactID, m.OtherID)
		if err != nil {
			return err
		}
		before := m.addresses
		if err := m.move(ctx, tx, stays, goes); err != nil {
			return err
		}
		m.addresses = append(before, m.addresses...)
		late, err := s.takeOver(ctx, tx, m)
		if err != nil {
			return err
		}
		for holder, rows := range late {
			for _, row := range rows {
				if !slices.Contains(m.rows[holder], row) {
					m.rows[holder] = append(m.rows[holder], row)
				}
			}
		}
		addresses, rows, err := m.encode()
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE contact_merge SET addresses = $3, moved = $4 WHERE tenant_id = $1 AND id = $2`, tenantID, m.ID, addresses, rows); err != nil {
			return err
		}
		return s.announceFresh(ctx, tx, event.Actor{Kind: m.ActorKind, ID: m.ActorID}, tenantID, stays.ID)
	})
}

// Merges lists the merges that made a contact what it is, newest first.
func (s *Service) Merges(ctx context.Context, tenantID, contactID string) (list []Merge, err error) {
	list = []Merge{}
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := s.KnowContact(ctx, tx, tenantID, contactID); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT m.id, m.contact_id, m.other_id, c.name, m.actor_kind, m.actor_id, m.at_ms, m.undone_ms
			FROM contact_merge m JOIN contact c ON c.tenant_id = m.tenant_id AND c.id = m.other_id
			WHERE m.tenant_id = $1 AND m.contact_id = $2 ORDER BY m.id DESC LIMIT 100`, tenantID, contactID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var m Merge
			if err := rows.Scan(&m.ID, &m.ContactID, &m.OtherID, &m.OtherName, &m.ActorKind, &m.ActorID, &m.AtMS, &m.UndoneMS); err != nil {
				return err
			}
			list = append(list, m)
		}
		return rows.Err()
	})
	return list, err
}

// takeOver asks every holder for the rows of who went.
func (s *Service) takeOver(ctx context.Context, tx *database.Tx, m merging) (map[string][]string, error) {
	moved := map[string][]string{}
	for _, holder := range s.holders {
		rows, err := holder.TakeOver(ctx, tx, m.joining())
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 {
			moved[holder.Holds()] = rows
		}
	}
	return moved, nil
}

// settleMerge writes both contacts and tells of them.
func (s *Service) settleMerge(ctx context.Context, tx *database.Tx, actor event.Actor, stays, goes *Contact) (Contact, error) {
	for _, c := range []*Contact{stays, goes} {
		if _, err := tx.Exec(ctx, `UPDATE contact SET merged_into = $3 WHERE tenant_id = $1 AND id = $2`, c.TenantID, c.ID, c.MergedInto); err != nil {
			return *stays, err
		}
		addresses, err := loadAddresses(ctx, tx, c.TenantID, []string{c.ID})
		if err != nil {
			return *stays, err
		}
		if c.Addresses = addresses[c.ID]; c.Addresses == nil {
			c.Addresses = []Address{}
		}
		if err := s.save(ctx, tx, actor, event.Manual, c); err != nil {
			return *stays, err
		}
	}
	return *stays, nil
}

func (s *Service) announceFresh(ctx context.Context, tx *database.Tx, actor event.Actor, tenantID, contactID string) error {
	list, err := loadContacts(ctx, tx, tenantID, []string{contactID})
	if err != nil {
		return err
	}
	return s.announce(ctx, tx, actor, event.Manual, list)
}

// merging is a merge with what it moved.
type merging struct {
	Merge
	tenantID  string
	addresses []key
	fields    map[string]string
	tags      []string
	rows      map[string][]string
}

func (m *merging) joining() Joining {
	return Joining{TenantID: m.tenantID, From: m.OtherID, To: m.ContactID, AtMS: m.AtMS}
}

// move brings the addresses, and what who stays lacks, over.
func (m *merging) move(ctx context.Context, tx *database.Tx, stays, goes *Contact) error {
	m.addresses = nil
	_, err := tx.All(ctx, `UPDATE contact_address SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2 RETURNING kind, scope, match_key`,
		[][]any{{m.tenantID, goes.ID, stays.ID}}, func(_ int, row database.Row) error {
			k := key{tenant: m.tenantID}
			err := row.Scan(&k.kind, &k.scope, &k.match)
			m.addresses = append(m.addresses, k)
			return err
		})
	if err != nil {
		return err
	}
	slices.SortFunc(m.addresses, compare)
	if goes.MergedInto == stays.ID {
		return nil // what who stays lacked came with the merge itself
	}
	m.fields = map[string]string{}
	for name, value := range goes.Fields {
		if _, has := stays.Fields[name]; !has && len(stays.Fields) < MaxFields {
			m.fields[name], stays.Fields[name] = value, value
		}
	}
	for _, tag := range goes.Tags {
		if stays.retag([]string{tag}, nil) {
			m.tags = append(m.tags, tag)
		}
	}
	stays.Named = true // a person saw both names and chose
	goes.MergedInto = stays.ID
	return nil
}

// moveBack is move's opposite; it gives the addresses that went back.
func (m *merging) moveBack(ctx context.Context, tx *database.Tx, stays, goes *Contact) (back []message.Address, err error) {
	for _, k := range m.addresses {
		_, err := tx.All(ctx, `UPDATE contact_address SET contact_id = $6
			WHERE tenant_id = $1 AND kind = $2 AND scope = $3 AND match_key = $4 AND contact_id = $5 RETURNING value`,
			[][]any{append(k.args(), stays.ID, goes.ID)}, func(_ int, row database.Row) error {
				address := message.Address{Kind: k.kind}
				err := row.Scan(&address.Value)
				back = append(back, address)
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	for name, value := range m.fields {
		if stays.Fields[name] == value {
			delete(stays.Fields, name)
		}
	}
	stays.retag(nil, m.tags)
	goes.MergedInto = ""
	return back, nil
}

// storedKey is a key as a merge keeps it.
type storedKey struct {
	Kind  message.AddressKind `json:"kind"`
	Scope string              `json:"scope,omitempty"`
	Match string              `json:"match"`
}

func (m *merging) encode() (addresses, rows string, err error) {
	keys := make([]storedKey, len(m.addresses))
	for i, k := range m.addresses {
		keys[i] = storedKey{k.kind, k.scope, k.match}
	}
	first, err := json.Marshal(keys)
	if err != nil {
		return "", "", fault.Wrap(err, fault.Internal, "addresses could not be encoded")
	}
	second, err := json.Marshal(m.rows)
	return string(first), string(second), fault.Wrap(err, fault.Internal, "rows could not be encoded")
}

func (m *merging) insert(ctx context.Context, tx *database.Tx) error {
	addresses, rows, err := m.encode()
	if err != nil {
		return err
	}
	fields, err := encodeFields(m.fields)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO contact_merge (tenant_id, id, contact_id, other_id, addresses, fields, tags, moved, actor_kind, actor_id, at_ms, undone_ms)
		VALUES (`+database.List(12, 1)+`)`,
		m.tenantID, m.ID, m.ContactID, m.OtherID, addresses, fields, joinTags(m.tags), rows, m.ActorKind, m.ActorID, m.AtMS, 0)
	return err
}

func loadMerge(ctx context.Context, tx *database.Tx, tenantID, mergeID string) (merging, error) {
	m := merging{tenantID: tenantID, rows: map[string][]string{}}
	var addresses, fields, tags, rows string
	err := tx.QueryRow(ctx, `SELECT id, contact_id, other_id, addresses, fields, tags, moved, actor_kind, actor_id, at_ms, undone_ms
		FROM contact_merge WHERE tenant_id = $1 AND id = $2`+tx.ForUpdate(), tenantID, mergeID).
		Scan(&m.ID, &m.ContactID, &m.OtherID, &addresses, &fields, &tags, &rows, &m.ActorKind, &m.ActorID, &m.AtMS, &m.UndoneMS)
	if errors.Is(err, database.ErrNoRows) {
		return m, fault.New(fault.NotFound, "no such merge")
	}
	if err != nil {
		return m, err
	}
	var keys []storedKey
	if err := errors.Join(json.Unmarshal([]byte(addresses), &keys), json.Unmarshal([]byte(fields), &m.fields), json.Unmarshal([]byte(rows), &m.rows)); err != nil {
		return m, fault.Wrap(err, fault.Internal, "the merge "+mergeID+" is unreadable")
	}
	for _, k := range keys {
		m.addresses = append(m.addresses, key{tenantID, k.Kind, k.Scope, k.Match})
	}
	m.tags = splitTags(tags)
	if m.rows == nil {
		m.rows = map[string][]string{}
	}
	return m, nil
}

// loadPair locks both contacts, in the order of their ids.
func loadPair(ctx context.Context, tx *database.Tx, tenantID, first, second string) (a, b *Contact, err error) {
	list, err := loadContacts(ctx, tx, tenantID, []string{first, second})
	if err != nil {
		return nil, nil, err
	}
	for i := range list {
		switch list[i].ID {
		case first:
			a = &list[i]
		case second:
			b = &list[i]
		}
	}
	if a == nil || b == nil {
		return nil, nil, fault.New(fault.NotFound, "no such contact")
	}
	return a, b, nil
}
