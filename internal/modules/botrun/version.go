package botrun

import (
	"bytes"
	"context"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/message"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
)

// Policy says what becomes of the sessions under way when a version is
// published.
type Policy string

// Policies of a publication (bots.md S13).
const (
	// Drain leaves them where they are; they end in their version.
	Drain Policy = "drain"
	// Move takes each over at its next turn when the node at which it waits
	// exists in the new version, of the same kind and with the same options first;
	// the others drain until they come to such a node.
	Move Policy = "move"
	// Restart begins each anew when its customer writes next.
	Restart Policy = "restart"
)

// Version is an immutable, numbered version of a bot's flow.
type Version struct {
	TenantID   string `json:"-"`
	ID         string `json:"id"`
	BotID      string `json:"bot_id"`
	Key        string `json:"-"` // of the bot
	Number     int64  `json:"number"`
	Hash       string `json:"hash" doc:"SHA-256 of the definition's canonical text."`
	Definition string `json:"definition,omitempty" doc:"The flow as JSON text (api/flow.schema.json)."`
	Layout     string `json:"-"` // JSON object
	Tests      string `json:"-"` // JSON array
	Lock       string `json:"-"` // JSON object of key -> {version, number, definition}
	Sessions   Policy `json:"sessions" enum:"drain,move,restart" doc:"What the publication chose for the sessions under way."`
	Note       string `json:"note,omitempty"`
	AuthorID   string `json:"author_id,omitempty"`
	CreatedMS  int64  `json:"created_ms"`
	Live       bool   `json:"live"`
}

// pinned is one flow in a version's lock.
type pinned struct {
	VersionID  string         `json:"version"`
	Number     int64          `json:"number"`
	Definition jsontext.Value `json:"definition"`
}

// compile reads a version's own text, and those that it pinned.
func (v Version) compile(bound []message.Channel) (*flow.Compiled, *flow.Definition, []flow.Issue, error) {
	definition, err := flow.Parse([]byte(v.Definition))
	if err != nil {
		return nil, nil, nil, err
	}
	children, err := v.children()
	if err != nil {
		return nil, nil, nil, err
	}
	compiled, issues := flow.Compile(definition, flow.Options{Channels: bound, Key: v.Key, Flows: children})
	return compiled, definition, issues, nil
}

func (v Version) children() (map[string]*flow.Definition, error) {
	var lock map[string]pinned
	if v.Lock == "" || v.Lock == "{}" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(v.Lock), &lock); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the flows that a version calls can't be read")
	}
	children := make(map[string]*flow.Definition, len(lock))
	for key, one := range lock {
		child, err := flow.Parse(one.Definition)
		if err != nil {
			return nil, err
		}
		children[key] = child
	}
	return children, nil
}

// Publication is a version to be.
type Publication struct {
	Definition []byte
	// Layout is a JSON object and Tests a JSON array; both may be nil.
	Layout, Tests []byte
	// Children are the versions of all flows that this one calls, by key, and
	// those that they call: they are pinned.
	Children map[string]Version
	Note     string
	AuthorID string
	// Sessions is Drain when empty.
	Sessions Policy
	// Channels that the bot answers on; the flow is held against their limits.
	// None means those of Check.
	Channels []message.Channel
}

// PublishIn makes the flow the bot's next version, with which new sessions
// begin, in the caller's transaction. The flow that is live already, with the
// same children and tests, is not published again: other tests alone make a new
// version, since a version is never changed. It is refused while a proof fails.
// Errors: fault.Invalid, fault.TooLarge, fault.NotFound, fault.Refused with
// reason not_proved.
func (s *Service) PublishIn(ctx context.Context, tx *database.Tx, tenantID, botID string, p Publication) (Version, error) {
	bot, err := loadBot(ctx, tx, tenantID, botID, tx.ForUpdate())
	if err != nil {
		return Version{}, err
	}
	version, _, err := p.read(bot.Key)
	if err != nil {
		return Version{}, err
	}
	return s.publish(ctx, tx, tenantID, botID, version)
}

