package aws

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// trailState is what CloudTrail holds. The organization's trail lies with the
// management account, whoever made it.
type trailState struct{ trails shelf[trail] } // by ARN

type trail struct {
	about   doc
	maker   string // account that made it
	logging bool
	tags    map[string]string
}

const trailService = "cloudtrail.amazonaws.com"

type trailCall struct {
	Name, TrailName, S3BucketName, S3KeyPrefix string
	IsOrganizationTrail, IsMultiRegionTrail    bool
	EnableLogFileValidation                    bool
	IncludeGlobalServiceEvents                 *bool
	KmsKeyID                                   string   `json:"KmsKeyId"`
	TrailNameList                              []string `json:"trailNameList"`
	ResourceIDList                             []string `json:"ResourceIdList"`
	ResourceID                                 string   `json:"ResourceId"`
	TagsList                                   []labelled
	MemberAccountID                            string `json:"MemberAccountId"`
	DelegatedAdminAccountID                    string `json:"DelegatedAdminAccountId"`
}

func trailCalls() map[string]handler {
	return map[string]handler{
		"CreateTrail": jsonCall(createTrail), "DescribeTrails": jsonCall(describeTrails), "GetTrail": jsonCall(getTrail), "UpdateTrail": jsonCall(updateTrail),
		"DeleteTrail": jsonCall(deleteTrail), "StartLogging": jsonCall(startLogging), "StopLogging": jsonCall(stopLogging), "GetTrailStatus": jsonCall(trailStatus),
		"ListTags": jsonCall(listTrailTags), "AddTags": jsonCall(addTrailTags), "RemoveTags": jsonCall(removeTrailTags),
		"RegisterOrganizationDelegatedAdmin": jsonCall(registerTrailKeeper), "DeregisterOrganizationDelegatedAdmin": jsonCall(deregisterTrailKeeper),
	}
}

// trailName is the form of a trail's name: three to 128 letters, digits and a
// single dot, dash or underscore between them.
var trailName = regexp.MustCompile(`^[a-zA-Z0-9]+([._-][a-zA-Z0-9]+)*$`)

// trailHome is the account whose a trail becomes: the organization's is the
// management account's, and only who keeps trails for it may make one.
func (c *call) trailHome(in trailCall) (*account, error) {
	if !in.IsOrganizationTrail {
		return c.account, nil
	}
	o := c.server.organizationOf(c.account.ID)
	switch {
	case o == nil:
		return nil, refuse(http.StatusBadRequest, "OrganizationsNotInUseException", "The account is in no organization.")
	case !o.trusts(trailService):
		return nil, refuse(http.StatusBadRequest, "CloudTrailAccessNotEnabledException", "Trusted access between CloudTrail and the organization is not enabled.")
	case o.management != c.account.ID && !o.isDelegate(c.account.ID, trailService):
		return nil, refuse(http.StatusBadRequest, "NotOrganizationMasterAccountException", "The account is neither the management account nor a delegated administrator.")
	}
	return c.server.accounts[o.management], nil
}

// mayWrite asks the bucket's policy whether the trail may look at the bucket and
// write where it will.
func (c *call) mayWrite(in trailCall, arn, home string) error {
	held := c.server.buckets().buckets[in.S3BucketName]
	if held == nil {
		return refuse(http.StatusBadRequest, "S3BucketDoesNotExistException", "S3 bucket %s does not exist!", in.S3BucketName)
	}
	prefix := "arn:aws:s3:::" + in.S3BucketName
	folder := prefix + "/"
	if in.S3KeyPrefix != "" {
		folder += in.S3KeyPrefix + "/"
	}
	asked := map[string]string{"s3:GetBucketAcl": prefix, "s3:PutObject": folder + "AWSLogs/" + home + "/a"}
	if o := c.server.organizationOf(home); in.IsOrganizationTrail {
		asked["s3:PutObject "] = folder + "AWSLogs/" + o.id + "/" + home + "/a"
	}
	for action, resource := range asked {
		allowed, err := evaluate(string(held.Settings["policy"].body), request{
			action: strings.TrimSpace(action), resource: resource, principals: map[string][]string{"Service": {trailService}},
			claims: map[string][]string{"aws:SourceArn": {arn}, "s3:x-amz-acl": {"bucket-owner-full-control"}, "aws:SecureTransport": {"true"}},
		})
		if err != nil || !allowed {
			return refuse(http.StatusBadRequest, "InsufficientS3BucketPolicyException", "Incorrect S3 bucket policy is detected for bucket: %s (%s)", in.S3BucketName, strings.TrimSpace(action))
		}
	}
	return nil
}

