package aws

import (
	"bytes"
	"net/http"
)

// invocationHeader names one call of an SDK; all attempts of that call carry the
// same, each with its number in Amz-Sdk-Request (AWS SDKs and Tools reference
// guide, "Retry behavior").
const invocationHeader = "Amz-Sdk-Invocation-Id"

// mostAnswers is how many of the last answers are kept: an SDK asks again within
// seconds, or not at all.
const mostAnswers = 512

// repeats keeps the last answers, so that an SDK whose connection broke after the
// work was done and before it read the answer gets that answer when it asks
// again. The vendor would do the work twice or refuse the second time; a plan that
// fails because of this machine's loopback would say nothing about the plan.
type repeats struct {
	answers map[string]*keptAnswer
	order   []string // oldest first
}

// keptAnswer is a whole response. A handler writes it as it would to the wire.
type keptAnswer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *keptAnswer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *keptAnswer) WriteHeader(status int) { a.status = status }

// Write implements http.ResponseWriter.
func (a *keptAnswer) Write(part []byte) (int, error) { return a.body.Write(part) }

// give writes the answer to whoever asked.
func (a *keptAnswer) give(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // the client hung up; it asks again or nobody is left to tell
}

// invocation is what all attempts of a call by one key share; empty when whoever
// calls is no SDK.
func invocation(r *http.Request, key string) string {
	id := r.Header.Get(invocationHeader)
	if id == "" {
		return ""
	}
	return key + " " + id
}

// find gives the answer that this call got before; nil for none.
func (k *repeats) find(invocation string) *keptAnswer { return k.answers[invocation] }

// keep remembers an answer and drops the oldest above the most.
func (k *repeats) keep(invocation string, a *keptAnswer) {
	if invocation == "" {
		return
	}
	if k.answers == nil {
		k.answers = map[string]*keptAnswer{}
	}
	k.answers[invocation] = a
	k.order = append(k.order, invocation)
	if len(k.order) > mostAnswers {
		delete(k.answers, k.order[0])
		k.order = k.order[1:]
	}
}
