package zoho

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/modules/crm"
)

func trouble(t *testing.T, err error) *crm.Trouble {
	t.Helper()
	found := new(crm.Trouble)
	if !errors.As(err, &found) {
		t.Fatalf("%v is no trouble", err)
	}
	return found
}

// one wraps an error object as the only entry of data[].
func one(body string) string { return `{"data":[` + body + `]}` }

// The table of reference acquisition, section 3.1: signal, class.
func TestEachErrorHasItsClass(t *testing.T) {
	bare := func(code string) string {
		return `{"code":"` + code + `","details":{},"message":"m","status":"error"}`
	}
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   crm.Kind
	}{
		{"500 without a word", 500, "", crm.Down},
		{"502 with a proxy's page", 502, "<html>bad gateway</html>", crm.Down},
		{"503", 503, "{}", crm.Down},
		{"408", 408, "", crm.Down},
		{"INTERNAL_ERROR", 500, bare("INTERNAL_ERROR"), crm.Down},
		{"INTERNAL_ERROR of a record", 400, one(bare("INTERNAL_ERROR")), crm.Down},
		{"DEPENDENT_SERVICE_ERROR at 400", 400, bare("DEPENDENT_SERVICE_ERROR"), crm.Down},
		{"INVALID_TOKEN", 401, bare("INVALID_TOKEN"), crm.Stale},
		{"AUTHENTICATION_FAILURE", 401, bare("AUTHENTICATION_FAILURE"), crm.Stale},
		{"INVALID_OAUTHTOKEN", 401, bare("INVALID_OAUTHTOKEN"), crm.Stale},
		{"401 without a word", 401, "", crm.Stale},
		{"OAUTH_SCOPE_MISMATCH", 401, bare("OAUTH_SCOPE_MISMATCH"), crm.Locked},
		{"NO_PERMISSION", 403, `{"code":"NO_PERMISSION","details":{"permissions":["Crm_Implied_Create_Deals"]},"message":"permission denied","status":"error"}`, crm.Locked},
		{"NO_PERMISSION of a record", 403, one(bare("NO_PERMISSION")), crm.Locked},
		{"AUTHORIZATION_FAILED", 400, bare("AUTHORIZATION_FAILED"), crm.Locked},
		{"INVALID_URL_PATTERN", 404, bare("INVALID_URL_PATTERN"), crm.Locked},
		{"INVALID_MODULE at 400", 400, `{"code":"INVALID_MODULE","details":{"resource_path_index":0},"message":"the module name given seems to be invalid","status":"error"}`, crm.Locked},
		{"404 without a word", 404, "", crm.Locked},
		{"a redirect", 302, "", crm.Locked},
		{"TOO_MANY_REQUESTS", 429, bare("TOO_MANY_REQUESTS"), crm.Throttled},
		{"429 without a word", 429, "", crm.Throttled},
		{"INVALID_DATA", 400, one(`{"code":"INVALID_DATA","details":{"expected_data_type":"text","api_name":"Phone","json_path":"$.data[0].Phone"},"message":"invalid data","status":"error"}`), crm.Refused},
		{"INVALID_DATA at 207", 207, one(bare("INVALID_DATA")), crm.Refused},
		{"MANDATORY_NOT_FOUND", 400, one(bare("MANDATORY_NOT_FOUND")), crm.Refused},
		{"DEPENDENT_FIELD_MISSING", 400, one(bare("DEPENDENT_FIELD_MISSING")), crm.Refused},
		{"DEPENDENT_FIELD_MISMATCH", 400, one(bare("DEPENDENT_FIELD_MISMATCH")), crm.Refused},
		{"DEPENDENT_MISMATCH", 400, one(bare("DEPENDENT_MISMATCH")), crm.Refused},
		{"DUPLICATE_DATA", 400, one(bare("DUPLICATE_DATA")), crm.Refused},
		{"MULTIPLE_OR_MULTI_ERRORS", 400, one(bare("MULTIPLE_OR_MULTI_ERRORS")), crm.Refused},
		{"a 400 of a code nobody knows", 400, one(bare("NEW_ERROR")), crm.Refused},
		{"a 500 of a code nobody knows", 500, bare("NEW_ERROR"), crm.Down},
		{"ALREADY_MODIFIED", 412, one(bare("ALREADY_MODIFIED")), crm.Held},
		{"412 without a word", 412, "", crm.Held},
		{"RECORD_LOCKED", 400, one(bare("RECORD_LOCKED")), crm.Held},
		{"RECORD_IN_BLUEPRINT", 400, one(bare("RECORD_IN_BLUEPRINT")), crm.Held},
		{"NOT_APPROVED", 400, one(bare("NOT_APPROVED")), crm.Held},
		{"200 without its data", 200, `{}`, crm.Down},
		{"200 with a page", 200, "<html>", crm.Down},
		{"200 with a success without an id", 200, one(`{"code":"SUCCESS","status":"success","details":{}}`), crm.Down},
		{"200 with an id that is none", 200, one(`{"code":"SUCCESS","status":"success","details":{"id":"../org"}}`), crm.Down},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readWritten(c.status, http.Header{}, []byte(c.body))
			if got := trouble(t, err); got.Kind != c.want || got.Message == "" {
				t.Errorf("%+v, want %s", got, c.want)
			}
		})
	}
}

