// Package image builds, moves and judges the product's container image, without
// Docker.
//
// One OCI layout on disk is the only source of every push: an image index with
// one image a platform (a layer of certificates, users and folders; a layer
// with the static binary), and attached to the index by its digest a list of
// parts (SPDX), its provenance (SLSA) and, when there is a key, a signed release
// statement that binds them all.
//
// Invariants:
//
//   - The same commit built by the same Go gives the same bytes, wherever and
//     whenever it is built: fixed times, sorted entries, no build id, no path.
//   - What was built is what is pushed: nothing is packed or compressed again on
//     the way to a registry, and after a push every digest is read back.
//   - Tags are labels. A tag that is there with another digest is an error, with
//     the same digest a success; nothing is decided by a tag.
//   - Nothing is believed that was not hashed: layers, configurations, manifests
//     and attachments are read whole and compared with the digest that named
//     them, from the digest that the caller gave down.
//
// Sources: OCI image, image layout and distribution specifications 1.1;
// SPDX 2.3; SLSA provenance v1.
package image
