package aws

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is the stand-in. It serves from New on and keeps its state in memory.
type Server struct {
	config   Config
	services map[string]service

	mu       sync.Mutex // guards all below, and the accounts' state while a call runs
	accounts map[string]*account
	sessions map[string]session
	objects  s3State
	calls    []Call
	repeats  repeats
}

// Call is one request as the stand-in took it.
type Call struct {
	Service, Action string
	Account         string // id; empty when the key was not known
	Principal       string // ARN of who called
	Refused         string // code of the error, empty when it was answered
	Unknown         bool   // the stand-in does not have this call
	Again           bool   // its answer was lost on the way and given a second time
}

// session is what a short-lived key stands for.
type session struct {
	account *account
	arn     string
	role    string // ARN of the role that was assumed
	until   time.Time
}

// call is a request on its way through a service.
type call struct {
	server    *Server
	account   *account
	principal string // ARN
	assumed   string // ARN of the role whose session calls; empty for a user
	region    string
	service   string
	action    string
	request   *http.Request
	body      []byte
	form      url.Values // of the Query protocol
}

// service is how one service is spoken to and what it can do.
type service struct {
	protocol protocol
	space    string // XML name space of the Query protocol's answers
	calls    map[string]handler
	route    func(r *http.Request) string // action of a REST request
}

// handler answers a call: a value that the protocol can write, or an error, a
// *failure when the caller is to see its code. The server's lock is held.
type handler func(c *call) (any, error)

type protocol int

const (
	jsonProtocol protocol = iota
	queryProtocol
	ec2Protocol
	restProtocol
)

