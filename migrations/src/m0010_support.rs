//! Tickets, what was said about them, what counts for their service level, and where search looks.

use sea_orm_migration::prelude::*;

use crate::{is_postgres, run, time, time_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(support_tickets()).await?;
        manager.create_table(support_messages()).await?;
        manager.create_table(support_ticket_history()).await?;
        run(manager, INDEXES).await?;
        run(manager, if is_postgres(manager) { POSTGRES_SEARCH } else { SQLITE_SEARCH }).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !is_postgres(manager) {
            run(manager, &["DROP TABLE support_search", "DROP TABLE support_search_rows"]).await?;
        }
        let tables = ["DROP TABLE support_ticket_history", "DROP TABLE support_messages", "DROP TABLE support_tickets"];
        run(manager, &tables).await
    }
}

const INDEXES: &[&str] = &[
    "CREATE UNIQUE INDEX uq_support_tickets_ticket_number ON support_tickets (ticket_number)",
    // One for each order and each filter of the lists, of all tickets and of one workshop's.
    "CREATE INDEX ix_support_tickets_created_at ON support_tickets (created_at, id)",
    "CREATE INDEX ix_support_tickets_updated_at ON support_tickets (updated_at, id)",
    "CREATE INDEX ix_support_tickets_urgency ON support_tickets (urgency, id)",
    "CREATE INDEX ix_support_tickets_status ON support_tickets (status, id)",
    "CREATE INDEX ix_support_tickets_status_created_at ON support_tickets (status, created_at, id)",
    "CREATE INDEX ix_support_tickets_urgency_created_at ON support_tickets (urgency, created_at, id)",
    "CREATE INDEX ix_support_tickets_tenant_created_at ON support_tickets (tenant_id, created_at, id)",
    "CREATE INDEX ix_support_tickets_tenant_updated_at ON support_tickets (tenant_id, updated_at, id)",
    "CREATE INDEX ix_support_tickets_tenant_status ON support_tickets (tenant_id, status, created_at, id)",
    "CREATE INDEX ix_support_tickets_tenant_urgency ON support_tickets (tenant_id, urgency, created_at, id)",
    "CREATE INDEX ix_support_tickets_assigned_to ON support_tickets (assigned_to_id, created_at, id) \
     WHERE assigned_to_id IS NOT NULL",
    "CREATE INDEX ix_support_tickets_unassigned ON support_tickets (created_at, id) WHERE assigned_to_id IS NULL",
    // What the next one is taken from; it stays small.
    "CREATE INDEX ix_support_tickets_next ON support_tickets (urgency DESC, created_at, id) \
     WHERE assigned_to_id IS NULL AND clock_paused_since IS NULL",
    // What was missed, and what is going to be.
    "CREATE INDEX ix_support_tickets_next_breach_at ON support_tickets (next_breach_at, id) \
     WHERE next_breach_at IS NOT NULL",
    "CREATE INDEX ix_support_tickets_first_response_breached_at ON support_tickets (first_response_breached_at) \
     WHERE first_response_breached_at IS NOT NULL",
    "CREATE INDEX ix_support_tickets_resolution_breached_at ON support_tickets (resolution_breached_at) \
     WHERE resolution_breached_at IS NOT NULL",
    // What the averages are of.
    "CREATE INDEX ix_support_tickets_first_response_at ON support_tickets (first_response_at) \
     WHERE first_response_at IS NOT NULL",
    "CREATE INDEX ix_support_tickets_resolved_at ON support_tickets (resolved_at) WHERE resolved_at IS NOT NULL",
    "CREATE INDEX ix_support_messages_ticket ON support_messages (ticket_id, created_at, id)",
];

/// The columns keep themselves in step. `translate` takes the characters out that PostgreSQL's parser would otherwise
/// keep in a word (of addresses, paths, numbers and tags): words are of letters and digits, as in what is searched for.
pub(crate) const POSTGRES_SEARCH: &[&str] = &[
    "ALTER TABLE support_tickets ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('simple', translate(\
     ticket_number || ' ' || subject || ' ' || description, \
     '@./-_:+<>&~''’‘“”–—…', '                   '))) STORED",
    "ALTER TABLE support_messages ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('simple', translate(\
     body, '@./-_:+<>&~''’‘“”–—…', '                   '))) STORED",
    "CREATE INDEX ix_support_tickets_search ON support_tickets USING gin (search)",
    "CREATE INDEX ix_support_messages_search ON support_messages USING gin (search)",
];

