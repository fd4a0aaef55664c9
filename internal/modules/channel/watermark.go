package channel

import (
	"context"
	"encoding/json"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// recipient is how a delivery's customer is named on platforms that report up
// to a time; elsewhere nobody asks for it, and the index stays empty.
func recipient(ch message.Channel, to []message.Address) string {
	if ch != message.Messenger && ch != message.Instagram || len(to) == 0 {
		return ""
	}
	return to[0].Value
}

// upTo marks parked reports up to a time, by the customer's address.
const upTo = "upto:"

// spread puts in the place of each report up to a time a report on each delivery
// that it covers.
//
// A delivery counts as sent when its last call began, by our clock: the parts of
// a conversation leave one at a time, so the next call began after the platform
// had stamped what the report is about. One whose call is still under way may
// yet be refused: the report is parked for it, and joined when it is accepted.
func (s *Service) spread(ctx context.Context, tx *database.Tx, incoming []Report) ([]Report, error) {
	var args [][]any
	var of []Report
	single := make([]Report, 0, len(incoming))
	for _, report := range incoming {
		if report.Status.UpToMS == 0 {
			single = append(single, report)
			continue
		}
		if report.Status.ExternalID != "" || report.Status.Ours != "" {
			one := report
			one.Status.UpToMS = 0
			single = append(single, one)
		}
		for _, address := range report.From {
			args = append(args, []any{report.TenantID, report.AccountID, address.Value, report.Status.UpToMS})
			of = append(of, report)
		}
	}
	if len(args) == 0 {
		return single, nil
	}
	early := map[int]bool{}
	_, err := tx.Each(ctx, `SELECT id, external_id, state FROM delivery WHERE tenant_id = $1 AND account_id = $2 AND recipient = $3 AND recipient <> ''
		AND sent_ms > 0 AND sent_ms <= $4 AND state IN ('sending', 'accepted', 'sent', 'delivered') ORDER BY id`, args,
		func(i int, row database.Row) error {
			var state message.Status
			report := of[i]
			report.Status.UpToMS = 0
			if err := row.Scan(&report.Status.Ours, &report.Status.ExternalID, &state); err != nil {
				return err
			}
			if state == message.Sending {
				early[i] = true
			} else if message.Advances(state, report.Status.Status) {
				single = append(single, report)
			}
			return nil
		})
	if err != nil || len(early) == 0 {
		return single, err
	}
	var rows [][]any
	for i := range early {
		raw, err := json.Marshal(of[i].Status)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "a report could not be encoded")
		}
		rows = append(rows, []any{of[i].TenantID, of[i].AccountID, upTo + args[i][2].(string), string(of[i].Status.Status), string(raw), of[i].AtMS, tx.Now()})
	}
	if _, err := tx.Each(ctx, `INSERT INTO early_status (tenant_id, account_id, external_id, status, report, at_ms, parked_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, account_id, external_id, status) DO UPDATE SET
			report = CASE WHEN excluded.at_ms > early_status.at_ms THEN excluded.report ELSE early_status.report END,
			at_ms = CASE WHEN excluded.at_ms > early_status.at_ms THEN excluded.at_ms ELSE early_status.at_ms END, parked_ms = excluded.parked_ms`, rows, nil); err != nil {
		return nil, err
	}
	tx.AfterCommit(func() { s.parked.Add(int64(len(rows))) })
	return single, nil
}

// coveredEarly gives the reports up to a time that overtook the answers of these
// calls.
func coveredEarly(ctx context.Context, tx *database.Tx, accepted []Report) (covered []Report, err error) {
	args := make([][]any, len(accepted))
	for i, a := range accepted {
		args[i] = []any{a.TenantID, a.Status.Ours}
	}
	_, err = tx.Each(ctx, `SELECT e.report, e.at_ms, d.sent_ms FROM delivery d JOIN early_status e ON e.tenant_id = d.tenant_id
		AND e.account_id = d.account_id AND e.external_id = '`+upTo+`' || d.recipient WHERE d.tenant_id = $1 AND d.id = $2 AND d.recipient <> ''`, args,
		func(i int, row database.Row) error {
			report := accepted[i]
			var raw string
			var sentMS int64
			if err := row.Scan(&raw, &report.AtMS, &sentMS); err != nil {
				return err
			}
			ours, theirs := report.Status.Ours, report.Status.ExternalID
			if err := json.Unmarshal([]byte(raw), &report.Status); err != nil {
				return fault.Wrap(err, fault.Internal, "a parked report is unreadable")
			}
			if sentMS > report.Status.UpToMS {
				return nil
			}
			report.Status.Ours, report.Status.ExternalID, report.Status.UpToMS = ours, theirs, 0
			covered = append(covered, report)
			return nil
		})
	return covered, err
}
