# Web application firewall in front of the balancer: the provider's managed
# rules, and a rate for each address.
#
# `mode = "count"` lets all pass and only counts: rules are tried so in
# homologation first, their log is read, then they block in production. Platforms'
# callbacks come in bursts from few addresses, carry whatever a customer wrote and
# are verified by signature, so all rules leave /webhooks/ alone: a message that
# looks like an attack would be refused again and again, and the platform's others
# with it. Elsewhere bodies hold what people write too, pages and mails in HTML
# among it, and files of 25 MiB: the rules that read a body only count.

terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" {
  description = "Name of the account: <line>-<environment>."
  type        = string
}

variable "mode" {
  description = "block, or count to let pass and note."
  type        = string
  validation {
    condition     = contains(["block", "count"], var.mode)
    error_message = "The firewall blocks or counts."
  }
}

variable "rate" {
  description = "Requests of one address in five minutes, beyond which it is refused."
  type        = number
  default     = 3000
  validation {
    condition     = var.rate >= 100
    error_message = "A page makes dozens of requests: at least 100 in five minutes."
  }
}

variable "balancer_arn" {
  description = "Balancer that is guarded."
  type        = string
}

variable "log_days" {
  description = "Days that the log of refused requests is kept."
  type        = number
}

variable "key_arn" {
  description = "Key that seals the log."
  type        = string
}

locals {
  # By priority. Names are the provider's.
  managed = {
    "10" = { group = "AWSManagedRulesAmazonIpReputationList", counted = [] }
    "20" = { group = "AWSManagedRulesCommonRuleSet", counted = ["SizeRestrictions_BODY", "EC2MetaDataSSRF_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "CrossSiteScripting_BODY"] }
    "30" = { group = "AWSManagedRulesKnownBadInputsRuleSet", counted = ["JavaDeserializationRCE_BODY", "Log4JRCE_BODY"] }
  }
}

resource "aws_wafv2_web_acl" "this" {
  name        = "${var.name}-edge"
  description = "In front of ${var.name}, ${var.mode}"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "rate"
    priority = 1
    action {
      dynamic "block" {
        for_each = var.mode == "block" ? { block = true } : {}
        content {}
      }
      dynamic "count" {
        for_each = var.mode == "count" ? { count = true } : {}
        content {}
      }
    }
    statement {
      rate_based_statement {
        limit                 = var.rate
        aggregate_key_type    = "IP"
        evaluation_window_sec = 300
        scope_down_statement {
          not_statement {
            statement {
              byte_match_statement {
                search_string         = "/webhooks/"
                positional_constraint = "STARTS_WITH"
                field_to_match {
                  uri_path {}
                }
                text_transformation {
                  priority = 0
                  type     = "NONE"
                }
              }
            }
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = true
    }
  }

  dynamic "rule" {
    for_each = local.managed
    content {
      name     = rule.value.group
      priority = tonumber(rule.key)
      override_action {
        dynamic "none" {
          for_each = var.mode == "block" ? { none = true } : {}
          content {}
        }
        dynamic "count" {
          for_each = var.mode == "count" ? { count = true } : {}
          content {}
        }
      }
      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value.group
          dynamic "rule_action_override" {
            for_each = toset(rule.value.counted)
            content {
              name = rule_action_override.value
              action_to_use {
                count {}
              }
            }
          }
          scope_down_statement {
            not_statement {
              statement {
                byte_match_statement {
                  search_string         = "/webhooks/"
                  positional_constraint = "STARTS_WITH"
                  field_to_match {
                    uri_path {}
                  }
                  text_transformation {
                    priority = 0
                    type     = "NONE"
                  }
                }
              }
            }
          }
        }
      }
      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.value.group
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "${var.name}-edge"
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = var.balancer_arn
  web_acl_arn  = aws_wafv2_web_acl.this.arn
}

# The service wants this beginning of the name.
resource "aws_cloudwatch_log_group" "this" {
  name              = "aws-waf-logs-${var.name}"
  retention_in_days = var.log_days
  kms_key_id        = var.key_arn
}

# What passed is in the balancer's log already.
resource "aws_wafv2_web_acl_logging_configuration" "this" {
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.this.arn]
  logging_filter {
    default_behavior = "DROP"
    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"
      dynamic "condition" {
        for_each = toset(["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"])
        content {
          action_condition { action = condition.value }
        }
      }
    }
  }
  dynamic "redacted_fields" {
    for_each = toset(["authorization", "cookie"])
    content {
      single_header { name = redacted_fields.value }
    }
  }
}

output "arn" {
  description = "ARN of the firewall's rules."
  value       = aws_wafv2_web_acl.this.arn
}
