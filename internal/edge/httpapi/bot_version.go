package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"prosa/internal/base/page"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/builder"
)

func (a *api) registerBotVersion() {
	handle(a, botRoute("list-bot-versions", http.MethodGet, "/bots/{bot}/versions", "What was published, newest first."), a.listBotVersions)
	handle(a, botRoute("get-bot-version", http.MethodGet, "/bots/{bot}/versions/{number}", "One version with its flow, layout and tests."), a.getBotVersion)
	handle(a, botRoute("compare-bot", http.MethodGet, "/bots/{bot}/diff", "What differs between two versions, or the draft, by meaning."), a.compareBot)
	handle(a, botRoute("get-bot-impact", http.MethodGet, "/bots/{bot}/impact", "Whom publishing the draft would meet."), a.getBotImpact)
	handle(a, botRoute("publish-bot", http.MethodPost, "/bots/{bot}/publish",
		"Make the draft the live version. Reasons: not_proved (errors: node and sentence), tests_failed (errors: test and sentence), draft_changed.").publishing(), a.publishBot)
	handle(a, botRoute("roll-back-bot", http.MethodPost, "/bots/{bot}/roll-back",
		"Make an older version live again, as a new number; the draft becomes its content too. Reasons: not_proved, draft_changed.").publishing(), a.rollBackBot)
}

// versionView is a version as the list of versions shows it.
type versionView struct {
	Number     int64         `json:"number"`
	VersionID  string        `json:"version_id"`
	Hash       string        `json:"hash" doc:"SHA-256 of the flow's canonical text."`
	Note       string        `json:"note"`
	AuthorID   string        `json:"author_id"`
	AuthorName string        `json:"author_name" doc:"Empty for the system and for who left."`
	CreatedMS  int64         `json:"created_ms"`
	Live       bool          `json:"live"`
	Sessions   int64         `json:"sessions" doc:"Conversations under way on it."`
	Policy     botrun.Policy `json:"policy" enum:"drain,move,restart" doc:"What became of conversations under way when it was published."`
}

type listBotVersionsInput struct {
	BotPath
	Paging
}

