// Package gate decides whether an image may be deployed to an environment, and
// keeps why.
//
// A product line's images walk dev, homolog, prod. An environment takes an image
// that is named by digest, is whole and signed, has its list of parts and its
// provenance, and of which a signed record says that the environment before ran
// it in health.
//
// Invariants:
//
//   - A run record is believed by its signature, not by where it lies: it may
//     travel as a file of a pipeline or through object storage.
//   - A record is of one deployment and one digest; it stands for no other.
//   - Every decision is written down with each check and what it found, refusals
//     too, before anything is deployed; none is written over another.
//   - A run is recorded where the newest decision let the image in.
//   - What let an image in is kept where the next decision of that environment
//     looks, so that going back to an earlier image needs nobody else.
//
// The files on a shelf: runs/<deployment>/sha256-<digest>.json, an envelope; and
// gates/<deployment>/sha256-<digest>/<time>-<random>.json, a decision; what a
// tag named, and was refused, lies in gates/<deployment>/unnamed.
package gate
