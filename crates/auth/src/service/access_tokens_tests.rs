use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use kernel::{AccessLevel, AdminRole, Proof, ReadOnlyReason, SessionProof, Subject, TenantRole};
use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{
    OwnSession, Revocation, RevocationKind, caller_of,
    domain::refresh_token::RefreshToken,
    service::test_ports::{Fixture, Mocks},
};

fn an_admin() -> Caller {
    caller_of(Subject::Admin { id: Uuid::from_u128(1).into(), role: AdminRole::Finance }).in_session(SessionProof {
        session_id: Uuid::from_u128(2).into(),
        generation: 4,
        tenant_generation: None,
        must_change_password: true,
    })
}

fn a_person() -> Caller {
    let (tenant_id, id) = (Uuid::from_u128(3).into(), Uuid::from_u128(4).into());
    caller_of(Subject::TenantUser { tenant_id, id, role: TenantRole::Viewer })
        .with_access(AccessLevel::ReadOnly(ReadOnlyReason::TrialExpired))
        .in_session(SessionProof {
            session_id: Uuid::from_u128(5).into(),
            generation: 2,
            tenant_generation: Some(7),
            must_change_password: false,
        })
}

fn setup() -> (Fixture, Arc<AccessTokens>, Arc<crate::Revocations>) {
    let fixture = Mocks::new().deps();
    let (revocations, tokens) = fixture.tokens();
    (fixture, tokens, revocations)
}

/// Puts any header and claims under our real key's signature.
fn forge(keys: &SigningKeys, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let key = &keys.signing(Audience::Admin).expect("a key").encoding;
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, Algorithm::HS256).expect("signs");
    format!("{message}.{signature}")
}

/// The header and claims of a good token.
fn good(fixture: &Fixture, tokens: &AccessTokens) -> (Value, Value) {
    let token = tokens.sign(&an_admin()).expect("signs");
    let part = |n: usize| {
        let text = token.expose_secret().split('.').nth(n).expect("three parts");
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64")).expect("json")
    };
    let (header, claims) = (part(0), part(1));
    assert!(tokens.verify(Audience::Admin, &forge(&fixture.keys, &header, &claims)).is_ok(), "the forger works");
    (header, claims)
}

#[test]
fn a_token_tells_who_it_was_signed_for() {
    let (_kept, tokens, _) = setup();
    let admin = tokens.sign(&an_admin()).expect("signs");
    assert_eq!(tokens.verify(Audience::Admin, admin.expose_secret()).expect("good"), an_admin());
    let person = tokens.sign(&a_person()).expect("signs");
    assert_eq!(tokens.verify(Audience::Tenant, person.expose_secret()).expect("good"), a_person());
}

#[test]
fn one_kind_never_opens_what_is_the_others() {
    let (fixture, tokens, _) = setup();
    let admin = tokens.sign(&an_admin()).expect("signs");
    let person = tokens.sign(&a_person()).expect("signs");
    assert!(matches!(tokens.verify(Audience::Tenant, admin.expose_secret()), Err(AuthError::TokenInvalid)));
    assert!(matches!(tokens.verify(Audience::Admin, person.expose_secret()), Err(AuthError::TokenInvalid)));
    // Nor with the other audience's claims under this audience's key.
    let (header, mut claims) = good(&fixture, &tokens);
    claims["type"] = json!("tenant");
    assert!(matches!(
        tokens.verify(Audience::Admin, &forge(&fixture.keys, &header, &claims)),
        Err(AuthError::TokenInvalid)
    ));
}

#[test]
fn tokens_are_signed_for_people_in_sessions_only() {
    let (_kept, tokens, _) = setup();
    let (tenant_id, role) = (Uuid::from_u128(3).into(), TenantRole::Owner);
    let (id, user_id) = (Uuid::from_u128(8).into(), Uuid::from_u128(4).into());
    let (admin_id, admin_role) = (Uuid::from_u128(1).into(), AdminRole::Support);
    let impersonated = Subject::Impersonated { tenant_id, user_id, role, id, admin_id, admin_role, may_write: false };
    let key = Subject::ApiKey { tenant_id, id: Uuid::from_u128(9).into(), role };
    for subject in [impersonated, key, Subject::Anonymous(Audience::Tenant), Subject::System("test")] {
        let caller = Caller { subject, ..a_person() };
        assert!(tokens.sign(&caller).is_err() && OwnSession::of(&caller).is_err(), "{subject:?}");
    }
    assert!(tokens.sign(&Caller { proof: Proof::Secret, ..a_person() }).is_err());
    assert!(tokens.sign(&a_person().with_access(AccessLevel::None)).is_err());
}

#[test]
fn a_refresh_token_is_no_access_token() {
    let (fixture, tokens, _) = setup();
    let refresh = RefreshToken { session_id: Uuid::from_u128(2).into(), counter: 0 };
    let refresh = refresh.encode(&fixture.keys, Audience::Admin).expect("a key");
    assert!(matches!(tokens.verify(Audience::Admin, refresh.expose_secret()), Err(AuthError::TokenInvalid)));
}

