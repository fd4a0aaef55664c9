package attest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"prosa/internal/base/fault"
)

// EnvelopeType is the media type of an envelope.
const EnvelopeType = "application/vnd.dsse.envelope.v1+json"

// Reasons of a refusal, for programs.
const (
	ReasonUnreadable = "signature_unreadable"
	ReasonOtherKind  = "signature_of_another_kind"
	ReasonWrongKey   = "signature_not_trusted"
)

// envelope is DSSE's JSON form.
type envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     string      `json:"payload"`
	Signatures  []signature `json:"signatures"`
}

type signature struct {
	KeyID string `json:"keyid"`
	Sig   string `json:"sig"`
}

// Seal signs a payload of a kind and gives the envelope.
func (s Signer) Seal(kind string, payload []byte) ([]byte, error) {
	if s.key == nil {
		return nil, fault.New(fault.Invalid, "there is no signing key")
	}
	signed, err := s.sign(encode(kind, payload))
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "the key did not sign")
	}
	return json.Marshal(envelope{
		PayloadType: kind, Payload: base64.StdEncoding.EncodeToString(payload),
		Signatures: []signature{{KeyID: s.id, Sig: base64.StdEncoding.EncodeToString(signed)}},
	})
}

// Open gives the payload of an envelope of a kind and the key that signed it.
// Refused are an envelope that can't be read, one of another kind, and one that
// none of the keys signed; nothing of the payload is looked at before.
func (k Keys) Open(kind string, raw []byte) (payload []byte, by Key, err error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	var read envelope
	if err := decoder.Decode(&read); err != nil || decoder.More() || len(read.Signatures) == 0 {
		return nil, Key{}, fault.Refuse(ReasonUnreadable, "the signature can't be read: it is no signed envelope")
	}
	if read.PayloadType != kind {
		return nil, Key{}, fault.Refuse(ReasonOtherKind, "what is signed is a %.100q, not a %q", read.PayloadType, kind)
	}
	payload, err = decode(read.Payload)
	if err != nil {
		return nil, Key{}, fault.Refuse(ReasonUnreadable, "the signature can't be read: its payload is no base64")
	}
	message := encode(kind, payload)
	for _, one := range read.Signatures {
		signed, err := decode(one.Sig)
		if err != nil {
			continue
		}
		if key, ok := k.verify(message, signed); ok {
			return payload, key, nil
		}
	}
	return nil, Key{}, fault.Refuse(ReasonWrongKey, "the signature is of none of the trusted keys (%s); it names the key %.12q", k.IDs(), read.Signatures[0].KeyID)
}

// encode is DSSE's PAE: lengths before contents, so that no two pairs of kind
// and payload give the same bytes.
func encode(kind string, payload []byte) []byte {
	return append(fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(kind), kind, len(payload)), payload...)
}

// decode takes standard and URL-safe base64, as DSSE asks of readers.
func decode(text string) ([]byte, error) {
	if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
		return raw, nil
	}
	return base64.URLEncoding.DecodeString(text)
}
