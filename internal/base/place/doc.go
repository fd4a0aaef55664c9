// Package place names where the product runs: in the environments of its product
// lines. It is the one list of both; what has to spell them a second time (Terraform,
// the API's contract) is held against it by a test.
package place
