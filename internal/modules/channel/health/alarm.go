package health

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/modules/channel"
)

// Kind says what an alarm is about; the pages have its sentences.
type Kind string

// Kinds of alarm.
const (
	StoppedAlarm Kind = "stopped"     // the platform refused the token or blocked the account
	TokenAlarm   Kind = "token"       // it ends soon, or no longer counts
	QualityAlarm Kind = "quality"     // of the number: yellow or red
	LimitsAlarm  Kind = "restricted"  // restricted, banned or revoked
	HookAlarm    Kind = "webhook"     // the subscription is missing or points elsewhere
	RightsAlarm  Kind = "permissions" // some are missing
	AccountAlarm Kind = "account"     // the number or page itself is not ready
	SilenceAlarm Kind = "silence"     // nothing is heard at an hour at which customers usually write
	PolicyAlarm  Kind = "policy"      // the platform warned
	RenewalAlarm Kind = "renewal"     // the token could not be renewed
	PausedAlarm  Kind = "campaigns"   // the platform wants fewer unasked messages
)

// Grade of an alarm.
const (
	Warn = "warn"
	Bad  = "bad"
)

// Alarm is what a person has to look at.
type Alarm struct {
	Kind  Kind   `json:"kind"`
	Grade string `json:"grade" enum:"warn,bad"`
	// Facts fill the sentence: "why", "quality", "expires_ms", "until_ms", "missing".
	Facts map[string]string `json:"facts"`
	// RaisedMS is since when it is so.
	RaisedMS int64 `json:"raised_ms"`
}

// worse orders what admins are written to about: a grade, then the days that a
// token has left.
func (a Alarm) worse(than Alarm) bool {
	if a.Grade != than.Grade {
		return a.Grade == Bad
	}
	mine, err := strconv.Atoi(a.Facts["days"])
	theirs, errThan := strconv.Atoi(than.Facts["days"])
	return err == nil && errThan == nil && mine < theirs
}

// tokenSteps are the days before its end at which a token is spoken of.
var tokenSteps = []int64{1, 7, 14}

const (
	// policyFor is how long a warning of the platform stays an alarm: there is no
	// word of its end.
	policyFor = 7 * dayMS
)

// record is what the table knows of a connection.
type record struct {
	FailedMS        int64
	FailedCode      string
	FailedText      string
	TokenExpiresMS  int64
	RenewedMS       int64
	RenewNextMS     int64
	RenewProblem    string
	Quality         string
	Tier            string
	Restricted      string
	RestrictedUntil int64
	Policy          string
	PolicyMS        int64
	Findings        []channel.Finding
	CheckedMS       int64
	CheckNextMS     int64
	CheckProblem    string
}

// alarmsOf tells what is wrong with an account now.
func alarmsOf(account channel.Account, r record, rhythm *rhythm, pauses []channel.Pause, nowMS int64) []Alarm {
	if account.State != channel.Active && account.State != channel.Stopped {
		return nil
	}
	found := map[Kind]Alarm{}
	add := func(kind Kind, grade string, facts map[string]string) {
		if old, known := found[kind]; known && (old.Grade == Bad || grade == Warn) {
			return
		}
		found[kind] = Alarm{Kind: kind, Grade: grade, Facts: facts}
	}
	if account.State == channel.Stopped {
		add(StoppedAlarm, Bad, map[string]string{"why": account.StoppedWhy})
	}
	if r.TokenExpiresMS > 0 {
		for _, days := range tokenSteps {
			if r.TokenExpiresMS-nowMS <= days*dayMS {
				grade := Warn
				if days == 1 {
					grade = Bad
				}
				add(TokenAlarm, grade, map[string]string{"expires_ms": strconv.FormatInt(r.TokenExpiresMS, 10), "days": strconv.FormatInt(days, 10)})
				break
			}
		}
	}
	switch strings.ToLower(r.Quality) {
	case "red", "low":
		add(QualityAlarm, Bad, map[string]string{"quality": "red"})
	case "yellow", "medium":
		add(QualityAlarm, Warn, map[string]string{"quality": "yellow"})
	}
	if r.Restricted != "" && (r.RestrictedUntil == 0 || r.RestrictedUntil > nowMS) {
		facts := map[string]string{"why": r.Restricted}
		if r.RestrictedUntil > 0 {
			facts["until_ms"] = strconv.FormatInt(r.RestrictedUntil, 10)
		}
		add(LimitsAlarm, Bad, facts)
	}
	if r.Policy != "" && nowMS-r.PolicyMS < policyFor {
		add(PolicyAlarm, Warn, map[string]string{"why": r.Policy})
	}
	if r.RenewProblem != "" {
		add(RenewalAlarm, Warn, map[string]string{"why": r.RenewProblem})
	}
	for _, finding := range r.Findings {
		if finding.State == "bad" {
			if kind, ok := kindOf[finding.Point]; ok {
				add(kind, Bad, map[string]string{"why": finding.Text, "missing": finding.Facts["missing"]})
			}
		}
	}
	for _, pause := range pauses {
		if pause.Level == channel.Campaigns && pause.UntilMS > nowMS {
			add(PausedAlarm, Warn, map[string]string{"why": pause.Reason, "until_ms": strconv.FormatInt(pause.UntilMS, 10)})
		}
	}
	if account.State == channel.Active && rhythm != nil && rhythm.silent(account.LastWebhookMS, nowMS) {
		add(SilenceAlarm, Bad, map[string]string{"since_ms": strconv.FormatInt(account.LastWebhookMS, 10)})
	}
	list := make([]Alarm, 0, len(found))
	for _, alarm := range found {
		list = append(list, alarm)
	}
	slices.SortFunc(list, func(a, b Alarm) int { return cmp.Or(cmp.Compare(a.Grade, b.Grade), cmp.Compare(a.Kind, b.Kind)) })
	return list
}

// kindOf gives the alarm of a finding that is bad.
var kindOf = map[string]Kind{
	"token": TokenAlarm, "permissions": RightsAlarm, "account": AccountAlarm, "registration": AccountAlarm, "profile": AccountAlarm,
	"subscription": HookAlarm, "webhook": HookAlarm, "secret": HookAlarm,
}