func createTrail(c *call, in trailCall) (any, error) {
	if len(in.Name) < 3 || len(in.Name) > 128 || !trailName.MatchString(in.Name) {
		return nil, refuse(http.StatusBadRequest, "InvalidTrailNameException", "Trail name %q does not satisfy its pattern", in.Name)
	}
	home, err := c.trailHome(in)
	if err != nil {
		return nil, err
	}
	arn := "arn:aws:cloudtrail:" + c.region + ":" + home.ID + ":trail/" + in.Name
	if state[trailState](home, "cloudtrail").trails[arn] != nil {
		return nil, refuse(http.StatusBadRequest, "TrailAlreadyExistsException", "Trail %s already exists for customer: %s", in.Name, home.ID)
	}
	if err := c.mayWrite(in, arn, home.ID); err != nil {
		return nil, err
	}
	made := &trail{maker: c.account.ID, tags: map[string]string{}, about: doc{
		"Name": in.Name, "TrailARN": arn, "S3BucketName": in.S3BucketName, "IsMultiRegionTrail": in.IsMultiRegionTrail, "IsOrganizationTrail": in.IsOrganizationTrail,
		"LogFileValidationEnabled": in.EnableLogFileValidation, "HomeRegion": c.region, "HasCustomEventSelectors": false, "HasInsightSelectors": false,
		"IncludeGlobalServiceEvents": in.IncludeGlobalServiceEvents == nil || *in.IncludeGlobalServiceEvents,
	}}
	for name, value := range map[string]string{"S3KeyPrefix": in.S3KeyPrefix, "KmsKeyId": in.KmsKeyID} {
		if value != "" {
			made.about[name] = value
		}
	}
	made.tag(in.TagsList)
	state[trailState](home, "cloudtrail").trails.put(arn, made)
	return made.about, nil
}

func (t *trail) tag(tags []labelled) {
	for _, one := range tags {
		t.tags[one.Key] = one.Value
	}
}

// trails are those that the caller sees: its own, what it made for the
// organization, and the organization's where it is a member.
func (c *call) trails() map[string]*trail {
	seen := maps.Clone(map[string]*trail(state[trailState](c.account, "cloudtrail").trails))
	if seen == nil {
		seen = map[string]*trail{}
	}
	if o := c.server.organizationOf(c.account.ID); o != nil {
		for arn, t := range state[trailState](c.server.accounts[o.management], "cloudtrail").trails {
			if t.about["IsOrganizationTrail"] == true {
				seen[arn] = t
			}
		}
	}
	return seen
}

// trail finds one by name or ARN.
func (c *call) trail(name string) (*trail, error) {
	for arn, t := range c.trails() {
		if name == arn || name == t.about["Name"] {
			return t, nil
		}
	}
	return nil, refuse(http.StatusBadRequest, "TrailNotFoundException", "Unknown trail: %s for the user: %s", name, c.account.ID)
}

// ownTrail is trail for who may change it: its maker or its home.
func (c *call) ownTrail(name string) (*trail, error) {
	t, err := c.trail(name)
	if err != nil {
		return nil, err
	}
	if t.maker != c.account.ID && !strings.Contains(text(t.about, "TrailARN"), ":"+c.account.ID+":") {
		return nil, refuse(http.StatusBadRequest, "NotOrganizationMasterAccountException", "The organization's trail is changed by its keeper alone.")
	}
	return t, nil
}

