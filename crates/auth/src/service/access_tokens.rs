use std::sync::Arc;

use jsonwebtoken::{Algorithm, Header, Validation, errors::ErrorKind};
use kernel::{Clock, Entropy, PrincipalKind};
use secrecy::SecretString;
use uuid::Uuid;

use super::LiveRevocations;
use crate::{
    AdminPrincipal, AuthConfig, AuthError, SigningKeys, TenantPrincipal,
    domain::access_token::{Claims, audience},
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

    /// Whom an admin's access token tells of.
    ///
    /// # Errors
    /// [`AuthError::TokenInvalid`], [`AuthError::TokenExpired`], [`AuthError::TokenRevoked`] or
    /// [`AuthError::RevocationsStale`].
    pub fn verify_admin(&self, token: &str) -> Result<AdminPrincipal, AuthError> {
        let principal = self.claims(PrincipalKind::Admin, token)?.admin().ok_or(AuthError::TokenInvalid)?;
        self.revocations.check_admin(&principal)?;
        Ok(principal)
    }

    /// Whom a tenant user's access token tells of.
    ///
    /// # Errors
    /// As [`AccessTokens::verify_admin`].
    pub fn verify_tenant(&self, token: &str) -> Result<TenantPrincipal, AuthError> {
        let principal = self.claims(PrincipalKind::Tenant, token)?.tenant().ok_or(AuthError::TokenInvalid)?;
        self.revocations.check_tenant(&principal)?;
        Ok(principal)
    }

    /// A new token for an admin.
    ///
    /// # Errors
    /// [`AuthError::Signing`].
    pub fn sign_admin(&self, principal: &AdminPrincipal) -> Result<SecretString, AuthError> {
        let mut claims = self.blank(PrincipalKind::Admin, principal.admin_id.uuid());
        claims.sid = principal.session_id;
        principal.role.as_str().clone_into(&mut claims.role);
        claims.generation = principal.generation;
        claims.must_change_password = principal.must_change_password;
        self.sign(&claims)
    }

    /// A new token for a workshop's person.
    ///
    /// # Errors
    /// [`AuthError::Signing`].
    pub fn sign_tenant(&self, principal: &TenantPrincipal) -> Result<SecretString, AuthError> {
        let mut claims = self.blank(PrincipalKind::Tenant, principal.user_id.uuid());
        claims.sid = principal.session_id;
        principal.role.as_str().clone_into(&mut claims.role);
        claims.generation = principal.generation;
        claims.tenant_id = Some(principal.tenant_id);
        claims.tenant_generation = Some(principal.tenant_generation);
        claims.trial_expired = principal.trial_expired;
        self.sign(&claims)
    }

    fn blank(&self, kind: PrincipalKind, sub: Uuid) -> Claims {
        let now = self.clock.now();
        let issued = now.timestamp();
        let life = i64::try_from(self.config.access_token_life.as_secs()).unwrap_or(i64::MAX);
        Claims {
            iss: self.config.issuer.clone(),
            aud: audience(kind).to_owned(),
            sub,
            sid: Uuid::nil().into(),
            role: String::new(),
            kind,
            tenant_id: None,
            iat: issued,
            nbf: issued,
            exp: issued.saturating_add(life),
            jti: self.entropy.uuid_v7(now),
            generation: 0,
            tenant_generation: None,
            must_change_password: false,
            trial_expired: false,
        }
    }

    fn sign(&self, claims: &Claims) -> Result<SecretString, AuthError> {
        let key = self.keys.signing(claims.kind).ok_or(AuthError::TokenInvalid)?;
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(key.id.clone());
        let token = jsonwebtoken::encode(&header, claims, &key.encoding).map_err(AuthError::Signing)?;
        Ok(SecretString::from(token))
    }

    fn claims(&self, kind: PrincipalKind, token: &str) -> Result<Claims, AuthError> {
        let header = jsonwebtoken::decode_header(token).map_err(refused)?;
        let key = header.kid.as_deref().and_then(|id| self.keys.checking(kind, id)).ok_or(AuthError::TokenInvalid)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_audience(&[audience(kind)]);
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
