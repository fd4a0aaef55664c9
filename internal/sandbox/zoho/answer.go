package zoho

import (
	"net/http"

	"prosa/internal/sandbox/stage"
)

type object = map[string]any

// apiError is the vendor's error object.
type apiError struct {
	status  int
	code    string
	message string
	details object
}

func (e *apiError) view() object {
	details := e.details
	if details == nil {
		details = object{}
	}
	return object{"code": e.code, "details": details, "message": e.message, "status": "error"}
}

func (e *apiError) answer() stage.Answer { return stage.JSON(e.status, e.view()) }

var (
	errToken    = &apiError{http.StatusUnauthorized, "INVALID_TOKEN", "invalid oauth token", nil}
	errURL      = &apiError{http.StatusNotFound, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one", nil}
	errModule   = &apiError{http.StatusBadRequest, "INVALID_MODULE", "the module name given seems to be invalid", nil}
	errInternal = &apiError{http.StatusInternalServerError, "INTERNAL_ERROR", "Internal Server Error", nil}
	errMany     = &apiError{http.StatusTooManyRequests, "TOO_MANY_REQUESTS", "You have been put under blacklist due to too many requests", nil}
)

func invalid(path, name string, more object) *apiError {
	details := object{"json_path": path}
	if name != "" {
		details["api_name"] = name
	}
	for key, value := range more {
		details[key] = value
	}
	return &apiError{http.StatusBadRequest, "INVALID_DATA", "invalid data", details}
}

// faultError is the error that a rule asked for.
func faultError(rule stage.Rule) stage.Answer {
	switch rule.Status {
	case http.StatusTooManyRequests:
		return errMany.answer()
	case http.StatusUnauthorized:
		return errToken.answer()
	case http.StatusForbidden:
		return (&apiError{rule.Status, "NO_PERMISSION", "permission denied", object{"permissions": []string{"Crm_Implied_Api_Access"}}}).answer()
	case http.StatusNotFound:
		return errURL.answer()
	case http.StatusPreconditionFailed:
		return (&apiError{rule.Status, "ALREADY_MODIFIED", "Record is modified already", nil}).answer()
	case http.StatusBadRequest:
		return (&apiError{rule.Status, "DEPENDENT_SERVICE_ERROR", "a dependent service is away", nil}).answer()
	default:
		e := *errInternal
		e.status = rule.Status
		return e.answer()
	}
}
