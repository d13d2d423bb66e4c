use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, Tx};
use uuid::Uuid;

use crate::domain::{AccountId, OneTimeToken};

/// Where one-time tokens are kept.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait OneTimeTokenRepository: Send + Sync {
    /// A token by the hash of its text, whatever its state.
    async fn find_token(&self, token_hash: &str) -> Result<Option<OneTimeToken>, StoreError>;

    /// Stores a new token.
    async fn insert_token_in(&self, tx: &mut Tx, token: &OneTimeToken) -> Result<(), StoreError>;

    /// Marks a token as used, if nobody has and it is neither revoked nor over; tells whether this call did.
    async fn use_token_in(&self, tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Revokes all tokens of a person that are still open, whatever their purpose.
    async fn revoke_tokens_in(&self, tx: &mut Tx, subject: AccountId, now: DateTime<Utc>) -> Result<u64, StoreError>;

    /// How many tokens were made for a person since `since`.
    async fn count_tokens_since(
        &self,
        tx: &mut Tx,
        subject: AccountId,
        since: DateTime<Utc>,
    ) -> Result<u64, StoreError>;

    /// Deletes what ended before `before`; answers how many.
    async fn purge_tokens_in(&self, tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, StoreError>;
}
