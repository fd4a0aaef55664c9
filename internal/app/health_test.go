package app

import (
	"testing"

	watch "prosa/internal/modules/channel/health"
)

func TestEachAlarmHasItsSentence(t *testing.T) {
	kinds := []watch.Kind{watch.StoppedAlarm, watch.TokenAlarm, watch.QualityAlarm, watch.LimitsAlarm, watch.HookAlarm, watch.RightsAlarm,
		watch.AccountAlarm, watch.SilenceAlarm, watch.PolicyAlarm, watch.RenewalAlarm, watch.PausedAlarm}
	for locale, sentences := range alarmSentences {
		for _, kind := range kinds {
			if sentences[kind] == "" {
				t.Errorf("%s has no sentence for %s", locale, kind)
			}
		}
		if len(sentences) != len(kinds) {
			t.Errorf("%s has %d sentences for %d kinds", locale, len(sentences), len(kinds))
		}
	}
}
