# A network of three tiers: public, where the load balancer stands and nothing
# else; private, which reaches the world through a gateway and is reached by
# nobody; data, from which no route leads out.
#
# What drives its cost: a NAT gateway at a fixed price an hour and by the
# gigabyte (one, or one a zone), interface endpoints at a fixed price an hour
# each, flow logs by the gigabyte. Objects and images go by endpoints, past the
# gateway's price.

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

variable "region" {
  description = "Region of the network."
  type        = string
}

variable "cidr" {
  description = "The account's network."
  type        = string
}

variable "subnets" {
  description = "Network by zone, by tier, as contract/cidr cuts it."
  type        = object({ public = map(string), private = map(string), data = map(string) })
}

variable "zones" {
  description = "Letters of the zones, in the order in which they are used."
  type        = list(string)
  validation {
    condition     = length(var.zones) > 0
    error_message = "A network lies in a zone at least."
  }
}

variable "gateway_zones" {
  description = "Zones that have a NAT gateway of their own; the others go through the first's."
  type        = list(string)
  validation {
    condition     = length(var.gateway_zones) > 0 && alltrue([for zone in var.gateway_zones : contains(var.zones, zone)])
    error_message = "A gateway stands in a zone of the network, and there is one at least."
  }
}

variable "endpoint_zones" {
  description = "Zones with the interface endpoints; the others reach them across."
  type        = list(string)
  validation {
    condition     = length(var.endpoint_zones) > 0 && alltrue([for zone in var.endpoint_zones : contains(var.zones, zone)])
    error_message = "Endpoints stand in zones of the network, in one at least."
  }
}

variable "services" {
  description = "Services of the provider that are reached inside the network, by the last part of their names."
  type        = set(string)
  default     = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
}

variable "log_days" {
  description = "Days that the flow log is kept."
  type        = number
}

variable "boundary_arn" {
  description = "Permission boundary of the roles."
  type        = string
}

locals {
  # The gateway that a zone goes through: its own, or the first.
  gateway_of = { for zone in var.zones : zone => contains(var.gateway_zones, zone) ? zone : var.gateway_zones[0] }
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

# The group that everything gets which names none: it lets nothing in or out, so
# that a thing without a group stands still instead of open.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-none" }
}

# The table that a subnet gets which names none: no routes but the network's own.
resource "aws_default_route_table" "this" {
  default_route_table_id = aws_vpc.this.default_route_table_id
  tags                   = { Name = "${var.name}-none" }
}

resource "aws_subnet" "public" {
  for_each                = var.subnets.public
  vpc_id                  = aws_vpc.this.id
  availability_zone       = "${var.region}${each.key}"
  cidr_block              = each.value
  map_public_ip_on_launch = false
  tags                    = { Name = "${var.name}-public-${each.key}", tier = "public" }
}

resource "aws_subnet" "private" {
  for_each                = var.subnets.private
  vpc_id                  = aws_vpc.this.id
  availability_zone       = "${var.region}${each.key}"
  cidr_block              = each.value
  map_public_ip_on_launch = false
  tags                    = { Name = "${var.name}-private-${each.key}", tier = "private" }
}

resource "aws_subnet" "data" {
  for_each                = var.subnets.data
  vpc_id                  = aws_vpc.this.id
  availability_zone       = "${var.region}${each.key}"
  cidr_block              = each.value
  map_public_ip_on_launch = false
  tags                    = { Name = "${var.name}-data-${each.key}", tier = "data" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = var.name }
}

resource "aws_eip" "gateway" {
  for_each = toset(var.gateway_zones)
  domain   = "vpc"
  tags     = { Name = "${var.name}-gateway-${each.key}" }
}

resource "aws_nat_gateway" "this" {
  for_each      = toset(var.gateway_zones)
  allocation_id = aws_eip.gateway[each.key].id
  subnet_id     = aws_subnet.public[each.key].id
  tags          = { Name = "${var.name}-${each.key}" }
  depends_on    = [aws_internet_gateway.this]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-public" }
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each       = aws_subnet.public
  route_table_id = aws_route_table.public.id
  subnet_id      = each.value.id
}

resource "aws_route_table" "private" {
  for_each = toset(var.zones)
  vpc_id   = aws_vpc.this.id
  tags     = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route" "private" {
  for_each               = toset(var.zones)
  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[local.gateway_of[each.key]].id
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  route_table_id = aws_route_table.private[each.key].id
  subnet_id      = each.value.id
}

# No route is added to this one but to the objects, which lie beside the network
# and not outside of it.
resource "aws_route_table" "data" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-data" }
}

resource "aws_route_table_association" "data" {
  for_each       = aws_subnet.data
  route_table_id = aws_route_table.data.id
  subnet_id      = each.value.id
}

resource "aws_vpc_endpoint" "objects" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = concat([for table in aws_route_table.private : table.id], [aws_route_table.data.id])
  tags              = { Name = "${var.name}-s3" }
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "Endpoints of the provider's services in ${var.name}"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id = aws_security_group.endpoints.id
  description       = "TLS from the network itself"
  cidr_ipv4         = var.cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_endpoint" "service" {
  for_each            = var.services
  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for zone in var.endpoint_zones : aws_subnet.private[zone].id]
  security_group_ids  = [aws_security_group.endpoints.id]
  tags                = { Name = "${var.name}-${each.key}" }
}

# Who talked with whom, not what was said.
resource "aws_cloudwatch_log_group" "flow" {
  name              = "/prosa/${var.name}/flow"
  retention_in_days = var.log_days
}

resource "aws_iam_role" "flow" {
  name                 = "${var.name}-flow"
  description          = "Writes the flow log of ${var.name}"
  permissions_boundary = var.boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "flow" {
  name = "write"
  role = aws_iam_role.flow.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
      Resource = "${aws_cloudwatch_log_group.flow.arn}:*"
    }]
  })
}

resource "aws_flow_log" "this" {
  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  max_aggregation_interval = 600
  log_destination          = aws_cloudwatch_log_group.flow.arn
  iam_role_arn             = aws_iam_role.flow.arn
  tags                     = { Name = var.name }
}

output "vpc_id" {
  description = "Id of the network."
  value       = aws_vpc.this.id
}

output "public_subnets" {
  description = "Subnet by zone, reached from outside."
  value       = { for zone, subnet in aws_subnet.public : zone => subnet.id }
}

output "private_subnets" {
  description = "Subnet by zone that reaches outside."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}

output "data_subnets" {
  description = "Subnet by zone without a way out."
  value       = { for zone, subnet in aws_subnet.data : zone => subnet.id }
}

output "addresses" {
  description = "Addresses that the world sees us come from, by zone of the gateway: partners put them on their lists."
  value       = { for zone, address in aws_eip.gateway : zone => address.public_ip }
}

output "endpoints_group_id" {
  description = "Group of the endpoints, for whose way out is narrowed to groups."
  value       = aws_security_group.endpoints.id
}
