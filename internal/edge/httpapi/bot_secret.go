package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/secret"
	"prosa/internal/modules/botrun"
)

func (a *api) registerBotSecret() {
	handle(a, botRoute("list-bot-secrets", http.MethodGet, "/bot-secrets", "Names of the company's secrets for web calls. A value is never shown again."), a.listBotSecrets)
	handle(a, botRoute("put-bot-secret", http.MethodPut, "/bot-secrets/{name}", "Keep a secret, or give it another value.").publishing(), a.putBotSecret)
	handle(a, botRoute("delete-bot-secret", http.MethodDelete, "/bot-secrets/{name}", "Forget a secret; web calls that use it fail from then on.").
		publishing().answering(http.StatusNoContent), a.deleteBotSecret)
}

type secretsOutput struct {
	Body struct {
		Items []botrun.SecretView `json:"items"`
	}
}

func (a *api) listBotSecrets(ctx context.Context, _ *struct{}) (*secretsOutput, error) {
	list, err := a.deps.Bots.ListSecrets(ctx, caller(ctx).TenantID())
	out := &secretsOutput{}
	out.Body.Items = append([]botrun.SecretView{}, list...)
	return out, err
}

// SecretPath names a secret in the path.
type SecretPath struct {
	Name string `path:"name" maxLength:"40" pattern:"^[A-Za-z][A-Za-z0-9_]*$" doc:"As flows write it: {{secret.NAME}}."`
}

type putSecretInput struct {
	SecretPath
	Body struct {
		Value secret.Text `json:"value"`
	}
}

type secretOutput struct{ Body botrun.SecretView }

func (a *api) putBotSecret(ctx context.Context, in *putSecretInput) (*secretOutput, error) {
	if err := a.deps.Bots.PutSecret(ctx, caller(ctx).TenantID(), in.Name, in.Body.Value); err != nil {
		return nil, err
	}
	a.note(ctx, "bot.secret_set", in.Name, nil)
	return &secretOutput{botrun.SecretView{Name: in.Name, UpdatedMS: a.deps.Clock.Now().UnixMilli()}}, nil
}

func (a *api) deleteBotSecret(ctx context.Context, in *SecretPath) (*struct{}, error) {
	if err := a.deps.Bots.DeleteSecret(ctx, caller(ctx).TenantID(), in.Name); err != nil {
		return nil, err
	}
	a.note(ctx, "bot.secret_deleted", in.Name, nil)
	return nil, nil
}
