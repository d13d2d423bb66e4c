//! What lists search in is kept folded by the application, so that neither the engine nor the database's locale has a say in
//! what is found: `name_folded` of workshops (folded anew), `search_text` of people and staff, `search_words` of tickets and
//! messages. The indexes of words split at spaces and do nothing else.

use sea_orm_migration::prelude::*;

use crate::{
    is_postgres,
    m0010_support::{POSTGRES_SEARCH, SQLITE_SEARCH},
    m0016_backfill::{FOLDED, UNFOLDED, backfill},
    m0025_erasure::FOLLOW_MESSAGES,
    run,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All of it or nothing, on SQLite too.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, if is_postgres(manager) { POSTGRES_COLUMNS } else { SQLITE_COLUMNS }).await?;
        for folded in FOLDED {
            backfill(manager.get_connection(), folded).await?;
        }
        if is_postgres(manager) {
            return run(manager, POSTGRES_WORDS).await;
        }
        run(manager, SQLITE_DROP).await?;
        run(manager, SQLITE_WORDS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        backfill(manager.get_connection(), &UNFOLDED).await?;
        if is_postgres(manager) {
            run(manager, POSTGRES_DOWN).await?;
            run(manager, DROP_COLUMNS).await?;
            return run(manager, POSTGRES_SEARCH).await;
        }
        run(manager, SQLITE_DROP).await?;
        run(manager, &["DROP TABLE support_search_rows"]).await?;
        run(manager, DROP_COLUMNS).await?;
        run(manager, SQLITE_SEARCH).await?;
        run(manager, &[FOLLOW_MESSAGES]).await?;
        run(manager, SQLITE_REFILL).await
    }
}

/// Folding may make a name longer than it was allowed to be. `"C"`: folded text is compared byte by byte.
const POSTGRES_COLUMNS: &[&str] = &[
    "SET LOCAL statement_timeout = 0",
    "ALTER TABLE tenants ALTER COLUMN name_folded TYPE text COLLATE \"C\"",
    "ALTER TABLE tenant_users ADD COLUMN search_text text COLLATE \"C\" NOT NULL DEFAULT ''",
    "ALTER TABLE admin_users ADD COLUMN search_text text COLLATE \"C\" NOT NULL DEFAULT ''",
    "ALTER TABLE support_tickets ADD COLUMN search_words text COLLATE \"C\"",
    "ALTER TABLE support_messages ADD COLUMN search_words text COLLATE \"C\"",
];

const SQLITE_COLUMNS: &[&str] = &[
    "ALTER TABLE tenant_users ADD COLUMN search_text text NOT NULL DEFAULT ''",
    "ALTER TABLE admin_users ADD COLUMN search_text text NOT NULL DEFAULT ''",
    "ALTER TABLE support_tickets ADD COLUMN search_words text",
    "ALTER TABLE support_messages ADD COLUMN search_words text",
];

/// Words go into the vector as they are, past PostgreSQL's parser, whose idea of a letter depends on the locale. A row of an
/// older program has no words yet and is indexed as before.
const POSTGRES_WORDS: &[&str] = &[
    "ALTER TABLE support_tickets DROP COLUMN search",
    "ALTER TABLE support_messages DROP COLUMN search",
    "ALTER TABLE support_tickets ADD COLUMN search tsvector GENERATED ALWAYS AS (CASE WHEN search_words IS NULL \
     THEN to_tsvector('simple', translate(ticket_number || ' ' || subject || ' ' || description, \
     '@./-_:+<>&~''’‘“”–—…', '                   ')) \
     ELSE array_to_tsvector(string_to_array(search_words, ' ')) END) STORED",
    "ALTER TABLE support_messages ADD COLUMN search tsvector GENERATED ALWAYS AS (CASE WHEN search_words IS NULL \
     THEN to_tsvector('simple', translate(body, '@./-_:+<>&~''’‘“”–—…', '                   ')) \
     ELSE array_to_tsvector(string_to_array(search_words, ' ')) END) STORED",
    "CREATE INDEX ix_support_tickets_search ON support_tickets USING gin (search)",
    "CREATE INDEX ix_support_messages_search ON support_messages USING gin (search)",
];

