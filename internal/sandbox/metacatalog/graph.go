package metacatalog

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"prosa/internal/sandbox/stage"
)

// graphError is Graph's error body.
type graphError struct {
	Message     string `json:"message"`
	Type        string `json:"type"`
	Code        int    `json:"code"`
	Subcode     int    `json:"error_subcode,omitempty"`
	IsTransient bool   `json:"is_transient,omitempty"`
	UserTitle   string `json:"error_user_title,omitempty"`
	UserMsg     string `json:"error_user_msg,omitempty"`
	TraceID     string `json:"fbtrace_id"`

	status int
	retry  int // seconds, for Retry-After
}

func (e *graphError) answer() stage.Answer {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	e.TraceID = "A" + base64.RawURLEncoding.EncodeToString(random[:])
	answer := stage.JSON(e.status, object{"error": e})
	answer.Header = map[string]string{"x-fb-trace-id": e.TraceID}
	if e.retry > 0 {
		answer.Header["Retry-After"] = fmt.Sprint(e.retry)
	}
	return answer
}

type object = map[string]any

func refusal(code int, format string, args ...any) *graphError {
	return &graphError{Message: fmt.Sprintf("(#%d) ", code) + fmt.Sprintf(format, args...), Type: "OAuthException", Code: code, status: http.StatusBadRequest}
}

// invalid is Graph's error of a parameter.
func invalid(format string, args ...any) *graphError { return refusal(100, format, args...) }

func badToken() *graphError {
	return &graphError{Message: "Invalid OAuth access token - Cannot parse access token", Type: "OAuthException", Code: 190, status: http.StatusUnauthorized}
}

func noToken() *graphError {
	return &graphError{Message: "An access token is required to request this resource.", Type: "OAuthException", Code: 104, status: http.StatusBadRequest}
}

// notAllowed is the answer to a token without the permission.
func notAllowed() *graphError {
	e := refusal(200, "Requires catalog_management permission to manage the object")
	e.status = http.StatusForbidden
	return e
}

func noObject(method, id string) *graphError {
	return &graphError{
		Message: fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api", strings.ToLower(method), id),
		Type:    "GraphMethodException", Code: 100, Subcode: 33, status: http.StatusBadRequest,
	}
}

// tooMuch is what too many bytes are answered with. Source: items_batch,
// "Limitations".
func tooMuch() *graphError {
	return &graphError{Message: "Please reduce the amount of data you're asking for, then retry your request", Type: "OAuthException", Code: 1, status: http.StatusInternalServerError}
}

// unkept is the answer when the state could not be written.
func unkept() *graphError {
	return &graphError{Message: "An unknown error has occurred.", Type: "OAuthException", Code: 1, IsTransient: true, status: http.StatusInternalServerError}
}

// faultError is the error that an injected status answers with.
func faultError(rule stage.Rule) *graphError {
	e := &graphError{status: rule.Status, Code: rule.Code, Type: "OAuthException", retry: rule.RetryAfter}
	usual := func(code int, message string) {
		if e.Code == 0 {
			e.Code = code
		}
		e.Message = fmt.Sprintf("(#%d) %s", e.Code, message)
	}
	switch {
	case rule.Status == http.StatusUnauthorized:
		return badToken()
	case rule.Status == http.StatusTooManyRequests:
		usual(4, "Application request limit reached")
	case rule.Status >= 500:
		usual(2, "Service temporarily unavailable")
		e.IsTransient = true
	default:
		usual(100, "Invalid parameter")
	}
	return e
}

var versionForm = regexp.MustCompile(`^v\d{1,2}\.0$`)

// split gives the parts of a Graph path without its version.
func split(path string) []string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if versionForm.MatchString(parts[0]) {
		parts = parts[1:]
	}
	return parts
}

// edges are the collections that this server answers for.
var edges = []string{"owned_product_catalogs", "product_catalogs", "whatsapp_commerce_settings", "items_batch", "check_batch_request_status", "products"}

// Owns reports whether a Graph call is about catalogs, and so belongs here and
// not to the simulator of messages.
func (s *Server) Owns(r *http.Request) bool {
	parts := split(r.URL.Path)
	switch len(parts) {
	case 2:
		return slices.Contains(edges, parts[1])
	case 1:
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.catalogs[parts[0]] != nil || s.numbers[parts[0]] != nil || r.URL.Query().Get("fields") == "owner_business_info"
	}
	return false
}

// call is one Graph call by a token.
type call struct {
	*http.Request
	holder Holder
	id     string // of the object
	edge   string // empty: the object itself
	form   map[string]string
}

// param gives a parameter wherever it was sent: in the query, a form or a JSON
// body. A member of a JSON body that is no string is given as JSON.
func (c *call) param(name string) string { return c.form[name] }

