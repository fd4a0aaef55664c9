# Observability: who is told of what, and what one sees at a glance.
#
# Numbers of the product come from its own log: each worker writes one line a
# minute about the streams ("streams"), from which filters take them. The same
# numbers stand in /metrics, for whoever runs a collector (deploy/dashboards).
#
# What drives its cost: alarms and numbers of our own at a price each a month,
# log lines by the gigabyte (50-runtime), dashboards beyond the third.

module "before" {
  source = "../../modules/upstream"
  bucket = module.naming.state_bucket
  region = local.account.region
  prefix = module.naming.state_prefix
  layers = ["40-data", "45-edge", "50-runtime"]
}

locals {
  data      = module.before.outputs["40-data"]
  edge      = module.before.outputs["45-edge"]
  runtime   = module.before.outputs["50-runtime"]
  namespace = "Prosa/${local.name}"
}

resource "aws_sns_topic" "owner" {
  name              = "${local.name}-alarms"
  display_name      = "Prosa ${local.name}"
  kms_master_key_id = local.data.key_arn
}

resource "aws_sns_topic_policy" "owner" {
  arn = aws_sns_topic.owner.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OwnAlarms"
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.owner.arn
      Condition = { StringEquals = { "aws:SourceAccount" = local.account.account_id } }
    }]
  })
}

# The owner confirms by the mail that comes.
resource "aws_sns_topic_subscription" "owner" {
  topic_arn = aws_sns_topic.owner.arn
  protocol  = "email"
  endpoint  = local.account.owner.email
}

locals {
  # Numbers out of the log: of the worker's line about the streams, and how many
  # errors each part writes.
  state = {
    in-messages   = { metric = "InMessages", value = "$.in_messages", about = "Accepted webhooks that wait for a worker" }
    in-oldest     = { metric = "InOldestSeconds", value = "$.in_oldest_seconds", about = "How long the oldest of them waits" }
    event-oldest  = { metric = "EventOldestSeconds", value = "$.event_oldest_seconds", about = "How far the slowest consumer of events is behind" }
    dead-messages = { metric = "DeadMessages", value = "$.dead_messages", about = "Dead letters" }
  }
  parts = toset(keys(local.runtime.services))
}

resource "aws_cloudwatch_log_metric_filter" "state" {
  for_each       = local.state
  name           = "${local.name}-${each.key}"
  log_group_name = local.runtime.log_groups.worker
  pattern        = "{ ($.msg = \"streams\") && (${each.value.value} = *) }"
  metric_transformation {
    namespace = local.namespace
    name      = each.value.metric
    value     = each.value.value
  }
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  for_each       = local.parts
  name           = "${local.name}-${each.key}-errors"
  log_group_name = local.runtime.log_groups[each.key]
  pattern        = "{ $.level = \"ERROR\" }"
  metric_transformation {
    namespace = local.namespace
    name      = "${title(each.key)}Errors"
    value     = "1"
    unit      = "Count"
  }
}

module "alarms" {
  source    = "../../modules/alarm"
  name      = local.name
  topic_arn = aws_sns_topic.owner.arn
  alarms    = local.alarms
}
