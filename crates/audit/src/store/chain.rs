use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{AuditEntryId, StoreError, Tx};
use platform::{Engine, store::batches};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait, Select, Statement,
    sea_query::{Alias, Expr, IntoIden, IntoValueTuple, Query, TableRef},
};
use uuid::Uuid;

use super::{
    AuditStore,
    entity::admin_audit_log::{Column, Entity, Model},
    identity, persons,
};
use crate::{
    domain::{
        chain::{Head, PersonKey},
        checkpoint::Identity,
        entry::{Entry, Seal},
        keys::Digest,
    },
    repository::{ChainStore, Latest, Stored, Window},
};

/// "audit" in the numbers that PostgreSQL's advisory locks go by.
const LOCK: i64 = 0x61_75_64_69_74;

/// Batches are filled up to one of these sizes, so that few statements are prepared.
const STATEMENT_SIZES: [usize; 4] = [8, 64, 256, 1_000];

#[async_trait]
impl ChainStore for AuditStore {
    async fn lock_in(&self, tx: &mut Tx) -> Result<(), StoreError> {
        // On SQLite the transaction itself is the lock.
        if self.db.engine() == Engine::Postgres {
            tx.executor().execute_raw(lock("SELECT pg_advisory_xact_lock($1)")).await?;
        }
        Ok(())
    }

    async fn try_lock_in(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        if self.db.engine() == Engine::Sqlite {
            return Ok(true);
        }
        let row = tx.executor().query_one_raw(lock("SELECT pg_try_advisory_xact_lock($1) AS taken")).await?;
        Ok(row.map(|row| row.try_get("", "taken")).transpose()?.unwrap_or(false))
    }

    async fn find_identity(&self) -> Result<Option<Identity>, StoreError> {
        identity::find(self.db.reader()).await
    }

    async fn set_genesis_in(&self, tx: &mut Tx, genesis: &Digest) -> Result<(), StoreError> {
        identity::set_genesis_in(tx, genesis).await
    }

    async fn has_unsealed(&self, window: Window) -> Result<bool, StoreError> {
        Ok(first_id(waiting(window), self.db.reader()).await?.is_some())
    }

    async fn find_sealed_without_place(&self) -> Result<Option<AuditEntryId>, StoreError> {
        let query = unsealed().filter(Column::Hash.is_not_null());
        Ok(first_id(query, self.db.reader()).await?.map(AuditEntryId))
    }

    async fn oldest_unsealed(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let query = unsealed().select_only().column(Column::CreatedAt).order_by_asc(Column::CreatedAt).limit(1);
        Ok(query.into_tuple().one(self.db.reader()).await?)
    }

