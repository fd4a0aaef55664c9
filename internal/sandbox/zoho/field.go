package zoho

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Field is a field of a module. Types are the vendor's: text, email, phone,
// textarea, currency, date, picklist, lookup, website, integer.
type Field struct {
	Name      string   `json:"api_name"`
	Label     string   `json:"label,omitempty"`
	Type      string   `json:"data_type"`
	Length    int      `json:"length,omitempty"`
	Custom    bool     `json:"custom_field,omitempty"`
	Mandatory bool     `json:"system_mandatory,omitempty"`
	Unique    bool     `json:"unique,omitempty"`
	Values    []string `json:"values,omitempty"` // of a picklist
	Lookup    string   `json:"lookup,omitempty"` // module that a lookup points into
}

// view is the metadata in the vendor's shape.
func (f Field) view() object {
	values := []object{}
	for _, value := range f.Values {
		values = append(values, object{"display_value": value, "actual_value": value})
	}
	unique := object{}
	if f.Unique {
		unique["casesensitive"] = false
	}
	label := f.Label
	if label == "" {
		label = strings.ReplaceAll(f.Name, "_", " ")
	}
	return object{
		"api_name": f.Name, "field_label": label, "data_type": f.Type, "length": f.Length, "custom_field": f.Custom,
		"system_mandatory": f.Mandatory, "unique": unique, "pick_list_values": values, "read_only": false, "visible": true,
	}
}

// modules are those that this simulator has, in the order of the page.
var modules = []string{"Accounts", "Contacts", "Deals", "Leads"}

// systemDuplicate is the field by which the vendor looks for a record when the
// call names none.
func systemDuplicate(module string) string {
	return map[string]string{"Accounts": "Account_Name", "Contacts": "Email", "Deals": "Deal_Name", "Leads": "Email"}[module]
}

// usualFields are those of a new organization, with the two custom fields that
// the product asks an operator to make.
func usualFields() map[string][]Field {
	stages := []string{"Qualification", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review", "Closed Won", "Ativado", "Closed Lost"}
	sources := []string{"-None-", "Advertisement", "Cold Call", "Partner", "Site", "Web Download"}
	address := func(prefix string) []Field {
		return []Field{
			{Name: prefix + "_Street", Type: "text", Length: 250}, {Name: prefix + "_City", Type: "text", Length: 30}, {Name: prefix + "_State", Type: "text", Length: 30},
			{Name: prefix + "_Code", Type: "text", Length: 30}, {Name: prefix + "_Country", Type: "text", Length: 30},
		}
	}
	phone, email := Field{Name: "Phone", Type: "phone", Length: 30}, Field{Name: "Email", Type: "email", Length: 100}
	first, last := Field{Name: "First_Name", Type: "text", Length: 40}, Field{Name: "Last_Name", Type: "text", Length: 80, Mandatory: true}
	note := Field{Name: "Description", Type: "textarea", Length: 32000}
	return map[string][]Field{
		"Accounts": append([]Field{
			{Name: "Account_Name", Type: "text", Length: 200, Mandatory: true}, phone, {Name: "Website", Type: "website", Length: 255},
			{Name: "Industry", Type: "text", Length: 120}, {Name: "Employees", Type: "integer", Length: 9}, {Name: "Account_Type", Type: "text", Length: 120}, note,
			{Name: "CNPJ", Type: "text", Length: 18, Custom: true, Unique: true},
		}, address("Billing")...),
		"Contacts": append([]Field{first, last, email, phone, {Name: "Mobile", Type: "phone", Length: 30}, {Name: "Title", Type: "text", Length: 100},
			{Name: "Account_Name", Type: "lookup", Lookup: "Accounts"}, note}, address("Mailing")...),
		"Deals": {
			{Name: "Deal_Name", Type: "text", Length: 120, Mandatory: true}, {Name: "Stage", Type: "picklist", Length: 120, Mandatory: true, Values: stages},
			{Name: "Pipeline", Type: "picklist", Length: 120, Values: []string{"Standard (Standard)"}}, {Name: "Amount", Type: "currency", Length: 16},
			{Name: "Closing_Date", Type: "date"}, {Name: "Account_Name", Type: "lookup", Lookup: "Accounts"}, {Name: "Contact_Name", Type: "lookup", Lookup: "Contacts"},
			{Name: "Lead_Source", Type: "picklist", Length: 120, Values: sources}, note,
			{Name: "Contract_ID", Type: "text", Length: 50, Custom: true, Unique: true},
		},
		"Leads": {{Name: "Company", Type: "text", Length: 200}, first, last, email, phone, note,
			{Name: "Lead_Source", Type: "picklist", Length: 120, Values: sources},
			{Name: "Lead_Status", Type: "picklist", Length: 120, Values: []string{"-None-", "Not Contacted", "Contacted", "Lost Lead"}}},
	}
}

// validate checks the values of the record at index i as the vendor does, and
// gives every fault. An insert also wants the mandatory fields.
func (s *Server) validate(module string, values object, i int, insert bool) []*apiError {
	var faults []*apiError
	for _, field := range s.fields[module] {
		path := fmt.Sprintf("$.data[%d].%s", i, field.Name)
		value, given := values[field.Name]
		empty := value == nil || value == ""
		switch {
		case field.Mandatory && (insert && !given || given && empty):
			faults = append(faults, &apiError{400, "MANDATORY_NOT_FOUND", "required field not found", object{"api_name": field.Name, "json_path": path}})
		case given && !empty:
			if fault := s.validateValue(field, value, path); fault != nil {
				faults = append(faults, fault)
			}
		}
	}
	return faults
}

func (s *Server) validateValue(field Field, value any, path string) *apiError {
	wrong := func(kind string) *apiError { return invalid(path, field.Name, object{"expected_data_type": kind}) }
	switch field.Type {
	case "currency", "integer":
		if _, isNumber := value.(json.Number); !isNumber {
			return wrong("double")
		}
		return nil
	case "lookup":
		pointer, isObject := value.(object)
		id, isText := pointer["id"].(string)
		if !isObject || !isText {
			return wrong("jsonobject")
		}
		if target := s.records[id]; target == nil || target.Module != field.Lookup {
			return invalid(path+".id", "id", object{"expected_data_type": "bigint"})
		}
		return nil
	}
	text, isText := value.(string)
	if !isText {
		return wrong("text")
	}
	switch field.Type {
	case "date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return wrong("date")
		}
	case "email":
		if parsed, err := mail.ParseAddress(text); err != nil || parsed.Address != text {
			return wrong("email")
		}
	case "phone":
		if strings.Trim(text, "+0123456789 ()-.;ext#") != "" {
			return wrong("phone")
		}
	case "picklist":
		if !slices.Contains(field.Values, text) {
			var supported []object
			for _, value := range field.Values {
				supported = append(supported, object{"display_value": value, "actual_value": value})
			}
			return invalid(path, field.Name, object{"supported_values": supported})
		}
	}
	if field.Length > 0 && utf8.RuneCountInString(text) > field.Length {
		return invalid(path, field.Name, object{"maximum_length": field.Length})
	}
	return nil
}

func (s *Server) field(module, name string) (Field, bool) {
	for _, field := range s.fields[module] {
		if field.Name == name {
			return field, true
		}
	}
	return Field{}, false
}
