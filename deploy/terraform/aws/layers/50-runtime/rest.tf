# An environment that rests: a task looks every quarter of an hour whether a
# lease, the office hours or the database's seven days ask for a change, and
# makes it. It alone decides; there is no second clock beside it that would take
# down what somebody has just borrowed.

locals {
  # Also at the very minute at which offices open and close.
  edges   = { for edge, at in module.schedule.edges : edge => "cron(${at.minute} ${at.hour} ? * ${upper(at.days)} *)" }
  zone    = one(distinct(concat([for at in values(module.schedule.edges) : at.zone], length(module.schedule.edges) == 0 ? ["America/Sao_Paulo"] : [])))
  resting = local.rests ? { environment = true } : {}
  # Where the leases of this environment lie, and when it runs: for the task that
  # switches, and for the console, which shows, lends and ends while it is up.
  lending = {
    PROSA_ENVIRONMENT_LEASES_URL = "${local.buckets.releases}/leases${local.by_role}"
    PROSA_ENVIRONMENT_SCHEDULE   = module.schedule.text
    PROSA_ENVIRONMENT_ACCOUNT_ID = local.account.account_id
  }
  leases = [
    {
      Sid      = "Leases"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
      Resource = "arn:aws:s3:::${local.data.buckets.releases}/leases/*"
    },
    {
      Sid       = "LeasesList"
      Effect    = "Allow"
      Action    = "s3:ListBucket"
      Resource  = "arn:aws:s3:::${local.data.buckets.releases}"
      Condition = { StringLike = { "s3:prefix" = ["leases", "leases/*"] } }
    },
  ]
  services_arn = [for noun in keys(local.services) :
  "arn:aws:ecs:${local.region}:${local.account.account_id}:service/${local.name}/${module.naming.services[noun]}"]
}

module "rest_environment" {
  for_each    = local.resting
  source      = "../../../contract/environment"
  target      = "environment"
  line        = local.account.line
  environment = local.account.environment
  values = merge(local.lending, {
    PROSA_LOG_FORMAT             = "json"
    PROSA_DATA_DIR               = "/tmp/prosa"
    PROSA_ENVIRONMENT_AWS_REGION = local.region
  })
  secrets = { for variable, arn in local.secret_of : variable => arn if startswith(variable, "PROSA_ENVIRONMENT_") }
}

module "rest" {
  for_each     = local.resting
  source       = "../../modules/task"
  name         = local.name
  noun         = each.key
  account_id   = local.account.account_id
  region       = local.region
  architecture = var.architecture
  command      = ["environment", "tick"]
  image        = local.serving
  size         = { cpu = 256, memory = 512 }
  environment  = { variables = module.rest_environment[each.key].variables, secrets = module.rest_environment[each.key].secrets }
  statements = concat(local.leases, [
    local.seal,
    {
      Sid      = "Services"
      Effect   = "Allow"
      Action   = ["ecs:DescribeServices", "ecs:UpdateService"]
      Resource = local.services_arn
    },
    # Coming up, it brings the schema up before the processes that need it.
    {
      Sid       = "Migrate"
      Effect    = "Allow"
      Action    = "ecs:RunTask"
      Resource  = "arn:aws:ecs:${local.region}:${local.account.account_id}:task-definition/${module.migrate.family}:*"
      Condition = { ArnEquals = { "ecs:cluster" = "arn:aws:ecs:${local.region}:${local.account.account_id}:cluster/${local.name}" } }
    },
    {
      Sid      = "MigrateWatch"
      Effect   = "Allow"
      Action   = "ecs:DescribeTasks"
      Resource = "arn:aws:ecs:${local.region}:${local.account.account_id}:task/${local.name}/*"
    },
    {
      Sid       = "MigrateHandOver"
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = [for role in ["start", "process"] : "arn:aws:iam::${local.account.account_id}:role/${module.migrate.family}-${role}"]
      Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    },
    {
      Sid      = "Database"
      Effect   = "Allow"
      Action   = ["rds:StartDBInstance", "rds:StopDBInstance"]
      Resource = "arn:aws:rds:${local.region}:${local.account.account_id}:db:${local.data.database.identifier}"
    },
    {
      Sid      = "Streams"
      Effect   = "Allow"
      Action   = "autoscaling:SetDesiredCapacity"
      Resource = [for group in values(local.data.stream.groups) : "arn:aws:autoscaling:${local.region}:${local.account.account_id}:autoScalingGroup:*:autoScalingGroupName/${group}"]
    },
    {
      Sid      = "Look"
      Effect   = "Allow"
      Action   = ["autoscaling:DescribeAutoScalingGroups", "rds:DescribeDBInstances", "rds:DescribeEvents"]
      Resource = "*"
    },
  ])
  key_arn      = local.data.key_arn
  log_days     = local.account.retention_days.logs
  boundary_arn = local.boundary
  serves       = false
}

module "clock" {
  for_each     = local.resting
  source       = "../../modules/schedule"
  name         = "${local.name}-environment"
  at           = merge({ tick = "rate(15 minutes)" }, local.edges)
  time_zone    = local.zone
  account_id   = local.account.account_id
  region       = local.region
  cluster      = aws_ecs_cluster.this.arn
  task         = { arn = module.rest[each.key].arn, family = module.rest[each.key].family, roles = module.rest[each.key].roles }
  subnets      = local.network.private_subnets
  group_id     = local.data.runtime_group_id
  undelivered  = local.data.undelivered.arn
  boundary_arn = local.boundary
}
