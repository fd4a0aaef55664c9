package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/secret"
	"prosa/internal/modules/builder"
)

func (a *api) registerBotSecret() {
	handle(a, botRoute("list-bot-secrets", http.MethodGet, "/bot-secrets", "Names of the company's secrets for web calls. A value is never shown again."), a.listBotSecrets)
	handle(a, botRoute("put-bot-secret", http.MethodPut, "/bot-secrets/{name}", "Keep a secret, or give it another value.").publishing(), a.putBotSecret)
	handle(a, botRoute("delete-bot-secret", http.MethodDelete, "/bot-secrets/{name}", "Forget a secret; web calls that use it fail from then on.").
		publishing().answering(http.StatusNoContent), a.deleteBotSecret)
}

type secretView struct {
	Name      string `json:"name"`
	UpdatedMS int64  `json:"updated_ms"`
}

type secretsOutput struct {
	Body struct {
		Items []secretView `json:"items"`
	}
}

func (a *api) listBotSecrets(ctx context.Context, _ *struct{}) (*secretsOutput, error) {
	return nil, builder.ErrComing
}

// SecretPath names a secret in the path.
type SecretPath struct {
	Name string `path:"name" maxLength:"40" pattern:"^[A-Z][A-Z0-9_]*$" doc:"As flows write it: {{secret.NAME}}."`
}

type putSecretInput struct {
	SecretPath
	Body struct {
		Value secret.Text `json:"value"`
	}
}

type secretOutput struct{ Body secretView }

func (a *api) putBotSecret(ctx context.Context, in *putSecretInput) (*secretOutput, error) {
	return nil, builder.ErrComing
}

func (a *api) deleteBotSecret(ctx context.Context, in *SecretPath) (*struct{}, error) {
	return nil, builder.ErrComing
}
