// Package unit switches the systemd units of a plain machine: the way of
// environments without a cloud. The units are those of deploy/plain/systemd.
package unit
