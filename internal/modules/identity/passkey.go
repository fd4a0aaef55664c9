package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
)

// maxPasskeys of one person.
const maxPasskeys = 20

var (
	errNoPasskeys = fault.Refuse("passkeys_off", "passkeys need an installation that is reached by a name")
	errBadPasskey = &fault.Error{Code: fault.Invalid, Reason: "bad_passkey", Message: "the passkey was not accepted"}
)

// TakesPasskeys tells whether passkeys can be used at a host of ours.
func (s *Service) TakesPasskeys(host string) bool { return s.passkeys.at(host) != nil }

// passkey is what is kept of one.
type passkey struct {
	webauthn.Credential
	// Domain is what it is bound to; empty is that of the public URL.
	Domain string `json:"domain,omitempty"`
}

// keptPasskey reads a factor that is one.
func keptPasskey(f Factor) (kept passkey, err error) {
	// A credential reads itself, and would pass over what stands beside it.
	var beside struct {
		Domain string `json:"domain"`
	}
	if err := errors.Join(json.Unmarshal(f.plain, &kept.Credential), json.Unmarshal(f.plain, &beside)); err != nil {
		return passkey{}, fault.Wrap(err, fault.Internal, "a stored passkey can't be read")
	}
	kept.Domain = beside.Domain
	return kept, nil
}

// holder is a user as passkeys see one.
type holder struct {
	user User
	keys []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.user.ID) }
func (h holder) WebAuthnName() string                       { return h.user.Email }
func (h holder) WebAuthnDisplayName() string                { return h.user.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// holderOf reads a person's passkeys of a party.
func (s *Service) holderOf(ctx context.Context, tx *database.Tx, user User, party *webauthn.WebAuthn) (holder, error) {
	factors, err := s.confirmed(ctx, tx, user.ID)
	h := holder{user: user}
	for _, f := range factors {
		if f.Kind != KindPasskey {
			continue
		}
		kept, err := keptPasskey(f)
		if err != nil {
			return holder{}, err
		}
		if s.passkeys.takes(party, kept) {
			h.keys = append(h.keys, kept.Credential)
		}
	}
	return h, err
}

// AddPasskey begins the registration of a passkey: what the browser is to be
// asked, as JSON. Errors: fault.Refused with reason passkeys_off or
// too_many_passkeys.
func (s *Service) AddPasskey(ctx context.Context, who Principal) (options json.RawMessage, err error) {
	party := s.passkeys.at(who.Host)
	if party == nil {
		return nil, errNoPasskeys
	}
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		h, err := s.holderOf(ctx, tx, who.User, party)
		if err != nil {
			return err
		}
		if len(h.keys) >= maxPasskeys {
			return fault.Refuse("too_many_passkeys", "at most %d passkeys", maxPasskeys)
		}
		creation, ceremony, err := party.BeginRegistration(h,
			webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()),
			webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
				ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationPreferred,
			}),
			webauthn.WithConveyancePreference(protocol.PreferNoAttestation))
		if err != nil {
			return fault.Wrap(err, fault.Internal, "a passkey could not be asked for")
		}
		if options, err = rawJSON(creation); err != nil {
			return err
		}
		return s.putChallenge(ctx, tx, challenge{key: registerKey(who), purpose: "register", userID: who.User.ID}, ceremony)
	})
	return options, err
}

func registerKey(who Principal) string { return "register:" + who.Session.ID }

// ConfirmPasskey takes what the browser made of AddPasskey's options. As with
// ConfirmApp, recovery codes come with the first factor and other sessions end.
// Errors: fault.Invalid with reason bad_passkey, fault.Unauthorized with reason
// challenge_over, fault.Conflict with reason passkey_known.
func (s *Service) ConfirmPasskey(ctx context.Context, who Principal, name string, response json.RawMessage) (made Factor, codes []string, err error) {
	if !s.TakesPasskeys(who.Host) {
		return Factor{}, nil, errNoPasskeys
	}
	if name, err = factorName(name, "Passkey"); err != nil {
		return Factor{}, nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return Factor{}, nil, errBadPasskey
	}
	begun, err := s.tryChallenge(ctx, registerKey(who))
	if err != nil {
		return Factor{}, nil, err
	}
	party := s.passkeys.of(begun.session)
	if party == nil {
		return Factor{}, nil, errNoPasskeys
	}
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		codes = nil
		user, err := lockUser(ctx, tx, who.User.ID)
		if err != nil {
			return err
		}
		if err := endChallenge(ctx, tx, begun); err != nil {
			return err
		}
		h, err := s.holderOf(ctx, tx, user, party)
		if err != nil {
			return err
		}
		key, err := party.CreateCredential(h, begun.session, parsed)
		if err != nil {
			return errBadPasskey
		}
		plain, err := rawJSON(passkey{*key, party.Config.RPID})
		if err != nil {
			return err
		}
		made = Factor{
			ID: id.New(id.Factor, tx.Now()), Kind: KindPasskey, Name: name, CreatedMS: tx.Now(), UsedMS: tx.Now(),
			userID: user.ID, handle: handleOf(key.ID), plain: plain, confirmedMS: tx.Now(),
		}
		if err := s.insertFactor(ctx, tx, made); err != nil {
			return err
		}
		codes, err = s.factorAdded(ctx, tx, who, user, made)
		return err
	})
	return made, codes, err
}

