use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    Clock, Entropy, StoreError, Transactor, Tx,
    idempotency::{
        BodyHash, Claim, IdempotencyError, IdempotencyKeys, IdempotencyOptions, KeyIdentity, Lease, StoredAnswer,
    },
    sealed::{KeyRing, Purpose, Sealed},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{Expr, OnConflict, Query},
};

use uuid::Uuid;

use super::entity::idempotency_key::{ActiveModel, Column, Entity, Model};
use crate::Database;

/// Idempotency keys in the database.
pub struct SeaIdempotency {
    pub(super) db: Database,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    ring: KeyRing,
    options: IdempotencyOptions,
}

impl std::fmt::Debug for SeaIdempotency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeaIdempotency").field("options", &self.options).finish_non_exhaustive()
    }
}

impl SeaIdempotency {
    /// Keys on this database, sealed with the ring's first key.
    #[must_use]
    pub fn new(
        db: Database,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        ring: KeyRing,
        options: IdempotencyOptions,
    ) -> Self {
        Self { db, clock, entropy, ring, options }
    }

    /// Deletes up to `limit` keys whose life has ended, and tells how many.
    ///
    /// # Errors
    /// What the store says.
    pub async fn sweep(&self, limit: u64) -> Result<u64, StoreError> {
        // The three columns of a key cannot be named in one sub-query on both databases without row values.
        let expired = Query::select()
            .columns([Column::Principal, Column::Route, Column::Key])
            .from(Entity)
            .and_where(Column::ExpiresAt.lt(self.clock.now()))
            .limit(limit)
            .to_owned();
        let key = Expr::tuple([Column::Principal, Column::Route, Column::Key].map(Expr::col));
        let mut tx = self.db.begin().await?;
        let deleted = Entity::delete_many().filter(key.in_subquery(expired)).exec(tx.executor()).await?;
        tx.commit().await?;
        Ok(deleted.rows_affected)
    }

    /// Inserts the key, or takes over one whose lease or life has ended; in one statement, so that of many at once one wins.
    async fn insert_in(
        &self,
        tx: &mut Tx,
        lease: &Lease,
        body: &BodyHash,
        now: DateTime<Utc>,
    ) -> Result<bool, IdempotencyError> {
        let identity = &lease.identity;
        let row = ActiveModel {
            principal: Set(identity.principal.clone()),
            route: Set(identity.route.clone()),
            key: Set(identity.key.clone()),
            holder: Set(lease.holder),
            body_hash: Set(self.seal(identity, BODY_HASH, body.as_bytes())?),
            lease_until: Set(now + self.options.lease),
            subject: Set(None),
            completed_at: Set(None),
            status: Set(None),
            headers: Set(None),
            body: Set(None),
            created_at: Set(now),
            expires_at: Set(now + self.options.life),
        };
        let abandoned = Condition::all()
            .add(Expr::col((Entity, Column::CompletedAt)).is_null())
            .add(Expr::col((Entity, Column::Subject)).is_null())
            .add(Expr::col((Entity, Column::LeaseUntil)).lte(now));
        let free = Condition::any().add(abandoned).add(Expr::col((Entity, Column::ExpiresAt)).lte(now));
        let take_over = OnConflict::columns([Column::Principal, Column::Route, Column::Key])
            .update_columns([
                Column::Holder,
                Column::BodyHash,
                Column::LeaseUntil,
                Column::Subject,
                Column::CompletedAt,
                Column::Status,
                Column::Headers,
                Column::Body,
                Column::CreatedAt,
                Column::ExpiresAt,
            ])
            .action_cond_where(free)
            .to_owned();
        let written = Entity::insert(row).on_conflict(take_over).exec_without_returning(tx.executor()).await;
        match written {
            Ok(rows) => Ok(rows > 0),
            Err(sea_orm::DbErr::RecordNotInserted) => Ok(false),
            Err(error) => Err(StoreError::from(error).into()),
        }
    }

    /// What a key that was not to be had stands for; `None` when it is gone by now.
    async fn look_in(
        &self,
        tx: &mut Tx,
        lease: &Lease,
        body: &BodyHash,
        now: DateTime<Utc>,
    ) -> Result<Option<Claim>, IdempotencyError> {
        let identity = &lease.identity;
        let key = (identity.principal.clone(), identity.route.clone(), identity.key.clone());
        let found = Entity::find_by_id(key).one(tx.executor()).await.map_err(StoreError::from)?;
        let Some(row) = found else { return Ok(None) };
        if self.open(identity, BODY_HASH, &row.body_hash)? != body.as_bytes() {
            return Ok(Some(Claim::OtherBody));
        }
        if row.completed_at.is_some() {
            return Ok(Some(Claim::Replay(self.answer(identity, row)?)));
        }
        if let Some(subject) = row.subject.filter(|_| row.lease_until <= now) {
            let before = Lease { identity: identity.clone(), holder: row.holder };
            let taken = Entity::update_many()
                .col_expr(Column::Holder, Expr::value(lease.holder))
                .col_expr(Column::LeaseUntil, Expr::value(now + self.options.lease))
                .filter(held(&before))
                .exec(tx.executor())
                .await
                .map_err(StoreError::from)?;
            // Of many at once one takes it over; the others look again.
            return Ok((taken.rows_affected == 1).then(|| Claim::Named { lease: lease.clone(), subject }));
        }
        let retry_after = (row.lease_until - now).to_std().unwrap_or_default().max(Duration::from_secs(1));
        Ok(Some(Claim::InFlight { retry_after }))
    }

