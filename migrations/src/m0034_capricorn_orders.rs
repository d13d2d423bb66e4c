//! Orders of parts, their lines, and what the supplier said of them.

use sea_orm_migration::prelude::*;

use crate::{is_postgres, run, time, time_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(orders()).await?;
        manager.create_table(lines()).await?;
        manager.create_table(news()).await?;
        run(manager, INDEXES).await?;
        if is_postgres(manager) {
            run(manager, FENCES).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables =
            ["DROP TABLE capricorn_order_news", "DROP TABLE capricorn_order_lines", "DROP TABLE capricorn_orders"];
        run(manager, &tables).await
    }
}

const INDEXES: &[&str] = &[
    "CREATE UNIQUE INDEX uq_capricorn_orders_order_number ON capricorn_orders (order_number)",
    // One for each order and each filter of the lists, of all orders and of one workshop's.
    "CREATE INDEX ix_capricorn_orders_created_at ON capricorn_orders (created_at, id)",
    "CREATE INDEX ix_capricorn_orders_updated_at ON capricorn_orders (updated_at, id)",
    "CREATE INDEX ix_capricorn_orders_status ON capricorn_orders (status, created_at, id)",
    "CREATE INDEX ix_capricorn_orders_tenant_created_at ON capricorn_orders (tenant_id, created_at, id)",
    "CREATE INDEX ix_capricorn_orders_tenant_updated_at ON capricorn_orders (tenant_id, updated_at, id)",
    "CREATE INDEX ix_capricorn_orders_tenant_status ON capricorn_orders (tenant_id, status, created_at, id)",
    // What people must look at; it stays small.
    "CREATE INDEX ix_capricorn_orders_review ON capricorn_orders (created_at, id) WHERE needs_review",
];

const FENCES: &[&str] = &[
    "SELECT fence_tenant_rows('capricorn_orders', 'tenant_id')",
    "SELECT fence_tenant_rows('capricorn_order_lines', 'tenant_id')",
    "SELECT fence_tenant_rows('capricorn_order_news', 'tenant_id')",
];

fn orders() -> TableCreateStatement {
    Table::create()
        .table("capricorn_orders")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("order_number").string_len(32).not_null())
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("status").string_len(32).not_null())
        .col(ColumnDef::new("external_order_id").text().null())
        .col(ColumnDef::new("revision").big_integer().null())
        .col(ColumnDef::new("currency").string_len(3).not_null())
        .col(ColumnDef::new("subtotal_cents").big_integer().not_null())
        .col(ColumnDef::new("gst_cents").big_integer().not_null())
        .col(ColumnDef::new("total_cents").big_integer().not_null())
        .col(ColumnDef::new("delivery_type").string_len(16).not_null())
        .col(ColumnDef::new("notes").text().null())
        .col(ColumnDef::new("purchase_order_number").string_len(40).null())
        .col(ColumnDef::new("vehicle").json_binary().null())
        .col(ColumnDef::new("error_message").text().null())
        .col(ColumnDef::new("needs_review").boolean().not_null())
        .col(ColumnDef::new("review_reason").text().null())
        .col(ColumnDef::new("resolution_note").text().null())
        .col(ColumnDef::new("placed_by_id").uuid().null())
        // With whose credentials it was sent.
        .col(ColumnDef::new("integration_id").uuid().null())
        .col(ColumnDef::new("key_fingerprint").string_len(64).not_null())
        // Where the work on it stands.
        .col(ColumnDef::new("task").big_integer().not_null())
        .col(time_null("sending_since"))
        .col(ColumnDef::new("sends").integer().not_null())
        .col(ColumnDef::new("tries").integer().not_null())
        .col(time_null("lost_at"))
        .col(time_null("absent_at"))
        .col(time_null("asked_at"))
        .col(ColumnDef::new("doubted_revision").big_integer().null())
        .col(ColumnDef::new("cancel_asked_by").json_binary().null())
        .col(time_null("cancel_asked_at"))
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(time("created_at"))
        .col(time("updated_at"))
        .to_owned()
}

fn lines() -> TableCreateStatement {
    Table::create()
        .table("capricorn_order_lines")
        .col(ColumnDef::new("order_id").uuid().not_null())
        .col(ColumnDef::new("position").integer().not_null())
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("product_id").string_len(100).not_null())
        .col(ColumnDef::new("sku").text().not_null())
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("quantity").integer().not_null())
        .col(ColumnDef::new("unit_price_cents").big_integer().not_null())
        .col(ColumnDef::new("line_total_cents").big_integer().not_null())
        .col(ColumnDef::new("accepted").integer().not_null())
        .col(ColumnDef::new("backordered").integer().not_null())
        .col(ColumnDef::new("rejected").integer().not_null())
        .col(ColumnDef::new("cancelled").integer().not_null())
        .col(ColumnDef::new("shipped").integer().not_null())
        .primary_key(Index::create().col("order_id").col("position"))
        .foreign_key(&mut belongs_to_order("fk_capricorn_order_lines_order_id", "capricorn_order_lines"))
        .to_owned()
}

/// Answers as they came, as text: PostgreSQL's JSON does not take all that JSON may hold. Of each order the latest ones.
fn news() -> TableCreateStatement {
    Table::create()
        .table("capricorn_order_news")
        .col(ColumnDef::new("order_id").uuid().not_null())
        .col(ColumnDef::new("position").integer().not_null())
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("revision").big_integer().not_null())
        .col(ColumnDef::new("fate").string_len(16).not_null())
        .col(ColumnDef::new("answer").text().not_null())
        .col(time("created_at"))
        .primary_key(Index::create().col("order_id").col("position"))
        .foreign_key(&mut belongs_to_order("fk_capricorn_order_news_order_id", "capricorn_order_news"))
        .to_owned()
}

fn belongs_to_order(name: &str, table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(name).from(table, "order_id").to("capricorn_orders", "id").to_owned()
}
