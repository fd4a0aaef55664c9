# Where the states of an account's layers lie, this layer's own among them. The
# first time there is no such place: docs/cloud.md says how the state begins on
# the disk of whoever makes it, and moves.

module "state" {
  source        = "../../modules/bucket"
  name          = "${local.organization.name}-${var.account}-state"
  keep_old_days = 365
}
