package zoho

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"prosa/internal/modules/crm"
)

// module is what the vendor calls a kind of record.
func module(entity crm.Entity) string {
	return map[crm.Entity]string{crm.EntityAccount: "Accounts", crm.EntityContact: "Contacts", crm.EntityDeal: "Deals", crm.EntityLead: "Leads"}[entity]
}

// record is what is written of one, by API names.
type record map[string]any

// link points to another record.
func link(id string) any { return map[string]string{"id": id} }

// put adds a text that is not empty.
func (r record) put(name, value string) record {
	if value = strings.TrimSpace(value); value != "" {
		r[name] = value
	}
	return r
}

// fit shortens texts to the lengths of the CRM's fields: a longer one would be
// refused. What records are found by stays whole.
func (r record) fit(fields []crm.Field, keep string) record {
	for _, field := range fields {
		text, isText := r[field.Name].(string)
		if !isText || field.Length <= 0 || field.Name == keep || len(field.Values) > 0 {
			continue
		}
		if utf8.RuneCountInString(text) > field.Length {
			r[field.Name] = strings.TrimSpace(string([]rune(text)[:field.Length]))
		}
	}
	return r
}

// Account implements crm.Vendor.
func (v *Vendor) Account(ctx context.Context, s crm.Session, a crm.Account) (crm.Written, error) {
	r := record{}.put("Account_Name", a.Name).put(s.Settings.TaxIDField, a.TaxID).put("Phone", a.Phone).put("Billing_Street", a.Street).
		put("Billing_City", a.City).put("Billing_State", a.State).put("Billing_Code", a.ZIP).put("Billing_Country", a.Country).put("Description", a.Note)
	return v.upsert(ctx, s, crm.EntityAccount, s.Settings.TaxIDField, r)
}

// Contact implements crm.Vendor.
func (v *Vendor) Contact(ctx context.Context, s crm.Session, c crm.Contact) (crm.Written, error) {
	r := person(c.Name, c.Email).put("Email", c.Email).put("Phone", c.Phone)
	if c.AccountID != "" {
		r["Account_Name"] = link(c.AccountID)
	}
	return v.upsert(ctx, s, crm.EntityContact, "Email", r)
}

// Deal implements crm.Vendor.
func (v *Vendor) Deal(ctx context.Context, s crm.Session, d crm.Deal) (crm.Written, error) {
	r := record{}.put("Deal_Name", d.Name).put(s.Settings.ContractField, d.ContractID).put("Stage", s.Settings.Stages[d.Stage]).
		put("Pipeline", s.Settings.Pipeline).put("Lead_Source", s.Settings.LeadSource)
	if d.Name == "" {
		r.put("Deal_Name", d.ContractID)
	}
	r["Amount"] = json.Number(d.Amount.Decimal())
	r["Closing_Date"] = day(d.ClosingMS)
	r["Account_Name"] = link(d.AccountID)
	if d.ContactID != "" {
		r["Contact_Name"] = link(d.ContactID)
	}
	return v.upsert(ctx, s, crm.EntityDeal, s.Settings.ContractField, r)
}

// Lead implements crm.Vendor.
func (v *Vendor) Lead(ctx context.Context, s crm.Session, l crm.Lead) (crm.Written, error) {
	r := person(l.Name, l.Email).put("Company", l.Company).put("Email", l.Email).put("Phone", l.Phone).
		put("Lead_Source", s.Settings.LeadSource).put("Lead_Status", s.Settings.LeadStatus).put("Description", l.Note)
	return v.upsert(ctx, s, crm.EntityLead, "Email", r)
}

// person splits a name as the CRM has it: the last name is mandatory.
func person(name, email string) record {
	words := strings.Fields(name)
	switch len(words) {
	case 0:
		before, _, _ := strings.Cut(email, "@")
		return record{}.put("Last_Name", before)
	case 1:
		return record{}.put("Last_Name", words[0])
	default:
		return record{}.put("First_Name", words[0]).put("Last_Name", strings.Join(words[1:], " "))
	}
}

// brasilia is the zone of our contracts' days. Brazil has had no summer time
// since 2019.
const brasilia = -3 * 60 * 60

func day(ms int64) string {
	return time.UnixMilli(ms).In(time.FixedZone("", brasilia)).Format(time.DateOnly)
}

// batch is the body of an upsert or an update.
type batch struct {
	Data    []record `json:"data"`
	Unique  []string `json:"duplicate_check_fields,omitempty"`
	Trigger []string `json:"trigger"` // never absent: see the package comment
}

// upsert writes one record, found again by the unique field.
func (v *Vendor) upsert(ctx context.Context, s crm.Session, entity crm.Entity, unique string, r record) (crm.Written, error) {
	body := batch{Data: []record{r.fit(s.Fields, unique)}, Unique: []string{unique}, Trigger: []string{}}
	status, header, answer, err := v.call(ctx, s.Access, http.MethodPost, "/crm/v8/"+module(entity)+"/upsert", body)
	if err != nil {
		return crm.Written{}, err
	}
	written, err := readWritten(status, header, answer)
	return written, named(err, map[string]string{s.Settings.TaxIDField: "tax_id", s.Settings.ContractField: "contract_id"})
}

