package aws

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// schedulerState is what EventBridge Scheduler has of an account.
type schedulerState struct {
	groups    shelf[doc]
	schedules shelf[doc] // by group/name
}

func (c *call) scheduler() *schedulerState { return state[schedulerState](c.account, "scheduler") }

// schedulerAction names a request by its method and the kind of what its path
// names: "PUT schedules".
func schedulerAction(r *http.Request) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return r.Method + " " + kind
}

func schedulerCalls() map[string]handler {
	return map[string]handler{
		"POST schedule-groups": createScheduleGroup, "GET schedule-groups": getScheduleGroup, "DELETE schedule-groups": deleteScheduleGroup,
		"POST schedules": createSchedule, "GET schedules": getSchedule, "PUT schedules": updateSchedule, "DELETE schedules": deleteSchedule,
		"GET tags": scheduleTags, "POST tags": tagScheduleGroup, "DELETE tags": untagScheduleGroup,
	}
}

// scheduleName is what both groups and schedules may be called.
var scheduleName = regexp.MustCompile(`^[0-9a-zA-Z-_.]{1,64}$`)

// pathName is what a request's path names: all behind its first part.
func (c *call) pathName() string {
	_, name, _ := strings.Cut(strings.TrimPrefix(c.request.URL.Path, "/"), "/")
	return name
}

func (c *call) bodyDoc() (doc, error) {
	var in doc
	if err := json.Unmarshal(c.body, &in); err != nil {
		return nil, invalid("the body is no JSON: %s", err)
	}
	return in, nil
}

func notScheduled(kind, name string) *failure {
	return refuse(http.StatusNotFound, "ResourceNotFoundException", "%s %s does not exist.", kind, name)
}

func createScheduleGroup(c *call) (any, error) {
	name := c.pathName()
	in, err := c.bodyDoc()
	if err != nil {
		return nil, err
	}
	if !scheduleName.MatchString(name) {
		return nil, invalid("1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: 1 to 64 of letters, digits, -, _ and .", name)
	}
	if name == "default" || c.scheduler().groups[name] != nil {
		return nil, refuse(http.StatusConflict, "ConflictException", "Schedule group %s already exists.", name)
	}
	now := seconds(c.server.config.Now())
	made := doc{"Name": name, "Arn": c.arn("scheduler", "schedule-group/"+name), "State": "ACTIVE", "CreationDate": now, "LastModificationDate": now, "tags": retag(nil, items(in, "Tags"), nil, "Key")}
	c.scheduler().groups.put(name, &made)
	return answerREST{document: doc{"ScheduleGroupArn": made["Arn"]}}, nil
}

// scheduleGroup finds a group; the one called default is there from the start.
func (c *call) scheduleGroup(name string) (doc, error) {
	if held := c.scheduler().groups[name]; held != nil {
		return *held, nil
	}
	if name == "default" {
		return doc{"Name": name, "Arn": c.arn("scheduler", "schedule-group/"+name), "State": "ACTIVE"}, nil
	}
	return nil, notScheduled("Schedule group", name)
}

func getScheduleGroup(c *call) (any, error) {
	held, err := c.scheduleGroup(c.pathName())
	if err != nil {
		return nil, err
	}
	out := maps.Clone(held)
	delete(out, "tags")
	return answerREST{document: out}, nil
}

// deleteScheduleGroup takes a group away with all schedules in it.
func deleteScheduleGroup(c *call) (any, error) {
	name := c.pathName()
	if c.scheduler().groups[name] == nil {
		return nil, notScheduled("Schedule group", name)
	}
	delete(c.scheduler().groups, name)
	for key := range c.scheduler().schedules {
		if strings.HasPrefix(key, name+"/") {
			delete(c.scheduler().schedules, key)
		}
	}
	return answerREST{document: doc{}}, nil
}

func createSchedule(c *call) (any, error) {
	in, err := c.bodyDoc()
	if err != nil {
		return nil, err
	}
	made, err := c.judgeSchedule(in)
	if err != nil {
		return nil, err
	}
	key := text(made, "GroupName") + "/" + text(made, "Name")
	if c.scheduler().schedules[key] != nil {
		return nil, refuse(http.StatusConflict, "ConflictException", "Schedule %s already exists.", text(made, "Name"))
	}
	made["CreationDate"] = made["LastModificationDate"]
	c.scheduler().schedules.put(key, &made)
	return answerREST{document: doc{"ScheduleArn": made["Arn"]}}, nil
}

