// Package br knows Brazil's public numbers: CPF and CNPJ with their check
// digits, CEP, and phone numbers with and without the ninth digit. Every reader
// takes what a person types (dots, dashes, spaces) and gives the plain form.
package br
