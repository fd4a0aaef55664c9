# The one domain. Dev and homologation are delegated to zones of their own
# accounts as soon as accounts.yaml names their servers; the names of production
# are written here by the production accounts, each through a role that may
# change the names of its own domain and nothing else. So a role of homologation
# can't touch a name of production.
#
# What drives its cost: a zone at a fixed price a month, and questions by the
# million.

locals {
  delegated = { for name, account in local.accounts : name => account if length(try(account.name_servers, [])) > 0 }
  prods     = { for name, account in local.accounts : name => account if account.environment == "prod" }
}

resource "aws_route53_zone" "apex" {
  name    = local.organization.apex
  comment = "The platform's domain"
}

resource "aws_route53_record" "authority" {
  zone_id = aws_route53_zone.apex.zone_id
  name    = local.organization.apex
  type    = "CAA"
  ttl     = 3600
  records = [
    "0 issue \"amazon.com\"",
    "0 issuewild \"amazon.com\"",
    "0 iodef \"mailto:${local.organization.network.email}\"",
  ]
}

resource "aws_route53_record" "delegation" {
  for_each = local.delegated
  zone_id  = aws_route53_zone.apex.zone_id
  name     = each.value.domain
  type     = "NS"
  ttl      = 3600
  records  = each.value.name_servers
}

resource "aws_iam_role" "names" {
  for_each             = local.prods
  name                 = "${each.key}-names"
  description          = "Names of ${each.value.domain}, written by ${each.key}"
  max_session_duration = 3600
  permissions_boundary = aws_iam_policy.names[each.key].arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "ApplyRoleOfTheAccount"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${each.value.account_id}:root" }
      Action    = "sts:AssumeRole"
      Condition = { ArnEquals = { "aws:PrincipalArn" = [for role in ["apply", "plan"] : "arn:aws:iam::${each.value.account_id}:role/${each.key}-${role}"] } }
    }]
  })
}

# Boundary and policy in one: the role can do this and can't be given more.
resource "aws_iam_policy" "names" {
  for_each    = local.prods
  name        = "${each.key}-names"
  description = "Changes the names of ${each.value.domain} and nothing else"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "OwnNames"
        Effect   = "Allow"
        Action   = "route53:ChangeResourceRecordSets"
        Resource = aws_route53_zone.apex.arn
        Condition = {
          "ForAllValues:StringLike" = {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames" = [each.value.domain, "*.${each.value.domain}"]
          }
          "ForAllValues:StringEquals" = {
            "route53:ChangeResourceRecordSetsRecordTypes" = ["A", "AAAA", "CNAME", "TXT"]
          }
        }
      },
      {
        Sid      = "Look"
        Effect   = "Allow"
        Action   = ["route53:GetHostedZone", "route53:ListResourceRecordSets"]
        Resource = aws_route53_zone.apex.arn
      },
      {
        Sid      = "Follow"
        Effect   = "Allow"
        Action   = "route53:GetChange"
        Resource = "*"
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "names" {
  for_each   = local.prods
  role       = aws_iam_role.names[each.key].name
  policy_arn = aws_iam_policy.names[each.key].arn
}
