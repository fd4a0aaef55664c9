package zoho

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"prosa/internal/sandbox/stage"
)

// Record is a record of the CRM.
type Record struct {
	ID         string `json:"id"`
	Module     string `json:"module"`
	Values     object `json:"values"`
	CreatedMS  int64  `json:"created_ms"`
	ModifiedMS int64  `json:"modified_ms"`
	Writes     int64  `json:"writes"`    // calls that made or changed it
	Workflows  int64  `json:"workflows"` // of those, calls that ran the organization's workflows
}

// batch is the body of an upsert or an update.
type batch struct {
	Data    []object  `json:"data"`
	Unique  []string  `json:"duplicate_check_fields"`
	Trigger *[]string `json:"trigger"`
}

func (b batch) runsWorkflows() bool {
	return b.Trigger == nil || slices.Contains(*b.Trigger, "workflow")
}

func readBatch(r *http.Request, most int) (batch, *apiError) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return batch{}, errInternal
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var b batch
	if decoder.Decode(&b) != nil {
		return b, &apiError{http.StatusBadRequest, "INVALID_DATA", "invalid data", object{"expected_data_type": "jsonobject"}}
	}
	if len(b.Data) == 0 {
		return b, &apiError{http.StatusBadRequest, "MANDATORY_NOT_FOUND", "required field not found", object{"api_name": "data", "json_path": "$.data"}}
	}
	if len(b.Data) > most {
		return b, invalid("$.data", "data", object{"maximum_length": most})
	}
	return b, nil
}

// upsert is POST /crm/v8/{module}/upsert. The caller holds the lock.
func (s *Server) upsert(r *http.Request) stage.Answer {
	module := r.PathValue("module")
	if s.fields[module] == nil {
		return errModule.answer()
	}
	b, refused := readBatch(r, recordsMost)
	if refused != nil {
		return refused.answer()
	}
	for i, name := range b.Unique {
		field, known := s.field(module, name)
		// Only what the vendor can look up: its own field, or a unique one.
		if !known || !field.Unique && name != systemDuplicate(module) {
			return invalid(fmt.Sprintf("$.duplicate_check_fields[%d]", i), name, nil).answer()
		}
	}
	by := b.Unique
	if len(by) == 0 {
		by = []string{systemDuplicate(module)}
	}
	return results(b.Data, func(i int) (object, *apiError) { return s.upsertOne(module, b, by, i) })
}

// results answers 200 when all went well, 207 when some did, 400 when none did.
func results(data []object, write func(i int) (object, *apiError)) stage.Answer {
	views := make([]object, len(data))
	failed := 0
	for i := range data {
		view, refused := write(i)
		if refused != nil {
			view = refused.view()
			failed++
		}
		views[i] = view
	}
	status := http.StatusOK
	switch failed {
	case 0:
	case len(data):
		status = http.StatusBadRequest
	default:
		status = http.StatusMultiStatus
	}
	return stage.JSON(status, object{"data": views})
}

func (s *Server) upsertOne(module string, b batch, by []string, i int) (object, *apiError) {
	values := b.Data[i]
	found, field := s.duplicate(module, values, by)
	if faults := s.validate(module, values, i, found == nil); len(faults) > 0 {
		return nil, joined(faults)
	}
	if clash := s.clash(module, values, found, i); clash != nil {
		return nil, clash
	}
	action, message := "update", "record updated"
	if found == nil {
		action, message = "insert", "record added"
		found = &Record{ID: s.newID(), Module: module, Values: object{}, CreatedMS: s.nowMS()}
	}
	s.change(found, values, b.runsWorkflows())
	view := s.written(found, message)
	view["action"], view["duplicate_field"] = action, nil
	if field != "" {
		view["duplicate_field"] = field
	}
	return view, nil
}

func joined(faults []*apiError) *apiError {
	if len(faults) == 1 {
		return faults[0]
	}
	views := make([]object, len(faults))
	for i, fault := range faults {
		views[i] = fault.view()
	}
	return &apiError{http.StatusBadRequest, "MULTIPLE_OR_MULTI_ERRORS", "Multiple errors in the request", object{"errors": views}}
}

// duplicate finds the record that a call is about, by the fields in their order.
func (s *Server) duplicate(module string, values object, by []string) (found *Record, field string) {
	for _, name := range by {
		value, isText := values[name].(string)
		if !isText || value == "" {
			continue
		}
		for _, record := range s.inOrder(module) {
			if same(record.Values[name], value) {
				return record, name
			}
		}
	}
	return nil, ""
}

func same(kept any, value string) bool {
	text, isText := kept.(string)
	return isText && strings.EqualFold(text, value)
}

// clash finds another record that holds a unique value.
func (s *Server) clash(module string, values object, own *Record, i int) *apiError {
	for _, field := range s.fields[module] {
		value, isText := values[field.Name].(string)
		if !field.Unique || !isText || value == "" {
			continue
		}
		for _, other := range s.inOrder(module) {
			if other != own && same(other.Values[field.Name], value) {
				return &apiError{http.StatusBadRequest, "DUPLICATE_DATA", "duplicate data", object{
					"api_name": field.Name, "json_path": fmt.Sprintf("$.data[%d].%s", i, field.Name), "more_records": false,
					"duplicate_record": object{"id": other.ID, "module": object{"api_name": module}},
				}}
			}
		}
	}
	return nil
}

