package aws_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// wants asks until the answer holds a text; each step says how much later.
func (c *cloud) wants(t *testing.T, service, form string, status int, texts ...string) {
	t.Helper()
	code, body := c.query(t, dev, service, form)
	if code != status {
		t.Fatalf("%s: %d, want %d: %s", form, code, status, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Fatalf("%s: %q is not in %s", form, text, body)
		}
	}
}

func (c *cloud) later(length time.Duration) { c.now = c.now.Add(length) }

func TestADatabaseTakesItsTime(t *testing.T) {
	c := newCloud(t)
	const db, show = "DBInstanceIdentifier=massivo-dev-db", "Action=DescribeDBInstances&DBInstanceIdentifier=massivo-dev-db"
	state := func(word string) {
		t.Helper()
		c.wants(t, "rds", show, http.StatusOK, "<DBInstanceStatus>"+word+"</DBInstanceStatus>")
	}
	c.wants(t, "rds", show, http.StatusNotFound, "DBInstanceNotFound")
	c.wants(t, "rds", "Action=CreateDBInstance&Engine=postgres&DBInstanceClass=db.t4g.micro&"+db, http.StatusOK)
	c.wants(t, "rds", "Action=CreateDBInstance&Engine=postgres&DBInstanceClass=db.t4g.micro&"+db, http.StatusBadRequest, "DBInstanceAlreadyExists")
	c.wants(t, "rds", "Action=CreateDBInstance&Engine=postgres&"+db, http.StatusBadRequest, "DBInstanceClass")
	state("creating")
	c.wants(t, "rds", "Action=StopDBInstance&"+db, http.StatusBadRequest, "InvalidDBInstanceState")
	c.later(6 * time.Minute)
	state("available")
	c.wants(t, "rds", "Action=StartDBInstance&"+db, http.StatusBadRequest, "InvalidDBInstanceState")
	c.BackUp(dev, "massivo-dev-db", 10*time.Minute)
	state("backing-up")
	c.wants(t, "rds", "Action=StopDBInstance&"+db, http.StatusBadRequest, "not in available state")
	c.later(10 * time.Minute)
	c.Throttle(dev, "rds:StopDBInstance", 1)
	c.wants(t, "rds", "Action=StopDBInstance&"+db, http.StatusBadRequest, "ThrottlingException")
	c.wants(t, "rds", "Action=StopDBInstance&"+db, http.StatusOK, "stopping")
	c.later(4 * time.Minute)
	state("stopped")
	// Seven days later it comes back by itself, and says so.
	c.later(7*24*time.Hour - time.Second)
	state("stopped")
	c.later(time.Second)
	state("starting")
	c.wants(t, "rds", "Action=DescribeEvents&Duration=60&SourceIdentifier=massivo-dev-db", http.StatusOK, "exceeding the maximum allowed time being stopped")
	c.later(6 * time.Minute)
	state("available")
	c.later(2 * time.Hour)
	code, body := c.query(t, dev, "rds", "Action=DescribeEvents&Duration=60&SourceIdentifier=massivo-dev-db")
	if code != http.StatusOK || strings.Contains(body, "exceeding") {
		t.Errorf("an old event is told: %s", body)
	}
	c.wants(t, "rds", "Action=DescribeEvents&Duration=30000", http.StatusBadRequest, "14 days")
	// Another account sees nothing of it.
	if _, body := c.query(t, prod, "rds", "Action=DescribeDBInstances"); strings.Contains(body, "massivo-dev-db") {
		t.Error("accounts are not apart")
	}
}

func TestMachinesOfAGroup(t *testing.T) {
	c := newCloud(t)
	const name, show = "AutoScalingGroupName=massivo-dev-nats-1", "Action=DescribeAutoScalingGroups&AutoScalingGroupNames.member.1=massivo-dev-nats-1"
	c.wants(t, "autoscaling", "Action=SetDesiredCapacity&DesiredCapacity=1&"+name, http.StatusBadRequest, "not found")
	c.wants(t, "autoscaling", "Action=CreateAutoScalingGroup&MinSize=0&MaxSize=1&DesiredCapacity=1&"+name, http.StatusOK)
	c.wants(t, "autoscaling", show, http.StatusOK, "Pending", "<DesiredCapacity>1<")
	c.later(90 * time.Second)
	c.wants(t, "autoscaling", show, http.StatusOK, "InService")
	c.wants(t, "autoscaling", "Action=SetDesiredCapacity&DesiredCapacity=2&"+name, http.StatusBadRequest, "between the limits")
	c.wants(t, "autoscaling", "Action=SetDesiredCapacity&DesiredCapacity=0&"+name, http.StatusOK)
	c.wants(t, "autoscaling", show, http.StatusOK, "Terminating", "<DesiredCapacity>0<")
	c.later(time.Minute)
	if _, body := c.query(t, dev, "autoscaling", show); strings.Contains(body, "InstanceId") {
		t.Errorf("a machine is left: %s", body)
	}
	if _, body := c.query(t, dev, "autoscaling", "Action=DescribeAutoScalingGroups&AutoScalingGroupNames.member.1=other"); strings.Contains(body, "massivo-dev-nats-1") {
		t.Errorf("unasked: %s", body)
	}
}

