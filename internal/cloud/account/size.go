package account

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// What the provider sells. A size outside of it is refused by nobody before an
// apply: a plan asks the provider for nothing.
var (
	// sold is the memory beside each CPU of a task, in MiB: from, to, step.
	// Source: "Task CPU and memory" (Amazon ECS, Fargate task definitions).
	sold = map[int][3]int{
		512: {1024, 4096, 1024}, 1024: {2048, 8192, 1024}, 2048: {4096, 16384, 1024}, 4096: {8192, 30720, 1024}, 8192: {16384, 61440, 4096},
	}
	// The smallest CPU has three sizes and no step.
	soldSmallest = []int{512, 1024, 2048}

	// machineType is a machine of the architecture for which NATS is fetched and its
	// image chosen (modules/nats: arm64): the vendor's own chips have a g behind the
	// generation. Families for what serves; those for graphics and for tightly
	// joined computing are left out. Source: "Amazon EC2 instance types".
	machineType = regexp.MustCompile(`^(?:t4g[.](?:nano|micro|small|medium|large|xlarge|2xlarge)` +
		`|(?:[mcr][67]gd?|c[67]gn|x2gd)[.](?:medium|large|xlarge|(?:2|4|8|12|16)xlarge)` +
		`|(?:[mcr]8gd?|c8gn|x8g)[.](?:medium|large|xlarge|(?:2|4|8|12|16|24|48)xlarge))$`)
	// databaseClass is a class of a PostgreSQL database.
	// Source: "DB instance class types" (Amazon RDS).
	databaseClass = regexp.MustCompile(`^db[.](?:(?:t3|t4g)[.](?:micro|small|medium|large|xlarge|2xlarge)|(?:[mr]5[bd]?|[mr][678]gd?|[mr][67]id?n?|x2g|x2i(?:dn|edn))[.](?:large|xlarge|(?:2|4|8|12|16|24|32|48)xlarge))$`)

	// zonesOf are the zones of the regions, by letter. Source: "AWS Availability
	// Zones"; regions whose letters differ by account are left out.
	zonesOf = map[string]string{
		"sa-east-1": "abc", "us-east-1": "abcdef", "us-east-2": "abc", "us-west-2": "abcd", "ca-central-1": "abd", "mx-central-1": "abc",
		"eu-central-1": "abc", "eu-north-1": "abc", "eu-south-1": "abc", "eu-west-1": "abc", "eu-west-2": "abc", "eu-west-3": "abc",
		"ap-northeast-1": "acd", "ap-south-1": "abc", "ap-southeast-1": "abc", "ap-southeast-2": "abc",
	}
)

// regions wants each to be there, with the zones that are named.
func (j *judge) regions(f File) {
	for _, region := range slices.Sorted(maps.Keys(f.Organization.Zones)) {
		letters, known := zonesOf[region]
		if !known {
			j.say("organization.regions."+region, "there is no region %s, or its zones are not known here", region)
			continue
		}
		for _, letter := range f.Organization.Zones[region] {
			if !strings.Contains(letters, letter) {
				j.say("organization.regions."+region, "%s has no zone %s: it has %s", region, letter, strings.Join(strings.Split(letters, ""), ", "))
			}
		}
	}
}

// size judges how large things are in an account.
func (j *judge) size(i int, a Account) {
	for name, task := range map[string]Task{"gateway": a.Size.Gateway, "api": a.Size.API, "worker": a.Size.Worker} {
		path := at(i, "size."+name)
		if task.Most < task.Count {
			j.say(path+".most", "at most %d can't be fewer than the %d that run", task.Most, task.Count)
		}
		if a.Environment == prod && task.Count < 2 {
			j.say(path+".count", "one alone is no production: a second takes over when it falls")
		}
		if wanted := task.memory(); wanted != "" {
			j.say(path+".memory", "%d of CPU comes with %s MiB, not with %d", task.CPU, wanted, task.Memory)
		}
	}
	if !machineType.MatchString(a.Size.NATS.Type) {
		j.say(at(i, "size.nats.type"), "%s is no machine of arm64, for which the streams' program and its image are", a.Size.NATS.Type)
	}
	if !databaseClass.MatchString(a.Size.Database.Class) {
		j.say(at(i, "size.database.class"), "%s is no class of a PostgreSQL database", a.Size.Database.Class)
	}
}

// memory tells which there is beside a task's CPU, when its own is not sold.
func (t Task) memory() string {
	if t.CPU == 256 {
		if slices.Contains(soldSmallest, t.Memory) {
			return ""
		}
		return "512, 1024 or 2048"
	}
	steps := sold[t.CPU]
	if from, to, step := steps[0], steps[1], steps[2]; step == 0 || t.Memory < from || t.Memory > to || t.Memory%step != 0 {
		return fmt.Sprintf("%d to %d in steps of %d", from, to, step)
	}
	return ""
}
