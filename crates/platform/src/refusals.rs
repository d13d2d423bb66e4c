//! Refused calls in the trail: whoever is refused again and again fills no table by it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use kernel::{
    Audience, AuditEntry, AuditTrail, Caller, Changes, RequestContext, StoreError, Subject, TenantId, TenantUserId,
    Transactor, Tx,
    rate::{Ended, RateWindows},
};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::jobs::{Job, JobError};

/// Windows closed in one transaction.
const BATCH: u64 = 200;

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// Signing in on this side: LOGIN_FAILED.
    SignIn(Audience),
    /// A call for which the role, or the state of the account, does not allow it: ACCESS_DENIED.
    Access,
}

/// A refusal, as the trail shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Refusal {
    pub what: Refused,
    /// The account's id, or the route with the permission; never an address.
    pub resource_id: Option<String>,
    pub tenant_id: Option<TenantId>,
    pub tenant_user_id: Option<TenantUserId>,
    pub status: u16,
    pub code: String,
}

impl Refusal {
    fn entry(self) -> AuditEntry {
        let (action, resource) = match self.what {
            Refused::SignIn(Audience::Admin) => ("LOGIN_FAILED", "admin_user"),
            Refused::SignIn(Audience::Tenant) => ("LOGIN_FAILED", "tenant_user"),
            Refused::Access => ("ACCESS_DENIED", "route"),
        };
        AuditEntry {
            resource_id: self.resource_id,
            tenant_id: self.tenant_id,
            tenant_user_id: self.tenant_user_id,
            ..AuditEntry::refused(action, resource, self.status, &self.code)
        }
    }
}

/// Audits the first refusal of a window. Further ones are only counted; when there were any, an entry like the first, with
/// `refusals` in its changes, tells how many there were: when the window is over.
#[derive(Clone)]
pub struct Refusals {
    windows: Arc<dyn RateWindows>,
    audit: Arc<dyn AuditTrail>,
    transactor: Arc<dyn Transactor>,
}

impl std::fmt::Debug for Refusals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refusals").finish_non_exhaustive()
    }
}

impl Refusals {
    /// Over these ports.
    #[must_use]
    pub fn new(windows: Arc<dyn RateWindows>, audit: Arc<dyn AuditTrail>, transactor: Arc<dyn Transactor>) -> Self {
        Self { windows, audit, transactor }
    }

    /// Audits or counts a refusal, in a transaction of its own. `key` tells refusals apart that are counted apart: who, what
    /// and why; see [`kernel::rate::key`].
    ///
    /// # Errors
    /// What the store says.
    pub async fn record(
        &self,
        context: &RequestContext,
        refusal: Refusal,
        key: &str,
        window: Duration,
    ) -> Result<(), StoreError> {
        let mut tx = self.transactor.begin().await?;
        self.record_in(&mut tx, context, refusal, key, window).await?;
        tx.commit().await
    }

    /// [`Refusals::record`] in a transaction of the caller's.
    ///
    /// # Errors
    /// What the store says.
    pub async fn record_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        refusal: Refusal,
        key: &str,
        window: Duration,
    ) -> Result<(), StoreError> {
        if let Some(ended) = self.windows.take_ended_in(tx, key).await? {
            self.tell_in(tx, &ended).await?;
        }
        if self.windows.count_in(tx, key, window).await?.count > 1 {
            return Ok(());
        }
        let note = Note { actor: context.caller.subject, request_id: context.request_id.clone(), refusal };
        self.windows.note_in(tx, key, &serde_json::to_string(&note).map_err(corrupt)?).await?;
        self.audit.record_in(tx, context, note.refusal.entry()).await
    }

    /// Tells how often there was a refusal in a window that is over, unless it was once: that is in the trail.
    async fn tell_in(&self, tx: &mut Tx, ended: &Ended) -> Result<(), StoreError> {
        if ended.count <= 1 {
            return Ok(());
        }
        let note: Note = serde_json::from_str(&ended.note).map_err(corrupt)?;
        let context =
            RequestContext { caller: Caller::new(note.actor), ip: None, user_agent: None, request_id: note.request_id };
        let entry = note.refusal.entry().changes(Changes::new().set("refusals", &ended.count));
        self.audit.record_in(tx, &context, entry).await
    }
}

/// Run it every few minutes.
#[async_trait]
impl Job for Refusals {
    fn name(&self) -> &'static str {
        "kernel.refusals"
    }

    async fn run(&self, stop: &CancellationToken) -> Result<(), JobError> {
        loop {
            if stop.is_cancelled() {
                return Err("stopped early".into());
            }
            let mut tx = self.transactor.begin().await?;
            let (ended, all) = self.windows.take_all_ended_in(&mut tx, BATCH).await?;
            for window in &ended {
                self.tell_in(&mut tx, window).await?;
            }
            tx.commit().await?;
            if all < BATCH {
                return Ok(());
            }
        }
    }
}

fn corrupt(error: serde_json::Error) -> StoreError {
    StoreError::corrupt("rate_windows.note", error)
}

/// What the entry at the end of the window says; neither address nor user agent, which may differ from call to call.
#[derive(Serialize, Deserialize)]
struct Note {
    actor: Subject,
    request_id: String,
    refusal: Refusal,
}