#[rstest]
#[case::expired("exp", json!(1_768_471_200 - 6), AuthError::TokenExpired)]
#[case::not_yet("nbf", json!(1_768_471_200 + 6), AuthError::TokenInvalid)]
#[case::issued_in_the_future("iat", json!(1_768_471_200 + 6), AuthError::TokenInvalid)]
#[case::other_issuer("iss", json!("https://evil.test"), AuthError::TokenInvalid)]
#[case::other_audience("aud", json!("nextcrm:tenant"), AuthError::TokenInvalid)]
#[case::two_audiences("aud", json!(["nextcrm:admin", "nextcrm:tenant"]), AuthError::TokenInvalid)]
#[case::unknown_role("role", json!("ROOT"), AuthError::TokenInvalid)]
#[case::no_uuid("sub", json!("1 OR 1=1"), AuthError::TokenInvalid)]
fn wrong_claims_are_refused(#[case] claim: &str, #[case] value: Value, #[case] expected: AuthError) {
    let (fixture, tokens, _) = setup();
    let (header, mut claims) = good(&fixture, &tokens);
    claims[claim] = value;
    let error = tokens.verify(Audience::Admin, &forge(&fixture.keys, &header, &claims)).expect_err("refused");
    assert_eq!(error.to_string(), expected.to_string());
}

#[test]
fn every_claim_is_required() {
    let (fixture, tokens, _) = setup();
    let (header, claims) = good(&fixture, &tokens);
    for claim in ["iss", "aud", "exp", "nbf", "iat", "sub", "sid", "jti", "type", "role", "gen"] {
        let mut without = claims.clone();
        without.as_object_mut().expect("an object").remove(claim).expect("was there");
        let refused = tokens.verify(Audience::Admin, &forge(&fixture.keys, &header, &without));
        assert!(matches!(refused, Err(AuthError::TokenInvalid)), "{claim}");
    }
}

#[rstest]
#[case::none(json!({ "alg": "none" }))]
#[case::no_kid(json!({ "alg": "HS256" }))]
#[case::unknown_kid(json!({ "alg": "HS256", "kid": "AAAAAAAA" }))]
#[case::path_kid(json!({ "alg": "HS256", "kid": "../../dev/null" }))]
#[case::embedded_key(json!({ "alg": "HS256", "jwk": { "kty": "oct", "k": "AAAA", "alg": "HS256" } }))]
#[case::remote_key(json!({ "alg": "HS256", "jku": "https://evil.test/keys" }))]
fn headers_do_not_choose_the_key(#[case] header: Value) {
    let (fixture, tokens, _) = setup();
    let (_, claims) = good(&fixture, &tokens);
    assert!(matches!(
        tokens.verify(Audience::Admin, &forge(&fixture.keys, &header, &claims)),
        Err(AuthError::TokenInvalid)
    ));
}

#[test]
fn the_algorithm_is_pinned_and_foreign_keys_are_ignored() {
    let (fixture, tokens, _) = setup();
    let (header, claims) = good(&fixture, &tokens);
    for alg in ["none", "None", "HS384", "HS512", "RS256", "ES256"] {
        let mut header = header.clone();
        header["alg"] = json!(alg);
        assert!(tokens.verify(Audience::Admin, &forge(&fixture.keys, &header, &claims)).is_err(), "{alg}");
        // And without a signature at all.
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let unsigned = format!("{}.{}.", part(&header), part(&claims));
        assert!(tokens.verify(Audience::Admin, &unsigned).is_err(), "{alg}");
    }
    // Keys that a good token brings along change nothing.
    let mut header = header;
    header["jku"] = json!("https://evil.test/keys");
    assert!(tokens.verify(Audience::Admin, &forge(&fixture.keys, &header, &claims)).is_ok());
}

#[test]
fn a_changed_character_anywhere_spoils_it() {
    let (_kept, tokens, _) = setup();
    let good = tokens.sign(&an_admin()).expect("signs");
    let good = good.expose_secret();
    for position in 0..good.len() {
        let mut bad = good.as_bytes().to_vec();
        // The last character of a part carries unused bits; a step of 16 letters changes used ones.
        bad[position] = if bad[position] == b'A' { b'Q' } else { b'A' };
        let bad = String::from_utf8(bad).expect("text");
        assert!(tokens.verify(Audience::Admin, &bad).is_err(), "position {position}");
    }
}

#[test]
fn a_token_lives_until_it_expires_and_a_little_leeway() {
    let (fixture, tokens, revocations) = setup();
    let token = tokens.sign(&an_admin()).expect("signs");
    let verify = || tokens.verify(Audience::Admin, token.expose_secret());
    for (seconds, alive) in [(15 * 60 + 4, true), (1, false)] {
        fixture.clock.advance(TimeDelta::seconds(seconds));
        revocations.live().absorb(&[], tokio::time::Instant::now());
        assert_eq!(verify().is_ok(), alive);
    }
    assert!(matches!(verify(), Err(AuthError::TokenExpired)));
}

#[test]
fn revocations_bite_by_session_person_and_workshop() {
    let (fixture, tokens, revocations) = setup();
    let token = tokens.sign(&a_person()).expect("signs");
    let now = fixture.clock.now();
    let cases = [
        (RevocationKind::Principal, Uuid::from_u128(4), 2, true),
        (RevocationKind::Principal, Uuid::from_u128(9), 3, true),
        (RevocationKind::Tenant, Uuid::from_u128(3), 7, true),
        (RevocationKind::Session, Uuid::from_u128(6), 0, true),
        (RevocationKind::Tenant, Uuid::from_u128(3), 8, false),
    ];
    for (kind, subject, min_generation, passes) in cases {
        let expires_at = now + TimeDelta::hours(1);
        let revocation = Revocation { kind, subject, min_generation, spared: None, expires_at };
        revocations.live().absorb(&[revocation], tokio::time::Instant::now());
        assert_eq!(tokens.verify(Audience::Tenant, token.expose_secret()).is_ok(), passes, "{revocation:?}");
    }
    assert!(matches!(tokens.verify(Audience::Tenant, token.expose_secret()), Err(AuthError::TokenRevoked)));
}
