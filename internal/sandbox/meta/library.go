package meta

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// The library is the account's templates. Source: Business Management API,
// "Message templates"; webhooks message_template_status_update and its kin.

// Formats of a template's variables.
const (
	formatNamed      = "NAMED"
	formatPositional = "POSITIONAL"
)

// Times of the library.
const (
	nameKept     = 30 * 24 * time.Hour // a deleted name cannot be used
	editsEvery   = 24 * time.Hour      // of an approved template
	editsAMonth  = 10
	editsMonth   = 30 * 24 * time.Hour
	defaultLimit = 25
)

// libraryCall answers GET, POST and DELETE /{waba}/message_templates.
func (s *Server) libraryCall(c *call, waba WABA) (stage.Answer, *graphError) {
	switch c.request.Method {
	case http.MethodGet:
		return s.listTemplates(c, waba)
	case http.MethodPost:
		return s.createTemplate(c, waba)
	case http.MethodDelete:
		return s.deleteTemplates(c, waba)
	}
	return stage.Answer{}, unknownPath("/message_templates")
}

// fields gives a template as GET shows it.
func (t *Template) fields() map[string]any {
	fields := map[string]any{
		"id": t.ID, "name": t.Name, "language": t.Language, "status": t.Status, "category": t.Category, "components": t.Components,
		"parameter_format": t.Format, "quality_score": map[string]any{"score": or(t.Quality, "UNKNOWN"), "date": t.AtMS / 1000},
		"rejected_reason": or(t.Reason, "NONE"), "sub_category": "CUSTOM",
	}
	if t.PreviousCategory != "" {
		fields["previous_category"] = t.PreviousCategory
	}
	return fields
}

// shownFields picks the asked fields of a template; unasked, those that Meta
// gives by itself.
func shownFields(c *call, t *Template) (map[string]any, *graphError) {
	all := t.fields()
	names := []string{"id", "name", "language", "status", "category", "components", "parameter_format", "sub_category"}
	if t.PreviousCategory != "" {
		names = append(names, "previous_category")
	}
	if asked := c.param("fields"); asked != "" {
		names = append(strings.Split(asked, ","), "id")
	}
	out := map[string]any{}
	for _, name := range names {
		name = strings.TrimSpace(name)
		value, known := all[name]
		if !known && name != "previous_category" {
			return nil, invalid("Tried accessing nonexisting field (%s)", name)
		}
		if known {
			out[name] = value
		}
	}
	return out, nil
}

func (s *Server) listTemplates(c *call, waba WABA) (stage.Answer, *graphError) {
	limit := defaultLimit
	if asked := c.param("limit"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 {
			return stage.Answer{}, invalid("Param limit must be a positive number.")
		}
		limit = min(n, 1000)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*Template
	for _, template := range s.templates {
		switch {
		case template.WABA != waba.ID, template.DeletedMS > 0,
			c.param("name") != "" && !strings.Contains(template.Name, c.param("name")),
			c.param("name_or_content") != "" && !strings.Contains(template.Name+" "+template.Body, c.param("name_or_content")),
			c.param("status") != "" && template.Status != strings.ToUpper(c.param("status")),
			c.param("category") != "" && template.Category != strings.ToUpper(c.param("category")),
			c.param("language") != "" && template.Language != c.param("language"),
			c.param("quality_score") != "" && or(template.Quality, "UNKNOWN") != strings.ToUpper(c.param("quality_score")):
		default:
			found = append(found, template)
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].ID < found[j].ID })
	start := sort.Search(len(found), func(i int) bool { return found[i].ID > uncursor(c.param("after")) })
	if before := uncursor(c.param("before")); before != "" {
		end := sort.Search(len(found), func(i int) bool { return found[i].ID >= before })
		start = max(0, end-limit)
		limit = end - start
	}
	page := found[start:min(start+limit, len(found))]
	items := []map[string]any{}
	for _, template := range page {
		fields, err := shownFields(c, template)
		if err != nil {
			return stage.Answer{}, err
		}
		items = append(items, fields)
	}
	paging := map[string]any{}
	if len(page) > 0 {
		last := page[len(page)-1].ID
		paging["cursors"] = map[string]string{"before": cursor(page[0].ID), "after": cursor(last)}
		if start+len(page) < len(found) {
			query := c.request.URL.Query()
			query.Del("access_token")
			query.Set("after", cursor(last))
			paging["next"] = s.config.PublicURL + c.request.URL.Path + "?" + query.Encode()
		}
	}
	return stage.JSON(http.StatusOK, map[string]any{"data": items, "paging": paging}), nil
}

