package finops

import (
	"context"
	"errors"
	"strconv"

	"prosa/internal/base/fault"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// note writes what an operator did to the ledger into the platform's own log.
func note(ctx context.Context, tx *database.Tx, by audit.Entry, action, target string, facts map[string]string) error {
	if facts == nil {
		facts = map[string]string{}
	}
	return audit.Write(ctx, tx, audit.Entry{Actor: by.Actor, IP: by.IP, Action: action, Target: target, Facts: facts})
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// numbered tells which of several things in a list is wrong, from 1.
func numbered(i int, err error) error {
	var wrong *fault.Error
	if errors.As(err, &wrong) {
		return &fault.Error{Code: wrong.Code, Reason: wrong.Reason, Field: wrong.Field, Message: "number " + strconv.Itoa(i+1) + ": " + wrong.Message}
	}
	return err
}
