// Package review plans the layers of an account over a copy of the tree, in the
// order in which they are applied, and holds the plans to the rules of package
// plan. What it plans against is a Stand: an imitation of the cloud on the
// loopback, that keeps the states as the real one does.
//
// A layer that the stand can carry wholly is applied and planned again, which
// must change nothing; of the others the plan is all that is proved. A later
// layer reads an earlier one's outputs from its state: those of the apply, or,
// where there was none, the samples that lie in the layer's testdata.
//
// Invariants: one Terraform at a time; the checkout is never written to; a layer
// that cannot be planned is a cell with its problem, not a gap.
package review
