package whatsapp

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// told are the members that news of an account may have, over all fields
// (Meta: WhatsApp Business Platform, Webhooks, Fields). Each is read by itself,
// so that one of an odd shape costs only itself.
type told map[string]jsontext.Value

func tellingOf(raw jsontext.Value) told {
	t := told{}
	for name, member := range meta.Members(raw) {
		t[string(name)] = member
	}
	return t
}

// text gives a member that is a text or a number.
func (t told) text(names ...string) string {
	for _, name := range names {
		if value, ok := t[name]; ok {
			if text, _ := meta.TextOf(value); text != "" {
				return text
			}
		}
	}
	return ""
}

// lower is a value of the platform, in lower case.
func (t told) lower(names ...string) string { return strings.ToLower(t.text(names...)) }

// inner gives a member that is an object; of a list, its first element.
func (t told) inner(name string) told {
	value := t[name]
	if value.Kind() == '[' {
		elements, _ := meta.Elements(value)
		if len(elements) == 0 {
			return told{}
		}
		value = elements[0]
	}
	return tellingOf(value)
}

// parseAccount reads what is said of the number or the business account. What
// is not known is kept whole as news of no kind: nothing is dropped.
func parseAccount(p *piece) channel.Inbound {
	t := tellingOf(p.Value)
	news := newsOf(p.Field, t)
	news.Raw = json.RawMessage(p.Value)
	return channel.Inbound{
		Kind: channel.InAccount, News: &news,
		Content: message.Content{Kind: message.Unsupported, Text: p.Field, Raw: json.RawMessage(p.Value)},
	}
}

func newsOf(field string, t told) channel.News {
	news := channel.News{
		Kind: channel.NewsOther, TemplateID: t.text("message_template_id"), Template: t.text("message_template_name"),
		Language: t.text("message_template_language"), Status: t.lower("event", "decision", "status"),
		Reason: t.text("reason", "rejection_reason", "message", "alert_description"),
	}
	switch field {
	case fieldMessages, fieldHistory:
		if problem := t.inner("errors"); len(problem) > 0 {
			news.Kind, news.Status, news.Reason = channel.NewsProblem, problem.text("code"), problem.sentence()
		}
	case "message_template_status_update":
		news.Kind, news.Category = channel.NewsTemplateStatus, t.lower("message_template_category")
		news.Reason = whyRejected(t)
	case "message_template_quality_update":
		news.Kind, news.Quality = channel.NewsTemplateQuality, t.lower("new_quality_score")
	case "template_category_update":
		news.Kind, news.Category = channel.NewsTemplateCategory, t.lower("new_category", "correct_category")
	case "message_template_components_update":
		news.Kind = channel.NewsTemplateContent
	case "phone_number_quality_update":
		numberNews(&news, t)
	case "phone_number_name_update", "account_review_update", "business_status_update":
		news.Kind = channel.NewsReview
	case "business_capability_update":
		news.Kind, news.Limit = channel.NewsLimit, t.text("max_daily_conversations_per_business", "max_daily_conversation_per_phone")
	case "account_update":
		accountNews(&news, t)
	case "account_alerts":
		news.Kind, news.Status = channel.NewsPolicy, t.lower("alert_severity", "alert_status")
		if news.Reason == "" {
			news.Reason = t.text("alert_type")
		}
	}
	return news
}

// whyRejected joins why a template was refused and what Meta advises.
func whyRejected(t told) string {
	rejection, other := t.inner("rejection_info"), t.inner("other_info")
	parts := make([]string, 0, 3)
	for _, part := range []string{t.text("reason"), rejection.text("reason"), rejection.text("recommendation"), other.text("description", "title")} {
		if part != "" && !strings.EqualFold(part, "none") {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

// sentence is the most telling text of an element of errors.
func (t told) sentence() string {
	text := t.text("title", "message")
	if details := t.inner("error_data").text("details"); details != "" && details != text {
		text = strings.TrimPrefix(text+": "+details, ": ")
	}
	return text
}

// numberNews sorts phone_number_quality_update: flags are about quality, all
// else about how many customers may be written to.
func numberNews(news *channel.News, t told) {
	news.Limit = t.lower("max_daily_conversations_per_business", "current_limit")
	switch news.Status {
	case "flagged":
		news.Kind, news.Quality = channel.NewsQuality, "red"
	case "unflagged":
		news.Kind, news.Quality = channel.NewsQuality, "green"
	default:
		news.Kind = channel.NewsLimit
	}
}

// accountNews sorts account_update by its event.
func accountNews(news *channel.News, t told) {
	switch news.Status {
	case "disabled_update", "account_deleted":
		ban := t.inner("ban_info")
		news.Kind, news.Reason = channel.NewsBanned, ban.text("waba_ban_state")
		if states, _ := meta.Elements(ban["waba_ban_state"]); len(states) > 0 {
			news.Reason, _ = meta.TextOf(states[0])
		}
		if strings.EqualFold(news.Reason, "REINSTATE") {
			news.Kind = channel.NewsRestored
		}
	case "account_restriction":
		restriction := t.inner("restriction_info")
		news.Kind, news.Reason = channel.NewsRestricted, restriction.text("restriction_type")
		news.UntilMS = secondsMS(restriction.text("expiration"))
	case "account_violation":
		news.Kind, news.Reason = channel.NewsPolicy, t.inner("violation_info").text("violation_type")
	case "partner_removed", "partner_app_uninstalled", "account_offboarded":
		news.Kind = channel.NewsRevoked
	case "verified_account", "account_reconnected", "partner_added", "partner_app_installed":
		news.Kind = channel.NewsReview
	}
}

// secondsMS reads unix seconds; 0 when they are none.
func secondsMS(text string) int64 {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && seconds > 0 {
		ms, _ := timestamp(text)
		return ms
	}
	return 0
}
