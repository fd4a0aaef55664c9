# Edge: names, certificate, balancer, firewall. It stands before the runtime,
# since a service can only be joined to a target group that a listener leads to.
#
# Dev and homologation have a zone of their own, which nobody else's role can
# change and from which nobody reaches a name of production. Production's names
# lie in the apex zone of the network account, where a role lets this account
# change the names of its own domain and no others (25-zone).
#
# What drives its cost: the balancer by the hour and by what passes, also while
# an environment rests; the firewall by rule and by request; the access log.

module "before" {
  source = "../../modules/upstream"
  bucket = module.naming.state_bucket
  region = local.account.region
  prefix = module.naming.state_prefix
  layers = ["30-network", "40-data"]
}

module "hosts" {
  source = "../../../contract/hosts"
  domain = local.account.domain
}

locals {
  network = module.before.outputs["30-network"]
  data    = module.before.outputs["40-data"]
  zone_id = local.firm ? local.organization.zone_id : aws_route53_zone.own["own"].zone_id
}

# An account's own zone. Its name servers go into accounts.yaml (name_servers),
# from which the network account delegates.
resource "aws_route53_zone" "own" {
  for_each = local.firm ? {} : { own = local.account.domain }
  name     = each.value
  comment  = "Names of ${local.name}"
}

# Only the provider's authority may make certificates for these names, and tells
# the owner who else tried.
resource "aws_route53_record" "authority" {
  for_each = local.firm ? {} : { own = local.account.domain }
  provider = aws.names
  zone_id  = local.zone_id
  name     = each.value
  type     = "CAA"
  ttl      = 3600
  records = [
    "0 issue \"amazon.com\"",
    "0 issuewild \"amazon.com\"",
    "0 iodef \"mailto:${local.account.owner.email}\"",
  ]
}

module "certificate" {
  source    = "../../modules/certificate"
  providers = { aws = aws, aws.names = aws.names }
  domain    = local.account.domain
  zone_id   = local.zone_id
}

data "aws_elb_service_account" "this" {}

module "access_log" {
  source        = "../../modules/bucket"
  name          = module.naming.buckets.logs
  expire_days   = local.account.retention_days.access_logs
  keep_old_days = 1
  # The region's balancers write as an account of the provider; newer regions' as
  # a service.
  statements = [
    {
      Sid       = "Balancers"
      Effect    = "Allow"
      Principal = { AWS = data.aws_elb_service_account.this.arn }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::${module.naming.buckets.logs}/AWSLogs/${local.account.account_id}/*"
    },
    {
      Sid       = "Delivery"
      Effect    = "Allow"
      Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::${module.naming.buckets.logs}/AWSLogs/${local.account.account_id}/*"
    },
  ]
}

module "balancer" {
  source            = "../../modules/balancer"
  name              = local.name
  vpc_id            = local.network.vpc_id
  subnets           = local.network.public_subnets
  certificate_arn   = module.certificate.arn
  hosts             = module.hosts.hosts
  operator_networks = var.operator_networks
  runtime_group_id  = local.data.runtime_group_id
  log_bucket        = module.access_log.ready_name
  firm              = local.firm
}

module "firewall" {
  source       = "../../modules/firewall"
  name         = local.name
  mode         = var.firewall != null ? var.firewall : local.firm ? "block" : "count"
  balancer_arn = module.balancer.arn
  log_days     = local.account.retention_days.logs
  key_arn      = local.data.key_arn
}

resource "aws_route53_record" "host" {
  provider = aws.names
  for_each = module.hosts.hosts
  zone_id  = local.zone_id
  name     = each.value
  type     = "A"
  alias {
    name                   = module.balancer.alias.name
    zone_id                = module.balancer.alias.zone_id
    evaluate_target_health = false
  }
}

module "notice" {
  for_each     = local.rests ? { rests = true } : {}
  source       = "../../modules/notice"
  name         = local.name
  listener_arn = module.balancer.listener_arn
  balancer     = module.balancer.dimension
  target       = module.balancer.targets["api"].dimension
  undelivered  = local.data.undelivered.arn
  boundary_arn = local.boundary
  page         = file("${path.module}/switched-off.html")
}
