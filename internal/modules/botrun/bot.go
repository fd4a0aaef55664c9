package botrun

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/message/fold"
	"prosa/internal/platform/database"
)

// State says whether a bot may be put on conversations.
type State string

// States of a bot.
const (
	Active   State = "active"
	Archived State = "archived"
)

// Bot is a company's bot: a name and the version of its flow that new sessions
// begin with.
type Bot struct {
	TenantID      string `json:"-"`
	ID            string `json:"id"`
	Key           string `json:"key" doc:"How other flows name it; made of the first name, unique in the company, never changed."`
	Name          string `json:"name"`
	State         State  `json:"state" enum:"active,archived"`
	LiveVersionID string `json:"live_version_id,omitempty" doc:"Absent until something is published."`
	CreatedMS     int64  `json:"created_ms"`
	Version       int64  `json:"version" doc:"Counts changes of this row, not of the flow."`
}

const (
	nameMax = 80
	noteMax = 500
	keyMax  = 32
)

func checkName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if err := database.Text(name); err != nil {
		return "", fault.OnField("name", "%s", fault.MessageOf(err))
	}
	if n := utf8.RuneCountInString(name); n == 0 || n > nameMax {
		return "", fault.OnField("name", "must have 1 to %d characters", nameMax)
	}
	return name, nil
}

// slug makes a key of a name: small letters, digits and hyphens.
func slug(name string) string {
	var b strings.Builder
	for _, r := range fold.Text(name) {
		switch {
		case b.Len() == keyMax:
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if key := strings.Trim(b.String(), "-"); key != "" {
		return key
	}
	return "bot"
}

// CreateBot makes a bot without a flow. Errors: fault.Invalid, fault.Refused
// with reason plan_limit.
func (s *Service) CreateBot(ctx context.Context, tenantID, name string) (bot Bot, err error) {
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		bot, err = s.CreateBotIn(ctx, tx, tenantID, name)
		return err
	})
	return bot, err
}

// CreateBotIn is CreateBot in the caller's transaction.
func (s *Service) CreateBotIn(ctx context.Context, tx *database.Tx, tenantID, name string) (Bot, error) {
	name, err := checkName(name)
	if err != nil {
		return Bot{}, err
	}
	key, err := freeKey(ctx, tx, tenantID, slug(name))
	if err != nil {
		return Bot{}, err
	}
	if err := s.admit(ctx, tx, tenantID); err != nil {
		return Bot{}, err
	}
	bot := Bot{TenantID: tenantID, ID: id.New(id.Bot, tx.Now()), Key: key, Name: name, State: Active, CreatedMS: tx.Now(), Version: 1}
	return bot, insertBot(ctx, tx, bot)
}

// admit asks whether the company may have one more bot.
func (s *Service) admit(ctx context.Context, tx *database.Tx, tenantID string) error {
	if s.allow == nil {
		return nil
	}
	return s.allow(ctx, tx, tenantID, func(ctx context.Context) (int64, error) { return s.CountIn(ctx, tx, tenantID) })
}

// CountIn tells how many bots a company has that are not archived, in the
// caller's transaction.
func (s *Service) CountIn(ctx context.Context, tx *database.Tx, tenantID string) (n int64, err error) {
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM bot WHERE tenant_id = $1 AND state = $2", tenantID, string(Active)).Scan(&n)
	return n, err
}

// freeKey gives the key, or the first of key-2, key-3 and so on that is free.
func freeKey(ctx context.Context, tx *database.Tx, tenantID, key string) (string, error) {
	taken, err := keysLike(ctx, tx, tenantID, key)
	if err != nil {
		return "", err
	}
	free := key
	for n := 2; taken[free]; n++ {
		free = key + "-" + strconv.Itoa(n)
	}
	return free, nil
}

// GetBot reads one bot. Error: fault.NotFound.
func (s *Service) GetBot(ctx context.Context, tenantID, botID string) (bot Bot, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		bot, err = loadBot(ctx, tx, tenantID, botID, "")
		return err
	})
	return bot, err
}

// ListBots gives a company's bots that are not archived, oldest first.
func (s *Service) ListBots(ctx context.Context, tenantID, cursor string, limit int) (page.List[Bot], error) {
	return s.ListBotsIn(ctx, tenantID, Active, cursor, limit)
}

// ListBotsIn gives a company's bots of one state, oldest first.
func (s *Service) ListBotsIn(ctx context.Context, tenantID string, state State, cursor string, limit int) (page.List[Bot], error) {
	var after struct {
		ID string `json:"i"`
	}
	if _, err := page.Decode(cursor, &after); err != nil {
		return page.List[Bot]{}, err
	}
	size := page.Size(limit)
	var list page.List[Bot]
	err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		list.Items, err = listBots(ctx, tx, tenantID, state, after.ID, size+1)
		return err
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		after.ID = list.Items[size-1].ID
		list.Next = page.Encode(after)
	}
	return list, err
}

// BotChange is a wish to change a bot; what is nil stays.
type BotChange struct {
	TenantID, BotID string
	Name            *string
	State           *State
	// Version is that which the person saw; 0 does not care.
	Version int64
}

// UpdateBot changes a bot. Errors: fault.NotFound, fault.Invalid,
// fault.Conflict for an old version.
func (s *Service) UpdateBot(ctx context.Context, change BotChange) (bot Bot, err error) {
	err = s.db.Write(ctx, database.Company(change.TenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		bot, err = s.UpdateBotIn(ctx, tx, change)
		return err
	})
	return bot, err
}

// UpdateBotIn is UpdateBot in the caller's transaction.
func (s *Service) UpdateBotIn(ctx context.Context, tx *database.Tx, change BotChange) (Bot, error) {
	bot, err := loadBot(ctx, tx, change.TenantID, change.BotID, tx.ForUpdate())
	if err != nil {
		return Bot{}, err
	}
	if change.Version != 0 && change.Version != bot.Version {
		return Bot{}, fault.New(fault.Conflict, "the bot was changed by somebody else; load it again")
	}
	if change.Name != nil {
		if bot.Name, err = checkName(*change.Name); err != nil {
			return Bot{}, err
		}
	}
	if change.State != nil {
		if *change.State != Active && *change.State != Archived {
			return Bot{}, fault.OnField("state", "must be active or archived")
		}
		if *change.State == Active && bot.State == Archived {
			if err := s.admit(ctx, tx, change.TenantID); err != nil {
				return Bot{}, err
			}
		}
		bot.State = *change.State
	}
	bot.Version++
	return bot, updateBot(ctx, tx, bot)
}

// AssignDefault makes the bot the one that answers first on a channel account;
// an empty botID leaves the account to people. Errors: fault.NotFound,
// fault.Refused with reason not_published.
func (s *Service) AssignDefault(ctx context.Context, tenantID, accountID, botID string) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if botID != "" {
			if err := Usable(ctx, tx, tenantID, botID); err != nil {
				return err
			}
		}
		return s.assign(ctx, tx, tenantID, accountID, botID)
	})
}

// Usable tells whether a bot may be put on a conversation or an account, in the
// caller's transaction. Errors: fault.NotFound, fault.Refused with reason
// not_published.
func Usable(ctx context.Context, tx *database.Tx, tenantID, botID string) error {
	bot, err := loadBot(ctx, tx, tenantID, botID, "")
	if err != nil {
		return err
	}
	if bot.LiveVersionID == "" || bot.State != Active {
		return notPublished(bot)
	}
	return nil
}

func notPublished(bot Bot) error {
	return fault.Refuse("not_published", "o robô %q ainda não tem uma versão publicada", bot.Name)
}
