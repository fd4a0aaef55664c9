// Package terraform finds Terraform and its AWS provider on this machine and
// runs them over a copy of the deploy tree: init, validate, fmt, plan, apply,
// destroy. Nothing is downloaded, nothing is written into the checkout, and what
// the child sees of the environment is what stands here.
//
// A Tool is found by PROSA_TEST_TERRAFORM and PROSA_TEST_TERRAFORM_PLUGINS, else
// on PATH and in the usual folders of plugins. A Copy is the tree in a folder of
// its own; a Root of it is one layer for one account, with the real S3 backend
// pointed at the stand-in of internal/sandbox/aws (or wherever the Cloud says).
//
// Invariants: one Terraform runs at a time on a machine (the provider alone takes
// a gigabyte), also across processes; a child has no configuration file, no
// checkpoint call, no cached credentials, and its proxy is the stand-in, so that a
// call that would leave the machine is refused and seen.
package terraform
