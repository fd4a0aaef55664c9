# Network: where everything lies. The plan of all networks is judged with each
# plan of this layer, those of the organization and its neighbours among them.

locals {
  prod  = local.account.environment == "prod"
  zones = slice(local.organization.regions[local.account.region], 0, local.account.zones)

  networks = merge(
    { for account in local.file.accounts : account.name => account.cidr },
    { for holder in ["management", "security", "network"] : holder => local.organization[holder].cidr if can(local.organization[holder].cidr) },
    try(local.organization.neighbours, {}),
  )
}

module "plan" {
  source   = "../../../contract/cidr"
  networks = local.networks
  name     = local.name
  zones    = local.zones
}

module "network" {
  source  = "../../modules/network"
  name    = local.name
  region  = local.account.region
  cidr    = module.plan.network
  subnets = module.plan.subnets
  zones   = local.zones
  # Elsewhere one zone's fall is borne, and a gateway's price is not.
  gateway_zones  = local.prod ? local.zones : slice(local.zones, 0, 1)
  endpoint_zones = local.prod ? local.zones : slice(local.zones, 0, 1)
  log_days       = local.account.retention_days.logs
  boundary_arn   = local.boundary
}
