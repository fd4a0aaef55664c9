package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/place"
	"prosa/internal/base/secret"
	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/focus"
	"prosa/internal/platform/blob"
)

// billFolder is where the demo's bills lie in its data folder, as an AWS Data
// Export would lay them.
const billFolder = "bills"

// billMonths is for how many months before the running one there are bills.
const billMonths = 6

// layCosts makes the demo's bills and what operators would have typed. The bills
// are files that the real import reads; the same day makes the same bytes.
func (h *house) layCosts(ctx context.Context, dir string) error {
	shelf, err := blob.OpenShelf(secret.New(filepath.Join(dir, billFolder)))
	if err != nil {
		return err
	}
	now := h.clock.Now().UTC()
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	for back := billMonths; back >= 0; back-- {
		month := first.AddDate(0, -back, 0)
		content, total, err := demoBill(month, now)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("prosa/data/BILLING_PERIOD=%s/prosa-00001.csv.gz", month.Format("2006-01"))
		if same(filepath.Join(dir, billFolder, filepath.FromSlash(name)), content) {
			continue
		}
		if err := shelf.Put(ctx, name, content); err != nil {
			return err
		}
		// The invoice of the last month has not come yet.
		if back > 1 {
			invoice := finops.Invoice{Source: "aws", Period: int64(month.Year())*100 + int64(month.Month()), InvoiceID: invoiceOf(month), Currency: "USD", Amount: &total}
			if err := h.costs.SaveInvoice(ctx, invoice, bySystem("demo")); err != nil {
				return err
			}
		}
	}
	return errors.Join(h.typeCosts(ctx, first, now), h.layMeters(ctx, dir))
}

func invoiceOf(month time.Time) string { return "INV-" + month.Format("200601") }

// same reports whether a file holds the content already; then its time stays,
// and nobody reads it again.
func same(path string, content []byte) bool {
	held, err := os.ReadFile(path)
	return err == nil && bytes.Equal(held, content)
}

// demoAccount is an account of the demo's bills.
type demoAccount struct {
	id, line, environment string
	size                  int64 // percent of the prices below
}

// demoAccounts are those of deploy/terraform/accounts.yaml.
var demoAccounts = []demoAccount{
	{"100000000001", finops.Shared, "management", 100}, {"100000000003", finops.Shared, "network", 100},
	{"100000000011", "massivo", "dev", 22}, {"100000000012", "massivo", "homolog", 45}, {"100000000013", "massivo", "prod", 100},
	{"100000000021", "enterprise", "dev", 18}, {"100000000022", "enterprise", "homolog", 38}, {"100000000023", "enterprise", "prod", 76},
}

func (a demoAccount) name() string {
	if a.line == finops.Shared {
		return a.environment
	}
	return a.line + "-" + a.environment
}

// nights is when homolog began to be switched off out of hours: three months
// before the running one.
func nights(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, -3, 0)
}

// demoThing is something that is billed by the day.
type demoThing struct {
	category, service, noun, kind, meter, unit string
	price                                      int64 // of a unit, in millionths of a dollar
	amount                                     int64 // a day in an account of size 100, in thousandths of the unit
	follows                                    string
}

// What a thing's amount follows.
const (
	byClock   = "clock"   // hours that it runs
	byTraffic = "traffic" // messages
	byGrowth  = "growth"  // what is kept grows
	steady    = "steady"
)

