package stage

import "net/http"

// Control gives how a simulator registers the operations of its control API:
// what one returns is answered as JSON once the journal holds what it did.
func Control(mux *http.ServeMux, journal *Journal) func(pattern string, serve func(*http.Request) (any, error)) {
	return func(pattern string, serve func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			value, err := serve(r)
			if err == nil {
				err = journal.Flush()
			}
			if err != nil {
				Failure(err).Write(w)
				return
			}
			status := http.StatusOK
			if r.Method == http.MethodPost {
				status = http.StatusCreated
			}
			JSON(status, value).Write(w)
		})
	}
}
