package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/identity"
)

type messageOutput struct{ Body conversation.Message }

func (a *api) registerMessage() {
	handle(a, route{
		id: "list-messages", method: http.MethodGet, path: "/conversations/{conversation}/messages", tag: "message", needs: identity.InboxRead,
		summary: "A part of the thread, oldest first: before a number, after one, or the newest.",
	}, a.listMessages)
	handle(a, route{
		id: "post-message", method: http.MethodPost, path: "/conversations/{conversation}/messages", tag: "message", needs: identity.InboxReply, status: http.StatusCreated,
		summary: "Write to the customer. The same Idempotency-Key gives the same message. Reasons: not_owner, resolved, window_closed, contact_blocked, opted_out, and what the channel can't carry.",
	}, a.postMessage)
	handle(a, route{
		id: "post-note", method: http.MethodPost, path: "/conversations/{conversation}/notes", tag: "message", needs: identity.InboxReply, status: http.StatusCreated,
		summary: "A private note, seen by the company's people only.",
	}, a.postNote)
	handle(a, route{
		id: "send-message-again", method: http.MethodPost, path: "/messages/{message}/send-again", tag: "message", needs: identity.InboxReply, status: http.StatusCreated,
		summary: "A new attempt after failed or unknown. Reasons: nothing_to_repeat, window_closed.",
	}, a.sendAgain)
	a.registerMend()
}

type listMessagesInput struct {
	ConversationPath
	Before int64 `query:"before" minimum:"0"`
	After  int64 `query:"after" minimum:"-1" default:"-1"`
	Limit  int   `query:"limit" minimum:"0" maximum:"200"`
}

type threadOutput struct {
	Body struct {
		Items []conversation.Message `json:"items"`
		More  bool                   `json:"more" doc:"There are earlier ones; with after, later ones."`
	}
}

func (a *api) listMessages(ctx context.Context, in *listMessagesInput) (*threadOutput, error) {
	if in.Before > 0 && in.After >= 0 {
		return nil, errBoth
	}
	who := caller(ctx)
	out := &threadOutput{}
	var err error
	if in.After >= 0 {
		out.Body.Items, out.Body.More, err = a.deps.Conversations.After(ctx, who.TenantID(), in.Conversation, viewerOf(who), in.After, in.Limit)
	} else {
		out.Body.Items, out.Body.More, err = a.deps.Conversations.Thread(ctx, who.TenantID(), in.Conversation, viewerOf(who), in.Before, in.Limit)
	}
	if out.Body.Items == nil {
		out.Body.Items = []conversation.Message{}
	}
	return out, err
}

// Once is the key that makes a repeated request act once.
type Once struct {
	Key string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100" doc:"Made when the person pressed Enter; the same for each repetition."`
}

type postMessageInput struct {
	ConversationPath
	Once
	Body struct {
		Text     string            `json:"text,omitempty" maxLength:"80000" doc:"The words, or the caption of a file."`
		Media    *postMedia        `json:"media,omitempty"`
		Location *message.Location `json:"location,omitempty"`
		Contacts []message.Card    `json:"contacts,omitempty" maxItems:"10"`
		Links    []message.Link    `json:"links,omitempty" maxItems:"10" doc:"Buttons under the text that open pages."`
		Template *postTemplate     `json:"template,omitempty" doc:"A message template, in place of all else; it may be sent when the window is closed."`
		QuoteID  string            `json:"quote_id,omitempty" maxLength:"64" doc:"The message that this one answers."`
	}
}

type postMedia struct {
	Upload string `json:"upload" maxLength:"64" doc:"Id of an upload of one's own."`
	Voice  bool   `json:"voice,omitempty" doc:"A recorded note."`
	// Sticker sends a WebP picture as a sticker, where the channel has them.
	Sticker bool   `json:"sticker,omitempty" doc:"A WebP picture that goes as a sticker."`
	Album   string `json:"album,omitempty" maxLength:"64" doc:"The same for files that were sent together: the thread shows them side by side."`
}

type postTemplate struct {
	TemplateID string            `json:"template_id" minLength:"1" maxLength:"64"`
	Values     map[string]string `json:"values,omitempty" doc:"By key of the variable: \"1\", \"header.1\", \"button.1\"."`
	Upload     string            `json:"header_upload,omitempty" maxLength:"64" doc:"Id of an upload of one's own, for a header that shows a file; absent: the template's own."`
}

// asked reads a template and the file of its header.
func (a *api) asked(ctx context.Context, in *postTemplate) (*conversation.TemplateAsk, error) {
	ask := &conversation.TemplateAsk{TemplateID: in.TemplateID, Values: in.Values}
	if in.Upload == "" {
		return ask, nil
	}
	var err error
	ask.Header, err = a.uploaded(ctx, in.Upload)
	return ask, err
}

func (a *api) postMessage(ctx context.Context, in *postMessageInput) (*messageOutput, error) {
	who := caller(ctx)
	content := message.Content{Kind: message.Text, Text: in.Body.Text}
	var template *conversation.TemplateAsk
	switch {
	case in.Body.Template != nil:
		var err error
		if template, err = a.asked(ctx, in.Body.Template); err != nil {
			return nil, err
		}
	case in.Body.Media != nil:
		kind, file, err := a.attached(ctx, who, in.Conversation, *in.Body.Media)
		if err != nil {
			return nil, err
		}
		if in.Body.Media.Sticker && file.MIME == "image/webp" {
			kind = message.Sticker
		}
		file.Album = in.Body.Media.Album
		content.Kind, content.Media = kind, file
	case in.Body.Location != nil:
		content.Kind, content.Place = message.Place, in.Body.Location
	case len(in.Body.Contacts) > 0:
		content.Kind, content.Cards = message.Cards, in.Body.Contacts
	case len(in.Body.Links) > 0:
		content.Kind, content.Links = message.Links, in.Body.Links
	}
	posted, err := a.deps.Conversations.Reply(ctx, conversation.ReplyInput{
		TenantID: who.TenantID(), ConversationID: in.Conversation, By: viewerOf(who), ClientKey: in.Key, Content: content, QuoteID: in.Body.QuoteID, Template: template,
	})
	return &messageOutput{posted}, err
}

type postNoteInput struct {
	ConversationPath
	Once
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"80000"`
	}
}

func (a *api) postNote(ctx context.Context, in *postNoteInput) (*messageOutput, error) {
	who := caller(ctx)
	posted, err := a.deps.Conversations.Note(ctx, conversation.NoteInput{
		TenantID: who.TenantID(), ConversationID: in.Conversation, By: viewerOf(who), ClientKey: in.Key, Text: in.Body.Text,
	})
	return &messageOutput{posted}, err
}

// MessagePath names a message in the path.
type MessagePath struct {
	Message string `path:"message" maxLength:"64"`
}

func (a *api) sendAgain(ctx context.Context, in *MessagePath) (*messageOutput, error) {
	who := caller(ctx)
	again, err := a.deps.Conversations.SendAgain(ctx, who.TenantID(), in.Message, viewerOf(who))
	return &messageOutput{again}, err
}
