// Package pdf writes plain documents: headings and paragraphs on A4, in the
// Helvetica that every reader has. It holds what Windows-1252 holds, which is
// all of Portuguese and English; other characters become '?'.
//
// Source: ISO 32000-1 (PDF 1.7), sections 7.5 (file structure), 9.4 (text) and
// annex D (WinAnsiEncoding); the widths are those of Adobe's Helvetica metrics.
package pdf
