package aws_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"prosa/internal/sandbox/aws"
)

// bench is a network with two public subnets, and a way to name what was made.
type bench struct {
	*cloud
	t     *testing.T
	known map[string]string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{cloud: newCloud(t), t: t, known: map[string]string{}}
	b.form("ec2", 200, "Action=CreateVpc&CidrBlock=10.16.0.0/18", "vpc", "vpcId")
	b.form("ec2", 200, "Action=CreateInternetGateway", "gateway", "internetGatewayId")
	b.form("ec2", 200, "Action=AttachInternetGateway&VpcId={vpc}&InternetGatewayId={gateway}", "", "")
	b.form("ec2", 200, "Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.16.0.0/24&AvailabilityZone=sa-east-1a", "a", "subnetId")
	b.form("ec2", 200, "Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.16.1.0/24&AvailabilityZone=sa-east-1b", "b", "subnetId")
	b.form("ec2", 200, "Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.16.2.0/24&AvailabilityZone=sa-east-1a", "a2", "subnetId")
	b.form("ec2", 200, "Action=CreateSecurityGroup&VpcId={vpc}&GroupName=edge&GroupDescription=d", "group", "groupId")
	b.form("ec2", 200, "Action=CreateVpc&CidrBlock=10.20.0.0/18", "other", "vpcId")
	return b
}

