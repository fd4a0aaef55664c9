package botrun

import (
	"context"
	"log/slog"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/message"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
)

// Service holds the use cases on bots, and runs them (see Turns).
type Service struct {
	db       *database.DB
	config   Config
	zone     *time.Location
	assign   Assign
	log      *slog.Logger
	compiled *versionCache
	step     stepFunc
}

// stepFunc is flow.Step; tests put one that panics in its place.
type stepFunc func(*flow.Compiled, flow.State, flow.Input, flow.Env) (flow.State, []flow.Effect, error)

// New makes the service.
func New(db *database.DB, config Config, assign Assign, log *slog.Logger) *Service {
	return &Service{db: db, config: config, zone: config.location(), assign: assign, log: log, compiled: newVersionCache(config.Versions), step: flow.Step}
}

// CreateBot makes a bot without a flow. Error: fault.Invalid.
func (s *Service) CreateBot(ctx context.Context, tenantID, name string) (Bot, error) {
	name, err := checkName(name)
	if err != nil {
		return Bot{}, err
	}
	var bot Bot
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		bot = Bot{TenantID: tenantID, ID: id.New(id.Bot, tx.Now()), Name: name, State: Active, CreatedMS: tx.Now(), Version: 1}
		return insertBot(ctx, tx, bot)
	})
	return bot, err
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
	var after struct {
		ID string `json:"i"`
	}
	if _, err := page.Decode(cursor, &after); err != nil {
		return page.List[Bot]{}, err
	}
	size := page.Size(limit)
	var list page.List[Bot]
	err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		list.Items, err = listBots(ctx, tx, tenantID, after.ID, size+1)
		return err
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		after.ID = list.Items[size-1].ID
		list.Next = page.Encode(after)
	}
	return list, err
}

// Draft is a flow to be published.
type Draft struct {
	Definition []byte
	Note       string
	AuthorID   string
	// Channels that the bot answers on; the flow is held against their limits.
	// None means all.
	Channels []message.Channel
}

// Check reads a flow and gives what publishing it would say, without doing it.
// The error is about a text that can't be read at all.
func Check(draft Draft) (compiled *flow.Compiled, issues []flow.Issue, err error) {
	definition, err := flow.Parse(draft.Definition)
	if err != nil {
		return nil, nil, err
	}
	compiled, issues = flow.Compile(definition, flow.Options{Channels: channels(draft.Channels)})
	return compiled, issues, nil
}

func channels(bound []message.Channel) []message.Channel {
	if len(bound) > 0 {
		return bound
	}
	return []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram}
}

// PublishVersion makes the flow the bot's next version, with which new sessions
// begin; sessions under way stay with theirs. It is refused while a proof fails;
// the issues say why, and warnings come back with a version too. The flow that
// is live already is not published again. Errors: fault.Invalid, fault.TooLarge,
// fault.NotFound, fault.Refused with reason not_proved.
func (s *Service) PublishVersion(ctx context.Context, tenantID, botID string, draft Draft) (Version, []flow.Issue, error) {
	if len([]rune(draft.Note)) > noteMax {
		return Version{}, nil, fault.OnField("note", "must have at most %d characters", noteMax)
	}
	if err := database.Text(draft.Note); err != nil {
		return Version{}, nil, fault.OnField("note", "%s", fault.MessageOf(err))
	}
	definition, err := flow.Parse(draft.Definition)
	if err != nil {
		return Version{}, nil, err
	}
	compiled, issues := flow.Compile(definition, flow.Options{Channels: channels(draft.Channels)})
	if compiled == nil {
		return Version{}, issues, fault.Refuse("not_proved", "%s", firstError(issues))
	}
	text, err := definition.Text()
	if err != nil {
		return Version{}, issues, err
	}
	hash, err := definition.Hash()
	if err != nil {
		return Version{}, issues, err
	}
	var version Version
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		bot, err := loadBot(ctx, tx, tenantID, botID, tx.ForUpdate())
		if err != nil {
			return err
		}
		last, err := lastVersion(ctx, tx, tenantID, botID)
		if err != nil {
			return err
		}
		if last.ID != "" && last.ID == bot.LiveVersionID && last.Hash == hash {
			version = last
			return nil
		}
		version = Version{
			TenantID: tenantID, ID: id.New(id.Version, tx.Now()), BotID: botID, Number: last.Number + 1, Hash: hash,
			Definition: string(text), Note: draft.Note, AuthorID: draft.AuthorID, CreatedMS: tx.Now(),
		}
		if err := insertVersion(ctx, tx, version); err != nil {
			return err
		}
		return setLive(ctx, tx, tenantID, botID, version.ID)
	})
	return version, issues, err
}

func firstError(issues []flow.Issue) string {
	for _, issue := range issues {
		if issue.Weight == flow.Error {
			where := ""
			if issue.Node != "" {
				where = issue.Node + ": "
			}
			return where + issue.Sentence("pt-BR")
		}
	}
	return ""
}

// GetVersion reads one version with its definition. Error: fault.NotFound.
func (s *Service) GetVersion(ctx context.Context, tenantID, versionID string) (version Version, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		version, err = loadVersion(ctx, tx, tenantID, versionID)
		return err
	})
	return version, err
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
		return fault.Refuse("not_published", "o robô %q ainda não tem uma versão publicada", bot.Name)
	}
	return nil
}
