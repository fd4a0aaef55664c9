package aws

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// watchState is what GuardDuty holds of an account: one detector, and how it
// keeps the organization's.
type watchState struct {
	id       string // of the detector; empty for none
	detector doc
	tags     map[string]string
	all      string // which members are watched by themselves: ALL, NEW, NONE
}

const watchService = "guardduty.amazonaws.com"

func (c *call) watch() *watchState { return state[watchState](c.account, "guardduty") }

// watchAction names a request by its method and the kind of its path.
func watchAction(r *http.Request) string {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case parts[0] == "detector" && len(parts) == 2:
		return r.Method + " detector/{id}"
	case parts[0] == "detector" && len(parts) == 3:
		return r.Method + " detector/{id}/" + parts[2]
	case parts[0] == "tags":
		return r.Method + " tags"
	}
	return r.Method + " " + strings.Join(parts, "/")
}

func watchCalls() map[string]handler {
	return map[string]handler{
		"POST detector": createDetector, "GET detector": listDetectors, "GET detector/{id}": getDetector, "POST detector/{id}": updateDetector, "DELETE detector/{id}": deleteDetector,
		"GET detector/{id}/admin": describeWatched, "POST detector/{id}/admin": updateWatched,
		"GET admin": listWatchKeepers, "POST admin/enable": enableWatchKeeper, "POST admin/disable": disableWatchKeeper,
		"GET tags": listDetectorTags, "POST tags": tagDetector, "DELETE tags": untagDetector,
	}
}

// badWatch is how GuardDuty refuses: one code, and a text that clients read.
func badWatch(why string) *failure {
	return refuse(http.StatusBadRequest, "BadRequestException", "The request is rejected because %s", why)
}

// readBody decodes a body of JSON.
func readBody(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return refuse(http.StatusBadRequest, "SerializationException", "%s", err)
	}
	return nil
}

// openWatch gives an account its detector.
func (s *Server) openWatch(a *account) *watchState {
	w := state[watchState](a, "guardduty")
	now := s.config.Now().UTC().Format(time.RFC3339)
	w.id = fmt.Sprintf("%032x", a.next())
	w.tags, w.all = map[string]string{}, "NONE"
	w.detector = doc{
		"status": "ENABLED", "findingPublishingFrequency": "SIX_HOURS", "createdAt": now, "updatedAt": now,
		"serviceRole": "arn:aws:iam::" + a.ID + ":role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty",
		"dataSources": doc{
			"cloudTrail": doc{"status": "ENABLED"}, "dnsLogs": doc{"status": "ENABLED"}, "flowLogs": doc{"status": "ENABLED"}, "s3Logs": doc{"status": "ENABLED"},
			"kubernetes":        doc{"auditLogs": doc{"status": "ENABLED"}},
			"malwareProtection": doc{"scanEc2InstanceWithFindings": doc{"ebsVolumes": doc{"status": "ENABLED"}}},
		},
	}
	return w
}

type detectorCall struct {
	Enable                     *bool             `json:"enable"`
	FindingPublishingFrequency string            `json:"findingPublishingFrequency"`
	Tags                       map[string]string `json:"tags"`
}

func (w *watchState) set(in detectorCall) error {
	if in.Enable != nil {
		w.detector["status"] = map[bool]string{true: "ENABLED", false: "DISABLED"}[*in.Enable]
	}
	if in.FindingPublishingFrequency == "" {
		return nil
	}
	if !slices.Contains([]string{"FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"}, in.FindingPublishingFrequency) {
		return badWatch("an invalid or out-of-range value is specified as an input parameter.")
	}
	w.detector["findingPublishingFrequency"] = in.FindingPublishingFrequency
	return nil
}

func createDetector(c *call) (any, error) {
	var in detectorCall
	if err := readBody(c.body, &in); err != nil {
		return nil, err
	}
	if c.watch().id != "" {
		return nil, badWatch("a detector already exists for the current account.")
	}
	w := c.server.openWatch(c.account)
	if err := w.set(in); err != nil {
		w.id = ""
		return nil, err
	}
	maps.Copy(w.tags, in.Tags)
	return answerREST{document: doc{"detectorId": w.id}}, nil
}

func listDetectors(c *call) (any, error) {
	ids := []string{}
	if c.watch().id != "" {
		ids = append(ids, c.watch().id)
	}
	return answerREST{document: doc{"detectorIds": ids}}, nil
}

// detector holds the path's detector against the account's.
func (c *call) detector() (*watchState, error) {
	id := strings.Split(strings.Trim(c.request.URL.Path, "/"), "/")[1]
	if w := c.watch(); w.id == id {
		return w, nil
	}
	return nil, badWatch("the input detectorId is not owned by the current account.")
}

func getDetector(c *call) (any, error) {
	w, err := c.detector()
	if err != nil {
		return nil, err
	}
	told := maps.Clone(w.detector)
	told["tags"] = w.tags
	return answerREST{document: told}, nil
}

func updateDetector(c *call) (any, error) {
	w, err := c.detector()
	if err != nil {
		return nil, err
	}
	var in detectorCall
	if err := readBody(c.body, &in); err != nil {
		return nil, err
	}
	if err := w.set(in); err != nil {
		return nil, err
	}
	return answerREST{document: doc{}}, nil
}

