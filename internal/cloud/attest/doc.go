// Package attest signs statements about images and believes signed ones.
//
// A statement is in-toto's: a subject named by digest, a predicate that says
// something of it. It travels in a DSSE envelope, whose signature covers the
// kind of the payload as well as its bytes, so that a statement of one kind is
// never taken for one of another.
//
// Invariants:
//
//   - A key is Ed25519, or ECDSA on P-256 (what the key services of the clouds
//     sign with). Nothing else is read.
//   - A key is known by the SHA-256 of its public half; the name in an envelope
//     is a hint and never decides.
//   - Several public keys may be trusted at a time: a new key is trusted
//     everywhere before the first signature with it, and the old one until the
//     last image with it is gone.
//   - The same key, key kind and statement give the same envelope, byte for
//     byte (RFC 8032; RFC 6979).
//
// Sources: github.com/secure-systems-lab/dsse (protocol.md, envelope.md), the
// in-toto Statement v1 (in-toto/attestation, spec/v1/statement.md).
package attest
