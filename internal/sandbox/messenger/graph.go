package messenger

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"prosa/internal/sandbox/stage"
)

// maxGraphBody bounds the JSON body of a Graph call, in bytes.
const maxGraphBody = 1 << 20

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
	retry  int    // seconds, for Retry-After
	usage  string // of x-business-use-case-usage
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
	if e.usage != "" {
		answer.Header["x-business-use-case-usage"] = e.usage
	}
	return answer
}

func traceID() string {
	var random [16]byte
	_, _ = rand.Read(random[:])
	return "A" + base64.RawURLEncoding.EncodeToString(random[:])
}

// graphFault makes an error of the product.
func graphFault(status, code, subcode int, format string, args ...any) *graphError {
	return &graphError{
		Message: fmt.Sprintf("(#%d) ", code) + fmt.Sprintf(format, args...), Type: "OAuthException", Code: code, Subcode: subcode, status: status,
	}
}

// invalid is Graph's error of a parameter.
func invalid(format string, args ...any) *graphError {
	return graphFault(http.StatusBadRequest, 100, 0, format, args...)
}

func tooLong(place string, most int) *graphError {
	return invalid("Length of param %s must be less than or equal to %d", place, most)
}

// badToken is the answer to a token that is none: status 401, code 190.
func badToken(why string) *graphError {
	e := &graphError{Message: "Invalid OAuth access token - Cannot parse access token", Type: "OAuthException", Code: 190, status: http.StatusUnauthorized}
	switch why {
	case "expired":
		e.Subcode, e.Message = 463, "Error validating access token: Session has expired."
	case "revoked":
		e.Subcode, e.Message = 460, "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons."
	}
	return e
}

func noToken() *graphError {
	return &graphError{Message: "An access token is required to request this resource.", Type: "OAuthException", Code: 104, status: http.StatusBadRequest}
}

// noObject is the answer for an object that the token cannot see.
func noObject(method, id string) *graphError {
	return &graphError{
		Message: fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api", strings.ToLower(method), id),
		Type:    "GraphMethodException", Code: 100, Subcode: 33, status: http.StatusBadRequest,
	}
}

func unknownPath(path string) *graphError {
	return &graphError{Message: "Unknown path components: " + path, Type: "OAuthException", Code: 2500, status: http.StatusBadRequest}
}

func trouble() *graphError {
	return &graphError{Message: "An unknown error has occurred.", Type: "OAuthException", Code: 1, IsTransient: true, status: http.StatusInternalServerError}
}

// throttled is the answer of a rate limit: 613, or 613 with 1893016 for one
// thread, with the time to wait.
func throttled(account string, subcode int, wait time.Duration) *graphError {
	e := graphFault(http.StatusBadRequest, 613, subcode, "Calls to this api have exceeded the rate limit.")
	e.retry = int(wait.Seconds()) + 1
	e.usage = fmt.Sprintf(`{"%s":[{"type":"messenger","call_count":100,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":1}]}`, account)
	return e
}

