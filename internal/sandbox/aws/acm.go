package aws

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// acmState holds the certificates of an account by ARN.
type acmState struct{ certificates shelf[certificate] }

type certificate struct {
	arn, status, failure string
	names                []string // the domain first
	about                doc      // what was given and is told again
	tags                 []any
	asked, issued        float64
}

// States of a certificate.
const (
	certificatePending = "PENDING_VALIDATION"
	certificateIssued  = "ISSUED"
	certificateFailed  = "FAILED"
)

func (c *call) acm() *acmState { return state[acmState](c.account, "acm") }

func acmCalls() map[string]handler {
	return map[string]handler{
		"RequestCertificate": jsonCall(requestCertificate), "DescribeCertificate": jsonCall(describeCertificate), "DeleteCertificate": jsonCall(deleteCertificate),
		"ListTagsForCertificate": jsonCall(certificateTags), "AddTagsToCertificate": jsonCall(addCertificateTags), "RemoveTagsFromCertificate": jsonCall(removeCertificateTags),
	}
}

// domainName is what a certificate can be made for; a star stands first alone.
var domainName = regexp.MustCompile(`^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)

// Limits of a certificate's names: length of the first, and how many.
const (
	longestCommonName = 64
	mostNames         = 10
)

// keyAlgorithms are those that the authority signs and a balancer takes.
var keyAlgorithms = []string{"RSA_2048", "EC_prime256v1", "EC_secp384r1"}

func requestCertificate(c *call, in doc) (any, error) {
	held := &certificate{status: certificatePending, names: []string{text(in, "DomainName")}, asked: seconds(c.server.config.Now())}
	for _, name := range wordsOf(in["SubjectAlternativeNames"]) {
		if !slices.Contains(held.names, name) {
			held.names = append(held.names, name)
		}
	}
	if len(held.names[0]) > longestCommonName {
		return nil, refuse(http.StatusBadRequest, "ValidationException", "The first domain name can be no longer than %d characters.", longestCommonName)
	}
	if len(held.names) > mostNames {
		return nil, refuse(http.StatusBadRequest, "LimitExceededException", "The certificate has %d names, %d at most", len(held.names), mostNames)
	}
	for _, name := range held.names {
		if !domainName.MatchString(name) {
			return nil, refuse(http.StatusBadRequest, "InvalidDomainValidationOptionsException", "'%s' is no domain name", name)
		}
	}
	if text(in, "ValidationMethod") != "DNS" {
		return nil, refuse(http.StatusBadRequest, "ValidationException", "the stand-in validates by DNS only")
	}
	algorithm := text(in, "KeyAlgorithm")
	if algorithm == "" {
		algorithm = keyAlgorithms[0]
	}
	if !slices.Contains(keyAlgorithms, algorithm) {
		return nil, refuse(http.StatusBadRequest, "ValidationException", "Key algorithm '%s' is not supported", algorithm)
	}
	options, _ := in["Options"].(doc)
	if options == nil {
		options = doc{}
	}
	if options["CertificateTransparencyLoggingPreference"] == nil {
		options["CertificateTransparencyLoggingPreference"] = "ENABLED"
	}
	held.about = doc{"KeyAlgorithm": algorithm, "Options": options}
	held.tags, _ = in["Tags"].([]any)
	held.arn = c.arn("acm", fmt.Sprintf("certificate/00000000-0000-4000-8000-%012x", c.account.next()))
	c.acm().certificates.put(held.arn, held)
	return doc{"CertificateArn": held.arn}, nil
}

func (c *call) certificate(in doc) (*certificate, error) {
	arn := text(in, "CertificateArn")
	if found := c.acm().certificates[arn]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "Could not find certificate %s in account %s.", arn, c.account.ID)
}

// proof is the record that shows who holds a domain. A name and the star below it
// are proved by one.
func (c *call) proof(name string) (record, value string) {
	sum := sha256.Sum256([]byte(c.account.ID + strings.TrimPrefix(name, "*.")))
	token := hex.EncodeToString(sum[:])
	return "_" + token[:32] + "." + dotted(strings.TrimPrefix(name, "*.")), "_" + token[32:] + ".mhbtsbpdnt.acm-validations.aws."
}

// statusOf looks whether the proofs of a certificate that waits stand in their
// zones, and whether the zones let this authority issue.
func (c *call) statusOf(held *certificate) string {
	if held.status != certificatePending {
		return held.status
	}
	for _, name := range held.names {
		at, value := c.proof(name)
		if !slices.Contains(c.server.lookUp(at, "CNAME"), value) {
			return certificatePending
		}
	}
	held.status, held.issued = certificateIssued, seconds(c.server.config.Now())
	for _, name := range held.names {
		if !c.server.mayIssue(name) {
			held.status, held.failure = certificateFailed, "CAA_ERROR"
		}
	}
	return held.status
}

// lookUp gives the values of a record, from the zone of any account that is
// nearest to the name. Delegation is not followed: a zone that stands is asked.
func (s *Server) lookUp(name, kind string) (values []string) {
	nearest := 0
	for _, a := range s.accounts {
		for _, z := range state[zoneState](a, "route53").zones {
			if z.vpc != nil || !strings.HasSuffix("."+name, "."+z.name) || len(z.name) < nearest {
				continue
			}
			if len(z.name) > nearest {
				nearest, values = len(z.name), nil
			}
			for _, r := range z.records {
				if r.Name == name && r.Type == kind {
					values = append(values, r.values()...)
				}
			}
		}
	}
	return values
}

// values are the texts of a record that is no alias.
func (r record) values() []string {
	var read struct {
		Values []string `xml:"ResourceRecords>ResourceRecord>Value"`
	}
	if err := xml.Unmarshal([]byte("<Set>"+r.Text+"</Set>"), &read); err != nil {
		return nil
	}
	return read.Values
}

// authority is one of the names by which a CAA record lets the vendor issue.
var authority = regexp.MustCompile(`"(amazon|amazontrust|awstrust|amazonaws)\.com"$`)

// mayIssue climbs from a name to the nearest CAA records, as RFC 8659 says: they
// must name the vendor's authority, for a star those of stars when there are any.
func (s *Server) mayIssue(name string) bool {
	star := strings.HasPrefix(name, "*.")
	for at := dotted(strings.TrimPrefix(name, "*.")); at != ""; _, at, _ = strings.Cut(at, ".") {
		records := s.lookUp(at, "CAA")
		if len(records) == 0 {
			continue
		}
		tagged := func(tag string) []string {
			return slices.DeleteFunc(slices.Clone(records), func(r string) bool { return !strings.Contains(r, " "+tag+" ") })
		}
		issuers := tagged("issue")
		if wild := tagged("issuewild"); star && len(wild) > 0 {
			issuers = wild
		}
		return len(issuers) == 0 || slices.ContainsFunc(issuers, authority.MatchString)
	}
	return true
}

func describeCertificate(c *call, in doc) (any, error) {
	held, err := c.certificate(in)
	if err != nil {
		return nil, err
	}
	status := c.statusOf(held)
	proved := map[string]string{certificatePending: certificatePending, certificateIssued: "SUCCESS", certificateFailed: certificateFailed}[status]
	var options []doc
	for _, name := range held.names {
		at, value := c.proof(name)
		options = append(options, doc{"DomainName": name, "ValidationDomain": name, "ValidationMethod": "DNS", "ValidationStatus": proved, "ResourceRecord": doc{"Name": at, "Type": "CNAME", "Value": value}})
	}
	told := doc{
		"CertificateArn": held.arn, "DomainName": held.names[0], "SubjectAlternativeNames": held.names, "DomainValidationOptions": options, "Status": status, "Type": "AMAZON_ISSUED",
		"CreatedAt": held.asked, "Subject": "CN=" + held.names[0], "RenewalEligibility": "INELIGIBLE", "InUseBy": orNone(c.usesOf(held.arn)),
		"KeyAlgorithm": held.about["KeyAlgorithm"], "Options": held.about["Options"],
	}
	if held.failure != "" {
		told["FailureReason"] = held.failure
	}
	if status == certificateIssued {
		const months13 = 395 * 24 * 60 * 60
		told["IssuedAt"], told["NotBefore"], told["NotAfter"], told["Issuer"], told["RenewalEligibility"] = held.issued, held.issued, held.issued+months13, "Amazon", "ELIGIBLE"
	}
	return doc{"Certificate": told}, nil
}

// usesOf names the balancers that show a certificate.
func (c *call) usesOf(arn string) (users []string) {
	for _, l := range c.elb().listeners.all() {
		if slices.Contains(l.certificates, arn) && !slices.Contains(users, l.balancer) {
			users = append(users, l.balancer)
		}
	}
	return users
}

// orNone writes an empty list as one, not as null.
func orNone(words []string) []string {
	if words == nil {
		return []string{}
	}
	return words
}

func deleteCertificate(c *call, in doc) (any, error) {
	held, err := c.certificate(in)
	if err != nil {
		return nil, err
	}
	if len(c.usesOf(held.arn)) > 0 {
		return nil, refuse(http.StatusBadRequest, "ResourceInUseException", "Certificate %s is in use.", held.arn)
	}
	delete(c.acm().certificates, held.arn)
	return nil, nil
}

func certificateTags(c *call, in doc) (any, error) {
	held, err := c.certificate(in)
	if err != nil {
		return nil, err
	}
	return doc{"Tags": orEmpty(held.tags)}, nil
}

func addCertificateTags(c *call, in doc) (any, error) {
	held, err := c.certificate(in)
	if err != nil {
		return nil, err
	}
	held.tags = relabel(held.tags, in["Tags"], nil)
	return nil, nil
}

func removeCertificateTags(c *call, in doc) (any, error) {
	held, err := c.certificate(in)
	if err != nil {
		return nil, err
	}
	given, _ := in["Tags"].([]any)
	var keys []string
	for _, one := range given {
		fields, _ := one.(doc)
		keys = append(keys, text(fields, "Key"))
	}
	held.tags = relabel(held.tags, nil, keys)
	return nil, nil
}

// relabel gives a list of tags with some more and some less.
func relabel(held []any, more any, less []string) []any {
	added, _ := more.([]any)
	named := func(one any) string { fields, _ := one.(doc); return text(fields, "Key") }
	kept := slices.DeleteFunc(slices.Clone(held), func(one any) bool {
		return slices.Contains(less, named(one)) || slices.ContainsFunc(added, func(other any) bool { return named(other) == named(one) })
	})
	return append(kept, added...)
}
