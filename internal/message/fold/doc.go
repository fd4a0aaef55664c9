// Package fold gives the forms in which texts are compared and searched: what
// a customer types is rarely written as the menu has it.
package fold
