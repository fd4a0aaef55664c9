package aws_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// step is one call of a story and what its answer must hold.
type step struct {
	service, call string // "ecr CreateRepository", or a form for Query and EC2
	body          string
	status        int
	holds         []string
}

// tell plays a story in an account. A name in braces is filled from an earlier
// answer: {vpc} is the first vpc-... that was told, {vpc2} the next.
func (c *cloud) tell(t *testing.T, account string, steps []step) {
	t.Helper()
	known := map[string]string{}
	fill := func(text string) string {
		for name, value := range known {
			text = strings.ReplaceAll(text, "{"+name+"}", value)
		}
		return text
	}
	identifier := regexp.MustCompile(`\b(vpc|subnet|rtb|igw|nat|eipalloc|sg|vpce|fl|vol|lt)-[0-9a-f]{10,}|key/([0-9-]{20,})|hostedzone/(Z\d+)`)
	for _, s := range steps {
		var status int
		var text string
		if strings.HasPrefix(s.call, "Action=") {
			status, text = c.query(t, account, s.service, fill(s.call))
		} else {
			status, text = c.json(t, account, s.service, s.call, fill(s.body))
		}
		if s.status == 0 {
			s.status = http.StatusOK
		}
		if status != s.status {
			t.Fatalf("%s %s: %d %s, want %d", s.service, s.call, status, text, s.status)
		}
		for _, want := range s.holds {
			if !strings.Contains(text, fill(want)) {
				t.Errorf("%s %s: %q is missing in %s", s.service, s.call, fill(want), text)
			}
		}
		for _, match := range identifier.FindAllStringSubmatch(text, -1) {
			kind, value := match[1], match[0]
			switch {
			case match[2] != "":
				kind, value = "key", match[2]
			case match[3] != "":
				kind, value = "zone", match[3]
			}
			for name, n := kind, 2; ; name, n = kind+strconv.Itoa(n), n+1 {
				if known[name] == "" {
					known[name] = value
				}
				if known[name] == value {
					break
				}
			}
		}
	}
}

func TestBudgetsAndTheBill(t *testing.T) {
	notification := `{"NotificationType":"ACTUAL","ComparisonOperator":"GREATER_THAN","Threshold":50,"ThresholdType":"PERCENTAGE"}`
	newCloud(t).tell(t, dev, []step{
		{"budgets", "CreateBudget", `{"AccountId":"` + prod + `","Budget":{"BudgetName":"b"}}`, 400, []string{"AccessDenied"}},
		{"budgets", "CreateBudget", `{"AccountId":"` + dev + `","Budget":{"BudgetName":"b","BudgetLimit":{"Amount":"250.0","Unit":"USD"}}}`, 0, nil},
		{"budgets", "CreateNotification", `{"AccountId":"` + dev + `","BudgetName":"b","Notification":` + notification + `,"Subscribers":[{"Address":"a@prosa.example","SubscriptionType":"EMAIL"}]}`, 0, nil},
		{"budgets", "DescribeBudget", `{"AccountId":"` + dev + `","BudgetName":"b"}`, 0, []string{"250.0", "TimePeriod"}},
		{"budgets", "DescribeNotificationsForBudget", `{"AccountId":"` + dev + `","BudgetName":"b"}`, 0, []string{"ACTUAL"}},
		{"budgets", "DescribeSubscribersForNotification", `{"AccountId":"` + dev + `","BudgetName":"b","Notification":` + notification + `}`, 0, []string{"a@prosa.example"}},
		{"budgets", "DeleteBudget", `{"AccountId":"` + dev + `","BudgetName":"b"}`, 0, nil},
		{"budgets", "DescribeBudget", `{"AccountId":"` + dev + `","BudgetName":"b"}`, 400, []string{"NotFoundException"}},
		{"ce", "UpdateCostAllocationTagsStatus", `{"CostAllocationTagsStatus":[{"TagKey":"owner","Status":"Active"}]}`, 0, nil},
		{"ce", "ListCostAllocationTags", `{"TagKeys":["owner","other"]}`, 0, []string{`"Active"`}},
		{"ce", "CreateAnomalyMonitor", `{"AnomalyMonitor":{"MonitorName":"m"}}`, 0, []string{"anomalymonitor"}},
		{"ce", "GetAnomalyMonitors", `{"MonitorArnList":["arn:aws:ce::` + dev + `:anomalymonitor/nobody"]}`, 0, []string{`"AnomalyMonitors":[]`}},
		{"bcm-data-exports", "CreateExport", `{"Export":{"Name":"focus"}}`, 0, []string{"export/focus"}},
		{"bcm-data-exports", "GetExport", `{"ExportArn":"nobody"}`, 404, []string{"ResourceNotFoundException"}},
	})
}

