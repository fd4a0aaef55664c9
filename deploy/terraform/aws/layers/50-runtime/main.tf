# Runtime: the image, run as gateway, API and worker, and once as migration.
#
# What drives its cost: CPU and memory of the running tasks by the second, so
# nothing while an environment rests; log lines by the gigabyte; what the tasks
# send out by the NAT gateway (30-network).

module "before" {
  source = "../../modules/upstream"
  bucket = module.naming.state_bucket
  region = local.account.region
  prefix = module.naming.state_prefix
  layers = ["30-network", "40-data", "45-edge"]
}

locals {
  network = module.before.outputs["30-network"]
  data    = module.before.outputs["40-data"]
  edge    = module.before.outputs["45-edge"]
  region  = local.account.region

  image   = { url = local.data.registry.url, arn = local.data.registry.arn }
  serving = merge(local.image, { digest = var.image_digest })
  newest  = merge(local.image, { digest = coalesce(var.migrate_digest, var.image_digest) })

  buckets = { for noun, bucket in local.data.buckets : noun => "s3://s3.${local.region}.amazonaws.com/${bucket}" }
  by_role = "?region=${local.region}&credentials=role"

  # The parts that are kept running: what differs between them.
  services = {
    gateway = { target = "gateway", reached = true, blobs = [] }
    api     = { target = "api", reached = true, blobs = ["media"] }
    worker  = { target = "worker", reached = false, blobs = ["media", "meters"] }
  }

  # Every address that a process needs. What the account adds (accounts.yaml,
  # settings) comes last.
  common = merge(local.edge.settings, {
    PROSA_LISTEN            = "0.0.0.0:8080"
    PROSA_OPERATIONS_LISTEN = "0.0.0.0:8090"
    PROSA_DATA_DIR          = "/tmp/prosa"
    PROSA_TRUSTED_PROXIES   = "1"
    PROSA_LOG_FORMAT        = "json"
    PROSA_STREAM_URL        = local.data.stream.url
    PROSA_STREAM_REPLICAS   = tostring(local.data.stream.replicas)
    PROSA_BLOB_URL          = "${local.buckets.media}${local.by_role}"
  }, try(local.account.settings, {}))

  secret_of = { for variable in try(local.account.secrets, []) : variable => local.data.secret_arns[replace(lower(trimprefix(variable, "PROSA_")), "_", "-")] }
  secrets = merge(local.secret_of, {
    PROSA_DATABASE_URL = local.data.secret_arns["database-url"]
    PROSA_SECRET_KEYS  = local.data.secret_arns["secret-keys"]
    PROSA_DATABASE_CA  = local.data.secret_arns["database-ca"]
    PROSA_STREAM_TOKEN = local.data.secret_arns["stream-token"]
    PROSA_STREAM_CA    = local.data.secret_arns["stream-ca"]
  })

  # What a process may do with a bucket's objects, and with nothing else of it.
  objects = { for noun, bucket in local.data.buckets : noun => [
    {
      Sid      = "${title(noun)}Objects"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
      Resource = "arn:aws:s3:::${bucket}/*"
    },
    {
      Sid      = "${title(noun)}List"
      Effect   = "Allow"
      Action   = "s3:ListBucket"
      Resource = "arn:aws:s3:::${bucket}"
    },
  ] }
  # What one part alone is told and may do, beside what every part is.
  told = { for noun, values in {
    api    = { for variable, value in local.lending : variable => value if local.rests }
    worker = merge({ PROSA_FINOPS_METERS_URL = "${local.buckets.meters}${local.by_role}" }, module.ledger.settings)
  } : noun => { for variable, value in values : variable => value if !contains(keys(local.secret_of), variable) } }
  further = { api = [for statement in local.leases : statement if local.rests], worker = module.ledger.reader_statements }

  seal = {
    Sid      = "Seal"
    Effect   = "Allow"
    Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource = local.data.key_arn
  }
}

