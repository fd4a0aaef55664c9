package template

import (
	"context"
	"strings"

	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

var _ channel.NewsReader = (*Service)(nil)

// HearNews implements channel.NewsReader: it takes what is about templates and
// passes the rest over. The same news twice, or in another order, leave the same
// rows.
func (s *Service) HearNews(ctx context.Context, tx *database.Tx, account channel.Account, news channel.News, atMS int64) error {
	change, ours := changeOf(news)
	if !ours || account.Channel != message.WhatsApp {
		return nil
	}
	if change.AtMS = atMS; atMS <= 0 {
		change.AtMS = tx.Now()
	}
	t, known, err := s.named(ctx, tx, account, news)
	if err != nil {
		return err
	}
	if !known {
		// Made at the platform: a reading tells the rest.
		return s.Later(ctx, tx, account.TenantID, account.ID)
	}
	if err := remember(ctx, tx, &t, change); err != nil {
		return err
	}
	if change.Kind == "content" {
		if err := s.tell(ctx, tx, t.TenantID, event.Actor{Kind: "system"}, event.ByProvider, eventOf(&t)); err != nil {
			return err
		}
		return s.Later(ctx, tx, account.TenantID, account.ID)
	}
	if !t.take(change) {
		return nil
	}
	if err := save(ctx, tx, &t); err != nil {
		return err
	}
	return s.tell(ctx, tx, t.TenantID, event.Actor{Kind: "system"}, event.ByProvider, eventOf(&t))
}

// changeOf reads news into a change; false for what is not about templates.
func changeOf(news channel.News) (Change, bool) {
	c := Change{Reason: cut(news.Reason, maxReason)}
	switch news.Kind {
	case channel.NewsTemplateStatus:
		c.Kind, c.Value = "status", string(statusOf(news.Status))
	case channel.NewsTemplateQuality:
		c.Kind, c.Value = "quality", strings.ToLower(news.Quality)
	case channel.NewsTemplateCategory:
		c.Kind, c.Value = "category", strings.ToLower(news.Category)
	case channel.NewsTemplateContent:
		return Change{Kind: "content", Value: "changed", Reason: c.Reason}, true
	default:
		return c, false
	}
	return c, c.Value != "" && database.Text(c.Value+c.Reason) == nil
}

// maxReason bounds what is kept of the platform's words, in bytes.
const maxReason = 2000

func cut(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "")
}

// statusOf reads the event of a status webhook, some of which have names of
// their own for a status.
func statusOf(event string) Status {
	switch word := strings.ToLower(event); word {
	case "reinstated", "unpaused", "flagged", "unarchived":
		// Flagged: it goes on being sent, and may be disabled later.
		return Approved
	default:
		return Status(word)
	}
}

// take applies a change unless what is known is newer; it reports whether
// anything is another now.
func (t *Template) take(c Change) bool {
	switch c.Kind {
	case "status":
		if c.AtMS < t.statusMS {
			return false
		}
		changed := t.Status != Status(c.Value) || t.Reason != c.Reason || t.statusMS != c.AtMS
		t.Status, t.Reason, t.statusMS = Status(c.Value), c.Reason, c.AtMS
		return changed
	case "quality":
		if c.AtMS < t.qualityMS {
			return false
		}
		changed := t.Quality != c.Value || t.qualityMS != c.AtMS
		t.Quality, t.qualityMS = c.Value, c.AtMS
		return changed
	default:
		if c.AtMS < t.categoryMS {
			return false
		}
		changed := t.Category != Category(c.Value) || t.categoryMS != c.AtMS
		t.Category, t.categoryMS = Category(c.Value), c.AtMS
		return changed
	}
}

// named finds the template that news are about: by the platform's id, else by
// name and language.
func (s *Service) named(ctx context.Context, tx *database.Tx, account channel.Account, news channel.News) (Template, bool, error) {
	waba := account.Settings[settingWABA]
	if news.TemplateID != "" {
		list, err := selected(ctx, tx, account.TenantID, "waba_id = $2 AND external_id = $3"+tx.ForUpdate(), waba, news.TemplateID)
		if err != nil || len(list) > 0 {
			return first(list), len(list) > 0, err
		}
	}
	return hold(ctx, tx, account.TenantID, waba, news.Template, news.Language)
}

// Failed marks a template that a message of was refused for, by the platform's
// code (Cloud API, Error Codes): paused and disabled are known at once, what does
// not fit our copy of it makes the account be read again.
func (s *Service) Failed(ctx context.Context, tx *database.Tx, tenantID, accountID string, ref message.TemplateRef, code, text string, atMS int64) error {
	code, _, _ = strings.Cut(code, "/")
	var status Status
	switch code {
	case "132015":
		status = Paused
	case "132016":
		status = Disabled
	case "132000", "132001", "132005", "132007", "132012":
		return s.Later(ctx, tx, tenantID, accountID)
	default:
		return nil
	}
	account, err := s.Accounts.Account(ctx, tx, tenantID, accountID)
	if err != nil {
		return err
	}
	return s.HearNews(ctx, tx, account, channel.News{
		Kind: channel.NewsTemplateStatus, Template: ref.Name, Language: ref.Language, Status: string(status), Reason: text,
	}, second(atMS))
}