func TestANetworkStandsAsItWasDrawn(t *testing.T) {
	newCloud(t).tell(t, dev, []step{
		{"ec2", "Action=CreateVpc&CidrBlock=10.0.0.0/8", "", 400, []string{"InvalidVpc.Range"}},
		{"ec2", "Action=CreateVpc&CidrBlock=10.16.0.0/18&TagSpecification.1.ResourceType=vpc&TagSpecification.1.Tag.1.Key=owner&TagSpecification.1.Tag.1.Value=p", "", 0, []string{"<key>owner</key>"}},
		{"ec2", "Action=ModifyVpcAttribute&VpcId={vpc}&EnableDnsHostnames.Value=true", "", 0, nil},
		{"ec2", "Action=DescribeVpcAttribute&VpcId={vpc}&Attribute=enableDnsHostnames", "", 0, []string{"<value>true</value>"}},
		{"ec2", "Action=DescribeRouteTables&Filter.1.Name=vpc-id&Filter.1.Value.1={vpc}&Filter.2.Name=association.main&Filter.2.Value.1=true", "", 0, []string{"<main>true</main>", "local"}},
		{"ec2", "Action=DescribeSecurityGroups&Filter.1.Name=group-name&Filter.1.Value.1=default", "", 0, []string{"default VPC security group", "0.0.0.0/0"}},
		{"ec2", "Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.99.0.0/24&AvailabilityZone=sa-east-1a", "", 400, []string{"InvalidSubnet.Range"}},
		{"ec2", "Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.16.0.0/24&AvailabilityZone=sa-east-1a", "", 0, []string{"10.16.0.0/24"}},
		{"ec2", "Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.16.0.0/25&AvailabilityZone=sa-east-1a", "", 400, []string{"InvalidSubnet.Conflict"}},
		{"ec2", "Action=AllocateAddress&Domain=vpc", "", 0, []string{"203.0.113"}},
		{"ec2", "Action=CreateNatGateway&SubnetId={subnet}&AllocationId={eipalloc}", "", 0, []string{"available"}},
		{"ec2", "Action=CreateRoute&RouteTableId={rtb}&DestinationCidrBlock=0.0.0.0/0&NatGatewayId={nat}", "", 0, nil},
		{"ec2", "Action=CreateRoute&RouteTableId={rtb}&DestinationCidrBlock=0.0.0.0/0&NatGatewayId={nat}", "", 400, []string{"RouteAlreadyExists"}},
		{"ec2", "Action=AssociateRouteTable&RouteTableId={rtb}&SubnetId={subnet}", "", 0, []string{"rtbassoc-"}},
		{"ec2", "Action=DescribeRouteTables&Filter.1.Name=association.subnet-id&Filter.1.Value.1={subnet}", "", 0, []string{"{nat}", "{subnet}"}},
		{"ec2", "Action=DescribeSubnets&SubnetId.1=subnet-none", "", 400, []string{"InvalidSubnetID.NotFound"}},
	})
}

func TestAGroupLetsInWhatItSays(t *testing.T) {
	newCloud(t).tell(t, dev, []step{
		{"ec2", "Action=CreateVpc&CidrBlock=10.16.0.0/18", "", 0, nil},
		{"ec2", "Action=CreateSecurityGroup&VpcId={vpc}&GroupName=db&GroupDescription=d", "", 0, nil},
		{"ec2", "Action=CreateSecurityGroup&VpcId={vpc}&GroupName=db&GroupDescription=d", "", 400, []string{"InvalidGroup.Duplicate"}},
		{"ec2", "Action=AuthorizeSecurityGroupIngress&GroupId={sg}&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=5432&IpPermissions.1.ToPort=5432&IpPermissions.1.IpRanges.1.CidrIp=10.16.0.0/18", "", 0, []string{"sgr-"}},
		{"ec2", "Action=DescribeSecurityGroupRules&Filter.1.Name=group-id&Filter.1.Value.1={sg}", "", 0, []string{"<fromPort>5432</fromPort>", "10.16.0.0/18"}},
		{"ec2", "Action=RevokeSecurityGroupIngress&GroupId={sg}&IpPermissions.1.IpProtocol=tcp", "", 0, nil},
		{"ec2", "Action=DescribeSecurityGroups&GroupId.1={sg}", "", 0, []string{"<ipPermissions></ipPermissions>", "<ipProtocol>-1</ipProtocol>"}},
		{"ec2", "Action=GetEbsEncryptionByDefault", "", 0, []string{"false"}},
		{"ec2", "Action=EnableEbsEncryptionByDefault", "", 0, []string{"true"}},
		{"ec2", "Action=CreateVolume&Size=20&AvailabilityZone=sa-east-1a&VolumeType=gp3", "", 0, []string{"<encrypted>true</encrypted>"}},
	})
}

