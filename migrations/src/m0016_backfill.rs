//! Folds what is there already, a bounded number of rows at a time.

use kernel::fold::{fold, search_text_of_person, search_words};
use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, prelude::Uuid},
};

/// Rows in a statement: a few megabytes of tickets at most.
const BATCH: u64 = 200;

/// A column that is computed from others.
pub(crate) struct Computed {
    table: &'static str,
    from: &'static [&'static str],
    to: &'static str,
    by: fn(&[String]) -> String,
}

/// The columns that hold folded text.
pub(crate) const FOLDED: &[Computed] = &[
    Computed { table: "tenants", from: &["name"], to: "name_folded", by: |row| fold(&row.concat()) },
    Computed { table: "tenant_users", from: PERSON, to: "search_text", by: person },
    Computed { table: "admin_users", from: PERSON, to: "search_text", by: person },
    Computed { table: "support_tickets", from: TICKET, to: "search_words", by: written },
    Computed { table: "support_messages", from: &["body"], to: "search_words", by: written },
];

/// The one that was folded before, as it was.
pub(crate) const UNFOLDED: Computed =
    Computed { table: "tenants", from: &["name"], to: "name_folded", by: |row| row.concat().to_lowercase() };

const PERSON: &[&str] = &["first_name", "last_name", "email"];
const TICKET: &[&str] = &["ticket_number", "subject", "description"];

fn person(row: &[String]) -> String {
    match row {
        [first_name, last_name, email] => search_text_of_person(first_name, last_name, email),
        _ => String::new(),
    }
}

fn written(row: &[String]) -> String {
    search_words(row.iter().map(String::as_str))
}

/// Computes the column in every row.
pub(crate) async fn backfill(connection: &impl ConnectionTrait, column: &Computed) -> Result<(), DbErr> {
    let mut after: Option<Uuid> = None;
    loop {
        let mut select = Query::select();
        select.column("id").columns(column.from.iter().copied()).from(column.table);
        select.order_by("id", Order::Asc).limit(BATCH);
        if let Some(after) = after {
            select.and_where(Expr::col("id").gt(after));
        }
        let mut computed = Vec::new();
        for row in connection.query_all(&select).await? {
            let from = column.from.iter().map(|name| row.try_get("", name)).collect::<Result<Vec<String>, _>>()?;
            computed.push((row.try_get::<Uuid>("", "id")?, (column.by)(&from)));
        }
        let Some((last, _)) = computed.last() else { return Ok(()) };
        after = Some(*last);
        write(connection, column, computed).await?;
    }
}

async fn write(
    connection: &impl ConnectionTrait,
    column: &Computed,
    computed: Vec<(Uuid, String)>,
) -> Result<(), DbErr> {
    let ids: Vec<Uuid> = computed.iter().map(|(id, _)| *id).collect();
    let value = computed
        .into_iter()
        .fold(CaseStatement::new(), |case, (id, text)| case.case(Expr::col("id").eq(id), Expr::val(text)));
    let mut update = Query::update();
    update.table(column.table).value(column.to, value).and_where(Expr::col("id").is_in(ids));
    connection.execute(&update).await.map(|_| ())
}
