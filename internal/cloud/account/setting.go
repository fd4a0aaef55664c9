package account

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// layered are the settings that the layers set for every process of an account
// (50-runtime, contract/hosts, contract/environment). Written out in accounts.yaml
// they would win, or end the plan, and in either case contradict the rest of the
// file.
var layered = []string{
	"PROSA_LINE", "PROSA_ENVIRONMENT",
	"PROSA_PUBLIC_URL", "PROSA_SITE_URL", "PROSA_OPERATOR_URL", "PROSA_API_URL", "PROSA_GATEWAY_URL", "PROSA_PASSKEY_DOMAIN",
	"PROSA_LISTEN", "PROSA_OPERATIONS_LISTEN", "PROSA_DATA_DIR", "PROSA_TRUSTED_PROXIES", "PROSA_LOG_FORMAT",
	"PROSA_STREAM_URL", "PROSA_STREAM_REPLICAS", "PROSA_STREAM_TOKEN", "PROSA_STREAM_CA",
	"PROSA_DATABASE_URL", "PROSA_DATABASE_OWNER_URL", "PROSA_DATABASE_CA", "PROSA_SECRET_KEYS", "PROSA_BLOB_URL",
	"PROSA_ENVIRONMENT_LEASES_URL",
}

// ofTheClock begins the settings of what switches an environment on and off. The
// layers tell them to its task, and to the API, from this file; what every other
// process were told would be heard by none, or contradict it.
const ofTheClock = "PROSA_ENVIRONMENT_"

// settings refuses what the layers set, among the secrets too: one named there is
// told to every process, and the tables' owner to those that its tables are
// closed to. What is a secret does not stand in clear.
func (j *judge) settings(i int, a Account) {
	for _, name := range slices.Sorted(maps.Keys(a.Settings)) {
		path := at(i, "settings."+name)
		switch {
		case slices.Contains(layered, name):
			j.say(path, "the layers set it for each process, from what stands in this file")
		case strings.HasPrefix(name, ofTheClock):
			j.say(path, "the layers tell it to the clock's task, from the schedule of this account and its id")
		case name == "PROSA_DEMO" && a.Environment == prod && a.Settings[name] != "false" && a.Settings[name] != "":
			j.say(path, "production has no sign-in without a password, and does not start with it")
		}
	}
	for k, name := range a.Secrets {
		if slices.Contains(layered, name) {
			j.say(fmt.Sprintf("%s[%d]", at(i, "secrets"), k), "the layers hand %s to each process that may know it, and to no other", name)
		}
		if _, plain := a.Settings[name]; plain {
			j.say(at(i, "settings."+name), "is a secret and stands here in clear")
		}
	}
}

// CheckSettings refuses names among settings and secrets that the product does
// not know, and secrets in clear. known tells of a name whether it is a secret.
func (f File) CheckSettings(known map[string]bool) []Problem {
	j := judge{document: f.document}
	for i, a := range f.Accounts {
		for _, name := range slices.Sorted(maps.Keys(a.Settings)) {
			if isSecret, is := known[name]; !is {
				j.say(at(i, "settings."+name), "the product has no such setting")
			} else if isSecret {
				j.say(at(i, "settings."+name), "is a secret and stands here in clear: name it among secrets")
			}
		}
		for k, name := range a.Secrets {
			if isSecret, is := known[name]; !is || !isSecret {
				j.say(fmt.Sprintf("%s[%d]", at(i, "secrets"), k), "%s is no secret of the product", name)
			}
		}
	}
	return j.problems
}
