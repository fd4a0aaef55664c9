package botrun

import (
	"context"
	"log/slog"
	"time"

	"github.com/go-json-experiment/json"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/service"
)

// webKind is the kind of Ask that leaves the house.
const webKind = "web"

// call is a row of bot_call: a web call to be made.
type call struct {
	key
	id, sessionID, askID, botID, node string
	request                           string
	nextMS, attempts                  int64
	wanted                            bool // the session still waits for it
}

// returned is what conversation carries from the caller to the turn.
type returned struct {
	Call    string      `json:"call,omitempty"`
	Wait    string      `json:"wait,omitempty"` // instead of Call: a bot_wait that was fired
	Session string      `json:"session"`
	Answer  flow.Answer `json:"answer"`
}

func newCall(s *session, ask *flow.Ask, now int64) call {
	return call{
		key: s.key, id: callID(s.id, s.state.Seq, ask.ID), sessionID: s.id, askID: ask.ID, botID: s.botID, node: ask.Node,
		request: string(ask.Request), nextMS: now,
	}
}

func saveCalls(ctx context.Context, tx *database.Tx, calls []call) error {
	args := make([][]any, len(calls))
	for i, c := range calls {
		args[i] = []any{c.tenantID, c.id, c.conversationID, c.sessionID, c.askID, c.botID, c.node, c.request, c.nextMS, tx.Now()}
	}
	_, err := tx.Each(ctx, `INSERT INTO bot_call (tenant_id, id, conversation_id, session_id, ask_id, bot_id, node, request, next_ms, attempts, created_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)`, args, nil)
	return err
}

func dropCalls(ctx context.Context, tx *database.Tx, calls []call) error {
	args := make([][]any, len(calls))
	for i, c := range calls {
		args[i] = []any{c.tenantID, c.id}
	}
	_, err := tx.Each(ctx, "DELETE FROM bot_call WHERE tenant_id = $1 AND id = $2", args, nil)
	return err
}

const (
	// callSlack is how long after its time-out a call is given up for dead: its
	// process made the call and had no time to commit the answer.
	callSlack = 5 * time.Second
	// callLife is how long a flow waits for an answer at most (flow, web node).
	callLife = 2 * time.Minute
	// callTries bounds how often a call is made whose process dies over it.
	callTries = 3
	// wakeTries is how often the turn of an answer is tried before the call is
	// left to be made again.
	wakeTries = 4
)

// lookForCalls wakes the caller of this process.
func (s *Service) lookForCalls() {
	select {
	case s.asked <- struct{}{}:
	default:
	}
}

// Caller is the service that makes the web calls that turns asked for: outside
// every lock and transaction, a share for each company. What it was at when it
// died is made again by another, or by its next life.
func (s *Service) Caller(wake Wake) service.Service {
	return service.Service{Name: "bot calls", Run: func(ctx context.Context) error {
		c := &caller{Service: s, wake: wake, busy: map[string]int{}, done: make(chan string, s.config.Calls)}
		c.run(ctx)
		return nil
	}}
}

// caller is Caller at work. Its fields belong to run.
type caller struct {
	*Service
	wake    Wake
	busy    map[string]int // calls under way by company
	running int
	done    chan string // the company of a call that ended
}

func (c *caller) run(ctx context.Context) {
	poll := time.NewTicker(c.config.CallPoll)
	defer poll.Stop()
	for {
		if err := c.begin(ctx); err != nil && ctx.Err() == nil {
			c.log.ErrorContext(ctx, "the web calls of bots could not be looked for", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			for c.running > 0 { // their contexts ended with ours
				c.ended(<-c.done)
			}
			return
		case tenant := <-c.done:
			c.ended(tenant)
		case <-c.asked:
		case <-poll.C:
		}
	}
}

func (c *caller) ended(tenantID string) {
	c.running--
	if c.busy[tenantID]--; c.busy[tenantID] == 0 {
		delete(c.busy, tenantID)
	}
}

// begin makes as many calls as there is room for.
func (c *caller) begin(ctx context.Context) error {
	free := c.config.Calls - c.running
	if free == 0 {
		return nil
	}
	// More than there is room for: those of companies that have their share under
	// way are passed over, and must not hide the others.
	due, err := c.due(ctx, free+c.config.Calls)
	if err != nil {
		return err
	}
	taking := map[string]int{}
	chosen := due[:0]
	for _, one := range due {
		if len(chosen) < free && c.busy[one.tenantID]+taking[one.tenantID] < c.config.CallsPerTenant {
			taking[one.tenantID]++
			chosen = append(chosen, one)
		}
	}
	claimed, err := c.claim(ctx, chosen)
	if err != nil {
		return err
	}
	for _, one := range claimed {
		c.running++
		c.busy[one.tenantID]++
		go func() {
			defer func() { c.done <- one.tenantID }()
			c.do(ctx, one)
		}()
	}
	return nil
}

// due gives calls whose time has come, each company's first ones first.
func (c *caller) due(ctx context.Context, limit int) (calls []call, err error) {
	err = c.db.Read(ctx, database.Platform("the web calls of all companies' bots"), func(ctx context.Context, tx *database.Tx) error {
		calls = nil
		rows, err := tx.Query(ctx, `SELECT c.tenant_id, c.id, c.conversation_id, c.session_id, c.ask_id, c.bot_id, c.node, c.request, c.next_ms,
				COALESCE(s.status = 'waiting' AND s.id = c.session_id, FALSE) AND c.created_ms > $4
			FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY next_ms, id) AS place FROM bot_call WHERE next_ms <= $1 AND `+hold.Out+`) c
			LEFT JOIN bot_session s ON s.tenant_id = c.tenant_id AND s.conversation_id = c.conversation_id
			WHERE c.place <= $2 ORDER BY c.place, c.next_ms LIMIT $3`, tx.Now(), c.config.CallsPerTenant, limit, tx.Now()-callLife.Milliseconds())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one call
			if err := rows.Scan(&one.tenantID, &one.id, &one.conversationID, &one.sessionID, &one.askID, &one.botID, &one.node, &one.request,
				&one.nextMS, &one.wanted); err != nil {
				return err
			}
			calls = append(calls, one)
		}
		return rows.Err()
	})
	return calls, err
}