// handleOf is how a credential's id is kept and looked for.
func handleOf(credentialID []byte) string { return base64.RawURLEncoding.EncodeToString(credentialID) }

// askPasskey makes the question to a person's passkeys of a host; nil without any.
func (s *Service) askPasskey(ctx context.Context, tx *database.Tx, user User, host string) (json.RawMessage, *webauthn.SessionData, error) {
	party := s.passkeys.at(host)
	if party == nil {
		return nil, nil, nil
	}
	h, err := s.holderOf(ctx, tx, user, party)
	if err != nil || len(h.keys) == 0 {
		return nil, nil, err
	}
	assertion, ceremony, err := party.BeginLogin(h, webauthn.WithUserVerification(protocol.VerificationPreferred))
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Internal, "a passkey could not be asked for")
	}
	options, err := rawJSON(assertion)
	return options, ceremony, err
}

// takePasskey checks the answer of one of a person's passkeys.
func (s *Service) takePasskey(ctx context.Context, tx *database.Tx, user User, begun challenge, response json.RawMessage) (bool, error) {
	party := s.passkeys.of(begun.session)
	if party == nil || begun.session.Challenge == "" {
		return false, nil
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return false, nil //nolint:nilerr // what can't be read proves nothing
	}
	h, err := s.holderOf(ctx, tx, user, party)
	if err != nil {
		return false, err
	}
	key, err := party.ValidateLogin(h, begun.session, parsed)
	if err != nil {
		return false, nil //nolint:nilerr // a wrong signature is an answer, not a failure of ours
	}
	return s.usedPasskey(ctx, tx, user, key, party)
}

// usedPasskey notes the use of a passkey. One whose counter went backwards was
// copied, and is refused.
func (s *Service) usedPasskey(ctx context.Context, tx *database.Tx, user User, key *webauthn.Credential, party *webauthn.WebAuthn) (bool, error) {
	if key.Authenticator.CloneWarning {
		return false, nil
	}
	f, err := s.findFactor(ctx, tx, "handle = $1 AND user_id = $2 AND confirmed_ms > 0"+tx.ForUpdate(), handleOf(key.ID), user.ID)
	if err != nil {
		return false, err
	}
	plain, err := rawJSON(passkey{*key, party.Config.RPID})
	if err != nil {
		return false, err
	}
	sealed, err := s.sealer.Seal("factor:"+f.ID, plain)
	if err != nil {
		return false, err
	}
	_, err = tx.Exec(ctx, "UPDATE factor SET sealed = $2, used_ms = $3 WHERE id = $1", f.ID, sealed, tx.Now())
	return err == nil, err
}

// OfferPasskey begins a sign-in by passkey alone: the browser shows those that it
// has for us. Error: fault.Refused with reason passkeys_off.
func (s *Service) OfferPasskey(ctx context.Context, client Client) (Challenge, error) {
	party := s.passkeys.at(client.Host)
	if party == nil {
		return Challenge{}, errNoPasskeys
	}
	// Nothing but the passkey proves the person, so it must have asked for a PIN
	// or a finger.
	assertion, ceremony, err := party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Challenge{}, fault.Wrap(err, fault.Internal, "a passkey could not be asked for")
	}
	options, err := rawJSON(assertion)
	if err != nil {
		return Challenge{}, err
	}
	token, hash := newToken()
	out := Challenge{Token: token, Methods: []string{KindPasskey}, Passkey: options}
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		out.ExpiresMS = tx.Now() + challengeLife.Milliseconds()
		return s.putChallenge(ctx, tx, challenge{key: hash, purpose: "discover"}, ceremony)
	})
	return out, err
}

// SignInByPasskey opens a session by the answer to OfferPasskey. Errors:
// fault.Unauthorized with reason bad_passkey or challenge_over, *Throttled.
func (s *Service) SignInByPasskey(ctx context.Context, token secret.Text, response json.RawMessage, client Client) (grant Grant, err error) {
	refused := &fault.Error{Code: fault.Unauthorized, Reason: "bad_passkey", Message: "the passkey was not accepted"}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return Grant{}, refused
	}
	begun, err := s.tryChallenge(ctx, hashToken(token))
	if err != nil {
		return Grant{}, err
	}
	party := s.passkeys.of(begun.session)
	if begun.purpose != "discover" || party == nil {
		return Grant{}, errChallengeOver
	}
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		var user User
		find := func(_, userHandle []byte) (webauthn.User, error) {
			var err error
			if user, err = userByID(ctx, tx, string(userHandle)); err != nil {
				return nil, err
			}
			return s.holderOf(ctx, tx, user, party)
		}
		_, key, err := party.ValidatePasskeyLogin(find, begun.session, parsed)
		if err != nil || user.state != stateActive {
			return refused
		}
		if err := endChallenge(ctx, tx, begun); err != nil {
			return err
		}
		ok, err := s.usedPasskey(ctx, tx, user, key, party)
		if err != nil {
			return err
		}
		if !ok {
			return refused
		}
		grant, err = s.openIn(ctx, tx, user, client, "session.opened", KindPasskey)
		return err
	})
	return grant, err
}
