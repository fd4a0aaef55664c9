package aws

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// alarmState holds the alarms and the screens of an account by name.
type alarmState struct {
	alarms  shelf[alarm]
	screens shelf[screen]
}

type alarm struct {
	arn, name  string
	parts      map[string]string // single fields, by the vendor's name
	dimensions []element
	actions    map[string][]string // by what sets them off: AlarmActions, ...
	tags       map[string]string
}

type screen struct{ name, body string }

func (c *call) alarms() *alarmState { return state[alarmState](c.account, "monitoring") }

func monitoringCalls() map[string]handler {
	return map[string]handler{
		"PutMetricAlarm": putAlarm, "DescribeAlarms": describeAlarms, "DeleteAlarms": deleteAlarms,
		"EnableAlarmActions": switchAlarms("true"), "DisableAlarmActions": switchAlarms("false"),
		"ListTagsForResource": alarmTags, "TagResource": tagAlarm, "UntagResource": untagAlarm,
		"PutDashboard": putScreen, "GetDashboard": getScreen, "DeleteDashboards": deleteScreens,
	}
}

// alarmParts are the single fields of an alarm in the order in which they are
// told.
var alarmParts = []string{
	"AlarmDescription", "ActionsEnabled", "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit", "EvaluationPeriods", "DatapointsToAlarm",
	"Threshold", "ComparisonOperator", "TreatMissingData", "EvaluateLowSampleCountPercentile", "ThresholdMetricId",
}

var alarmTriggers = []string{"OKActions", "AlarmActions", "InsufficientDataActions"}

// What an alarm may say (CloudWatch API reference, PutMetricAlarm).
var (
	alarmStatistics = []string{"SampleCount", "Average", "Sum", "Minimum", "Maximum"}
	alarmPercentile = regexp.MustCompile(`^(p(\d{1,2}(\.\d{0,2})?|100)|(p|tm|tc|ts|wm)\d{1,2}(\.\d{0,10})?|IQM|(PR|TM|TC|TS|WM)\(.*\))$`)
	alarmOperators  = []string{"GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"}
	alarmSilences   = []string{"", "breaching", "notBreaching", "ignore", "missing"}
)

// Limits of an alarm: of its texts, its dimensions and actions, and how far it
// looks back, which is longer when its periods are hours.
const (
	longestAlarmName   = 255
	longestDescription = 1024
	mostDimensions     = 30
	mostActions        = 5
	hour               = 60 * 60
	day                = 24 * hour
	week               = 7 * day
)

func badAlarm(format string, args ...any) error {
	return refuse(http.StatusBadRequest, "ValidationError", "%s", fmt.Sprintf(format, args...))
}

