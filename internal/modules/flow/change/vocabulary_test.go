package change

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"prosa/internal/modules/flow"
)

// allKinds has a node of every kind with every way out, each to a name of its own.
const allKinds = `{"schema":1,"name":"Todos","languages":["pt-BR"],"start":"e0","nodes":[
	{"name":"e0","kind":"message","text":"a","next":"e1"},
	{"name":"e1","kind":"choice","text":"a","options":[{"name":"o1","title":"a","next":"e2"},{"name":"o2","title":"b","next":"e3"}],"on_miss":"e4"},
	{"name":"e2","kind":"question","text":"a","expect":"text","save":"to","on_miss":"e5","next":"e6"},
	{"name":"e3","kind":"rating","text":"a","scale":5,"save":"next","low":{"most":2,"next":"e7"},"on_miss":"e8","next":"e9"},
	{"name":"e4","kind":"condition","cases":[{"when":"true","next":"e10"}],"else":"e11"},
	{"name":"e5","kind":"switch","on":"vars.to","cases":[{"values":["a"],"next":"e12"}],"else":"e13"},
	{"name":"e6","kind":"hours","week":{"mon":[["09:00","18:00"]]},"open":"e14","closed":"e15"},
	{"name":"e7","kind":"split","arms":[{"name":"a","weight":1,"next":"e16"},{"name":"b","weight":1,"next":"e17"}]},
	{"name":"e8","kind":"set","set":[{"var":"to","to":"1"}],"next":"e18"},
	{"name":"e9","kind":"tag","add":["next"],"next":"e19"},
	{"name":"e10","kind":"wait","minutes":5,"next":"e20","on_message":"e21"},
	{"name":"e11","kind":"web","method":"GET","url":"https://example.com","headers":{"next":"e99"},"save":{"next":"e99"},"next":"e22","on_error":"e23"},
	{"name":"e100","kind":"template","template":"next","language":"pt_BR","values":{"next":"e99"},"next":"e101","on_error":"e102"},
	{"name":"d1","kind":"deck","text":"a","cards":[{"title":"Caneca","options":[{"name":"o1","title":"a","next":"e103"}],"links":[{"title":"a","url":"https://example.com"}]},{"title":"b","options":[{"name":"o2","title":"b","next":"e104"}]}],"on_miss":"e105","save":"next"},
	{"name":"f1","kind":"form","text":"a","form":"1","button":"b","data":"{}","save":{"next":"next"},"next":"e106","on_miss":"e107","on_other":"e108"},
	{"name":"e12","kind":"jump","to":"e24"},
	{"name":"e13","kind":"subflow","flow":"outro","in":{"next":"1"},"out":{"next":"next"},"outcomes":[{"name":"o","next":"e25"}],"next":"e26","on_error":"e27"},
	{"name":"e14","kind":"return","outcome":"next"},
	{"name":"e15","kind":"handoff"},
	{"name":"s1","kind":"product_search","text":"?","next":"e30","on_none":"e31","on_miss":"e32"},
	{"name":"s2","kind":"product_show","text":"t","catalog":true,"next":"e33","on_none":"e34","on_cart":"e35","on_text":"e36","on_miss":"e37"},
	{"name":"s3","kind":"product_variant","next":"e38","on_sold_out":"e39","on_miss":"e40"},
	{"name":"s4","kind":"product_about","next":"e41","on_none":"e42"},
	{"name":"s5","kind":"cart_add","next":"e43","on_unavailable":"e44","on_miss":"e45"},
	{"name":"s6","kind":"cart_show","next":"e46","on_empty":"e47"},
	{"name":"s7","kind":"cart_change","next":"e48","on_empty":"e49","on_miss":"e50"},
	{"name":"s8","kind":"cart_receive","next":"e51","on_failed":"e52","on_miss":"e53"},
	{"name":"s9","kind":"coupon","next":"e54","on_refused":"e55","on_skip":"e56","on_miss":"e57"},
	{"name":"s10","kind":"shipping","next":"e58","on_none":"e59","on_miss":"e60"},
	{"name":"s11","kind":"order_place","next":"e61","on_cancel":"e62","on_short":"e63","on_failed":"e64","on_miss":"e65"},
	{"name":"s12","kind":"order_pay","next":"e66","on_expired":"e67","on_canceled":"e68"},
	{"name":"s13","kind":"order_status","next":"e69","on_none":"e70","on_miss":"e71"},
	{"name":"e16","kind":"end"}]}`

// What this package takes for a way out is what the engine does, for each kind
// of node.
func TestWaysOutAreThoseOfTheEngine(t *testing.T) {
	definition, err := flow.Parse([]byte(allKinds))
	if err != nil {
		t.Fatal(err)
	}
	graph := flow.Inspect(definition)
	seen := map[string]bool{}
	for _, node := range graph.Nodes {
		seen[node.Kind] = true
	}
	for _, kind := range flow.Kinds() {
		if !seen[kind] {
			t.Errorf("there is no %s in the example", kind)
		}
	}
	root, err := read([]byte(allKinds))
	if err != nil {
		t.Fatal(err)
	}
	for i, node := range root.field("nodes").list() {
		var got, want []string
		node.eachLead("", func(lead *tree) { got = append(got, lead.text) })
		for _, exit := range graph.Nodes[i].Exits {
			want = append(want, exit.To)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: ways out %v, the engine knows %v", node.word("kind"), got, want)
		}
	}
}

// What this package takes for a text in several languages is what the published
// schema does.
func TestTextsAreThoseOfTheSchema(t *testing.T) {
	text, err := os.ReadFile("../../../../api/flow.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Defs map[string]json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for name, raw := range schema.Defs {
		kind, isNode := strings.CutSuffix(name, "_node")
		var definition any
		if err := json.Unmarshal(raw, &definition); err != nil || !isNode {
			continue
		}
		eachProperty(definition, func(property string, value map[string]any) {
			isText := value["$ref"] == "#/$defs/text"
			if isText != localised(kind, property) && (isText || value["$ref"] != nil) {
				t.Errorf("%s.%s: a text by the schema %v, here %v", kind, property, isText, localised(kind, property))
			}
			if isText {
				checked++
			}
		})
	}
	if checked < 10 {
		t.Errorf("only %d texts in the schema", checked)
	}
}

func eachProperty(value any, visit func(string, map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		if properties, is := v["properties"].(map[string]any); is {
			for name, property := range properties {
				if p, is := property.(map[string]any); is {
					visit(name, p)
				}
			}
		}
		for _, inner := range v {
			eachProperty(inner, visit)
		}
	case []any:
		for _, inner := range v {
			eachProperty(inner, visit)
		}
	}
}