func TestWhatIsSaidOfAField(t *testing.T) {
	for _, c := range []struct{ name, body, field, ours, says string }{
		{"a long name", `{"code":"INVALID_DATA","details":{"maximum_length":120,"api_name":"Deal_Name","json_path":"$.data[0].Deal_Name"},"message":"invalid data","status":"error"}`,
			"$.data[0].Deal_Name", "name", "at most 120 characters"},
		{"a twin", `{"code":"DUPLICATE_DATA","details":{"api_name":"Email","json_path":"$.data[0].Email","duplicate_record":{"id":"4881"}},"message":"duplicate data","status":"error"}`,
			"$.data[0].Email", "email", "record 4881 has it already"},
		{"several", `{"code":"MULTIPLE_OR_MULTI_ERRORS","details":{"errors":[
			{"code":"INVALID_DATA","details":{"api_name":"Phone","json_path":"$.data[0].Phone","expected_data_type":"phone"},"message":"invalid data","status":"error"},
			{"code":"MANDATORY_NOT_FOUND","details":{"api_name":"Industry","json_path":"$.data[0].Industry"},"message":"required field not found","status":"error"}]},"message":"Multiple errors in the request","status":"error"}`,
			"$.data[0].Phone", "phone", "a phone is expected); MANDATORY_NOT_FOUND Industry"},
		{"only a path", `{"code":"INVALID_DATA","details":{"json_path":"$.data[0].Billing_City"},"message":"invalid data","status":"error"}`, "$.data[0].Billing_City", "city", "INVALID_DATA"},
		{"a field of nobody's", `{"code":"INVALID_DATA","details":{"api_name":"Industry","json_path":"$.data[0].Industry"},"message":"invalid data","status":"error"}`, "$.data[0].Industry", "", "Industry"},
		{"words that would break a page", `{"code":"INVALID_DATA","details":{"json_path":"$.data[0].X"},"message":"` + strings.Repeat("á", 300) + `\u0000\n","status":"error"}`, "$.data[0].X", "", "…"},
	} {
		_, err := readWritten(400, http.Header{}, []byte(one(c.body)))
		got := trouble(t, err)
		if got.Field != c.field || got.Ours != c.ours || !strings.Contains(got.Message, c.says) || strings.ContainsAny(got.Message, "\n\x00") {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestASuccessIsItsEntrys(t *testing.T) {
	body := one(`{"code":"SUCCESS","duplicate_field":null,"action":"insert","details":{"id":"4150868000000001","Created_Time":"2026-11-22T10:00:00-03:00"},"message":"record added","status":"success"}`)
	header := http.Header{"X-Api-Credits-Remaining": {"4711"}}
	written, err := readWritten(200, header, []byte(body))
	if err != nil || written.ID != "4150868000000001" || !written.New || written.Credits != 4711 {
		t.Fatalf("%+v %v", written, err)
	}
	written, err = readWritten(200, http.Header{}, []byte(strings.NewReplacer("insert", "update", `"4150868000000001"`, "4150868000000001").Replace(body)))
	if err != nil || written.ID != "4150868000000001" || written.New || written.Credits != -1 {
		t.Fatalf("an id as a number: %+v %v", written, err)
	}
	// 207 is mixed: what counts is our entry.
	mixed := `{"data":[{"code":"SUCCESS","status":"success","action":"update","details":{"id":"1"}},{"code":"INVALID_DATA","status":"error","details":{}}]}`
	if written, err := readWritten(207, http.Header{}, []byte(mixed)); err != nil || written.ID != "1" {
		t.Fatalf("%+v %v", written, err)
	}
	if _, err := readWritten(207, http.Header{}, []byte(`{"data":[{"code":"INVALID_DATA","status":"error","details":{}},{"code":"SUCCESS","status":"success","details":{"id":"1"}}]}`)); trouble(t, err).Kind != crm.Refused {
		t.Fatal(err)
	}
}

// Success of the token endpoint is that there is a token, whatever the status.
func TestGrantsAreJudgedByTheirToken(t *testing.T) {
	const token = `{"access_token":"1000.a","api_domain":"https://www.zohoapis.com","token_type":"Bearer","expires_in":3600}`
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   crm.Kind // empty: a token
		says   string
	}{
		{"a token", 200, token, "", ""},
		{"a token at another status", 201, token, "", ""},
		{"revoked, at 200", 200, `{"error":"invalid_code"}`, crm.Locked, "revoked"},
		{"unknown client, at 200", 200, `{"error":"invalid_client"}`, crm.Locked, "don't belong together"},
		{"wrong secret, at 200", 200, `{"error":"invalid_client_secret"}`, crm.Locked, "invalid_client_secret"},
		{"throttled, at 400", 400, `{"error":"Access Denied","error_description":"You have made too many requests continuously. Please try again after some time.","status":"failure"}`, crm.Throttled, "too many"},
		{"throttled in other words", 200, `{"error":"failure","error_description":"You have made too many requests continuously."}`, crm.Throttled, ""},
		{"429", 429, "", crm.Throttled, ""},
		{"500", 500, "", crm.Down, "500"},
		{"a page", 200, "<html>sign in</html>", crm.Down, "no token"},
		{"404", 404, "<html>", crm.Locked, "404"},
		{"a token for nowhere", 200, `{"access_token":"1000.a"}`, crm.Down, "where"},
		{"a token and an error", 200, `{"access_token":"1000.a","error":"invalid_code","api_domain":"https://www.zohoapis.com"}`, crm.Locked, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readGrant(c.status, []byte(c.body))
			if c.want == "" {
				if err != nil || got.AccessToken != "1000.a" || got.token().LifeMS != 3_600_000 {
					t.Fatalf("%+v %v", got, err)
				}
				return
			}
			if found := trouble(t, err); found.Kind != c.want || !strings.Contains(found.Message, c.says) {
				t.Fatalf("%+v, want %s: %s", found, c.want, c.says)
			}
		})
	}
	for _, life := range []int64{0, -5, 100_000} {
		if got := (grant{ExpiresIn: life}).token().LifeMS; got != 3_600_000 {
			t.Errorf("a token that says %d s lives %d ms", life, got)
		}
	}
}

// Whatever is answered, it is a record with an id, or a trouble with a known
// kind and a message of one bounded line.
func FuzzAnswers(f *testing.F) {
	f.Add(200, `{"data":[{"code":"SUCCESS","status":"success","action":"insert","details":{"id":"1"}}]}`)
	f.Add(400, `{"data":[{"code":"MULTIPLE_OR_MULTI_ERRORS","details":{"errors":[{"code":"X","details":{"maximum_length":3}}]}}]}`)
	f.Add(200, `{"error":"invalid_code"}`)
	f.Add(207, `{"data":[null]}`)
	f.Add(400, `{"code":1,"details":[]}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		check := func(err error) {
			got := trouble(t, err)
			if got.Kind == "" || got.Message == "" || len(got.Message) > 5000 || strings.ContainsAny(got.Message, "\n\r\x00") {
				t.Fatalf("%+v", got)
			}
		}
		if written, err := readWritten(status, http.Header{}, []byte(body)); err != nil {
			check(err)
		} else if written.ID == "" {
			t.Fatal("a record without an id")
		}
		if grant, err := readGrant(status, []byte(body)); err != nil {
			check(err)
		} else if grant.AccessToken == "" {
			t.Fatal("success without a token")
		}
		var list fieldList
		if err := json.Unmarshal([]byte(body), &list); err == nil {
			(&Vendor{}).Check((&Vendor{}).Usual(), map[crm.Entity][]crm.Field{crm.EntityAccount: list.fields(), crm.EntityDeal: list.fields()})
		}
	})
}
