package aws

import (
	"fmt"
	"strings"
)

// Unstartable says why tasks of an account would not start although everything
// that makes them was taken: the vendor looks at images, logs, secrets and the
// rights to them only when a task starts, and at the rights of a schedule's role
// only when its time comes. It goes over the registered task definitions of
// Fargate and over the schedules; empty when all would start.
func (s *Server) Unstartable(accountID string) (reasons []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{server: s, account: s.accounts[accountID], region: Region}
	if c.account == nil {
		return []string{"there is no account " + accountID}
	}
	for _, definition := range c.containers().definitions.all() {
		if (*definition)["status"] != "ACTIVE" || (*definition)["executionRoleArn"] == nil {
			continue
		}
		for _, why := range c.unreachable(*definition) {
			reasons = append(reasons, "task "+text(*definition, "family")+": "+why)
		}
	}
	for _, schedule := range c.scheduler().schedules.all() {
		for _, why := range c.unrung(*schedule) {
			reasons = append(reasons, "schedule "+text(*schedule, "Name")+": "+why)
		}
	}
	return reasons
}

// lacking asks for several rights of a role and tells those that it lacks.
type lacking struct {
	call *call
	role *role
	told []string
}

func (l *lacking) may(action, resource string, claims map[string]string) {
	if l.role == nil || !l.call.permitted(l.role, action, resource, claims) {
		l.told = append(l.told, "its role may not "+action+" on "+resource)
	}
}

func (l *lacking) say(format string, args ...any) {
	l.told = append(l.told, fmt.Sprintf(format, args...))
}

// unreachable tells what the role that starts a task cannot get at.
func (c *call) unreachable(definition doc) []string {
	_, starter, _ := c.server.role(text(definition, "executionRoleArn")) // nil may do nothing
	l := &lacking{call: c, role: starter}
	for _, container := range items(definition, "containerDefinitions") {
		host, path, _ := strings.Cut(text(container, "image"), "/")
		if host == c.account.ID+".dkr.ecr."+c.region+".amazonaws.com" {
			name, _, _ := strings.Cut(path, "@")
			if c.ecr().repositories[name] == nil {
				l.say("there is no repository %s", name)
			}
			l.may("ecr:GetAuthorizationToken", "*", nil)
			for _, action := range []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"} {
				l.may(action, c.arn("ecr", "repository/"+name), nil)
			}
		}
		if log, ok := container["logConfiguration"].(doc); ok && text(log, "logDriver") == "awslogs" {
			options, _ := log["options"].(doc)
			group := text(options, "awslogs-group")
			if c.logs().groups[group] == nil {
				l.say("there is no log group %s", group)
			}
			for _, action := range []string{"logs:CreateLogStream", "logs:PutLogEvents"} {
				l.may(action, c.arn("logs", "log-group:"+group+":log-stream:"+text(options, "awslogs-stream-prefix")+"/x"), nil)
			}
		}
		for _, one := range items(container, "secrets") {
			l.secret(text(one, "valueFrom"))
		}
	}
	return l.told
}

// secret asks whether a secret is there and may be read.
func (l *lacking) secret(arn string) {
	if parts := strings.SplitN(arn, ":", 8); len(parts) == 8 { // a field of the value, a version
		arn = strings.Join(parts[:7], ":")
	}
	l.may("secretsmanager:GetSecretValue", arn, nil)
	held := l.call.secret(arn)
	if held == nil || held.about["DeletedDate"] != nil {
		l.say("there is no secret %s", arn)
		return
	}
	if key := text(held.about, "KmsKeyId"); strings.HasPrefix(key, "arn:") {
		l.may("kms:Decrypt", key, nil)
	}
}

// unrung tells what the role of a schedule may not do when its time comes.
func (c *call) unrung(schedule doc) []string {
	target, _ := schedule["Target"].(doc)
	task, ok := target["EcsParameters"].(doc)
	if !ok {
		return nil
	}
	_, ringer, _ := c.server.role(text(target, "RoleArn")) // nil may do nothing
	l := &lacking{call: c, role: ringer}
	definition, err := c.definition(text(task, "TaskDefinitionArn"))
	if err != nil || definition["status"] != "ACTIVE" {
		return []string{"its task definition is gone: " + text(task, "TaskDefinitionArn")}
	}
	cluster := text(target, "Arn")
	l.may("ecs:RunTask", text(definition, "taskDefinitionArn"), map[string]string{"ecs:cluster": cluster})
	if task["PropagateTags"] != nil || task["Tags"] != nil || task["EnableECSManagedTags"] == true {
		l.may("ecs:TagResource", c.arn("ecs", "task/"+short(cluster)+"/x"), map[string]string{"ecs:CreateAction": "RunTask"})
	}
	for _, field := range []string{"executionRoleArn", "taskRoleArn"} {
		if arn := text(definition, field); arn != "" {
			l.may("iam:PassRole", arn, map[string]string{"iam:PassedToService": "ecs-tasks.amazonaws.com"})
		}
	}
	if letters, ok := target["DeadLetterConfig"].(doc); ok {
		l.may("sqs:SendMessage", text(letters, "Arn"), nil)
	}
	return l.told
}
