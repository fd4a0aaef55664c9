# NATS nodes with JetStream: what was accepted from platforms lies here until a
# worker has done it, so a node may die and its disk may not.
#
# Each node is an autoscaling group of one: a machine that dies is replaced in
# the same zone, and the new one takes up the same volume, the same name and the
# same place in the cluster. A volume lives outside of the group and is
# photographed when it is removed. `prosa environment down` sets a group's
# desired capacity to 0 where `rests` is true, and Terraform leaves it so.
#
# The server's binary comes from the account's own releases bucket by its
# SHA-256; it is built from the version in go.mod, the one that the product's
# tests run in process. Token and certificates come from secrets at boot into
# memory (/run) and stand in no user data.

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

variable "account_id" {
  description = "Account that the nodes are in."
  type        = string
}

variable "region" {
  description = "Region that the nodes are in."
  type        = string
}

variable "vpc_id" {
  description = "Network that the nodes are in."
  type        = string
}

variable "subnets" {
  description = "Subnet ids by zone letter; the nodes are spread over them in the order of the letters."
  type        = map(string)
}

variable "nodes" {
  description = "How many nodes: 1, or 3 or 5 that agree with each other."
  type        = number
  validation {
    condition     = contains([1, 3, 5], var.nodes)
    error_message = "A cluster that can agree has 3 or 5 nodes; alone is 1."
  }
}

variable "rests" {
  description = "Whether the nodes may be switched off while nobody uses the environment."
  type        = bool
}

variable "instance_type" {
  description = "Machine type, of the architecture that the binary was built for."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9]+[.][a-z0-9]+$", var.instance_type))
    error_message = "A machine type looks like t4g.small."
  }
}

variable "machine_image" {
  description = "Machine image, as a public parameter that names the latest patched one of its family."
  type        = string
  default     = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
  validation {
    condition     = can(regex("^(resolve:ssm:/aws/service/.+|ami-[0-9a-f]{8,17})$", var.machine_image))
    error_message = "A machine image is a public parameter (resolve:ssm:/aws/service/...) or an id (ami-...)."
  }
}

variable "disk_gb" {
  description = "Volume of each node, in GiB."
  type        = number
  validation {
    condition     = var.disk_gb >= 10
    error_message = "The streams' limits alone are 4 GiB: give a node 10 GiB at least."
  }
}

variable "binary" {
  description = "Server's binary: bucket and SHA-256 of the object nats-server/<digest>."
  type        = object({ bucket = string, digest = string })
  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.binary.digest))
    error_message = "The binary is named by its SHA-256, 64 hexadecimal digits."
  }
}

variable "secrets" {
  description = "Names of the secrets: token, and tls ({certificate, key, ca} as PEM in JSON)."
  type        = object({ token = string, tls = string })
}

variable "key_arn" {
  description = "Key that seals volumes and secrets."
  type        = string
}

variable "clients" {
  description = "Security groups that may connect, by who they are."
  type        = map(string)
}

variable "boundary_arn" {
  description = "Permission boundary of the nodes' role."
  type        = string
}

variable "tags" {
  description = "Tags of the machines and their own disks."
  type        = map(string)
}

variable "max_payload" {
  description = "Largest message in bytes; what the product asks for (stream.MaxPayload), and it refuses a server with less."
  type        = number
  default     = 4194304
}

locals {
  cluster = "${var.name}-nats"
  zone    = "${var.name}.internal"
  letters = sort(keys(var.subnets))
  numbers = [for n in range(var.nodes) : n + 1]
  nodes = { for n in local.numbers : "nats-${n}" => {
    letter = local.letters[(n - 1) % length(local.letters)]
    subnet = var.subnets[local.letters[(n - 1) % length(local.letters)]]
    host   = "nats-${n}.${local.zone}"
  } }
  hosts = [for n in local.numbers : "nats-${n}.${local.zone}"]
}

# Names that stay when a machine goes. Each node writes its own address at boot.
resource "aws_route53_zone" "internal" {
  name          = local.zone
  comment       = "Names inside ${var.name}"
  force_destroy = true
  vpc { vpc_id = var.vpc_id }
}

resource "aws_security_group" "this" {
  name        = local.cluster
  description = "Who reaches the streams of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = local.cluster }
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  for_each                     = var.clients
  security_group_id            = aws_security_group.this.id
  description                  = "NATS from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 4222
  to_port                      = 4222
}

resource "aws_vpc_security_group_ingress_rule" "route" {
  security_group_id            = aws_security_group.this.id
  description                  = "Nodes among themselves"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = 6222
  to_port                      = 6222
}

resource "aws_vpc_security_group_egress_rule" "route" {
  security_group_id            = aws_security_group.this.id
  description                  = "Nodes among themselves"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = 6222
  to_port                      = 6222
}

resource "aws_vpc_security_group_egress_rule" "services" {
  security_group_id = aws_security_group.this.id
  description       = "The provider's own services, at boot"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_ebs_volume" "node" {
  for_each          = local.nodes
  availability_zone = "${var.region}${each.value.letter}"
  size              = var.disk_gb
  type              = "gp3"
  encrypted         = true
  kms_key_id        = var.key_arn
  final_snapshot    = true
  tags              = { Name = "${var.name}-${each.key}", Cluster = local.cluster }
}