const POSTGRES_DOWN: &[&str] = &[
    "ALTER TABLE tenants ALTER COLUMN name_folded TYPE varchar(360) COLLATE \"C\"",
    "ALTER TABLE support_tickets DROP COLUMN search",
    "ALTER TABLE support_messages DROP COLUMN search",
];

const DROP_COLUMNS: &[&str] = &[
    "ALTER TABLE tenant_users DROP COLUMN search_text",
    "ALTER TABLE admin_users DROP COLUMN search_text",
    "ALTER TABLE support_tickets DROP COLUMN search_words",
    "ALTER TABLE support_messages DROP COLUMN search_words",
];

const SQLITE_DROP: &[&str] = &[
    "DROP TRIGGER tr_support_tickets_insert",
    "DROP TRIGGER tr_support_tickets_update",
    "DROP TRIGGER tr_support_tickets_delete",
    "DROP TRIGGER tr_support_messages_insert",
    "DROP TRIGGER tr_support_messages_update",
    "DROP TRIGGER tr_support_messages_delete",
    "DROP TABLE support_search",
];

/// To the tokenizer `ascii` every character beyond ASCII is part of a word, so that words are split at spaces only.
const SQLITE_WORDS: &[&str] = &[
    "CREATE VIRTUAL TABLE support_search USING fts5(text, content='', contentless_delete=1, tokenize='ascii')",
    "INSERT INTO support_search (rowid, text) SELECT row_id, search_words FROM support_search_rows \
     JOIN support_tickets ON support_tickets.id = support_search_rows.ticket_id",
    "INSERT INTO support_search (rowid, text) SELECT row_id, search_words FROM support_search_rows \
     JOIN support_messages ON support_messages.id = support_search_rows.message_id",
    "CREATE TRIGGER tr_support_tickets_insert AFTER INSERT ON support_tickets BEGIN \
       INSERT INTO support_search_rows (ticket_id) VALUES (new.id); \
       INSERT INTO support_search (rowid, text) \
         SELECT row_id, new.search_words FROM support_search_rows WHERE ticket_id = new.id; \
     END",
    "CREATE TRIGGER tr_support_tickets_update AFTER UPDATE OF search_words ON support_tickets \
     WHEN old.search_words IS NOT new.search_words BEGIN \
       UPDATE support_search SET text = new.search_words \
         WHERE rowid = (SELECT row_id FROM support_search_rows WHERE ticket_id = new.id); \
     END",
    "CREATE TRIGGER tr_support_tickets_delete AFTER DELETE ON support_tickets BEGIN \
       DELETE FROM support_search WHERE rowid = (SELECT row_id FROM support_search_rows WHERE ticket_id = old.id); \
       DELETE FROM support_search_rows WHERE ticket_id = old.id; \
     END",
    "CREATE TRIGGER tr_support_messages_insert AFTER INSERT ON support_messages BEGIN \
       INSERT INTO support_search_rows (message_id) VALUES (new.id); \
       INSERT INTO support_search (rowid, text) \
         SELECT row_id, new.search_words FROM support_search_rows WHERE message_id = new.id; \
     END",
    "CREATE TRIGGER tr_support_messages_update AFTER UPDATE OF search_words ON support_messages \
     WHEN old.search_words IS NOT new.search_words BEGIN \
       UPDATE support_search SET text = new.search_words \
         WHERE rowid = (SELECT row_id FROM support_search_rows WHERE message_id = new.id); \
     END",
    "CREATE TRIGGER tr_support_messages_delete AFTER DELETE ON support_messages BEGIN \
       DELETE FROM support_search WHERE rowid = (SELECT row_id FROM support_search_rows WHERE message_id = old.id); \
       DELETE FROM support_search_rows WHERE message_id = old.id; \
     END",
];

/// What the triggers of the older shape would have written.
const SQLITE_REFILL: &[&str] = &[
    "INSERT INTO support_search_rows (ticket_id) SELECT id FROM support_tickets",
    "INSERT INTO support_search_rows (message_id) SELECT id FROM support_messages",
    "INSERT INTO support_search (rowid, text) SELECT row_id, ticket_number || ' ' || subject || ' ' || description \
     FROM support_search_rows JOIN support_tickets ON support_tickets.id = support_search_rows.ticket_id",
    "INSERT INTO support_search (rowid, text) SELECT row_id, body FROM support_search_rows \
     JOIN support_messages ON support_messages.id = support_search_rows.message_id",
];