// demoThings are prices of the right order; they are made up.
var demoThings = []demoThing{
	{"Compute", "Amazon Elastic Container Service", "gateway", "Service", "Fargate-vCPU-Hours", "vCPU-Hours", 69_600, 48_000, byClock},
	{"Compute", "Amazon Elastic Container Service", "api", "Service", "Fargate-vCPU-Hours", "vCPU-Hours", 69_600, 48_000, byClock},
	{"Compute", "Amazon Elastic Container Service", "worker", "Service", "Fargate-vCPU-Hours", "vCPU-Hours", 69_600, 96_000, byClock},
	{"Compute", "Amazon Elastic Container Service", "worker", "Service", "Fargate-GB-Hours", "GB-Hours", 7_600, 192_000, byClock},
	{"Compute", "Amazon Elastic Compute Cloud", "nats-1", "EC2 Instance", "BoxUsage:t4g.medium", "Hours", 53_600, 24_000, byClock},
	{"Compute", "Amazon Elastic Compute Cloud", "nats-2", "EC2 Instance", "BoxUsage:t4g.medium", "Hours", 53_600, 24_000, byClock},
	{"Compute", "Amazon Elastic Compute Cloud", "nats-3", "EC2 Instance", "BoxUsage:t4g.medium", "Hours", 53_600, 24_000, byClock},
	{"Storage", "Amazon Elastic Block Store", "nats-1-data", "EBS Volume", "VolumeUsage.gp3", "GB-Months", 152_000, 3_300, steady},
	{"Databases", "Amazon Relational Database Service", "db", "DB Instance", "InstanceUsage:db.m7g.large", "Hours", 428_000, 24_000, byClock},
	{"Databases", "Amazon Relational Database Service", "db", "DB Instance", "RDS:GP3-Storage", "GB-Months", 263_000, 6_600, byGrowth},
	{"Storage", "Amazon Simple Storage Service", "media", "S3 Bucket", "TimedStorage-ByteHrs", "GB-Months", 40_500, 9_000, byGrowth},
	{"Storage", "Amazon Simple Storage Service", "media", "S3 Bucket", "Requests-Tier1", "Requests", 7, 120_000_000, byTraffic},
	{"Networking", "Elastic Load Balancing", "edge", "Application Load Balancer", "LoadBalancerUsage", "Hours", 34_000, 24_000, steady},
	{"Networking", "Elastic Load Balancing", "edge", "Application Load Balancer", "LCUUsage", "LCU-Hours", 11_000, 60_000, byTraffic},
	{"Networking", "Amazon Virtual Private Cloud", "nat-a", "NAT Gateway", "NatGateway-Hours", "Hours", 93_000, 24_000, steady},
	{"Networking", "Amazon Virtual Private Cloud", "nat-a", "NAT Gateway", "NatGateway-Bytes", "GB", 93_000, 22_000, byTraffic},
	{"Security", "AWS WAF", "edge-acl", "Web ACL", "RequestV2-Tier1", "Requests", 1, 1_400_000_000, byTraffic},
	{"Management and Governance", "AmazonCloudWatch", "logs", "Log Group", "DataProcessing-Bytes", "GB", 900_000, 4_000, byTraffic},
	{"Security", "AWS Secrets Manager", "secrets", "Secret", "AWSSecretsManager-Secrets", "Secrets", 400_000, 300, steady},
}

// amountOn gives the thousandths of the unit that a thing takes on a day.
func (t demoThing) amountOn(a demoAccount, day, now time.Time) int64 {
	amount := t.amount * a.size / 100
	months := int64(day.Year()-2026)*12 + int64(day.Month())
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	switch t.follows {
	case byClock:
		if a.environment == "homolog" && !day.Before(nights(now)) {
			if weekend {
				return 0
			}
			return amount * 12 / 24
		}
	case byTraffic:
		percent := 100 + 3*max(0, months) // it grows from month to month
		switch {
		case a.environment != "prod":
			percent = 25
		case weekend:
			percent = percent * 55 / 100
		case day.Weekday() == time.Monday:
			percent = percent * 112 / 100
		}
		amount = amount * percent / 100
		return amount + amount*wobble(a.name()+t.meter+day.Format("0102"))/1000
	case byGrowth:
		return amount * (100 + 4*max(0, months)) / 100
	}
	return amount
}

// wobble is up to 6 % up or down, the same for the same text.
func wobble(text string) int64 {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(text)) // never fails
	return int64(hash.Sum32()%121) - 60
}

// demoBill writes the bill of a month as far as it is known, and tells its sum:
// bills come a day late.
func demoBill(month, now time.Time) (content []byte, total exact.Amount, err error) {
	var file bytes.Buffer
	packed := gzip.NewWriter(&file)
	writer, err := focus.NewWriter(packed)
	if err != nil {
		return nil, total, err
	}
	b := &demoWriter{writer: writer, month: month, now: now, closed: !now.Before(month.AddDate(0, 1, 3))}
	b.write()
	if err := errors.Join(b.err, writer.Flush(), packed.Close()); err != nil {
		return nil, total, fault.Wrap(err, fault.Internal, "the demo's bill could not be written")
	}
	return file.Bytes(), exact.Amount{Nano: b.total}, nil
}

type demoWriter struct {
	writer     *focus.Writer
	month, now time.Time
	closed     bool
	sums       map[string]int64 // by account, in 10^-9 dollars
	total      int64
	err        error
}

