use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{Audience, SessionId, StoreError, TenantId, Tx};

use crate::domain::{AccountId, EndReason, Session};

/// A rotation of a refresh token: from this counter to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Rotation {
    /// Which of the two tables.
    pub kind: Audience,
    pub id: SessionId,
    /// The counter that must still be the current one.
    pub counter: i64,
    pub at: DateTime<Utc>,
    /// The session's new expiry.
    pub expires_at: DateTime<Utc>,
}

/// Where sessions are kept: one table for admins, one for tenant users.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SessionRepository: Send + Sync {
    /// A session, whatever its state.
    async fn find_session(&self, kind: Audience, id: SessionId) -> Result<Option<Session>, StoreError>;

    /// A session, whatever its state, locked until the transaction ends.
    async fn find_session_for_update(
        &self,
        tx: &mut Tx,
        kind: Audience,
        id: SessionId,
    ) -> Result<Option<Session>, StoreError>;

    /// The active sessions of an account, the latest activity first; at most 500.
    async fn list_active(&self, subject: AccountId, now: DateTime<Utc>) -> Result<Vec<Session>, StoreError>;

    /// Stores a new session.
    async fn insert_session_in(&self, tx: &mut Tx, session: &Session) -> Result<(), StoreError>;

    /// Moves the counter on if the session is active and the counter still the given one; tells whether it was.
    async fn rotate_in(&self, tx: &mut Tx, rotation: &Rotation) -> Result<bool, StoreError>;

    /// Ends one active session of an account; tells whether there was one.
    async fn end_session_in(
        &self,
        tx: &mut Tx,
        subject: AccountId,
        id: SessionId,
        reason: EndReason,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Ends all active sessions of an account but `except`; answers how many.
    async fn end_sessions_in(
        &self,
        tx: &mut Tx,
        subject: AccountId,
        except: Option<SessionId>,
        reason: EndReason,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError>;

    /// Ends all active sessions of an account but the `keep` that were opened last; answers which.
    async fn end_oldest_in(
        &self,
        tx: &mut Tx,
        subject: AccountId,
        keep: u64,
        now: DateTime<Utc>,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// Ends all active sessions of a workshop's people; answers how many.
    async fn end_sessions_of_tenant_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        reason: EndReason,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError>;

    /// Deletes sessions that were over before `before`; answers how many.
    async fn purge_sessions_in(&self, tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, StoreError>;
}
