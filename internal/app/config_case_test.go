package app

import (
	"maps"
	"strings"
	"testing"

	"prosa/internal/platform/config"
)

// The settings of purchases, of plans and of who takes the money and carries the
// letters: each that can not be worked with is refused by its name.
func TestSettingsOfPurchasesAreCheckedByName(t *testing.T) {
	prod := map[string]string{
		"PROSA_ENVIRONMENT": "prod", "PROSA_PUBLIC_URL": "https://prosa.example", "PROSA_OPERATOR_URL": "https://staff.example",
		"PROSA_SECRET_KEYS": "k:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
	}
	if _, err := load(config.Map(prod)); err != nil {
		t.Fatalf("the least that prod needs: %v", err)
	}
	if c, err := load(config.Map(nil)); err != nil || c.Signup.Line != "massivo" || c.Signup.SiteURL != "http://localhost:8080" {
		t.Fatalf("nothing set: %+v, %v", c.Signup, err)
	}
	for name, values := range map[string][]string{
		"PROSA_SIGNUP_POLL_EVERY":   {"0s", "999ms", "soon"},
		"PROSA_SIGNUP_DRAFT_LIFE":   {"59m", "-1h"},
		"PROSA_SIGNUP_LEAD_AFTER":   {"0s", "59s"},
		"PROSA_SIGNUP_DUE_DAYS":     {"0", "31", "three"},
		"PROSA_SIGNUP_REMIND_AFTER": {"72h,24h", "24h,24h", "0s", "a day"},
		"PROSA_PLAN_SWEEP_EVERY":    {"0s", "-1s"},
		"PROSA_PLAN_LOOK_EVERY":     {"30s", "often"},
		"PROSA_PLAN_RETURN_WITHIN":  {"-1h"},
		"PROSA_STRIPE_BASE_URL":     {"api.stripe.com", "https://api.stripe.com/", "ftp://api.stripe.com", "https://me@api.stripe.com", "https://api.stripe.com?x=1"},
		"PROSA_STRIPE_TIMEOUT":      {"0s", "-1s"},
		"PROSA_STRIPE_METHODS":      {"card,cash", "Pix"},
		"PROSA_ASAAS_BASE_URL":      {"api.asaas.com", "https://api.asaas.com/", "https://me@api.asaas.com", "https://api.asaas.com?x=1"},
		"PROSA_ASAAS_TIMEOUT":       {"0s"},
		"PROSA_SENDGRID_BASE_URL":   {"api.sendgrid.com", "https://api.sendgrid.com/"},
		"PROSA_SENDGRID_TIMEOUT":    {"0s"},
	} {
		for _, value := range values {
			_, err := load(config.Map(map[string]string{name: value}))
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s=%q: %v", name, value, err)
			}
		}
	}
	// What is good beside simulators is refused in prod, by its name too.
	for name, value := range map[string]string{
		"PROSA_STRIPE_BASE_URL": "http://127.0.0.1:1", "PROSA_ASAAS_BASE_URL": "http://127.0.0.1:1", "PROSA_SENDGRID_BASE_URL": "http://127.0.0.1:1",
		"PROSA_METACATALOG_BASE_URL": "http://127.0.0.1:1", "PROSA_MERCADOPAGO_BASE_URL": "http://127.0.0.1:1", "PROSA_WHATSAPP_BASE_URL": "http://127.0.0.1:1",
		"PROSA_ZOHO_ACCOUNTS_URL": "http://127.0.0.1:1", "PROSA_MAIL_SENDER": "folder", "PROSA_SANDBOX_URL": "http://127.0.0.1:1",
	} {
		if _, err := load(config.Map(map[string]string{name: value})); err != nil {
			t.Errorf("beside simulators %s=%s: %v", name, value, err)
		}
		settings := maps.Clone(prod)
		settings[name] = value
		if _, err := load(config.Map(settings)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("in prod %s=%s: %v", name, value, err)
		}
	}
}
