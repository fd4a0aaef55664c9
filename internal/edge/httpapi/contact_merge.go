package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/contact"
	"prosa/internal/modules/identity"
)

func (a *api) registerContactMerge() {
	handle(a, route{
		id: "list-duplicates", method: http.MethodGet, path: "/contacts/{contact}/duplicates", tag: "contact", needs: identity.ContactRead,
		summary: "Customers who may be the same person.",
	}, a.listDuplicates)
	handle(a, route{
		id: "list-merges", method: http.MethodGet, path: "/contacts/{contact}/merges", tag: "contact", needs: identity.ContactRead,
		summary: "Which contacts were joined into this one, newest first.",
	}, a.listMerges)
	handle(a, route{
		id: "merge-contacts", method: http.MethodPost, path: "/contacts/{contact}/merge", tag: "contact", needs: identity.ContactWrite,
		summary: "Say that two contacts are one person: addresses, conversations, carts, orders and consents of the other come to this one.",
	}, a.mergeContacts)
	handle(a, route{
		id: "part-contacts", method: http.MethodPost, path: "/contacts/{contact}/merges/{merge}/undo", tag: "contact", needs: identity.ContactWrite,
		summary: "Undo a merge: what came by it goes back.",
	}, a.partContacts)
}

type duplicatesOutput struct {
	Body struct {
		Items []contact.Duplicate `json:"items" nullable:"false"`
	}
}

func (a *api) listDuplicates(ctx context.Context, in *ContactPath) (*duplicatesOutput, error) {
	out := &duplicatesOutput{}
	var err error
	out.Body.Items, err = a.deps.Contacts.Duplicates(ctx, caller(ctx).TenantID(), in.Contact)
	return out, err
}

type mergesOutput struct {
	Body struct {
		Items []contact.Merge `json:"items" nullable:"false"`
	}
}

func (a *api) listMerges(ctx context.Context, in *ContactPath) (*mergesOutput, error) {
	out := &mergesOutput{}
	var err error
	out.Body.Items, err = a.deps.Contacts.Merges(ctx, caller(ctx).TenantID(), in.Contact)
	return out, err
}

type mergeContactsInput struct {
	ContactPath
	Body struct {
		OtherID string `json:"other_id" maxLength:"64" doc:"Who goes; this one stays, with its name."`
	}
}

type mergeOutput struct {
	Body struct {
		Contact contact.Contact `json:"contact"`
		Merge   contact.Merge   `json:"merge"`
	}
}

func (a *api) mergeContacts(ctx context.Context, in *mergeContactsInput) (*mergeOutput, error) {
	who := caller(ctx)
	out := &mergeOutput{}
	var err error
	out.Body.Contact, out.Body.Merge, err = a.deps.Contacts.Merge(ctx, contact.MergeInput{
		TenantID: who.TenantID(), ContactID: in.Contact, OtherID: in.Body.OtherID, Actor: who.Actor(),
	})
	if err == nil {
		a.note(ctx, "contact.merged", in.Contact, map[string]string{"other": in.Body.OtherID})
	}
	return out, err
}

type partContactsInput struct {
	ContactPath
	Merge string `path:"merge" maxLength:"64"`
}

func (a *api) partContacts(ctx context.Context, in *partContactsInput) (*contactOutput, error) {
	who := caller(ctx)
	found, err := a.deps.Contacts.Part(ctx, who.TenantID(), in.Contact, in.Merge, who.Actor())
	if err == nil {
		a.note(ctx, "contact.parted", in.Contact, map[string]string{"merge": in.Merge})
	}
	return &contactOutput{found}, err
}