    async fn find_unsealed_outside(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Option<AuditEntryId>, StoreError> {
        let outside = Condition::any().add(Column::CreatedAt.lt(from)).add(Column::CreatedAt.gte(to));
        let query = unsealed().filter(outside).order_by_asc(Column::CreatedAt);
        Ok(first_id(query, self.db.reader()).await?.map(AuditEntryId))
    }

    async fn find_head(&self) -> Result<Option<Latest>, StoreError> {
        head(self.db.reader()).await
    }

    async fn find_head_in(&self, tx: &mut Tx) -> Result<Option<Latest>, StoreError> {
        head(tx.executor()).await
    }

    async fn find_hash(&self, sequence: i64) -> Result<Option<Digest>, StoreError> {
        let query = Entity::find().select_only().column(Column::Hash).filter(Column::Sequence.eq(sequence));
        let found: Option<Option<Digest>> = query.into_tuple().one(self.db.reader()).await?;
        Ok(found.flatten())
    }

    async fn count_through(&self, sequence: i64) -> Result<u64, StoreError> {
        Ok(Entity::find().filter(Column::Sequence.lte(sequence)).count(self.db.reader()).await?)
    }

    async fn find_sealed_through(&self, sequence: i64) -> Result<Option<(i64, AuditEntryId)>, StoreError> {
        let query = Entity::find()
            .filter(Column::Sequence.lte(sequence))
            .order_by_asc(Column::Sequence)
            .limit(1)
            .select_only()
            .columns([Column::Sequence, Column::Id]);
        let found: Option<(i64, Uuid)> = query.into_tuple().one(self.db.reader()).await?;
        Ok(found.map(|(sequence, id)| (sequence, AuditEntryId(id))))
    }

    async fn list_unsealed_in(
        &self,
        tx: &mut Tx,
        window: Window,
        skip: u64,
        limit: u64,
    ) -> Result<Vec<Stored>, StoreError> {
        let query = waiting(window)
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .offset(skip)
            .limit(limit)
            .build(tx.executor().get_database_backend());
        let rows = tx.executor().query_all_raw(query).await?;
        rows.iter().map(stored).collect()
    }

    async fn seal_in(&self, tx: &mut Tx, seals: &[(AuditEntryId, Seal)]) -> Result<(), StoreError> {
        let largest = STATEMENT_SIZES[STATEMENT_SIZES.len() - 1];
        for some in seals.chunks(largest) {
            let done = tx.executor().execute(&seal_statement(some)).await?;
            if done.rows_affected() != some.len() as u64 {
                return Err(StoreError::Other(DbErr::Custom("entries vanished while they were sealed".into())));
            }
        }
        Ok(())
    }

    async fn list_chain(&self, after: i64, limit: u64) -> Result<Vec<Stored>, StoreError> {
        let query = Entity::find().filter(Column::Sequence.gt(after)).order_by_asc(Column::Sequence).limit(limit);
        let reader = self.db.reader();
        let rows = reader.query_all_raw(query.build(reader.get_database_backend())).await?;
        rows.iter().map(stored).collect()
    }

    async fn person_keys_in(&self, tx: &mut Tx, people: &[Uuid]) -> Result<HashMap<Uuid, PersonKey>, StoreError> {
        persons::keys(tx.executor(), people).await
    }

    async fn person_keys(&self, people: &[Uuid]) -> Result<HashMap<Uuid, PersonKey>, StoreError> {
        persons::keys(self.db.reader(), people).await
    }

    async fn insert_salts_in(
        &self,
        tx: &mut Tx,
        salts: &[(Uuid, [u8; 32])],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        persons::insert_salts_in(tx, salts, now).await
    }

    async fn forget_personal_in(&self, tx: &mut Tx, entries: &[AuditEntryId]) -> Result<(), StoreError> {
        for some in batches(entries, 1) {
            let these = Column::Id.is_in(some.iter().map(|id| id.uuid()));
            persons::forget_in(tx, Condition::all().add(these)).await?;
        }
        Ok(())
    }

    async fn erase_person_in(
        &self,
        tx: &mut Tx,
        person: Uuid,
        proof: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        persons::erase_in(tx, person, proof, now).await
    }
}

fn lock(sql: &str) -> Statement {
    Statement::from_sql_and_values(sea_orm::DbBackend::Postgres, sql, [LOCK.into()])
}

fn unsealed() -> Select<Entity> {
    Entity::find().filter(Column::Sequence.is_null())
}

/// What nobody has sealed yet.
fn waiting(Window { from, to }: Window) -> Select<Entity> {
    let query = unsealed().filter(Column::Hash.is_null()).filter(Column::CreatedAt.lt(to));
    from.into_iter().fold(query, |query, from| query.filter(Column::CreatedAt.gte(from)))
}

async fn first_id(query: Select<Entity>, connection: &impl ConnectionTrait) -> Result<Option<Uuid>, StoreError> {
    Ok(query.select_only().column(Column::Id).limit(1).into_tuple().one(connection).await?)
}

async fn head(connection: &impl ConnectionTrait) -> Result<Option<Latest>, StoreError> {
    let query = Entity::find()
        .select_only()
        .columns([Column::Sequence, Column::Hash, Column::CreatedAt])
        .filter(Column::Sequence.is_not_null())
        .order_by_desc(Column::Sequence)
        .limit(1);
    let Some(row) = connection.query_one_raw(query.build(connection.get_database_backend())).await? else {
        return Ok(None);
    };
    let hash: Option<Digest> = row.try_get("", "hash")?;
    let head = Head { sequence: row.try_get("", "sequence")?, hash: hash.unwrap_or_default() };
    Ok(Some(Latest { head, created_at: row.try_get("", "created_at").ok() }))
}

/// `UPDATE ... FROM (VALUES ...)`; both engines name the columns of VALUES `column1`, `column2`, ...
/// The last row is repeated to fill the statement up; an entry that matches twice is updated once.
fn seal_statement(seals: &[(AuditEntryId, Seal)]) -> sea_orm::sea_query::UpdateStatement {
    let size = STATEMENT_SIZES.into_iter().find(|size| *size >= seals.len()).unwrap_or(seals.len());
    let rows = seals.iter().chain(std::iter::repeat(&seals[seals.len() - 1])).take(size).map(|(id, seal)| {
        let seal = seal.clone();
        (id.uuid(), seal.sequence, seal.personal_digest, seal.previous_hash, seal.hash).into_value_tuple()
    });
    let v = Alias::new("v");
    let column = |name: &'static str| Expr::col((Alias::new("v"), Alias::new(name)));
    Query::update()
        .table(Entity)
        .values([
            (Column::Sequence, column("column2")),
            (Column::PersonalDigest, column("column3")),
            (Column::PreviousHash, column("column4")),
            (Column::Hash, column("column5")),
        ])
        .from(TableRef::ValuesList(rows.collect(), v.into_iden()))
        .and_where(Expr::col((Entity, Column::Id)).eq(column("column1")))
        .to_owned()
}

/// Reads a row as far as it can be read: a value that no entry has is a finding, not a failure.
fn stored(row: &QueryResult) -> Result<Stored, StoreError> {
    let whole = Model::from_query_result(row, "").map_err(StoreError::from).and_then(Entry::try_from);
    if let Ok(entry) = whole {
        return Ok(Stored::Whole(entry));
    }
    Ok(Stored::Unreadable {
        sequence: row.try_get::<Option<i64>>("", "sequence").ok().flatten(),
        id: row.try_get::<Uuid>("", "id").ok().map(AuditEntryId),
    })
}
