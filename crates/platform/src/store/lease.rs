//! The one way in which things to do are taken, for every table of such things: the platform's own and that of mail.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{StoreError, Tx};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, TryGetable,
    UpdateMany, Value,
    sea_query::{Expr, LockBehavior, LockType},
};
use uuid::Uuid;

/// How much later in line each of a tenant's items begins than the one before it: of a backlog, so many a second at most are
/// done before what others add later.
const TURN: TimeDelta = TimeDelta::milliseconds(100);

/// A table of things to do.
///
/// A row waits while `NEXT_ATTEMPT_AT` has a time: that at which it is due. A claim moves it to the end of its lease.
pub trait Leased: EntityTrait {
    /// What the primary key holds.
    type Id: TryGetable + Into<Value> + Send;
    /// The primary key.
    const ID: Self::Column;
    /// Whose it is; may be null.
    const TENANT_ID: Self::Column;
    /// How often it was taken.
    const ATTEMPTS: Self::Column;
    /// When it was taken first.
    const FIRST_ATTEMPT_AT: Self::Column;
    /// When it is due, while it waits.
    const NEXT_ATTEMPT_AT: Self::Column;
    /// The order of those that are due; see [`rank_in`].
    const RANK_AT: Self::Column;
}

/// Takes up to `limit` rows that are due and meet `which`, until the time of `until`; `also` may change more of them.
///
/// They are chosen by a statement of their own: PostgreSQL may run a subquery that skips locked rows anew for each row of
/// the update, and would then take more than `limit`.
///
/// # Errors
/// What the store says.
pub async fn claim_in<E: Leased>(
    tx: &mut Tx,
    which: Condition,
    limit: u64,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
    also: impl FnOnce(UpdateMany<E>) -> UpdateMany<E>,
) -> Result<Vec<E::Model>, StoreError>
where
    E::Model: Send,
{
    let due: Vec<E::Id> = E::find()
        .select_only()
        .column(E::ID)
        .filter(which)
        .filter(E::NEXT_ATTEMPT_AT.lte(now))
        .order_by_asc(E::RANK_AT)
        .order_by_asc(E::ID)
        .limit(limit)
        // On PostgreSQL two nodes pass each other by; SQLite has one writer and writes no such clause.
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(tx.executor())
        .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let column = |column: E::Column| Expr::col(column.as_column_ref());
    let claim = E::update_many()
        .col_expr(E::NEXT_ATTEMPT_AT, Expr::value(until))
        .col_expr(E::ATTEMPTS, column(E::ATTEMPTS).add(1))
        .col_expr(E::FIRST_ATTEMPT_AT, column(E::FIRST_ATTEMPT_AT).if_null(now))
        .filter(E::ID.is_in(due));
    // bound: limit
    Ok(also(claim).exec_with_returning(tx.executor()).await?)
}

/// Where in line something of this tenant begins that is due at `due`: behind the tenant's last that waits for its turn among
/// `which`, so that many of one let a few of another pass. It is no delay: whoever is first in line is taken.
///
/// # Errors
/// What the store says.
pub async fn rank_in<E: Leased>(
    tx: &mut Tx,
    which: Condition,
    tenant: Option<Uuid>,
    due: DateTime<Utc>,
) -> Result<DateTime<Utc>, StoreError> {
    let theirs = tenant.map_or_else(|| E::TENANT_ID.is_null(), |id| E::TENANT_ID.eq(id));
    let last: Option<Option<DateTime<Utc>>> = E::find()
        .select_only()
        .column(E::RANK_AT)
        .filter(which)
        .filter(theirs)
        // What is in hand, or is to be tried again later, is in nobody's way.
        .filter(E::NEXT_ATTEMPT_AT.lte(due))
        .order_by_desc(E::RANK_AT)
        .into_tuple()
        .one(tx.executor())
        .await?;
    Ok(last.flatten().map_or(due, |last| Ord::max(due, rank_after(last))))
}

/// The rank of what comes next of the same tenant.
#[must_use]
pub fn rank_after(rank: DateTime<Utc>) -> DateTime<Utc> {
    rank + TURN
}

/// How many rows wait among `which`, and how long the longest of them has been due.
///
/// # Errors
/// What the store says.
pub async fn waiting<E: Leased>(
    reader: &impl ConnectionTrait,
    which: Condition,
    now: DateTime<Utc>,
) -> Result<(u64, Duration), StoreError> {
    let measured: Option<(i64, Option<DateTime<Utc>>)> = E::find()
        .select_only()
        .expr(E::ID.count())
        .expr(E::NEXT_ATTEMPT_AT.min())
        .filter(which)
        .filter(E::NEXT_ATTEMPT_AT.is_not_null())
        .into_tuple()
        .one(reader)
        .await?;
    let (count, oldest) = measured.unwrap_or_default();
    let lag = oldest.and_then(|due| (now - due).to_std().ok()).unwrap_or_default();
    Ok((u64::try_from(count).unwrap_or_default(), lag))
}