// read proves a publication of the bot with this key and gives the row that it
// will be, without its place.
func (p Publication) read(key string) (Version, []flow.Issue, error) {
	if len([]rune(p.Note)) > noteMax {
		return Version{}, nil, fault.OnField("note", "must have at most %d characters", noteMax)
	}
	if err := database.Text(p.Note); err != nil {
		return Version{}, nil, fault.OnField("note", "%s", fault.MessageOf(err))
	}
	version := Version{Key: key, Definition: string(p.Definition), Note: p.Note, AuthorID: p.AuthorID, Sessions: p.Sessions}
	switch version.Sessions {
	case "":
		version.Sessions = Drain
	case Drain, Move, Restart:
	default:
		return Version{}, nil, fault.OnField("sessions", "must be drain, move or restart")
	}
	var err error
	if version.Layout, err = plainJSON("layout", p.Layout, '{', "{}"); err != nil {
		return Version{}, nil, err
	}
	if version.Tests, err = plainJSON("tests", p.Tests, '[', "[]"); err != nil {
		return Version{}, nil, err
	}
	if version.Lock, err = lock(p.Children, key); err != nil {
		return Version{}, nil, err
	}
	compiled, definition, issues, err := version.compile(channels(p.Channels))
	if err != nil {
		return Version{}, nil, err
	}
	if compiled == nil {
		return Version{}, issues, fault.Refuse("not_proved", "%s", firstError(issues))
	}
	text, err := definition.Text()
	if err != nil {
		return Version{}, issues, err
	}
	version.Definition = string(text)
	version.Hash, err = definition.Hash()
	return version, issues, err
}

// besideMax bounds layout and tests, in bytes.
const besideMax = 2 << 20

// plainJSON checks what stands beside a definition and is not read here.
func plainJSON(field string, text []byte, open byte, empty string) (string, error) {
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0:
		return empty, nil
	case len(text) > besideMax:
		return "", fault.New(fault.TooLarge, "%s has at most %d bytes", field, besideMax)
	case text[0] != open || !jsontext.Value(text).IsValid() || bytes.Contains(text, []byte(`\u0000`)):
		return "", fault.OnField(field, "is not the JSON that belongs here")
	}
	return string(text), nil
}

// lock pins the flows that the one with the key own calls. A jump to itself is
// to itself as it will be.
func lock(children map[string]Version, own string) (string, error) {
	all := make(map[string]pinned, len(children))
	for key, child := range children {
		if key == own {
			continue
		}
		all[key] = pinned{child.ID, child.Number, jsontext.Value(child.Definition)}
	}
	text, err := json.Marshal(all, json.Deterministic(true))
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "a flow that this one calls can't be read")
	}
	return string(text), nil
}

// publish writes a version that was proved.
func (s *Service) publish(ctx context.Context, tx *database.Tx, tenantID, botID string, version Version) (Version, error) {
	bot, err := loadBot(ctx, tx, tenantID, botID, tx.ForUpdate())
	if err != nil {
		return Version{}, err
	}
	last, err := lastVersion(ctx, tx, tenantID, botID)
	if err != nil {
		return Version{}, err
	}
	if last.ID != "" && last.ID == bot.LiveVersionID && last.Hash == version.Hash && last.Lock == version.Lock && last.Tests == version.Tests {
		last.Live = true
		return last, nil
	}
	version.TenantID, version.BotID, version.CreatedMS = tenantID, botID, tx.Now()
	version.ID, version.Number, version.Live = id.New(id.Version, tx.Now()), last.Number+1, true
	if err := insertVersion(ctx, tx, version); err != nil {
		return Version{}, err
	}
	return version, setLive(ctx, tx, version)
}

// Draft is a flow to be published as it is, by a program.
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
	compiled, _, issues, err = Version{Definition: string(draft.Definition)}.compile(channels(draft.Channels))
	return compiled, issues, err
}