func (a *api) listBotVersions(ctx context.Context, in *listBotVersionsInput) (*listing[versionView], error) {
	tenantID := caller(ctx).TenantID()
	versions, err := a.deps.Bots.ListVersions(ctx, tenantID, in.Bot, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	around, err := a.aroundVersions(ctx, tenantID, in.Bot)
	if err != nil {
		return nil, err
	}
	list := page.List[versionView]{Next: versions.Next}
	for _, version := range versions.Items {
		list.Items = append(list.Items, around.view(version))
	}
	return listed(list, nil)
}

// aroundVersions is what a view of a version needs besides the version.
type aroundVersions struct {
	names    map[string]string // of the company's people
	sessions map[string]int64  // under way, by version
}

func (a *api) aroundVersions(ctx context.Context, tenantID, botID string) (aroundVersions, error) {
	around := aroundVersions{map[string]string{}, map[string]int64{}}
	members, err := a.deps.Identity.Members(ctx, tenantID)
	if err != nil {
		return around, err
	}
	for _, member := range members {
		around.names[member.UserID] = member.Name
	}
	running, err := a.deps.Bots.Impact(ctx, tenantID, botID)
	for _, one := range running {
		around.sessions[one.VersionID] = one.Sessions
	}
	return around, err
}

func (w aroundVersions) view(version botrun.Version) versionView {
	return versionView{
		Number: version.Number, VersionID: version.ID, Hash: version.Hash, Note: version.Note, AuthorID: version.AuthorID,
		AuthorName: w.names[version.AuthorID], CreatedMS: version.CreatedMS, Live: version.Live, Sessions: w.sessions[version.ID], Policy: version.Sessions,
	}
}

// VersionPath names a version of a bot in the path.
type VersionPath struct {
	BotPath
	Number int64 `path:"number" minimum:"1"`
}

type versionOutput struct {
	Body struct {
		versionView
		Definition json.RawMessage `json:"definition"`
		Layout     json.RawMessage `json:"layout"`
		Tests      json.RawMessage `json:"tests"`
	}
}

func (a *api) getBotVersion(ctx context.Context, in *VersionPath) (*versionOutput, error) {
	tenantID := caller(ctx).TenantID()
	version, err := a.deps.Bots.VersionByNumber(ctx, tenantID, in.Bot, in.Number)
	if err != nil {
		return nil, err
	}
	around, err := a.aroundVersions(ctx, tenantID, in.Bot)
	if err != nil {
		return nil, err
	}
	out := &versionOutput{}
	out.Body.versionView = around.view(version)
	out.Body.Definition, out.Body.Layout, out.Body.Tests = json.RawMessage(version.Definition), json.RawMessage(version.Layout), json.RawMessage(version.Tests)
	return out, nil
}

type compareBotInput struct {
	BotPath
	From string `query:"from" maxLength:"20" doc:"A number, draft or live; live when absent."`
	To   string `query:"to" maxLength:"20" doc:"A number, draft or live; draft when absent."`
}

type compareBotOutput struct {
	Body struct {
		Changes []builder.Change `json:"changes"`
	}
}

func (a *api) compareBot(ctx context.Context, in *compareBotInput) (*compareBotOutput, error) {
	who := caller(ctx)
	changes, err := a.deps.Builder.Compare(ctx, builder.Comparison{TenantID: who.TenantID(), BotID: in.Bot, From: in.From, To: in.To, Lang: who.User.Locale})
	out := &compareBotOutput{}
	out.Body.Changes = changes
	return out, err
}

type botImpactOutput struct{ Body builder.Impact }

func (a *api) getBotImpact(ctx context.Context, in *BotPath) (*botImpactOutput, error) {
	impact, err := a.deps.Builder.Impact(ctx, caller(ctx).TenantID(), in.Bot)
	return &botImpactOutput{impact}, err
}

type publishBotInput struct {
	BotPath
	Body struct {
		Revision int64         `json:"revision" minimum:"0" doc:"Of the draft that was seen."`
		Note     string        `json:"note,omitempty" maxLength:"500" doc:"What changed, for the others."`
		Sessions botrun.Policy `json:"sessions,omitempty" enum:"drain,move,restart" doc:"What becomes of conversations under way; drain when absent."`
	}
}

type publishedOutput struct {
	Body struct {
		versionView
		Warnings []builder.Issue `json:"warnings"`
		Draft    int64           `json:"draft_revision" doc:"Of the draft after this."`
	}
}

func (a *api) publishBot(ctx context.Context, in *publishBotInput) (*publishedOutput, error) {
	who := caller(ctx)
	done, err := a.deps.Builder.Publish(ctx, builder.Publishing{
		TenantID: who.TenantID(), BotID: in.Bot, Revision: in.Body.Revision, Note: in.Body.Note, Sessions: in.Body.Sessions, Lang: who.User.Locale, By: botBy(ctx),
	})
	return a.published(ctx, in.Bot, done, err)
}

func (a *api) published(ctx context.Context, botID string, done builder.Published, err error) (*publishedOutput, error) {
	if err != nil {
		return nil, err
	}
	around, err := a.aroundVersions(ctx, caller(ctx).TenantID(), botID)
	if err != nil {
		return nil, err
	}
	out := &publishedOutput{}
	out.Body.versionView, out.Body.Warnings, out.Body.Draft = around.view(done.Version), done.Warnings, done.Revision
	return out, nil
}

type rollBackBotInput struct {
	BotPath
	Body struct {
		Number   int64         `json:"number" minimum:"1"`
		Revision *int64        `json:"revision,omitempty" minimum:"0" doc:"Of the draft that was seen, which is replaced; absent: whatever it is."`
		Note     string        `json:"note,omitempty" maxLength:"500"`
		Sessions botrun.Policy `json:"sessions,omitempty" enum:"drain,move,restart" doc:"Drain when absent."`
	}
}

func (a *api) rollBackBot(ctx context.Context, in *rollBackBotInput) (*publishedOutput, error) {
	who := caller(ctx)
	done, err := a.deps.Builder.RollBack(ctx, builder.Returning{
		TenantID: who.TenantID(), BotID: in.Bot, Number: in.Body.Number, Revision: in.Body.Revision, Note: in.Body.Note, Sessions: in.Body.Sessions,
		Lang: who.User.Locale, By: botBy(ctx),
	})
	return a.published(ctx, in.Bot, done, err)
}
