package stage

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"

	"prosa/internal/base/fault"
)

// What a rule can do. Delay, Status and the two cuts apply to calls that the
// simulator receives; Delay, Duplicate, Reorder, Drop and CutAfter to the
// webhooks that it sends.
const (
	DoDelay     = "delay"      // wait delay_ms first
	DoStatus    = "status"     // answer with this HTTP status in the vendor's error shape, without the effect
	DoCutBefore = "cut_before" // close the connection before the effect
	DoCutAfter  = "cut_after"  // do it, then close the connection without the answer; for a webhook: post it and treat the answer as lost
	DoDuplicate = "duplicate"  // post the webhook twice at the same time
	DoReorder   = "reorder"    // post the webhook after the next one of its target
	DoDrop      = "drop"       // never post the webhook
)

// Rule injects a fault into the calls or webhooks that it matches. Empty
// conditions match all.
type Rule struct {
	ID      string `json:"id"`
	On      string `json:"on"`                // "call" or "webhook"
	Method  string `json:"method,omitempty"`  // HTTP method
	Path    string `json:"path,omitempty"`    // part of the URL path
	Account string `json:"account,omitempty"` // phone number id, bot id
	Kind    string `json:"kind,omitempty"`    // last part of a Graph path, Bot API method, or kind of the webhook's event

	Do         string `json:"do"`
	Status     int    `json:"status,omitempty"`      // HTTP status of DoStatus
	Code       int    `json:"code,omitempty"`        // vendor's error code; 0: the usual one of the status
	RetryAfter int    `json:"retry_after,omitempty"` // seconds, told with a 429
	DelayMS    int64  `json:"delay_ms,omitempty"`

	Skip        int     `json:"skip,omitempty"`        // let so many matches pass first
	Count       int     `json:"count,omitempty"`       // fire so often; 0: always
	Probability float64 `json:"probability,omitempty"` // 0: always

	Hits int `json:"hits"` // how often it fired
}

// Call is what a rule is matched against.
type Call struct {
	On, Method, Path, Account string
	Kinds                     []string
}

// Rules is a set of rules, safe for concurrent use.
type Rules struct {
	mu     sync.Mutex
	rules  []*Rule
	next   int
	random *rand.Rand
}

// NewRules makes an empty set whose probabilities follow seed.
func NewRules(seed int64) *Rules {
	return &Rules{random: rand.New(rand.NewPCG(uint64(seed), 0x5eed))}
}

// Add checks and adds a rule and gives it with its id. A rule of a known id is
// replaced and starts anew.
func (r *Rules) Add(rule Rule) (Rule, error) {
	allowed := map[string][]string{
		"call":    {DoDelay, DoStatus, DoCutBefore, DoCutAfter},
		"webhook": {DoDelay, DoDuplicate, DoReorder, DoDrop, DoCutAfter},
	}
	actions, known := allowed[rule.On]
	switch {
	case !known:
		return Rule{}, fault.OnField("on", "must be call or webhook")
	case !slices.Contains(actions, rule.Do):
		return Rule{}, fault.OnField("do", "for a %s must be one of %s", rule.On, strings.Join(actions, ", "))
	case rule.Do == DoStatus && (rule.Status < 400 || rule.Status > 599):
		return Rule{}, fault.OnField("status", "must be an HTTP error status")
	case rule.Do == DoDelay && rule.DelayMS <= 0:
		return Rule{}, fault.OnField("delay_ms", "must be positive")
	case rule.Probability < 0 || rule.Probability > 1:
		return Rule{}, fault.OnField("probability", "must be between 0 and 1")
	case rule.Skip < 0 || rule.Count < 0:
		return Rule{}, fault.OnField("count", "must not be negative")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	rule.Hits = 0
	if rule.ID == "" {
		r.next++
		rule.ID = "rule-" + strconv.Itoa(r.next)
	}
	r.rules = slices.DeleteFunc(r.rules, func(old *Rule) bool { return old.ID == rule.ID })
	kept := rule
	r.rules = append(r.rules, &kept)
	return rule, nil
}

// Remove takes a rule away and says whether it was there; an empty id removes
// all.
func (r *Rules) Remove(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := len(r.rules)
	r.rules = slices.DeleteFunc(r.rules, func(old *Rule) bool { return id == "" || old.ID == id })
	return len(r.rules) < before
}

// List gives the rules in the order they were added.
func (r *Rules) List() []Rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]Rule, 0, len(r.rules))
	for _, rule := range r.rules {
		list = append(list, *rule)
	}
	return list
}

// Match gives the rules that fire for the call, and counts them.
func (r *Rules) Match(call Call) []Rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.rules) == 0 {
		return nil
	}
	var fired []Rule
	for _, rule := range r.rules {
		if !rule.matches(call) || rule.Count > 0 && rule.Hits >= rule.Count {
			continue
		}
		if rule.Skip > 0 {
			rule.Skip--
			continue
		}
		if rule.Probability > 0 && r.random.Float64() >= rule.Probability {
			continue
		}
		rule.Hits++
		fired = append(fired, *rule)
	}
	return fired
}

func (rule *Rule) matches(call Call) bool {
	return rule.On == call.On &&
		(rule.Method == "" || strings.EqualFold(rule.Method, call.Method)) &&
		(rule.Path == "" || strings.Contains(call.Path, rule.Path)) &&
		(rule.Account == "" || rule.Account == call.Account) &&
		(rule.Kind == "" || slices.Contains(call.Kinds, rule.Kind))
}