// flag reads an optional boolean.
func (c *call) flag(name string, usual bool) (bool, *graphError) {
	switch c.param(name) {
	case "":
		return usual, nil
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, invalid("Param %s must be a boolean.", name)
}

// serve answers one Graph call.
func (s *Server) serve(r *http.Request) stage.Answer {
	parts := split(r.URL.Path)
	if len(parts) == 0 || len(parts) > 2 || parts[0] == "" {
		return (&graphError{Message: "Unknown path components: " + r.URL.Path, Type: "OAuthException", Code: 2500, status: http.StatusBadRequest}).answer()
	}
	c := &call{Request: r, id: parts[0], form: map[string]string{}}
	if len(parts) == 2 {
		c.edge = parts[1]
	}
	if refused := c.read(s.maxBytes()); refused != nil {
		return refused.answer()
	}
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		token = c.param("access_token")
	}
	if token == "" {
		return noToken().answer()
	}
	var known bool
	if c.holder, known = s.holder(token); !known {
		return badToken().answer()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	return s.route(c)
}

// route answers a call that is read and authorized; the caller holds the lock.
func (s *Server) route(c *call) stage.Answer {
	var usage *hourly
	if catalog := s.catalogs[c.id]; catalog != nil {
		if catalog.Business != c.holder.Business {
			return notAllowed().answer()
		}
		kind := managing
		if c.edge == "items_batch" {
			kind = batching
		}
		usage = s.usage(c.id, kind)
		if refused := s.count(usage); refused != nil {
			return s.tell(refused.answer(), c, usage)
		}
	}
	view, refused := s.handle(c)
	if refused != nil {
		return s.tell(refused.answer(), c, usage)
	}
	return s.tell(stage.JSON(http.StatusOK, view), c, usage)
}

func (s *Server) handle(c *call) (any, *graphError) {
	get, post := c.Method == http.MethodGet, c.Method == http.MethodPost
	catalog := s.catalogs[c.id]
	item := s.numbers[c.id]
	phone, isPhone := c.holder.Numbers[c.id]
	switch {
	case c.edge == "owned_product_catalogs" && c.id == c.holder.Business && get:
		return s.listCatalogs(c)
	case c.edge == "owned_product_catalogs" && c.id == c.holder.Business && post:
		return s.createCatalog(c)
	case c.edge == "product_catalogs" && c.holder.has(c.id):
		return s.connection(c)
	case c.edge == "whatsapp_commerce_settings" && isPhone && phone != "":
		return s.commerce(c)
	case c.edge == "" && c.holder.has(c.id) && get:
		return object{"id": c.id, "owner_business_info": object{"id": c.holder.Business, "name": "Empresa"}}, nil
	case catalog != nil && c.edge == "items_batch" && post:
		return s.itemsBatch(c, catalog)
	case catalog != nil && c.edge == "check_batch_request_status" && get:
		return s.checkBatch(c, catalog)
	case catalog != nil && c.edge == "products" && get:
		return s.products(c, catalog)
	case catalog != nil && c.edge == "" && get:
		return chosen(c, catalog.fields(), "id", "name")
	case item != nil && c.edge == "" && get && s.catalogs[item.Catalog].Business == c.holder.Business:
		return s.itemView(c, item, "id", "name", "retailer_id")
	}
	return nil, noObject(c.Method, c.id)
}

// read takes the parameters. Beyond most bytes it refuses as the platform does.
func (c *call) read(most int) *graphError {
	for name, values := range c.URL.Query() {
		c.form[name] = values[0]
	}
	body, err := io.ReadAll(io.LimitReader(c.Body, int64(most)+1))
	switch {
	case err != nil:
		return &graphError{Message: "An unknown error occurred while reading the request", Type: "OAuthException", Code: 1, status: http.StatusBadRequest}
	case len(body) > most:
		return tooMuch()
	case len(body) == 0:
		return nil
	}
	if strings.HasPrefix(c.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return invalid("The form cannot be read")
		}
		for name := range values {
			c.form[name] = values.Get(name)
		}
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return invalid("The body is not a JSON object")
	}
	for name, raw := range members {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		c.form[name] = text
	}
	return nil
}

// chosen answers a node with the asked fields, and always its id.
func chosen(c *call, all object, usual ...string) (object, *graphError) {
	names := usual
	if asked := c.param("fields"); asked != "" {
		names = append(strings.Split(asked, ","), "id")
	}
	out := make(object, len(names))
	for _, name := range names {
		name = strings.TrimSpace(name)
		value, known := all[name]
		if !known {
			return nil, invalid("Tried accessing nonexisting field (%s)", name)
		}
		if value != nil { // Graph leaves out what is empty
			out[name] = value
		}
	}
	return out, nil
}
