package channel

import "hash/fnv"

// Shard gives the shard of a customer of an account: the same customer always
// comes out on the same one, in every process.
func Shard(accountID, customerKey string, shards int) int {
	h := fnv.New64a()
	_, _ = h.Write([]byte(accountID))
	_, _ = h.Write([]byte{0})
	_, _ = h.Write([]byte(customerKey))
	return int(h.Sum64() % uint64(max(shards, 1)))
}
