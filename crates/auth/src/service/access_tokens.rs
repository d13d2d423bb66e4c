use std::sync::Arc;

use async_trait::async_trait;
use jsonwebtoken::{Algorithm, Header, Validation, errors::ErrorKind};
use kernel::{Audience, Caller, Clock, Entropy};
use secrecy::SecretString;

use super::{LiveRevocations, Verifier};
use crate::{
    AuthConfig, AuthError, SigningKeys,
    domain::access_token::{Claims, Issue, audience_name},
};

/// Signs and verifies access tokens: JWTs with HS256, one key per audience, checked without a database read.
///
/// The algorithm is pinned and the key is looked up in our ring by its `kid` alone; whatever else a token's header
/// says (`jku`, `jwk`, `x5u`, ...) is ignored.
pub struct AccessTokens {
    keys: Arc<SigningKeys>,
    revocations: Arc<LiveRevocations>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    config: AuthConfig,
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessTokens").finish_non_exhaustive()
    }
}

impl AccessTokens {
    /// Tokens under `keys`, held against `revocations`.
    #[must_use]
    pub fn new(
        config: AuthConfig,
        keys: Arc<SigningKeys>,
        revocations: Arc<LiveRevocations>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { keys, revocations, clock, entropy, config }
    }

    /// Seconds that a new token lives.
    #[must_use]
    pub const fn expires_in(&self) -> u64 {
        self.config.access_token_life.as_secs()
    }

    /// Whom an access token of this audience tells of.
    ///
    /// # Errors
    /// [`AuthError::TokenInvalid`], [`AuthError::TokenExpired`], [`AuthError::TokenRevoked`] or
    /// [`AuthError::RevocationsStale`].
    pub fn verify(&self, audience: Audience, token: &str) -> Result<Caller, AuthError> {
        let claims = self.claims(audience, token)?;
        let caller = claims.caller().filter(|_| claims.audience == audience).ok_or(AuthError::TokenInvalid)?;
        self.revocations.check(&caller)?;
        Ok(caller)
    }

    /// A new token for a person in a session of theirs.
    ///
    /// # Errors
    /// [`AuthError::Signing`]; [`AuthError::TokenInvalid`] for callers of another kind.
    pub fn sign(&self, caller: &Caller) -> Result<SecretString, AuthError> {
        let now = self.clock.now();
        let issued_at = now.timestamp();
        let life = i64::try_from(self.config.access_token_life.as_secs()).unwrap_or(i64::MAX);
        let expires_at = issued_at.saturating_add(life);
        let issuer = self.config.issuer.clone();
        let issue = Issue { issuer, issued_at, expires_at, id: self.entropy.uuid_v7(now) };
        let claims = Claims::of(caller, issue).ok_or(AuthError::TokenInvalid)?;
        self.encode(&claims)
    }

    fn encode(&self, claims: &Claims) -> Result<SecretString, AuthError> {
        let key = self.keys.signing(claims.audience).ok_or(AuthError::TokenInvalid)?;
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(key.id.clone());
        let token = jsonwebtoken::encode(&header, claims, &key.encoding).map_err(AuthError::Signing)?;
        Ok(SecretString::from(token))
    }

    fn claims(&self, audience: Audience, token: &str) -> Result<Claims, AuthError> {
        let header = jsonwebtoken::decode_header(token).map_err(refused)?;
        let key =
            header.kid.as_deref().and_then(|id| self.keys.checking(audience, id)).ok_or(AuthError::TokenInvalid)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_audience(&[audience_name(audience)]);
        validation.set_issuer(&[&self.config.issuer]);
        // The library would ask the machine's clock; the times are checked below with ours.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation).map_err(refused)?.claims;
        self.check_times(&claims)?;
        Ok(claims)
    }

    fn check_times(&self, claims: &Claims) -> Result<(), AuthError> {
        let now = self.clock.now().timestamp();
        let leeway = i64::try_from(self.config.leeway.as_secs()).unwrap_or(0);
        if claims.nbf.saturating_sub(leeway) > now || claims.iat.saturating_sub(leeway) > now {
            return Err(AuthError::TokenInvalid);
        }
        if claims.exp.saturating_add(leeway) <= now {
            return Err(AuthError::TokenExpired);
        }
        Ok(())
    }
}

#[async_trait]
impl Verifier for AccessTokens {
    async fn verify(&self, audience: Audience, credential: &str) -> Result<Option<Caller>, AuthError> {
        // A JWT has three parts; keys have no dots.
        if credential.split('.').count() != 3 {
            return Ok(None);
        }
        Self::verify(self, audience, credential).map(Some)
    }
}

/// Why a token was refused is nobody's business but the log's.
fn refused(error: jsonwebtoken::errors::Error) -> AuthError {
    match error.into_kind() {
        ErrorKind::ExpiredSignature => AuthError::TokenExpired,
        _ => AuthError::TokenInvalid,
    }
}

#[cfg(test)]
#[path = "access_tokens_tests.rs"]
mod tests;
