package meta

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"prosa/internal/sandbox/stage"
)

// maxGraphBody bounds the JSON body of a Graph call, in bytes.
const maxGraphBody = 1 << 20

// graphError is Graph's error body.
type graphError struct {
	Message     string     `json:"message"`
	Type        string     `json:"type"`
	Code        int        `json:"code"`
	Subcode     int        `json:"error_subcode,omitempty"`
	Data        *ErrorData `json:"error_data,omitempty"`
	IsTransient bool       `json:"is_transient,omitempty"`
	UserTitle   string     `json:"error_user_title,omitempty"`
	UserMsg     string     `json:"error_user_msg,omitempty"`
	TraceID     string     `json:"fbtrace_id"`

	status int
	retry  int // seconds, for Retry-After
}

func (e *graphError) Error() string { return fmt.Sprintf("graph error %d: %s", e.Code, e.Message) }

func (e *graphError) answer() stage.Answer {
	e.TraceID = traceID()
	answer := stage.JSON(e.status, map[string]*graphError{"error": e})
	answer.Header = map[string]string{"x-fb-trace-id": e.TraceID}
	if e.status == http.StatusUnauthorized {
		answer.Header["WWW-Authenticate"] = fmt.Sprintf("OAuth \"Facebook Platform\" \"invalid_token\" %q", e.Message)
	}
	if e.retry > 0 {
		answer.Header["Retry-After"] = fmt.Sprint(e.retry)
	}
	return answer
}

func traceID() string {
	var random [16]byte
	_, _ = rand.Read(random[:])
	return "A" + base64.RawURLEncoding.EncodeToString(random[:])
}

// whatsappError makes an error of the messaging product: the text names the
// code, the details say what is wrong.
func whatsappError(code int, title, details string) *graphError {
	return &graphError{
		Message: fmt.Sprintf("(#%d) %s", code, title), Type: "OAuthException", Code: code,
		Data: &ErrorData{Product: "whatsapp", Details: details}, status: http.StatusBadRequest,
	}
}

// missing is the error of an absent parameter.
func missing(format string, args ...any) *graphError {
	return whatsappError(131008, "Required parameter is missing", fmt.Sprintf(format, args...))
}

// wrong is the error of a parameter whose value breaks a rule of the product.
func wrong(format string, args ...any) *graphError {
	return whatsappError(131009, "Parameter value is not valid", fmt.Sprintf(format, args...))
}

// invalid is Graph's own error of a parameter: the sentence is the message.
func invalid(format string, args ...any) *graphError {
	return &graphError{
		Message: "(#100) " + fmt.Sprintf(format, args...), Type: "OAuthException", Code: 100,
		status: http.StatusBadRequest,
	}
}

// badToken is the answer to a token that is none. Status 401, code 190.
func badToken() *graphError {
	return &graphError{
		Message: "Invalid OAuth access token - Cannot parse access token", Type: "OAuthException",
		Code: 190, status: http.StatusUnauthorized,
	}
}

// noToken is the answer to a call without a token.
func noToken() *graphError {
	return &graphError{
		Message: "An access token is required to request this resource.", Type: "OAuthException",
		Code: 104, status: http.StatusBadRequest,
	}
}

// noObject is the answer for an object that the token cannot see.
func noObject(method, id string) *graphError {
	return &graphError{
		Message: fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api", strings.ToLower(method), id),
		Type:    "GraphMethodException", Code: 100, Subcode: 33, status: http.StatusBadRequest,
	}
}

func unknownPath(path string) *graphError {
	return &graphError{
		Message: "Unknown path components: " + path, Type: "OAuthException", Code: 2500,
		status: http.StatusBadRequest,
	}
}

// throttled is the answer of a rate limit. Source: "Throughput": HTTP 429.
func throttled(code int, title, details string, wait time.Duration) *graphError {
	e := whatsappError(code, title, details)
	e.status = http.StatusTooManyRequests
	e.retry = int(wait.Seconds()) + 1
	return e
}

