package aws_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const (
	root  = "r-0011" // of the organization of dev
	store = `"IdentityStoreId":"d-0000000000"`
	right = `"InstanceArn":"arn:aws:sso:::instance/ssoins-0000000000000000"`
)

func TestAnOrganizationHoldsItsAccounts(t *testing.T) {
	c := newCloud(t)
	c.tell(t, dev, []step{
		{"organizations", "ListRoots", `{}`, 400, []string{"AWSOrganizationsNotInUseException"}},
		{"organizations", "CreateOrganization", `{"FeatureSet":"ALL"}`, 0, []string{`"MasterAccountId":"` + dev + `"`}},
		{"organizations", "CreateOrganization", `{}`, 400, []string{"AlreadyInOrganizationException"}},
		{"organizations", "CreateOrganizationalUnit", `{"ParentId":"r-none","Name":"massivo"}`, 400, []string{"ParentNotFoundException"}},
		{"organizations", "CreateOrganizationalUnit", `{"ParentId":"` + root + `","Name":"massivo"}`, 0, []string{"ou-0011-00000001"}},
		{"organizations", "CreateOrganizationalUnit", `{"ParentId":"` + root + `","Name":"massivo"}`, 400, []string{"DuplicateOrganizationalUnitException"}},
		{"organizations", "CreateAccount", `{"AccountName":"massivo-prod","Email":"none"}`, 400, []string{"InvalidInputException"}},
		{"organizations", "CreateAccount", `{"AccountName":"massivo-prod","Email":"prod@prosa.example","Tags":[{"Key":"owner","Value":"p"}]}`, 0, []string{`"AccountId":"` + prod + `"`}},
		{"organizations", "ListTagsForResource", `{"ResourceId":"` + prod + `"}`, 0, []string{`"owner"`}},
		{"organizations", "CreateAccount", `{"AccountName":"another","Email":"PROD@prosa.example"}`, 0, []string{"EMAIL_ALREADY_EXISTS"}},
		{"organizations", "CreateAccount", `{"AccountName":"another","Email":"other@prosa.example"}`, 0, []string{`"AccountId":"2`}},
		{"organizations", "MoveAccount", `{"AccountId":"` + prod + `","SourceParentId":"ou-0011-00000001","DestinationParentId":"` + root + `"}`, 400, []string{"SourceParentNotFoundException"}},
		{"organizations", "MoveAccount", `{"AccountId":"` + prod + `","SourceParentId":"` + root + `","DestinationParentId":"ou-0011-00000001"}`, 0, nil},
		{"organizations", "ListParents", `{"ChildId":"` + prod + `"}`, 0, []string{"ou-0011-00000001", "ORGANIZATIONAL_UNIT"}},
		{"organizations", "DeleteOrganizationalUnit", `{"OrganizationalUnitId":"ou-0011-00000001"}`, 400, []string{"OrganizationalUnitNotEmptyException"}},
		{"organizations", "DeleteOrganization", `{}`, 400, []string{"OrganizationNotEmptyException"}},
		{"organizations", "RegisterDelegatedAdministrator", `{"AccountId":"` + prod + `","ServicePrincipal":"guardduty.amazonaws.com"}`, 400, []string{"SERVICE_ACCESS_NOT_ENABLED"}},
		{"organizations", "EnableAWSServiceAccess", `{"ServicePrincipal":"guardduty.amazonaws.com"}`, 0, nil},
		{"organizations", "RegisterDelegatedAdministrator", `{"AccountId":"` + dev + `","ServicePrincipal":"guardduty.amazonaws.com"}`, 400, []string{"CANNOT_REGISTER_MASTER"}},
		{"organizations", "RegisterDelegatedAdministrator", `{"AccountId":"` + prod + `","ServicePrincipal":"guardduty.amazonaws.com"}`, 0, nil},
		{"organizations", "RemoveAccountFromOrganization", `{"AccountId":"` + prod + `"}`, 400, []string{"CANNOT_REMOVE_DELEGATED_ADMINISTRATOR"}},
		{"organizations", "DisableAWSServiceAccess", `{"ServicePrincipal":"guardduty.amazonaws.com"}`, 400, []string{"CANNOT_DISABLE_TRUSTED_ACCESS"}},
		{"organizations", "DeregisterDelegatedAdministrator", `{"AccountId":"` + prod + `","ServicePrincipal":"guardduty.amazonaws.com"}`, 0, nil},
		{"organizations", "RemoveAccountFromOrganization", `{"AccountId":"` + prod + `"}`, 0, nil},
		{"organizations", "DeleteOrganizationalUnit", `{"OrganizationalUnitId":"ou-0011-00000001"}`, 0, nil},
	})
	if status, text := c.json(t, prod, "organizations", "DescribeOrganization", `{}`); status != http.StatusBadRequest {
		t.Errorf("an account that was removed still sees the organization: %s", text)
	}
}

