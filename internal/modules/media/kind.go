package media

import (
	"bytes"
	"net/http"
	"path"
	"strings"

	"prosa/internal/message"
)

// Download is the type of what a browser must never open: it is kept, and given
// as bytes to save.
const Download = "application/octet-stream"

// byExtension are types that bytes alone do not tell; none of them runs in a
// browser.
var byExtension = map[string]string{
	".csv": "text/csv", ".txt": "text/plain", ".vcf": "text/vcard", ".ics": "text/calendar",
	".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".odt":  "application/vnd.oasis.opendocument.text", ".ods": "application/vnd.oasis.opendocument.spreadsheet",
	".aac": "audio/aac", ".amr": "audio/amr", ".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".3gp": "video/3gpp",
}

// vague are findings that say nothing: a name or a declaration may say more.
var vague = map[string]bool{Download: true, "application/zip": true, "text/plain": true}

// dangerous are types that a browser could run as a page of ours.
func dangerous(mime string) bool {
	switch mime {
	case "text/html", "text/xml", "application/xml", "application/xhtml+xml", "image/svg+xml", "text/javascript", "application/javascript", "text/css":
		return true
	}
	return strings.HasSuffix(mime, "+xml")
}

// plain is a media type without parameters, in lower case.
func plain(mime string) string {
	mime, _, _ = strings.Cut(mime, ";")
	return strings.ToLower(strings.TrimSpace(mime))
}

// Sniff reads the type of a file from its first bytes (512 are enough). Where
// they say nothing, its name may, and then what its sender declared, if it is a
// document that no browser runs.
func Sniff(head []byte, name, declared string) string {
	found := magic(head)
	if !vague[found] {
		return found
	}
	if known, ok := byExtension[strings.ToLower(path.Ext(name))]; ok {
		return known
	}
	if declared = plain(declared); declared == "text/csv" || declared == "text/vcard" || documentType(declared) {
		return declared
	}
	return found
}

// documentType reports the documents of offices by their declared type.
func documentType(mime string) bool {
	return strings.HasPrefix(mime, "application/vnd.") && !dangerous(mime) || mime == "application/msword" || mime == "application/rtf"
}

// magic knows the types that messaging apps carry, and leaves the rest to the
// algorithm of the MIME Sniffing Standard.
func magic(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("#!AMR")):
		return "audio/amr"
	case bytes.HasPrefix(head, []byte("OggS")):
		if bytes.Contains(head, []byte("\x80theora")) {
			return "video/ogg"
		}
		return "audio/ogg"
	case bytes.HasPrefix(head, []byte("fLaC")):
		return "audio/flac"
	case bytes.HasPrefix(head, []byte("MZ")), bytes.HasPrefix(head, []byte("\x7fELF")), bytes.HasPrefix(head, []byte("#!")):
		return Download
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		return brand(string(head[8:12]))
	case len(head) >= 4 && head[0] == 0xff && head[1]&0xf6 == 0xf0:
		return "audio/aac" // ADTS
	}
	if _, ok := frameOf(head); ok {
		return "audio/mpeg"
	}
	found := plain(http.DetectContentType(head))
	switch {
	case found == "audio/wave":
		return "audio/wav"
	case found == "text/html", dangerous(found), looksLikePage(head):
		return Download
	}
	return found
}

// looksLikePage finds what the standard's list lacks: an SVG or XML behind a
// byte order mark, a comment or white space.
func looksLikePage(head []byte) bool {
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	for _, opening := range []string{"<svg", "<?xml", "<!doctype", "<html", "<script", "<!--", "<head", "<body"} {
		if bytes.HasPrefix(text, []byte(opening)) {
			return true
		}
	}
	return false
}

// brand tells the files of ISO/IEC 14496-12 apart by their major brand.
func brand(brand string) string {
	switch {
	case brand == "M4A " || brand == "M4B ":
		return "audio/mp4"
	case strings.HasPrefix(brand, "3g"):
		return "video/3gpp"
	case brand == "qt  ":
		return "video/quicktime"
	case brand == "heic" || brand == "heix" || brand == "mif1" || brand == "heim" || brand == "msf1":
		return "image/heic"
	case brand == "avif":
		return "image/avif"
	}
	return "video/mp4"
}

// IsPage reports that bytes look like a page: what a platform gives instead of a
// file when it does not know us.
func IsPage(head []byte) bool {
	return looksLikePage(head) || plain(http.DetectContentType(head)) == "text/html"
}

// KindOf gives the kind of message that a type is sent as.
func KindOf(mime string) message.Kind {
	switch {
	case mime == "image/jpeg", mime == "image/png", mime == "image/webp", mime == "image/gif":
		return message.Image
	case strings.HasPrefix(mime, "video/"):
		return message.Video
	case strings.HasPrefix(mime, "audio/"):
		return message.Audio
	default:
		return message.Document
	}
}
