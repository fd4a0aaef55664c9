package plan

import (
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// undelivered is how the place is called in which waits what could not be
// delivered. It has none behind it; a queue of any other name does.
const undelivered = "-undelivered"

// Lost tells of the resources in a plan that wait or are called, and have nowhere
// for what they cannot work on: what gets lost, by address.
func Lost(p *tfjson.Plan) map[string]string {
	j := &judge{byType: map[string][]*Resource{}}
	j.take("", p)
	found := map[string]string{}
	for _, r := range j.all {
		if what := j.lost(r); what != "" {
			found[r.Address] = what
		}
	}
	return found
}

// lost tells what a resource loses, empty when that is nothing.
func (j *judge) lost(r *Resource) string {
	switch r.Type {
	case "aws_sqs_queue":
		return j.lostByQueue(r)
	case "aws_scheduler_schedule":
		for _, target := range r.blocks("target") {
			if len(blocksOf(target["dead_letter_config"])) == 0 {
				return "what the schedule cannot start is lost"
			}
		}
	case "aws_cloudwatch_event_target":
		if len(r.blocks("dead_letter_config")) == 0 {
			return "what the rule cannot deliver is lost"
		}
	case "aws_lambda_function":
		if len(r.blocks("dead_letter_config")) == 0 {
			return "what the function cannot do is lost"
		}
	}
	return ""
}

func (j *judge) lostByQueue(r *Resource) string {
	if strings.HasSuffix(strings.TrimSuffix(r.text("name"), ".fifo"), undelivered) {
		return ""
	}
	// The provider computes the policy where none is written, so that 'not known
	// yet' says nothing: the code must build it from something.
	written := len(r.refs["redrive_policy"]) > 0 && willBe(r.unknown["redrive_policy"])
	if !written && !known(r.after["redrive_policy"]) && j.belongs("aws_sqs_queue_redrive_policy", "queue_url", r) == nil {
		return "the queue has no dead-letter target"
	}
	return ""
}
