package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/inbox"
)

// viewerOf is the caller as conversation knows people.
func viewerOf(who identity.Principal) conversation.Viewer {
	return conversation.Viewer{UserID: who.User.ID, Name: who.User.Name, Role: conversation.Role(who.Role)}
}

type rowOutput struct{ Body conversation.Row }

type conversationOutput struct{ Body conversation.Conversation }

func (a *api) registerConversation() {
	read := func(id, path, summary string) route {
		return route{id: id, method: http.MethodGet, path: "/conversations" + path, tag: "conversation", needs: identity.InboxRead, summary: summary}
	}
	act := func(id, path, summary string) route {
		return route{id: id, method: http.MethodPost, path: "/conversations/{conversation}" + path, tag: "conversation", needs: identity.InboxReply, summary: summary}
	}
	handle(a, read("list-conversations", "", "A view's conversations that one may see, the last active first."), a.listConversations)
	handle(a, read("count-conversations", "/counts", "What stands beside the views."), a.countConversations)
	handle(a, read("get-conversation", "/{conversation}", "One conversation."), a.getConversation)
	handle(a, act("take-conversation", "/take", "Become its owner. Reason: not_owner."), a.takeConversation)
	handle(a, act("assign-conversation", "/assign", "Give it to somebody, or back to the queue. Giving it to somebody else needs inbox.assign. Reason: not_owner."), a.assignConversation)
	handle(a, act("resolve-conversation", "/resolve", "End it. Reason: not_owner."), a.resolveConversation)
	handle(a, act("reopen-conversation", "/reopen", "Bring an ended one back, as one's own. A conflict when the customer has a newer one."), a.reopenConversation)
	handle(a, act("snooze-conversation", "/snooze", "Put it aside until a time, or until the customer writes when that is 0."), a.snoozeConversation)
	handle(a, act("hand-back-conversation", "/hand-back", "Give it to a bot, which answers from the customer's next message on. Reason: no_bot."), a.handBackConversation)
	handle(a, act("start-bot", "/start-bot", "Give it to a bot, which speaks at once."), a.startBot)
	mark := act("mark-conversation-read", "/read", "Move one's own cursor of what was read. Peeking is not calling this.")
	mark.needs, mark.status = identity.InboxRead, http.StatusNoContent
	handle(a, mark, a.markRead)
	typing := act("show-typing", "/typing", "Tell that one writes: repeat it each 10 s, it ends after 15 s.")
	typing.status = http.StatusNoContent
	handle(a, typing, a.showTyping)
	draft := read("get-draft", "/{conversation}/draft", "What one has begun to write, empty for nothing.")
	draft.needs = identity.InboxReply
	handle(a, draft, a.getDraft)
	draft.id, draft.method, draft.summary = "save-draft", http.MethodPut, "Keep what one has begun to write; an empty text removes it."
	handle(a, draft, a.saveDraft)
}

type listConversationsInput struct {
	Paging
	View      conversation.View `query:"view" enum:"mine,queue,bot,open,snoozed,resolved,all" doc:"All when absent."`
	Channel   message.Channel   `query:"channel" maxLength:"20"`
	AccountID string            `query:"account_id" maxLength:"64"`
	Query     string            `query:"q" maxLength:"200" doc:"Part of the customer's name or number, or of the last message."`
}

func (a *api) listConversations(ctx context.Context, in *listConversationsInput) (*listing[conversation.Row], error) {
	who := caller(ctx)
	return listed(a.deps.Conversations.List(ctx, conversation.ListInput{
		TenantID: who.TenantID(), By: viewerOf(who), View: in.View, Channel: in.Channel, AccountID: in.AccountID,
		Query: in.Query, Cursor: in.Cursor, Limit: in.Limit,
	}))
}

type contactConversationsInput struct {
	ContactPath
	Paging
}

func (a *api) listContactConversations(ctx context.Context, in *contactConversationsInput) (*listing[conversation.Row], error) {
	who := caller(ctx)
	if _, err := a.deps.Contacts.Get(ctx, who.TenantID(), in.Contact); err != nil {
		return nil, err
	}
	return listed(a.deps.Conversations.List(ctx, conversation.ListInput{
		TenantID: who.TenantID(), By: viewerOf(who), View: conversation.AllView, ContactID: in.Contact, Cursor: in.Cursor, Limit: in.Limit,
	}))
}

type countsOutput struct{ Body conversation.Counts }

func (a *api) countConversations(ctx context.Context, _ *struct{}) (*countsOutput, error) {
	who := caller(ctx)
	counts, err := a.deps.Conversations.Counts(ctx, who.TenantID(), viewerOf(who))
	return &countsOutput{counts}, err
}

