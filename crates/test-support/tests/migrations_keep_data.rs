//! Steps that change tables with rows in them go back and forth without losing any.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the right answer to whatever goes wrong")]

use kernel::Transactor;
use platform::{DatabaseOptions, Maintenance};
use sea_orm::{ConnectionTrait, Statement};
use test_support::{TestDatabase, on_each_database};

async fn run(db: &TestDatabase, sql: &str) {
    let mut tx = db.database().begin().await.unwrap();
    tx.executor().execute_unprepared(sql).await.unwrap();
    tx.commit().await.unwrap();
}

async fn number(db: &TestDatabase, sql: &str) -> i64 {
    let reader = db.database().reader();
    let row = reader.query_one_raw(Statement::from_string(reader.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// How many steps lie at and after this one.
async fn steps_from(db: &Maintenance, name: &str) -> u32 {
    let steps = migrations::status(db.connection()).await.unwrap();
    let at = steps.iter().position(|step| step.name == name).unwrap();
    u32::try_from(steps.len() - at).unwrap()
}

#[tokio::test]
async fn messages_that_are_there_are_counted() {
    on_each_database(async |db| {
        let ticket = |id: u8| {
            format!(
                "INSERT INTO support_tickets (id, ticket_number, tenant_id, subject, description, status, priority, \
                 urgency, created_by_type, first_response_due_at, resolution_due_at, metadata, created_at, updated_at) \
                 VALUES ('00000000-0000-0000-0000-00000000000{id}', 'TKT-{id}', '00000000-0000-0000-0000-000000000007', \
                 'Login', 'Fails.', 'OPEN', 'LOW', 1, 'SYSTEM', '2026-01-02 00:00:00+00:00', \
                 '2026-01-03 00:00:00+00:00', '{{}}', '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00')"
            )
        };
        run(db, &ticket(1)).await;
        run(db, &ticket(2)).await;
        for id in [3, 4] {
            let message = format!(
                "INSERT INTO support_messages (id, ticket_id, tenant_id, author_type, body, internal, created_at) \
                 VALUES ('00000000-0000-0000-0000-00000000000{id}', '00000000-0000-0000-0000-000000000001', \
                 '00000000-0000-0000-0000-000000000007', 'SYSTEM', 'Hi.', false, '2026-01-01 00:00:00+00:00')"
            );
            run(db, &message).await;
        }
        let maintenance = Maintenance::connect(&DatabaseOptions::new(db.url())).await.unwrap();
        let steps = steps_from(&maintenance, "m0017_message_counts").await;
        migrations::down(maintenance.connection(), steps).await.unwrap();
        assert_eq!(number(db, "SELECT COUNT(*) FROM support_messages").await, 2);
        migrations::up(maintenance.connection()).await.unwrap();
        let counted = "SELECT COUNT(*) FROM support_tickets WHERE (ticket_number = 'TKT-1' AND message_count = 2) \
                       OR (ticket_number = 'TKT-2' AND message_count = 0)";
        assert_eq!(number(db, counted).await, 2);
    })
    .await;
}
