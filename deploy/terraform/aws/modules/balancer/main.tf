# The one door from the internet: TLS ends here, every host goes to the part of
# the product that serves it, and whatever names no host of ours gets 404.
#
# Health is asked on the operations port (/readyz), which no rule leads to, so
# nobody outside reads /metrics.

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

variable "vpc_id" {
  description = "Network of the balancer and its targets."
  type        = string
}

variable "subnets" {
  description = "Public subnet ids by zone letter."
  type        = map(string)
  validation {
    condition     = length(var.subnets) >= 2
    error_message = "A balancer stands in two zones at least."
  }
}

variable "certificate_arn" {
  description = "Issued certificate of the hosts."
  type        = string
}

variable "hosts" {
  description = "Host by surface: app, site, operator, api, gateway."
  type        = object({ app = string, site = string, operator = string, api = string, gateway = string })
}

variable "operator_networks" {
  description = "Networks from which the operators' host answers; none lets it answer everywhere, behind its second factor."
  type        = set(string)
  default     = []
  validation {
    condition     = length(var.operator_networks) <= 4 && alltrue([for cidr in var.operator_networks : can(cidrhost(cidr, 0))])
    error_message = "Up to four networks in CIDR form."
  }
}

variable "runtime_group_id" {
  description = "Security group of the tasks, which the balancer is let into."
  type        = string
}

variable "log_bucket" {
  description = "Bucket of the access log."
  type        = string
}

variable "firm" {
  description = "Whether nothing may remove the balancer: production."
  type        = bool
}

locals {
  ports = { pages = 8080, operations = 8090 }
  # A gateway stops taking at once, pages hold live connections for longer.
  targets = {
    gateway = { drain = 15 }
    api     = { drain = 30 }
  }
  pages = { for surface, host in var.hosts : surface => host if surface != "gateway" && (surface != "operator" || length(var.operator_networks) == 0) }
}

resource "aws_security_group" "this" {
  name        = "${var.name}-edge"
  description = "The internet to the balancer of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-edge" }
}

resource "aws_vpc_security_group_ingress_rule" "internet" {
  for_each          = { http = 80, https = 443 }
  security_group_id = aws_security_group.this.id
  description       = "${each.key} from everywhere"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

resource "aws_vpc_security_group_egress_rule" "task" {
  for_each                     = local.ports
  security_group_id            = aws_security_group.this.id
  description                  = "${each.key} of the tasks"
  referenced_security_group_id = var.runtime_group_id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
}

resource "aws_vpc_security_group_ingress_rule" "task" {
  for_each                     = local.ports
  security_group_id            = var.runtime_group_id
  description                  = "${each.key} from the balancer"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
}

resource "aws_lb" "this" {
  name                       = var.name
  load_balancer_type         = "application"
  internal                   = false
  security_groups            = [aws_security_group.this.id]
  subnets                    = values(var.subnets)
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "strictest"
  # Longer than the beat of live updates (PROSA_LIVE_BEAT, 20 s).
  idle_timeout               = 120
  enable_deletion_protection = var.firm

  access_logs {
    bucket  = var.log_bucket
    enabled = true
  }
}

resource "aws_lb_target_group" "this" {
  for_each             = local.targets
  name                 = "${var.name}-${each.key}"
  vpc_id               = var.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = local.ports.pages
  deregistration_delay = each.value.drain

  health_check {
    protocol            = "HTTP"
    port                = tostring(local.ports.operations)
    path                = "/readyz"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 80
  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  routing_http_response_strict_transport_security_header_value = "max-age=31536000; includeSubDomains"
  routing_http_response_server_enabled                         = false

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "No such host here."
      status_code  = "404"
    }
  }
}

# Callbacks are answered under every name that one may have been registered
# with: platforms follow no redirect.
resource "aws_lb_listener_rule" "callbacks" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 100
  condition {
    path_pattern { values = ["/webhooks/*"] }
  }
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["gateway"].arn
  }
  tags = { Name = "callbacks" }
}

resource "aws_lb_listener_rule" "gateway" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 110
  condition {
    host_header { values = [var.hosts.gateway] }
  }
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["gateway"].arn
  }
  tags = { Name = "gateway" }
}

resource "aws_lb_listener_rule" "operator" {
  for_each     = length(var.operator_networks) == 0 ? {} : { operator = var.hosts.operator }
  listener_arn = aws_lb_listener.https.arn
  priority     = 120
  condition {
    host_header { values = [each.value] }
  }
  condition {
    source_ip { values = var.operator_networks }
  }
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["api"].arn
  }
  tags = { Name = "operator" }
}

resource "aws_lb_listener_rule" "pages" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 130
  condition {
    host_header { values = values(local.pages) }
  }
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["api"].arn
  }
  tags = { Name = "pages" }
}

output "arn" {
  description = "ARN of the balancer."
  value       = aws_lb.this.arn
}

output "dimension" {
  description = "Name of the balancer among the provider's metrics."
  value       = aws_lb.this.arn_suffix
}

output "listener_arn" {
  description = "ARN of the listener for https."
  value       = aws_lb_listener.https.arn
}

output "alias" {
  description = "Where an alias record points."
  value       = { name = aws_lb.this.dns_name, zone_id = aws_lb.this.zone_id }
}

output "targets" {
  description = "Target group by part of the product."
  value       = { for part, group in aws_lb_target_group.this : part => { arn = group.arn, dimension = group.arn_suffix } }
}
