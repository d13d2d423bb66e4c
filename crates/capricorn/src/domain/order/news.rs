use std::collections::HashMap;

use super::{LineFate, Order, OrderLine, OrderStatus, Step};
use crate::domain::{SupplierLine, SupplierOrder};

/// What came of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The order is as the supplier says.
    Taken,
    /// It is older than what is known, or goes back: nothing changes.
    Stale,
    /// It cannot be: state and lines stay, and people must look.
    Doubted(Doubt),
}

/// Why news cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// It is of another order.
    #[error("the news is of another order")]
    OtherOrder,
    /// Nobody knows the word for how far it is.
    #[error("the supplier's status is unknown")]
    UnknownStatus,
    /// The state machine has no such step.
    #[error("the supplier moves the order from {from} to {to}")]
    NotAllowed {
        /// Where it is.
        from: OrderStatus,
        /// Where it would be.
        to: OrderStatus,
    },
    /// Its lines are not ours, or do not add up.
    #[error("the lines of the supplier's order do not fit ours")]
    Lines,
}

/// Takes what the supplier says of an order, if it is newer and can be.
///
/// Whatever of the supplier's news comes, in whichever order and how often: the order ends where the newest says.
pub fn apply(order: &mut Order, news: &SupplierOrder) -> News {
    if is_of_another(order, news) {
        return doubted(order, order.revision.unwrap_or_default(), Doubt::OtherOrder);
    }
    if order.revision.is_some_and(|known| news.revision <= known) {
        return News::Stale;
    }
    let Some(to) = OrderStatus::of_supplier(&news.status) else {
        return doubted(order, news.revision, Doubt::UnknownStatus);
    };
    let Some(fates) = fates(&order.lines, &news.lines) else {
        return doubted(order, news.revision, Doubt::Lines);
    };
    match order.status.step_to(to) {
        Step::Back => return News::Stale,
        Step::NotAllowed => return doubted(order, news.revision, Doubt::NotAllowed { from: order.status, to }),
        Step::Forward => {}
    }
    order.status = to;
    order.external_id = Some(news.order_id.clone());
    order.revision = Some(news.revision);
    for (line, fate) in order.lines.iter_mut().zip(fates) {
        line.fate = fate;
    }
    if order.progress.doubted_revision.is_none_or(|doubted| news.revision > doubted) {
        (order.needs_review, order.review_reason, order.progress.doubted_revision) = (false, None, None);
    }
    if to == OrderStatus::Failed && order.error_message.is_none() {
        order.error_message = Some("Capricorn cannot send it.".to_owned());
    }
    News::Taken
}

fn is_of_another(order: &Order, news: &SupplierOrder) -> bool {
    news.client_reference != order.number.as_str()
        || news.order_id.is_empty()
        || news.order_id.chars().any(char::is_control)
        || order.external_id.as_ref().is_some_and(|id| *id != news.order_id)
}

fn doubted(order: &mut Order, revision: i64, doubt: Doubt) -> News {
    order.doubt(doubt.to_string());
    order.progress.doubted_revision = order.progress.doubted_revision.max(Some(revision));
    News::Doubted(doubt)
}

/// What became of our lines, if each has one of the supplier's, there are no others, and what was ordered adds up.
fn fates(ours: &[OrderLine], theirs: &[SupplierLine]) -> Option<Vec<LineFate>> {
    let by_part: HashMap<_, _> = theirs.iter().map(|line| (line.part.as_str(), line)).collect();
    if theirs.len() != ours.len() || by_part.len() != ours.len() {
        return None;
    }
    ours.iter().map(|line| fate(line.quantity, by_part.get(line.part.as_str())?)).collect()
}

fn fate(ordered: u32, line: &SupplierLine) -> Option<LineFate> {
    let count = |number: i64| u32::try_from(number).ok();
    count(line.quantity)?;
    let fate = LineFate {
        accepted: count(line.accepted)?,
        backordered: count(line.backordered)?,
        rejected: count(line.rejected)?,
        cancelled: count(line.cancelled)?,
        shipped: count(line.shipped)?,
    };
    let parts = [fate.accepted, fate.backordered, fate.rejected, fate.cancelled];
    let adds_up = parts.into_iter().map(u64::from).sum::<u64>() == u64::from(ordered);
    (adds_up && fate.shipped <= fate.accepted).then_some(fate)
}

#[cfg(test)]
#[path = "news_tests.rs"]
mod tests;
