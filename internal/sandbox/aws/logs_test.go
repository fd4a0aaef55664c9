package aws_test

import "testing"

func TestLogsAreKeptAsLongAsSaid(t *testing.T) {
	const arn = `"resourceArn":"arn:aws:logs:sa-east-1:` + dev + `:log-group:/prosa/x"`
	newCloud(t).tell(t, dev, []step{
		{"logs", "CreateLogGroup", `{"logGroupName":"/prosa/x y"}`, 400, []string{"InvalidParameterException"}},
		{"logs", "CreateLogGroup", `{"logGroupName":"/prosa/x","tags":{"owner":"p"}}`, 0, nil},
		{"logs", "CreateLogGroup", `{"logGroupName":"/prosa/x"}`, 400, []string{"ResourceAlreadyExistsException"}},
		{"logs", "PutRetentionPolicy", `{"logGroupName":"/prosa/x","retentionInDays":15}`, 400, []string{"enum value set"}},
		{"logs", "PutRetentionPolicy", `{"logGroupName":"/prosa/x","retentionInDays":14}`, 0, nil},
		{"logs", "DescribeLogGroups", `{"logGroupNamePrefix":"/prosa"}`, 0, []string{`"retentionInDays":14`}},
		{"logs", "DescribeLogGroups", `{"logGroupNamePrefix":"/other"}`, 0, []string{`[]`}},
		{"logs", "TagResource", `{` + arn + `,"tags":{"line":"massivo"}}`, 0, nil},
		{"logs", "ListTagsForResource", `{` + arn + `}`, 0, []string{`"owner":"p"`, `"line":"massivo"`}},
		{"logs", "UntagResource", `{` + arn + `,"tagKeys":["owner"]}`, 0, nil},
		{"logs", "ListTagsForResource", `{` + arn + `}`, 0, []string{`{"line":"massivo"}`}},
		{"logs", "DeleteRetentionPolicy", `{"logGroupName":"/prosa/x"}`, 0, nil},
		{"logs", "DeleteLogGroup", `{"logGroupName":"/prosa/x"}`, 0, nil},
		{"logs", "PutRetentionPolicy", `{"logGroupName":"/prosa/x","retentionInDays":14}`, 400, []string{"ResourceNotFoundException"}},
	})
}