// named adds our names of the fields that the settings name.
func named(err error, names map[string]string) error {
	if t := new(crm.Trouble); errors.As(err, &t) && t.Kind == crm.Refused && t.Ours == "" {
		_, name, _ := strings.Cut(t.Field, "].")
		t.Ours = names[name]
	}
	return err
}

// Stage implements crm.Vendor.
func (v *Vendor) Stage(ctx context.Context, s crm.Session, contractID, dealID string, stage crm.Stage) (crm.Written, error) {
	if dealID != "" {
		written, err := v.update(ctx, s, dealID, stage)
		if !gone(err) || contractID == "" {
			return written, err
		}
		// Somebody deleted or merged the deal: its contract may have another one.
	}
	found, err := v.find(ctx, s.Access, crm.EntityDeal, s.Settings.ContractField, contractID)
	if err != nil {
		return crm.Written{}, err
	}
	if found == "" {
		return crm.Written{}, &crm.Trouble{Kind: crm.Refused, Ours: "contract_id", Message: "Zoho has no deal of the contract " + contractID}
	}
	return v.update(ctx, s, found, stage)
}

func (v *Vendor) update(ctx context.Context, s crm.Session, dealID string, stage crm.Stage) (crm.Written, error) {
	body := batch{Data: []record{record{}.put("Stage", s.Settings.Stages[stage])}, Trigger: []string{}}
	status, header, answer, err := v.call(ctx, s.Access, http.MethodPut, "/crm/v8/Deals/"+url.PathEscape(dealID), body)
	if err != nil {
		return crm.Written{}, err
	}
	return readWritten(status, header, answer)
}

// gone reports whether the vendor says that the id is of no record: INVALID_DATA
// on the id itself.
func gone(err error) bool {
	t := new(crm.Trouble)
	return errors.As(err, &t) && t.Kind == crm.Refused && (strings.HasSuffix(t.Field, ".id") || strings.Contains(t.Message, " id: "))
}

// find gives the id of the record with the value, empty for none. Source: "Search
// Records": 200 with data, or 204 with nothing.
func (v *Vendor) find(ctx context.Context, access crm.Access, entity crm.Entity, field, value string) (string, error) {
	query := url.Values{"criteria": {"(" + field + ":equals:" + escape(value) + ")"}, "fields": {field}}
	status, _, body, err := v.call(ctx, access, http.MethodGet, "/crm/v8/"+module(entity)+"/search?"+query.Encode(), nil)
	switch {
	case err != nil:
		return "", err
	case status == http.StatusNoContent:
		return "", nil
	case status != http.StatusOK:
		return "", judge(status, body)
	}
	var answer struct {
		Data []map[string]json.RawMessage `json:"data"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", &crm.Trouble{Kind: crm.Down, Message: "Zoho answered something that is not its JSON"}
	}
	for _, one := range answer.Data {
		// Searches compare loosely: what is not the very value is another contract.
		if text(one[field]) == value {
			return text(one["id"]), nil
		}
	}
	return "", nil
}

// escape spells a value in a criteria. Source: "Search Records", on parentheses
// and commas.
func escape(value string) string {
	return strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`, ",", `\,`).Replace(value)
}

func text(raw json.RawMessage) string {
	var value string
	if json.Unmarshal(raw, &value) != nil {
		return strings.Trim(string(raw), `"`)
	}
	return value
}

// readWritten judges the answer to the writing of one record.
func readWritten(status int, header http.Header, body []byte) (crm.Written, error) {
	var answer struct {
		Data []struct {
			failure
			Action  string `json:"action"`
			Details struct {
				ID json.RawMessage `json:"id"`
			} `json:"details"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &answer) != nil || len(answer.Data) == 0 {
		return crm.Written{}, judge(status, body)
	}
	one := answer.Data[0]
	if one.Status != "success" {
		return crm.Written{}, judge(status, body)
	}
	id := text(one.Details.ID)
	if id == "" || strings.ContainsFunc(id, func(r rune) bool { return r < '0' || r > '9' }) {
		return crm.Written{}, &crm.Trouble{Kind: crm.Down, Message: "Zoho wrote the record and gave no id"}
	}
	return crm.Written{ID: id, New: one.Action == "insert", Credits: credits(header)}, nil
}

// credits reads how many calls are left; the header comes only once half are
// used.
func credits(header http.Header) int64 {
	left, err := strconv.ParseInt(header.Get("X-API-CREDITS-REMAINING"), 10, 64)
	if err != nil || left < 0 {
		return -1
	}
	return left
}
