use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{Audience, SessionId, StoreError, TenantId, Tx, input::Word as _};
use platform::Database;
use sea_orm::{
    ConnectionTrait, ExprTrait, FromQueryResult,
    sea_query::{Condition, Expr, LockType, Order, Query, SelectStatement, UpdateStatement},
};
use uuid::Uuid;

use crate::{
    domain::{AccountId, EndReason, Session},
    repository::{Rotation, SessionRepository},
};

const LIST_LIMIT: u64 = 500;

/// Sessions in the database: the same statements on two tables of the same shape.
#[derive(Debug, Clone)]
pub struct SessionStore {
    db: Database,
}

impl SessionStore {
    /// A store on this database.
    #[must_use]
    pub fn new(db: Database) -> Self {
        Self { db }
    }
}

/// One of the two tables.
#[derive(Clone, Copy)]
struct Table {
    kind: Audience,
    name: &'static str,
    owner: &'static str,
}

const fn table(kind: Audience) -> Table {
    match kind {
        Audience::Admin => Table { kind, name: "admin_sessions", owner: "admin_id" },
        Audience::Tenant => Table { kind, name: "tenant_sessions", owner: "tenant_user_id" },
    }
}

const COLUMNS: [&str; 11] = [
    "id",
    "counter",
    "rotated_at",
    "ip_address",
    "user_agent",
    "created_at",
    "last_activity_at",
    "expires_at",
    "ends_at",
    "revoked_at",
    "revoked_reason",
];

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    owner: Uuid,
    tenant_id: Option<Uuid>,
    counter: i64,
    rotated_at: DateTime<Utc>,
    ip_address: Option<String>,
    user_agent: Option<String>,
    created_at: DateTime<Utc>,
    last_activity_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    revoked_reason: Option<String>,
}

impl Row {
    fn into_session(self, kind: Audience) -> Result<Session, StoreError> {
        let corrupt = |what| StoreError::corrupt(what, "unexpected value");
        let subject = match (kind, self.tenant_id) {
            (Audience::Admin, _) => AccountId::Admin(self.owner.into()),
            (Audience::Tenant, Some(tenant)) => {
                AccountId::Tenant { tenant_id: tenant.into(), user_id: self.owner.into() }
            }
            (Audience::Tenant, None) => return Err(corrupt("tenant_sessions.tenant_id")),
        };
        let ended = match (self.revoked_at, self.revoked_reason.as_deref().map(str::parse::<EndReason>)) {
            (None, _) => None,
            (Some(at), Some(Ok(reason))) => Some((at, reason)),
            (Some(_), _) => return Err(corrupt("sessions.revoked_reason")),
        };
        let ip = self.ip_address.map(|ip| ip.parse()).transpose();
        Ok(Session {
            id: self.id.into(),
            subject,
            counter: self.counter,
            rotated_at: self.rotated_at,
            ip: ip.map_err(|error| StoreError::corrupt("sessions.ip_address", error))?,
            user_agent: self.user_agent,
            created_at: self.created_at,
            last_activity_at: self.last_activity_at,
            expires_at: self.expires_at,
            ends_at: self.ends_at,
            ended,
        })
    }
}

fn select(table: Table) -> SelectStatement {
    let mut query = Query::select();
    query.from(table.name).columns(COLUMNS).expr_as(Expr::col(table.owner), "owner");
    if table.kind == Audience::Tenant {
        query.column("tenant_id");
    }
    query
}

async fn one(
    on: &impl ConnectionTrait,
    query: &SelectStatement,
    kind: Audience,
) -> Result<Option<Session>, StoreError> {
    let Some(row) = on.query_one(query).await? else { return Ok(None) };
    Ok(Some(Row::from_query_result(&row, "")?.into_session(kind)?))
}

/// Rows of one account; a tenant user's with the tenant, too.
fn owned_by(subject: AccountId) -> Condition {
    let owner = Expr::col(table(subject.audience()).owner).eq(subject.id());
    let condition = Condition::all().add(owner);
    match subject.tenant_id() {
        Some(tenant) => condition.add(Expr::col("tenant_id").eq(tenant.uuid())),
        None => condition,
    }
}

fn active(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Expr::col("revoked_at").is_null()).add(Expr::col("expires_at").gt(now))
}

fn end(table: Table, reason: EndReason, now: DateTime<Utc>) -> UpdateStatement {
    let mut update = Query::update();
    update
        .table(table.name)
        .value("revoked_at", now)
        .value("revoked_reason", reason.as_str())
        .value("updated_at", now)
        .cond_where(active(now));
    update
}

#[async_trait]
impl SessionRepository for SessionStore {
    async fn find_session(&self, kind: Audience, id: SessionId) -> Result<Option<Session>, StoreError> {
        let query = select(table(kind)).and_where(Expr::col("id").eq(id.uuid())).take();
        one(self.db.reader(), &query, kind).await
    }

