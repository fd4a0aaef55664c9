package listing

import "strings"

// sayings are words of Meta's that tell a reason, in the order in which they
// are looked for. Meta has no closed list of them: what is not known is shown in
// its own words.
var sayings = []struct {
	reason string
	words  []string
}{
	{"image_small", []string{"500x500", "500 x 500", "image too small", "image_too_small", "image resolution", "too small"}},
	{"image_format", []string{"image format", "unsupported image", "invalid_image_format", "image type"}},
	{"image_unreachable", []string{"image fetch", "fetch image", "image_fetch", "download the image", "image_link", "image link", "image url", "image could not", "broken image", "image_url"}},
	{"policy", []string{"policy", "policies", "prohibited", "not allowed to be sold", "commerce_policy", "violat"}},
	{"title", []string{"all caps", "uppercase", "capital", "title", "name is too long"}},
	{"description", []string{"description"}},
	{"sale_price", []string{"sale price", "sale_price"}},
	{"price", []string{"price", "currency"}},
	{"link", []string{"landing page", "link", "url"}},
	{"availability", []string{"availability", "inventory", "quantity"}},
	{"group", []string{"item_group", "variant", "additional_variant_attribute"}},
	{"duplicate", []string{"duplicate"}},
	{"missing", []string{"missing", "required"}},
}

// classify finds the reason in Meta's words, empty when it does not.
func classify(texts ...string) string {
	all := strings.ToLower(strings.Join(texts, "\n"))
	for _, saying := range sayings {
		for _, words := range saying.words {
			if strings.Contains(all, words) {
				return saying.reason
			}
		}
	}
	return ""
}
