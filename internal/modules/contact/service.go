package contact

import (
	"context"
	"encoding/json"
	"maps"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/platform/database"
)

// Service is what the rest of the house asks of contact. Methods that take a
// transaction work inside the caller's; the others open their own.
type Service struct {
	db       *database.DB
	tell     Tell
	follower Follower
	ask      Ask
	holders  []Holder
	after    func(ctx context.Context, tx *database.Tx, tenantID, mergeID string) error
}

// New makes the service.
func New(db *database.DB, tell Tell) *Service { return &Service{db: db, tell: tell} }

// Bind names who keeps copies of contacts. app calls it once, before the
// start.
func (s *Service) Bind(follower Follower) { s.follower = follower }

// BindAsk has the names of new contacts asked for that came without one. app
// calls it once, before the start.
func (s *Service) BindAsk(ask Ask) { s.ask = ask }

// BindHolders names the modules whose rows follow a merge, and what has Follow
// called some moments after one. app calls it once, before the start.
func (s *Service) BindHolders(after func(ctx context.Context, tx *database.Tx, tenantID, mergeID string) error, holders ...Holder) {
	s.after, s.holders = after, holders
}

// follow has Follow called after the merge.
func (s *Service) follow(ctx context.Context, tx *database.Tx, m merging) error {
	if s.after == nil {
		return nil
	}
	return s.after(ctx, tx, m.tenantID, m.ID)
}

// Get reads one contact. Error: fault.NotFound.
func (s *Service) Get(ctx context.Context, tenantID, contactID string) (c Contact, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		list, err := s.Load(ctx, tx, tenantID, []string{contactID})
		if err == nil && len(list) == 0 {
			return fault.New(fault.NotFound, "no such contact")
		}
		if err == nil {
			c = list[0]
		}
		return err
	})
	return c, err
}

// Load reads contacts with their addresses, in the order of their ids; those
// that don't exist are left out.
func (s *Service) Load(ctx context.Context, tx *database.Tx, tenantID string, ids []string) ([]Contact, error) {
	if len(ids) == 0 {
		return []Contact{}, nil
	}
	rows, err := tx.Query(ctx, `SELECT `+contactColumns+` FROM contact WHERE tenant_id = $1 AND id IN (`+database.List(len(ids), 2)+`) ORDER BY id`,
		append([]any{tenantID}, database.Strings(ids)...)...)
	if err != nil {
		return nil, err
	}
	return withAddresses(ctx, tx, tenantID, rows)
}

// List pages through the contacts of a company, newest first. A query keeps
// those whose name, username or number holds it, whatever its accents.
func (s *Service) List(ctx context.Context, tenantID, query, cursor string, limit int) (list page.List[Contact], err error) {
	if database.Text(query) != nil {
		return list, fault.OnField("q", "must be plain text")
	}
	before := "ctc~" // behind every identifier
	if _, err := page.Decode(cursor, &before); err != nil {
		return list, err
	}
	size := page.Size(limit)
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+contactColumns+` FROM contact WHERE tenant_id = $1 AND id < $2 AND merged_into = '' AND folded LIKE $3 ESCAPE '\'
			ORDER BY id DESC LIMIT $4`, tenantID, before, Pattern(query), size+1)
		if err != nil {
			return err
		}
		list.Items, err = withAddresses(ctx, tx, tenantID, rows)
		return err
	})
	if err == nil && len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(list.Items[size-1].ID)
	}
	return list, err
}

// Pattern makes of a person's words the LIKE pattern (escaped by a backslash)
// that finds them in a folded text. A phone number is found however it is
// punctuated.
func Pattern(query string) string {
	folded := fold.Text(query)
	if digits := strings.NewReplacer(" ", "", "(", "", ")", "", "-", "", "+", "", ".", "").Replace(folded); digits != "" &&
		strings.Trim(digits, "0123456789") == "" {
		folded = digits
	}
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(folded) + "%"
}

// Edit is a change that an attendant makes. A nil member is left alone; a
// field with an empty value is removed.
type Edit struct {
	TenantID  string
	ContactID string
	// Version is the version that the attendant saw; 0 does not care.
	Version int64
	Actor   event.Actor
	Name    *string
	Fields  map[string]string
}

// Update changes a contact. Errors: NotFound, Invalid, Conflict when somebody
// else was faster.
func (s *Service) Update(ctx context.Context, in Edit) (Contact, error) {
	if in.Name != nil {
		name := strings.TrimSpace(*in.Name)
		if name == "" || len(name) > MaxName || database.Text(name) != nil {
			return Contact{}, fault.OnField("name", "a name has 1 to %d bytes of text", MaxName)
		}
		in.Name = &name
	}
	return s.change(ctx, in, func(c *Contact) error {
		if in.Name != nil {
			c.Name, c.Named = *in.Name, true
		}
		return c.setFields(in.Fields)
	})
}