// cursor hides an id, as Graph's cursors do.
func cursor(id string) string { return base64.RawURLEncoding.EncodeToString([]byte(id)) }

func uncursor(text string) string {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	return string(raw)
}

// proposal is a template that somebody wants to have.
type proposal struct {
	name, language, category, format string
	components                       json.RawMessage
	body                             string
	parameters                       int
	header                           string
}

// propose reads the body of a POST; whole says that it makes a new one.
func (s *Server) propose(c *call, whole bool) (proposal, *graphError) {
	check := &checker{}
	body := check.decode(c.body)
	if check.err != nil {
		return proposal{}, check.err
	}
	body.only("name", "language", "category", "components", "parameter_format", "allow_category_change", "message_send_ttl_seconds", "sub_category", "library_template_name", "cta_url_link_tracking_opted_out")
	p := proposal{category: strings.ToUpper(body.maybe("category", 0)), format: or(strings.ToUpper(body.maybe("parameter_format", 0)), formatPositional)}
	if whole {
		p.name, p.language = body.text("name", 0), body.text("language", 0)
		if check.err == nil && !templateName.MatchString(p.name) {
			return p, templateError(subcodeLong, "Name is not valid", "Message template names have 1 to 512 lowercase letters, digits and underscores.")
		}
		if check.err == nil && !templateLanguage.MatchString(p.language) {
			return p, invalid("Param language must be one of {af, sq, ar, az, bn, ... pt_BR, pt_PT, ...} - got %q.", p.language)
		}
		if p.category == "" {
			check.fail(invalid("The parameter category is required."))
		}
	}
	if p.category != "" && p.category != "MARKETING" && p.category != "UTILITY" && p.category != "AUTHENTICATION" {
		check.fail(invalid("Param category must be one of {UTILITY, MARKETING, AUTHENTICATION} - got %q.", p.category))
	}
	if p.format != formatNamed && p.format != formatPositional {
		check.fail(invalid("Param parameter_format must be one of {NAMED, POSITIONAL} - got %q.", p.format))
	}
	components := body.list("components")
	if check.err != nil {
		return p, check.err
	}
	d, err := readDefinition(components, p.format == formatNamed, true)
	if err != nil {
		return p, err
	}
	if d.bodyText == "" && p.category != "AUTHENTICATION" {
		return p, templateError(subcodeBody, "Body is missing", "A template needs a body.")
	}
	if err := s.handlesKnown(body); err != nil {
		return p, err
	}
	raw, failure := json.Marshal(body.m["components"])
	if failure != nil {
		return p, invalid("The components cannot be read.")
	}
	p.components, p.body, p.parameters, p.header = raw, d.bodyText, len(d.body), d.headerText
	return p, nil
}

func (s *Server) createTemplate(c *call, waba WABA) (stage.Answer, *graphError) {
	p, refusal := s.propose(c, true)
	if refusal != nil {
		return stage.Answer{}, refusal
	}
	now := s.now()
	key := templateKey(waba.ID, p.name, p.language)
	s.mu.Lock()
	for _, other := range s.templates {
		if other.WABA != waba.ID || other.Name != p.name {
			continue
		}
		switch {
		case other.DeletedMS > 0 && now.UnixMilli()-other.DeletedMS < nameKept.Milliseconds():
			refusal = templateError(subcodeNameKept, "Message template language is being deleted", "New %s content can't be added while the existing %s content is being deleted. Try again in 4 weeks or consider creating a new message template.", p.language, p.language)
		case other.DeletedMS == 0 && other.Language == p.language:
			refusal = templateError(subcodeNameTaken, "Content in this language already exists", "There is already %s content for this template. You can create a new template and try again.", p.language)
		case other.DeletedMS == 0 && other.Category != p.category:
			refusal = templateError(subcodeBody, "Category does not match", "All languages of a template have one category.")
		}
	}
	if refusal != nil {
		s.mu.Unlock()
		return stage.Answer{}, refusal
	}
	made := &Template{
		ID: hashDigits(key, 16), WABA: waba.ID, Name: p.name, Language: p.language, Category: p.category, Status: "PENDING", Format: p.format,
		Components: p.components, Body: p.body, Header: p.header, Parameters: p.parameters, AtMS: now.UnixMilli(),
	}
	s.templates[key] = made
	s.journal.Put(keyTemplate+key, made)
	out := map[string]any{"id": made.ID, "status": made.Status, "category": made.Category}
	s.review(made.ID, made.AtMS)
	s.mu.Unlock()
	return s.done(out)
}