// ConversationPath names a conversation in the path. huma reads embedded fields of exported types only.
type ConversationPath struct {
	Conversation string `path:"conversation" maxLength:"64"`
}

func (a *api) getConversation(ctx context.Context, in *ConversationPath) (*rowOutput, error) {
	who := caller(ctx)
	row, err := a.deps.Conversations.Get(ctx, who.TenantID(), in.Conversation, viewerOf(who))
	return &rowOutput{row}, err
}

// Seen is the version that a person acted on.
type Seen struct {
	Version int64 `json:"version,omitempty" minimum:"0" doc:"The version that was seen: a later one is a conflict. Absent: do it anyway."`
}

// version is what was seen, 0 when nothing was said.
func (s *Seen) version() int64 {
	if s == nil {
		return 0
	}
	return s.Version
}

type stepInput struct {
	ConversationPath
	Body *Seen
}

// step is the caller's wish about the conversation of the path.
func (in ConversationPath) step(ctx context.Context, version int64) conversation.Step {
	who := caller(ctx)
	return conversation.Step{TenantID: who.TenantID(), ConversationID: in.Conversation, By: viewerOf(who), Version: version}
}

func (a *api) takeConversation(ctx context.Context, in *stepInput) (*conversationOutput, error) {
	changed, err := a.deps.Conversations.Take(ctx, in.step(ctx, in.Body.version()))
	return &conversationOutput{changed}, err
}

func (a *api) resolveConversation(ctx context.Context, in *stepInput) (*conversationOutput, error) {
	changed, err := a.deps.Conversations.Resolve(ctx, in.step(ctx, in.Body.version()))
	return &conversationOutput{changed}, err
}

func (a *api) reopenConversation(ctx context.Context, in *stepInput) (*conversationOutput, error) {
	changed, err := a.deps.Conversations.Reopen(ctx, in.step(ctx, in.Body.version()))
	return &conversationOutput{changed}, err
}

type assignInput struct {
	ConversationPath
	Body struct {
		Seen
		UserID string `json:"user_id,omitempty" maxLength:"64" doc:"Empty or absent: back to the queue."`
		Team   string `json:"team,omitempty" maxLength:"64"`
	}
}

func (a *api) assignConversation(ctx context.Context, in *assignInput) (*conversationOutput, error) {
	who := caller(ctx)
	wish := conversation.Assignment{Step: in.step(ctx, in.Body.Version), UserID: in.Body.UserID, Team: in.Body.Team}
	if wish.UserID != "" {
		if wish.UserID != who.User.ID && !who.May(identity.InboxAssign) {
			return nil, permit(who, identity.InboxAssign)
		}
		member, err := a.deps.Identity.Member(ctx, who.TenantID(), wish.UserID)
		if err != nil {
			return nil, err
		}
		wish.UserName = member.Name
	}
	changed, err := a.deps.Conversations.Assign(ctx, wish)
	return &conversationOutput{changed}, err
}

type snoozeInput struct {
	ConversationPath
	Body struct {
		Seen
		UntilMS int64 `json:"until_ms" minimum:"0" doc:"0: until the customer writes."`
	}
}

func (a *api) snoozeConversation(ctx context.Context, in *snoozeInput) (*conversationOutput, error) {
	changed, err := a.deps.Conversations.Snooze(ctx, in.step(ctx, in.Body.Version), in.Body.UntilMS)
	return &conversationOutput{changed}, err
}

type handBackInput struct {
	ConversationPath
	Body *handBack
}

type handBack struct {
	Seen
	BotID string `json:"bot_id,omitempty" maxLength:"64" doc:"Absent: the bot that had it, or the channel's."`
}

func (a *api) handBackConversation(ctx context.Context, in *handBackInput) (*conversationOutput, error) {
	var wish handBack
	if in.Body != nil {
		wish = *in.Body
	}
	if err := a.ownBot(ctx, "bot_id", wish.BotID); err != nil {
		return nil, err
	}
	changed, err := a.deps.Conversations.HandBack(ctx, in.step(ctx, wish.Version), wish.BotID)
	return &conversationOutput{changed}, err
}

type startBotInput struct {
	ConversationPath
	Body struct {
		Seen
		BotID string `json:"bot_id" minLength:"1" maxLength:"64"`
	}
}

func (a *api) startBot(ctx context.Context, in *startBotInput) (*conversationOutput, error) {
	if err := a.ownBot(ctx, "bot_id", in.Body.BotID); err != nil {
		return nil, err
	}
	changed, err := a.deps.Conversations.StartBot(ctx, in.step(ctx, in.Body.Version), in.Body.BotID)
	return &conversationOutput{changed}, err
}

type markReadInput struct {
	ConversationPath
	Body struct {
		Seq int64 `json:"seq" minimum:"0" doc:"Number of the last message that was read."`
	}
}