func deleteDetector(c *call) (any, error) {
	w, err := c.detector()
	if err != nil {
		return nil, err
	}
	if w.all == "ALL" {
		return nil, badWatch("cannot delete detector while it has invited or associated members")
	}
	*w = watchState{}
	return answerREST{document: doc{}}, nil
}

// watched finds the organization whose watch the caller keeps.
func (c *call) watched() (*watchState, error) {
	w, err := c.detector()
	if err != nil {
		return nil, err
	}
	o := c.server.organizationOf(c.account.ID)
	if o == nil || !o.isDelegate(c.account.ID, watchService) {
		return nil, badWatch("the current account is not a delegated GuardDuty administrator of an organization.")
	}
	return w, nil
}

func describeWatched(c *call) (any, error) {
	w, err := c.watched()
	if err != nil {
		return nil, err
	}
	on := w.all != "NONE"
	return answerREST{document: doc{
		"autoEnable": on, "autoEnableOrganizationMembers": w.all, "memberAccountLimitReached": false,
		"dataSources": doc{
			"s3Logs": doc{"autoEnable": on}, "kubernetes": doc{"auditLogs": doc{"autoEnable": on}},
			"malwareProtection": doc{"scanEc2InstanceWithFindings": doc{"ebsVolumes": doc{"autoEnable": on}}},
		},
	}}, nil
}

func updateWatched(c *call) (any, error) {
	w, err := c.watched()
	if err != nil {
		return nil, err
	}
	var in struct {
		AutoEnableOrganizationMembers string `json:"autoEnableOrganizationMembers"`
	}
	if err := readBody(c.body, &in); err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"ALL", "NEW", "NONE"}, in.AutoEnableOrganizationMembers) {
		return nil, badWatch("an invalid or out-of-range value is specified as an input parameter.")
	}
	w.all = in.AutoEnableOrganizationMembers
	return answerREST{document: doc{}}, nil
}

func listWatchKeepers(c *call) (any, error) {
	o, err := c.keepsWatch()
	if err != nil {
		return nil, err
	}
	found := []doc{}
	for _, d := range o.delegated {
		if d.service == watchService {
			found = append(found, doc{"adminAccountId": d.account, "adminStatus": "ENABLED"})
		}
	}
	return answerREST{document: doc{"adminAccounts": found}}, nil
}

// keepsWatch is keeps in the words of this service.
func (c *call) keepsWatch() (*organization, error) {
	o, err := c.keeps()
	if err != nil {
		return nil, badWatch("the current account is not the management account of an organization.")
	}
	return o, nil
}

type watchKeeperCall struct {
	AdminAccountID string `json:"adminAccountId"`
}

// enableWatchKeeper makes a member the organization's watch, and gives it the
// detector that it needs for that (user guide, "Managing GuardDuty accounts with
// AWS Organizations").
func enableWatchKeeper(c *call) (any, error) {
	o, err := c.keepsWatch()
	if err != nil {
		return nil, err
	}
	var in watchKeeperCall
	if err := readBody(c.body, &in); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(o.delegated, func(d delegated) bool { return d.service == watchService }) {
		return nil, badWatch("a delegated administrator was already enabled for this organization.")
	}
	if err := o.delegate(c, in.AdminAccountID, watchService); err != nil {
		return nil, badWatch("an invalid or out-of-range value is specified as an input parameter: " + err.Error())
	}
	if keeper := c.server.accounts[in.AdminAccountID]; state[watchState](keeper, "guardduty").id == "" {
		c.server.openWatch(keeper)
	}
	return answerREST{document: doc{}}, nil
}

func disableWatchKeeper(c *call) (any, error) {
	o, err := c.keepsWatch()
	if err != nil {
		return nil, err
	}
	var in watchKeeperCall
	if err := readBody(c.body, &in); err != nil {
		return nil, err
	}
	if err := o.recall(in.AdminAccountID, watchService); err != nil {
		return nil, badWatch("the account is not the delegated administrator.")
	}
	return answerREST{document: doc{}}, nil
}

func (c *call) taggedDetector() (*watchState, error) {
	if w := c.watch(); w.id != "" && strings.HasSuffix(c.request.URL.Path, ":"+c.account.ID+":detector/"+w.id) {
		return w, nil
	}
	return nil, badWatch("the input detectorId is not owned by the current account.")
}

func listDetectorTags(c *call) (any, error) {
	w, err := c.taggedDetector()
	if err != nil {
		return nil, err
	}
	return answerREST{document: doc{"tags": w.tags}}, nil
}

func tagDetector(c *call) (any, error) {
	w, err := c.taggedDetector()
	if err != nil {
		return nil, err
	}
	var in detectorCall
	if err := readBody(c.body, &in); err != nil {
		return nil, err
	}
	maps.Copy(w.tags, in.Tags)
	return answerREST{status: http.StatusNoContent}, nil
}

func untagDetector(c *call) (any, error) {
	w, err := c.taggedDetector()
	if err != nil {
		return nil, err
	}
	for _, key := range c.request.URL.Query()["tagKeys"] {
		delete(w.tags, key)
	}
	return answerREST{status: http.StatusNoContent}, nil
}
