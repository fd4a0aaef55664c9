package health

import (
	"testing"

	"prosa/internal/modules/channel"
)

func TestAlarmsAreWhatIsSo(t *testing.T) {
	const now int64 = 2000 * weekMS
	active := channel.Account{State: channel.Active, LastWebhookMS: now - 60_000}
	for name, c := range map[string]struct {
		account channel.Account
		record  record
		pauses  []channel.Pause
		kind    Kind
		grade   string
	}{
		"all well":            {account: active},
		"stopped":             {account: channel.Account{State: channel.Stopped, StoppedWhy: "190"}, kind: StoppedAlarm, grade: Bad},
		"switched off":        {account: channel.Account{State: channel.Disabled}, record: record{Quality: "RED"}},
		"draft":               {account: channel.Account{State: channel.Drafted}, record: record{Quality: "RED"}},
		"token in 20 days":    {account: active, record: record{TokenExpiresMS: now + 20*dayMS}},
		"token in 14 days":    {account: active, record: record{TokenExpiresMS: now + 14*dayMS}, kind: TokenAlarm, grade: Warn},
		"token in a day":      {account: active, record: record{TokenExpiresMS: now + dayMS}, kind: TokenAlarm, grade: Bad},
		"token over":          {account: active, record: record{TokenExpiresMS: now - 1}, kind: TokenAlarm, grade: Bad},
		"yellow":              {account: active, record: record{Quality: "YELLOW"}, kind: QualityAlarm, grade: Warn},
		"red":                 {account: active, record: record{Quality: "red"}, kind: QualityAlarm, grade: Bad},
		"green":               {account: active, record: record{Quality: "GREEN"}},
		"restricted":          {account: active, record: record{Restricted: "spam", RestrictedUntil: now + 1}, kind: LimitsAlarm, grade: Bad},
		"restricted for ever": {account: active, record: record{Restricted: "spam"}, kind: LimitsAlarm, grade: Bad},
		"restricted before":   {account: active, record: record{Restricted: "spam", RestrictedUntil: now}},
		"policy":              {account: active, record: record{Policy: "warning", PolicyMS: now - dayMS}, kind: PolicyAlarm, grade: Warn},
		"policy long ago":     {account: active, record: record{Policy: "warning", PolicyMS: now - 8*dayMS}},
		"no subscription":     {account: active, record: record{Findings: []channel.Finding{{Point: "subscription", State: "bad"}}}, kind: HookAlarm, grade: Bad},
		"a doubt":             {account: active, record: record{Findings: []channel.Finding{{Point: "subscription", State: "unknown"}, {Point: "token", State: "warn"}}}},
		"renewal":             {account: active, record: record{RenewProblem: "no"}, kind: RenewalAlarm, grade: Warn},
		"campaigns":           {account: active, pauses: []channel.Pause{{Level: channel.Campaigns, UntilMS: now + 1}}, kind: PausedAlarm, grade: Warn},
		"campaigns before":    {account: active, pauses: []channel.Pause{{Level: channel.Campaigns, UntilMS: now}}},
		"another pause":       {account: active, pauses: []channel.Pause{{Level: channel.OneAccount, UntilMS: now + 1}}},
	} {
		list := alarmsOf(c.account, c.record, nil, c.pauses, now)
		if c.kind == "" {
			if len(list) != 0 {
				t.Errorf("%s: %+v", name, list)
			}
			continue
		}
		if len(list) != 1 || list[0].Kind != c.kind || list[0].Grade != c.grade {
			t.Errorf("%s: %+v, want %s %s", name, list, c.kind, c.grade)
		}
	}
	both := alarmsOf(active, record{TokenExpiresMS: now + 10*dayMS, Findings: []channel.Finding{{Point: "token", State: "bad", Text: "revoked"}}}, nil, nil, now)
	if len(both) != 1 || both[0].Grade != Bad || both[0].Facts["why"] != "revoked" {
		t.Errorf("of two alarms of a kind the worse counts: %+v", both)
	}
}

func TestAnAlarmGetsWorse(t *testing.T) {
	days := func(grade, days string) Alarm {
		return Alarm{Kind: TokenAlarm, Grade: grade, Facts: map[string]string{"days": days}}
	}
	for _, c := range []struct {
		now, was Alarm
		worse    bool
	}{
		{days(Warn, "7"), days(Warn, "14"), true},
		{days(Warn, "14"), days(Warn, "7"), false},
		{days(Bad, "1"), days(Warn, "7"), true},
		{days(Warn, "7"), days(Bad, "1"), false},
		{Alarm{Grade: Warn}, Alarm{Grade: Warn}, false},
	} {
		if c.now.worse(c.was) != c.worse {
			t.Errorf("%+v after %+v: worse is %v", c.now, c.was, !c.worse)
		}
	}
}
