use async_trait::async_trait;
use kernel::{StoreError, Tx, fold::search_words};
use platform::{Database, Engine};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait as _, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LikeExpr, Query, SelectStatement, extension::postgres::PgExpr as _},
};
use uuid::Uuid;

use super::entity::{
    support_messages::{self, Column as Said},
    support_tickets::{self, Column as Tickets},
};
use crate::{
    domain::{Redaction, Reworded},
    repository::{ErasureRepository, Party},
};

/// Rows read at a time.
const ROWS: u64 = 200;
/// As many characters as a subject has room for.
const SUBJECT: usize = 200;

/// [`ErasureRepository`] over the database.
#[derive(Debug, Clone)]
pub struct ErasureStore(Database);

impl ErasureStore {
    /// A store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// Whether a text may have something of theirs in it; both databases heed the case of ASCII letters too little rather
    /// than too much.
    fn mentions(&self, columns: &[Expr], redaction: &Redaction) -> Condition {
        let mut any = Condition::any();
        for needle in redaction.needles() {
            let pattern = kernel::text::like_contains(needle);
            for column in columns {
                any = any.add(match self.0.engine() {
                    Engine::Postgres => column.clone().ilike(pattern.as_str()),
                    Engine::Sqlite => column.clone().like(LikeExpr::new(pattern.as_str()).escape('\\')),
                });
            }
        }
        any
    }

    async fn redact_tickets_in(
        &self,
        tx: &mut Tx,
        party: &Party,
        redaction: &Redaction,
    ) -> Result<Vec<Reworded>, StoreError> {
        let columns = [Expr::col(Tickets::Subject), Expr::col(Tickets::Description)];
        let mut reworded = Vec::new();
        let mut after = Uuid::nil();
        loop {
            let rows: Vec<(Uuid, String, String, String)> = support_tickets::Entity::find()
                .select_only()
                .columns([Tickets::Id, Tickets::TicketNumber, Tickets::Subject, Tickets::Description])
                .filter(Tickets::Id.in_subquery(involved(party)))
                .filter(self.mentions(&columns, redaction))
                .filter(Tickets::Id.gt(after))
                .order_by_asc(Tickets::Id)
                .limit(ROWS)
                .into_tuple()
                .all(tx.executor())
                .await?;
            let Some(last) = rows.last() else { return Ok(reworded) };
            after = last.0;
            for (id, number, subject, description) in rows {
                let (new_subject, new_description) = (redaction.apply(&subject), redaction.apply(&description));
                if new_subject.is_none() && new_description.is_none() {
                    continue;
                }
                let subject = match new_subject {
                    None => subject,
                    Some(new) => {
                        let to: String = new.chars().take(SUBJECT).collect();
                        reworded.push(Reworded { from: subject, to: to.clone() });
                        to
                    }
                };
                let description = new_description.unwrap_or(description);
                let words = search_words([number.as_str(), subject.as_str(), description.as_str()]);
                support_tickets::Entity::update_many()
                    .col_expr(Tickets::Subject, Expr::value(subject))
                    .col_expr(Tickets::Description, Expr::value(description))
                    .col_expr(Tickets::SearchWords, Expr::value(words))
                    .col_expr(Tickets::Version, Expr::col(Tickets::Version).add(1))
                    .filter(Tickets::Id.eq(id))
                    .exec(tx.executor())
                    .await?;
            }
        }
    }

    async fn redact_messages_in(&self, tx: &mut Tx, party: &Party, redaction: &Redaction) -> Result<(), StoreError> {
        let mut after = Uuid::nil();
        loop {
            let rows: Vec<(Uuid, String)> = support_messages::Entity::find()
                .select_only()
                .columns([Said::Id, Said::Body])
                .filter(Said::TicketId.in_subquery(involved(party)))
                .filter(self.mentions(&[Expr::col(Said::Body)], redaction))
                .filter(Said::Id.gt(after))
                .order_by_asc(Said::Id)
                .limit(ROWS)
                .into_tuple()
                .all(tx.executor())
                .await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.0;
            for (id, body) in rows {
                let Some(body) = redaction.apply(&body) else { continue };
                support_messages::Entity::update_many()
                    .col_expr(Said::SearchWords, Expr::value(search_words([body.as_str()])))
                    .col_expr(Said::Body, Expr::value(body))
                    .filter(Said::Id.eq(id))
                    .exec(tx.executor())
                    .await?;
            }
        }
    }
}

#[async_trait]
impl ErasureRepository for ErasureStore {
    async fn erase_in(&self, tx: &mut Tx, party: &Party, redaction: &Redaction) -> Result<Vec<Reworded>, StoreError> {
        // First: what is taken out below is what tells which tickets they were involved in.
        let reworded = self.redact_tickets_in(tx, party, redaction).await?;
        self.redact_messages_in(tx, party, redaction).await?;
        let nothing = || Expr::value(Option::<String>::None);
        support_tickets::Entity::update_many()
            .col_expr(Tickets::CreatedByName, nothing())
            .col_expr(Tickets::CreatedByEmail, nothing())
            .col_expr(Tickets::Version, Expr::col(Tickets::Version).add(1))
            .filter(opened(party))
            .exec(tx.executor())
            .await?;
        support_messages::Entity::update_many()
            .col_expr(Said::AuthorName, nothing())
            .filter(said(party))
            .exec(tx.executor())
            .await?;
        if self.0.engine() == Engine::Sqlite {
            // The index keeps words that were taken out until it is merged.
            tx.executor().execute_unprepared("INSERT INTO support_search(support_search) VALUES('optimize')").await?;
        }
        Ok(reworded)
    }
}

fn opened(party: &Party) -> Condition {
    let theirs = Condition::any().add(Tickets::CreatedById.eq(party.id()));
    match party {
        Party::Staff(_) => theirs,
        Party::Person { tenant, email, .. } => {
            let bare = email.as_ref().map(|email| Tickets::CreatedByEmail.eq(email.as_str()));
            Condition::all().add(Tickets::TenantId.eq(tenant.uuid())).add(theirs.add_option(bare))
        }
    }
}

fn said(party: &Party) -> Condition {
    let theirs = Condition::any().add(Said::AuthorId.eq(party.id()));
    match party {
        Party::Staff(_) => theirs,
        Party::Person { tenant, email, .. } => {
            let bare =
                email.as_ref().map(|email| Said::AuthorType.eq("EMAIL").and(Said::AuthorName.eq(email.as_str())));
            Condition::all().add(Said::TenantId.eq(tenant.uuid())).add(theirs.add_option(bare))
        }
    }
}

/// Ids of the tickets that they had to do with.
fn involved(party: &Party) -> SelectStatement {
    let wrote_in = Query::select().column(Said::TicketId).from(support_messages::Entity).cond_where(said(party)).take();
    let mut any = Condition::any().add(opened(party)).add(Expr::col(Tickets::Id).in_subquery(wrote_in));
    if let Party::Staff(id) = party {
        any = any.add(Tickets::AssignedToId.eq(id.uuid()));
    }
    Query::select().column(Tickets::Id).from(support_tickets::Entity).cond_where(any).take()
}
