//! Refused calls in the trail: whoever is refused again and again fills no table by it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::{
    Actor, AdminId, AdminRole, AuditEntry, AuditTrail, Changes, PrincipalKind, RequestContext, StoreError, TenantId,
    TenantRole, TenantUserId, Transactor, Tx,
    jobs::{Job, JobError},
    rate::{Ended, RateWindows},
};

/// Windows closed in one transaction.
const BATCH: u64 = 200;

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// Signing in at this door: LOGIN_FAILED.
    SignIn(PrincipalKind),
    /// A call for which the role, or the state of the account, does not allow it: ACCESS_DENIED.
    Access,
}

/// A refusal, as the trail shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What.
    pub what: Refused,
    /// The account's id, or the route with the permission; never an address.
    pub resource_id: Option<String>,
    /// The workshop.
    pub tenant_id: Option<TenantId>,
    /// The workshop's person.
    pub tenant_user_id: Option<TenantUserId>,
    /// The answer's status.
    pub status: u16,
    /// The answer's code.
    pub code: String,
}

impl Refusal {
    fn entry(self) -> AuditEntry {
        let (action, resource) = match self.what {
            Refused::SignIn(PrincipalKind::Admin) => ("LOGIN_FAILED", "admin_user"),
            Refused::SignIn(PrincipalKind::Tenant) => ("LOGIN_FAILED", "tenant_user"),
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
    /// and why; see [`crate::rate::key`].
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
        let note = Note { actor: context.actor.into(), request_id: context.request_id.clone(), refusal };
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
            RequestContext { actor: note.actor.into(), ip: None, user_agent: None, request_id: note.request_id };
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
    actor: NotedActor,
    request_id: String,
    refusal: Refusal,
}

#[derive(Serialize, Deserialize)]
enum NotedActor {
    Anonymous(PrincipalKind),
    Admin { id: AdminId, role: AdminRole },
    TenantUser { tenant_id: TenantId, id: TenantUserId, role: TenantRole },
    System,
}

impl From<Actor> for NotedActor {
    fn from(actor: Actor) -> Self {
        match actor {
            Actor::Anonymous(kind) => Self::Anonymous(kind),
            Actor::Admin { id, role } => Self::Admin { id, role },
            Actor::TenantUser { tenant_id, id, role } => Self::TenantUser { tenant_id, id, role },
            Actor::System(_) => Self::System,
        }
    }
}

impl From<NotedActor> for Actor {
    fn from(noted: NotedActor) -> Self {
        match noted {
            NotedActor::Anonymous(kind) => Self::Anonymous(kind),
            NotedActor::Admin { id, role } => Self::Admin { id, role },
            NotedActor::TenantUser { tenant_id, id, role } => Self::TenantUser { tenant_id, id, role },
            NotedActor::System => Self::System("kernel.refusals"),
        }
    }
}