# The deployment that keeps the cost ledger reads the bill and the others' meters,
# and is told whose accounts they are.
module "ledger" {
  source       = "../../modules/ledger"
  organization = local.organization
  accounts     = local.file.accounts
  account      = var.account
}

resource "aws_ecs_cluster" "this" {
  name = local.name
  # Metrics of each task cost by the metric; production alone pays for them.
  setting {
    name  = "containerInsights"
    value = local.firm ? "enabled" : "disabled"
  }
}

# Out: platforms, vendors and the web calls of bots by https; the database; the
# streams. In: 45-edge lets the balancer in, nobody else.
resource "aws_vpc_security_group_egress_rule" "internet" {
  security_group_id = local.data.runtime_group_id
  description       = "https to platforms and vendors"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "inner" {
  for_each = {
    database = { group = local.data.database.security_group_id, port = 5432 }
    streams  = { group = local.data.stream.security_group_id, port = 4222 }
  }
  security_group_id            = local.data.runtime_group_id
  description                  = "To the ${each.key}"
  referenced_security_group_id = each.value.group
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

# Mails by SMTP leave by its two ports; SendGrid needs https only.
resource "aws_vpc_security_group_egress_rule" "mail" {
  for_each          = try(local.account.settings.PROSA_MAIL_SENDER, "") == "smtp" ? { tls = 465, starttls = 587 } : {}
  security_group_id = local.data.runtime_group_id
  description       = "Mails by SMTP, ${each.key}"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

module "environment" {
  for_each    = local.services
  source      = "../../../contract/environment"
  target      = each.value.target
  line        = local.account.line
  environment = local.account.environment
  # What the account says comes last also here: several deployments may write
  # their meters to one place.
  values  = merge(lookup(local.told, each.key, {}), local.common)
  secrets = local.secrets
}

module "task" {
  for_each     = local.services
  source       = "../../modules/task"
  name         = local.name
  noun         = each.key
  account_id   = local.account.account_id
  region       = local.region
  architecture = var.architecture
  command      = ["serve", "--target", each.value.target]
  image        = local.serving
  size         = { cpu = local.account.size[each.key].cpu, memory = local.account.size[each.key].memory }
  environment  = { variables = module.environment[each.key].variables, secrets = module.environment[each.key].secrets }
  statements   = flatten([[for noun in each.value.blobs : local.objects[noun]], length(each.value.blobs) == 0 ? [] : [local.seal], lookup(local.further, each.key, [])])
  key_arn      = local.data.key_arn
  log_days     = local.account.retention_days.logs
  boundary_arn = local.boundary
  serves       = true
}

module "service" {
  for_each         = local.services
  source           = "../../modules/service"
  name             = module.naming.services[each.key]
  noun             = each.key
  cluster          = aws_ecs_cluster.this.arn
  cluster_name     = aws_ecs_cluster.this.name
  task_arn         = module.task[each.key].arn
  count_first      = local.account.size[each.key].count
  count_most       = local.account.size[each.key].most
  scales           = !local.rests
  subnets          = local.network.private_subnets
  group_id         = local.data.runtime_group_id
  target_group_arn = each.value.reached ? local.edge.targets[each.key].arn : null
}

# The schema, brought up before the processes that need it: once, by the role
# that owns the tables, which no other process knows.
module "migrate_environment" {
  source      = "../../../contract/environment"
  target      = "migrate"
  line        = local.account.line
  environment = local.account.environment
  values      = local.common
  secrets     = merge(local.secrets, { PROSA_DATABASE_OWNER_URL = local.data.secret_arns["database-owner-url"] })
}

module "migrate" {
  source       = "../../modules/task"
  name         = local.name
  noun         = "migrate"
  account_id   = local.account.account_id
  region       = local.region
  architecture = var.architecture
  command      = ["migrate"]
  image        = local.newest
  size         = { cpu = 256, memory = 512 }
  environment  = { variables = module.migrate_environment.variables, secrets = module.migrate_environment.secrets }
  key_arn      = local.data.key_arn
  log_days     = local.account.retention_days.logs
  boundary_arn = local.boundary
  serves       = false
}
