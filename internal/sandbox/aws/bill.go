package aws

import (
	"fmt"
	"maps"
	"net/http"
)

// billState is what an account that pays holds: budgets, watches over the bill,
// tags that reach it, and its exports.
type billState struct {
	budgets       shelf[budget]
	monitors      shelf[billed] // by ARN
	subscriptions shelf[billed]
	exports       shelf[billed]
	tags          map[string]string // status by key
}

type budget struct {
	about         doc
	notifications []notified
	tags          []any
}

type notified struct {
	notification doc
	subscribers  []any
}

type billed struct {
	about doc
	tags  []any
}

func (c *call) bill() *billState { return state[billState](c.account, "bill") }

func budgetCalls() map[string]handler {
	return map[string]handler{
		"CreateBudget": jsonCall(createBudget), "DescribeBudget": jsonCall(describeBudget), "DeleteBudget": jsonCall(deleteBudget), "CreateNotification": jsonCall(createNotification),
		"DescribeNotificationsForBudget": jsonCall(describeNotifications), "DescribeSubscribersForNotification": jsonCall(describeSubscribers), "ListTagsForResource": jsonCall(budgetTags),
	}
}

// ownBudget refuses calls about another account's budgets.
func (c *call) ownBudget(in doc) (string, error) {
	if text(in, "AccountId") != c.account.ID {
		return "", refuse(http.StatusBadRequest, "AccessDeniedException", "Account %s may not be asked by %s", text(in, "AccountId"), c.account.ID)
	}
	return text(in, "BudgetName"), nil
}

func createBudget(c *call, in doc) (any, error) {
	if _, err := c.ownBudget(in); err != nil {
		return nil, err
	}
	about, _ := in["Budget"].(doc)
	name := text(about, "BudgetName")
	if c.bill().budgets[name] != nil {
		return nil, refuse(http.StatusBadRequest, "DuplicateRecordException", "Error creating budget: %s - the budget already exists.", name)
	}
	b := &budget{about: maps.Clone(about)}
	b.tags, _ = in["ResourceTags"].([]any)
	if b.about["TimePeriod"] == nil {
		const end = 3706473600 // the vendor's own "for ever", 2087-06-15
		b.about["TimePeriod"] = doc{"Start": float64(1704067200), "End": float64(end)}
	}
	b.about["CalculatedSpend"] = doc{"ActualSpend": doc{"Amount": "0.0", "Unit": "USD"}}
	if many, ok := in["NotificationsWithSubscribers"].([]any); ok {
		for _, one := range many {
			fields, _ := one.(doc)
			b.add(fields)
		}
	}
	c.bill().budgets.put(name, b)
	return nil, nil
}

func (b *budget) add(in doc) {
	n := notified{}
	n.notification, _ = in["Notification"].(doc)
	n.subscribers, _ = in["Subscribers"].([]any)
	b.notifications = append(b.notifications, n)
}

func (c *call) budget(in doc) (*budget, error) {
	name, err := c.ownBudget(in)
	if err != nil {
		return nil, err
	}
	if found := c.bill().budgets[name]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "NotFoundException", "Unable to get budget: %s - the budget doesn't exist.", name)
}

func describeBudget(c *call, in doc) (any, error) {
	b, err := c.budget(in)
	if err != nil {
		return nil, err
	}
	return doc{"Budget": b.about}, nil
}

func deleteBudget(c *call, in doc) (any, error) {
	if _, err := c.budget(in); err != nil {
		return nil, err
	}
	delete(c.bill().budgets, text(in, "BudgetName"))
	return nil, nil
}

func createNotification(c *call, in doc) (any, error) {
	b, err := c.budget(in)
	if err != nil {
		return nil, err
	}
	b.add(in)
	return nil, nil
}

func describeNotifications(c *call, in doc) (any, error) {
	b, err := c.budget(in)
	if err != nil {
		return nil, err
	}
	found := []doc{}
	for _, n := range b.notifications {
		found = append(found, n.notification)
	}
	return doc{"Notifications": found}, nil
}

func describeSubscribers(c *call, in doc) (any, error) {
	b, err := c.budget(in)
	if err != nil {
		return nil, err
	}
	asked, _ := in["Notification"].(doc)
	for _, n := range b.notifications {
		same := true
		for _, field := range []string{"NotificationType", "ComparisonOperator", "Threshold", "ThresholdType"} {
			same = same && asked[field] == n.notification[field]
		}
		if same {
			return doc{"Subscribers": n.subscribers}, nil
		}
	}
	return nil, refuse(http.StatusBadRequest, "NotFoundException", "the budget has no such notification")
}

func budgetTags(c *call, in doc) (any, error) {
	for name, b := range c.bill().budgets {
		if text(in, "ResourceARN") == "arn:aws:budgets::"+c.account.ID+":budget/"+name {
			return doc{"ResourceTags": orEmpty(b.tags)}, nil
		}
	}
	return nil, refuse(http.StatusBadRequest, "NotFoundException", "there is no %s", text(in, "ResourceARN"))
}

