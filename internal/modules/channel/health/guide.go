package health

import (
	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// Guide is what a person needs to connect a platform by themselves. The pages
// have the words; here stands what is copied.
type Guide struct {
	Channel message.Channel `json:"channel" enum:"whatsapp,telegram,messenger,instagram"`
	Flavour string          `json:"flavour,omitempty" enum:"page,login" doc:"Instagram: through a Facebook page, or Instagram Login."`
	// Links are pages of the vendor by name: "app", "token", "numbers", "bot".
	Links       map[string]string `json:"links"`
	Permissions []string          `json:"permissions" doc:"What the token must be allowed."`
	Fields      []string          `json:"fields" doc:"What the webhook subscribes to."`
	Object      string            `json:"object,omitempty" doc:"What Meta's page of webhooks calls it."`
	Values      []string          `json:"values" doc:"What is pasted here: external_id, settings.*, credentials.*; required ones first."`
}

// Guide gives the set-up of a platform. Sources: channels.md 2.3, 4.1, 5; Meta's
// pages on permissions. Error: NotFound.
func (s *Service) Guide(ch message.Channel, flavour string) (Guide, error) {
	apps := map[string]string{"app": s.cfg.MetaApps}
	pageFields := []string{"messages", "messaging_postbacks", "message_deliveries", "message_reads", "message_echoes", "message_reactions", "message_edits",
		"messaging_referrals", "messaging_optins", "messaging_handovers", "standby", "messaging_policy_enforcement"}
	instagramFields := []string{"messages", "messaging_postbacks", "messaging_seen", "message_reactions", "messaging_referral", "messaging_handover", "standby"}
	switch {
	case ch == message.WhatsApp:
		return Guide{Channel: ch, Links: map[string]string{"app": s.cfg.MetaApps, "token": s.cfg.MetaUsers, "numbers": s.cfg.MetaNumbers},
			Permissions: []string{"whatsapp_business_messaging", "whatsapp_business_management"}, Object: "whatsapp_business_account",
			Fields: []string{"messages", "smb_message_echoes", "message_template_status_update", "message_template_quality_update", "template_category_update",
				"phone_number_quality_update", "account_update", "business_capability_update", "user_preferences", "calls"},
			Values: []string{"external_id", "credentials.token", "credentials.app_secret", "settings.waba_id"}}, nil
	case ch == message.Telegram:
		return Guide{Channel: ch, Links: map[string]string{"bot": s.cfg.BotFather}, Permissions: []string{}, Fields: []string{}, Values: []string{"credentials.token"}}, nil
	case ch == message.Messenger:
		return Guide{Channel: ch, Links: apps, Permissions: []string{"pages_messaging", "pages_manage_metadata", "pages_read_engagement", "pages_show_list"},
			Object: "page", Fields: pageFields, Values: []string{"external_id", "credentials.token", "credentials.app_secret", "settings.app_id"}}, nil
	case ch == message.Instagram && flavour == "login":
		return Guide{Channel: ch, Flavour: "login", Links: apps, Permissions: []string{"instagram_business_basic", "instagram_business_manage_messages"},
			Object: "instagram", Fields: instagramFields, Values: []string{"external_id", "credentials.token", "credentials.app_secret", "settings.app_id"}}, nil
	case ch == message.Instagram:
		return Guide{Channel: ch, Flavour: "page", Links: apps, Permissions: []string{"instagram_basic", "instagram_manage_messages", "pages_manage_metadata", "pages_show_list"},
			Object: "instagram", Fields: instagramFields, Values: []string{"external_id", "settings.page_id", "credentials.token", "credentials.app_secret", "settings.app_id"}}, nil
	default:
		return Guide{}, fault.New(fault.NotFound, "no such channel")
	}
}