func TestServicesAndTasks(t *testing.T) {
	c := newCloud(t)
	wants := func(action, body string, status int, texts ...string) string {
		t.Helper()
		code, answer := c.json(t, dev, "ecs", action, body)
		if code != status {
			t.Fatalf("%s: %d: %s", action, code, answer)
		}
		for _, text := range texts {
			if !strings.Contains(answer, text) {
				t.Fatalf("%s: %q is not in %s", action, text, answer)
			}
		}
		return answer
	}
	const show = `{"cluster":"massivo-dev","services":["massivo-dev-api"]}`
	wants("DescribeServices", show, http.StatusBadRequest, "ClusterNotFound")
	wants("CreateCluster", `{"clusterName":"massivo-dev"}`, http.StatusOK, "ACTIVE")
	wants("DescribeServices", show, http.StatusOK, "MISSING")
	wants("RunTask", `{"cluster":"massivo-dev","taskDefinition":"massivo-dev-migrate","networkConfiguration":{}}`, http.StatusBadRequest, "TaskDefinition not found")
	const definition = `{"family":"massivo-dev-migrate","containerDefinitions":[{"name":"migrate"}]}`
	wants("RegisterTaskDefinition", definition, http.StatusOK, "massivo-dev-migrate:1")
	wants("RegisterTaskDefinition", definition, http.StatusOK, "massivo-dev-migrate:2")
	wants("CreateService", `{"cluster":"massivo-dev","serviceName":"massivo-dev-api","desiredCount":2,"taskDefinition":"x"}`, http.StatusBadRequest, "TaskDefinition not found")
	const service = `{"cluster":"massivo-dev","serviceName":"massivo-dev-api","desiredCount":2,"taskDefinition":"massivo-dev-migrate"}`
	wants("CreateService", service, http.StatusOK, `"runningCount":0`, `"pendingCount":2`, "massivo-dev-migrate:2")
	wants("CreateService", service, http.StatusBadRequest, "not idempotent")
	c.later(40 * time.Second)
	wants("DescribeServices", show, http.StatusOK, `"runningCount":2`, "COMPLETED")
	wants("UpdateService", `{"cluster":"massivo-dev","service":"massivo-dev-api","desiredCount":0}`, http.StatusOK, `"runningCount":2`, `"desiredCount":0`)
	wants("UpdateService", `{"cluster":"massivo-dev","service":"other","desiredCount":0}`, http.StatusBadRequest, "ServiceNotFound")
	c.later(30 * time.Second)
	wants("DescribeServices", show, http.StatusOK, `"runningCount":0`)

	c.NeedsDatabase(dev, "massivo-dev-migrate", "massivo-dev-db")
	run := `{"cluster":"massivo-dev","taskDefinition":"massivo-dev-migrate","clientToken":"one","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-a"]}}}`
	wants("RunTask", `{"cluster":"massivo-dev","taskDefinition":"massivo-dev-migrate"}`, http.StatusBadRequest, "Network Configuration")
	first := wants("RunTask", run, http.StatusOK, "PROVISIONING")
	if again := wants("RunTask", run, http.StatusOK); again != first {
		t.Error("one token ran twice")
	}
	_, arn, _ := strings.Cut(first, `"taskArn":"`)
	arn, _, _ = strings.Cut(arn, `"`)
	c.later(time.Minute)
	wants("DescribeTasks", `{"cluster":"massivo-dev","tasks":["`+arn+`"]}`, http.StatusOK, "STOPPED", `"exitCode":1`)
	wants("DescribeTasks", `{"cluster":"massivo-dev","tasks":["none"]}`, http.StatusOK, "MISSING")
}
