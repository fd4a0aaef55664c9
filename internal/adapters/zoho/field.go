package zoho

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"

	"prosa/internal/modules/crm"
)

// Fields implements crm.Vendor. Source: "Fields Metadata".
func (v *Vendor) Fields(ctx context.Context, access crm.Access, entity crm.Entity) ([]crm.Field, error) {
	var answer fieldList
	if err := v.read(ctx, access, "/crm/v8/settings/fields?module="+url.QueryEscape(module(entity)), &answer); err != nil {
		return nil, err
	}
	return answer.fields(), nil
}

// fieldList is the metadata; unique is an object that is empty for a field that
// is not.
type fieldList struct {
	Fields []struct {
		Name      string                     `json:"api_name"`
		Type      string                     `json:"data_type"`
		Length    int                        `json:"length"`
		Custom    bool                       `json:"custom_field"`
		Mandatory bool                       `json:"system_mandatory"`
		Unique    map[string]json.RawMessage `json:"unique"`
		Values    []struct {
			Actual  string `json:"actual_value"`
			Display string `json:"display_value"`
		} `json:"pick_list_values"`
	} `json:"fields"`
}

func (l fieldList) fields() []crm.Field {
	fields := make([]crm.Field, len(l.Fields))
	for i, f := range l.Fields {
		fields[i] = crm.Field{Name: f.Name, Type: f.Type, Length: f.Length, Custom: f.Custom, Mandatory: f.Mandatory, Unique: len(f.Unique) > 0}
		for _, value := range f.Values {
			fields[i].Values = append(fields[i].Values, value.Actual)
			if value.Display != value.Actual {
				fields[i].Values = append(fields[i].Values, value.Display)
			}
		}
	}
	return fields
}

// Lengths that our own keys need.
const (
	taxIDLength    = 14 // a CNPJ; the letters of the newer ones take no more room
	contractLength = 20
)

// Check implements crm.Vendor.
func (v *Vendor) Check(settings crm.Settings, fields map[crm.Entity][]crm.Field) []crm.Finding {
	c := check{fields: fields}
	if c.knows(crm.EntityAccount) {
		c.key(crm.EntityAccount, settings.TaxIDField, taxIDLength)
		c.filled(crm.EntityAccount, "Account_Name", settings.TaxIDField)
	}
	if c.knows(crm.EntityContact) {
		c.filled(crm.EntityContact, "Last_Name", "Email")
	}
	if c.knows(crm.EntityDeal) {
		c.key(crm.EntityDeal, settings.ContractField, contractLength)
		for _, stage := range crm.Stages() {
			c.value(crm.EntityDeal, "Stage", settings.Stages[stage])
		}
		c.value(crm.EntityDeal, "Pipeline", settings.Pipeline)
		c.value(crm.EntityDeal, "Lead_Source", settings.LeadSource)
		written := []string{"Deal_Name", "Stage", "Amount", "Closing_Date", "Account_Name", settings.ContractField}
		if settings.Pipeline != "" {
			written = append(written, "Pipeline")
		}
		if settings.LeadSource != "" {
			written = append(written, "Lead_Source")
		}
		c.filled(crm.EntityDeal, written...)
	}
	if c.knows(crm.EntityLead) {
		c.value(crm.EntityLead, "Lead_Source", settings.LeadSource)
		c.value(crm.EntityLead, "Lead_Status", settings.LeadStatus)
		c.filled(crm.EntityLead, "Last_Name", "Email", "Company")
	}
	return c.findings
}

type check struct {
	fields   map[crm.Entity][]crm.Field
	findings []crm.Finding
}

func (c *check) knows(entity crm.Entity) bool { return c.fields[entity] != nil }

func (c *check) field(entity crm.Entity, name string) (crm.Field, bool) {
	i := slices.IndexFunc(c.fields[entity], func(f crm.Field) bool { return f.Name == name })
	if i < 0 {
		return crm.Field{}, false
	}
	return c.fields[entity][i], true
}

func (c *check) found(finding crm.Finding) { c.findings = append(c.findings, finding) }

// key wants a field by which records are found again.
func (c *check) key(entity crm.Entity, name string, length int) {
	field, known := c.field(entity, name)
	switch {
	case !known:
		c.found(crm.Finding{Entity: entity, Field: name, Code: "missing", Blocks: true})
	case !field.Unique:
		c.found(crm.Finding{Entity: entity, Field: name, Code: "not_unique", Blocks: true})
	case field.Type != "text": // a number would lose the letters of a CNPJ, and leading zeros
		c.found(crm.Finding{Entity: entity, Field: name, Code: "missing", Value: "text", Blocks: true})
	case field.Length > 0 && field.Length < length:
		c.found(crm.Finding{Entity: entity, Field: name, Code: "too_short", Value: strconv.Itoa(length), Blocks: true})
	}
}

// value wants a pick list to hold a value.
func (c *check) value(entity crm.Entity, name, value string) {
	field, known := c.field(entity, name)
	switch {
	case value == "":
	case !known:
		c.found(crm.Finding{Entity: entity, Field: name, Code: "missing", Value: value})
	case len(field.Values) > 0 && !slices.Contains(field.Values, value):
		c.found(crm.Finding{Entity: entity, Field: name, Code: "unknown_value", Value: value, Blocks: name == "Stage" || name == "Pipeline"})
	}
}

// filled wants no other field to be mandatory.
func (c *check) filled(entity crm.Entity, written ...string) {
	for _, field := range c.fields[entity] {
		if field.Mandatory && !slices.Contains(written, field.Name) {
			c.found(crm.Finding{Entity: entity, Field: field.Name, Code: "mandatory", Blocks: true})
		}
	}
}
