package aws

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// filterState holds what takes numbers out of the log, by group and name.
type filterState struct{ filters map[string]shelf[doc] }

func (c *call) filters() map[string]shelf[doc] {
	held := state[filterState](c.account, "logs filters")
	if held.filters == nil {
		held.filters = map[string]shelf[doc]{}
	}
	return held.filters
}

func logFilterCalls() map[string]handler {
	return map[string]handler{
		"PutMetricFilter": jsonCall(putFilter), "DescribeMetricFilters": jsonCall(describeFilters), "DeleteMetricFilter": jsonCall(deleteFilter),
	}
}

// How a filter's pattern begins when it reads JSON, and what its number is taken
// from: a field or a number (CloudWatch Logs user guide, "Filter pattern syntax").
var (
	filterName    = regexp.MustCompile(`^[^:*]{1,512}$`)
	filterPattern = regexp.MustCompile(`^\{\s*\(?\s*\$\..*[=<>].*\}$`)
	filterValue   = regexp.MustCompile(`^(\$\.[\w.\[\]-]+|\$\w+|-?\d+(\.\d+)?)$`)
)

// mostFilters is the quota of a group.
const mostFilters = 100

func putFilter(c *call, in doc) (any, error) {
	group, name, pattern := text(in, "logGroupName"), text(in, "filterName"), text(in, "filterPattern")
	if _, err := c.logGroup(group); err != nil {
		return nil, err
	}
	if !filterName.MatchString(name) {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "1 validation error detected: Value '%s' at 'filterName' failed to satisfy constraint", name)
	}
	if strings.HasPrefix(pattern, "{") && (!filterPattern.MatchString(pattern) || strings.Count(pattern, "(") != strings.Count(pattern, ")")) {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "Invalid metric filter pattern: %s", pattern)
	}
	many, _ := in["metricTransformations"].([]any)
	if len(many) != 1 {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "A filter has one metric transformation")
	}
	metric, _ := many[0].(doc)
	switch {
	case text(metric, "metricName") == "" || text(metric, "metricNamespace") == "" || strings.HasPrefix(text(metric, "metricNamespace"), "AWS/"):
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "Invalid metric transformation: '%s' in '%s'", text(metric, "metricName"), text(metric, "metricNamespace"))
	case !filterValue.MatchString(text(metric, "metricValue")):
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "Invalid metric transformation: metricValue '%s' is no field and no number", text(metric, "metricValue"))
	}
	held := c.filters()[group]
	if held[name] == nil && len(held) >= mostFilters {
		return nil, refuse(http.StatusBadRequest, "LimitExceededException", "Resource limit exceeded.")
	}
	if text(metric, "unit") == "" {
		metric["unit"] = "None"
	}
	kept := doc{"filterName": name, "filterPattern": pattern, "logGroupName": group, "metricTransformations": many, "creationTime": c.server.config.Now().UnixMilli(), "applyOnTransformedLogs": in["applyOnTransformedLogs"] == true}
	held.put(name, &kept)
	c.filters()[group] = held
	return nil, nil
}

func describeFilters(c *call, in doc) (any, error) {
	group := text(in, "logGroupName")
	if _, err := c.logGroup(group); err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(c.filters()[group].all(), func(f *doc) bool { return !strings.HasPrefix(text(*f, "filterName"), text(in, "filterNamePrefix")) })
	return doc{"metricFilters": found}, nil
}

func deleteFilter(c *call, in doc) (any, error) {
	group, name := text(in, "logGroupName"), text(in, "filterName")
	if c.filters()[group][name] == nil {
		return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "The specified metric filter does not exist.")
	}
	delete(c.filters()[group], name)
	return nil, nil
}
