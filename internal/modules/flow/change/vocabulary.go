package change

// leads reports that a field of a node, or of an item of it, holds the name of
// the node where the conversation goes on.
func leads(kind, field string) bool {
	switch field {
	case "next", "else", "on_miss", "on_error", "on_message", "on_other":
		return true
	case "on_none", "on_cart", "on_text", "on_sold_out", "on_unavailable", "on_empty", "on_failed", "on_refused", "on_skip", "on_cancel", "on_short", "on_expired",
		"on_canceled", "on_product":
		return true
	case "to":
		return kind == "jump"
	case "open", "closed":
		return kind == "hours"
	default:
		return false
	}
}

// localised reports that a field holds a text in one or several languages.
func localised(kind, field string) bool {
	switch field {
	case "text", "header", "footer", "button", "title", "description", "retry", "results", "none", "done", "empty", "waiting", "remind":
		return true
	case "comment":
		return kind == "rating"
	default:
		return false
	}
}

// key is the field by which the items of a list are known; empty where they
// have no name.
func key(list string) string {
	switch list {
	case "set":
		return "var"
	case "fields":
		return "field"
	case "events":
		return "on"
	case "interrupts", "cards", "links", "album":
		return ""
	default:
		return "name"
	}
}

// named reports a field whose own fields have names that the author gave, so
// that one of them may well be called "next".
func named(field string) bool {
	switch field {
	case "variables", "headers", "save", "in", "out", "values", "parts":
		return true
	default:
		return false
	}
}
