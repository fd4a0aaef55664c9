package aws_test

import "testing"

func TestAServiceGrowsByARule(t *testing.T) {
	const scaled = `"ServiceNamespace":"ecs","ResourceId":"service/massivo-prod/massivo-prod-api","ScalableDimension":"ecs:service:DesiredCount"`
	const policy = `{` + scaled + `,"PolicyName":"cpu","PolicyType":"TargetTrackingScaling","TargetTrackingScalingPolicyConfiguration":{"TargetValue":60,"PredefinedMetricSpecification":{"PredefinedMetricType":"ECSServiceAverageCPUUtilization"}}}`
	const service = "application-autoscaling"
	newCloud(t).tell(t, prod, []step{
		{service, "RegisterScalableTarget", `{` + scaled + `,"MinCapacity":2,"MaxCapacity":6}`, 400, []string{"ECS service doesn't exist"}},
		{"ecs", "CreateCluster", `{"clusterName":"massivo-prod"}`, 0, nil},
		{"ecs", "RegisterTaskDefinition", `{"family":"x","containerDefinitions":[{"name":"api"}]}`, 0, nil},
		{"ecs", "CreateService", `{"cluster":"massivo-prod","serviceName":"massivo-prod-api","taskDefinition":"x","desiredCount":2}`, 0, nil},
		{service, "PutScalingPolicy", policy, 400, []string{"ObjectNotFoundException"}},
		{service, "RegisterScalableTarget", `{` + scaled + `,"MinCapacity":6,"MaxCapacity":2}`, 400, []string{"Maximum capacity"}},
		{service, "RegisterScalableTarget", `{` + scaled + `,"MinCapacity":2,"MaxCapacity":6,"Tags":{"owner":"plataforma"}}`, 0, []string{"scalable-target/"}},
		{service, "DescribeScalableTargets", `{"ServiceNamespace":"ecs","ResourceIds":["service/massivo-prod/massivo-prod-api"]}`, 0, []string{`"MaxCapacity":6`, "AWSServiceRoleForApplicationAutoScaling_ECSService"}},
		{service, "DescribeScalableTargets", `{"ServiceNamespace":"ecs","ResourceIds":["service/other"]}`, 0, []string{`[]`}},
		{service, "PutScalingPolicy", `{` + scaled + `,"PolicyName":"cpu","PolicyType":"TargetTrackingScaling"}`, 400, []string{"needs one metric"}},
		{service, "PutScalingPolicy", policy, 0, []string{"AlarmHigh", "policyName/cpu"}},
		{service, "DescribeScalingPolicies", `{"ServiceNamespace":"ecs","PolicyNames":["cpu"]}`, 0, []string{`"TargetValue":60`, "AlarmLow"}},
		{service, "DeregisterScalableTarget", `{` + scaled + `}`, 0, nil},
		{service, "DescribeScalingPolicies", `{"ServiceNamespace":"ecs"}`, 0, []string{`[]`}},
		{service, "DeleteScalingPolicy", `{` + scaled + `,"PolicyName":"cpu"}`, 400, []string{"ObjectNotFoundException"}},
	})
}
