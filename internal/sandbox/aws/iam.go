package aws

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// iamState is what IAM holds of an account.
type iamState struct {
	roles     shelf[role]         // by name
	policies  shelf[policy]       // by ARN
	providers shelf[oidcProvider] // by ARN
	profiles  shelf[profile]      // by name
	groups    shelf[group]        // by name
	users     shelf[user]         // by name
	password  url.Values          // nil: none was set
	alias     string
}

type role struct {
	Name, ID, ARN, Path, Description string
	Trust, Boundary                  string
	MaxSeconds                       int
	Inline                           map[string]string // policy documents by name
	Attached                         []string          // ARNs
	Tags                             map[string]string
	Made                             time.Time
}

type policy struct {
	Name, ID, ARN, Path, Description string
	Versions                         shelf[policyVersion] // by v1, v2, ...
	Default                          string
	Tags                             map[string]string
	Made                             time.Time
}

type policyVersion struct {
	ID, Document string
	Made         time.Time
}

type oidcProvider struct {
	ARN, URL               string
	Audiences, Thumbprints []string
	Tags                   map[string]string
	Made                   time.Time
}

type profile struct {
	Name, ID, ARN, Path, Role string
	Tags                      map[string]string
	Made                      time.Time
}

type group struct {
	Name, ID, ARN, Path string
	Inline              map[string]string
	Attached            []string
	Made                time.Time
}

func (c *call) iam() *iamState { return state[iamState](c.account, "iam") }

func iamCalls() map[string]handler {
	calls := map[string]handler{
		"CreateOpenIDConnectProvider": createProvider, "GetOpenIDConnectProvider": getProvider, "DeleteOpenIDConnectProvider": deleteProvider,
		"ListOpenIDConnectProviders": listProviders, "UpdateAccountPasswordPolicy": updatePassword, "GetAccountPasswordPolicy": getPassword,
		"DeleteAccountPasswordPolicy": deletePassword, "CreateInstanceProfile": createProfile, "GetInstanceProfile": getProfile,
		"AddRoleToInstanceProfile": addToProfile, "RemoveRoleFromInstanceProfile": removeFromProfile, "DeleteInstanceProfile": deleteProfile,
		"CreateGroup": createGroup, "GetGroup": getGroup, "DeleteGroup": deleteGroup, "PutGroupPolicy": putGroupPolicy,
		"GetGroupPolicy": getGroupPolicy, "DeleteGroupPolicy": deleteGroupPolicy, "AttachGroupPolicy": attachGroup,
		"ListAttachedGroupPolicies": listGroupAttached, "DetachGroupPolicy": detachGroup, "CreateAccountAlias": createAlias,
		"ListAccountAliases": listAliases, "DeleteAccountAlias": deleteAlias,
	}
	for _, more := range []map[string]handler{iamRoleCalls(), iamPolicyCalls(), iamUserCalls()} {
		for name, handle := range more {
			calls[name] = handle
		}
	}
	return calls
}

func noSuch(kind, name string) *failure {
	return refuse(http.StatusNotFound, "NoSuchEntity", "The %s with name %s cannot be found.", kind, name)
}

func exists(kind, name string) *failure {
	return refuse(http.StatusConflict, "EntityAlreadyExists", "%s with name %s already exists.", kind, name)
}

func inUse(message string) *failure {
	return refuse(http.StatusConflict, "DeleteConflict", "Cannot delete entity, %s", message)
}

// maxManagedPolicy and maxTrust are the vendor's limits on documents, in
// characters without white space.
const (
	maxManagedPolicy = 6144
	maxInlinePolicy  = 10240
	maxTrust         = 2048
)

// document reads a policy of the form and holds it to the language's outer form.
func (c *call) document(field string, limit int) (string, error) {
	written := c.form.Get(field)
	var parsed struct {
		Version   string
		Statement any
	}
	if err := json.Unmarshal([]byte(written), &parsed); err != nil || parsed.Statement == nil {
		return "", refuse(http.StatusBadRequest, "MalformedPolicyDocument", "This policy contains invalid Json")
	}
	if parsed.Version != "2012-10-17" && parsed.Version != "2008-10-17" && parsed.Version != "" {
		return "", refuse(http.StatusBadRequest, "MalformedPolicyDocument", "The policy must contain a valid version string")
	}
	if size := len(strings.Join(strings.Fields(written), "")); size > limit {
		return "", refuse(http.StatusConflict, "LimitExceeded", "Cannot exceed quota for policy size: %d", limit)
	}
	return written, nil
}

