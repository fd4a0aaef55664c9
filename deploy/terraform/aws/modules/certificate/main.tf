# One certificate for a domain and every name right below it, proved and renewed
# by a record in the zone that holds the domain. Applying waits until the
# certificate is issued, which it never is while the zone is not delegated: the
# delegation comes first (docs/cloud.md, "The first time").

terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The zone may lie in another account than the certificate.
      configuration_aliases = [aws.names]
    }
  }
}

variable "domain" {
  description = "Domain of the account."
  type        = string
}

variable "zone_id" {
  description = "Hosted zone that holds the domain."
  type        = string
}

resource "aws_acm_certificate" "this" {
  domain_name               = var.domain
  subject_alternative_names = ["*.${var.domain}"]
  validation_method         = "DNS"
  key_algorithm             = "EC_prime256v1"
  lifecycle { create_before_destroy = true }
}

# Both names are proved by the same record.
resource "aws_route53_record" "proof" {
  provider = aws.names
  for_each = {
    for option in aws_acm_certificate.this.domain_validation_options : option.domain_name => option
    if option.domain_name == var.domain
  }
  zone_id         = var.zone_id
  name            = each.value.resource_record_name
  type            = each.value.resource_record_type
  records         = [each.value.resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [for record in aws_route53_record.proof : record.fqdn]
}

output "arn" {
  description = "ARN of the certificate, once it is issued."
  value       = aws_acm_certificate_validation.this.certificate_arn
}
