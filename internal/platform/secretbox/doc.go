// Package secretbox seals credentials that must be kept in the database: access
// tokens, app secrets, second factors.
//
// A sealed text is "<version>.<key id>.<base64url of nonce and ciphertext>",
// sealed by XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03; random 24-byte
// nonces are safe for any number of messages). It is bound to where it stands:
// the additional data names the company and the row (AAD), so that a sealed
// token copied into another company's row doesn't open.
//
// Rotation: the first key seals, all keys open. Put a new key in front, seal
// again what NeedsRotation names, then drop the old one.
package secretbox