func (b *demoWriter) write() {
	b.sums = map[string]int64{}
	end := b.month.AddDate(0, 1, 0)
	yesterday := time.Date(b.now.Year(), b.now.Month(), b.now.Day(), 0, 0, 0, 0, time.UTC).AddDate(0, 0, -1)
	for day := b.month; day.Before(end) && !day.After(yesterday); day = day.AddDate(0, 0, 1) {
		for _, account := range demoAccounts {
			b.day(account, day)
		}
	}
	for _, account := range demoAccounts {
		b.once(account, "Tax", "", "Tax for the month", "Other", b.sums[account.id]*14/100)
	}
	if b.closed {
		b.once(demoAccounts[0], "Credit", "", "Credit of the start-up programme", "Other", -120_000_000_000)
		// A charge of the month before is mended.
		b.once(demoAccounts[4], "Usage", "Correction", "Correction of requests of the month before", "Amazon Simple Storage Service", -3_417_219_800)
	}
}

// day writes what an account is charged for a day.
func (b *demoWriter) day(account demoAccount, day time.Time) {
	if account.line == finops.Shared {
		b.charge(account, day, demoThing{"Management and Governance", "AWS Support (Business)", "", "", "Support", "", 9_400_000, 1_000, steady}, 1_000, "")
		return
	}
	for _, thing := range demoThings {
		if strings.HasPrefix(thing.noun, "nats-") && thing.noun > "nats-1-data" && account.environment != "prod" {
			continue // one node is enough outside of prod
		}
		b.charge(account, day, thing, thing.amountOn(account, day, b.now), "")
	}
	switch {
	case account.line == "massivo" && account.environment == "dev":
		// Nobody remembers what it was for.
		b.charge(account, day, demoThing{"Storage", "Amazon Elastic Block Store", "old-volume", "EBS Volume", "VolumeUsage.gp3", "GB-Months", 152_000, 0, steady}, 16_400, "")
		b.charge(account, day, demoThing{"Networking", "Amazon Virtual Private Cloud", "trial-nat", "NAT Gateway", "NatGateway-Hours", "Hours", 93_000, 0, steady}, 24_000, "")
		b.charge(account, day, demoThing{"Compute", "Amazon Elastic Compute Cloud", "trial-host", "EC2 Instance", "BoxUsage:t4g.small", "Hours", 26_800, 0, steady}, 24_000, "homolog")
	case account.line == "massivo" && account.environment == "prod" && day.Day() == 17 && day.AddDate(0, 1, 0).Month() == b.now.Month():
		// The day on which somebody sent all pictures through the gateway.
		b.charge(account, day, demoThing{"Networking", "Amazon Virtual Private Cloud", "nat-a", "NAT Gateway", "NatGateway-Bytes", "GB", 93_000, 0, steady}, 1_900_000, "")
	}
}

// charge writes a row of a day; claims is another environment that its tag
// names.
func (b *demoWriter) charge(account demoAccount, day time.Time, thing demoThing, amount int64, claims string) {
	if amount <= 0 || b.err != nil {
		return
	}
	cost := thing.price * amount // 10^-6 dollars a unit, 10^-3 units
	b.sums[account.id] += cost
	row := b.row(account, day, day.AddDate(0, 0, 1), cost)
	row[focus.ChargeCategory], row[focus.ChargeFrequency], row[focus.PricingCategory] = "Usage", "Usage-Based", "Standard"
	row[focus.ServiceCategory], row[focus.ServiceName], row[focus.SkuMeter] = thing.category, thing.service, thing.meter
	row[focus.SkuID], row[focus.SkuPriceID] = thing.meter, thing.meter+".OnDemand"
	row[focus.ChargeDescription] = fmt.Sprintf("%s in sa-east-1", thing.meter)
	row[focus.RegionID], row[focus.RegionName] = "sa-east-1", "South America (Sao Paulo)"
	if thing.unit != "" {
		quantity := exact.Amount{Nano: amount * 1_000_000}.String()
		price := exact.Amount{Nano: thing.price * 1000}.String()
		row[focus.ConsumedUnit], row[focus.ConsumedQuantity], row[focus.PricingUnit], row[focus.PricingQuantity] = thing.unit, quantity, thing.unit, quantity
		row[focus.ListUnitPrice], row[focus.ContractedUnitPrice] = price, price
	}
	if thing.noun != "" {
		row[focus.ResourceID] = fmt.Sprintf("arn:aws:sa-east-1:%s:%s-%s", account.id, account.name(), thing.noun)
		row[focus.ResourceName], row[focus.ResourceType] = account.name()+"-"+thing.noun, thing.kind
		environment := account.environment
		if claims != "" {
			environment = claims
		}
		if thing.noun != "old-volume" { // nobody tagged it
			row[focus.Tags] = fmt.Sprintf(`{"environment":%q,"layer":"runtime","managed_by":"terraform","owner":"plataforma","product_line":%q}`, environment, account.line)
		}
	}
	b.err = b.writer.Write(row)
}

