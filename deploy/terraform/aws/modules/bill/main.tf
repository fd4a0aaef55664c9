# The bill itself, row by row, in the open form (FOCUS 1.2), laid into a bucket
# several times a day: what `prosa finops import` reads.
#
# A month's files are overwritten until the month is closed, and the import
# replaces the month as a whole; nothing is appended twice. The columns are named
# one by one, since the service takes no asterisk and a column that it adds must
# not change what is imported.

terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = { source = "hashicorp/aws", configuration_aliases = [aws.billing] }
  }
}

variable "name" {
  description = "Name of the bucket."
  type        = string
}

variable "account_id" {
  description = "Account that pays."
  type        = string
}

variable "region" {
  description = "Region of the bucket."
  type        = string
}

variable "format" {
  description = "PARQUET, or TEXT_OR_CSV packed by gzip."
  type        = string
  default     = "PARQUET"
  validation {
    condition     = contains(["PARQUET", "TEXT_OR_CSV"], var.format)
    error_message = "PARQUET or TEXT_OR_CSV."
  }
}

variable "folder" {
  description = "Folder of the files in the bucket."
  type        = string
}

variable "statements" {
  description = "Further statements of the bucket's policy: who reads the files."
  type        = any # statements differ in shape
  default     = []
}

variable "keep_days" {
  description = "Days that the files are kept."
  type        = number
  default     = 1825
}

locals {
  # FOCUS 1.2, "Columns", in the order of their names; the provider's own last.
  columns = [
    "AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType", "BillingCurrency",
    "BillingPeriodEnd", "BillingPeriodStart", "CapacityReservationId", "CapacityReservationStatus", "ChargeCategory",
    "ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart",
    "CommitmentDiscountCategory", "CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountQuantity",
    "CommitmentDiscountStatus", "CommitmentDiscountType", "CommitmentDiscountUnit", "ConsumedQuantity", "ConsumedUnit",
    "ContractedCost", "ContractedUnitPrice", "EffectiveCost", "InvoiceId", "InvoiceIssuerName", "ListCost", "ListUnitPrice",
    "PricingCategory", "PricingCurrency", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "RegionId",
    "RegionName", "ResourceId", "ResourceName", "ResourceType", "ServiceCategory", "ServiceName", "ServiceSubcategory",
    "SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId", "SubAccountId", "SubAccountName", "SubAccountType", "Tags",
    "x_Discounts", "x_Operation", "x_ServiceCode",
  ]
}

module "bucket" {
  source        = "../bucket"
  name          = var.name
  keep_old_days = 30
  expire_days   = var.keep_days
  statements = concat([{
    Sid       = "Exports"
    Effect    = "Allow"
    Principal = { Service = ["bcm-data-exports.amazonaws.com", "billingreports.amazonaws.com"] }
    Action    = ["s3:PutObject", "s3:GetBucketPolicy"]
    Resource  = ["arn:aws:s3:::${var.name}", "arn:aws:s3:::${var.name}/*"]
    Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
  }], var.statements)
}

resource "aws_bcmdataexports_export" "focus" {
  provider = aws.billing
  export {
    name        = "focus-1-2"
    description = "The bill as FOCUS 1.2"
    data_query {
      query_statement      = "SELECT ${join(", ", local.columns)} FROM FOCUS_1_2_AWS"
      table_configurations = { FOCUS_1_2_AWS = {} }
    }
    destination_configurations {
      s3_destination {
        s3_bucket = module.bucket.ready_name
        s3_prefix = var.folder
        s3_region = var.region
        s3_output_configurations {
          format      = var.format
          compression = var.format == "PARQUET" ? "PARQUET" : "GZIP"
          output_type = "CUSTOM"
          overwrite   = "OVERWRITE_REPORT"
        }
      }
    }
    refresh_cadence { frequency = "SYNCHRONOUS" }
  }
}

output "url" {
  description = "Where the files lie, for PROSA_FINOPS_SOURCES."
  value       = "s3://s3.${var.region}.amazonaws.com/${module.bucket.name}/${var.folder}?region=${var.region}&credentials=role"
}