// change writes the values that the module has fields for; the vendor drops
// others in silence.
func (s *Server) change(record *Record, values object, workflows bool) {
	for name, value := range values {
		if _, known := s.field(record.Module, name); known {
			record.Values[name] = value
		}
	}
	record.ModifiedMS = s.nowMS()
	record.Writes++
	if workflows {
		record.Workflows++
	}
	s.saveRecord(record)
}

func (s *Server) written(record *Record, message string) object {
	who := object{"name": "Self Client", "id": "4150868000000225013"}
	return object{
		"code": "SUCCESS", "status": "success", "message": message,
		"details": object{
			"id": record.ID, "Created_Time": stamp(record.CreatedMS), "Modified_Time": stamp(record.ModifiedMS), "Created_By": who, "Modified_By": who,
		},
	}
}

// update is PUT /crm/v8/{module}/{id}.
func (s *Server) update(r *http.Request) stage.Answer {
	module := r.PathValue("module")
	if s.fields[module] == nil {
		return errModule.answer()
	}
	b, refused := readBatch(r, 1)
	if refused != nil {
		return refused.answer()
	}
	return results(b.Data, func(i int) (object, *apiError) {
		record := s.records[r.PathValue("id")]
		if record == nil || record.Module != module {
			return nil, &apiError{http.StatusBadRequest, "INVALID_DATA", "the id given seems to be invalid", object{"api_name": "id", "json_path": fmt.Sprintf("$.data[%d].id", i)}}
		}
		if faults := s.validate(module, b.Data[i], i, false); len(faults) > 0 {
			return nil, joined(faults)
		}
		if clash := s.clash(module, b.Data[i], record, i); clash != nil {
			return nil, clash
		}
		s.change(record, b.Data[i], b.runsWorkflows())
		return s.written(record, "record updated"), nil
	})
}

// get is GET /crm/v8/{module}/{id}.
func (s *Server) get(r *http.Request) stage.Answer {
	record := s.records[r.PathValue("id")]
	switch {
	case s.fields[r.PathValue("module")] == nil:
		return errModule.answer()
	case record == nil || record.Module != r.PathValue("module"):
		return stage.Answer{Status: http.StatusNoContent}
	}
	return stage.JSON(http.StatusOK, object{"data": []object{s.view(record)}})
}

// criteria is the one form of criteria that is read here: one field that equals
// a value. Parentheses, commas and backslashes of the value are escaped.
var criteria = regexp.MustCompile(`^\(([A-Za-z][A-Za-z0-9_]*):equals:((?:[^\\(),]|\\.)*)\)$`)

// search is GET /crm/v8/{module}/search: 204 with nothing when nothing is found.
func (s *Server) search(r *http.Request) stage.Answer {
	module, query := r.PathValue("module"), r.URL.Query()
	if s.fields[module] == nil {
		return errModule.answer()
	}
	name, value := "Email", query.Get("email")
	if wish := query.Get("criteria"); wish != "" {
		parts := criteria.FindStringSubmatch(wish)
		if parts == nil {
			return (&apiError{http.StatusBadRequest, "INVALID_QUERY", "invalid query formed", object{"reason": "could not be read", "criteria": wish}}).answer()
		}
		name, value = parts[1], regexp.MustCompile(`\\(.)`).ReplaceAllString(parts[2], "$1")
	}
	if _, known := s.field(module, name); !known {
		return (&apiError{http.StatusBadRequest, "INVALID_QUERY", "invalid query formed", object{"api_name": name, "reason": "the field is not available for search"}}).answer()
	}
	if value == "" {
		return (&apiError{http.StatusBadRequest, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", object{"param": "criteria"}}).answer()
	}
	views := []object{}
	for _, record := range s.inOrder(module) {
		if same(record.Values[name], value) {
			views = append(views, s.view(record))
		}
	}
	if len(views) == 0 {
		return stage.Answer{Status: http.StatusNoContent}
	}
	return stage.JSON(http.StatusOK, object{"data": views, "info": object{"per_page": 200, "count": len(views), "page": 1, "more_records": false}})
}

// view is a record in the vendor's shape; lookups carry the name of what they
// point to.
func (s *Server) view(record *Record) object {
	view := object{"id": record.ID, "Created_Time": stamp(record.CreatedMS), "Modified_Time": stamp(record.ModifiedMS)}
	for _, field := range s.fields[record.Module] {
		value := record.Values[field.Name]
		if field.Type == "lookup" && value != nil {
			value = object{"id": pointed(value), "name": s.title(s.records[pointed(value)])}
		}
		view[field.Name] = value
	}
	return view
}

func pointed(value any) string {
	pointer, _ := value.(object)
	id, _ := pointer["id"].(string)
	return id
}

// title is what a record is called on pages.
func (s *Server) title(record *Record) string {
	if record == nil {
		return ""
	}
	text := func(name string) string {
		value, _ := record.Values[name].(string)
		return value
	}
	switch record.Module {
	case "Accounts":
		return text("Account_Name")
	case "Deals":
		return text("Deal_Name")
	default:
		return strings.TrimSpace(text("First_Name") + " " + text("Last_Name"))
	}
}

// inOrder lists the records of a module as they were made.
func (s *Server) inOrder(module string) []*Record {
	var list []*Record
	for _, record := range s.records {
		if record.Module == module {
			list = append(list, record)
		}
	}
	slices.SortFunc(list, func(a, b *Record) int { return strings.Compare(a.ID, b.ID) })
	return list
}
