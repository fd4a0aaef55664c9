package contact

import (
	"slices"
	"strings"

	"prosa/internal/platform/database"
)

// Tags are stored as lines: none holds a line break.
func splitTags(text string) []string {
	if text == "" {
		return []string{}
	}
	return strings.Split(text, "\n")
}

func joinTags(tags []string) string { return strings.Join(tags, "\n") }

// retag puts tags on the contact and takes tags off, and reports whether that
// changed anything. A tag that can't be kept is left out: a bot's turn must not
// fail for it.
func (c *Contact) retag(add, remove []string) (changed bool) {
	after := slices.Clone(c.Tags)
	for _, tag := range add {
		tag = strings.TrimSpace(tag)
		if !isTag(tag) || slices.Contains(after, tag) || len(after) >= MaxTags {
			continue
		}
		after = append(after, tag)
	}
	after = slices.DeleteFunc(after, func(tag string) bool { return slices.Contains(remove, tag) })
	slices.Sort(after)
	if slices.Equal(after, c.Tags) {
		return false
	}
	c.Tags = after
	return true
}

func isTag(tag string) bool {
	return tag != "" && len(tag) <= MaxTag && database.Text(tag) == nil && !strings.ContainsAny(tag, "\n\r")
}
