package focus

import "strings"

// Column is a column of FOCUS 1.3.
type Column int

// The columns of the Cost and Usage dataset.
const (
	ProviderName Column = iota
	PublisherName
	ServiceProviderName
	HostProviderName
	InvoiceIssuerName
	InvoiceID
	BillingAccountID
	BillingAccountName
	BillingAccountType
	SubAccountID
	SubAccountName
	SubAccountType
	BillingPeriodStart
	BillingPeriodEnd
	ChargePeriodStart
	ChargePeriodEnd
	ChargeCategory
	ChargeClass
	ChargeDescription
	ChargeFrequency
	BilledCost
	EffectiveCost
	ListCost
	ContractedCost
	ListUnitPrice
	ContractedUnitPrice
	PricingCategory
	PricingQuantity
	PricingUnit
	PricingCurrency
	PricingCurrencyContractedUnitPrice
	PricingCurrencyEffectiveCost
	PricingCurrencyListUnitPrice
	BillingCurrency
	ConsumedQuantity
	ConsumedUnit
	ServiceName
	ServiceCategory
	ServiceSubcategory
	SkuID
	SkuMeter
	SkuPriceID
	SkuPriceDetails
	ResourceID
	ResourceName
	ResourceType
	RegionID
	RegionName
	AvailabilityZone
	CommitmentDiscountID
	CommitmentDiscountName
	CommitmentDiscountCategory
	CommitmentDiscountType
	CommitmentDiscountStatus
	CommitmentDiscountQuantity
	CommitmentDiscountUnit
	ContractApplied
	CapacityReservationID
	CapacityReservationStatus
	AllocatedMethodID
	AllocatedMethodDetails
	AllocatedResourceID
	AllocatedResourceName
	AllocatedTags
	Tags
	// Columns is how many there are.
	Columns
)

// names are the columns as files spell them, in the order of the constants.
var names = [Columns]string{
	"ProviderName", "PublisherName", "ServiceProviderName", "HostProviderName", "InvoiceIssuerName", "InvoiceId",
	"BillingAccountId", "BillingAccountName", "BillingAccountType", "SubAccountId", "SubAccountName", "SubAccountType",
	"BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd",
	"ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency", "BilledCost", "EffectiveCost", "ListCost", "ContractedCost",
	"ListUnitPrice", "ContractedUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit",
	"PricingCurrency", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice", "BillingCurrency",
	"ConsumedQuantity", "ConsumedUnit", "ServiceName", "ServiceCategory", "ServiceSubcategory",
	"SkuId", "SkuMeter", "SkuPriceId", "SkuPriceDetails", "ResourceId", "ResourceName", "ResourceType", "RegionId", "RegionName", "AvailabilityZone",
	"CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountCategory", "CommitmentDiscountType", "CommitmentDiscountStatus",
	"CommitmentDiscountQuantity", "CommitmentDiscountUnit", "ContractApplied", "CapacityReservationId", "CapacityReservationStatus",
	"AllocatedMethodId", "AllocatedMethodDetails", "AllocatedResourceId", "AllocatedResourceName", "AllocatedTags", "Tags",
}

// String gives the name as files spell it.
func (c Column) String() string {
	if c < 0 || c >= Columns {
		return ""
	}
	return names[c]
}

// columnOf finds a column by its name; -1 is none of FOCUS's.
func columnOf(name string) Column {
	for i, known := range names {
		if known == name {
			return Column(i)
		}
	}
	return -1
}

// essential columns: without one of them a total could not be told.
var essential = []Column{
	BillingAccountID, BillingCurrency, BillingPeriodStart, BillingPeriodEnd, ChargePeriodStart, ChargePeriodEnd,
	ChargeCategory, ChargeClass, BilledCost, EffectiveCost, ListCost, ContractedCost, ServiceName, ServiceCategory,
}

// mandatory columns of all versions that the ledger does without.
var mandatory = []Column{BillingAccountName, ChargeDescription, InvoiceIssuerName, PricingQuantity, PricingUnit}

// since names the columns by which a version is told from the one before.
var since = []struct {
	version string
	columns []Column
}{
	{"1.3", []Column{ServiceProviderName, HostProviderName, ContractApplied, AllocatedMethodID, AllocatedMethodDetails, AllocatedResourceID, AllocatedResourceName, AllocatedTags}},
	{"1.2", []Column{InvoiceID, BillingAccountType, SubAccountType, PricingCurrency, PricingCurrencyContractedUnitPrice, PricingCurrencyEffectiveCost, PricingCurrencyListUnitPrice}},
	{"1.1", []Column{ServiceSubcategory, SkuMeter, SkuPriceDetails, CapacityReservationID, CapacityReservationStatus, CommitmentDiscountQuantity, CommitmentDiscountUnit}},
}

// versionOf tells the version by the newest column that is there.
func versionOf(present *[Columns]bool) string {
	for _, version := range since {
		for _, column := range version.columns {
			if present[column] {
				return version.version
			}
		}
	}
	return "1.0"
}

// choice is a column of which FOCUS lists the values.
type choice struct {
	column Column
	values []string
	// strict refuses any other value; else it is a finding.
	strict bool
}

var choices = []choice{
	{ChargeCategory, []string{"Usage", "Purchase", "Tax", "Credit", "Adjustment"}, true},
	{ChargeClass, []string{"Correction"}, true},
	{ChargeFrequency, []string{"One-Time", "Recurring", "Usage-Based"}, false},
	{PricingCategory, []string{"Standard", "Dynamic", "Committed", "Other"}, false},
	{CommitmentDiscountStatus, []string{"Used", "Unused"}, false},
	{CommitmentDiscountCategory, []string{"Spend", "Usage"}, false},
	{CapacityReservationStatus, []string{"Used", "Unused"}, false},
	{ServiceCategory, []string{
		"AI and Machine Learning", "Analytics", "Business Applications", "Compute", "Databases", "Developer Tools", "Multicloud", "Identity", "Integration",
		"Internet of Things", "Management and Governance", "Media", "Migration", "Mobile", "Networking", "Security", "Storage", "Web", "Other",
	}, false},
}

// pick gives the listed value that text means, and whether it is spelled so.
func (c choice) pick(text string) (value string, listed, same bool) {
	for _, value := range c.values {
		if value == text {
			return value, true, true
		}
	}
	for _, value := range c.values {
		if strings.EqualFold(value, text) {
			return value, true, false
		}
	}
	return text, false, false
}
