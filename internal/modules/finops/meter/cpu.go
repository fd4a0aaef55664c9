package meter

import "prosa/internal/modules/finops/share"

// CPUMethod names how the CPU of processes is split among companies: the time
// that API requests of a company took is its own, up to all that was used; the
// rest is split by messages, in and out. Time that requests waited for the
// database counts as theirs, and a message of an enormous flow weighs as one of a
// small one: it is an estimate, and exact only in its sum.
const CPUMethod = "prosa-cpu-1"

// cpu splits the processes' CPU among the companies that used something. What
// nobody can be found for stays with the deployment.
func cpu(uses []Use) ([]Use, error) {
	total, requests, messages := int64(0), map[string]int64{}, map[string]int64{}
	for _, u := range uses {
		switch u.Kind {
		case ProcessMillis:
			total += u.Count
		case APIMicros:
			requests[u.CompanyID] += u.Count
		case MessagesIn, MessagesOut:
			messages[u.CompanyID] += u.Count
		}
	}
	own := int64(0)
	for _, micros := range requests {
		own += micros
	}
	own = min(total, own/1000)
	if len(messages) == 0 && len(requests) > 0 {
		own = total
	}
	byRequest, err := split(own, requests)
	if err != nil {
		return nil, err
	}
	byMessage, err := split(total-own, messages)
	return append(byRequest, byMessage...), err
}

func split(total int64, by map[string]int64) (list []Use, err error) {
	if total == 0 {
		return nil, nil
	}
	if len(by) == 0 {
		return []Use{{Kind: CPUMillis, Count: total}}, nil
	}
	weights := make([]share.Weight, 0, len(by))
	for company, value := range by {
		weights = append(weights, share.Weight{Key: company, Value: value})
	}
	counts, err := share.Count(total, weights)
	for company, count := range counts {
		list = append(list, Use{CompanyID: company, Kind: CPUMillis, Count: count})
	}
	return list, err
}
