//! How many messages a ticket holds, so that the database can refuse one too many.

use sea_orm_migration::prelude::*;

use crate::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "ALTER TABLE support_tickets ADD COLUMN message_count INTEGER NOT NULL DEFAULT 0",
                "UPDATE support_tickets SET message_count = counted.messages FROM \
                 (SELECT ticket_id, COUNT(*) AS messages FROM support_messages GROUP BY ticket_id) AS counted \
                 WHERE counted.ticket_id = support_tickets.id",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["ALTER TABLE support_tickets DROP COLUMN message_count"]).await
    }
}
