package aws

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"time"
)

// analyzerState holds the analyzers of access and the account's block on what is
// public, which are both one REST call away from IAM and S3.
type analyzerState struct {
	analyzers shelf[doc]
	block     []byte
}

func (c *call) analyzers() *analyzerState { return state[analyzerState](c.account, "access-analyzer") }

func analyzerAction(r *http.Request) string { return r.Method + "Analyzer" }

func analyzerCalls() map[string]handler {
	return map[string]handler{"PUTAnalyzer": createAnalyzer, "GETAnalyzer": getAnalyzer, "DELETEAnalyzer": deleteAnalyzer}
}

func createAnalyzer(c *call) (any, error) {
	var in doc
	if err := json.Unmarshal(c.body, &in); err != nil {
		return nil, err
	}
	name := text(in, "analyzerName")
	if c.analyzers().analyzers[name] != nil {
		return nil, refuse(http.StatusConflict, "ConflictException", "Analyzer %s already exists", name)
	}
	switch kind := text(in, "type"); kind {
	case "ACCOUNT", "ACCOUNT_UNUSED_ACCESS":
	case "ORGANIZATION", "ORGANIZATION_UNUSED_ACCESS":
		if o := c.server.organizationOf(c.account.ID); o == nil || o.management != c.account.ID && !o.isDelegate(c.account.ID, "access-analyzer.amazonaws.com") {
			return nil, refuse(http.StatusBadRequest, "ValidationException", "the account keeps no organization's access")
		}
	default:
		return nil, refuse(http.StatusBadRequest, "ValidationException", "the type %q is none", kind)
	}
	made := doc{"arn": c.arn("access-analyzer", "analyzer/"+name), "name": name, "type": in["type"], "status": "ACTIVE", "createdAt": c.server.config.Now().UTC().Format(time.RFC3339), "tags": in["tags"]}
	c.analyzers().analyzers.put(name, &made)
	return answerREST{document: doc{"arn": made["arn"]}}, nil
}

func getAnalyzer(c *call) (any, error) {
	name := strings.TrimPrefix(c.request.URL.Path, "/analyzer/")
	if found := c.analyzers().analyzers[name]; found != nil {
		return answerREST{document: doc{"analyzer": *found}}, nil
	}
	return nil, refuse(http.StatusNotFound, "ResourceNotFoundException", "Analyzer %s not found", name)
}

func deleteAnalyzer(c *call) (any, error) {
	name := strings.TrimPrefix(c.request.URL.Path, "/analyzer/")
	if c.analyzers().analyzers[name] == nil {
		return nil, refuse(http.StatusNotFound, "ResourceNotFoundException", "Analyzer %s not found", name)
	}
	delete(c.analyzers().analyzers, name)
	return answerREST{}, nil
}

// accountBlock is the path of the account's own block on public access.
const accountBlock = "/v20180820/configuration/publicAccessBlock"

// ownBlock refuses calls about another account's block.
func (c *call) ownBlock() error {
	if asked := c.request.Header.Get("X-Amz-Account-Id"); asked != c.account.ID {
		return refuse(http.StatusForbidden, "AccessDenied", "the account %s may not be asked by %s", asked, c.account.ID)
	}
	return nil
}

func putAccountBlock(c *call) (any, error) {
	if err := c.ownBlock(); err != nil {
		return nil, err
	}
	if err := xml.Unmarshal(c.body, new(struct{ XMLName xml.Name })); err != nil {
		return nil, refuse(http.StatusBadRequest, "MalformedXML", "The XML you provided was not well-formed")
	}
	c.analyzers().block = c.body
	return answerREST{status: http.StatusCreated}, nil
}

func getAccountBlock(c *call) (any, error) {
	if err := c.ownBlock(); err != nil {
		return nil, err
	}
	if c.analyzers().block == nil {
		return nil, refuse(http.StatusNotFound, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
	}
	return answerREST{body: c.analyzers().block, header: map[string]string{"Content-Type": "application/xml"}}, nil
}

func deleteAccountBlock(c *call) (any, error) {
	if err := c.ownBlock(); err != nil {
		return nil, err
	}
	c.analyzers().block = nil
	return answerREST{status: http.StatusNoContent}, nil
}
