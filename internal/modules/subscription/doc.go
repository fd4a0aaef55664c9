// Package subscription is a company's life on a plan: what it pays, changes of
// plan, failed payments and the way back, the end.
//
// The truth about money is the vendor's: every callback only says what to read
// again, and what is overdue is read without being told.
package subscription
