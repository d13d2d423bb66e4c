use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Audience, Caller};

use crate::AuthError;

/// Finds out whom a credential of one kind tells of.
#[async_trait]
pub trait Verifier: Send + Sync {
    /// The caller; `None` for a credential of another kind, which the next verifier may know.
    ///
    /// # Errors
    /// Why a credential of this kind is not believed.
    async fn verify(&self, audience: Audience, credential: &str) -> Result<Option<Caller>, AuthError>;
}

/// All kinds of credentials that are believed.
#[derive(Clone)]
pub struct Verifiers(Vec<Arc<dyn Verifier>>);

impl std::fmt::Debug for Verifiers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifiers").finish_non_exhaustive()
    }
}

impl Verifiers {
    /// Asked in this order.
    #[must_use]
    pub fn new(verifiers: Vec<Arc<dyn Verifier>>) -> Self {
        Self(verifiers)
    }

    /// Whom a credential tells of that is shown to this audience's routes.
    ///
    /// # Errors
    /// [`AuthError::TokenInvalid`] for what nobody knows, or for a caller of the other audience; and what the verifier says
    /// that knows it.
    pub async fn verify(&self, audience: Audience, credential: &str) -> Result<Caller, AuthError> {
        for verifier in &self.0 {
            if let Some(caller) = verifier.verify(audience, credential).await? {
                let fits = caller.audience() == Some(audience);
                return if fits { Ok(caller) } else { Err(AuthError::TokenInvalid) };
            }
        }
        Err(AuthError::TokenInvalid)
    }
}
