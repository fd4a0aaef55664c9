package aws

import (
	"fmt"
	"slices"
	"strings"
)

// Unheard says why what is told in an account would reach nobody although
// everything was made as it was asked: an alarm's topic and its key that do not
// let the alarms in, a rule's target or its dead letters' queue that takes no
// event, a rule's role that may not start what it is to start. The vendor refuses
// none of it and loses what is told.
func (s *Server) Unheard(accountID string) (reasons []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.accounts[accountID]
	if held == nil {
		return nil
	}
	c := &call{server: s, account: held, region: Region}
	tell := func(what, why string) {
		if why != "" {
			reasons = append(reasons, what+": "+why)
		}
	}
	for _, a := range c.alarms().alarms.all() {
		for _, trigger := range alarmTriggers {
			for _, topic := range a.actions[trigger] {
				tell("alarm "+a.name, c.deaf(topic, "cloudwatch.amazonaws.com", a.arn))
			}
		}
	}
	for _, r := range c.events().rules.all() {
		for _, target := range r.targets {
			tell("rule "+r.name, c.deaf(text(target, "Arn"), "events.amazonaws.com", r.arn))
			tell("rule "+r.name, c.unstarted(target))
			dead, _ := target["DeadLetterConfig"].(doc)
			tell("dead letters of rule "+r.name, c.deaf(text(dead, "Arn"), "events.amazonaws.com", r.arn))
		}
	}
	slices.Sort(reasons)
	return slices.Compact(reasons)
}

// unstarted says why a rule's role cannot start the state machine that is its
// target; empty when it can, or when the target is none.
func (c *call) unstarted(target doc) string {
	arn := text(target, "Arn")
	if !strings.HasPrefix(arn, c.arn("states", "stateMachine:")) {
		return ""
	}
	_, held, err := c.server.role(text(target, "RoleArn"))
	if err != nil || !c.permitted(held, "states:StartExecution", arn, nil) {
		return "its role may not start " + arn
	}
	return ""
}

// deaf says why a service that speaks for source cannot tell a topic or a queue;
// empty when it can, or when arn is neither.
func (c *call) deaf(arn, service, source string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	policy, key, action := "", "", ""
	switch parts[2] {
	case "sns":
		t := c.topics().topics[arn]
		if t == nil {
			return "there is no topic " + arn
		}
		policy, key, action = t.attributes["Policy"], t.attributes["KmsMasterKeyId"], "sns:Publish"
	case "sqs":
		q := c.queues().queues[parts[5]]
		if q == nil {
			return "there is no queue " + arn
		}
		policy, key, action = q.attributes["Policy"], q.attributes["KmsMasterKeyId"], "sqs:SendMessage"
	default:
		return ""
	}
	asked := request{
		action: action, resource: arn, principals: map[string][]string{"Service": {service}},
		claims: map[string][]string{"aws:SourceAccount": {c.account.ID}, "AWS:SourceOwner": {c.account.ID}, "aws:SourceArn": {source}, "aws:SecureTransport": {"true"}},
	}
	if allowed, err := evaluate(policy, asked); policy == "" || err != nil || !allowed {
		return fmt.Sprintf("%s lets no %s in", arn, service)
	}
	if key == "" || strings.HasPrefix(key, "alias/aws/") {
		return ""
	}
	sealed, err := c.key(key)
	if err != nil {
		return "there is no key " + key
	}
	if service == "events.amazonaws.com" { // it tells the key no source (SNS developer guide, "Managing encryption keys")
		asked.claims = nil
	}
	for _, action := range []string{"kms:Decrypt", "kms:GenerateDataKey"} {
		asked.action, asked.resource = action, ""
		if allowed, err := evaluate(sealed.policy, asked); err != nil || !allowed {
			return fmt.Sprintf("the key of %s lets %s not %s", arn, service, action)
		}
	}
	return ""
}
