use kernel::{EmailAddress, StoreError, Tx, text::like_contains};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait as _, EntityTrait, ExprTrait as _, QueryFilter,
    sea_query::{Expr, LikeExpr, extension::postgres::PgExpr as _},
};
use serde_json::Value;
use uuid::Uuid;

use super::entity::{idempotency_key, work_item};

/// Takes a person out of queues and kept answers. Events hold facts and ids, and nothing of people.
#[derive(Debug, Clone, Copy, Default)]
pub struct Erasure;

impl Erasure {
    /// Deletes what is or was to be done about an address.
    ///
    /// # Errors
    /// What the store says.
    pub async fn erase_items_in(&self, tx: &mut Tx, email: &EmailAddress) -> Result<(), StoreError> {
        use work_item::{Column, Entity};
        let theirs = contains(Expr::col(Column::Payload), &Value::from(email.as_str()).to_string(), tx);
        Entity::delete_many().filter(theirs).exec(tx.executor()).await?;
        Ok(())
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