func createProvider(c *call) (any, error) {
	address, ok := strings.CutPrefix(c.form.Get("Url"), "https://")
	if !ok {
		return nil, refuse(http.StatusBadRequest, "InvalidInput", "Invalid Open ID Connect Provider URL")
	}
	arn := c.globalARN("iam", "oidc-provider/"+address)
	if c.iam().providers[arn] != nil {
		return nil, exists("Provider", address)
	}
	c.iam().providers.put(arn, &oidcProvider{
		ARN: arn, URL: address, Audiences: c.formList("ClientIDList.member"), Thumbprints: c.formList("ThumbprintList.member"),
		Tags: c.formTags("Tags.member"), Made: c.server.config.Now(),
	})
	return answerXML{say("OpenIDConnectProviderArn", arn)}, nil
}

func (c *call) provider() (*oidcProvider, error) {
	arn := c.form.Get("OpenIDConnectProviderArn")
	if found := c.iam().providers[arn]; found != nil {
		return found, nil
	}
	return nil, noSuch("OpenIDConnect Provider", arn)
}

func getProvider(c *call) (any, error) {
	p, err := c.provider()
	if err != nil {
		return nil, err
	}
	thumbprints := p.Thumbprints
	if len(thumbprints) == 0 {
		thumbprints = []string{strings.Repeat("0", 40)} // the vendor fetches one when none is given
	}
	return answerXML{
		say("Url", p.URL), texts("ClientIDList", "member", p.Audiences), texts("ThumbprintList", "member", thumbprints),
		say("CreateDate", p.Made), tagList("Tags", "member", p.Tags),
	}, nil
}

func deleteProvider(c *call) (any, error) {
	if _, err := c.provider(); err != nil {
		return nil, err
	}
	delete(c.iam().providers, c.form.Get("OpenIDConnectProviderArn"))
	return answerXML{}, nil
}

func listProviders(c *call) (any, error) {
	return answerXML{list("OpenIDConnectProviderList", "member", c.iam().providers.names(), func(arn string) []element { return []element{say("Arn", arn)} })}, nil
}

// passwordBounds are the least and the most of each number of a password policy.
var passwordBounds = map[string][2]int{"MinimumPasswordLength": {6, 128}, "MaxPasswordAge": {1, 1095}, "PasswordReusePrevention": {1, 24}}

func updatePassword(c *call) (any, error) {
	for _, field := range sortedKeys(passwordBounds) {
		if !c.form.Has(field) {
			continue
		}
		number, err := strconv.Atoi(c.form.Get(field))
		if bounds := passwordBounds[field]; err != nil || number < bounds[0] || number > bounds[1] {
			return nil, refuse(http.StatusBadRequest, "ValidationError", "1 validation error detected: %s must lie between %d and %d", field, bounds[0], bounds[1])
		}
	}
	c.iam().password = c.form
	return answerXML{}, nil
}

func getPassword(c *call) (any, error) {
	set := c.iam().password
	if set == nil {
		return nil, noSuch("Password Policy with domain name", c.account.ID)
	}
	parts := []element{say("ExpirePasswords", set.Get("MaxPasswordAge") != "" && set.Get("MaxPasswordAge") != "0")}
	for _, name := range []string{"AllowUsersToChangePassword", "HardExpiry", "MaxPasswordAge", "MinimumPasswordLength", "PasswordReusePrevention", "RequireLowercaseCharacters", "RequireNumbers", "RequireSymbols", "RequireUppercaseCharacters"} {
		parts = append(parts, some(name, set.Get(name)))
	}
	return answerXML{el("PasswordPolicy", parts...)}, nil
}

func deletePassword(c *call) (any, error) {
	if c.iam().password == nil {
		return nil, noSuch("Password Policy with domain name", c.account.ID)
	}
	c.iam().password = nil
	return answerXML{}, nil
}

func (c *call) profile() (*profile, error) {
	name := c.form.Get("InstanceProfileName")
	if found := c.iam().profiles[name]; found != nil {
		return found, nil
	}
	return nil, noSuch("Instance Profile", name)
}

func (c *call) writeProfile(p *profile) []element {
	roles := el("Roles")
	if held := c.iam().roles[p.Role]; held != nil {
		roles = el("Roles", el("member", writeRole(held)...))
	}
	return []element{
		say("InstanceProfileName", p.Name), say("InstanceProfileId", p.ID), say("Arn", p.ARN), say("Path", p.Path),
		say("CreateDate", p.Made), roles, tagList("Tags", "member", p.Tags),
	}
}

func createProfile(c *call) (any, error) {
	name := c.form.Get("InstanceProfileName")
	if c.iam().profiles[name] != nil {
		return nil, exists("Instance Profile", name)
	}
	p := &profile{Name: name, ID: c.entity("AIPA"), Path: c.path(), Tags: c.formTags("Tags.member"), Made: c.server.config.Now()}
	p.ARN = c.globalARN("iam", "instance-profile"+p.Path+name)
	c.iam().profiles.put(name, p)
	return answerXML{el("InstanceProfile", c.writeProfile(p)...)}, nil
}

