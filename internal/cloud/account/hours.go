package account

import (
	"regexp"
	"slices"
	"strings"

	"prosa/internal/cloud/schedule"
)

// A schedule is read here and by Terraform (contract/schedule), which compares
// letters: what only one of them takes would be off for the one and up for the
// other.
var (
	readAlike = regexp.MustCompile(`^(?:always|on-demand(?:,.*)?|office(?:[,:].*)?|.*[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}.*)$`)
	hasHours  = regexp.MustCompile(`[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}`)
)

// hours judges when an account runs.
func (j *judge) hours(f File, i int, a Account) {
	path := at(i, "schedule")
	hours, err := f.schedule(a.Runs)
	switch {
	case err != nil:
		j.say(path, "%s", sentence(err))
	case !plain(a.Runs):
		j.say(path, "%q: always, on-demand and office are written in small letters and nothing around them, as Terraform reads them too", a.Runs)
	case !readAlike.MatchString(a.Runs):
		j.say(path, "%q is no schedule to Terraform: always alone, on-demand, office, or hours of two digits as in 08:00-20:00", a.Runs)
	case (hours.Kind == schedule.Always) != (a.Environment == prod):
		j.say(path, "production runs always, and nothing else does: %s is %s", a.Name, a.Runs)
	default:
		j.rests(path, hours)
	}
}

// plain says whether the word that begins a schedule is written as it is meant.
func plain(text string) bool {
	head := text
	if at := strings.IndexAny(text, ",:"); at >= 0 {
		head = text[:at]
	}
	meant := strings.ToLower(strings.TrimSpace(head))
	return head == meant || !slices.Contains([]string{string(schedule.Always), string(schedule.OnDemand), string(schedule.Office)}, meant)
}

// office judges what office means among the schedules.
func (j *judge) office(text string) {
	const path = "organization.office"
	office, err := schedule.Parse(text)
	switch {
	case err != nil:
		j.say(path, "%s", sentence(err))
	case office.Kind != schedule.Office || !hasHours.MatchString(text):
		j.say(path, "an office has hours: days from-to and a zone, as in mon-fri 08:00-20:00 America/Sao_Paulo")
	default:
		j.rests(path, office)
	}
}

// mostHours is how long hours may last in a week: what hardly rests saves nothing.
const mostHours = 112

// rests refuses hours that leave an environment up nearly always.
func (j *judge) rests(path string, hours schedule.Schedule) {
	minutes := 0
	for _, window := range hours.Windows {
		for _, works := range window.Days {
			if works {
				minutes += window.To - window.From
			}
		}
	}
	if minutes > mostHours*60 {
		j.say(path, "%d hours a week: what is no production rests a third of the week, so %d at most", minutes/60, mostHours)
	}
}