    fn answer(&self, identity: &KeyIdentity, row: Model) -> Result<StoredAnswer, IdempotencyError> {
        let missing = |what| StoreError::corrupt(what, "a completed key without its answer");
        let status = row.status.and_then(|status| u16::try_from(status).ok());
        let headers = row.headers.ok_or_else(|| missing("idempotency_keys.headers"))?;
        let body = row.body.ok_or_else(|| missing("idempotency_keys.body"))?;
        Ok(StoredAnswer {
            status: status.ok_or_else(|| missing("idempotency_keys.status"))?,
            headers: serde_json::from_value(headers)
                .map_err(|error| StoreError::corrupt("idempotency_keys.headers", error))?,
            body: self.open(identity, BODY, &body)?,
        })
    }

    fn seal(&self, identity: &KeyIdentity, field: &str, bytes: &[u8]) -> Result<String, IdempotencyError> {
        let row = row_name(identity);
        Ok(self.ring.seal(&purpose(identity, &row, field), bytes)?.to_string())
    }

    fn open(&self, identity: &KeyIdentity, field: &str, text: &str) -> Result<Vec<u8>, IdempotencyError> {
        let row = row_name(identity);
        let sealed: Sealed = text.parse()?;
        Ok(self.ring.open(&purpose(identity, &row, field), &sealed)?.to_vec())
    }
}

pub(super) const BODY: &str = "body";
pub(super) const BODY_HASH: &str = "body_hash";

/// Keys hold no line break, so no two pairs of route and key have the same name.
pub(super) fn row_name(identity: &KeyIdentity) -> String {
    format!("{}\n{}", identity.route, identity.key)
}

pub(super) fn purpose<'a>(identity: &'a KeyIdentity, row: &'a str, field: &'a str) -> Purpose<'a> {
    Purpose { table: "idempotency_keys", owner: &identity.principal, row, field }
}

/// The row while this lease holds it and it is not completed.
fn held(lease: &Lease) -> Condition {
    Condition::all()
        .add(Column::Principal.eq(lease.identity.principal.as_str()))
        .add(Column::Route.eq(lease.identity.route.as_str()))
        .add(Column::Key.eq(lease.identity.key.as_str()))
        .add(Column::Holder.eq(lease.holder))
        .add(Column::CompletedAt.is_null())
}

#[async_trait]
impl IdempotencyKeys for SeaIdempotency {
    async fn claim(&self, identity: &KeyIdentity, body: &BodyHash) -> Result<Claim, IdempotencyError> {
        let now = self.clock.now();
        let lease = Lease { identity: identity.clone(), holder: self.entropy.uuid_v7(now) };
        // A key that is released between the two statements is claimed at the second try.
        for _ in 0..2 {
            let mut tx = self.db.begin().await?;
            if self.insert_in(&mut tx, &lease, body, now).await? {
                tx.commit().await?;
                return Ok(Claim::Won(lease));
            }
            if let Some(claim) = self.look_in(&mut tx, &lease, body, now).await? {
                if matches!(claim, Claim::Named { .. }) {
                    tx.commit().await?;
                }
                return Ok(claim);
            }
        }
        Ok(Claim::InFlight { retry_after: Duration::from_secs(1) })
    }

    async fn complete_in(&self, tx: &mut Tx, lease: &Lease, answer: &StoredAnswer) -> Result<(), IdempotencyError> {
        let headers = serde_json::json!(answer.headers);
        let body = self.seal(&lease.identity, BODY, &answer.body)?;
        let updated = Entity::update_many()
            .col_expr(Column::CompletedAt, Expr::value(self.clock.now()))
            .col_expr(Column::Status, Expr::value(i32::from(answer.status)))
            .col_expr(Column::Headers, Expr::value(headers))
            .col_expr(Column::Body, Expr::value(body))
            .filter(held(lease))
            .exec(tx.executor())
            .await
            .map_err(StoreError::from)?;
        if updated.rows_affected == 1 { Ok(()) } else { Err(IdempotencyError::LeaseLost) }
    }

    async fn name_in(&self, tx: &mut Tx, lease: &Lease, subject: Uuid) -> Result<(), IdempotencyError> {
        let updated = Entity::update_many()
            .col_expr(Column::Subject, Expr::value(subject))
            .filter(held(lease))
            .exec(tx.executor())
            .await
            .map_err(StoreError::from)?;
        if updated.rows_affected == 1 { Ok(()) } else { Err(IdempotencyError::LeaseLost) }
    }

    async fn release(&self, lease: &Lease) -> Result<(), IdempotencyError> {
        let mut tx = self.db.begin().await?;
        let unnamed = held(lease).add(Column::Subject.is_null());
        Entity::delete_many().filter(unnamed).exec(tx.executor()).await.map_err(StoreError::from)?;
        Entity::update_many()
            .col_expr(Column::LeaseUntil, Expr::value(self.clock.now()))
            .filter(held(lease))
            .exec(tx.executor())
            .await
            .map_err(StoreError::from)?;
        Ok(tx.commit().await?)
    }
}
