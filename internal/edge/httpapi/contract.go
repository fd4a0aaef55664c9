package httpapi

import (
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"prosa/internal/event"
	"prosa/internal/modules/builder"
	"prosa/internal/modules/contact"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/order"
	"prosa/internal/modules/product"
)

const refPrefix = "#/components/schemas/"

// contract is huma's, without its pages (the contract is a file of the
// repository) and without the links that it puts into every answer.
func contract() huma.Config {
	registry := huma.NewMapRegistry(refPrefix, nameOf)
	cfg := huma.DefaultConfig("Prosa", "1")
	cfg.Info.Description = "The API of the attendants' and admins' tool. Errors are RFC 9457 problems; lists page by cursor; x-permission says who may call an operation."
	cfg.Components = &huma.Components{
		Schemas: registry,
		SecuritySchemes: map[string]*huma.SecurityScheme{
			"session": {Type: "apiKey", In: "cookie", Name: cookieName(true), Description: "Named sid where the public URL is plain http."},
		},
	}
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", ""
	cfg.CreateHooks = nil
	cfg.RejectUnknownQueryParameters = true // a mistyped filter must not answer with everything
	cfg.Transformers = []huma.Transformer{asProblem}
	return cfg
}

// nameOf names a schema after its type; the few whose name says nothing outside
// of their package get more.
func nameOf(t reflect.Type, hint string) string {
	if t == reflect.TypeFor[contact.Event]() {
		return "ContactEvent"
	}
	named := t
	if named.Kind() == reflect.Pointer {
		named = named.Elem()
	}
	switch strings.TrimPrefix(named.PkgPath(), "prosa/internal/modules/") {
	case "builder", "botrun":
		return "Bot" + named.Name()
	case "plan", "tenancy":
		owner := map[string]string{"plan": "Plan", "tenancy": "Company"}[path.Base(named.PkgPath())]
		if named.Name() == owner {
			return owner
		}
		return owner + named.Name()
	case "prosa/internal/platform/saga":
		return "Saga" + named.Name()
	case "mail":
		return "Mail" + named.Name()
	case "finops", "finops/meter":
		return "Cost" + strings.TrimSuffix(named.Name(), "Cost")
	case "acquisition":
		if named.Name() == "Journey" {
			return "Journey"
		}
		return "Signup" + named.Name()
	case "conversation":
		if named.Name() == "bill" {
			return "MessageBill" // a message may hold a Bill of goods too
		}
	case "template":
		return "Template" + strings.TrimPrefix(named.Name(), "Template")
	case "flow", "flow/trial":
		return "Flow" + named.Name()
	case "product", "order", "payment", "listing":
		// Their words are short and many: Line, Event, Image.
		owner := path.Base(named.PkgPath())
		owner = strings.ToUpper(owner[:1]) + owner[1:]
		if named.Name() == owner {
			return "Shop" + owner // a message has an Order too
		}
		return owner + named.Name()
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// finish brings the document to what we promise: errors are Problems, and
// arrays are never null.
func finish(document *huma.OpenAPI) {
	schemas := document.Components.Schemas
	// What travels on the stream of events is in no answer, and a browser needs
	// its types all the same.
	for _, shown := range []reflect.Type{
		reflect.TypeFor[event.Envelope](), reflect.TypeFor[conversation.MessageEvent](), reflect.TypeFor[conversation.ConversationEvent](),
		reflect.TypeFor[conversation.ReadEvent](), reflect.TypeFor[contact.Event](), reflect.TypeFor[builder.Event](),
		reflect.TypeFor[product.Event](), reflect.TypeFor[product.Level](), reflect.TypeFor[order.CartEvent](), reflect.TypeFor[order.Placed](),
	} {
		schemas.Schema(shown, true, "")
	}
	problem := &huma.Response{
		Description: "Error",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")}},
	}
	for _, item := range document.Paths {
		for _, operation := range operations(item) {
			operation.Responses["default"] = problem
		}
	}
	for _, unused := range []string{"ErrorModel", "ErrorDetail", "FormFile"} {
		delete(schemas.Map(), unused)
	}
	for name, schema := range schemas.Map() {
		if t := schemas.TypeFromRef(refPrefix + name); t != nil {
			completed(schemas, t, schema)
		}
		filled(schema)
	}
}

// completed adds what huma leaves out of a struct with embedded ones: a field
// whose Go name an outer field hides, though its JSON name is its own, as
// Owner.ID (owner_id) inside a conversation with an ID.
func completed(schemas huma.Registry, t reflect.Type, schema *huma.Schema) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || schema.Properties == nil {
		return
	}
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.Anonymous || field.Type.Kind() != reflect.Struct || field.Tag.Get("json") != "" {
			continue
		}
		inner := huma.SchemaFromType(schemas, field.Type)
		completed(schemas, field.Type, inner)
		for name, property := range inner.Properties {
			if schema.Properties[name] != nil {
				continue
			}
			schema.Properties[name] = property
			if slices.Contains(inner.Required, name) {
				schema.Required = append(schema.Required, name)
			}
		}
	}
	slices.Sort(schema.Required) // the order of a map is no order
	schema.PrecomputeMessages()
}

// operations lists those of one path.
func operations(item *huma.PathItem) []*huma.Operation {
	var list []*huma.Operation
	for _, operation := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
		if operation != nil {
			list = append(list, operation)
		}
	}
	return list
}

// filled makes arrays not nullable, all the way down.
func filled(schema *huma.Schema) {
	if schema == nil {
		return
	}
	if schema.Type == huma.TypeArray {
		schema.Nullable = false
	}
	for _, property := range schema.Properties {
		filled(property)
	}
	filled(schema.Items)
	if inner, ok := schema.AdditionalProperties.(*huma.Schema); ok {
		filled(inner)
	}
}