/// `support_search` holds the words only. Its row ids are given out by `support_search_rows`, because those of a table
/// whose key is no integer may change when the file is vacuumed. What was said never changes, so messages only come and go.
pub(crate) const SQLITE_SEARCH: &[&str] = &[
    "CREATE TABLE support_search_rows (row_id INTEGER PRIMARY KEY, ticket_id uuid_text UNIQUE, \
     message_id uuid_text UNIQUE)",
    "CREATE VIRTUAL TABLE support_search USING fts5(text, content='', contentless_delete=1, \
     tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER tr_support_tickets_insert AFTER INSERT ON support_tickets BEGIN \
       INSERT INTO support_search_rows (ticket_id) VALUES (new.id); \
       INSERT INTO support_search (rowid, text) \
         SELECT row_id, new.ticket_number || ' ' || new.subject || ' ' || new.description \
         FROM support_search_rows WHERE ticket_id = new.id; \
     END",
    "CREATE TRIGGER tr_support_tickets_update AFTER UPDATE OF subject, description ON support_tickets \
     WHEN old.subject <> new.subject OR old.description <> new.description BEGIN \
       UPDATE support_search SET text = new.ticket_number || ' ' || new.subject || ' ' || new.description \
         WHERE rowid = (SELECT row_id FROM support_search_rows WHERE ticket_id = new.id); \
     END",
    "CREATE TRIGGER tr_support_tickets_delete AFTER DELETE ON support_tickets BEGIN \
       DELETE FROM support_search WHERE rowid = (SELECT row_id FROM support_search_rows WHERE ticket_id = old.id); \
       DELETE FROM support_search_rows WHERE ticket_id = old.id; \
     END",
    "CREATE TRIGGER tr_support_messages_insert AFTER INSERT ON support_messages BEGIN \
       INSERT INTO support_search_rows (message_id) VALUES (new.id); \
       INSERT INTO support_search (rowid, text) \
         SELECT row_id, new.body FROM support_search_rows WHERE message_id = new.id; \
     END",
    "CREATE TRIGGER tr_support_messages_delete AFTER DELETE ON support_messages BEGIN \
       DELETE FROM support_search WHERE rowid = (SELECT row_id FROM support_search_rows WHERE message_id = old.id); \
       DELETE FROM support_search_rows WHERE message_id = old.id; \
     END",
];

fn support_tickets() -> TableCreateStatement {
    Table::create()
        .table("support_tickets")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("ticket_number").string_len(32).not_null())
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("subject").string_len(200).not_null())
        .col(ColumnDef::new("description").text().not_null())
        .col(ColumnDef::new("status").string_len(32).not_null())
        .col(ColumnDef::new("priority").string_len(16).not_null())
        // The priority as a number to sort by: the more urgent, the larger.
        .col(ColumnDef::new("urgency").small_integer().not_null())
        .col(ColumnDef::new("category").string_len(50).null())
        .col(ColumnDef::new("assigned_to_id").uuid().null())
        // For whom it was opened, as they were called then.
        .col(ColumnDef::new("created_by_type").string_len(16).not_null())
        .col(ColumnDef::new("created_by_id").uuid().null())
        .col(ColumnDef::new("created_by_name").text().null())
        .col(ColumnDef::new("created_by_email").string_len(254).null())
        // The service level's clock. All of it can be computed from support_ticket_history.
        .col(time_null("first_response_at"))
        .col(time("first_response_due_at"))
        .col(time_null("first_response_breached_at"))
        .col(time("resolution_due_at"))
        .col(time_null("resolution_breached_at"))
        .col(time_null("clock_paused_since"))
        // The earliest instant after which a target will have been missed, while the clock runs.
        .col(time_null("next_breach_at"))
        .col(time_null("resolved_at"))
        .col(time_null("closed_at"))
        .col(ColumnDef::new("merged_into_id").uuid().null())
        .col(ColumnDef::new("metadata").json_binary().not_null())
        .col(ColumnDef::new("version").big_integer().not_null().default(1))
        .col(time("created_at"))
        .col(time("updated_at"))
        .to_owned()
}

fn support_messages() -> TableCreateStatement {
    Table::create()
        .table("support_messages")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("ticket_id").uuid().not_null())
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("author_type").string_len(16).not_null())
        .col(ColumnDef::new("author_id").uuid().null())
        .col(ColumnDef::new("author_name").text().null())
        .col(ColumnDef::new("body").text().not_null())
        // A note among staff.
        .col(ColumnDef::new("internal").boolean().not_null())
        .col(ColumnDef::new("merged_from_id").uuid().null())
        .col(time("created_at"))
        .foreign_key(&mut belongs_to_ticket("fk_support_messages_ticket_id", "support_messages"))
        .to_owned()
}

/// What counts for the service level: openings, moves, priorities, first answers. Only ever added to.
fn support_ticket_history() -> TableCreateStatement {
    Table::create()
        .table("support_ticket_history")
        .col(ColumnDef::new("ticket_id").uuid().not_null())
        .col(ColumnDef::new("position").integer().not_null())
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("kind").string_len(16).not_null())
        .col(ColumnDef::new("from_value").string_len(32).null())
        .col(ColumnDef::new("to_value").string_len(32).null())
        .col(time("created_at"))
        .primary_key(Index::create().col("ticket_id").col("position"))
        .foreign_key(&mut belongs_to_ticket("fk_support_ticket_history_ticket_id", "support_ticket_history"))
        .to_owned()
}

fn belongs_to_ticket(name: &str, table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(name).from(table, "ticket_id").to("support_tickets", "id").to_owned()
}
