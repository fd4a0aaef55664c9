package contact

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// wonder asks for the names of new contacts that came without one.
func (s *Service) wonder(ctx context.Context, tx *database.Tx, r *resolution, sightings []Sighting) error {
	if s.ask == nil {
		return nil
	}
	var strangers []Stranger
	for i, contactID := range r.answers {
		if r.first[i] && r.final(contactID) == contactID && r.contacts[contactID].Profile == "" {
			strangers = append(strangers, Stranger{
				TenantID: sightings[i].TenantID, ContactID: contactID, AccountID: sightings[i].AccountID,
				Channel: sightings[i].Channel, Addresses: sightings[i].Addresses,
			})
		}
	}
	if len(strangers) == 0 {
		return nil
	}
	return s.ask(ctx, tx, strangers)
}

// Acquaintance is a customer as the company's own address book has them.
type Acquaintance struct {
	TenantID  string
	Channel   message.Channel
	AccountID string
	Addresses []message.Address
	Name      string
}

// Remember brings in the company's address book: who is not known yet becomes a
// contact, and is called as the company calls them, unless somebody has named
// them here already.
func (s *Service) Remember(ctx context.Context, tx *database.Tx, book []Acquaintance) error {
	sightings := make([]Sighting, len(book))
	for i, each := range book {
		sightings[i] = Sighting{TenantID: each.TenantID, Channel: each.Channel, AccountID: each.AccountID, Addresses: each.Addresses, AtMS: tx.Now()}
	}
	known, err := s.Resolve(ctx, tx, sightings)
	if err != nil {
		return err
	}
	for i, each := range book {
		name := message.Size{Max: MaxName, Unit: message.Bytes}.Cut(cleaned(each.Name))
		found, err := loadContacts(ctx, tx, each.TenantID, []string{known[i].ID})
		if err != nil {
			return err
		}
		if len(found) == 0 || name == "" || name == found[0].Name || !found[0].unnamed(each.Addresses) {
			continue
		}
		found[0].Name, found[0].Named = name, true
		if err := s.save(ctx, tx, event.Actor{Kind: "system"}, event.ByProvider, &found[0]); err != nil {
			return err
		}
	}
	return nil
}

// Introduction is what a platform tells of a contact when it is asked.
type Introduction struct {
	TenantID  string
	ContactID string
	Name      string
	Username  string
	Language  string
}

// Introduce writes a platform's answer: the name that people gave a contact
// meanwhile stays. A contact that is gone is passed over.
func (s *Service) Introduce(ctx context.Context, in Introduction) error {
	return s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		found, err := loadContacts(ctx, tx, in.TenantID, []string{in.ContactID})
		if err != nil || len(found) == 0 {
			return err
		}
		c := &found[0]
		if !c.see(Sighting{Name: cleaned(in.Name), Username: cleaned(in.Username), Language: cleaned(in.Language)}) {
			return nil
		}
		if _, err := tx.Exec(ctx, `UPDATE contact SET profile = $3, username = $4, language = $5 WHERE tenant_id = $1 AND id = $2`,
			c.TenantID, c.ID, c.Profile, c.Username, c.Language); err != nil {
			return fault.Wrap(err, fault.Unavailable, "the profile could not be written")
		}
		return s.save(ctx, tx, event.Actor{Kind: "customer", ID: c.ID}, event.ByProvider, c)
	})
}
