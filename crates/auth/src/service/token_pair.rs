use std::sync::Arc;

use kernel::{PrincipalKind, SessionId};
use secrecy::SecretString;

use super::{AccessTokens, accounts::Principal};
use crate::{AuthError, SigningKeys, domain::refresh_token::RefreshToken};

/// What a client gets when it signs in or refreshes.
#[derive(Debug, Clone)]
pub struct TokenPair {
    /// For the `Authorization` header.
    pub access_token: SecretString,
    /// Seconds that the access token lives.
    pub expires_in: u64,
    /// For the cookie.
    pub refresh_token: SecretString,
}

/// Makes pairs of tokens.
#[derive(Clone)]
pub(crate) struct TokenIssuer {
    pub(crate) access: Arc<AccessTokens>,
    pub(crate) keys: Arc<SigningKeys>,
}

impl TokenIssuer {
    /// A new access token, and the refresh token of this counter.
    pub(crate) fn issue(&self, principal: Principal, counter: i64) -> Result<TokenPair, AuthError> {
        let (access_token, kind, session_id) = match principal {
            Principal::Admin(admin) => (self.access.sign_admin(&admin)?, PrincipalKind::Admin, admin.session_id),
            Principal::Tenant(user) => (self.access.sign_tenant(&user)?, PrincipalKind::Tenant, user.session_id),
        };
        let refresh_token = self.refresh_token(kind, session_id, counter)?;
        Ok(TokenPair { access_token, expires_in: self.access.expires_in(), refresh_token })
    }

    /// Reads a client's refresh token.
    pub(crate) fn read(&self, kind: PrincipalKind, text: &str) -> Option<RefreshToken> {
        RefreshToken::decode(text, &self.keys, kind)
    }

    fn refresh_token(
        &self,
        kind: PrincipalKind,
        session_id: SessionId,
        counter: i64,
    ) -> Result<SecretString, AuthError> {
        RefreshToken { session_id, counter }.encode(&self.keys, kind).ok_or(AuthError::TokenInvalid)
    }
}