func describeTrails(c *call, in trailCall) (any, error) {
	found := []doc{}
	seen := c.trails()
	for _, arn := range sortedKeys(seen) {
		if len(in.TrailNameList) == 0 || slices.Contains(in.TrailNameList, arn) || slices.Contains(in.TrailNameList, text(seen[arn].about, "Name")) {
			found = append(found, seen[arn].about)
		}
	}
	return doc{"trailList": found}, nil
}

func getTrail(c *call, in trailCall) (any, error) {
	t, err := c.trail(in.Name)
	if err != nil {
		return nil, err
	}
	return doc{"Trail": t.about}, nil
}

func updateTrail(c *call, in trailCall) (any, error) {
	t, err := c.ownTrail(in.Name)
	if err != nil {
		return nil, err
	}
	var given doc
	if err := readBody(c.body, &given); err != nil {
		return nil, err
	}
	for _, name := range []string{"S3BucketName", "S3KeyPrefix", "IncludeGlobalServiceEvents", "IsMultiRegionTrail", "KmsKeyId"} {
		if given[name] != nil {
			t.about[name] = given[name]
		}
	}
	if given["EnableLogFileValidation"] != nil {
		t.about["LogFileValidationEnabled"] = given["EnableLogFileValidation"]
	}
	return t.about, nil
}

func deleteTrail(c *call, in trailCall) (any, error) {
	t, err := c.ownTrail(in.Name)
	if err != nil {
		return nil, err
	}
	for _, a := range c.server.accounts {
		delete(state[trailState](a, "cloudtrail").trails, text(t.about, "TrailARN"))
	}
	return nil, nil
}

func startLogging(c *call, in trailCall) (any, error) { return c.log(in, true) }

func stopLogging(c *call, in trailCall) (any, error) { return c.log(in, false) }

func (c *call) log(in trailCall, on bool) (any, error) {
	t, err := c.ownTrail(in.Name)
	if err != nil {
		return nil, err
	}
	t.logging = on
	return nil, nil
}

func trailStatus(c *call, in trailCall) (any, error) {
	t, err := c.trail(in.Name)
	if err != nil {
		return nil, err
	}
	return doc{"IsLogging": t.logging}, nil
}

func listTrailTags(c *call, in trailCall) (any, error) {
	found := []doc{}
	for _, arn := range in.ResourceIDList {
		t, err := c.trail(arn)
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "there is no trail %s", arn)
		}
		found = append(found, doc{"ResourceId": arn, "TagsList": labels(t.tags)})
	}
	return doc{"ResourceTagList": found}, nil
}

func addTrailTags(c *call, in trailCall) (any, error) {
	t, err := c.ownTrail(in.ResourceID)
	if err != nil {
		return nil, err
	}
	t.tag(in.TagsList)
	return nil, nil
}

func removeTrailTags(c *call, in trailCall) (any, error) {
	t, err := c.ownTrail(in.ResourceID)
	if err != nil {
		return nil, err
	}
	for _, one := range in.TagsList {
		delete(t.tags, one.Key)
	}
	return nil, nil
}

// keeps finds the organization that the caller manages, for a service of its own.
func (c *call) keeps() (*organization, error) {
	o := c.server.organizationOf(c.account.ID)
	switch {
	case o == nil:
		return nil, refuse(http.StatusBadRequest, "OrganizationsNotInUseException", "The account is in no organization.")
	case o.management != c.account.ID:
		return nil, refuse(http.StatusBadRequest, "NotOrganizationManagementAccountException", "The account is not the management account of its organization.")
	}
	return o, nil
}

func registerTrailKeeper(c *call, in trailCall) (any, error) {
	o, err := c.keeps()
	if err != nil {
		return nil, err
	}
	return nil, o.delegate(c, in.MemberAccountID, trailService)
}

func deregisterTrailKeeper(c *call, in trailCall) (any, error) {
	o, err := c.keeps()
	if err != nil {
		return nil, err
	}
	return nil, o.recall(in.DelegatedAdminAccountID, trailService)
}