// faultError is the error that an injected status answers with.
func faultError(rule stage.Rule) *graphError {
	e := &graphError{status: rule.Status, Code: rule.Code, Type: "OAuthException", retry: rule.RetryAfter}
	switch {
	case rule.Status == http.StatusUnauthorized || rule.Code == 190:
		return badToken("expired")
	case slices.Contains([]int{4, 17, 32, 613, 80006}, rule.Code) || rule.Status == http.StatusTooManyRequests:
		if e.Code == 0 {
			e.Code = 4
		}
		e.Message = fmt.Sprintf("(#%d) Application request limit reached", e.Code)
	case rule.Status >= 500:
		if e.Code == 0 {
			e.Code = 2
		}
		e.Message, e.IsTransient = "An unexpected error has occurred. Please retry your request later.", true
	case rule.Code == 1200:
		e.Message, e.IsTransient = "(#1200) Temporary send message failure. Please try again later.", true
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

// segments gives the parts of a Graph path without its version.
func segments(path string) []string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if versionForm.MatchString(parts[0]) {
		parts = parts[1:]
	}
	return parts
}

// call is one Graph call.
type call struct {
	request   *http.Request
	instagram bool     // to graph.instagram.com
	path      []string // without the version
	token     string
	body      []byte            // JSON, whatever form it came in
	form      map[string]string // parameters of query, form and JSON body
	file      *upload           // of a multipart body
	atMS      int64
}

// param gives a parameter wherever it was sent.
func (c *call) param(name string) string { return c.form[name] }

// Owns reports whether a call to graph.facebook.com is about pages or their
// Instagram accounts, and so belongs here and not to a simulator beside it.
func (s *Server) Owns(r *http.Request) bool {
	parts := segments(r.URL.Path)
	if len(parts) == 0 {
		return false
	}
	token := bearer(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	id := parts[0]
	switch {
	case id == "me" || id == "debug_token":
		app, _, _ := strings.Cut(token, "|")
		return s.tokens[token] != "" || s.apps[app] != nil
	case s.pages[id] != nil || s.instagrams[id] != nil || s.apps[id] != nil:
		return true
	}
	return s.tokens[token] != "" // a person, a message, or what the token cannot see
}

func bearer(r *http.Request) string {
	header := r.Header.Get("Authorization")
	if token := strings.TrimPrefix(header, "Bearer "); token != header {
		return token
	}
	return r.URL.Query().Get("access_token")
}

// graph answers one Graph call.
func (s *Server) graph(r *http.Request, instagram bool) stage.Answer {
	c := &call{request: r, instagram: instagram, path: segments(r.URL.Path), token: bearer(r), atMS: s.now().UnixMilli()}
	if len(c.path) == 0 || len(c.path) > 2 || c.path[0] == "" {
		return unknownPath(r.URL.Path).answer()
	}
	err := c.read()
	var answer stage.Answer
	if err == nil {
		answer, err = s.route(c)
	}
	if err != nil {
		answer = err.answer()
	}
	return answer
}

// node is what an id of a Graph path names.
type node struct {
	app     *App
	account *seat
	person  string // with account: as that account knows them
}

func (s *Server) route(c *call) (stage.Answer, *graphError) {
	if c.token == "" {
		return stage.Answer{}, noToken()
	}
	edge, method := "", c.request.Method
	if len(c.path) == 2 {
		edge = c.path[1]
	}
	switch {
	case c.path[0] == "debug_token" && !c.instagram:
		return s.debugToken(c)
	case c.path[0] == "refresh_access_token" && c.instagram:
		return s.refreshToken(c)
	}
	found, err := s.lookUp(c)
	switch {
	case err != nil:
		return stage.Answer{}, err
	case found.app != nil && edge == "subscriptions":
		return s.appSubscriptions(c, *found.app)
	case found.person != "" && edge == "" && method == http.MethodGet:
		return s.profile(c, *found.account, found.person)
	case found.account == nil || found.person != "":
		return stage.Answer{}, noObject(method, c.path[0])
	case edge == "" && method == http.MethodGet:
		return s.describe(c, *found.account)
	case edge == "subscribed_apps":
		return s.subscribedApps(c, *found.account)
	case edge == "messenger_profile":
		return s.messengerProfile(c, *found.account)
	}
	if found.account.instagram() && !c.instagram {
		return stage.Answer{}, noObject(method, c.path[0]) // under graph.facebook.com its page speaks for it
	}
	switch {
	case edge == "messages" && method == http.MethodPost:
		return s.postMessages(c, *found.account)
	case edge == "message_attachments" && method == http.MethodPost:
		return s.postAttachment(c, *found.account)
	case slices.Contains([]string{"pass_thread_control", "take_thread_control", "request_thread_control", "release_thread_control"}, edge) && method == http.MethodPost:
		return s.threadControl(c, *found.account, edge)
	case edge == "thread_owner" && method == http.MethodGet:
		return s.threadOwner(c, *found.account)
	case edge == "":
		return stage.Answer{}, noObject(method, c.path[0])
	}
	return stage.Answer{}, unknownPath("/" + edge)
}

// lookUp finds the object of the call as the token's owner may see it.
func (s *Server) lookUp(c *call) (node, *graphError) {
	id := c.path[0]
	s.mu.Lock()
	defer s.mu.Unlock()
	if appID, secret, ok := strings.Cut(c.token, "|"); ok {
		app := s.apps[appID]
		if app == nil || app.Secret != secret {
			return node{}, badToken("")
		}
		if id != appID {
			return node{}, noObject(c.request.Method, id)
		}
		found := *app
		return node{app: &found}, nil
	}
	holder, err := s.holder(c)
	if err != nil {
		return node{}, err
	}
	own, _ := s.seat(holder)
	if id == "me" || id == holder {
		return node{account: &own}, nil
	}
	if ig := s.instagrams[holder]; ig != nil && ig.ScopedID == id {
		return node{account: &own}, nil
	}
	if other, there := s.seat(id); there && other.page == holder {
		return node{account: &other}, nil
	}
	if who, there := s.byScoped[id]; there {
		if other, _ := s.seat(who.account); who.account == holder || other.page == holder {
			return node{account: &other, person: who.person}, nil
		}
	}
	return node{}, noObject(c.request.Method, id)
}

// holder gives the account whose token the call carries, if it still works
// under this host. The caller holds the lock.
func (s *Server) holder(c *call) (string, *graphError) {
	holder := s.tokens[c.token]
	page, ig := s.pages[holder], s.instagrams[holder]
	switch {
	case page != nil && !c.instagram:
		if page.TokenState != "" {
			return "", badToken(page.TokenState)
		}
		return holder, nil
	case ig != nil && c.instagram:
		if why := s.tokenTrouble(ig, c.token); why != "" {
			return "", badToken(why)
		}
		return holder, nil
	}
	return "", badToken("")
}

// tokenTrouble says why a token of the login flavour works no more.
func (s *Server) tokenTrouble(ig *Instagram, token string) string {
	ends := ig.TokenIssuedMS + igTokenLife.Milliseconds()
	if token != ig.Token {
		ends = ig.OldTokens[token]
	}
	if ig.TokenState == "" && s.now().UnixMilli() >= ends {
		return "expired"
	}
	return ig.TokenState
}

// read takes the body and the parameters, in any of the forms that Graph takes.
func (c *call) read() *graphError {
	c.form = map[string]string{}
	for name, values := range c.request.URL.Query() {
		c.form[name] = values[0]
	}
	if c.request.Method == http.MethodGet {
		return nil
	}
	kind := c.request.Header.Get("Content-Type")
	if strings.HasPrefix(kind, "multipart/form-data") {
		return c.readMultipart()
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
		c.body = nil
	} else {
		c.jsonParams()
	}
	if c.token == "" {
		c.token = c.form["access_token"]
	}
	return nil
}

// jsonParams adds the members of a JSON body to the parameters: texts as they
// are, lists of texts joined by commas, other members as JSON.
func (c *call) jsonParams() {
	var fields map[string]json.RawMessage
	if json.Unmarshal(c.body, &fields) != nil {
		return
	}
	for name, raw := range fields {
		var text string
		var texts []string
		switch {
		case json.Unmarshal(raw, &text) == nil:
			c.form[name] = text
		case json.Unmarshal(raw, &texts) == nil:
			c.form[name] = strings.Join(texts, ",")
		default:
			c.form[name] = string(raw)
		}
	}
}

// object gives the body of a call as an object, whatever form it came in.
func (c *call) object(check *checker) object {
	if c.body != nil {
		return check.decode(c.body)
	}
	m := map[string]any{}
	for name, value := range c.form {
		if name != "access_token" {
			m[name] = value
		}
	}
	return object{check: check, m: m}
}

// filtered answers a node with the asked fields, and always its id.
func filtered(c *call, all map[string]any, usual ...string) (stage.Answer, *graphError) {
	names := usual
	if asked := c.param("fields"); asked != "" {
		names = append(strings.Split(asked, ","), "id")
	}
	out := make(map[string]any, len(names))
	for _, name := range names {
		name, _, _ = strings.Cut(strings.TrimSpace(name), "{")
		value, known := all[name]
		if !known {
			return stage.Answer{}, invalid("Tried accessing nonexisting field (%s)", name)
		}
		if value != nil {
			out[name] = value
		}
	}
	return stage.JSON(http.StatusOK, out), nil
}

// done answers a change once it is on disk and tells the watchers.
func (s *Server) done(body any) (stage.Answer, *graphError) {
	if err := s.journal.Flush(); err != nil {
		return stage.Answer{}, trouble()
	}
	s.feed.Publish(Change{})
	return stage.JSON(http.StatusOK, body), nil
}
