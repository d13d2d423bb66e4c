use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use platform::Database;
use sea_orm::{ConnectionTrait as _, Statement};

use crate::cli::seed::{LoadPlan, demo, load};

const PLAN: LoadPlan = LoadPlan { tenants: 120, users_per_tenant: 7, audit: 300, admins: 3, seed: 9 };

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
}

async fn count(database: &Database, sql: &str) -> i64 {
    let connection = database.reader();
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await.expect("runs").expect("a row");
    row.try_get_by_index(0).expect("a number")
}

/// Statements that must count nothing, whatever was seeded.
const NEVER: &[&str] = &[
    "SELECT COUNT(*) FROM tenants t WHERE NOT EXISTS (SELECT 1 FROM tenant_users u WHERE u.tenant_id = t.id \
     AND u.role = 'OWNER' AND u.is_active AND u.id = t.primary_contact_id)",
    "SELECT COUNT(*) FROM tenants t WHERE NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.tenant_id = t.id \
     AND s.plan = t.plan AND s.current_period_start < s.current_period_end)",
    "SELECT COUNT(*) FROM tenant_users u WHERE NOT EXISTS (SELECT 1 FROM tenant_credentials c \
     WHERE c.tenant_user_id = u.id AND c.tenant_id = u.tenant_id AND c.password_hash IS NOT NULL)",
    "SELECT COUNT(*) FROM tenants WHERE (deleted_at IS NULL) = (status = 'CANCELLED')",
    "SELECT COUNT(*) FROM tenants WHERE (suspended_reason IS NULL) = (status = 'SUSPENDED')",
    "SELECT COUNT(*) FROM (SELECT t.id FROM tenants t JOIN tenant_users u ON u.tenant_id = t.id \
     GROUP BY t.id, t.plan HAVING (t.plan = 'PROFESSIONAL' AND COUNT(*) > 5) OR (t.plan = 'PERFORMANCE' AND COUNT(*) > 20)) x",
    "SELECT COUNT(*) FROM admin_audit_log WHERE sequence IS NOT NULL OR hash IS NOT NULL",
    "SELECT COUNT(*) FROM (SELECT status, plan, deleted_at IS NOT NULL AS deleted, COUNT(*) AS n FROM tenants \
     GROUP BY status, plan, deleted_at IS NOT NULL) x WHERE n <> (SELECT COALESCE(SUM(c.count), 0) FROM tenant_counts c \
     WHERE c.status = x.status AND c.plan = x.plan AND c.deleted = x.deleted)",
];

async fn assert_whole(database: &Database) {
    for sql in NEVER {
        assert_eq!(count(database, sql).await, 0, "{sql}");
    }
}

#[actix_web::test]
async fn load_data_keeps_the_rules_of_the_schema() {
    test_support::on_each_database(async |test| {
        let database = test.database();
        let loaded = load(database, &PLAN, "hash", now()).await.expect("loads");
        assert_eq!(loaded.super_admin.as_deref(), Some("admin1.seed9@nextcrm.test"));
        assert!(loaded.owner.is_some());
        let expected = BTreeMap::from([
            ("admin_users", 3),
            ("tenants", 120),
            ("tenant_users", 840),
            ("subscriptions", 120),
            ("admin_audit_log", 300),
        ]);
        for (table, rows) in expected {
            assert_eq!(count(database, &format!("SELECT COUNT(*) FROM {table}")).await, rows, "{table}");
        }
        assert_whole(database).await;
        // Another seed adds to it, the same one cannot.
        load(database, &LoadPlan { seed: 10, ..PLAN }, "hash", now()).await.expect("adds");
        assert_whole(database).await;
        let again = load(database, &PLAN, "hash", now()).await.expect_err("is there already");
        assert!(again.unique_constraint().is_some(), "{again:?}");
    })
    .await;
}

#[actix_web::test]
async fn demo_data_goes_into_an_empty_database_only() {
    test_support::on_each_database(async |test| {
        let database = test.database();
        assert!(demo(database, "hash", now()).await.expect("makes it"));
        assert!(!demo(database, "hash", now()).await.expect("leaves it"));
        assert_eq!(count(database, "SELECT COUNT(*) FROM tenants WHERE deleted_at IS NULL").await, 12);
        assert_eq!(count(database, "SELECT COUNT(*) FROM tenants").await, 13);
        assert_eq!(count(database, "SELECT COUNT(*) FROM admin_users WHERE role = 'SUPER_ADMIN'").await, 1);
        assert_whole(database).await;
    })
    .await;
}