    async fn find_session_for_update(
        &self,
        tx: &mut Tx,
        kind: Audience,
        id: SessionId,
    ) -> Result<Option<Session>, StoreError> {
        let query = select(table(kind)).and_where(Expr::col("id").eq(id.uuid())).lock(LockType::Update).take();
        one(tx.executor(), &query, kind).await
    }

    async fn list_active(&self, subject: AccountId, now: DateTime<Utc>) -> Result<Vec<Session>, StoreError> {
        let query = select(table(subject.audience()))
            .cond_where(owned_by(subject))
            .cond_where(active(now))
            .order_by("last_activity_at", Order::Desc)
            .order_by("id", Order::Desc)
            .limit(LIST_LIMIT)
            .take();
        let rows = self.db.reader().query_all(&query).await?;
        rows.iter().map(|row| Row::from_query_result(row, "")?.into_session(subject.audience())).collect()
    }

    async fn insert_session_in(&self, tx: &mut Tx, session: &Session) -> Result<(), StoreError> {
        let table = table(session.subject.audience());
        let mut columns = COLUMNS.to_vec();
        let mut values = vec![
            session.id.uuid().into(),
            session.counter.into(),
            session.rotated_at.into(),
            session.ip.map(|ip| ip.to_string()).into(),
            session.user_agent.clone().into(),
            session.created_at.into(),
            session.last_activity_at.into(),
            session.expires_at.into(),
            session.ends_at.into(),
            session.ended.map(|(at, _)| at).into(),
            session.ended.map(|(_, reason)| reason.as_str().to_owned()).into(),
        ];
        columns.extend(["updated_at", table.owner]);
        values.extend([Expr::val(session.created_at), Expr::val(session.subject.id())]);
        if let Some(tenant) = session.subject.tenant_id() {
            columns.push("tenant_id");
            values.push(Expr::val(tenant.uuid()));
        }
        let insert = Query::insert().into_table(table.name).columns(columns).values_panic(values).to_owned();
        tx.executor().execute(&insert).await?;
        Ok(())
    }

    async fn rotate_in(&self, tx: &mut Tx, rotation: &Rotation) -> Result<bool, StoreError> {
        let update = Query::update()
            .table(table(rotation.kind).name)
            .value("counter", rotation.counter + 1)
            .value("rotated_at", rotation.at)
            .value("last_activity_at", rotation.at)
            .value("updated_at", rotation.at)
            .value("expires_at", rotation.expires_at)
            .and_where(Expr::col("id").eq(rotation.id.uuid()))
            .and_where(Expr::col("counter").eq(rotation.counter))
            .cond_where(active(rotation.at))
            .to_owned();
        Ok(tx.executor().execute(&update).await?.rows_affected() == 1)
    }

    async fn end_session_in(
        &self,
        tx: &mut Tx,
        subject: AccountId,
        id: SessionId,
        reason: EndReason,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let update = end(table(subject.audience()), reason, now)
            .cond_where(owned_by(subject))
            .and_where(Expr::col("id").eq(id.uuid()))
            .to_owned();
        Ok(tx.executor().execute(&update).await?.rows_affected() == 1)
    }

    async fn end_sessions_in(
        &self,
        tx: &mut Tx,
        subject: AccountId,
        except: Option<SessionId>,
        reason: EndReason,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut update = end(table(subject.audience()), reason, now);
        update.cond_where(owned_by(subject));
        if let Some(except) = except {
            update.and_where(Expr::col("id").ne(except.uuid()));
        }
        Ok(tx.executor().execute(&update).await?.rows_affected())
    }

    async fn end_oldest_in(
        &self,
        tx: &mut Tx,
        subject: AccountId,
        keep: u64,
        now: DateTime<Utc>,
    ) -> Result<Vec<SessionId>, StoreError> {
        let table = table(subject.audience());
        let older = Query::select()
            .column("id")
            .from(table.name)
            .cond_where(owned_by(subject))
            .cond_where(active(now))
            .order_by("created_at", Order::Desc)
            .order_by("id", Order::Desc)
            // SQLite knows no offset without a limit.
            .limit(u64::from(u32::MAX))
            .offset(keep)
            .take();
        let mut update = end(table, EndReason::TooMany, now);
        update.and_where(Expr::col("id").in_subquery(older)).returning_col("id");
        let rows = tx.executor().query_all(&update).await?;
        rows.iter().map(|row| Ok(SessionId(row.try_get::<Uuid>("", "id")?))).collect()
    }

    async fn end_sessions_of_tenant_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        reason: EndReason,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let update =
            end(table(Audience::Tenant), reason, now).and_where(Expr::col("tenant_id").eq(tenant.uuid())).to_owned();
        Ok(tx.executor().execute(&update).await?.rows_affected())
    }

    async fn purge_sessions_in(&self, tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut deleted = 0;
        for kind in [Audience::Admin, Audience::Tenant] {
            let delete =
                Query::delete().from_table(table(kind).name).and_where(Expr::col("expires_at").lt(before)).to_owned();
            deleted += tx.executor().execute(&delete).await?.rows_affected();
        }
        Ok(deleted)
    }
}