// New makes the stand-in.
func New(config Config) *Server {
	s := &Server{config: config.withDefaults(), accounts: map[string]*account{}, sessions: map[string]session{}}
	for _, a := range config.Accounts {
		s.accounts[a.ID] = &account{Account: a, services: map[string]any{}}
	}
	s.services = map[string]service{
		"sts":              {protocol: queryProtocol, space: "https://sts.amazonaws.com/doc/2011-06-15/", calls: stsCalls()},
		"iam":              {protocol: queryProtocol, space: "https://iam.amazonaws.com/doc/2010-05-08/", calls: iamCalls()},
		"s3":               {protocol: restProtocol, route: s3Action, calls: s3Calls()},
		"route53":          {protocol: restProtocol, route: zoneAction, calls: zoneCalls()},
		"ecr":              {protocol: jsonProtocol, calls: ecrCalls()},
		"ec2":              {protocol: ec2Protocol, space: "http://ec2.amazonaws.com/doc/2016-11-15/", calls: ec2Calls()},
		"logs":             {protocol: jsonProtocol, calls: logCalls()},
		"access-analyzer":  {protocol: restProtocol, route: analyzerAction, calls: analyzerCalls()},
		"kms":              {protocol: jsonProtocol, calls: kmsCalls()},
		"organizations":    {protocol: jsonProtocol, calls: organizationCalls()},
		"identitystore":    {protocol: jsonProtocol, calls: storeCalls()},
		"sso":              {protocol: jsonProtocol, calls: rightCalls()},
		"cloudtrail":       {protocol: jsonProtocol, calls: trailCalls()},
		"guardduty":        {protocol: restProtocol, route: watchAction, calls: watchCalls()},
		"secretsmanager":   {protocol: jsonProtocol, calls: vaultCalls()},
		"acm":              {protocol: jsonProtocol, calls: acmCalls()},
		"wafv2":            {protocol: jsonProtocol, calls: wafCalls()},
		"events":           {protocol: jsonProtocol, calls: eventCalls()},
		"sqs":              {protocol: jsonProtocol, calls: queueCalls()},
		"budgets":          {protocol: jsonProtocol, calls: budgetCalls()},
		"ce":               {protocol: jsonProtocol, calls: costCalls()},
		"bcm-data-exports": {protocol: jsonProtocol, calls: exportCalls()},

		"ecs":                     {protocol: jsonProtocol, calls: ecsCalls()},
		"scheduler":               {protocol: restProtocol, route: schedulerAction, calls: schedulerCalls()},
		"states":                  {protocol: jsonProtocol, calls: machineStateCalls()},
		"application-autoscaling": {protocol: jsonProtocol, calls: scalerCalls()},
		"elasticloadbalancing":    {protocol: queryProtocol, space: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/", calls: elbCalls()},
		"sns":                     {protocol: queryProtocol, space: "http://sns.amazonaws.com/doc/2010-03-31/", calls: topicCalls()},
		"monitoring":              {protocol: queryProtocol, space: "http://monitoring.amazonaws.com/doc/2010-08-01/", calls: monitoringCalls()},
		"rds":                     {protocol: queryProtocol, space: "http://rds.amazonaws.com/doc/2014-10-31/", calls: rdsCalls()},
		"autoscaling":             {protocol: queryProtocol, space: "http://autoscaling.amazonaws.com/doc/2011-01-01/", calls: autoscalingCalls()},
	}
	return s
}

// Calls gives what was asked so far, in order.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Unanswered names the calls that the stand-in does not have, once each.
func (s *Server) Unanswered() []string {
	var names []string
	for _, c := range s.Calls() {
		if name := c.Service + ":" + c.Action; c.Unknown && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Repeated names the calls that were asked for again after their answer was lost,
// in order.
func (s *Server) Repeated() []string {
	var names []string
	for _, c := range s.Calls() {
		if c.Again {
			names = append(names, c.Service+":"+c.Action)
		}
	}
	return names
}

// Forget drops the list of calls; the accounts keep what they hold.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// maxBody is more than any call needs.
const maxBody = 16 << 20

// ServeHTTP answers a request of any service. It also takes requests that come
// through it as a proxy, so that a client whose proxy it is reaches nothing else:
// a tunnel is refused with the host's name.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		s.note(Call{Service: "outside", Action: r.Host, Refused: "Forbidden", Unknown: true})
		http.Error(w, "the stand-in lets nothing through to "+r.Host, http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c := &call{server: s, request: r, body: body}
	key := c.scope()
	served, known := s.services[c.service]
	if !known {
		s.note(Call{Service: c.service, Action: r.Method + " " + r.URL.Path, Refused: "UnknownService", Unknown: true})
		http.Error(w, "the stand-in has no service "+c.service, http.StatusBadRequest)
		return
	}
	c.read(served)
	s.mu.Lock()
	defer s.mu.Unlock()
	once := invocation(r, key)
	if before := s.repeats.find(once); before != nil {
		s.calls = append(s.calls, Call{Service: c.service, Action: c.action, Again: true})
		before.give(w)
		return
	}
	result, err := s.answer(c, served, key)
	record := Call{Service: c.service, Action: c.action, Principal: c.principal}
	if c.account != nil {
		record.Account = c.account.ID
	}
	if err != nil {
		problem := asFailure(err)
		record.Refused, record.Unknown = problem.Code, problem.unknown
		s.calls = append(s.calls, record)
		served.protocol.fail(w, c, problem)
		return
	}
	s.calls = append(s.calls, record)
	made := &keptAnswer{status: http.StatusOK, header: http.Header{}}
	served.protocol.write(made, c, served, result)
	s.repeats.keep(once, made)
	made.give(w)
}

func (s *Server) note(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
}

// answer finds who calls and lets the service's handler work.
func (s *Server) answer(c *call, served service, key string) (any, error) {
	open := c.service == "sts" && c.action == "AssumeRoleWithWebIdentity"
	if !open {
		if err := s.identify(c, key); err != nil {
			return nil, err
		}
		if err := s.guard(c, served.protocol); err != nil {
			return nil, err
		}
	}
	handle, ok := served.calls[c.action]
	if !ok {
		return nil, &failure{Status: http.StatusBadRequest, Code: "UnknownOperationException", Message: "the stand-in does not have " + c.service + ":" + c.action, unknown: true}
	}
	return handle(c)
}

// identify finds the account of an access key.
func (s *Server) identify(c *call, key string) error {
	if held, ok := s.sessions[key]; ok {
		if !s.config.Now().Before(held.until) {
			return refuse(http.StatusForbidden, "ExpiredToken", "the session ended at %s", held.until.UTC().Format(time.RFC3339))
		}
		c.account, c.principal, c.assumed = held.account, held.arn, held.role
		return nil
	}
	id, found := strings.CutPrefix(key, AccessKey(""))
	if a := s.accounts[id]; found && a != nil {
		c.account, c.principal = a, "arn:aws:iam::"+id+":user/operator"
		return nil
	}
	return refuse(http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
}

// credential is the scope of a signature of version 4: key, day, region, service.
var credential = regexp.MustCompile(`Credential=([A-Za-z0-9]+)/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request`)

// scope reads key, region and service from the signature. What is unsigned can
// only be STS's.
func (c *call) scope() (key string) {
	parts := credential.FindStringSubmatch(c.request.Header.Get("Authorization"))
	if parts == nil {
		c.service, c.region = "sts", Region
		return ""
	}
	c.region, c.service = parts[2], parts[3]
	return parts[1]
}

// read finds the action, where the protocol puts it.
func (c *call) read(served service) {
	switch served.protocol {
	case jsonProtocol:
		target := c.request.Header.Get("X-Amz-Target") // the service's name may hold dots
		c.action = target[strings.LastIndexByte(target, '.')+1:]
	case queryProtocol, ec2Protocol:
		c.form, _ = url.ParseQuery(string(c.body))
		c.action = c.form.Get("Action")
	case restProtocol:
		c.action = served.route(c.request)
	}
}

// failure is an error as the vendor tells it.
type failure struct {
	Status        int
	Code, Message string
	older         string // code in the protocol that the service spoke before, told beside
	unknown       bool
}

func (f *failure) Error() string { return f.Code + ": " + f.Message }

// refuse makes a failure with a formatted message.
func refuse(status int, code, format string, args ...any) *failure {
	return &failure{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

func asFailure(err error) *failure {
	if known, ok := err.(*failure); ok { //nolint:errorlint // handlers return it bare
		return known
	}
	return &failure{Status: http.StatusBadRequest, Code: "ValidationException", Message: err.Error()}
}

// requestID is told with each answer; nobody looks a stand-in's up.
const requestID = "00000000-0000-0000-0000-000000000000"