func putAlarm(c *call) (any, error) {
	name := c.form.Get("AlarmName")
	if name == "" || len(name) > longestAlarmName {
		return nil, badAlarm("1 validation error detected: Value at 'alarmName' failed to satisfy constraint: between 1 and %d characters", longestAlarmName)
	}
	a := &alarm{arn: c.arn("cloudwatch", "alarm:"+name), name: name, parts: map[string]string{"ActionsEnabled": "true"}, dimensions: c.formTree("Dimensions"), actions: map[string][]string{}, tags: c.formTags("Tags.member")}
	for _, part := range alarmParts {
		if value := c.form.Get(part); value != "" {
			a.parts[part] = value
		}
	}
	for _, trigger := range alarmTriggers {
		a.actions[trigger] = c.formList(trigger + ".member")
		if err := c.reaches(a.actions[trigger]); err != nil {
			return nil, err
		}
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	if before := c.alarms().alarms[name]; before != nil {
		a.tags = before.tags // tags are changed by calls of their own
	}
	c.alarms().alarms.put(name, a)
	return answerXML{}, nil
}

// check refuses what can never be told, or is no number.
func (a *alarm) check() error {
	statistic, extended := a.parts["Statistic"], a.parts["ExtendedStatistic"]
	period, _ := strconv.Atoi(a.parts["Period"])
	periods, _ := strconv.Atoi(a.parts["EvaluationPeriods"])
	hits, _ := strconv.Atoi(a.parts["DatapointsToAlarm"])
	_, err := strconv.ParseFloat(a.parts["Threshold"], 64)
	longest := day
	if period >= hour {
		longest = week
	}
	switch {
	case a.parts["MetricName"] == "" || a.parts["Namespace"] == "" || strings.HasPrefix(a.parts["Namespace"], ":"):
		return badAlarm("MetricName and Namespace must be set: '%s' of '%s'", a.parts["MetricName"], a.parts["Namespace"])
	case (statistic == "") == (extended == ""):
		return badAlarm("Exactly one of Statistic and ExtendedStatistic must be set")
	case statistic != "" && !slices.Contains(alarmStatistics, statistic), extended != "" && !alarmPercentile.MatchString(extended):
		return badAlarm("The value '%s' for the statistic is not supported.", statistic+extended)
	case period != 10 && period != 20 && period != 30 && (period < 60 || period%60 != 0):
		return badAlarm("The period must be 10, 20, 30 or a multiple of 60, and is '%s'", a.parts["Period"])
	case periods < 1 || hits > periods:
		return badAlarm("DatapointsToAlarm (%d) must be at most EvaluationPeriods (%d)", hits, periods)
	case period*periods > longest:
		return badAlarm("Metrics cannot be checked across more than %d seconds (EvaluationPeriods * Period)", longest)
	case err != nil:
		return badAlarm("The threshold '%s' is no number", a.parts["Threshold"])
	case !slices.Contains(alarmOperators, a.parts["ComparisonOperator"]):
		return badAlarm("The value '%s' for the comparison is not supported.", a.parts["ComparisonOperator"])
	case !slices.Contains(alarmSilences, a.parts["TreatMissingData"]):
		return badAlarm("The value '%s' for parameter TreatMissingData is not supported.", a.parts["TreatMissingData"])
	case len(a.parts["AlarmDescription"]) > longestDescription:
		return badAlarm("The description has %d characters, %d at most", len(a.parts["AlarmDescription"]), longestDescription)
	case len(a.dimensions) > mostDimensions:
		return badAlarm("An alarm has %d dimensions, %d at most", len(a.dimensions), mostDimensions)
	}
	for _, one := range a.dimensions {
		if one.child("Name").text == "" || one.child("Value").text == "" {
			return badAlarm("The dimension '%s' has no value", one.child("Name").text)
		}
	}
	return nil
}

// reaches refuses actions of which nobody would hear: the vendor looks at their
// form, region and account; that a topic is there is asked here as well, since
// an alarm on none rings for nobody.
func (c *call) reaches(actions []string) error {
	if len(actions) > mostActions {
		return badAlarm("An alarm has %d actions of a kind, %d at most", len(actions), mostActions)
	}
	for _, arn := range actions {
		parts := strings.SplitN(arn, ":", 6)
		switch {
		case len(parts) < 6 || parts[0] != "arn":
			return badAlarm("Invalid arn syntax: %s", arn)
		case parts[2] == "sns" && parts[3] != c.region:
			return badAlarm("Invalid region %s specified. Only %s is supported.", parts[3], c.region)
		case parts[2] == "sns" && c.topics().topics[arn] == nil:
			return badAlarm("There is no topic %s", arn)
		}
	}
	return nil
}

func (a *alarm) write() []element {
	told := []element{say("AlarmName", a.name), say("AlarmArn", a.arn), say("StateValue", "INSUFFICIENT_DATA"), say("StateReason", "Unchecked: Initial alarm creation")}
	for _, part := range alarmParts {
		told = append(told, some(part, a.parts[part]))
	}
	for _, trigger := range alarmTriggers {
		told = append(told, texts(trigger, "member", a.actions[trigger]))
	}
	return append(told, el("Dimensions", a.dimensions...))
}

func describeAlarms(c *call) (any, error) {
	names, prefix := c.formList("AlarmNames.member"), c.form.Get("AlarmNamePrefix")
	found := slices.DeleteFunc(c.alarms().alarms.all(), func(a *alarm) bool {
		return len(names) > 0 && !slices.Contains(names, a.name) || !strings.HasPrefix(a.name, prefix)
	})
	return answerXML{list("MetricAlarms", "member", found, (*alarm).write), el("CompositeAlarms")}, nil
}

func deleteAlarms(c *call) (any, error) {
	names := c.formList("AlarmNames.member")
	for _, name := range names {
		if len(names) > 1 && c.alarms().alarms[name] == nil {
			return nil, refuse(http.StatusNotFound, "ResourceNotFound", "Alarm %s does not exist", name)
		}
	}
	for _, name := range names {
		delete(c.alarms().alarms, name)
	}
	return answerXML{}, nil
}

func switchAlarms(to string) handler {
	return func(c *call) (any, error) {
		for _, name := range c.formList("AlarmNames.member") {
			if a := c.alarms().alarms[name]; a != nil {
				a.parts["ActionsEnabled"] = to
			}
		}
		return answerXML{}, nil
	}
}

func (c *call) labelledAlarm() (*alarm, error) {
	for _, a := range c.alarms().alarms {
		if a.arn == c.form.Get("ResourceARN") {
			return a, nil
		}
	}
	return nil, refuse(http.StatusNotFound, "ResourceNotFoundException", "%s does not exist", c.form.Get("ResourceARN"))
}

func alarmTags(c *call) (any, error) {
	a, err := c.labelledAlarm()
	if err != nil {
		return nil, err
	}
	return answerXML{tagList("Tags", "member", a.tags)}, nil
}

func tagAlarm(c *call) (any, error) {
	a, err := c.labelledAlarm()
	if err != nil {
		return nil, err
	}
	maps.Copy(a.tags, c.formTags("Tags.member"))
	return answerXML{}, nil
}

func untagAlarm(c *call) (any, error) {
	a, err := c.labelledAlarm()
	if err != nil {
		return nil, err
	}
	for _, key := range c.formList("TagKeys.member") {
		delete(a.tags, key)
	}
	return answerXML{}, nil
}

var screenName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// widgetKinds are those that a screen can show.
var widgetKinds = []string{"alarm", "custom", "explorer", "log", "metric", "text"}

// columns of a screen.
const columns = 24

// putScreen keeps a screen whose widgets can be drawn.
func putScreen(c *call) (any, error) {
	name, body := c.form.Get("DashboardName"), c.form.Get("DashboardBody")
	bad := func(format string, args ...any) error {
		return refuse(http.StatusBadRequest, "InvalidParameterInput", "The dashboard body is invalid: %s", fmt.Sprintf(format, args...))
	}
	if !screenName.MatchString(name) {
		return nil, bad("the name '%s' is not valid", name)
	}
	var read struct {
		Widgets []struct {
			Type                string
			X, Y, Width, Height int
			Properties          struct {
				Region  string
				Metrics [][]any
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &read); err != nil {
		return nil, bad("%s", err)
	}
	for i, w := range read.Widgets {
		switch {
		case !slices.Contains(widgetKinds, w.Type):
			return nil, bad("widget %d is of the kind '%s'", i, w.Type)
		case w.X < 0 || w.X+w.Width > columns || w.Height < 0:
			return nil, bad("widget %d does not fit into %d columns", i, columns)
		case w.Type == "metric" && (w.Properties.Region == "" || len(w.Properties.Metrics) == 0):
			return nil, bad("widget %d has no region or no metric", i)
		}
		for _, metric := range w.Properties.Metrics {
			const name = 2 // name space and name, then pairs
			if len(metric) < name || len(metric)%2 != 0 {
				return nil, bad("a metric of widget %d has %d parts", i, len(metric))
			}
		}
	}
	c.alarms().screens.put(name, &screen{name: name, body: body})
	return answerXML{el("DashboardValidationMessages")}, nil
}

func getScreen(c *call) (any, error) {
	held := c.alarms().screens[c.form.Get("DashboardName")]
	if held == nil {
		return nil, refuse(http.StatusNotFound, "ResourceNotFound", "Dashboard %s does not exist", c.form.Get("DashboardName"))
	}
	return answerXML{say("DashboardArn", c.globalARN("cloudwatch", "dashboard/"+held.name)), say("DashboardName", held.name), say("DashboardBody", held.body)}, nil
}

func deleteScreens(c *call) (any, error) {
	for _, name := range c.formList("DashboardNames.member") {
		if c.alarms().screens[name] == nil {
			return nil, refuse(http.StatusNotFound, "ResourceNotFound", "Dashboard %s does not exist", name)
		}
		delete(c.alarms().screens, name)
	}
	return answerXML{}, nil
}
