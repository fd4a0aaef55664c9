package aws

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
)

// topicState holds the topics of an account and who is told of what, by ARN.
type topicState struct {
	topics        shelf[topic]
	subscriptions shelf[subscription]
}

type topic struct {
	arn, name  string
	attributes map[string]string
	tags       map[string]string
}

type subscription struct {
	arn, topic, protocol, endpoint string
	pending                        bool // nobody has answered the mail yet
	attributes                     map[string]string
}

func (c *call) topics() *topicState { return state[topicState](c.account, "sns") }

func topicCalls() map[string]handler {
	return map[string]handler{
		"CreateTopic": createTopic, "GetTopicAttributes": topicAttributes, "SetTopicAttributes": setTopicAttribute, "DeleteTopic": deleteTopic, "ListTopics": listTopics,
		"Subscribe": subscribe, "GetSubscriptionAttributes": subscriptionAttributes, "SetSubscriptionAttributes": setSubscriptionAttribute, "Unsubscribe": unsubscribe,
		"ListSubscriptionsByTopic": listSubscriptions, "ListTagsForResource": topicTags, "TagResource": tagTopic, "UntagResource": untagTopic,
	}
}

var topicName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// longestDisplayName is of what stands as the sender of a mail.
const longestDisplayName = 100

func badTopic(format string, args ...any) error {
	return refuse(http.StatusBadRequest, "InvalidParameter", "Invalid parameter: %s", fmt.Sprintf(format, args...))
}

// formEntries reads a map of a form: prefix.entry.1.key and .value.
func (c *call) formEntries(prefix string) map[string]string {
	entries := map[string]string{}
	for _, one := range c.formRecords(prefix + ".entry") {
		entries[one["key"]] = one["value"]
	}
	return entries
}

func writeEntries(name string, entries map[string]string) element {
	return list(name, "entry", sortedKeys(entries), func(key string) []element { return []element{say("key", key), say("value", entries[key])} })
}

func createTopic(c *call) (any, error) {
	name := c.form.Get("Name")
	if !topicName.MatchString(name) {
		return nil, badTopic("Topic Name")
	}
	arn := c.arn("sns", name)
	if c.topics().topics[arn] != nil {
		return answerXML{say("TopicArn", arn)}, nil // as the vendor: it is there
	}
	t := &topic{arn: arn, name: name, tags: c.formTags("Tags.member"), attributes: map[string]string{"DisplayName": "", "Policy": c.standardTopicPolicy(arn)}}
	for key, value := range c.formEntries("Attributes") {
		if err := t.set(key, value); err != nil {
			return nil, err
		}
	}
	c.topics().topics.put(arn, t)
	return answerXML{say("TopicArn", arn)}, nil
}

// standardTopicPolicy is what a new topic has: its account may do everything.
func (c *call) standardTopicPolicy(arn string) string {
	return `{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],"Resource":"` +
		arn + `","Condition":{"StringEquals":{"AWS:SourceOwner":"` + c.account.ID + `"}}}]}`
}

// topicActions are what a topic's policy may speak of.
var topicActions = []string{"sns:gettopicattributes", "sns:settopicattributes", "sns:addpermission", "sns:removepermission", "sns:deletetopic", "sns:subscribe", "sns:listsubscriptionsbytopic", "sns:publish", "sns:receive", "sns:getdataprotectionpolicy", "sns:putdataprotectionpolicy"}

// set changes an attribute, when it can be so.
func (t *topic) set(name, value string) error {
	switch {
	case name == "DisplayName" && len(value) > longestDisplayName:
		return badTopic("DisplayName Reason: %d characters at most", longestDisplayName)
	case name == "Policy":
		var read struct{ Statement []statement }
		if err := json.Unmarshal([]byte(value), &read); err != nil || len(read.Statement) == 0 {
			return badTopic("Policy Error: null")
		}
		for _, s := range read.Statement {
			for _, action := range wordsOf(s.Action) {
				if !slices.Contains(topicActions, strings.ToLower(action)) {
					return badTopic("Policy statement action out of service scope!")
				}
			}
			for _, resource := range wordsOf(s.Resource) {
				if !like(resource, t.arn) {
					return badTopic("Policy statement resource is another topic's: %s", resource)
				}
			}
		}
	}
	t.attributes[name] = value
	return nil
}

func (c *call) topic(parameter string) (*topic, error) {
	if found := c.topics().topics[c.form.Get(parameter)]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusNotFound, "NotFound", "Topic does not exist")
}

func topicAttributes(c *call) (any, error) {
	t, err := c.topic("TopicArn")
	if err != nil {
		return nil, err
	}
	told := maps.Clone(t.attributes)
	counts := map[bool]int{}
	for _, s := range c.topics().subscriptions {
		if s.topic == t.arn {
			counts[s.pending]++
		}
	}
	told["TopicArn"], told["Owner"], told["SubscriptionsDeleted"] = t.arn, c.account.ID, "0"
	told["SubscriptionsConfirmed"], told["SubscriptionsPending"] = fmt.Sprint(counts[false]), fmt.Sprint(counts[true])
	told["EffectiveDeliveryPolicy"] = `{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false,"defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}}`
	return answerXML{writeEntries("Attributes", told)}, nil
}

