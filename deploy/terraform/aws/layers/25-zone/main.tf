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

# Two roles an account: to change its names, for who applies after approval, and
# to look at them, for the plan of any proposal.
locals {
  roles = merge([for name, account in local.prods : {
    "${name}-names"      = { account = account, taken_by = "apply", statements = concat(local.changes[name], local.looks) }
    "${name}-names-read" = { account = account, taken_by = "plan", statements = local.looks }
  }]...)
  looks = [
    {
      Sid      = "Look"
      Effect   = "Allow"
      Action   = ["route53:GetHostedZone", "route53:ListResourceRecordSets"]
      Resource = aws_route53_zone.apex.arn
    },
    {
      Sid      = "Follow"
      Effect   = "Allow"
      Action   = ["route53:GetChange"]
      Resource = "*"
    },
  ]
  changes = { for name, account in local.prods : name => [{
    Sid      = "OwnNames"
    Effect   = "Allow"
    Action   = ["route53:ChangeResourceRecordSets"]
    Resource = aws_route53_zone.apex.arn
    Condition = {
      "ForAllValues:StringLike" = {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames" = [account.domain, "*.${account.domain}"]
      }
      "ForAllValues:StringEquals" = {
        "route53:ChangeResourceRecordSetsRecordTypes" = ["A", "AAAA", "CNAME", "TXT"]
      }
    }
  }] }
}

resource "aws_iam_role" "names" {
  for_each             = local.roles
  name                 = each.key
  description          = "Names of ${each.value.account.domain}, for the ${each.value.taken_by} role of ${each.value.account.name}"
  max_session_duration = 3600
  permissions_boundary = aws_iam_policy.names[each.key].arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OneRoleOfTheAccount"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${each.value.account.account_id}:root" }
      Action    = "sts:AssumeRole"
      Condition = { ArnEquals = { "aws:PrincipalArn" = "arn:aws:iam::${each.value.account.account_id}:role/${each.value.account.name}-${each.value.taken_by}" } }
    }]
  })
}

# Boundary and policy in one: the role can do this and can't be given more.
resource "aws_iam_policy" "names" {
  for_each    = local.roles
  name        = "${each.key}-boundary"
  description = "What ${each.key} may do with the apex zone"
  policy      = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}

resource "aws_iam_role_policy_attachment" "names" {
  for_each   = local.roles
  role       = aws_iam_role.names[each.key].name
  policy_arn = aws_iam_policy.names[each.key].arn
}
