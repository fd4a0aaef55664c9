package thread

import (
	"encoding/json"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
)

// handover tells which app answers a thread (Messenger Platform, handover
// protocol and conversation routing).
type handover struct {
	Previous  meta.Text `json:"previous_owner_app_id"`
	New       meta.Text `json:"new_owner_app_id"`
	Requested meta.Text `json:"requested_owner_app_id"`
	Metadata  string    `json:"metadata"`
}

// control reads who answers from now on. The platform tells an app that it got
// the thread (pass) or lost it (take), and never a third one.
func (r *reading) control(it *item) {
	r.Kind = channel.InControl
	switch {
	case it.Pass != nil:
		r.Key = r.key("pass")
		r.Control = &channel.Control{Ours: true, Note: it.Pass.Metadata}
	case it.Take != nil:
		r.Key = r.key("take")
		r.Control = &channel.Control{Holder: string(it.Take.New), Note: it.Take.Metadata}
	default:
		r.Key = r.key("request")
		r.Control = &channel.Control{Ours: true, Wish: true, Holder: string(it.Ask.Requested), Note: it.Ask.Metadata}
	}
}

// account reads what names no customer: news of the page itself.
func (r *reading) account(it *item) (channel.Inbound, error) {
	in := channel.Inbound{Kind: channel.InAccount, AtMS: r.AtMS}
	policy := it.Policy
	if len(policy) == 0 {
		policy = it.OldPolicy
	}
	switch {
	case len(policy) > 0:
		var said struct {
			Action string `json:"action"`
			Reason string `json:"reason"`
		}
		if meta.Read(policy, &said) != nil {
			return channel.Inbound{}, fault.New(fault.Invalid, "the policy's word cannot be read")
		}
		in.News = &channel.News{Kind: channel.NewsPolicy, Status: strings.ToLower(said.Action), Reason: said.Reason, Raw: json.RawMessage(policy)}
	case len(it.Roles) > 0:
		in.News = &channel.News{Kind: channel.NewsOther, Status: "roles", Raw: json.RawMessage(it.Roles)}
	case it.Message != nil || it.Postback != nil || it.Reaction != nil || it.Edit != nil || it.Delivery != nil || it.Read != nil || it.Optin != nil:
		return channel.Inbound{}, fault.New(fault.Invalid, "the event names no customer")
	default:
		in.News = &channel.News{Kind: channel.NewsOther, Raw: json.RawMessage(r.piece.Item)}
	}
	return in, nil
}

// public are the fields of what people say in the open. It is no message: it
// has no thread, and the one private answer that Meta allows is not ours to
// give unasked.
var public = map[string]bool{
	"feed": true, "mention": true, "mentions": true, "comments": true, "live_comments": true,
	"ratings": true, "story_insights": true, "follow": true, "live_videos": true, "conversations": true,
}

// change reads a change of a subscribed field.
func change(field string, value jsontext.Value) channel.Inbound {
	if public[field] {
		return channel.Inbound{Kind: channel.InIgnored}
	}
	return channel.Inbound{Kind: channel.InAccount, News: newsOf(field, value)}
}

func newsOf(field string, value jsontext.Value) *channel.News {
	news := &channel.News{Kind: channel.NewsOther, Status: strings.ToLower(field), Raw: json.RawMessage(value)}
	if value.Kind() != '{' {
		return news
	}
	switch field {
	case "message_template_status_update":
		templateNews(news, value)
	case "business_integrity":
		integrityNews(news, value)
	}
	return news
}

// templateNews reads what became of a utility template of Messenger.
func templateNews(news *channel.News, value jsontext.Value) {
	var told struct {
		Event    string    `json:"event"`
		Reason   string    `json:"reason"`
		Template meta.Text `json:"message_template_id"`
		Name     string    `json:"message_template_name"`
		Language string    `json:"message_template_language"`
	}
	if meta.Read(value, &told) != nil {
		return
	}
	news.Kind, news.Status, news.Reason = channel.NewsTemplateStatus, strings.ToLower(told.Event), told.Reason
	news.Template, news.Language, news.TemplateID = told.Name, told.Language, string(told.Template)
}

// integrityNews reads what the page broke and what it may not do until when
// (Webhooks reference, page, business_integrity).
func integrityNews(news *channel.News, value jsontext.Value) {
	var told struct {
		Status     string `json:"status"`
		Violations []struct {
			Description string `json:"description"`
		} `json:"violations"`
		Restrictions []struct {
			Description string    `json:"description"`
			Expires     meta.Text `json:"expiration_time"`
		} `json:"restrictions"`
	}
	if meta.Read(value, &told) != nil {
		return
	}
	news.Kind, news.Status = channel.NewsPolicy, strings.ToLower(told.Status)
	var reasons []string
	for _, violation := range told.Violations {
		reasons = append(reasons, violation.Description)
	}
	for _, restriction := range told.Restrictions {
		news.Kind = channel.NewsRestricted
		reasons = append(reasons, restriction.Description)
		if until, err := moment(string(restriction.Expires)); err == nil {
			news.UntilMS = max(news.UntilMS, until)
		}
	}
	news.Reason = lines(reasons...)
}