// claim moves the calls on, so that nobody else makes them while we do, and
// forgets those that no session waits for any more.
func (c *caller) claim(ctx context.Context, due []call) (claimed []call, err error) {
	if len(due) == 0 {
		return nil, nil
	}
	err = c.db.Write(ctx, database.Platform("the web calls of all companies' bots"), func(ctx context.Context, tx *database.Tx) error {
		claimed = nil
		until := tx.Now() + (c.config.CallTimeout + callSlack).Milliseconds()
		var wanted, idle []call
		var args [][]any
		for _, one := range due {
			if !one.wanted {
				idle = append(idle, one)
				continue
			}
			wanted = append(wanted, one)
			args = append(args, []any{one.tenantID, one.id, one.nextMS, until})
		}
		if _, err := tx.Each(ctx, `UPDATE bot_call SET next_ms = $4, attempts = attempts + 1
			WHERE tenant_id = $1 AND id = $2 AND next_ms = $3 RETURNING attempts`, args, func(i int, row database.Row) error {
			if err := row.Scan(&wanted[i].attempts); err != nil {
				return err
			}
			claimed = append(claimed, wanted[i])
			return nil
		}); err != nil {
			return err
		}
		return dropCalls(ctx, tx, idle)
	})
	return claimed, err
}

// do makes one call and brings the answer home.
func (c *caller) do(ctx context.Context, one call) {
	var answer flow.Answer
	if one.attempts > callTries {
		answer = flow.Answer{Error: "the call was interrupted too often"}
	} else {
		answer = c.ask(ctx, one)
	}
	if ctx.Err() != nil {
		return // stopping: it is made again
	}
	answer.ID = one.askID
	text, err := json.Marshal(returned{Call: one.id, Session: one.sessionID, Answer: answer})
	if err != nil {
		text, _ = json.Marshal(returned{Call: one.id, Session: one.sessionID, Answer: flow.Answer{ID: one.askID, Error: "the answer is not text"}})
	}
	nudge := Nudge{TenantID: one.tenantID, ConversationID: one.conversationID, Answer: string(text)}
	for try := 1; ; try++ {
		err = c.wake(ctx, nudge)
		if err == nil || ctx.Err() != nil || try == wakeTries {
			break
		}
		if !pause(ctx, time.Duration(try)*200*time.Millisecond) {
			return
		}
	}
	if err == nil {
		err = c.forget(ctx, one)
	}
	if err != nil && ctx.Err() == nil {
		c.log.ErrorContext(ctx, "the answer of a web call was not taken, the call is made again", slog.String("tenant", one.tenantID),
			slog.String("conversation", one.conversationID), slog.String("node", one.node), slog.Any("error", err))
	}
}

// forget deletes a call whose turn did not: the conversation left its bot.
func (c *caller) forget(ctx context.Context, one call) error {
	var left int64
	err := c.db.Read(ctx, database.Company(one.tenantID), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM bot_call WHERE tenant_id = $1 AND id = $2", one.tenantID, one.id).Scan(&left)
	})
	if err != nil || left == 0 {
		return err
	}
	return c.db.Write(ctx, database.Company(one.tenantID), func(ctx context.Context, tx *database.Tx) error {
		return dropCalls(ctx, tx, []call{one})
	})
}

// Reclaim lets calls be made at once that an earlier life of this process was
// at. Only a process that is alone on its data may ask for it.
func (s *Service) Reclaim(ctx context.Context) error {
	return s.db.Write(ctx, database.Platform("the web calls that a dead process left"), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE bot_call SET next_ms = $1 WHERE next_ms > $1", tx.Now())
		return err
	})
}

// pause reports false when ctx ended meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reason is what an attendant and the log may read of a failure: never an
// address, which may hold a secret.
func reason(err error) string {
	var known interface{ Timeout() bool }
	switch {
	case fault.Is(err, fault.Refused), fault.Is(err, fault.TooLarge), fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
		return fault.MessageOf(err)
	case asTimeout(err, &known) && known.Timeout():
		return "the service did not answer in time"
	default:
		return "the service could not be reached"
	}
}
