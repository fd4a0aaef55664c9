// Package calendar knows the holidays and time zones of Brazil. It is pure: the
// day comes as an argument, and no zone file is read.
package calendar