func updateSchedule(c *call) (any, error) {
	in, err := c.bodyDoc()
	if err != nil {
		return nil, err
	}
	made, err := c.judgeSchedule(in)
	if err != nil {
		return nil, err
	}
	key := text(made, "GroupName") + "/" + text(made, "Name")
	held := c.scheduler().schedules[key]
	if held == nil {
		return nil, notScheduled("Schedule", text(made, "Name"))
	}
	made["CreationDate"] = (*held)["CreationDate"]
	c.scheduler().schedules.put(key, &made) // what is not said again is forgotten
	return answerREST{document: doc{"ScheduleArn": made["Arn"]}}, nil
}

// judgeSchedule refuses what would never run, and fills in what was left out.
func (c *call) judgeSchedule(in doc) (doc, error) {
	name := c.pathName()
	if !scheduleName.MatchString(name) {
		return nil, invalid("1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: 1 to 64 of letters, digits, -, _ and .", name)
	}
	made := withDefault(maps.Clone(in), doc{"GroupName": "default", "ScheduleExpressionTimezone": "UTC", "State": "ENABLED", "ActionAfterCompletion": "NONE"})
	delete(made, "ClientToken")
	group, err := c.scheduleGroup(text(made, "GroupName"))
	if err != nil {
		return nil, err
	}
	if !runs(text(in, "ScheduleExpression")) {
		return nil, invalid("Invalid Schedule Expression %s.", text(in, "ScheduleExpression"))
	}
	if _, err := time.LoadLocation(text(made, "ScheduleExpressionTimezone")); err != nil {
		return nil, invalid("Invalid Schedule Expression Timezone %s.", text(made, "ScheduleExpressionTimezone"))
	}
	if window, _ := in["FlexibleTimeWindow"].(doc); text(window, "Mode") != "OFF" && text(window, "Mode") != "FLEXIBLE" {
		return nil, invalid("FlexibleTimeWindow must say OFF or FLEXIBLE.")
	}
	target, _ := made["Target"].(doc)
	target = withDefault(maps.Clone(target), doc{"RetryPolicy": doc{"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}})
	if err := c.judgeTarget(target, text(group, "Arn")); err != nil {
		return nil, err
	}
	made["Target"] = target
	made["Name"], made["Arn"] = name, c.arn("scheduler", "schedule/"+text(made, "GroupName")+"/"+name)
	made["LastModificationDate"] = seconds(c.server.config.Now())
	return made, nil
}

func (c *call) judgeTarget(target doc, source string) error {
	arn := strings.SplitN(text(target, "Arn"), ":", 6)
	if len(arn) != 6 {
		return invalid("Provided Arn is not in correct format.")
	}
	if !c.passed(text(target, "RoleArn"), "scheduler.amazonaws.com", source) {
		return invalid("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")
	}
	if letters, ok := target["DeadLetterConfig"].(doc); ok && !strings.HasPrefix(text(letters, "Arn"), "arn:aws:sqs:") {
		return invalid("The dead-letter queue must be a queue of SQS: %s", text(letters, "Arn"))
	}
	task, given := target["EcsParameters"].(doc)
	if (arn[2] == "ecs") != given {
		return invalid("EcsParameters are for a cluster of ECS, and a cluster needs them.")
	}
	if !given {
		return nil
	}
	if c.containers().clusters[short(arn[5])] == nil {
		return invalid("The cluster %s does not exist.", text(target, "Arn"))
	}
	definition, err := c.definition(text(task, "TaskDefinitionArn"))
	if err != nil {
		return invalid("The task definition %s does not exist.", text(task, "TaskDefinitionArn"))
	}
	network, _ := task["NetworkConfiguration"].(doc)
	inner, _ := network["awsvpcConfiguration"].(doc)
	if definition["networkMode"] == "awsvpc" {
		lower := doc{"awsvpcConfiguration": doc{"subnets": inner["Subnets"], "securityGroups": inner["SecurityGroups"]}}
		if _, err := c.placed(lower); err != nil {
			return invalid("%s", err)
		}
	}
	return nil
}

var (
	rateForm = regexp.MustCompile(`^rate\(([1-9]\d*) (minute|hour|day)s?\)$`)
	onceForm = regexp.MustCompile(`^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$`)
	cronForm = regexp.MustCompile(`^cron\(([^()]+)\)$`)
	// The fields of cron in their order: minutes, hours, day of the month, month,
	// day of the week, year (EventBridge Scheduler user guide, "Schedule types").
	cronFields = []*regexp.Regexp{
		regexp.MustCompile(`^(\*|\d{1,2}(-\d{1,2})?(,\d{1,2}(-\d{1,2})?)*|(\*|\d{1,2})/\d{1,2})$`),
		regexp.MustCompile(`^(\*|\d{1,2}(-\d{1,2})?(,\d{1,2}(-\d{1,2})?)*|(\*|\d{1,2})/\d{1,2})$`),
		regexp.MustCompile(`^(\*|\?|L|\d{1,2}W?(-\d{1,2})?(,\d{1,2}(-\d{1,2})?)*|(\*|\d{1,2})/\d{1,2})$`),
		regexp.MustCompile(`^(\*|(\d{1,2}|[A-Z]{3})(-(\d{1,2}|[A-Z]{3}))?(,(\d{1,2}|[A-Z]{3}))*|(\*|\d{1,2})/\d{1,2})$`),
		regexp.MustCompile(`^(\*|\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(-([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT))?(,([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(-([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT))?)*|[1-7]#[1-5])$`),
		regexp.MustCompile(`^(\*|\d{4}(-\d{4})?(,\d{4})*|(\*|\d{4})/\d{1,3})$`),
	}
)

// runs says whether the vendor understands an expression: one of the two days of
// cron is a question mark, always.
func runs(expression string) bool {
	if rateForm.MatchString(expression) || onceForm.MatchString(expression) {
		return true
	}
	found := cronForm.FindStringSubmatch(expression)
	if found == nil {
		return false
	}
	fields := strings.Fields(found[1])
	if len(fields) != len(cronFields) || (fields[2] == "?") == (fields[4] == "?") {
		return false
	}
	for n, field := range fields {
		if !cronFields[n].MatchString(field) {
			return false
		}
	}
	return true
}

// schedule finds one by the path's name and the group of the query.
func (c *call) schedule() (key string, held doc, err error) {
	group := c.request.URL.Query().Get("groupName")
	if group == "" {
		group = "default"
	}
	key = group + "/" + c.pathName()
	if found := c.scheduler().schedules[key]; found != nil {
		return key, *found, nil
	}
	return "", nil, notScheduled("Schedule", c.pathName())
}

func getSchedule(c *call) (any, error) {
	_, held, err := c.schedule()
	if err != nil {
		return nil, err
	}
	return answerREST{document: held}, nil
}

func deleteSchedule(c *call) (any, error) {
	key, _, err := c.schedule()
	if err != nil {
		return nil, err
	}
	delete(c.scheduler().schedules, key)
	return answerREST{document: doc{}}, nil
}

// labelledGroup finds the group whose ARN stands in the path: schedules have no tags.
func (c *call) labelledGroup() (doc, error) {
	for _, group := range c.scheduler().groups {
		if (*group)["Arn"] == c.pathName() {
			return *group, nil
		}
	}
	return nil, notScheduled("Schedule group", c.pathName())
}

func scheduleTags(c *call) (any, error) {
	held, err := c.labelledGroup()
	if err != nil {
		return nil, err
	}
	return answerREST{document: doc{"Tags": held["tags"]}}, nil
}

func tagScheduleGroup(c *call) (any, error) {
	held, err := c.labelledGroup()
	if err != nil {
		return nil, err
	}
	in, err := c.bodyDoc()
	if err != nil {
		return nil, err
	}
	held["tags"] = retag(held["tags"], items(in, "Tags"), nil, "Key")
	return answerREST{document: doc{}}, nil
}

func untagScheduleGroup(c *call) (any, error) {
	held, err := c.labelledGroup()
	if err != nil {
		return nil, err
	}
	held["tags"] = retag(held["tags"], nil, c.request.URL.Query()["TagKeys"], "Key")
	return answerREST{document: doc{}}, nil
}
