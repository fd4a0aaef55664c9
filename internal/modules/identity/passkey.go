package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/url"

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

// relyingParty makes what passkeys are bound to: the domain, and the pages that
// may ask for them. It is nil where browsers reach us by an address, to which no
// passkey can be bound (WebAuthn 2, 5.1.2: the effective domain).
func relyingParty(cfg Config) *webauthn.WebAuthn {
	origins := append([]string{cfg.PublicURL}, cfg.Origins...)
	public, err := url.Parse(cfg.PublicURL)
	if err != nil || public.Hostname() == "" || net.ParseIP(public.Hostname()) != nil {
		return nil
	}
	domain := cfg.PasskeyDomain
	if domain == "" {
		domain = public.Hostname()
	}
	party, err := webauthn.New(&webauthn.Config{RPID: domain, RPDisplayName: totpIssuer, RPOrigins: origins})
	if err != nil {
		return nil
	}
	return party
}

// TakesPasskeys tells whether passkeys can be used here.
func (s *Service) TakesPasskeys() bool { return s.passkeys != nil }

// holder is a user as passkeys see one.
type holder struct {
	user User
	keys []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.user.ID) }
func (h holder) WebAuthnName() string                       { return h.user.Email }
func (h holder) WebAuthnDisplayName() string                { return h.user.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// holderOf reads a person's passkeys.
func (s *Service) holderOf(ctx context.Context, tx *database.Tx, user User) (holder, error) {
	factors, err := s.confirmed(ctx, tx, user.ID)
	h := holder{user: user}
	for _, f := range factors {
		if f.Kind != KindPasskey {
			continue
		}
		var key webauthn.Credential
		if err := json.Unmarshal(f.plain, &key); err != nil {
			return holder{}, fault.Wrap(err, fault.Internal, "a stored passkey can't be read")
		}
		h.keys = append(h.keys, key)
	}
	return h, err
}

// AddPasskey begins the registration of a passkey: what the browser is to be
// asked, as JSON. Errors: fault.Refused with reason passkeys_off or
// too_many_passkeys.
func (s *Service) AddPasskey(ctx context.Context, who Principal) (options json.RawMessage, err error) {
	if s.passkeys == nil {
		return nil, errNoPasskeys
	}
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		h, err := s.holderOf(ctx, tx, who.User)
		if err != nil {
			return err
		}
		if len(h.keys) >= maxPasskeys {
			return fault.Refuse("too_many_passkeys", "at most %d passkeys", maxPasskeys)
		}
		creation, ceremony, err := s.passkeys.BeginRegistration(h,
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
	if s.passkeys == nil {
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
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		codes = nil
		user, err := lockUser(ctx, tx, who.User.ID)
		if err != nil {
			return err
		}
		if err := endChallenge(ctx, tx, begun); err != nil {
			return err
		}
		h, err := s.holderOf(ctx, tx, user)
		if err != nil {
			return err
		}
		key, err := s.passkeys.CreateCredential(h, begun.session, parsed)
		if err != nil {
			return errBadPasskey
		}
		plain, err := rawJSON(key)
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

// askPasskey makes the question to a person's passkeys; nil without any.
func (s *Service) askPasskey(ctx context.Context, tx *database.Tx, user User) (json.RawMessage, *webauthn.SessionData, error) {
	if s.passkeys == nil {
		return nil, nil, nil
	}
	h, err := s.holderOf(ctx, tx, user)
	if err != nil || len(h.keys) == 0 {
		return nil, nil, err
	}
	assertion, ceremony, err := s.passkeys.BeginLogin(h, webauthn.WithUserVerification(protocol.VerificationPreferred))
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Internal, "a passkey could not be asked for")
	}
	options, err := rawJSON(assertion)
	return options, ceremony, err
}

// takePasskey checks the answer of one of a person's passkeys.
func (s *Service) takePasskey(ctx context.Context, tx *database.Tx, user User, begun challenge, response json.RawMessage) (bool, error) {
	if s.passkeys == nil || begun.session.Challenge == "" {
		return false, nil
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return false, nil //nolint:nilerr // what can't be read proves nothing
	}
	h, err := s.holderOf(ctx, tx, user)
	if err != nil {
		return false, err
	}
	key, err := s.passkeys.ValidateLogin(h, begun.session, parsed)
	if err != nil {
		return false, nil //nolint:nilerr // a wrong signature is an answer, not a failure of ours
	}
	return s.usedPasskey(ctx, tx, user, key)
}

// usedPasskey notes the use of a passkey. One whose counter went backwards was
// copied, and is refused.
func (s *Service) usedPasskey(ctx context.Context, tx *database.Tx, user User, key *webauthn.Credential) (bool, error) {
	if key.Authenticator.CloneWarning {
		return false, nil
	}
	f, err := s.findFactor(ctx, tx, "handle = $1 AND user_id = $2 AND confirmed_ms > 0"+tx.ForUpdate(), handleOf(key.ID), user.ID)
	if err != nil {
		return false, err
	}
	plain, err := rawJSON(key)
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
func (s *Service) OfferPasskey(ctx context.Context) (Challenge, error) {
	if s.passkeys == nil {
		return Challenge{}, errNoPasskeys
	}
	// Nothing but the passkey proves the person, so it must have asked for a PIN
	// or a finger.
	assertion, ceremony, err := s.passkeys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
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
	if s.passkeys == nil {
		return Grant{}, errNoPasskeys
	}
	refused := &fault.Error{Code: fault.Unauthorized, Reason: "bad_passkey", Message: "the passkey was not accepted"}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return Grant{}, refused
	}
	begun, err := s.tryChallenge(ctx, hashToken(token))
	if err != nil {
		return Grant{}, err
	}
	if begun.purpose != "discover" {
		return Grant{}, errChallengeOver
	}
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		var user User
		find := func(_, userHandle []byte) (webauthn.User, error) {
			var err error
			if user, err = userByID(ctx, tx, string(userHandle)); err != nil {
				return nil, err
			}
			return s.holderOf(ctx, tx, user)
		}
		_, key, err := s.passkeys.ValidatePasskeyLogin(find, begun.session, parsed)
		if err != nil || user.state != stateActive {
			return refused
		}
		if err := endChallenge(ctx, tx, begun); err != nil {
			return err
		}
		ok, err := s.usedPasskey(ctx, tx, user, key)
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
