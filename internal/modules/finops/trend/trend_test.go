package trend

import (
	"testing"

	"pgregory.net/rapid"
)

// weekly is a series with a weekday pattern, growing by step a week.
func weekly(days int, step int64) []int64 {
	pattern := []int64{1000, 1100, 1050, 1200, 1150, 300, 200}
	values := make([]int64, days)
	for i := range values {
		values[i] = pattern[i%7] + step*int64(i/7)
	}
	return values
}

func TestAPatternGoesOn(t *testing.T) {
	for _, step := range []int64{0, 35, -20} {
		values := weekly(77+21, step)
		outlook, ok := Ahead(Series{First: 100, Values: values[:77]}, 21)
		if !ok || len(outlook.Days) != 21 {
			t.Fatal(outlook, ok)
		}
		for i, band := range outlook.Days {
			if band.Day != int64(100+77+i) || band.Expected-values[77+i] > 60 || values[77+i]-band.Expected > 60 {
				t.Errorf("step %d, day %d: expected %d, was %d", step, band.Day, band.Expected, values[77+i])
			}
		}
		if outlook.ErrorBP > 500 || outlook.Tried != 28 {
			t.Errorf("step %d: missed by %d basis points in %d days", step, outlook.ErrorBP, outlook.Tried)
		}
	}
}

func TestAShortSeriesSaysNothing(t *testing.T) {
	if _, ok := Ahead(Series{Values: weekly(Least-1, 0)}, 5); ok {
		t.Error("spoke")
	}
	if _, ok := Ahead(Series{Values: weekly(Least, 0)}, 0); ok {
		t.Error("spoke of no day")
	}
	if list := Anomalies(Series{Values: weekly(Least, 0)}); list != nil {
		t.Error(list)
	}
}

func TestADayThatStandsOutIsTold(t *testing.T) {
	values := weekly(70, 0)
	for i := range values { // a little noise
		values[i] += int64(i * 7919 % 13)
	}
	values[50] += 2500
	list := Anomalies(Series{First: 1000, Values: values})
	if len(list) != 1 || list[0].Day != 1050 || list[0].Value != values[50] || list[0].Expected > values[50]-2000 {
		t.Fatalf("told %+v", list)
	}
	// One odd day moves no forecast.
	odd, _ := Ahead(Series{Values: values}, 7)
	values[50] -= 2500
	plain, _ := Ahead(Series{Values: values}, 7)
	for i := range odd.Days {
		if d := odd.Days[i].Expected - plain.Days[i].Expected; d > 20 || d < -20 {
			t.Errorf("day %d moved by %d", i, d)
		}
	}
}

func TestBandsHoldWhatIsExpected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Series{Values: rapid.SliceOfN(rapid.Int64Range(0, 1<<40), 2*Least, 150).Draw(t, "values")}
		if rapid.Bool().Draw(t, "gaps") {
			s.Known = rapid.SliceOfN(rapid.Bool(), len(s.Values), len(s.Values)).Draw(t, "known")
		}
		outlook, ok := Ahead(s, rapid.IntRange(1, 40).Draw(t, "days"))
		if ok != (s.count(len(s.Values)) >= Least) || outlook.ErrorBP < 0 {
			t.Fatal(outlook)
		}
		for _, band := range append(outlook.Days, outlook.Gaps...) {
			if band.Low < 0 || band.Low > band.Expected || band.Expected > band.High {
				t.Fatalf("%+v", band)
			}
		}
		for _, odd := range Anomalies(s) {
			if !s.known(int(odd.Day)) {
				t.Fatalf("nobody knows %+v", odd)
			}
		}
	})
}

// Days that nobody knows are no days without cost: they move no expectation and
// no error, stand out of nothing, and are expected as the days behind are.
func TestUnknownDaysAreNoZeros(t *testing.T) {
	for name, unknown := range map[string][2]int{"a week before the end": {63, 70}, "a month": {35, 66}, "ten days in the middle": {40, 50}, "a single one": {60, 61}} {
		whole := weekly(98, 0)
		s := Series{First: 100, Values: weekly(77, 0), Known: make([]bool, 77)}
		for at := range s.Known {
			if s.Known[at] = at < unknown[0] || at >= unknown[1]; !s.Known[at] {
				s.Values[at] = 0
			}
		}
		outlook, ok := Ahead(s, 21)
		if !ok || outlook.ErrorBP != 0 || len(outlook.Gaps) != unknown[1]-unknown[0] {
			t.Errorf("%s: %+v, %v", name, outlook, ok)
		}
		for _, band := range append(outlook.Days, outlook.Gaps...) {
			if band.Expected != whole[band.Day-100] {
				t.Errorf("%s: on day %d %d is expected", name, band.Day, band.Expected)
			}
		}
		if odd := Anomalies(s); odd != nil {
			t.Errorf("%s: %+v", name, odd)
		}
	}
}