// faultError is the error that an injected status answers with.
func faultError(rule stage.Rule) *graphError {
	e := &graphError{status: rule.Status, Code: rule.Code, Type: "OAuthException", retry: rule.RetryAfter}
	switch {
	case rule.Status == http.StatusTooManyRequests:
		if e.Code == 0 {
			e.Code = 130429
		}
		e.Message = fmt.Sprintf("(#%d) Rate limit hit", e.Code)
		e.Data = &ErrorData{Product: "whatsapp", Details: "Message failed to send because there were too many messages sent from this phone number in a short period of time"}
	case rule.Status >= 500:
		if e.Code == 0 {
			e.Code = 2
		}
		e.Message, e.IsTransient = "An unexpected error has occurred. Please retry your request later.", true
	case rule.Status == http.StatusUnauthorized:
		e = badToken()
	default:
		if e.Code == 0 {
			e.Code = 100
		}
		e.Message = fmt.Sprintf("(#%d) Invalid parameter", e.Code)
	}
	return e
}

// versionForm is the first path segment of a versioned call.
var versionForm = regexp.MustCompile(`^v(\d{1,2})\.0$`)

// call is one Graph call.
type call struct {
	request *http.Request
	path    []string // without the version
	token   string
	body    []byte
	form    map[string]string // parameters of query, form or JSON body, for the calls that take all three
	atMS    int64
}

// param gives a parameter wherever it was sent.
func (c *call) param(name string) string { return c.form[name] }

// graph answers one Graph call.
func (s *Server) graph(r *http.Request) stage.Answer {
	c := &call{request: r, path: strings.Split(strings.Trim(r.URL.Path, "/"), "/"), atMS: s.now().UnixMilli()}
	if versionForm.MatchString(c.path[0]) {
		c.path = c.path[1:]
	}
	if len(c.path) == 0 || len(c.path) > 2 || c.path[0] == "" {
		return unknownPath(r.URL.Path).answer()
	}
	if strings.HasPrefix(c.path[0], "upload:") {
		return s.continueUpload(r, c.path[0])
	}
	c.token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if c.token == r.Header.Get("Authorization") {
		c.token = r.URL.Query().Get("access_token")
	}
	answer, err := s.route(c)
	if err != nil {
		answer = err.answer()
	}
	return answer
}

func (s *Server) route(c *call) (stage.Answer, *graphError) {
	if err := c.read(); err != nil {
		return stage.Answer{}, err
	}
	if c.token == "" {
		return stage.Answer{}, noToken()
	}
	id, edge, method := c.path[0], "", c.request.Method
	if len(c.path) == 2 {
		edge = c.path[1]
	}
	if id == "debug_token" {
		return s.debugToken(c)
	}
	node, err := s.lookUp(id, c.token)
	if err != nil {
		return stage.Answer{}, err
	}
	switch {
	case node.app != nil && edge == "subscriptions" && node.appToken:
		return s.appSubscriptions(c, *node.app)
	case node.app != nil && edge == "uploads" && method == http.MethodPost:
		return s.openUpload(c, node.app.ID)
	case node.app != nil && edge == "" && method == http.MethodGet:
		return filtered(c, map[string]any{"id": node.app.ID, "name": or(node.app.Name, "App "+node.app.ID)}, "id", "name")
	case node.number != nil && edge == "messages" && method == http.MethodPost:
		return s.postMessages(c, *node.number)
	case node.number != nil && edge == "marketing_messages" && method == http.MethodPost:
		return s.postMarketing(c, *node.number)
	case node.number != nil && edge == "media" && method == http.MethodPost:
		return s.postMedia(c, *node.number)
	case node.number != nil && edge == "" && method == http.MethodGet:
		return filtered(c, s.numberFields(*node.number), "verified_name", "display_phone_number", "id", "quality_rating")
	case node.number != nil && edge == "" && method == http.MethodPost:
		return s.configureNumber(c, *node.number)
	case node.waba != nil && edge == "" && method == http.MethodGet:
		return filtered(c, map[string]any{"id": node.waba.ID, "name": node.waba.Name, "currency": "BRL", "timezone_id": "25", "message_template_namespace": hashDigits(node.waba.ID, 12)}, "id", "name", "currency", "timezone_id", "message_template_namespace")
	case node.waba != nil && edge == "phone_numbers" && method == http.MethodGet:
		return s.listNumbers(*node.waba)
	case node.waba != nil && edge == "subscribed_apps":
		return s.subscribedApps(c, *node.waba, node.via)
	case node.waba != nil && edge == "message_templates":
		return s.libraryCall(c, *node.waba)
	case node.template != nil && edge == "":
		return s.templateCall(c, *node.template)
	case node.media != nil && edge == "" && method == http.MethodGet:
		return s.getMedia(c, *node.media)
	case node.media != nil && edge == "" && method == http.MethodDelete:
		return s.deleteMedia(*node.media)
	}
	if edge != "" {
		return stage.Answer{}, unknownPath("/" + edge)
	}
	return stage.Answer{}, noObject(method, id)
}

