package aws

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
)

// answerREST is what a handler of a REST service returns: a status, headers, and
// a body that is XML (root), JSON (document) or bytes.
type answerREST struct {
	status   int // 200 when zero
	header   map[string]string
	root     *element
	document any
	body     []byte
}

func writeREST(w http.ResponseWriter, result any) {
	answer, _ := result.(answerREST)
	if answer.status == 0 {
		answer.status = http.StatusOK
	}
	for name, value := range answer.header {
		w.Header().Set(name, value)
	}
	switch {
	case answer.root != nil:
		writeXML(w, answer.status, *answer.root)
	case answer.document != nil:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(answer.status)
		_ = json.NewEncoder(w).Encode(answer.document) // the client hung up; nobody is left to tell
	default:
		w.WriteHeader(answer.status)
		_, _ = w.Write(answer.body)
	}
}

// failREST tells an error as the service does: XML for S3 and Route 53, JSON for
// the others.
func failREST(w http.ResponseWriter, c *call, f *failure) {
	switch c.service {
	case "s3":
		writeXML(w, f.Status, el("Error", say("Code", f.Code), say("Message", f.Message), say("RequestId", requestID)))
	case "route53":
		writeXML(w, f.Status, el("ErrorResponse", el("Error", say("Type", "Sender"), say("Code", f.Code), say("Message", f.Message)), say("RequestId", requestID)))
	default:
		failJSON(w, f)
	}
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
