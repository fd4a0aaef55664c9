package aws

import (
	"encoding/json"
	"net/http"
	"time"
)

// doc is a JSON object whose fields are kept as they came: most resources are
// read back as they were given, with an ARN and a state beside.
type doc = map[string]any

// jsonCall decodes the body into In and calls fn.
func jsonCall[In any](fn func(c *call, in In) (any, error)) handler {
	return func(c *call) (any, error) {
		var in In
		if len(c.body) > 0 {
			if err := json.Unmarshal(c.body, &in); err != nil {
				return nil, refuse(http.StatusBadRequest, "SerializationException", "%s", err)
			}
		}
		return fn(c, in)
	}
}

// seconds is how JSON 1.0 and 1.1 write a time: epoch seconds.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// text reads a string field of a document.
func text(d doc, name string) string {
	s, _ := d[name].(string)
	return s
}

func writeJSON(w http.ResponseWriter, result any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-RequestId", requestID)
	if result == nil {
		result = doc{}
	}
	_ = json.NewEncoder(w).Encode(result) // the client hung up; nobody is left to tell
}

func failJSON(w http.ResponseWriter, f *failure) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-ErrorType", f.Code)
	if f.older != "" {
		w.Header().Set("X-Amzn-Query-Error", f.older+";Sender")
	}
	w.Header().Set("X-Amzn-RequestId", requestID)
	w.WriteHeader(f.Status)
	_ = json.NewEncoder(w).Encode(doc{"__type": f.Code, "message": f.Message})
}
