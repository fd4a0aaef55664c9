# Data: what must outlive every process. Database, streams, objects, secrets,
# images, and the key that seals them.
#
# What drives its cost: the database's machine class (twice in prod, for the
# stand-by) and its storage; the NATS machines and volumes, which count while
# nobody tests as well; stored objects with their old versions; one key and a
# handful of secrets at a fixed price each a month.

module "network" {
  source = "../../modules/upstream"
  bucket = module.naming.state_bucket
  region = local.account.region
  prefix = module.naming.state_prefix
  layers = ["30-network"]
}

locals {
  network = module.network.outputs["30-network"]

  # What every process needs, then what exists in this account only.
  needed = {
    database-url       = "PROSA_DATABASE_URL: PostgreSQL as prosa_app"
    database-owner-url = "PROSA_DATABASE_OWNER_URL: PostgreSQL as prosa_owner, read by the migration alone"
    secret-keys        = "PROSA_SECRET_KEYS: keys that seal credentials (prosa config --new-key)"
    stream-token       = "PROSA_STREAM_TOKEN: token of the streams"
    stream-ca          = "PROSA_STREAM_CA: certificate of the authority that signed the NATS nodes'"
    database-ca        = "PROSA_DATABASE_CA: the database service's authorities of this region"
    nats-tls           = "Certificate, key and CA of the NATS nodes, PEM in JSON: {certificate, key, ca}"
  }
  extra = { for variable in try(local.account.secrets, []) : replace(lower(trimprefix(variable, "PROSA_")), "_", "-") => variable }
}

# What the deployment that keeps the cost ledger may read here.
module "ledger" {
  source       = "../../modules/ledger"
  organization = local.organization
  accounts     = local.file.accounts
  account      = var.account
}

module "encryption" {
  source     = "../../modules/encryption"
  name       = local.name
  account_id = local.account.account_id
  region     = local.account.region
  statements = module.ledger.key_statements
}

# Who a task is, for the rules of everything that it may reach. What it may do
# itself stands beside the tasks (50-runtime).
resource "aws_security_group" "runtime" {
  name        = "${local.name}-runtime"
  description = "Tasks of ${local.name}"
  vpc_id      = local.network.vpc_id
  tags        = { Name = "${local.name}-runtime" }
}

module "database" {
  source      = "../../modules/database"
  name        = local.name
  vpc_id      = local.network.vpc_id
  subnets     = local.network.data_subnets
  clients     = { runtime = aws_security_group.runtime.id }
  class       = local.account.size.database.class
  storage_gb  = local.account.size.database.storage_gb
  backup_days = local.account.retention_days.backups
  log_days    = local.account.retention_days.logs
  key_arn     = module.encryption.key_arn
  firm        = local.firm
}

module "secrets" {
  source        = "../../modules/vault"
  name          = local.name
  key_arn       = module.encryption.key_arn
  secrets       = merge(local.extra, local.needed)
  recovery_days = local.firm ? 30 : 7
}

module "media" {
  source           = "../../modules/bucket"
  name             = module.naming.buckets.media
  key_arn          = module.encryption.key_arn
  keep_old_days    = local.account.retention_days.backups
  cheap_after_days = local.firm ? 90 : null
  disposable       = local.account.environment == "dev"
}

module "meters" {
  source        = "../../modules/bucket"
  name          = module.naming.buckets.meters
  key_arn       = module.encryption.key_arn
  keep_old_days = 90
  statements    = module.ledger.bucket_statements
}

# Binaries of machines, leases of the environment, records of what ran here.
module "releases" {
  source        = "../../modules/bucket"
  name          = module.naming.buckets.releases
  key_arn       = module.encryption.key_arn
  keep_old_days = 90
}

module "registry" {
  source  = "../../modules/registry"
  key_arn = module.encryption.key_arn
}

module "nats" {
  source        = "../../modules/nats"
  name          = local.name
  account_id    = local.account.account_id
  region        = local.account.region
  vpc_id        = local.network.vpc_id
  subnets       = local.network.private_subnets
  nodes         = local.firm ? 3 : 1
  rests         = local.rests
  instance_type = local.account.size.nats.type
  disk_gb       = local.account.size.nats.disk_gb
  binary        = { bucket = module.releases.name, digest = var.nats_digest }
  secrets       = { token = module.secrets.names["stream-token"], tls = module.secrets.names["nats-tls"] }
  key_arn       = module.encryption.key_arn
  clients       = { runtime = aws_security_group.runtime.id }
  boundary_arn  = local.boundary
  tags          = module.tags.tags
}

# Where the provider's services put what they could not deliver; 70-observability
# raises an alarm on the first.
resource "aws_sqs_queue" "undelivered" {
  name                      = "${local.name}-undelivered"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OwnEvents"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.undelivered.arn
      Condition = { StringEquals = { "aws:SourceAccount" = local.account.account_id } }
    }]
  })
}
