package channel

import (
	"context"
	"io"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// Fetch opens a medium that a customer sent to an account. The caller closes
// the body. Errors: NotFound when the account is gone; Refused when the platform
// will never give it; Unavailable when it may on another try.
func (s *Service) Fetch(ctx context.Context, tenantID, accountID string, media message.Media) (io.ReadCloser, message.Media, error) {
	account, adapter, err := s.connected(ctx, tenantID, accountID)
	if err != nil {
		return nil, media, err
	}
	download, err := adapter.Fetch(ctx, account, media)
	if err != nil {
		var refusal *SendError
		if asSendError(err, &refusal) && (refusal.Class == Rejected || refusal.Class == Dead) {
			return nil, media, &fault.Error{Code: fault.Refused, Reason: "media_gone", Message: refusal.Message}
		}
		if fault.Is(err, fault.Refused) || fault.Is(err, fault.NotFound) {
			return nil, media, err
		}
		return nil, media, fault.Wrap(err, fault.Unavailable, "the file could not be fetched from the platform")
	}
	if media.MIME == "" {
		media.MIME = download.MIME
	}
	if media.Name == "" {
		media.Name = download.Name
	}
	return download.Body, media, nil
}