func TestAZoneTakesOnlyItsOwnNames(t *testing.T) {
	c := newCloud(t)
	rest := func(method, path, body string) (int, string) {
		return c.call(t, dev, "route53", method, "/2013-04-01/"+path, "text/xml", body, nil)
	}
	status, text := rest(http.MethodPost, "hostedzone", "<CreateHostedZoneRequest><Name>dev.prosa.example</Name><CallerReference>1</CallerReference></CreateHostedZoneRequest>")
	if status != http.StatusCreated {
		t.Fatal(text)
	}
	id := regexp.MustCompile(`hostedzone/(Z\d+)`).FindStringSubmatch(text)[1]
	record := func(action, name string) (int, string) {
		return rest(http.MethodPost, "hostedzone/"+id+"/rrset", "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change><Action>"+action+"</Action><ResourceRecordSet><Name>"+name+
			"</Name><Type>A</Type><TTL>60</TTL></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>")
	}
	for _, one := range []struct {
		action, name string
		want         int
	}{{"CREATE", "api.dev.prosa.example", 200}, {"CREATE", "api.dev.prosa.example", 400}, {"UPSERT", "api.dev.prosa.example", 200}, {"CREATE", "api.prod.prosa.example", 400}} {
		if got, text := record(one.action, one.name); got != one.want {
			t.Errorf("%s %s: %d %s", one.action, one.name, got, text)
		}
	}
	if _, text := rest(http.MethodGet, "hostedzone/"+id+"/rrset?name=api.dev.prosa.example&type=A", ""); !strings.Contains(text, "<Name>api.dev.prosa.example.</Name>") {
		t.Errorf("the record is told as %s", text)
	}
	if got, _ := rest(http.MethodDelete, "hostedzone/"+id, ""); got != 400 {
		t.Errorf("a zone with records was removed: %d", got)
	}
}

func TestPoliciesAndRolesHoldTogether(t *testing.T) {
	document := url.QueryEscape(`{"Version":"2012-10-17","Statement":[]}`)
	boundary := url.QueryEscape("arn:aws:iam::" + dev + ":policy/boundary")
	newCloud(t).tell(t, dev, []step{
		{"iam", "Action=CreateRole&RoleName=r&AssumeRolePolicyDocument=" + document + "&PermissionsBoundary=" + boundary, "", 404, []string{"NoSuchEntity"}},
		{"iam", "Action=CreatePolicy&PolicyName=boundary&PolicyDocument=" + document, "", 0, []string{":policy/boundary"}},
		{"iam", "Action=CreateRole&RoleName=r&AssumeRolePolicyDocument=" + document + "&PermissionsBoundary=" + boundary, "", 0, []string{"PermissionsBoundaryArn"}},
		{"iam", "Action=CreateRole&RoleName=broken&AssumeRolePolicyDocument=x", "", 400, []string{"MalformedPolicyDocument"}},
		{"iam", "Action=DeletePolicy&PolicyArn=" + boundary, "", 409, []string{"DeleteConflict"}},
		{"iam", "Action=AttachRolePolicy&RoleName=r&PolicyArn=arn:aws:iam::aws:policy/ReadOnlyAccess", "", 0, nil},
		{"iam", "Action=DeleteRole&RoleName=r", "", 409, []string{"detach all policies"}},
		{"iam", "Action=DetachRolePolicy&RoleName=r&PolicyArn=arn:aws:iam::aws:policy/ReadOnlyAccess", "", 0, nil},
		{"iam", "Action=PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument=" + document, "", 0, nil},
		{"iam", "Action=ListRolePolicies&RoleName=r", "", 0, []string{"<member>p</member>"}},
		{"iam", "Action=DeleteRolePolicy&RoleName=r&PolicyName=p", "", 0, nil},
		{"iam", "Action=DeleteRole&RoleName=r", "", 0, nil},
		{"iam", "Action=GetRole&RoleName=r", "", 404, []string{"NoSuchEntity"}},
		{"iam", "Action=CreatePolicyVersion&PolicyArn=" + boundary + "&PolicyDocument=" + document + "&SetAsDefault=true", "", 0, nil},
		{"iam", "Action=DeletePolicyVersion&PolicyArn=" + boundary + "&VersionId=v1", "", 0, nil},
	})
}
