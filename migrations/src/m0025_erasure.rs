//! What erasing a person needs: names of people who left, sealed under their key; a search index that follows texts which
//! names were taken out of.

use sea_orm_migration::prelude::*;

use crate::{is_postgres, run};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Null until they leave, and again once they are erased.
        run(manager, &["ALTER TABLE audit_person_keys ADD COLUMN name_sealed text"]).await?;
        if is_postgres(manager) { Ok(()) } else { run(manager, &[FOLLOW_MESSAGES]).await }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !is_postgres(manager) {
            run(manager, &["DROP TRIGGER tr_support_messages_update"]).await?;
        }
        run(manager, &["ALTER TABLE audit_person_keys DROP COLUMN name_sealed"]).await
    }
}

/// On PostgreSQL the column that search looks in is generated.
pub(crate) const FOLLOW_MESSAGES: &str = "CREATE TRIGGER tr_support_messages_update AFTER UPDATE OF body ON support_messages \
     WHEN old.body <> new.body BEGIN \
       UPDATE support_search SET text = new.body \
         WHERE rowid = (SELECT row_id FROM support_search_rows WHERE message_id = new.id); \
     END";