func costCalls() map[string]handler {
	return map[string]handler{
		"CreateAnomalyMonitor":           watch("AnomalyMonitor", "anomalymonitor", "MonitorArn", func(b *billState) *shelf[billed] { return &b.monitors }),
		"GetAnomalyMonitors":             watched("AnomalyMonitors", "MonitorArnList", func(b *billState) *shelf[billed] { return &b.monitors }),
		"DeleteAnomalyMonitor":           unwatch("MonitorArn", func(b *billState) *shelf[billed] { return &b.monitors }),
		"CreateAnomalySubscription":      watch("AnomalySubscription", "anomalysubscription", "SubscriptionArn", func(b *billState) *shelf[billed] { return &b.subscriptions }),
		"GetAnomalySubscriptions":        watched("AnomalySubscriptions", "SubscriptionArnList", func(b *billState) *shelf[billed] { return &b.subscriptions }),
		"DeleteAnomalySubscription":      unwatch("SubscriptionArn", func(b *billState) *shelf[billed] { return &b.subscriptions }),
		"ListTagsForResource":            jsonCall(billedTags),
		"UpdateCostAllocationTagsStatus": jsonCall(setCostTags),
		"ListCostAllocationTags":         jsonCall(listCostTags),
	}
}

// watch makes a monitor or a subscription.
func watch(field, kind, arnField string, where func(*billState) *shelf[billed]) handler {
	return jsonCall(func(c *call, in doc) (any, error) {
		about, _ := in[field].(doc)
		b := &billed{about: maps.Clone(about)}
		b.tags, _ = in["ResourceTags"].([]any)
		arn := c.globalARN("ce", fmt.Sprintf("%s/00000000-0000-4000-8000-%012d", kind, c.account.next()))
		b.about[arnField] = arn
		where(c.bill()).put(arn, b)
		return doc{arnField: arn}, nil
	})
}

func watched(field, listField string, where func(*billState) *shelf[billed]) handler {
	return jsonCall(func(c *call, in doc) (any, error) {
		asked, _ := in[listField].([]any)
		found := []doc{}
		for arn, b := range *where(c.bill()) {
			for _, one := range asked {
				if one == arn {
					found = append(found, b.about)
				}
			}
		}
		return doc{field: found}, nil
	})
}

func unwatch(field string, where func(*billState) *shelf[billed]) handler {
	return jsonCall(func(c *call, in doc) (any, error) {
		delete(*where(c.bill()), text(in, field))
		return nil, nil
	})
}

func billedTags(c *call, in doc) (any, error) {
	arn := text(in, "ResourceArn")
	for _, held := range []shelf[billed]{c.bill().monitors, c.bill().subscriptions, c.bill().exports} {
		if found := held[arn]; found != nil {
			return doc{"ResourceTags": orEmpty(found.tags)}, nil
		}
	}
	return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "there is no %s", arn)
}

func setCostTags(c *call, in struct {
	CostAllocationTagsStatus []struct{ TagKey, Status string }
}) (any, error) {
	if c.bill().tags == nil {
		c.bill().tags = map[string]string{}
	}
	for _, t := range in.CostAllocationTagsStatus {
		c.bill().tags[t.TagKey] = t.Status
	}
	return doc{"Errors": []any{}}, nil
}

func listCostTags(c *call, in struct{ TagKeys []string }) (any, error) {
	found := []doc{}
	for _, name := range in.TagKeys {
		if status, ok := c.bill().tags[name]; ok {
			found = append(found, doc{"TagKey": name, "Type": "UserDefined", "Status": status})
		}
	}
	return doc{"CostAllocationTags": found}, nil
}

func exportCalls() map[string]handler {
	return map[string]handler{
		"CreateExport": jsonCall(createExport), "GetExport": jsonCall(getExport), "DeleteExport": jsonCall(deleteExport), "ListTagsForResource": jsonCall(billedTags),
	}
}

func createExport(c *call, in doc) (any, error) {
	about, _ := in["Export"].(doc)
	b := &billed{about: maps.Clone(about)}
	b.tags, _ = in["ResourceTags"].([]any)
	arn := c.arn("bcm-data-exports", fmt.Sprintf("export/%s-00000000-0000-4000-8000-%012d", text(about, "Name"), c.account.next()))
	b.about["ExportArn"] = arn
	c.bill().exports.put(arn, b)
	return doc{"ExportArn": arn}, nil
}

func (c *call) export(in doc) (*billed, error) {
	if found := c.bill().exports[text(in, "ExportArn")]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusNotFound, "ResourceNotFoundException", "there is no %s", text(in, "ExportArn"))
}

func getExport(c *call, in doc) (any, error) {
	b, err := c.export(in)
	if err != nil {
		return nil, err
	}
	return doc{"Export": b.about, "ExportStatus": doc{"StatusCode": "HEALTHY"}}, nil
}

func deleteExport(c *call, in doc) (any, error) {
	if _, err := c.export(in); err != nil {
		return nil, err
	}
	delete(c.bill().exports, text(in, "ExportArn"))
	return doc{"ExportArn": text(in, "ExportArn")}, nil
}
