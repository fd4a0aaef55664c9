package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"prosa/internal/modules/contact"
	"prosa/internal/modules/identity"
)

type contactOutput struct{ Body contact.Contact }

func (a *api) registerContact() {
	handle(a, route{
		id: "list-contacts", method: http.MethodGet, path: "/contacts", tag: "contact", needs: identity.ContactRead,
		summary: "Customers, newest first, or those whose name, username or number holds q.",
	}, a.listContacts)
	handle(a, route{
		id: "get-contact", method: http.MethodGet, path: "/contacts/{contact}", tag: "contact", needs: identity.ContactRead, summary: "One customer.",
	}, a.getContact)
	handle(a, route{
		id: "change-contact", method: http.MethodPatch, path: "/contacts/{contact}", tag: "contact", needs: identity.ContactWrite,
		summary: "Rename a customer or set fields; an empty value removes one.",
	}, a.changeContact)
	handle(a, route{
		id: "block-contact", method: http.MethodPost, path: "/contacts/{contact}/block", tag: "contact", needs: identity.ContactBlock,
		summary: "Take no more work from a customer, or again.",
	}, a.blockContact)
	handle(a, route{
		id: "list-contact-conversations", method: http.MethodGet, path: "/contacts/{contact}/conversations", tag: "contact", needs: identity.InboxRead,
		summary: "A customer's conversations that one may see, newest first.",
	}, a.listContactConversations)
}

type listContactsInput struct {
	Paging
	Query string `query:"q" maxLength:"200"`
}

func (a *api) listContacts(ctx context.Context, in *listContactsInput) (*listing[contact.Contact], error) {
	return listed(a.deps.Contacts.List(ctx, caller(ctx).TenantID(), in.Query, in.Cursor, in.Limit))
}

// ContactPath names a contact in the path. huma reads embedded fields of exported types only.
type ContactPath struct {
	Contact string `path:"contact" maxLength:"64"`
}

func (a *api) getContact(ctx context.Context, in *ContactPath) (*contactOutput, error) {
	found, err := a.deps.Contacts.Get(ctx, caller(ctx).TenantID(), in.Contact)
	return &contactOutput{found}, err
}

type changeContactInput struct {
	ContactPath
	Body struct {
		Name    *string           `json:"name,omitempty" maxLength:"400"`
		Fields  map[string]string `json:"fields,omitempty" maxProperties:"100"`
		Version int64             `json:"version,omitempty" doc:"The version that was seen; a later one is a conflict."`
	}
}

func (a *api) changeContact(ctx context.Context, in *changeContactInput) (*contactOutput, error) {
	who := caller(ctx)
	changed, err := a.deps.Contacts.Update(ctx, contact.Edit{
		TenantID: who.TenantID(), ContactID: in.Contact, Version: in.Body.Version, Actor: who.Actor(), Name: in.Body.Name, Fields: in.Body.Fields,
	})
	return &contactOutput{changed}, err
}

type blockContactInput struct {
	ContactPath
	Body struct {
		Blocked bool `json:"blocked"`
	}
}

func (a *api) blockContact(ctx context.Context, in *blockContactInput) (*contactOutput, error) {
	who := caller(ctx)
	changed, err := a.deps.Contacts.Block(ctx, who.TenantID(), in.Contact, in.Body.Blocked, who.Actor())
	if err == nil {
		a.note(ctx, "contact.blocked", in.Contact, map[string]string{"blocked": strconv.FormatBool(in.Body.Blocked)})
	}
	return &contactOutput{changed}, err
}