// read takes the body and the parameters. A multipart body is left to the call
// that takes it.
func (c *call) read() *graphError {
	c.form = map[string]string{}
	for name, values := range c.request.URL.Query() {
		c.form[name] = values[0]
	}
	kind := c.request.Header.Get("Content-Type")
	if strings.HasPrefix(kind, "multipart/form-data") || c.request.Method == http.MethodGet {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(c.request.Body, maxGraphBody+1))
	if err != nil || len(body) > maxGraphBody {
		return &graphError{Message: "(#1) Please reduce the amount of data you're asking for, then retry your request", Type: "OAuthException", Code: 1, status: http.StatusBadRequest}
	}
	c.body = body
	if strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		c.request.Body = io.NopCloser(strings.NewReader(string(body)))
		if err := c.request.ParseForm(); err == nil {
			for name, values := range c.request.PostForm {
				c.form[name] = values[0]
			}
		}
	}
	if c.token == "" {
		c.token = c.form["access_token"]
	}
	return nil
}

// jsonParams adds the string members of a JSON body to the parameters.
func (c *call) jsonParams() {
	var fields map[string]any
	if json.Unmarshal(c.body, &fields) != nil {
		return
	}
	for name, value := range fields {
		if text, ok := value.(string); ok {
			c.form[name] = text
		}
	}
}

// filtered answers a node with the asked fields, and always its id.
func filtered(c *call, all map[string]any, usual ...string) (stage.Answer, *graphError) {
	names := usual
	if asked := c.param("fields"); asked != "" {
		names = append(strings.Split(asked, ","), "id")
	}
	out := make(map[string]any, len(names))
	for _, name := range names {
		name = strings.TrimSpace(name)
		value, known := all[name]
		if !known {
			return stage.Answer{}, invalid("Tried accessing nonexisting field (%s)", name)
		}
		out[name] = value
	}
	return stage.JSON(http.StatusOK, out), nil
}

// numberFields are a number's fields with where its webhooks go.
func (s *Server) numberFields(n Number) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.numberNode(n)
}

// numberNode is numberFields for a caller that holds the lock.
func (s *Server) numberNode(n Number) map[string]any {
	hooks := map[string]string{}
	if n.CallbackURL != "" {
		hooks["phone_number"] = n.CallbackURL
	}
	if account := s.wabas[n.WABA]; account != nil && account.Subscriptions[n.App] != "" {
		hooks["whatsapp_business_account"] = account.Subscriptions[n.App]
	}
	if app := s.apps[n.App]; app != nil && app.CallbackURL != "" {
		hooks["application"] = app.CallbackURL
	}
	return map[string]any{
		"id": n.ID, "display_phone_number": n.Display, "verified_name": n.VerifiedName,
		"quality_rating": n.Quality, "code_verification_status": "VERIFIED", "platform_type": "CLOUD_API",
		"name_status": or(n.NameStatus, "APPROVED"), "status": or(n.Status, "CONNECTED"), "messaging_limit_tier": or(n.Limit, "TIER_1K"),
		"account_mode":          "LIVE",
		"throughput":            map[string]string{"level": "STANDARD"},
		"webhook_configuration": hooks,
	}
}
