package template

import (
	"context"
	"io"

	"prosa/internal/event"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// Platform is what template asks of WhatsApp; adapters/whatsapp fills it. Every
// error is a *fault.Error: Refused with one of the reasons below, RateLimited, or
// Unavailable.
//
// Source: Business Management API, message templates.
type Platform interface {
	// List gives a page of the account's templates; cursor is empty for the first,
	// and Page.Next is empty behind the last.
	List(ctx context.Context, account channel.Account, cursor string) (Page, error)
	Create(ctx context.Context, account channel.Account, draft Draft) (Made, error)
	// Edit replaces the content of a template, and its category where that is
	// allowed.
	Edit(ctx context.Context, account channel.Account, externalID string, draft Draft) error
	// Delete takes one language away, or all of a name when externalID is empty.
	// One that the platform does not have is no error.
	Delete(ctx context.Context, account channel.Account, name, externalID string) error
	// UploadHeader gives the platform an example of a header's file (Resumable
	// Upload API) and returns its handle.
	UploadHeader(ctx context.Context, account channel.Account, file File) (handle string, err error)
}

// Reasons of the platform's refusals.
const (
	ReasonCredentials = "template_credentials" // the token is wrong, or may not manage templates
	ReasonExists      = "template_exists"      // the name has this language already
	ReasonNameKept    = "template_name_kept"   // the name was deleted lately
	ReasonTooMany     = "template_too_many"    // the account may have no more
	ReasonForm        = "template_form"        // the content breaks a rule of form
	ReasonEdits       = "template_edits"       // edited too often, or not editable now
	ReasonAbsent      = "template_absent"      // the platform has no such template
	ReasonRefused     = "template_refused"     // any other
)

// Page is a part of an account's templates.
type Page struct {
	Items []Seen
	Next  string
}

// Seen is a template as the platform holds it.
type Seen struct {
	ExternalID string
	Name       string
	Language   string
	Category   Category
	Status     Status
	Quality    string
	Reason     string
	Definition Definition
}

// Draft is a template as it goes to the platform. Handle stands for the file of
// a header that shows one.
type Draft struct {
	Name       string
	Language   string
	Category   Category
	Definition Definition
	Handle     string
}

// Made is the platform's answer to a new template.
type Made struct {
	ExternalID string
	Status     Status
	Category   Category // the platform may choose another
}

// File is a file on its way to the platform.
type File struct {
	Name    string
	MIME    string
	Size    int64
	Content io.Reader
}

// Accounts are the company's channels; channel.Service has them. Error:
// fault.NotFound.
type Accounts interface {
	Get(ctx context.Context, tenantID, accountID string) (channel.Account, error)
	List(ctx context.Context, tenantID string) ([]channel.Account, error)
	// Account is Get in the caller's transaction.
	Account(ctx context.Context, tx *database.Tx, tenantID, accountID string) (channel.Account, error)
}

// Blobs are the files that people uploaded.
type Blobs interface {
	Open(ctx context.Context, tenantID, hash string) (io.ReadSeekCloser, int64, error)
}

// Emit writes events in the caller's transaction.
type Emit func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error

// Later asks, in the caller's transaction, for a reading of an account's
// templates soon.
type Later func(ctx context.Context, tx *database.Tx, tenantID, accountID string) error