resource "aws_iam_role" "node" {
  name                 = local.cluster
  description          = "The NATS nodes of ${var.name}"
  permissions_boundary = var.boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "node" {
  name = "node"
  role = aws_iam_role.node.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Binary"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::${var.binary.bucket}/nats-server/*"
      },
      {
        Sid      = "Secrets"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = [for secret in values(var.secrets) : "arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:${secret}-??????"]
      },
      {
        Sid      = "Unseal"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*"]
        Resource = var.key_arn
      },
      {
        Sid       = "UnsealVolume"
        Effect    = "Allow"
        Action    = "kms:CreateGrant"
        Resource  = var.key_arn
        Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
      },
      {
        Sid       = "OwnVolume"
        Effect    = "Allow"
        Action    = "ec2:AttachVolume"
        Resource  = "arn:aws:ec2:${var.region}:${var.account_id}:volume/*"
        Condition = { StringEquals = { "aws:ResourceTag/Cluster" = local.cluster } }
      },
      {
        Sid       = "OwnMachine"
        Effect    = "Allow"
        Action    = "ec2:AttachVolume"
        Resource  = "arn:aws:ec2:${var.region}:${var.account_id}:instance/*"
        Condition = { StringEquals = { "aws:ResourceTag/Cluster" = local.cluster } }
      },
      {
        Sid      = "Look"
        Effect   = "Allow"
        Action   = "ec2:DescribeVolumes"
        Resource = "*"
      },
      {
        Sid      = "OwnName"
        Effect   = "Allow"
        Action   = "route53:ChangeResourceRecordSets"
        Resource = aws_route53_zone.internal.arn
        Condition = {
          "ForAllValues:StringEquals" = {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames" = local.hosts
            "route53:ChangeResourceRecordSetsRecordTypes"           = ["A"]
            "route53:ChangeResourceRecordSetsActions"               = ["UPSERT"]
          }
        }
      },
      {
        Sid       = "Measure"
        Effect    = "Allow"
        Action    = "cloudwatch:PutMetricData"
        Resource  = "*"
        Condition = { StringEquals = { "cloudwatch:namespace" = "Prosa/NATS" } }
      },
    ]
  })
}

resource "aws_iam_instance_profile" "node" {
  name = local.cluster
  role = aws_iam_role.node.name
}

resource "aws_launch_template" "node" {
  for_each               = local.nodes
  name                   = "${var.name}-${each.key}"
  description            = "NATS node ${each.key} of ${var.name}"
  image_id               = var.machine_image
  instance_type          = var.instance_type
  update_default_version = true
  ebs_optimized          = true

  iam_instance_profile { arn = aws_iam_instance_profile.node.arn }

  network_interfaces {
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = [aws_security_group.this.id]
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      encrypted             = true
      volume_type           = "gp3"
      volume_size           = 10
      delete_on_termination = true
    }
  }

  monitoring { enabled = false }

  user_data = base64encode(templatefile("${path.module}/boot.sh.tftpl", {
    node        = each.key
    account     = var.name
    region      = var.region
    volume      = aws_ebs_volume.node[each.key].id
    zone        = aws_route53_zone.internal.zone_id
    host        = each.value.host
    bucket      = var.binary.bucket
    digest      = var.binary.digest
    token       = var.secrets.token
    tls         = var.secrets.tls
    server_conf = templatefile("${path.module}/nats.conf.tftpl", { node = each.key, cluster = local.cluster, hosts = var.nodes > 1 ? local.hosts : [], max_payload = var.max_payload, store_gb = max(1, floor(var.disk_gb * 0.9)) })
  }))

  # The provider's default tags end at what Terraform makes: what a group makes
  # would stand in the bill as nobody's.
  dynamic "tag_specifications" {
    for_each = { instance = { Cluster = local.cluster }, volume = {} }
    content {
      resource_type = tag_specifications.key
      tags          = merge(var.tags, tag_specifications.value, { Name = "${var.name}-${each.key}" })
    }
  }
}

resource "aws_autoscaling_group" "node" {
  for_each                  = local.nodes
  name                      = "${var.name}-${each.key}"
  min_size                  = var.rests ? 0 : 1
  max_size                  = 1
  desired_capacity          = 1
  vpc_zone_identifier       = [each.value.subnet]
  health_check_type         = "EC2"
  health_check_grace_period = 300
  wait_for_capacity_timeout = "0"

  launch_template {
    id      = aws_launch_template.node[each.key].id
    version = aws_launch_template.node[each.key].latest_version
  }

  tag {
    key                 = "Name"
    value               = "${var.name}-${each.key}"
    propagate_at_launch = false
  }

  # Another template replaces no running machine: an operator does so, node by
  # node, as docs/runbooks/nats-node-lost.md says.
  lifecycle { ignore_changes = [desired_capacity] }
}

output "url" {
  description = "What PROSA_STREAM_URL is to be."
  value       = join(",", [for host in local.hosts : "tls://${host}:4222"])
}

output "replicas" {
  description = "What PROSA_STREAM_REPLICAS is to be: copies of what must not be lost."
  value       = min(var.nodes, 3)
}

output "groups" {
  description = "Autoscaling groups by node."
  value       = { for node, group in aws_autoscaling_group.node : node => group.name }
}

output "zone_id" {
  description = "Private zone of the account's inner names."
  value       = aws_route53_zone.internal.zone_id
}

output "security_group_id" {
  description = "Group of the nodes."
  value       = aws_security_group.this.id
}
