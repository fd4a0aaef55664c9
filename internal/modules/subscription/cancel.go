package subscription

import (
	"context"
	"unicode/utf8"

	"prosa/internal/base/card"
	"prosa/internal/base/fault"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

const reasonMax = 500 // characters

// Cancel ends a subscription with its paid period, or its trial. Errors:
// fault.Refused with reason no_running_subscription or plan_ending;
// fault.Conflict with reason change_underway.
func (s *Service) Cancel(ctx context.Context, tenantID, reason string, by By) (Wish, error) {
	if utf8.RuneCountInString(reason) > reasonMax || database.Text(reason) != nil || card.Within(reason) {
		return Wish{}, fault.OnField("reason", "at most %d characters, and no number of a card", reasonMax)
	}
	return s.end(ctx, tenantID, Wish{Kind: ForCancel, WishBody: WishBody{Reason: reason}}, by)
}

// Resume takes a cancellation back before its time has come. Errors:
// fault.Refused with reason no_running_subscription or not_ending;
// fault.Conflict with reason change_underway.
func (s *Service) Resume(ctx context.Context, tenantID string, by By) (Wish, error) {
	return s.end(ctx, tenantID, Wish{Kind: ForResume}, by)
}

func (s *Service) end(ctx context.Context, tenantID string, w Wish, by By) (Wish, error) {
	w.TenantID, w.State, w.AskedBy = tenantID, WishAsking, by.Actor.ID
	err := s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		sub, err := loadSubscription(ctx, tx, tenantID, tx.ForUpdate())
		switch {
		case err != nil:
			return err
		case sub.State == Ended || sub.Provider == "" && sub.State != Trialing:
			return fault.Refuse("no_running_subscription", "there is no running subscription")
		case w.Kind == ForCancel && sub.EndsAtPeriod:
			return fault.Refuse("plan_ending", "the subscription was canceled before")
		case w.Kind == ForResume && !sub.EndsAtPeriod:
			return fault.Refuse("not_ending", "the subscription was not canceled")
		}
		if err := s.drop(ctx, tx, tenantID, by); err != nil {
			return err
		}
		w.NextMS = tx.Now()
		if w, err = insertWish(ctx, tx, w); err != nil {
			return err
		}
		return by.log(ctx, tx, tenantID, "subscription."+string(w.Kind)+"_asked", w.ID, map[string]string{"reason": w.Reason})
	})
	if err != nil {
		return w, err
	}
	return s.grantNow(ctx, w)
}

// askEnd tells the vendor that a subscription ends with its period, or does not.
func (s *Service) askEnd(ctx context.Context, sub Subscription, w Wish) (granted, error) {
	if sub.State == Ended {
		return overtakenByEnd, nil
	}
	if sub.Provider != "" {
		provider, err := s.provider(sub.Provider)
		if err != nil {
			return nil, err
		}
		if err := provider.CancelAtEnd(ctx, w.ID, sub.ExternalID, w.Kind == ForCancel); err != nil {
			return nil, err
		}
	}
	return s.endNoted, nil
}

func (s *Service) endNoted(ctx context.Context, tx *database.Tx, sub Subscription, w Wish) error {
	company, err := tenancy.Load(ctx, tx, sub.TenantID)
	if err != nil {
		return err
	}
	sub.EndsAtPeriod, sub.Reason = w.Kind == ForCancel, w.Reason
	sub.dueMS, sub.version = tx.Now(), sub.version+1
	w.State, w.NextMS = WishDone, 0
	if err := saveWish(ctx, tx, w); err != nil {
		return err
	}
	if err := saveSubscription(ctx, tx, sub); err != nil {
		return err
	}
	if w.Kind == ForResume {
		return s.tell(ctx, tx, sub.TenantID, mail.PlanResumed, w.ID, nil)
	}
	return s.tell(ctx, tx, sub.TenantID, mail.PlanCanceled, w.ID, map[string]string{"until": date(sub.endsMS(), company)})
}

// endsMS is when a subscription that was canceled ends.
func (s Subscription) endsMS() int64 {
	if s.State == Trialing && s.TrialEndMS > 0 {
		return s.TrialEndMS
	}
	return s.PeriodEndMS
}