func channels(bound []message.Channel) []message.Channel {
	if len(bound) > 0 {
		return bound
	}
	return []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram}
}

// PublishVersion is PublishIn in a transaction of its own, for a flow that calls
// only what is live in the company; sessions under way drain. The issues say why
// it was refused, and warnings come back with a version too. Errors as of
// PublishIn.
func (s *Service) PublishVersion(ctx context.Context, tenantID, botID string, draft Draft) (version Version, issues []flow.Issue, err error) {
	definition, err := flow.Parse(draft.Definition)
	if err != nil {
		return Version{}, nil, err
	}
	p := Publication{Definition: draft.Definition, Note: draft.Note, AuthorID: draft.AuthorID, Channels: draft.Channels}
	var bot Bot
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		if bot, err = loadBot(ctx, tx, tenantID, botID, ""); err != nil {
			return err
		}
		p.Children, err = s.Children(ctx, tx, tenantID, definition)
		return err
	})
	if err != nil {
		return Version{}, nil, err
	}
	proved, issues, err := p.read(bot.Key)
	if err != nil {
		return Version{}, issues, err
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		version, err = s.publish(ctx, tx, tenantID, botID, proved)
		return err
	})
	return version, issues, err
}

// childrenMax bounds the flows that one may call, all the way down.
const childrenMax = 50

// Children gives the live versions of the flows that a definition calls, and of
// those that they call. A key that leads nowhere is left out: the proof names
// the node.
func (s *Service) Children(ctx context.Context, tx *database.Tx, tenantID string, definition *flow.Definition) (map[string]Version, error) {
	children := map[string]Version{}
	queue := flow.Inspect(definition).Flows
	for len(queue) > 0 && len(children) < childrenMax {
		key := queue[0]
		queue = queue[1:]
		if _, known := children[key]; known {
			continue
		}
		child, err := s.LiveByKey(ctx, tx, tenantID, key)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Refused) {
			continue
		}
		if err != nil {
			return nil, err
		}
		children[key] = child
		if text, err := flow.Parse([]byte(child.Definition)); err == nil {
			queue = append(queue, flow.Inspect(text).Flows...)
		}
	}
	return children, nil
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

// VersionByNumber reads one version of a bot with all that belongs to it.
// Error: fault.NotFound.
func (s *Service) VersionByNumber(ctx context.Context, tenantID, botID string, number int64) (version Version, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		version, err = loadNumber(ctx, tx, tenantID, botID, number)
		return err
	})
	return version, err
}

// LiveByKey gives the version with which new sessions of a bot begin, in the
// caller's transaction. Errors: fault.NotFound, fault.Refused with reason
// not_published.
func (s *Service) LiveByKey(ctx context.Context, tx *database.Tx, tenantID, key string) (Version, error) {
	bot, err := loadBotByKey(ctx, tx, tenantID, key)
	if err != nil {
		return Version{}, err
	}
	if bot.LiveVersionID == "" || bot.State != Active {
		return Version{}, notPublished(bot)
	}
	return loadVersion(ctx, tx, tenantID, bot.LiveVersionID)
}

// ListVersions gives a bot's versions, newest first, without their texts.
func (s *Service) ListVersions(ctx context.Context, tenantID, botID, cursor string, limit int) (page.List[Version], error) {
	var before struct {
		Number int64 `json:"n"`
	}
	before.Number = 1 << 62
	if _, err := page.Decode(cursor, &before); err != nil {
		return page.List[Version]{}, err
	}
	size := page.Size(limit)
	var list page.List[Version]
	err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		if _, err = loadBot(ctx, tx, tenantID, botID, ""); err != nil {
			return err
		}
		list.Items, err = listVersions(ctx, tx, tenantID, botID, before.Number, size+1)
		return err
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		before.Number = list.Items[size-1].Number
		list.Next = page.Encode(before)
	}
	return list, err
}
