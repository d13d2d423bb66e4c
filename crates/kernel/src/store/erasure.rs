use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait as _, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LikeExpr, extension::postgres::PgExpr as _},
};
use serde_json::Value;
use uuid::Uuid;

use super::entity::{idempotency_key, outbox};
use crate::{EmailAddress, StoreError, Tx, text::like_contains};

/// Rows read or deleted at a time.
const ROWS: u64 = 500;

/// Takes a person out of events and kept answers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Erasure;

impl Erasure {
    /// Deletes events that are about the person with this address, handled or not, and takes the address and who has it out of
    /// events about something else. Mail is queued with its event, so none comes of an event any more.
    ///
    /// # Errors
    /// What the store says.
    pub async fn erase_events_in(&self, tx: &mut Tx, email: &EmailAddress) -> Result<(), StoreError> {
        use outbox::{Column, Entity};
        let mut after = Uuid::nil();
        loop {
            let rows = Entity::find()
                .filter(contains(Expr::col(Column::Payload), email.as_str(), tx))
                .filter(Column::Id.gt(after))
                .order_by_asc(Column::Id)
                .limit(ROWS)
                .all(tx.executor())
                .await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            for row in rows {
                match without(row.payload, email.as_str()) {
                    None => {
                        Entity::delete_by_id(row.id).exec(tx.executor()).await?;
                    }
                    Some(payload) => {
                        Entity::update_many()
                            .col_expr(Column::Payload, Expr::value(payload))
                            .filter(Column::Id.eq(row.id))
                            .exec(tx.executor())
                            .await?;
                    }
                }
            }
        }
    }

    /// Puts one text in another's place wherever it stands in an event.
    ///
    /// # Errors
    /// What the store says.
    pub async fn reword_events_in(&self, tx: &mut Tx, from: &str, to: &str) -> Result<(), StoreError> {
        use outbox::{Column, Entity};
        let mut after = Uuid::nil();
        loop {
            let rows = Entity::find()
                .filter(contains(Expr::col(Column::Payload), &as_json(from), tx))
                .filter(Column::Id.gt(after))
                .order_by_asc(Column::Id)
                .limit(ROWS)
                .all(tx.executor())
                .await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            for row in rows {
                Entity::update_many()
                    .col_expr(Column::Payload, Expr::value(reworded(row.payload, from, to)))
                    .filter(Column::Id.eq(row.id))
                    .exec(tx.executor())
                    .await?;
            }
        }
    }

    /// Deletes the answers kept for retries of what the person asked for, or that made the person. They are sealed, and would be
    /// gone within a day.
    ///
    /// # Errors
    /// What the store says.
    pub async fn erase_answers_in(&self, tx: &mut Tx, person: Uuid) -> Result<(), StoreError> {
        use idempotency_key::{Column, Entity};
        let id = person.to_string();
        let theirs =
            Condition::any().add(Column::Principal.contains(&id)).add(contains(Expr::col(Column::Headers), &id, tx));
        Entity::delete_many().filter(theirs).exec(tx.executor()).await?;
        Ok(())
    }
}

/// Whether a JSON column has the text somewhere.
fn contains(column: Expr, text: &str, tx: &mut Tx) -> Expr {
    let pattern = like_contains(text);
    let column = column.cast_as("text");
    match tx.executor().get_database_backend() {
        sea_orm::DbBackend::Postgres => column.ilike(pattern),
        _ => column.like(LikeExpr::new(pattern).escape('\\')),
    }
}

/// A text as it stands between the quotation marks of JSON.
#[must_use]
pub fn as_json(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// One text in another's place, wherever it stands in the value.
#[must_use]
pub fn reworded(value: Value, from: &str, to: &str) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace(from, to)),
        Value::Array(items) => items.into_iter().map(|item| reworded(item, from, to)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, reworded(value, from, to))).collect())
        }
        other => other,
    }
}

/// The payload without the person; `None` if all of it is about them.
fn without(payload: Value, email: &str) -> Option<Value> {
    let is_them = |value: &Value| value.get("email").and_then(Value::as_str) == Some(email);
    if is_them(&payload) {
        return None;
    }
    Some(match payload {
        Value::Object(fields) => {
            let kept = fields.into_iter().map(|(name, value)| (name, without(value, email).unwrap_or_default()));
            Value::Object(kept.collect())
        }
        Value::Array(items) => items.into_iter().map(|item| without(item, email).unwrap_or_default()).collect(),
        Value::String(text) if str::contains(&text, email) => Value::Null,
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_person_goes() {
        assert_eq!(without(json!({ "email": "jo@x.example", "firstName": "Jo" }), "jo@x.example"), None);
        let reply =
            json!({ "n": 1, "recipient": { "email": "jo@x.example", "firstName": "Jo" }, "cc": ["jo@x.example"] });
        assert_eq!(without(reply, "jo@x.example"), Some(json!({ "n": 1, "recipient": null, "cc": [null] })));
        let other = json!({ "email": "bo@x.example" });
        assert_eq!(without(other.clone(), "jo@x.example"), Some(other));
    }
}
