package aws_test

import (
	"net/http"
	"strings"
	"testing"
)

// trusting is a trust policy for one of the vendor's services, escaped for a form.
func trusting(service string) string {
	return `%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22` + service +
		`%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D`
}

// network draws what tasks stand in.
var network = []step{
	{"ec2", "Action=CreateVpc&CidrBlock=10.16.0.0/18", "", 0, nil},
	{"ec2", "Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.16.0.0/24&AvailabilityZone=sa-east-1a", "", 0, nil},
	{"ec2", "Action=CreateSecurityGroup&VpcId={vpc}&GroupName=runtime&GroupDescription=d", "", 0, nil},
}

// task writes a task definition of Fargate, with more fields put before its
// container's own.
func task(container string, fields ...string) string {
	return `{"family":"massivo-dev-api","requiresCompatibilities":["FARGATE"],"networkMode":"awsvpc","cpu":"256","memory":"512","volumes":[{"name":"scratch"}],` +
		`"executionRoleArn":"arn:aws:iam::` + dev + `:role/start","tags":[{"key":"owner","value":"plataforma"}],` + strings.Join(append(fields, ""), ",") +
		`"containerDefinitions":[{` + container + `"name":"api","image":"x@sha256:1","portMappings":[{"containerPort":8080}]}]}`
}

func TestATaskIsRegisteredAsItCouldRun(t *testing.T) {
	const arn = "arn:aws:ecs:sa-east-1:" + dev + ":task-definition/massivo-dev-api"
	register := func(body string, status int, holds ...string) step {
		return step{"ecs", "RegisterTaskDefinition", body, status, holds}
	}
	newCloud(t).tell(t, dev, []step{
		register(task(""), 400, "Role is not valid"),
		{"iam", "Action=CreateRole&RoleName=start&AssumeRolePolicyDocument=" + trusting("ecs-tasks.amazonaws.com"), "", 0, nil},
		{"iam", "Action=CreateRole&RoleName=other&AssumeRolePolicyDocument=" + trusting("ec2.amazonaws.com"), "", 0, nil},
		register(task("", `"taskRoleArn":"arn:aws:iam::`+dev+`:role/other"`), 400, "Role is not valid"),
		register(strings.Replace(task(""), `"512"`, `"4096"`, 1), 400, "No Fargate configuration exists for given values: 256 CPU, 4096 memory"),
		register(strings.Replace(task(""), "awsvpc", "bridge", 1), 400, "only supports network mode 'awsvpc'"),
		register(strings.Replace(task(""), `"api",`, `"",`, 1), 400, "Container.name"),
		register(task(`"mountPoints":[{"sourceVolume":"other"}],`), 400, "Unknown volume 'other'"),
		register(task(`"environment":[{"name":"A"}],"secrets":[{"name":"A","valueFrom":"arn"}],`), 400, "must be unique"),
		register(task(`"stopTimeout":300,`), 400, "120 seconds"),
		register(task(`"privileged":true,`), 400, "privileged"),
		register(task(`"healthCheck":{"command":["CMD","/prosa"],"interval":1},`), 400, "interval must be between 5 and 300"),
		register(task(`"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/prosa"}},`), 400, "awslogs-stream-prefix"),
		register(`{"family":"massivo-dev-api"}`, 400, "Container list cannot be empty"),
		register(task(""), 0, `"hostPort":8080`, `"protocol":"tcp"`, `"host":{}`, arn+":1"),
		register(task(""), 0, arn+":2"),
		{"ecs", "DescribeTaskDefinition", `{"taskDefinition":"massivo-dev-api","include":["TAGS"]}`, 0, []string{arn + ":2", "plataforma"}},
		{"ecs", "DeregisterTaskDefinition", `{"taskDefinition":"` + arn + `:2"}`, 0, []string{`"INACTIVE"`}},
		{"ecs", "DescribeTaskDefinition", `{"taskDefinition":"massivo-dev-api"}`, 0, []string{arn + ":1"}},
		{"ecs", "DescribeTaskDefinition", `{"taskDefinition":"` + arn + `:2"}`, 0, []string{`"INACTIVE"`}},
		{"ecs", "CreateCluster", `{}`, 0, []string{"cluster/default"}},
		{"ecs", "RunTask", `{"taskDefinition":"` + arn + `:2","networkConfiguration":{}}`, 400, []string{"TaskDefinition is inactive"}},
		register(task(""), 0, arn+":3"),
		{"ecs", "DescribeTaskDefinition", `{"taskDefinition":"nobody"}`, 400, []string{"ClientException"}},
	})
}

