use async_trait::async_trait;
use kernel::{EmailAddress, StoreError, Tx, text::like_contains};
use platform::store::{as_json, reworded};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, LikeExpr},
};
use uuid::Uuid;

use super::{
    EmailStore,
    entity::{notification_log, suppressions},
};
use crate::repository::{ErasureRepository, Share};

/// Rows deleted by one statement.
const ROWS: u64 = 1_000;

#[async_trait]
impl ErasureRepository for EmailStore {
    async fn delete_messages_in(&self, tx: &mut Tx, email: &EmailAddress, share: Share) -> Result<u64, StoreError> {
        use notification_log::{Column, Entity};
        let theirs = Condition::all().add(Column::Recipient.eq(email.as_str())).add_option(match share {
            Share::All => None,
            Share::OfTenant(id) => Some(Column::TenantId.eq(id.uuid())),
            Share::OfStaff => Some(Column::TenantId.is_null()),
        });
        let some = Entity::find().select_only().column(Column::Id).filter(theirs).limit(ROWS).into_query();
        let deleted = Entity::delete_many().filter(Column::Id.in_subquery(some)).exec(tx.executor()).await?;
        Ok(deleted.rows_affected)
    }

    async fn reword_in(&self, tx: &mut Tx, from: &str, to: &str) -> Result<(), StoreError> {
        use notification_log::{Column, Entity};
        let (plain, json) = (like_contains(from), like_contains(&as_json(from)));
        let has = |column: Expr, pattern: &str| column.like(LikeExpr::new(pattern).escape('\\'));
        let either = Condition::any()
            .add(has(Expr::col(Column::Subject), &plain))
            .add(has(Expr::col(Column::Variables).cast_as("text"), &json));
        let mut after = Uuid::nil();
        loop {
            let rows = Entity::find().filter(either.clone()).filter(Column::Id.gt(after)).order_by_asc(Column::Id);
            let rows = rows.limit(ROWS).all(tx.executor()).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            for row in rows {
                Entity::update_many()
                    .col_expr(Column::Subject, Expr::value(row.subject.replace(from, to)))
                    .col_expr(Column::Variables, Expr::value(reworded(row.variables, from, to)))
                    .filter(Column::Id.eq(row.id))
                    .exec(tx.executor())
                    .await?;
            }
        }
    }

    async fn delete_suppression_in(&self, tx: &mut Tx, email: &EmailAddress) -> Result<(), StoreError> {
        let theirs = suppressions::Column::Email.eq(email.as_str());
        suppressions::Entity::delete_many().filter(theirs).exec(tx.executor()).await?;
        Ok(())
    }
}