// once writes a row of the whole month.
func (b *demoWriter) once(account demoAccount, category, class, description, service string, cost int64) {
	if cost == 0 || b.err != nil {
		return
	}
	from, to := b.month, b.month.AddDate(0, 1, 0)
	if class != "" {
		from, to = b.month.AddDate(0, -1, 0), b.month
	}
	row := b.row(account, from, to, cost)
	row[focus.ChargeCategory], row[focus.ChargeClass], row[focus.ChargeFrequency] = category, class, "One-Time"
	row[focus.ChargeDescription], row[focus.ServiceCategory], row[focus.ServiceName] = description, "Other", service
	if class != "" {
		row[focus.ServiceCategory] = "Storage"
	}
	b.err = b.writer.Write(row)
}

func (b *demoWriter) row(account demoAccount, from, to time.Time, cost int64) *[focus.Columns]string {
	var row [focus.Columns]string
	b.total += cost
	money := exact.Amount{Nano: cost}.String()
	for _, column := range []focus.Column{focus.BilledCost, focus.EffectiveCost, focus.ListCost, focus.ContractedCost} {
		row[column] = money
	}
	row[focus.ProviderName], row[focus.PublisherName], row[focus.ServiceProviderName], row[focus.InvoiceIssuerName] = "AWS", "AWS", "AWS", "AWS"
	row[focus.BillingAccountID], row[focus.BillingAccountName] = demoAccounts[0].id, "prosa"
	row[focus.SubAccountID], row[focus.SubAccountName] = account.id, account.name()
	row[focus.BillingCurrency], row[focus.PricingCurrency] = "USD", "USD"
	row[focus.BillingPeriodStart], row[focus.BillingPeriodEnd] = focus.Time(clock.MS(b.month)), focus.Time(clock.MS(b.month.AddDate(0, 1, 0)))
	row[focus.ChargePeriodStart], row[focus.ChargePeriodEnd] = focus.Time(clock.MS(from)), focus.Time(clock.MS(to))
	if b.closed {
		row[focus.InvoiceID] = invoiceOf(b.month)
	}
	return &row
}

// typeCosts types in what operators would have.
func (h *house) typeCosts(ctx context.Context, first, now time.Time) error {
	var accounts []finops.Account
	for _, a := range demoAccounts {
		environment := a.environment
		if a.line == finops.Shared {
			environment = finops.Shared
		}
		accounts = append(accounts, finops.Account{AccountID: a.id, Name: a.name(), Line: a.line, Environment: environment})
	}
	if _, err := h.costs.FillAccounts(ctx, accounts, bySystem("demo")); err != nil {
		return err
	}
	var budgets []finops.Budget
	for account, dollars := range map[string]int64{"massivo-dev": 260, "massivo-homolog": 380, "massivo-prod": 2_000, "enterprise-dev": 160, "enterprise-homolog": 340, "enterprise-prod": 1_650} {
		line, environment, _ := strings.Cut(account, "-")
		budgets = append(budgets, finops.Budget{Line: line, Environment: environment, Currency: "USD", Amount: exact.Amount{Nano: dollars * 1_000_000_000}})
	}
	if _, err := h.costs.FillBudgets(ctx, budgets, bySystem("demo")); err != nil {
		return err
	}
	return errors.Join(h.typeRates(ctx, first, now), h.typeSavings(ctx, now))
}

// typeRates gives a rate of exchange to each day of the bills; they are made up
// and say so.
func (h *house) typeRates(ctx context.Context, first, now time.Time) error {
	var rates []finops.Rate
	for day := first.AddDate(0, -billMonths, 0); !day.After(now); day = day.AddDate(0, 0, 1) {
		rates = append(rates, finops.Rate{Base: "USD", Quote: "BRL", Day: day.Format(time.DateOnly), Source: "demo", Sample: true,
			Rate: exact.Amount{Nano: 5_380_000_000 + 2_000_000*wobble(day.Format("BRL 2006 01 02"))}})
	}
	return h.costs.PutRates(ctx, rates, bySystem("demo"))
}

// typeSavings enters the measure that the bills show: homolog rests at night.
func (h *house) typeSavings(ctx context.Context, now time.Time) error {
	known, err := h.costs.Savings(ctx)
	if err != nil || len(known) > 0 {
		return err
	}
	for _, line := range place.Lines() {
		_, err := h.costs.SaveSaving(ctx, finops.Saving{Name: "Homologação desligada fora do expediente", Line: line, Environment: "homolog", Currency: "USD",
			Started: nights(now).Format(time.DateOnly), BeforeDays: 60, PlannedHours: 108, Note: "12 h por dia útil, em vez de 24 h todos os dias"}, bySystem("demo"))
		if err != nil {
			return err
		}
	}
	return nil
}