func TestAGuardrailHangsWhereItMay(t *testing.T) {
	policy := func(name, content string) string {
		return `{"Name":"` + name + `","Description":"d","Type":"SERVICE_CONTROL_POLICY","Content":"` + strings.ReplaceAll(content, `"`, `\"`) + `"}`
	}
	const denial = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}]}`
	c := newCloud(t)
	steps := []step{
		{"organizations", "CreateOrganization", `{"FeatureSet":"ALL"}`, 0, nil},
		{"organizations", "CreatePolicy", policy("x", `{"Version":"2012-10-17"}`), 400, []string{"MalformedPolicyDocumentException"}},
		{"organizations", "CreatePolicy", policy("x", strings.Replace(denial, `"Resource":"*"`, `"Resource":"*","Principal":"*"`, 1)), 400, []string{"MalformedPolicyDocumentException"}},
		{"organizations", "CreatePolicy", policy("x", strings.Replace(denial, "organizations:Leave", strings.Repeat("x", 5200)+":Leave", 1)), 400, []string{"POLICY_CONTENT_LIMIT_EXCEEDED"}},
		{"organizations", "CreatePolicy", policy("one", denial), 0, []string{`"Id":"p-00000001"`}},
		{"organizations", "CreatePolicy", policy("one", denial), 400, []string{"DuplicatePolicyException"}},
		{"organizations", "AttachPolicy", `{"PolicyId":"p-00000001","TargetId":"` + root + `"}`, 400, []string{"PolicyTypeNotEnabledException"}},
		{"organizations", "EnablePolicyType", `{"RootId":"` + root + `","PolicyType":"SERVICE_CONTROL_POLICY"}`, 0, []string{"ENABLED"}},
		{"organizations", "EnablePolicyType", `{"RootId":"` + root + `","PolicyType":"SERVICE_CONTROL_POLICY"}`, 400, []string{"PolicyTypeAlreadyEnabledException"}},
		{"organizations", "AttachPolicy", `{"PolicyId":"p-00000001","TargetId":"` + root + `"}`, 0, nil},
		{"organizations", "AttachPolicy", `{"PolicyId":"p-00000001","TargetId":"` + root + `"}`, 400, []string{"DuplicatePolicyAttachmentException"}},
		{"organizations", "ListTargetsForPolicy", `{"PolicyId":"p-00000001"}`, 0, []string{root, "ROOT"}},
		{"organizations", "DeletePolicy", `{"PolicyId":"p-00000001"}`, 400, []string{"PolicyInUseException"}},
		{"organizations", "UpdatePolicy", `{"PolicyId":"p-FullAWSAccess","Content":"{}"}`, 400, []string{"IMMUTABLE_POLICY"}},
	}
	// With the vendor's own there are five on the root then.
	for _, name := range []string{"2", "3", "4"} {
		steps = append(steps, step{"organizations", "CreatePolicy", policy(name, denial), 0, nil},
			step{"organizations", "AttachPolicy", `{"PolicyId":"p-0000000` + name + `","TargetId":"` + root + `"}`, 0, nil})
	}
	c.tell(t, dev, append(steps,
		step{"organizations", "CreatePolicy", policy("5", denial), 0, nil},
		step{"organizations", "AttachPolicy", `{"PolicyId":"p-00000005","TargetId":"` + root + `"}`, 400, []string{"MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"}},
		step{"organizations", "DetachPolicy", `{"PolicyId":"p-00000001","TargetId":"` + root + `"}`, 0, nil},
		step{"organizations", "DetachPolicy", `{"PolicyId":"p-00000001","TargetId":"` + root + `"}`, 400, []string{"PolicyNotAttachedException"}},
		step{"organizations", "DeletePolicy", `{"PolicyId":"p-00000001"}`, 0, nil},
		step{"organizations", "DescribePolicy", `{"PolicyId":"p-00000001"}`, 400, []string{"PolicyNotFoundException"}},
	))
}

func TestPeopleHaveRightsInAccounts(t *testing.T) {
	const (
		person = `"UserId":"00000000-0000-4000-8000-000000000001"`
		circle = `"GroupId":"00000000-0000-4000-8000-000000000002"`
		set    = `"PermissionSetArn":"arn:aws:sso:::permissionSet/ssoins-0000000000000000/ps-0000000000000004"`
		given  = `{` + right + `,` + set + `,"PrincipalType":"GROUP","PrincipalId":"00000000-0000-4000-8000-000000000002","TargetType":"AWS_ACCOUNT","TargetId":"` + dev + `"}`
	)
	newCloud(t).tell(t, dev, []step{
		{"identitystore", "DescribeUser", `{` + store + `,` + person + `}`, 400, []string{"AccessDeniedException"}},
		{"organizations", "CreateOrganization", `{"FeatureSet":"ALL"}`, 0, nil},
		{"identitystore", "CreateUser", `{"IdentityStoreId":"here","UserName":"ana"}`, 400, []string{"ResourceNotFoundException"}},
		{"identitystore", "CreateUser", `{` + store + `,"UserName":"ana","DisplayName":"Ana"}`, 400, []string{"ValidationException"}},
		{"identitystore", "CreateUser", `{` + store + `,"UserName":"ana","DisplayName":"Ana","Name":{"GivenName":"Ana","FamilyName":"Souza"},"Emails":[{"Value":"ana@prosa.example","Primary":true}]}`, 0, []string{person}},
		{"identitystore", "CreateUser", `{` + store + `,"UserName":"ana","DisplayName":"Ana","Name":{"GivenName":"Ana","FamilyName":"Lima"}}`, 400, []string{"ConflictException"}},
		{"identitystore", "UpdateUser", `{` + store + `,` + person + `,"Operations":[{"AttributePath":"emails","AttributeValue":[{"value":"souza@prosa.example","primary":true}]}]}`, 0, nil},
		{"identitystore", "DescribeUser", `{` + store + `,` + person + `}`, 0, []string{`"Value":"souza@prosa.example"`}},
		{"identitystore", "CreateGroup", `{` + store + `,"DisplayName":"keepers","Description":"keep"}`, 0, []string{circle}},
		{"identitystore", "CreateGroupMembership", `{` + store + `,` + circle + `,"MemberId":{"UserId":"nobody"}}`, 400, []string{"ResourceNotFoundException"}},
		{"identitystore", "CreateGroupMembership", `{` + store + `,` + circle + `,"MemberId":{` + person + `}}`, 0, []string{"MembershipId"}},
		{"identitystore", "CreateGroupMembership", `{` + store + `,` + circle + `,"MemberId":{` + person + `}}`, 400, []string{"ConflictException"}},
		{"sso", "CreatePermissionSet", `{` + right + `,"Name":"a name that is longer than thirty-two"}`, 400, []string{"ValidationException"}},
		{"sso", "CreatePermissionSet", `{` + right + `,"Name":"keep","SessionDuration":"PT13H"}`, 400, []string{"ValidationException"}},
		{"sso", "CreatePermissionSet", `{` + right + `,"Name":"keep","Tags":[{"Key":"owner","Value":"p"}]}`, 0, []string{set, `"PT1H"`}},
		{"sso", "ListTagsForResource", `{` + right + `,"ResourceArn":"arn:aws:sso:::permissionSet/ssoins-0000000000000000/ps-0000000000000004"}`, 0, []string{`"owner"`}},
		{"sso", "PutInlinePolicyToPermissionSet", `{` + right + `,` + set + `,"InlinePolicy":"none"}`, 400, []string{"ValidationException"}},
		{"sso", "PutInlinePolicyToPermissionSet", `{` + right + `,` + set + `,"InlinePolicy":"{\"Statement\":[]}"}`, 0, nil},
		{"sso", "GetInlinePolicyForPermissionSet", `{` + right + `,` + set + `}`, 0, []string{"Statement"}},
		{"sso", "CreateAccountAssignment", strings.Replace(given, dev, prod, 1), 400, []string{"not in the organization"}},
		{"sso", "CreateAccountAssignment", given, 0, []string{"SUCCEEDED"}},
		{"sso", "ListAccountAssignments", `{` + right + `,` + set + `,"AccountId":"` + dev + `"}`, 0, []string{"GROUP"}},
		{"sso", "DeletePermissionSet", `{` + right + `,` + set + `}`, 400, []string{"ConflictException"}},
		{"sso", "DeleteAccountAssignment", given, 0, []string{"SUCCEEDED"}},
		{"sso", "DeletePermissionSet", `{` + right + `,` + set + `}`, 0, nil},
		{"sso", "DescribePermissionSet", `{` + right + `,` + set + `}`, 400, []string{"ResourceNotFoundException"}},
		{"identitystore", "DeleteUser", `{` + store + `,` + person + `}`, 0, nil},
		{"identitystore", "DescribeUser", `{` + store + `,` + person + `}`, 400, []string{"ResourceNotFoundException"}},
	})
}

// TestTheTrailWritesWhereItMay makes the organization's trail as its keeper does:
// only with a bucket that lets it write, and only who keeps trails.
func TestTheTrailWritesWhereItMay(t *testing.T) {
	const trail = "arn:aws:cloudtrail:sa-east-1:" + dev + ":trail/organization"
	c := newCloud(t)
	c.MakeBucket(prod, "trail")
	make := func(account string, status int, holds string) {
		t.Helper()
		c.tell(t, account, []step{{"cloudtrail", "CreateTrail", `{"Name":"organization","S3BucketName":"trail","IsOrganizationTrail":true,"IsMultiRegionTrail":true}`, status, []string{holds}}})
	}
	write := func(folder string) {
		t.Helper()
		policy := `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::trail"},
			{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::trail/` + folder + `/*","Condition":{"StringEquals":{"aws:SourceArn":"` + trail + `"}}}]}`
		if status, text := c.s3(t, prod, http.MethodPut, "/trail?policy", policy, nil); status != http.StatusOK {
			t.Fatal(text)
		}
	}
	make(prod, 400, "OrganizationsNotInUseException")
	c.tell(t, dev, []step{
		{"organizations", "CreateOrganization", `{"FeatureSet":"ALL"}`, 0, nil},
		{"organizations", "CreateAccount", `{"AccountName":"massivo-prod","Email":"prod@prosa.example"}`, 0, nil},
	})
	make(prod, 400, "CloudTrailAccessNotEnabledException")
	c.tell(t, dev, []step{{"organizations", "EnableAWSServiceAccess", `{"ServicePrincipal":"cloudtrail.amazonaws.com"}`, 0, nil}})
	make(prod, 400, "NotOrganizationMasterAccountException")
	c.tell(t, prod, []step{{"cloudtrail", "RegisterOrganizationDelegatedAdmin", `{"MemberAccountId":"` + prod + `"}`, 400, []string{"NotOrganizationManagementAccountException"}}})
	c.tell(t, dev, []step{{"cloudtrail", "RegisterOrganizationDelegatedAdmin", `{"MemberAccountId":"` + prod + `"}`, 0, nil}})
	make(prod, 400, "InsufficientS3BucketPolicyException")
	write("AWSLogs/" + dev)
	make(prod, 400, "InsufficientS3BucketPolicyException") // the organization's folder lies beside it
	write("AWSLogs")
	make(prod, 0, trail)
	c.tell(t, prod, []step{
		{"cloudtrail", "GetTrailStatus", `{"Name":"` + trail + `"}`, 0, []string{`"IsLogging":false`}},
		{"cloudtrail", "StartLogging", `{"Name":"` + trail + `"}`, 0, nil},
		{"cloudtrail", "AddTags", `{"ResourceId":"` + trail + `","TagsList":[{"Key":"owner","Value":"p"}]}`, 0, nil},
		{"cloudtrail", "ListTags", `{"ResourceIdList":["` + trail + `"]}`, 0, []string{`"owner"`}},
		{"cloudtrail", "DescribeTrails", `{"trailNameList":["` + trail + `"]}`, 0, []string{`"HomeRegion":"sa-east-1"`}},
		{"cloudtrail", "DeleteTrail", `{"Name":"` + trail + `"}`, 0, nil},
		{"cloudtrail", "GetTrailStatus", `{"Name":"` + trail + `"}`, 400, []string{"TrailNotFoundException"}},
		{"cloudtrail", "CreateTrail", `{"Name":"a..b","S3BucketName":"trail"}`, 400, []string{"InvalidTrailNameException"}},
	})
}

func TestTheWatchIsOneAnAccount(t *testing.T) {
	c := newCloud(t)
	rest := func(account, method, path, body string, want int, holds string) {
		t.Helper()
		if status, text := c.call(t, account, "guardduty", method, path, "application/json", body, nil); status != want || !strings.Contains(text, holds) {
			t.Errorf("%s %s as %s: %d %s, want %d with %q", method, path, account, status, text, want, holds)
		}
	}
	rest(dev, http.MethodPost, "/detector", `{"enable":true,"findingPublishingFrequency":"DAILY"}`, 400, "out-of-range")
	rest(dev, http.MethodPost, "/admin/enable", `{"adminAccountId":"`+prod+`"}`, 400, "not the management account")
	c.tell(t, dev, []step{
		{"organizations", "CreateOrganization", `{"FeatureSet":"ALL"}`, 0, nil},
		{"organizations", "CreateAccount", `{"AccountName":"massivo-prod","Email":"prod@prosa.example"}`, 0, nil},
	})
	rest(dev, http.MethodPost, "/admin/enable", `{"adminAccountId":"`+prod+`"}`, 400, "SERVICE_ACCESS_NOT_ENABLED")
	c.tell(t, dev, []step{{"organizations", "EnableAWSServiceAccess", `{"ServicePrincipal":"guardduty.amazonaws.com"}`, 0, nil}})
	rest(dev, http.MethodPost, "/admin/enable", `{"adminAccountId":"`+prod+`"}`, 200, "")
	rest(dev, http.MethodGet, "/admin", "", 200, prod)
	// The delegation made the keeper's detector: it is found, and not made again.
	rest(prod, http.MethodPost, "/detector", `{"enable":true}`, 400, "a detector already exists")
	_, text := c.call(t, prod, "guardduty", http.MethodGet, "/detector", "application/json", "", nil)
	id := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), `{"detectorIds":["`), `"]}`)
	rest(dev, http.MethodGet, "/detector/"+id, "", 400, "not owned by the current account")
	rest(prod, http.MethodPost, "/detector/"+id, `{"enable":true,"findingPublishingFrequency":"FIFTEEN_MINUTES"}`, 200, "")
	rest(prod, http.MethodPost, "/tags/arn:aws:guardduty:sa-east-1:"+prod+":detector/"+id, `{"tags":{"owner":"p"}}`, 204, "")
	rest(prod, http.MethodGet, "/detector/"+id, "", 200, `"FIFTEEN_MINUTES"`)
	rest(prod, http.MethodGet, "/detector/"+id, "", 200, `"owner":"p"`)
	rest(prod, http.MethodPost, "/detector/"+id+"/admin", `{"autoEnableOrganizationMembers":"ALL"}`, 200, "")
	rest(prod, http.MethodGet, "/detector/"+id+"/admin", "", 200, `"autoEnable":true`)
	rest(prod, http.MethodDelete, "/detector/"+id, "", 400, "associated members")
	rest(prod, http.MethodPost, "/detector/"+id+"/admin", `{"autoEnableOrganizationMembers":"NONE"}`, 200, "")
	rest(prod, http.MethodDelete, "/detector/"+id, "", 200, "")
	rest(dev, http.MethodPost, "/admin/disable", `{"adminAccountId":"`+prod+`"}`, 200, "")
}

// TestMakeOrganizationLendsWhatComesBefore: the watch's layer alone finds what the
// organization's would have left.
func TestMakeOrganizationLendsWhatComesBefore(t *testing.T) {
	c := newCloud(t)
	c.MakeOrganization(dev, prod)
	c.MakeOrganization(dev, prod) // a second time is nothing
	if _, text := c.json(t, dev, "organizations", "ListDelegatedAdministrators", `{"ServicePrincipal":"cloudtrail.amazonaws.com"}`); strings.Count(text, `"Id":"`+prod+`"`) != 1 {
		t.Errorf("keepers of the trail: %s", text)
	}
	if _, text := c.call(t, prod, "guardduty", http.MethodGet, "/detector", "application/json", "", nil); strings.Contains(text, "[]") {
		t.Errorf("the keeper has no detector: %s", text)
	}
}

func TestAUserIsBoundAndInGroups(t *testing.T) {
	newCloud(t).tell(t, dev, []step{
		{"iam", "Action=CreateUser&UserName=u&Path=/sealed/&PermissionsBoundary=arn:aws:iam::" + dev + ":policy/none", "", 404, []string{"NoSuchEntity"}},
		{"iam", "Action=CreatePolicy&PolicyName=b&PolicyDocument=%7B%22Version%22:%222012-10-17%22,%22Statement%22:%5B%5D%7D", "", 0, nil},
		{"iam", "Action=CreateUser&UserName=u&Path=/sealed/&PermissionsBoundary=arn:aws:iam::" + dev + ":policy/b&Tags.member.1.Key=owner&Tags.member.1.Value=p", "", 0, []string{"user/sealed/u", "<Value>p</Value>"}},
		{"iam", "Action=CreateUser&UserName=u", "", 409, []string{"EntityAlreadyExists"}},
		{"iam", "Action=DeletePolicy&PolicyArn=arn:aws:iam::" + dev + ":policy/b", "", 409, []string{"DeleteConflict"}},
		{"iam", "Action=AddUserToGroup&UserName=u&GroupName=g", "", 404, []string{"NoSuchEntity"}},
		{"iam", "Action=CreateGroup&GroupName=g", "", 0, nil},
		{"iam", "Action=AddUserToGroup&UserName=u&GroupName=g", "", 0, nil},
		{"iam", "Action=GetGroup&GroupName=g", "", 0, []string{"<UserName>u</UserName>"}},
		{"iam", "Action=ListGroupsForUser&UserName=u", "", 0, []string{"<GroupName>g</GroupName>"}},
		{"iam", "Action=DeleteGroup&GroupName=g", "", 409, []string{"remove users"}},
		{"iam", "Action=DeleteUser&UserName=u", "", 409, []string{"remove users from group"}},
		{"iam", "Action=RemoveUserFromGroup&UserName=u&GroupName=g", "", 0, nil},
		{"iam", "Action=DeleteUserPermissionsBoundary&UserName=u", "", 0, nil},
		{"iam", "Action=UpdateUser&UserName=u&NewUserName=v", "", 0, nil},
		{"iam", "Action=DeleteUser&UserName=v", "", 0, nil},
		{"iam", "Action=GetUser&UserName=v", "", 404, []string{"NoSuchEntity"}},
	})
}

func TestAnAccountSetsWhatHoldsForAllOfIt(t *testing.T) {
	c := newCloud(t)
	c.tell(t, dev, []step{
		{"iam", "Action=GetAccountPasswordPolicy", "", 404, []string{"NoSuchEntity"}},
		{"iam", "Action=UpdateAccountPasswordPolicy&MinimumPasswordLength=4", "", 400, []string{"ValidationError"}},
		{"iam", "Action=UpdateAccountPasswordPolicy&MinimumPasswordLength=20&PasswordReusePrevention=24", "", 0, nil},
		{"iam", "Action=GetAccountPasswordPolicy", "", 0, []string{"<MinimumPasswordLength>20</MinimumPasswordLength>", "<ExpirePasswords>false</ExpirePasswords>"}},
		{"iam", "Action=DeleteAccountPasswordPolicy", "", 0, nil},
	})
	const path, block = "/v20180820/configuration/publicAccessBlock", "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>"
	for _, one := range []struct {
		method, account, body string
		want                  int
	}{
		{http.MethodGet, dev, "", 404},
		{http.MethodPut, prod, block, 403},
		{http.MethodPut, dev, "none", 400},
		{http.MethodPut, dev, block, 201},
		{http.MethodGet, dev, "", 200},
		{http.MethodDelete, dev, "", 204},
		{http.MethodGet, dev, "", 404},
	} {
		if got, text := c.s3(t, dev, one.method, path, one.body, map[string]string{"X-Amz-Account-Id": one.account}); got != one.want {
			t.Errorf("%s of the block of %s: %d %s, want %d", one.method, one.account, got, text, one.want)
		}
	}
}

func TestAnAnalyzerIsMadeOnce(t *testing.T) {
	c := newCloud(t)
	for _, one := range []struct {
		method, path, body string
		want               int
	}{
		{http.MethodGet, "/analyzer/outside", "", 404},
		{http.MethodPut, "/analyzer", `{"analyzerName":"outside","type":"ANYTHING"}`, 400},
		{http.MethodPut, "/analyzer", `{"analyzerName":"outside","type":"ORGANIZATION"}`, 400}, // it is in none
		{http.MethodPut, "/analyzer", `{"analyzerName":"outside","type":"ACCOUNT","tags":{"owner":"p"}}`, 200},
		{http.MethodPut, "/analyzer", `{"analyzerName":"outside","type":"ACCOUNT"}`, 409},
		{http.MethodGet, "/analyzer/outside", "", 200},
		{http.MethodDelete, "/analyzer/outside", "", 200},
		{http.MethodDelete, "/analyzer/outside", "", 404},
	} {
		if got, text := c.call(t, dev, "access-analyzer", one.method, one.path, "application/json", one.body, nil); got != one.want {
			t.Errorf("%s %s %s: %d %s, want %d", one.method, one.path, one.body, got, text, one.want)
		}
	}
}

// TestTheOrganizationBindsWhoTookARole: what its policies deny is refused to a
// session in a member's account, and to nobody in the account that manages.
func TestTheOrganizationBindsWhoTookARole(t *testing.T) {
	const anyone = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`
	c := newCloud(t)
	for _, account := range []string{dev, prod} {
		c.createRole(t, account, "apply", anyone)
		c.createRole(t, account, "keeper", anyone)
	}
	content := `{\"Version\":\"2012-10-17\",\"Statement\":[` +
		`{\"Effect\":\"Deny\",\"NotAction\":\"iam:*\",\"Resource\":\"*\",\"Condition\":{\"StringNotEquals\":{\"aws:RequestedRegion\":[\"sa-east-1\"]}}},` +
		`{\"Effect\":\"Deny\",\"Action\":\"iam:CreateRole\",\"Resource\":\"*\",\"Condition\":{\"StringNotLike\":{\"iam:PermissionsBoundary\":\"*-boundary\"}}},` +
		`{\"Effect\":\"Deny\",\"Action\":[\"ec2:DeleteFlowLogs\",\"s3:DeleteBucket\",\"logs:DeleteLogGroup\"],\"Resource\":\"*\",\"Condition\":{\"ArnNotLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:role/keeper\"}}}]}`
	c.tell(t, dev, []step{
		{"organizations", "CreateOrganization", `{"FeatureSet":"ALL"}`, 0, nil},
		{"organizations", "EnablePolicyType", `{"RootId":"` + root + `","PolicyType":"SERVICE_CONTROL_POLICY"}`, 0, nil},
		{"organizations", "CreateAccount", `{"AccountName":"massivo-prod","Email":"prod@prosa.example"}`, 0, nil},
		{"organizations", "CreatePolicy", `{"Name":"fence","Description":"d","Type":"SERVICE_CONTROL_POLICY","Content":"` + content + `"}`, 0, []string{"p-"}},
	})
	_, listed := c.json(t, dev, "organizations", "ListPolicies", `{"Filter":"SERVICE_CONTROL_POLICY"}`)
	at := strings.LastIndex(listed, `"Id":"p-0`)
	c.tell(t, dev, []step{{"organizations", "AttachPolicy", `{"PolicyId":"` + listed[at+6:at+16] + `","TargetId":"` + root + `"}`, 0, nil}})

	const noBoundary, bounded = "Action=CreateRole&RoleName=x&AssumeRolePolicyDocument=" + "%7B%22Statement%22:%5B%5D%7D", "&PermissionsBoundary=arn:aws:iam::aws:policy/x-boundary"
	for _, one := range []struct {
		account, role, region, service, form string
		code                                 string // empty when the organization lets it through
	}{
		{prod, "apply", "sa-east-1", "ec2", "Action=DeleteFlowLogs", "UnauthorizedOperation"},
		{prod, "keeper", "sa-east-1", "ec2", "Action=DeleteFlowLogs", ""},
		{dev, "apply", "sa-east-1", "ec2", "Action=DeleteFlowLogs", ""},
		{prod, "apply", "us-east-1", "ec2", "Action=DescribeVpcs", "UnauthorizedOperation"},
		{prod, "apply", "sa-east-1", "ec2", "Action=DescribeVpcs", ""},
		{prod, "apply", "us-east-1", "iam", noBoundary, "AccessDenied"},
		{prod, "apply", "us-east-1", "iam", noBoundary + bounded, ""},
	} {
		key := c.Session(one.account, one.role)
		status, text := c.signed(t, key, one.region, one.service, one.form)
		if refused := status == http.StatusForbidden; refused != (one.code != "") || !strings.Contains(text, one.code) {
			t.Errorf("%s as %s of %s in %s: %d %s", one.form, one.role, one.account, one.region, status, text)
		}
	}
}

// signed calls a service of the Query protocol with a key, in a region.
func (c *cloud) signed(t *testing.T, key, region, service, form string) (int, string) {
	t.Helper()
	return c.call(t, "", service, http.MethodPost, "/", "application/x-www-form-urlencoded", form, map[string]string{
		"Authorization": "AWS4-HMAC-SHA256 Credential=" + key + "/20261123/" + region + "/" + service + "/aws4_request, SignedHeaders=host, Signature=0",
	})
}

// TestAnEventTellsASealedTopicsKeyNoSource: a key that asks for one keeps what a
// rule found from its topic.
func TestAnEventTellsASealedTopicsKeyNoSource(t *testing.T) {
	for condition, want := range map[string]string{"": "", `,\"Condition\":{\"StringEquals\":{\"aws:SourceAccount\":\"` + dev + `\"}}`: "not kms:Decrypt"} {
		c := newCloud(t)
		policy := `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::` + dev + `:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"},` +
			`{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"events.amazonaws.com\"},\"Action\":[\"kms:Decrypt\",\"kms:GenerateDataKey*\"],\"Resource\":\"*\"` + condition + `}]}`
		topic := "arn:aws:sns:sa-east-1:" + dev + ":findings"
		publish := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sns:Publish","Resource":"` + topic + `","Condition":{"StringEquals":{"aws:SourceAccount":"` + dev + `"}}}]}`
		c.tell(t, dev, []step{
			{"kms", "CreateKey", `{"Policy":"` + policy + `"}`, 0, nil},
			{"sns", "Action=CreateTopic&Name=findings&Attributes.entry.1.key=KmsMasterKeyId&Attributes.entry.1.value={key}", "", 0, nil},
			{"sns", "Action=SetTopicAttributes&TopicArn=" + topic + "&AttributeName=Policy&AttributeValue=" + url.QueryEscape(publish), "", 0, nil},
			{"events", "PutRule", `{"Name":"findings","EventPattern":"{\"source\":[\"aws.guardduty\"]}"}`, 0, nil},
			{"events", "PutTargets", `{"Rule":"findings","Targets":[{"Id":"mail","Arn":"` + topic + `"}]}`, 0, nil},
		})
		if told := strings.Join(c.Unheard(dev), "\n"); (told == "") != (want == "") || !strings.Contains(told, want) {
			t.Errorf("with the condition %q: %q, want %q", condition, told, want)
		}
	}
}