// review approves a template after the time of the settings, unless somebody
// decided, edited or deleted it before; the caller holds the lock.
func (s *Server) review(id string, atMS int64) {
	if s.settings.ReviewMS < 0 {
		return
	}
	s.timers.After(millis(s.settings.ReviewMS), func() {
		s.mu.Lock()
		template := s.templateOf(id)
		waits := template != nil && template.Status == "PENDING" && template.AtMS == atMS && template.DeletedMS == 0
		s.mu.Unlock()
		if waits {
			if _, err := s.DecideTemplate(id, TemplateState{Status: "APPROVED"}); err != nil {
				s.config.Logger.Error("a template could not be approved", "template", id, "error", err)
			}
		}
	})
}

// templateOf finds a template by its id; the caller holds the lock.
func (s *Server) templateOf(id string) *Template {
	for _, template := range s.templates {
		if template.ID == id {
			return template
		}
	}
	return nil
}

// templateCall answers GET and POST /{template}.
func (s *Server) templateCall(c *call, template Template) (stage.Answer, *graphError) {
	switch c.request.Method {
	case http.MethodGet:
		fields, err := shownFields(c, &template)
		if err != nil {
			return stage.Answer{}, err
		}
		return stage.JSON(http.StatusOK, fields), nil
	case http.MethodPost:
		return s.editTemplate(c, template.ID)
	}
	return stage.Answer{}, noObject(c.request.Method, template.ID)
}

// editTemplate changes the content, or the category of one that is not approved.
// Approved ones once a day and ten times in 30 days.
func (s *Server) editTemplate(c *call, id string) (stage.Answer, *graphError) {
	p, refusal := s.propose(c, false)
	if refusal != nil {
		return stage.Answer{}, refusal
	}
	now := s.now().UnixMilli()
	s.mu.Lock()
	defer s.mu.Unlock()
	template := s.templateOf(id)
	if template == nil || template.DeletedMS > 0 {
		return stage.Answer{}, noObject(http.MethodPost, id)
	}
	switch {
	case template.Status != "APPROVED" && template.Status != "REJECTED" && template.Status != "PAUSED":
		return stage.Answer{}, templateError(subcodeEdits, "Template can't be edited", "A template in state %s can't be edited.", template.Status)
	case template.Status == "APPROVED" && p.category != "" && p.category != template.Category:
		return stage.Answer{}, templateError(subcodeEdits, "Category can't be changed", "The category of an approved template can't be edited.")
	case template.Status == "APPROVED" && tooManyEdits(template.Edits, now):
		return stage.Answer{}, templateError(subcodeEdits, "Too many edits", "Approved templates can be edited once in 24 hours and 10 times in 30 days.")
	}
	changed := *template
	if changed.Status == "APPROVED" {
		changed.Edits = append(append([]int64{}, changed.Edits...), now)
	}
	changed.Category = or(p.category, changed.Category)
	changed.Components, changed.Body, changed.Header, changed.Parameters, changed.Format = p.components, p.body, p.header, p.parameters, p.format
	changed.Status, changed.Reason, changed.AtMS = "PENDING", "", now
	s.keepTemplate(&changed)
	s.review(changed.ID, now)
	answer := stage.JSON(http.StatusOK, map[string]any{"success": true, "id": changed.ID, "name": changed.Name, "category": changed.Category})
	return answer, s.flushed()
}

func tooManyEdits(edits []int64, now int64) bool {
	month := 0
	for _, at := range edits {
		if now-at < editsEvery.Milliseconds() {
			return true
		}
		if now-at < editsMonth.Milliseconds() {
			month++
		}
	}
	return month >= editsAMonth
}

func (s *Server) keepTemplate(template *Template) {
	key := templateKey(template.WABA, template.Name, template.Language)
	s.templates[key] = template
	s.journal.Put(keyTemplate+key, template)
}

