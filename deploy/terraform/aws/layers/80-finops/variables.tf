variable "billing_region" {
  description = "Region in which the provider keeps its billing services."
  type        = string
  default     = "us-east-1"
}

variable "format" {
  description = "Form of the bill's files: PARQUET or TEXT_OR_CSV."
  type        = string
  default     = "PARQUET"
}
