// Package maildrop "sends" mails into a folder, and shows them on a page: for
// trials and demonstrations, where nobody has an account at a vendor. Each mail
// is a file that mail programs open (RFC 5322); the same letter is the same
// file.
//
// The files hold links that open doors. They are readable by their owner only,
// and the page exists only in the demo.
package maildrop
