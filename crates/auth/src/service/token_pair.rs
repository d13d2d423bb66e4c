use std::sync::Arc;

use kernel::{Audience, Caller, SessionId};
use secrecy::SecretString;

use super::AccessTokens;
use crate::{
    AuthError, SigningKeys,
    domain::{OwnSession, refresh_token::RefreshToken},
};

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
    pub(crate) fn issue(&self, caller: &Caller, counter: i64) -> Result<TokenPair, AuthError> {
        let access_token = self.access.sign(caller)?;
        let own = OwnSession::of(caller)?;
        let refresh_token = self.refresh_token(own.account.audience(), own.id, counter)?;
        Ok(TokenPair { access_token, expires_in: self.access.expires_in(), refresh_token })
    }

    /// Reads a client's refresh token.
    pub(crate) fn read(&self, kind: Audience, text: &str) -> Option<RefreshToken> {
        RefreshToken::decode(text, &self.keys, kind)
    }

    fn refresh_token(&self, kind: Audience, session_id: SessionId, counter: i64) -> Result<SecretString, AuthError> {
        RefreshToken { session_id, counter }.encode(&self.keys, kind).ok_or(AuthError::TokenInvalid)
    }
}
