// Package identity owns people, what they may do and how they prove who they
// are: the tables app_user, member, login_session, invitation, login_attempt,
// setup_token, password_reset, factor, recovery_code, login_challenge,
// factor_policy and support_access.
//
// One person (user) may be a member of several companies, each with a role; a
// session looks at one of them at a time. The platform's staff carries the
// operator flag beside any role; it opens the platform's console and no
// company's data.
//
// Invariants: tokens (sessions, invitations, first-run set-up) are 256 random
// bits, shown once and stored as SHA-256 only; passwords as argon2id. An
// unknown e-mail costs the same work and gets the same answer as a wrong
// password. A company always keeps one admin. Every change of a right takes
// effect with the next request in the process that made it, and within
// Config.SessionTrust (a second) in the others, which read a session again after
// that long; and it tells the streams to let go of the browser
// (member.updated, session.revoked). Every change is in the audit log.
//
// A second factor is a code app (RFC 6238) or a passkey (WebAuthn), with ten
// recovery codes. Operators and those who read costs always need one, others where their company asks;
// who needs one and has none holds no permission until it is set up
// (mustEnrol, the one place). No way in is weaker than another: an invitation, a
// new password and a second browser all ask for it. Each code, recovery code and
// challenge works once; a challenge lives for five minutes and five tries in the
// browser that began. A session's token is replaced whenever its rights or its
// proof change. An operator sees a company only by a support access.
//
// Events out: member.updated, session.revoked. Events in: none.
package identity