func setTopicAttribute(c *call) (any, error) {
	t, err := c.topic("TopicArn")
	if err != nil {
		return nil, err
	}
	name, value := c.form.Get("AttributeName"), c.form.Get("AttributeValue")
	if name == "Policy" && value == "" {
		value = c.standardTopicPolicy(t.arn)
	}
	if err := t.set(name, value); err != nil {
		return nil, err
	}
	return answerXML{}, nil
}

func listTopics(c *call) (any, error) {
	return answerXML{list("Topics", "member", c.topics().topics.all(), func(t *topic) []element { return []element{say("TopicArn", t.arn)} })}, nil
}

func deleteTopic(c *call) (any, error) {
	arn := c.form.Get("TopicArn")
	maps.DeleteFunc(c.topics().subscriptions, func(_ string, s *subscription) bool { return s.topic == arn })
	delete(c.topics().topics, arn)
	return answerXML{}, nil
}

// subscribe asks somebody. A mail waits until its reader answers; a queue of the
// account need not.
func subscribe(c *call) (any, error) {
	t, err := c.topic("TopicArn")
	if err != nil {
		return nil, err
	}
	s := &subscription{topic: t.arn, protocol: c.form.Get("Protocol"), endpoint: c.form.Get("Endpoint"), attributes: c.formEntries("Attributes")}
	switch s.protocol {
	case "email", "email-json":
		if _, err := mail.ParseAddress(s.endpoint); err != nil {
			return nil, badTopic("Email address")
		}
		s.pending = true
	case "http", "https":
		if !strings.HasPrefix(s.endpoint, s.protocol+"://") {
			return nil, badTopic("Endpoint must match the specified protocol")
		}
		s.pending = true
	case "sqs", "lambda", "firehose":
		if !strings.HasPrefix(s.endpoint, "arn:aws:"+s.protocol+":") {
			return nil, badTopic("%s endpoint ARN", s.protocol)
		}
	default:
		return nil, badTopic("Does not support this protocol string: %s", s.protocol)
	}
	for _, other := range c.topics().subscriptions {
		if other.topic == s.topic && other.protocol == s.protocol && other.endpoint == s.endpoint {
			return answerXML{say("SubscriptionArn", other.arn)}, nil
		}
	}
	s.arn = t.arn + fmt.Sprintf(":00000000-0000-4000-8000-%012x", c.account.next())
	c.topics().subscriptions.put(s.arn, s)
	if s.pending && c.form.Get("ReturnSubscriptionArn") != "true" {
		return answerXML{say("SubscriptionArn", "pending confirmation")}, nil
	}
	return answerXML{say("SubscriptionArn", s.arn)}, nil
}

func (c *call) subscription() (*subscription, error) {
	if found := c.topics().subscriptions[c.form.Get("SubscriptionArn")]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusNotFound, "NotFound", "Subscription does not exist")
}

func subscriptionAttributes(c *call) (any, error) {
	s, err := c.subscription()
	if err != nil {
		return nil, err
	}
	told := map[string]string{
		"SubscriptionArn": s.arn, "TopicArn": s.topic, "Protocol": s.protocol, "Endpoint": s.endpoint, "Owner": c.account.ID, "PendingConfirmation": fmt.Sprint(s.pending),
		"ConfirmationWasAuthenticated": fmt.Sprint(!s.pending), "RawMessageDelivery": "false", "SubscriptionPrincipal": c.principal,
	}
	maps.Copy(told, s.attributes)
	return answerXML{writeEntries("Attributes", told)}, nil
}

func setSubscriptionAttribute(c *call) (any, error) {
	s, err := c.subscription()
	if err != nil {
		return nil, err
	}
	s.attributes[c.form.Get("AttributeName")] = c.form.Get("AttributeValue")
	return answerXML{}, nil
}

func unsubscribe(c *call) (any, error) {
	s := c.topics().subscriptions[c.form.Get("SubscriptionArn")]
	if s != nil && s.pending {
		return nil, badTopic("SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation")
	}
	delete(c.topics().subscriptions, c.form.Get("SubscriptionArn"))
	return answerXML{}, nil
}

func listSubscriptions(c *call) (any, error) {
	t, err := c.topic("TopicArn")
	if err != nil {
		return nil, err
	}
	held := slices.DeleteFunc(c.topics().subscriptions.all(), func(s *subscription) bool { return s.topic != t.arn })
	return answerXML{list("Subscriptions", "member", held, func(s *subscription) []element {
		arn := s.arn
		if s.pending {
			arn = "PendingConfirmation"
		}
		return []element{say("SubscriptionArn", arn), say("TopicArn", s.topic), say("Protocol", s.protocol), say("Endpoint", s.endpoint), say("Owner", c.account.ID)}
	})}, nil
}

func topicTags(c *call) (any, error) {
	t, err := c.topic("ResourceArn")
	if err != nil {
		return nil, err
	}
	return answerXML{tagList("Tags", "member", t.tags)}, nil
}

func tagTopic(c *call) (any, error) {
	t, err := c.topic("ResourceArn")
	if err != nil {
		return nil, err
	}
	maps.Copy(t.tags, c.formTags("Tags.member"))
	return answerXML{}, nil
}

func untagTopic(c *call) (any, error) {
	t, err := c.topic("ResourceArn")
	if err != nil {
		return nil, err
	}
	for _, key := range c.formList("TagKeys.member") {
		delete(t.tags, key)
	}
	return answerXML{}, nil
}
