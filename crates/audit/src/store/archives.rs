use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, Tx};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder, QuerySelect};

use super::{
    AuditStore,
    entity::{
        admin_audit_log,
        audit_archives::{ActiveModel, Column, Entity, Model},
    },
};
use crate::{domain::archive::Archive, repository::ArchiveStore};

#[async_trait]
impl ArchiveStore for AuditStore {
    async fn find_last(&self) -> Result<Option<Archive>, StoreError> {
        let row = Entity::find().order_by_desc(Column::FirstSequence).one(self.db.reader()).await?;
        Ok(row.map(Archive::from))
    }

    async fn find_first(&self) -> Result<Option<(Archive, i64)>, StoreError> {
        let reader = self.db.reader();
        let Some(row) = Entity::find().order_by_asc(Column::FirstSequence).one(reader).await? else { return Ok(None) };
        let length = Column::LastSequence.into_expr().sub(Column::FirstSequence.into_expr()).add(1);
        let all: Option<Option<i64>> = Entity::find()
            .select_only()
            .column_as(length.sum().cast_as("bigint"), "entries")
            .into_tuple()
            .one(reader)
            .await?;
        Ok(Some((row.into(), all.flatten().unwrap_or_default())))
    }

    async fn find_last_in(&self, tx: &mut Tx) -> Result<Option<Archive>, StoreError> {
        let row = Entity::find().order_by_desc(Column::FirstSequence).one(tx.executor()).await?;
        Ok(row.map(Archive::from))
    }

    async fn move_in(&self, tx: &mut Tx, archive: &Archive, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let row = ActiveModel {
            first_sequence: Set(archive.first),
            last_sequence: Set(archive.last),
            entries: Set(archive.entries),
            head_hash: Set(archive.head_hash.clone()),
            file: Set(archive.file.clone()),
            mac: Set(archive.mac.clone()),
            created_at: Set(now),
        };
        Entity::insert(row).exec_without_returning(tx.executor()).await?;
        let moved = admin_audit_log::Entity::delete_many()
            .filter(admin_audit_log::Column::Sequence.between(archive.first, archive.last))
            .exec(tx.executor())
            .await?;
        Ok(moved.rows_affected)
    }
}

impl From<Model> for Archive {
    fn from(row: Model) -> Self {
        Self {
            first: row.first_sequence,
            last: row.last_sequence,
            entries: row.entries,
            head_hash: row.head_hash,
            file: row.file,
            mac: row.mac,
        }
    }
}