// flushed writes the journal for an answer that was made under the lock.
func (s *Server) flushed() *graphError {
	if err := s.journal.Flush(); err != nil {
		return &graphError{Message: "An unknown error has occurred.", Type: "OAuthException", Code: 1, IsTransient: true, status: http.StatusInternalServerError}
	}
	s.feed.Publish(Change{})
	return nil
}

// deleteTemplates takes a name away in all languages, or one of them by hsm_id.
func (s *Server) deleteTemplates(c *call, waba WABA) (stage.Answer, *graphError) {
	name, id := c.param("name"), c.param("hsm_id")
	if name == "" {
		return stage.Answer{}, invalid("The parameter name is required.")
	}
	s.mu.Lock()
	gone := 0
	for _, template := range s.templates {
		if template.WABA != waba.ID || template.Name != name || template.DeletedMS > 0 || id != "" && template.ID != id {
			continue
		}
		gone++
		changed := *template
		changed.DeletedMS = s.now().UnixMilli()
		changed.Status = "PENDING_DELETION"
		s.keepTemplate(&changed)
	}
	s.mu.Unlock()
	if gone == 0 {
		e := noObject(http.MethodDelete, or(id, name))
		e.UserTitle, e.UserMsg = "Message Template Not Found", "Message Template Not Found"
		return stage.Answer{}, e
	}
	return s.done(map[string]any{"success": true})
}

// TemplateState is what the platform decides about a template; empty members
// stay. Reason goes with REJECTED and PAUSED.
type TemplateState struct {
	Status   string `json:"status,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Quality  string `json:"quality,omitempty"`
	Category string `json:"category,omitempty"`
}

// States and qualities that the platform may decide on.
const (
	templateStates    = "APPROVED REJECTED PENDING PAUSED DISABLED FLAGGED IN_APPEAL LIMIT_EXCEEDED ARCHIVED REINSTATED"
	templateQualities = "GREEN YELLOW RED UNKNOWN"
	templateKinds     = "MARKETING UTILITY AUTHENTICATION"
)

// DecideTemplate plays the platform: it approves, rejects, pauses, rates or
// recategorises a template and tells so by a webhook each.
func (s *Server) DecideTemplate(id string, state TemplateState) (Template, error) {
	for _, wish := range []struct{ field, value, all string }{
		{"status", state.Status, templateStates}, {"quality", state.Quality, templateQualities}, {"category", state.Category, templateKinds},
	} {
		if wish.value != "" && !strings.Contains(" "+wish.all+" ", " "+wish.value+" ") {
			return Template{}, fault.OnField(wish.field, "must be one of %s", wish.all)
		}
	}
	s.mu.Lock()
	template := s.templateOf(id)
	if template == nil {
		s.mu.Unlock()
		return Template{}, fault.New(fault.NotFound, "no such template")
	}
	changed := *template
	about := map[string]any{
		"message_template_id": json.Number(changed.ID), "message_template_name": changed.Name, "message_template_language": changed.Language,
	}
	var news []*event
	tell := func(field string, more map[string]any) {
		for name, value := range about {
			more[name] = value
		}
		news = append(news, s.accountEvents(changed.WABA, field, more)...)
	}
	if state.Status != "" {
		changed.Status, changed.Reason = state.Status, state.Reason
		if state.Status == "REINSTATED" {
			changed.Status = "APPROVED"
		}
		more := map[string]any{"event": state.Status, "reason": or(state.Reason, "NONE"), "message_template_category": changed.Category}
		if state.Status == "PAUSED" {
			more["other_info"] = map[string]string{"title": "FIRST_PAUSE", "description": or(state.Reason, "Your template will be paused for 3 hours.")}
		}
		tell("message_template_status_update", more)
	}
	if state.Quality != "" {
		tell("message_template_quality_update", map[string]any{"previous_quality_score": or(changed.Quality, "UNKNOWN"), "new_quality_score": state.Quality})
		changed.Quality = state.Quality
	}
	if state.Category != "" {
		tell("template_category_update", map[string]any{"previous_category": changed.Category, "new_category": state.Category})
		changed.PreviousCategory, changed.Category = changed.Category, state.Category
	}
	s.keepTemplate(&changed)
	s.mu.Unlock()
	if err := s.settle(); err != nil {
		return Template{}, err
	}
	for _, waiting := range news {
		s.hooks.enqueue(waiting)
	}
	return changed, nil
}