func TestAServiceStandsInItsNetwork(t *testing.T) {
	c := newCloud(t)
	const cluster = "arn:aws:ecs:sa-east-1:" + dev + ":cluster/massivo-dev"
	service := func(fields, subnet string) string {
		return `{"cluster":"` + cluster + `","serviceName":"massivo-dev-api","taskDefinition":"massivo-dev-api:1","launchType":"FARGATE","desiredCount":1,` + fields +
			`"networkConfiguration":{"awsvpcConfiguration":{"subnets":["` + subnet + `"],"securityGroups":["{sg}"]}},"tags":[{"key":"owner","value":"plataforma"}]}`
	}
	const show = `{"cluster":"massivo-dev","services":["massivo-dev-api"],"include":["TAGS"]}`
	story := append(network,
		step{"iam", "Action=CreateRole&RoleName=start&AssumeRolePolicyDocument=" + trusting("ecs-tasks.amazonaws.com"), "", 0, nil},
		step{"ecs", "CreateCluster", `{"clusterName":"massivo-dev","tags":[{"key":"owner","value":"plataforma"}]}`, 0, nil},
		step{"ecs", "DescribeClusters", `{"clusters":["` + cluster + `","other"],"include":["TAGS","SETTINGS"]}`, 0, []string{"plataforma", "containerInsights", "MISSING"}},
		step{"ecs", "UpdateCluster", `{"cluster":"massivo-dev","settings":[{"name":"containerInsights","value":"enabled"}]}`, 0, []string{"enabled"}},
		step{"ecs", "RegisterTaskDefinition", task(""), 0, nil},
		step{"ecs", "CreateService", service("", "subnet-none"), 400, []string{"InvalidSubnetID.NotFound"}},
		step{"ecs", "CreateService", service(`"healthCheckGracePeriodSeconds":60,`, "{subnet}"), 400, []string{"Health check grace period is only valid"}},
		step{"ecs", "CreateService", service(`"loadBalancers":[{"targetGroupArn":"x","containerName":"other","containerPort":8080}],`, "{subnet}"), 400, []string{"container other does not exist"}},
		step{"ecs", "CreateService", service(`"loadBalancers":[{"targetGroupArn":"x","containerName":"api","containerPort":80}],`, "{subnet}"), 400, []string{"did not have a container port 80"}},
		step{"ecs", "CreateService", service(`"availabilityZoneRebalancing":"ENABLED","deploymentConfiguration":{"maximumPercent":100},`, "{subnet}"), 400, []string{"maximumPercent"}},
		step{"ecs", "CreateService", service("", "{subnet}"), 0, []string{`"platformVersion":"LATEST"`, `"REPLICA"`, "AWSServiceRoleForECS"}},
		step{"ecs", "DescribeServices", show, 0, []string{"plataforma", `"status":"ACTIVE"`, "{subnet}"}},
		step{"ecs", "TagResource", `{"resourceArn":"arn:aws:ecs:sa-east-1:` + dev + `:service/massivo-dev/massivo-dev-api","tags":[{"key":"owner","value":"vendas"}]}`, 0, nil},
		step{"ecs", "DescribeServices", show, 0, []string{"vendas"}},
		step{"ecs", "DeleteCluster", `{"cluster":"massivo-dev"}`, 400, []string{"ClusterContainsServicesException"}},
		step{"ecs", "DeleteService", `{"cluster":"massivo-dev","service":"massivo-dev-api"}`, 400, []string{"scaled above 0"}},
		step{"ecs", "UpdateService", `{"cluster":"massivo-dev","service":"massivo-dev-api","desiredCount":0}`, 0, nil},
		step{"ecs", "DeleteService", `{"cluster":"massivo-dev","service":"massivo-dev-api"}`, 0, []string{`"INACTIVE"`}},
		step{"ecs", "UpdateService", `{"cluster":"massivo-dev","service":"massivo-dev-api","desiredCount":1}`, 400, []string{"ServiceNotActiveException"}},
		step{"ecs", "DeleteCluster", `{"cluster":"massivo-dev"}`, 0, nil},
		step{"ecs", "DescribeServices", show, 400, []string{"ClusterNotFoundException"}})
	c.tell(t, dev, story)
	if status, text := c.json(t, prod, "ecs", "DescribeClusters", `{"clusters":["massivo-dev"]}`); status != http.StatusOK || strings.Contains(text, "ACTIVE") {
		t.Errorf("another account sees %s", text)
	}
}

func TestAServiceJoinsTargetsThatAListenerLeadsTo(t *testing.T) {
	b := newBench(t)
	b.door()
	b.form("elasticloadbalancing", 200, "Action=CreateTargetGroup&Name=machines&VpcId={vpc}&TargetType=instance&Protocol=HTTP&Port=8080", "machines", "TargetGroupArn")
	b.form("ec2", 200, "Action=CreateSubnet&VpcId={other}&CidrBlock=10.20.0.0/24&AvailabilityZone=sa-east-1a", "far", "subnetId")
	const arn = "arn:aws:elasticloadbalancing:sa-east-1:" + dev + ":targetgroup/none/1"
	joins := func(group, place string) string {
		return b.fill(`{"cluster":"massivo-dev","serviceName":"massivo-dev-api","taskDefinition":"massivo-dev-api","launchType":"FARGATE","desiredCount":1,` +
			`"loadBalancers":[{"targetGroupArn":"` + group + `","containerName":"api","containerPort":8080}],` +
			`"networkConfiguration":{"awsvpcConfiguration":{` + place + `}}}`)
	}
	const here, far, torn = `"subnets":["{a}"],"securityGroups":["{group}"]`, `"subnets":["{far}"]`, `"subnets":["{a}","{far}"]`
	b.tell(t, dev, []step{
		{"iam", "Action=CreateRole&RoleName=start&AssumeRolePolicyDocument=" + trusting("ecs-tasks.amazonaws.com"), "", 0, nil},
		{"ecs", "CreateCluster", `{"clusterName":"massivo-dev"}`, 0, nil},
		{"ecs", "RegisterTaskDefinition", task(""), 0, nil},
		{"ecs", "CreateService", joins(arn, here), 400, []string{"does not exist"}},
		{"ecs", "CreateService", joins("{machines}", here), 400, []string{"target type instance"}},
		{"ecs", "CreateService", joins("{targets}", here), 400, []string{"does not have an associated load balancer"}},
	})
	b.form("elasticloadbalancing", 200, "Action=CreateListener&LoadBalancerArn={balancer}&Protocol=HTTP&Port=80&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={targets}", "", "")
	b.tell(t, dev, []step{
		{"ecs", "CreateService", joins("{targets}", torn), 400, []string{"must stand in one VPC"}},
		{"ecs", "CreateService", joins("{targets}", far), 400, []string{"stands in"}},
		{"ecs", "CreateService", joins("{targets}", here), 0, []string{"massivo-dev-api"}},
	})
}