func (a *api) markRead(ctx context.Context, in *markReadInput) (*struct{}, error) {
	who := caller(ctx)
	return nil, a.deps.Conversations.MarkRead(ctx, who.TenantID(), in.Conversation, viewerOf(who), in.Body.Seq)
}

type typingInput struct {
	ConversationPath
	Body struct {
		Typing bool `json:"typing"`
	}
}

func (a *api) showTyping(ctx context.Context, in *typingInput) (*struct{}, error) {
	who := caller(ctx)
	row, err := a.deps.Conversations.Get(ctx, who.TenantID(), in.Conversation, viewerOf(who))
	if err != nil {
		return nil, err
	}
	var viewers *event.Viewers
	if row.Owner.Kind == conversation.Human {
		viewers = &event.Viewers{UserIDs: []string{row.Owner.ID}}
	}
	a.deps.Live.Typing(who.TenantID(), in.Conversation, who.Actor(), viewers, in.Body.Typing, a.deps.Clock.Now().UnixMilli())
	if !in.Body.Typing {
		return nil, nil
	}
	return nil, a.deps.Conversations.Typing(ctx, who.TenantID(), in.Conversation, viewerOf(who))
}

type draftOutput struct{ Body inbox.Draft }

func (a *api) getDraft(ctx context.Context, in *ConversationPath) (*draftOutput, error) {
	who := caller(ctx)
	if _, err := a.deps.Conversations.Get(ctx, who.TenantID(), in.Conversation, viewerOf(who)); err != nil {
		return nil, err
	}
	draft, err := a.deps.Inbox.Draft(ctx, who.TenantID(), who.User.ID, in.Conversation)
	return &draftOutput{draft}, err
}

type saveDraftInput struct {
	ConversationPath
	Body struct {
		Text string `json:"text" maxLength:"65536"`
	}
}

func (a *api) saveDraft(ctx context.Context, in *saveDraftInput) (*draftOutput, error) {
	who := caller(ctx)
	if _, err := a.deps.Conversations.Get(ctx, who.TenantID(), in.Conversation, viewerOf(who)); err != nil {
		return nil, err
	}
	draft, err := a.deps.Inbox.SaveDraft(ctx, who.TenantID(), who.User.ID, in.Conversation, in.Body.Text)
	return &draftOutput{draft}, err
}

// Conversations is what the API asks of conversation.
type Conversations interface {
	List(ctx context.Context, in conversation.ListInput) (page.List[conversation.Row], error)
	Counts(ctx context.Context, tenantID string, by conversation.Viewer) (conversation.Counts, error)
	Get(ctx context.Context, tenantID, conversationID string, by conversation.Viewer) (conversation.Row, error)
	Take(ctx context.Context, step conversation.Step) (conversation.Conversation, error)
	Assign(ctx context.Context, in conversation.Assignment) (conversation.Conversation, error)
	Resolve(ctx context.Context, step conversation.Step) (conversation.Conversation, error)
	Reopen(ctx context.Context, step conversation.Step) (conversation.Conversation, error)
	Snooze(ctx context.Context, step conversation.Step, untilMS int64) (conversation.Conversation, error)
	HandBack(ctx context.Context, step conversation.Step, botID string) (conversation.Conversation, error)
	StartBot(ctx context.Context, step conversation.Step, botID string) (conversation.Conversation, error)
	MarkRead(ctx context.Context, tenantID, conversationID string, by conversation.Viewer, seq int64) error
	Typing(ctx context.Context, tenantID, conversationID string, by conversation.Viewer) error
	Messages
}

// Messages is the part of it that is about messages.
type Messages interface {
	Thread(ctx context.Context, tenantID, conversationID string, by conversation.Viewer, before int64, limit int) ([]conversation.Message, bool, error)
	After(ctx context.Context, tenantID, conversationID string, by conversation.Viewer, seq int64, limit int) ([]conversation.Message, bool, error)
	Message(ctx context.Context, tenantID, messageID string, by conversation.Viewer) (conversation.Message, conversation.Conversation, error)
	Reply(ctx context.Context, in conversation.ReplyInput) (conversation.Message, error)
	Note(ctx context.Context, in conversation.NoteInput) (conversation.Message, error)
	SendAgain(ctx context.Context, tenantID, messageID string, by conversation.Viewer) (conversation.Message, error)
	React(ctx context.Context, in conversation.Mending, emoji string) (conversation.Message, error)
	Edit(ctx context.Context, in conversation.Mending, text string) (conversation.Message, error)
	Withdraw(ctx context.Context, in conversation.Mending) (conversation.Message, error)
}

var errBoth = fault.OnField("after", "ask for the messages before or after a number, not both")