func (b *bench) fill(text string) string {
	for name, value := range b.known {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

// form makes a call of the Query protocol and keeps what stands in an element of
// the answer under a name.
func (b *bench) form(service string, status int, form, name, from string) string {
	b.t.Helper()
	got, answer := b.query(b.t, dev, service, b.fill(form))
	if got != status {
		b.t.Fatalf("%s %s: %d %s, want %d", service, form, got, answer, status)
	}
	if name != "" {
		_, rest, _ := strings.Cut(answer, "<"+from+">")
		b.known[name], _, _ = strings.Cut(rest, "<")
	}
	return answer
}

func (b *bench) balance(form string) string { return b.form("elasticloadbalancing", 200, form, "", "") }

func (b *bench) refused(code, form string) {
	b.t.Helper()
	if answer := b.form("elasticloadbalancing", 400, form, "", ""); !strings.Contains(answer, "<Code>"+code+"</Code>") {
		b.t.Errorf("%s is answered with %s, want %s", form, answer, code)
	}
}

const subnets = "&Subnets.member.1={a}&Subnets.member.2={b}"

// door makes a balancer and a group of targets.
func (b *bench) door() {
	b.t.Helper()
	b.form("elasticloadbalancing", 200, "Action=CreateLoadBalancer&Name=massivo-dev&SecurityGroups.member.1={group}"+subnets, "balancer", "LoadBalancerArn")
	b.form("elasticloadbalancing", 200, "Action=CreateTargetGroup&Name=api&VpcId={vpc}&TargetType=ip&Protocol=HTTP&Port=8080", "targets", "TargetGroupArn")
}

func TestABalancerStandsInTwoZonesOfANetworkWithAWayOut(t *testing.T) {
	b := newBench(t)
	b.refused("ValidationError", "Action=CreateLoadBalancer&Name=the-name-of-this-balancer-is-too-long"+subnets)
	b.refused("ValidationError", "Action=CreateLoadBalancer&Name=x&Subnets.member.1={a}")
	b.refused("InvalidConfigurationRequest", "Action=CreateLoadBalancer&Name=x&Subnets.member.1={a}&Subnets.member.2={a2}")
	b.refused("SubnetNotFound", "Action=CreateLoadBalancer&Name=x&Subnets.member.1={a}&Subnets.member.2=subnet-none")
	b.refused("InvalidSecurityGroup", "Action=CreateLoadBalancer&Name=x&SecurityGroups.member.1=sg-none"+subnets)
	b.door()
	b.refused("DuplicateLoadBalancerName", "Action=CreateLoadBalancer&Name=massivo-dev"+subnets)
	b.refused("LoadBalancerNotFound", "Action=DescribeLoadBalancers&Names.member.1=nobody")
	b.refused("ValidationError", "Action=ModifyLoadBalancerAttributes&LoadBalancerArn={balancer}&Attributes.member.1.Key=idle.timeout&Attributes.member.1.Value=1")
	b.balance("Action=ModifyLoadBalancerAttributes&LoadBalancerArn={balancer}&Attributes.member.1.Key=deletion_protection.enabled&Attributes.member.1.Value=true")
	b.refused("OperationNotPermitted", "Action=DeleteLoadBalancer&LoadBalancerArn={balancer}")
	b.balance("Action=AddTags&ResourceArns.member.1={balancer}&Tags.member.1.Key=owner&Tags.member.1.Value=plataforma")
	if told := b.balance("Action=DescribeTags&ResourceArns.member.1={balancer}"); !strings.Contains(told, "plataforma") {
		t.Errorf("tags are told as %s", told)
	}
	b.form("ec2", 200, "Action=DetachInternetGateway&VpcId={vpc}&InternetGatewayId={gateway}", "", "")
	b.refused("InvalidSubnet", "Action=CreateLoadBalancer&Name=y"+subnets)
}

// TestABalancersLogGoesWhereItMayWrite refuses a bucket whose policy does not let
// the region's balancers in, and one that is sealed by a key they cannot use.
func TestABalancersLogGoesWhereItMayWrite(t *testing.T) {
	b := newBench(t)
	b.door()
	b.MakeBucket(dev, "logs")
	on := "Action=ModifyLoadBalancerAttributes&LoadBalancerArn={balancer}&Attributes.member.1.Key=access_logs.s3.enabled&Attributes.member.1.Value=true&Attributes.member.2.Key=access_logs.s3.bucket&Attributes.member.2.Value=logs"
	put := func(what, body string) {
		if status, answer := b.call(t, dev, "s3", "PUT", "/logs?"+what, "", body, nil); status != 200 {
			t.Fatal(answer)
		}
	}
	let := func(resource string) {
		put("policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::507241528517:root"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/`+resource+`/*"}]}`)
	}
	b.refused("InvalidConfigurationRequest", on)
	let("AWSLogs/" + prod)
	b.refused("InvalidConfigurationRequest", on)
	let("AWSLogs/" + dev)
	put("encryption", "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>")
	b.refused("InvalidConfigurationRequest", on)
	put("encryption", "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>")
	b.balance(on)
	if _, ok := b.Object("logs", "AWSLogs/"+dev+"/ELBAccessLogTestFile"); !ok {
		t.Error("the trial object was not written")
	}
}

func TestANameStandsForABalancerThatIsThere(t *testing.T) {
	b := newBench(t)
	b.form("elasticloadbalancing", 200, "Action=CreateLoadBalancer&Name=massivo-dev"+subnets, "host", "DNSName")
	b.MakeZone(prod, "Z1", "prosa.example") // names of one account may lie in another's zone
	for host, want := range map[string]int{b.known["host"]: 200, "nobody-00000001.sa-east-1.elb.amazonaws.com": 400} {
		body := "<R><ChangeBatch><Changes><Change><Action>UPSERT</Action><ResourceRecordSet><Name>app.prosa.example</Name><Type>A</Type><AliasTarget><HostedZoneId>Z2P70J7HTTTPLU</HostedZoneId><DNSName>dualstack." + host + ".</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget></ResourceRecordSet></Change></Changes></ChangeBatch></R>"
		if status, answer := b.call(t, prod, "route53", "POST", "/2013-04-01/hostedzone/Z1/rrset", "text/xml", body, nil); status != want {
			t.Errorf("an alias for %s: %d %s", host, status, answer)
		}
	}
}

func TestRulesLeadToGroupsOfTheSameNetwork(t *testing.T) {
	b := newBench(t)
	b.door()
	b.refused("ValidationError", "Action=CreateTargetGroup&Name=slow&VpcId={vpc}&HealthCheckIntervalSeconds=5&HealthCheckTimeoutSeconds=5")
	b.form("elasticloadbalancing", 200, "Action=CreateTargetGroup&Name=far&VpcId={other}&TargetType=ip", "far", "TargetGroupArn")
	listen := "Action=CreateListener&LoadBalancerArn={balancer}&Protocol=HTTP&Port=80&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn="
	b.refused("ValidationError", listen+"{far}")
	b.refused("TargetGroupNotFound", listen+"nobody")
	b.form("elasticloadbalancing", 200, listen+"{targets}", "listener", "ListenerArn")
	b.refused("DuplicateListener", listen+"{targets}")
	b.refused("ResourceInUse", "Action=DeleteTargetGroup&TargetGroupArn={targets}")

	rule := "Action=CreateRule&ListenerArn={listener}&Priority=100&Actions.member.1.Type=forward&Actions.member.1.TargetGroupArn={targets}&Conditions.member.1.Field="
	hosts := ""
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		hosts += "&Conditions.member.1.HostHeaderConfig.Values.member." + n + "=h" + n + ".prosa.example"
	}
	b.refused("ValidationError", rule+"host-header"+hosts)
	b.refused("ValidationError", rule+"colour")
	b.form("elasticloadbalancing", 200, rule+"path-pattern&Conditions.member.1.PathPatternConfig.Values.member.1="+url.QueryEscape("/webhooks/*"), "rule", "RuleArn")
	b.refused("PriorityInUse", rule+"path-pattern&Conditions.member.1.PathPatternConfig.Values.member.1=x")
	fixed := "Action=CreateRule&ListenerArn={listener}&Priority=200&Conditions.member.1.Field=path-pattern&Conditions.member.1.PathPatternConfig.Values.member.1=x&Actions.member.1.Type=fixed-response&Actions.member.1.FixedResponseConfig.StatusCode=503&Actions.member.1.FixedResponseConfig.MessageBody="
	b.refused("ValidationError", fixed+strings.Repeat("x", 1025))
	b.form("elasticloadbalancing", 200, fixed+"off", "off", "RuleArn")
	b.refused("PriorityInUse", "Action=SetRulePriorities&RulePriorities.member.1.RuleArn={off}&RulePriorities.member.1.Priority=100")
	b.balance("Action=SetRulePriorities&RulePriorities.member.1.RuleArn={off}&RulePriorities.member.1.Priority=1")
	told := b.balance("Action=DescribeRules&ListenerArn={listener}")
	first, second, last := strings.Index(told, b.known["off"]), strings.Index(told, b.known["rule"]), strings.Index(told, "<Priority>default")
	if first < 0 || first > second || second > last || !strings.Contains(told, "<member>/webhooks/*</member>") {
		t.Errorf("rules are told as %s", told)
	}
	b.balance("Action=DeleteLoadBalancer&LoadBalancerArn={balancer}")
	b.refused("RuleNotFound", "Action=DescribeRules&RuleArns.member.1={rule}")
	b.balance("Action=DeleteTargetGroup&TargetGroupArn={targets}")
}

// TestAListenerTakesACertificateThatWasIssued follows a certificate from the
// request over its proof to the listener, and what keeps it from being issued.
func TestAListenerTakesACertificateThatWasIssued(t *testing.T) {
	b := newBench(t)
	b.door()
	b.MakeZone(prod, "Z1", "prosa.example")
	ask := func(action, body string) map[string]any {
		t.Helper()
		status, answer := b.json(t, dev, "acm", action, body)
		if status != 200 {
			t.Fatalf("%s: %s", action, answer)
		}
		var read map[string]any
		if err := json.Unmarshal([]byte(answer), &read); err != nil {
			t.Fatal(err)
		}
		return read
	}
	record := func(account, kind, name, value string) {
		t.Helper()
		body := "<R><ChangeBatch><Changes><Change><Action>UPSERT</Action><ResourceRecordSet><Name>" + name + "</Name><Type>" + kind + "</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>" + value + "</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></R>"
		if status, answer := b.call(t, account, "route53", "POST", "/2013-04-01/hostedzone/Z1/rrset", "text/xml", body, nil); status != 200 {
			t.Fatal(answer)
		}
	}
	request := `{"DomainName":"app.prosa.example","SubjectAlternativeNames":["*.app.prosa.example"],"ValidationMethod":"DNS","KeyAlgorithm":"EC_prime256v1"}`
	for _, caa := range []struct{ value, status string }{{`0 issue "other.example"`, "FAILED"}, {`0 issue "amazon.com"`, "ISSUED"}} {
		b.known["certificate"], _ = ask("RequestCertificate", request)["CertificateArn"].(string)
		about := func() map[string]any {
			read, _ := ask("DescribeCertificate", `{"CertificateArn":"`+b.known["certificate"]+`"}`)["Certificate"].(map[string]any)
			return read
		}
		if caa.status == "FAILED" { // the first: nothing is proved yet
			if got := about()["Status"]; got != "PENDING_VALIDATION" {
				t.Errorf("without its proof the certificate is %s", got)
			}
			b.refused("UnsupportedCertificate", "Action=CreateListener&LoadBalancerArn={balancer}&Protocol=HTTPS&Port=443&Certificates.member.1.CertificateArn={certificate}")
		}
		record(prod, "CAA", "prosa.example", caa.value)
		proof := about()["DomainValidationOptions"].([]any)[0].(map[string]any)["ResourceRecord"].(map[string]any)
		record(prod, "CNAME", proof["Name"].(string), proof["Value"].(string))
		if got := about()["Status"]; got != caa.status {
			t.Errorf("with %s the certificate is %s", caa.value, got)
		}
	}
	listen := "Action=CreateListener&LoadBalancerArn={balancer}&Protocol=HTTPS&Port=443&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={targets}&SslPolicy="
	b.refused("ValidationError", listen)
	b.refused("CertificateNotFound", listen+"&Certificates.member.1.CertificateArn=arn:aws:acm:sa-east-1:"+prod+":certificate/1")
	b.refused("SSLPolicyNotFound", listen+"ELBSecurityPolicy-None&Certificates.member.1.CertificateArn={certificate}")
	b.balance(listen + "ELBSecurityPolicy-TLS13-1-2-2021-06&Certificates.member.1.CertificateArn={certificate}")
	if status, answer := b.json(t, dev, "acm", "DeleteCertificate", b.fill(`{"CertificateArn":"{certificate}"}`)); status != 400 || !strings.Contains(answer, "ResourceInUseException") {
		t.Errorf("a certificate that is shown was removed: %d %s", status, answer)
	}
	for name, body := range map[string]string{"a name": `{"DomainName":"app_prosa","ValidationMethod":"DNS"}`, "a long name": `{"DomainName":"` + strings.Repeat("a.", 32) + `prosa.example","ValidationMethod":"DNS"}`} {
		if status, _ := b.json(t, dev, "acm", "RequestCertificate", body); status != 400 {
			t.Errorf("%s that is none is certified", name)
		}
	}
}

func TestAFirewallGuardsABalancer(t *testing.T) {
	b := newBench(t)
	b.door()
	visible := `"VisibilityConfig":{"SampledRequestsEnabled":true,"CloudWatchMetricsEnabled":true,"MetricName":"m"}`
	group := `{"Name":"common","Priority":10,` + visible + `,"OverrideAction":{"None":{}},"Statement":{"ManagedRuleGroupStatement":{"VendorName":"AWS","Name":"AWSManagedRulesCommonRuleSet"}}}`
	list := func(rules string) string {
		return `{"Name":"massivo-dev-edge","Scope":"REGIONAL","DefaultAction":{"Allow":{}},` + visible + `,"Rules":[` + rules + `]}`
	}
	var list1 struct {
		Summary struct{ ID, ARN, LockToken string }
	} //nolint:revive // as the vendor writes it
	for _, bad := range []string{
		group + "," + group,
		strings.Replace(group, `"OverrideAction"`, `"Action"`, 1),
		strings.Replace(group, "CommonRuleSet", "NoRuleSet", 1),
		strings.Replace(group, `"MetricName":"m"`, `"MetricName":"m m"`, 1),
		`{"Name":"rate","Priority":1,` + visible + `,"Action":{"Block":{}},"Statement":{"RateBasedStatement":{"Limit":3000,"AggregateKeyType":"IP","EvaluationWindowSec":90}}}`,
	} {
		if status, answer := b.json(t, dev, "wafv2", "CreateWebACL", list(bad)); status != 400 || !strings.Contains(answer, "WAFInvalidParameterException") {
			t.Errorf("%s is answered with %d %s", bad, status, answer)
		}
	}
	status, answer := b.json(t, dev, "wafv2", "CreateWebACL", list(group))
	if err := json.Unmarshal([]byte(answer), &list1); status != 200 || err != nil {
		t.Fatal(answer)
	}
	one := list1.Summary
	b.tell(t, dev, []step{
		{"wafv2", "GetWebACL", `{"Name":"other","Id":"` + one.ID + `","Scope":"REGIONAL"}`, 400, []string{"WAFNonexistentItemException"}},
		{"wafv2", "GetWebACL", `{"Name":"massivo-dev-edge","Id":"` + one.ID + `","Scope":"REGIONAL"}`, 0, []string{`"Capacity":700`, "AWSManagedRulesCommonRuleSet"}},
		{"wafv2", "AssociateWebACL", `{"WebACLArn":"` + one.ARN + `","ResourceArn":"nobody"}`, 400, []string{"WAFUnavailableEntityException"}},
		{"wafv2", "AssociateWebACL", `{"WebACLArn":"` + one.ARN + `","ResourceArn":"` + b.known["balancer"] + `"}`, 0, nil},
		{"wafv2", "GetWebACLForResource", `{"ResourceArn":"` + b.known["balancer"] + `"}`, 0, []string{one.ARN}},
		{"wafv2", "DeleteWebACL", `{"Name":"massivo-dev-edge","Id":"` + one.ID + `","LockToken":"` + one.LockToken + `"}`, 400, []string{"WAFAssociatedItemException"}},
		{"wafv2", "DeleteWebACL", `{"Name":"massivo-dev-edge","Id":"` + one.ID + `","LockToken":"x"}`, 400, []string{"WAFOptimisticLockException"}},
		{"logs", "CreateLogGroup", `{"logGroupName":"aws-waf-logs-x"}`, 0, nil},
		{"logs", "CreateLogGroup", `{"logGroupName":"waf"}`, 0, nil},
		{"wafv2", "GetLoggingConfiguration", `{"ResourceArn":"` + one.ARN + `"}`, 400, []string{"WAFNonexistentItemException"}},
		{"wafv2", "PutLoggingConfiguration", `{"LoggingConfiguration":{"ResourceArn":"` + one.ARN + `","LogDestinationConfigs":["arn:aws:logs:` + aws.Region + `:` + dev + `:log-group:waf"]}}`, 400, []string{"LOG_DESTINATION"}},
		{"wafv2", "PutLoggingConfiguration", `{"LoggingConfiguration":{"ResourceArn":"` + one.ARN + `","LogDestinationConfigs":["arn:aws:logs:` + aws.Region + `:` + dev + `:log-group:aws-waf-logs-x"]}}`, 0, nil},
		{"wafv2", "GetLoggingConfiguration", `{"ResourceArn":"` + one.ARN + `"}`, 0, []string{"aws-waf-logs-x"}},
	})
}