// Block stops or lets work come from a contact again. Conversations that are
// open stay so; messages are still stored.
func (s *Service) Block(ctx context.Context, tenantID, contactID string, blocked bool, actor event.Actor) (Contact, error) {
	return s.change(ctx, Edit{TenantID: tenantID, ContactID: contactID, Actor: actor}, func(c *Contact) error {
		c.Blocked = blocked
		return nil
	})
}

func (c *Contact) setFields(fields map[string]string) error {
	after := maps.Clone(c.Fields)
	for name, value := range fields {
		if value == "" {
			delete(after, name)
			continue
		}
		after[name] = value
	}
	c.Fields = after
	return CheckFields(after)
}

func (s *Service) change(ctx context.Context, in Edit, apply func(c *Contact) error) (after Contact, err error) {
	err = s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		list, err := loadContacts(ctx, tx, in.TenantID, []string{in.ContactID})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.New(fault.NotFound, "no such contact")
		}
		c := list[0]
		if in.Version != 0 && in.Version != c.Version {
			return fault.New(fault.Conflict, "the contact was changed by somebody else; load it again")
		}
		if err := apply(&c); err != nil {
			return err
		}
		if err := s.save(ctx, tx, in.Actor, event.Manual, &c); err != nil {
			return err
		}
		after = c
		return nil
	})
	return after, err
}

// save writes what people and bots may change and tells of it.
func (s *Service) save(ctx context.Context, tx *database.Tx, actor event.Actor, cause event.Cause, c *Contact) error {
	fields, err := encodeFields(c.Fields)
	if err != nil {
		return err
	}
	c.Version++
	c.UpdatedMS = tx.Now()
	if _, err := tx.Exec(ctx, `UPDATE contact SET name = $3, fields = $4, blocked = $5, folded = $6, updated_ms = $7, version = $8, tags = $9, named = $10
		WHERE tenant_id = $1 AND id = $2`, c.TenantID, c.ID, c.Name, fields, c.Blocked, c.folded(), c.UpdatedMS, c.Version, joinTags(c.Tags), c.Named); err != nil {
		return err
	}
	return s.announce(ctx, tx, actor, cause, []Contact{*c})
}

// FieldSet is what a bot learned of a contact.
type FieldSet struct {
	TenantID  string
	ContactID string
	BotID     string
	Fields    map[string]string
	// Tag and Untag are tags to put on and to take off, in this order.
	Tag, Untag []string
}

// SetFields writes what bots collected. A value that can't be kept is left
// out, since a bot's turn must not fail for it; a contact that is gone is
// passed over.
func (s *Service) SetFields(ctx context.Context, tx *database.Tx, sets []FieldSet) error {
	for _, set := range sets {
		list, err := loadContacts(ctx, tx, set.TenantID, []string{set.ContactID})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			continue
		}
		c := list[0]
		changed := false
		for name, value := range set.Fields {
			one := map[string]string{name: value}
			before := c.Fields
			if c.Fields[name] == value || CheckFields(one) != nil {
				continue
			}
			if err := c.setFields(one); err != nil {
				c.Fields = before // too many fields
				continue
			}
			changed = true
		}
		if c.retag(set.Tag, set.Untag) {
			changed = true
		}
		if !changed {
			continue
		}
		if err := s.save(ctx, tx, event.Actor{Kind: "bot", ID: set.BotID}, event.ByBot, &c); err != nil {
			return err
		}
	}
	return nil
}

// Reach is a platform's word on whether an address can be written to.
type Reach struct {
	TenantID  string
	AccountID string
	Addresses []message.Address
	Reachable bool
}

// SetReach notes whether customers can be written to.
func (s *Service) SetReach(ctx context.Context, tx *database.Tx, reaches []Reach) error {
	var rows [][]any
	for _, reach := range reaches {
		for _, address := range reach.Addresses {
			rows = append(rows, append(keyOf(reach.TenantID, reach.AccountID, address).args(), reach.Reachable))
		}
	}
	_, err := tx.Each(ctx, `UPDATE contact_address SET reachable = $5
		WHERE tenant_id = $1 AND kind = $2 AND scope = $3 AND match_key = $4 AND reachable <> $5`, rows, nil)
	return err
}

// Event is the data of contact.updated.
type Event struct {
	Contact Contact `json:"contact"`
}

func (s *Service) announce(ctx context.Context, tx *database.Tx, actor event.Actor, cause event.Cause, contacts []Contact) error {
	for _, c := range contacts {
		data, err := json.Marshal(Event{c})
		if err != nil {
			return fault.Wrap(err, fault.Internal, "the event could not be encoded")
		}
		if err := s.tell(ctx, tx, event.Envelope{TenantID: c.TenantID, Type: event.ContactUpdated, Actor: actor, Cause: cause, Data: data}); err != nil {
			return err
		}
	}
	if s.follower == nil {
		return nil
	}
	return s.follower.FollowContacts(ctx, tx, contacts)
}
