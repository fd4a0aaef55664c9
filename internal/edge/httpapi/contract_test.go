package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"prosa/internal/modules/identity"
)

var update = flag.Bool("update", false, "write api/openapi.yaml anew")

const contractPath = "../../../api/openapi.yaml"

// The committed contract is what the code emits: a change of it is reviewed,
// and the web's types are made from it.
func TestTheContractIsCommitted(t *testing.T) {
	emitted, err := Contract()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Contract(); err != nil || !bytes.Equal(emitted, again) {
		t.Fatal("two emissions differ", err)
	}
	if *update {
		if err := os.MkdirAll("../../../api", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(contractPath, emitted, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(contractPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(emitted, committed) {
		t.Fatalf("api/openapi.yaml is not what the code emits: run 'go test ./internal/edge/httpapi -run Contract -update' and review the change\n%s", firstDifference(committed, emitted))
	}
}

func firstDifference(a, b []byte) string {
	was, is := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			return "first difference: committed " + was[i] + ", emitted " + is[i]
		}
	}
	return "one is longer"
}

// described is the contract, built once for all tests: they only read it.
var described = sync.OnceValues(func() (*huma.OpenAPI, error) {
	a, _, err := build(Deps{PublicURL: "https://example.com", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	return a.huma.OpenAPI(), nil
})

func document(t *testing.T) *huma.OpenAPI {
	t.Helper()
	found, err := described()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// operation is one of the contract with its place.
type operation struct {
	*huma.Operation
	path string
}

func allOperations(t *testing.T) []operation {
	t.Helper()
	var list []operation
	for path, item := range document(t).Paths {
		for _, found := range operations(item) {
			list = append(list, operation{found, path})
		}
	}
	if len(list) < 20 {
		t.Fatalf("only %d operations were found", len(list))
	}
	return list
}

// public are the operations that nobody needs to be signed in for. A new one is
// a decision, so it is named here.
var public = map[string]bool{
	"get-setup": true, "set-up": true, "open-demo-session": true, "sign-in": true, "open-invitation": true, "ask-password-reset": true, "open-password-reset": true, "reset-password": true, "accept-invitation": true,
	// Who buys has no account yet; what they typed is theirs by a cookie.
	"list-plans": true, "list-trades": true, "get-terms": true, "begin-signup": true, "get-signup": true, "change-signup": true, "cancel-signup": true, "resume-signup": true,
	"open-signup": true, "send-signup-code": true, "prove-signup-email": true, "accept-terms": true, "get-contract": true, "pay-signup": true, "pay-signup-again": true,
	"show-activation": true, "send-activation": true,
	"sign-in-second-step": true, "ask-passkey": true, "sign-in-by-passkey": true,
	"get-product-picture": true, // a catalog is public: Meta fetches it
}

func TestEveryOperationSaysWhoMayCallIt(t *testing.T) {
	known := map[string]bool{string(signedIn): true, string(identity.PlatformOperate): true, string(identity.PlatformCost): true}
	for _, permission := range identity.Admin.Permissions() {
		known[string(permission)] = true
	}
	for _, op := range allOperations(t) {
		permission, _ := op.Extensions[permissionKey].(string)
		switch {
		case permission == string(anybody):
			if !public[op.OperationID] {
				t.Errorf("%s is open to anybody and is not listed as such", op.OperationID)
			}
		case public[op.OperationID]:
			t.Errorf("%s is listed as public and asks for %s", op.OperationID, permission)
		case !known[permission]:
			t.Errorf("%s %s declares the permission %q, which nobody can hold", op.Method, op.path, permission)
		}
		if op.Method != "GET" && permission == string(identity.PlatformCost) {
			t.Errorf("%s changes something with the right to look at costs", op.OperationID)
		}
		if op.Method != "GET" && op.Method != "DELETE" && permission == string(identity.InboxRead) && op.OperationID != "mark-conversation-read" {
			t.Errorf("%s changes something with the right to read", op.OperationID)
		}
	}
}

func TestOperationsAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, op := range allOperations(t) {
		if op.Summary == "" || !strings.HasSuffix(op.Summary, ".") || len(op.Tags) != 1 || op.OperationID == "" {
			t.Errorf("%s %s lacks a summary, a tag or an id", op.Method, op.path)
		}
		if seen[op.OperationID] {
			t.Errorf("the id %s is used twice", op.OperationID)
		}
		seen[op.OperationID] = true
		if content := op.Responses["default"]; content == nil || content.Content["application/problem+json"] == nil {
			t.Errorf("%s does not answer errors as problems", op.OperationID)
		}
		for status, response := range op.Responses {
			for mime := range response.Content {
				if mime == "application/problem+json" && status != "default" {
					t.Errorf("%s describes an error apart from the one form", op.OperationID)
				}
			}
		}
	}
}

// promised finds the operation of a call and holds its answer against what the
// contract promises. Every call of every test goes through it.
type promised struct {
	mux      *http.ServeMux
	document *huma.OpenAPI
	byRoute  map[string]*huma.Operation
}

func newPromised(t *testing.T) *promised {
	t.Helper()
	p := &promised{mux: http.NewServeMux(), document: document(t), byRoute: map[string]*huma.Operation{}}
	for path, item := range p.document.Paths {
		for _, op := range operations(item) {
			route := op.Method + " " + path
			p.mux.Handle(route, http.NotFoundHandler())
			p.byRoute[route] = op
		}
	}
	return p
}

func (p *promised) check(t *testing.T, request *http.Request, got *answer) {
	t.Helper()
	plain := request.Clone(context.Background())
	plain.URL.Path = strings.TrimPrefix(plain.URL.Path, Prefix)
	_, route := p.mux.Handler(plain)
	op := p.byRoute[route]
	if op == nil {
		return // no operation: the answer of the handler behind all
	}
	response := op.Responses[strconv.Itoa(got.status)]
	if response == nil {
		response = op.Responses["default"]
		if got.status < 400 && got.status != http.StatusPartialContent {
			t.Errorf("%s answers %d, which the contract does not name", op.OperationID, got.status)
			return
		}
	}
	kind, _, _ := strings.Cut(got.header.Get("Content-Type"), ";")
	media := response.Content[kind]
	if media == nil || media.Schema == nil {
		if len(got.body) > 0 && strings.Contains(kind, "json") {
			t.Errorf("%s answers %d with %s, which the contract does not name", op.OperationID, got.status, kind)
		}
		return
	}
	var value any
	if err := json.Unmarshal(got.body, &value); err != nil {
		t.Errorf("%s: %v", op.OperationID, err)
		return
	}
	result := &huma.ValidateResult{}
	huma.Validate(p.document.Components.Schemas, media.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, result)
	for _, flaw := range result.Errors {
		t.Errorf("%s answers %d against the contract: %v", op.OperationID, got.status, flaw)
	}
}

// A browser's types are made from the contract: a list that may be null needs
// a check at every use.
func TestNoArrayIsNullable(t *testing.T) {
	for name, schema := range document(t).Components.Schemas.Map() {
		walkSchema(schema, func(s *huma.Schema) {
			if s.Type == huma.TypeArray && s.Nullable {
				t.Errorf("%s has an array that may be null", name)
			}
		})
	}
}

func walkSchema(s *huma.Schema, visit func(*huma.Schema)) {
	if s == nil {
		return
	}
	visit(s)
	for _, property := range s.Properties {
		walkSchema(property, visit)
	}
	walkSchema(s.Items, visit)
	if inner, ok := s.AdditionalProperties.(*huma.Schema); ok {
		walkSchema(inner, visit)
	}
}

// A parameter that huma did not see would be empty in every call.
func TestEveryPlaceInAPathIsAParameter(t *testing.T) {
	schemas := document(t).Components.Schemas
	for _, op := range allOperations(t) {
		for _, part := range strings.Split(op.path, "/") {
			name, isPlace := strings.CutPrefix(part, "{")
			name = strings.TrimSuffix(name, "}")
			if isPlace && !slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == "path" && p.Name == name }) {
				t.Errorf("%s does not read {%s}", op.OperationID, name)
			}
		}
		if strings.HasPrefix(op.OperationID, "list-") && op.Method == "GET" {
			for _, response := range op.Responses {
				media := response.Content["application/json"]
				if media == nil {
					continue
				}
				schema := schemas.SchemaFromRef(media.Schema.Ref)
				if schema.Properties["items"] == nil {
					t.Errorf("%s is no list", op.OperationID)
				}
				if schema.Properties["next"] != nil && !slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == "cursor" }) {
					t.Errorf("%s gives a cursor and takes none", op.OperationID)
				}
			}
		}
	}
}

// Nothing that holds a secret may be in an answer.
func TestAnswersHaveNoRoomForSecrets(t *testing.T) {
	schemas := document(t).Components.Schemas
	for _, op := range allOperations(t) {
		for _, response := range op.Responses {
			for _, media := range response.Content {
				schema := media.Schema
				if schema != nil && schema.Ref != "" {
					schema = schemas.SchemaFromRef(schema.Ref)
				}
				walkSchema(schema, func(s *huma.Schema) {
					for name := range s.Properties {
						for _, word := range []string{"password", "token_hash", "secret", "app_secret"} {
							if strings.Contains(name, word) {
								t.Errorf("%s answers with %s", op.OperationID, name)
							}
						}
					}
				})
			}
		}
	}
}
