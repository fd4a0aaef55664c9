package contact

import (
	"slices"
	"strings"

	"prosa/internal/base/br"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/platform/database"
)

// Limits of what attendants may write on a contact.
const (
	MaxName       = 200 // bytes
	MaxFields     = 100
	MaxFieldName  = 64   // bytes
	MaxFieldValue = 2000 // bytes
	MaxTags       = 50
	MaxTag        = 40 // bytes
)

// Contact is a customer of a company.
type Contact struct {
	TenantID string            `json:"-"`
	ID       string            `json:"id"`
	Name     string            `json:"name" doc:"What attendants call them."`
	Profile  string            `json:"profile,omitempty" doc:"The platform's profile name as last seen."`
	Username string            `json:"username,omitempty"`
	Language string            `json:"language,omitempty" doc:"BCP 47, as the platform gives it."`
	Fields   map[string]string `json:"fields"`
	Tags     []string          `json:"tags" nullable:"false" doc:"Sorted."`
	// Named says that somebody of the company decided on the name: the platform's
	// profile name no longer changes it.
	Named bool `json:"-"`
	// MergedInto is the contact that stands for this one.
	MergedInto string    `json:"merged_into,omitempty" doc:"The contact that stands for this one since the two were joined."`
	Blocked    bool      `json:"blocked" doc:"The company does not want to hear from them: they create no work."`
	Addresses  []Address `json:"addresses"`
	CreatedMS  int64     `json:"created_ms"`
	UpdatedMS  int64     `json:"updated_ms"`
	Version    int64     `json:"version"`
}

// Address is one way to reach a contact.
type Address struct {
	Kind  message.AddressKind `json:"kind"`
	Value string              `json:"value"`
	// AccountID is set where the platform's id only means something to one
	// account.
	AccountID string `json:"account_id,omitempty"`
	// Reachable is false after the customer blocked us or left the platform.
	Reachable bool  `json:"reachable"`
	CreatedMS int64 `json:"created_ms"`
}

// Known is what Resolve tells of the customer behind a sighting.
type Known struct {
	ID   string
	Name string
	// Called is Name, or empty where that only stands for an address: nobody is
	// greeted by a number.
	Called   string
	Username string
	Language string
	Fields   map[string]string
	Tags     []string // sorted
	Blocked  bool
	New      bool // first seen by this sighting
}

// fallback is what a customer without any name is called: the number in the
// form that people read, else the id itself.
func fallback(addresses []message.Address) string {
	for _, a := range addresses {
		if a.Kind == message.WaID {
			if local := br.FormatPhone(a.Value); local != a.Value {
				return local
			}
			return "+" + strings.TrimPrefix(a.Value, "+")
		}
	}
	if len(addresses) > 0 {
		return addresses[0].Value
	}
	return ""
}

// folded is the text by which a contact is found.
func (c *Contact) folded() string {
	parts := []string{c.Name, c.Profile, c.Username}
	for _, a := range c.Addresses {
		parts = append(parts, a.Value)
		if key := matchKey(a.Kind, a.Value); key != a.Value {
			parts = append(parts, key)
		}
	}
	return fold.Text(strings.Join(parts, " "))
}

// see takes over what a sighting says of the person and reports whether that
// changed anything.
func (c *Contact) see(s Sighting) (changed bool) {
	if s.Name != "" && s.Name != c.Profile {
		if c.unnamed(s.Addresses) {
			c.Name = s.Name
		}
		c.Profile, changed = s.Name, true
	}
	if s.Username != "" && s.Username != c.Username {
		c.Username, changed = s.Username, true
	}
	if s.Language != "" && s.Language != c.Language {
		c.Language, changed = s.Language, true
	}
	return changed
}

// unnamed reports whether nobody of the company gave the contact its name: it
// is the platform's profile name, or stands for one. seen are addresses of the
// present event.
func (c *Contact) unnamed(seen []message.Address) bool {
	if c.Named && c.Name != "" {
		return false
	}
	if c.Name == c.Profile || c.Name == "" {
		return true
	}
	names := make([]message.Address, len(c.Addresses))
	for i, a := range c.Addresses {
		names[i] = message.Address{Kind: a.Kind, Value: a.Value}
	}
	return c.Profile == "" && (c.Name == c.Username || c.Name == fallback(names) || c.Name == fallback(seen) ||
		slices.ContainsFunc(names, func(a message.Address) bool { return a.Value == c.Name }))
}

// Called gives the name that the customer may be greeted by: empty while only an
// address is known. seen are addresses of the present event.
func (c *Contact) Called(seen ...message.Address) string {
	if !c.Named && c.Profile == "" && c.Name != c.Username && c.unnamed(seen) {
		return ""
	}
	return c.Name
}

// CheckFields reports the first field that can't be kept.
func CheckFields(fields map[string]string) error {
	if len(fields) > MaxFields {
		return fault.OnField("fields", "at most %d fields", MaxFields)
	}
	for name, value := range fields {
		switch {
		case name == "" || len(name) > MaxFieldName || database.Text(name) != nil:
			return fault.OnField("fields", "a field's name has 1 to %d bytes of text", MaxFieldName)
		case len(value) > MaxFieldValue || database.Text(value) != nil:
			return fault.OnField("fields."+name, "at most %d bytes of text", MaxFieldValue)
		}
	}
	return nil
}
