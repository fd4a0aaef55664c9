package subscription

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// tell writes to the admins of a company. The same key is one letter.
func (s *Service) tell(ctx context.Context, tx *database.Tx, tenantID, template, key string, data map[string]string) error {
	company, err := tenancy.Load(ctx, tx, tenantID)
	if err != nil {
		return err
	}
	admins, err := s.people(ctx, tx, tenantID)
	if err != nil {
		return err
	}
	all := map[string]string{"company": company.Name, "link": s.page()}
	for name, value := range data {
		all[name] = value
	}
	for _, admin := range admins {
		letter := mail.Letter{
			TenantID: tenantID, Key: template + ":" + key + ":" + admin.ID, Template: template, Locale: cmp.Or(admin.Locale, company.Locale), To: admin.Email, Name: admin.Name, Data: all,
		}
		if err := s.post.Send(ctx, tx, letter); err != nil {
			return err
		}
	}
	return nil
}

// page is where a company's admins see and change what they pay.
func (s *Service) page() string { return s.site + "/billing" }

// date spells a day as the company reads it.
func date(ms int64, company tenancy.Company) string {
	at := clock.FromMS(ms).In(zoneOf(company.Timezone))
	if company.Locale == "en" {
		return at.Format("January 2, 2006")
	}
	return at.Format("02/01/2006")
}

// keyOf makes the key of a letter that is about a moment of a subscription.
func keyOf(s Subscription, ms int64) string {
	return fmt.Sprintf("%s:%d", s.ID, ms/int64(time.Second/time.Millisecond))
}
