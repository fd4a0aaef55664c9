package app

import (
	"context"
	"fmt"

	"prosa/internal/modules/channel"
	watch "prosa/internal/modules/channel/health"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// joinHealth makes who watches the channels, and tells it and the templates what
// platforms say of accounts.
func (h *house) joinHealth() {
	h.health = watch.New(h.cfg.Health, watch.Deps{
		DB: h.db, Channels: h.channel, HookURL: h.hookURL, Post: h.writeAlarm, Clock: h.clock, Logger: h.logger, Shards: h.cfg.Shards.Count,
	})
	h.conversation.BindNews(h.templates, h.health)
}

// hookURL is where an account's platform has to send its webhooks.
func (h *house) hookURL(account channel.Account) string {
	return h.cfg.Server.gatewayURL() + "/webhooks/" + string(account.Channel) + "/" + account.Hook
}

// writeAlarm implements watch.Post: each admin gets a letter.
func (h *house) writeAlarm(ctx context.Context, tx *database.Tx, account channel.Account, alarm watch.Alarm) error {
	if !h.mail.Works() {
		return nil
	}
	company, err := tenancy.Load(ctx, tx, account.TenantID)
	if err != nil {
		return err
	}
	people, err := identity.Admins(ctx, tx, account.TenantID)
	if err != nil {
		return err
	}
	for _, person := range people {
		locale := person.Locale
		if locale == "" {
			locale = company.Locale
		}
		sentences, ok := alarmSentences[locale]
		if !ok {
			sentences = alarmSentences["pt-BR"]
		}
		if err := h.mail.Send(ctx, tx, mail.Letter{
			TenantID: account.TenantID, Key: fmt.Sprintf("alarm:%s:%s:%d:%s%s:%s", account.ID, alarm.Kind, alarm.RaisedMS, alarm.Grade, alarm.Facts["days"], person.ID),
			Template: mail.ChannelAlarm, Locale: locale, To: person.Email, Name: person.Name,
			Data: map[string]string{"company": company.Name, "channel": account.Name, "problem": sentences[alarm.Kind], "link": h.cfg.Server.PublicURL + "/channels/" + account.ID},
		}); err != nil {
			return err
		}
	}
	return nil
}

// alarmSentences say what is wrong, in letters; the page says more.
var alarmSentences = map[string]map[watch.Kind]string{
	"pt-BR": {
		watch.StoppedAlarm: "A plataforma recusou a conexão. O que a equipe responde fica guardado até ela ser refeita.",
		watch.TokenAlarm:   "O token de acesso está para vencer ou deixou de valer.",
		watch.QualityAlarm: "A plataforma baixou a qualidade do número.",
		watch.LimitsAlarm:  "A plataforma restringiu ou bloqueou a conta.",
		watch.HookAlarm:    "As mensagens dos clientes não estão chegando até nós: falta o registro do webhook.",
		watch.RightsAlarm:  "Faltam permissões no aplicativo da plataforma.",
		watch.AccountAlarm: "A conta na plataforma ainda não está pronta.",
		watch.SilenceAlarm: "Nenhuma mensagem chega há mais tempo do que o normal para este horário.",
		watch.PolicyAlarm:  "A plataforma avisou sobre o uso das suas regras.",
		watch.RenewalAlarm: "O token de acesso não pôde ser renovado.",
		watch.PausedAlarm:  "A plataforma pediu menos mensagens de campanha; elas estão em pausa e as respostas seguem.",
	},
	"en": {
		watch.StoppedAlarm: "The platform refused the connection. What the team answers is kept until it is made anew.",
		watch.TokenAlarm:   "The access token is about to end or no longer counts.",
		watch.QualityAlarm: "The platform lowered the quality of the number.",
		watch.LimitsAlarm:  "The platform restricted or blocked the account.",
		watch.HookAlarm:    "Messages of customers do not reach us: the webhook is not registered.",
		watch.RightsAlarm:  "Permissions of the platform's app are missing.",
		watch.AccountAlarm: "The account at the platform is not ready yet.",
		watch.SilenceAlarm: "No message has come for longer than is usual at this hour.",
		watch.PolicyAlarm:  "The platform gave a warning about its policies.",
		watch.RenewalAlarm: "The access token could not be renewed.",
		watch.PausedAlarm:  "The platform asked for fewer campaign messages; they are paused, and replies go on.",
	},
}
