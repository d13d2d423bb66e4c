//! Where the words that are searched for occur. The engines differ here, and only here.

use platform::Engine;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{
        Expr, ExprTrait, Query, SelectStatement, UnionType,
        extension::{postgres::PgBinOper, sqlite::SqliteBinOper},
    },
};

use super::{
    entity::{support_messages as messages, support_tickets as tickets},
    messages::seen_by,
};
use crate::domain::{Audience, SearchText};

/// Tickets in whose number, subject and description all words occur, or in one of whose messages (of those that the
/// audience may see) they do. Each word must begin a word there.
pub(super) fn found(engine: Engine, audience: Audience, search: &SearchText) -> Condition {
    if search.words().is_empty() {
        return Condition::all().add(Expr::cust("1 = 0"));
    }
    let (in_ticket, in_message) = match engine {
        Engine::Postgres => (
            Expr::col((tickets::Entity, "search")).binary(PgBinOper::Matches, tsquery(search)),
            Expr::col((messages::Entity, "search")).binary(PgBinOper::Matches, tsquery(search)),
        ),
        Engine::Sqlite => (
            Expr::col((tickets::Entity, tickets::Column::Id)).in_subquery(fts_ids("ticket_id", search)),
            Expr::col((messages::Entity, messages::Column::Id)).in_subquery(fts_ids("message_id", search)),
        ),
    };
    let mut written = tickets::Entity::find().select_only().column(tickets::Column::Id).filter(in_ticket).into_query();
    let said = messages::Entity::find()
        .select_only()
        .column(messages::Column::TicketId)
        .filter(in_message)
        .filter(seen_by(audience))
        .into_query();
    // A union, because both engines would look at every ticket for "this or one of those".
    let found = written.union(UnionType::Distinct, said).to_owned();
    Condition::all().add(tickets::Column::Id.in_subquery(found))
}

/// `'''brake'':* & ''pad'':*'::tsquery`: no parser takes the words apart. They are letters, digits and marks, so nothing
/// in the quotes ends them.
fn tsquery(search: &SearchText) -> Expr {
    let words: Vec<_> = search.words().iter().map(|word| format!("'{word}':*")).collect();
    Expr::val(words.join(" & ")).cast_as("tsquery")
}

/// The ids behind the rows that FTS5 finds for `"brake"* AND "pad"*`.
fn fts_ids(column: &'static str, search: &SearchText) -> SelectStatement {
    let words: Vec<_> = search.words().iter().map(|word| format!("\"{word}\"*")).collect();
    let rows = Query::select()
        .column("rowid")
        .from("support_search")
        .and_where(Expr::col("support_search").binary(SqliteBinOper::Match, words.join(" AND ")))
        .to_owned();
    Query::select()
        .column(column)
        .from("support_search_rows")
        .and_where(Expr::col("row_id").in_subquery(rows))
        .to_owned()
}