func getProfile(c *call) (any, error) {
	p, err := c.profile()
	if err != nil {
		return nil, err
	}
	return answerXML{el("InstanceProfile", c.writeProfile(p)...)}, nil
}

func addToProfile(c *call) (any, error) {
	p, err := c.profile()
	if err != nil {
		return nil, err
	}
	if c.iam().roles[c.form.Get("RoleName")] == nil {
		return nil, noSuch("role", c.form.Get("RoleName"))
	}
	if p.Role != "" {
		return nil, refuse(http.StatusConflict, "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
	}
	p.Role = c.form.Get("RoleName")
	return answerXML{}, nil
}

func removeFromProfile(c *call) (any, error) {
	p, err := c.profile()
	if err != nil {
		return nil, err
	}
	p.Role = ""
	return answerXML{}, nil
}

func deleteProfile(c *call) (any, error) {
	p, err := c.profile()
	if err != nil {
		return nil, err
	}
	if p.Role != "" {
		return nil, inUse("must remove roles from instance profile first.")
	}
	delete(c.iam().profiles, p.Name)
	return answerXML{}, nil
}

func (c *call) group() (*group, error) {
	if found := c.iam().groups[c.form.Get("GroupName")]; found != nil {
		return found, nil
	}
	return nil, noSuch("group", c.form.Get("GroupName"))
}

func writeGroup(g *group) element {
	return el("Group", say("GroupName", g.Name), say("GroupId", g.ID), say("Arn", g.ARN), say("Path", g.Path), say("CreateDate", g.Made))
}

func createGroup(c *call) (any, error) {
	name := c.form.Get("GroupName")
	if c.iam().groups[name] != nil {
		return nil, exists("Group", name)
	}
	g := &group{Name: name, ID: c.entity("AGPA"), Path: c.path(), Inline: map[string]string{}, Made: c.server.config.Now()}
	g.ARN = c.globalARN("iam", "group"+g.Path+name)
	c.iam().groups.put(name, g)
	return answerXML{writeGroup(g)}, nil
}

func getGroup(c *call) (any, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	return answerXML{writeGroup(g), list("Users", "member", c.membersOf(g), writeUser), say("IsTruncated", false)}, nil
}

func deleteGroup(c *call) (any, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	if len(g.Inline)+len(g.Attached) > 0 {
		return nil, inUse("must delete policies first.")
	}
	if len(c.membersOf(g)) > 0 {
		return nil, inUse("must remove users from group first.")
	}
	delete(c.iam().groups, g.Name)
	return answerXML{}, nil
}

func putGroupPolicy(c *call) (any, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	document, err := c.document("PolicyDocument", maxInlinePolicy)
	if err != nil {
		return nil, err
	}
	g.Inline[c.form.Get("PolicyName")] = document
	return answerXML{}, nil
}

func getGroupPolicy(c *call) (any, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	name := c.form.Get("PolicyName")
	document, ok := g.Inline[name]
	if !ok {
		return nil, noSuch("group policy", name)
	}
	return answerXML{say("GroupName", g.Name), say("PolicyName", name), say("PolicyDocument", url.QueryEscape(document))}, nil
}

func deleteGroupPolicy(c *call) (any, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	delete(g.Inline, c.form.Get("PolicyName"))
	return answerXML{}, nil
}

func attachGroup(c *call) (any, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	if err := c.attach(&g.Attached); err != nil {
		return nil, err
	}
	return answerXML{}, nil
}

func listGroupAttached(c *call) (any, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	return answerXML{writeAttached(g.Attached), say("IsTruncated", false)}, nil
}

func detachGroup(c *call) (any, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	g.Attached = slices.DeleteFunc(g.Attached, func(arn string) bool { return arn == c.form.Get("PolicyArn") })
	return answerXML{}, nil
}

func createAlias(c *call) (any, error) {
	c.iam().alias = c.form.Get("AccountAlias")
	return answerXML{}, nil
}

func listAliases(c *call) (any, error) {
	var held []string
	if c.iam().alias != "" {
		held = []string{c.iam().alias}
	}
	return answerXML{texts("AccountAliases", "member", held), say("IsTruncated", false)}, nil
}

func deleteAlias(c *call) (any, error) {
	c.iam().alias = ""
	return answerXML{}, nil
}

// entity makes a unique id as IAM's are: four letters of the kind and digits.
func (c *call) entity(kind string) string {
	return kind + c.account.ID[4:] + strconv.Itoa(100000000+c.account.next())
}

func (c *call) path() string {
	if path := c.form.Get("Path"); path != "" {
		return path
	}
	return "/"
}

var entityName = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)
