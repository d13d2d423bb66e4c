use chrono::{DateTime, Utc};
use kernel::{AdminId, Changes, TenantId};
use serde_json::{Map, Value};

use super::{Body, Category, Creator, Priority, REOPEN_WITHIN, Refusal, SlaClock, Status, Subject, TicketNumber};

kernel::typed_id!(
    /// A ticket.
    TicketId
);

/// A ticket.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Ticket {
    pub id: TicketId,
    /// What people call it.
    pub number: TicketNumber,
    pub tenant_id: TenantId,
    /// What it is about.
    pub subject: Subject,
    /// What was first written.
    pub description: Body,
    pub status: Status,
    /// How soon it must be dealt with.
    pub priority: Priority,
    /// What kind of trouble it is.
    pub category: Option<Category>,
    /// Who works on it.
    pub assigned_to: Option<AdminId>,
    /// For whom it was opened.
    pub created_by: Creator,
    /// What is promised, and how much of it is still open; as of the last change.
    pub clock: SlaClock,
    /// When it was resolved; not of one that was closed without.
    pub resolved_at: Option<DateTime<Utc>>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// The ticket that goes on in its place.
    pub merged_into: Option<TicketId>,
    /// Whatever programs want to keep with it.
    pub metadata: Map<String, Value>,
    /// 1, and one more at each change that its workshop can see; the ETag.
    pub version: i64,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was last changed, as far as its workshop can see.
    pub updated_at: DateTime<Utc>,
}

/// Who works on a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignedTo {
    /// Who.
    pub id: AdminId,
    /// First and last name.
    pub name: String,
}

/// A ticket as it is shown: with the name of who works on it, and its clock as of now.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketView {
    /// The ticket; its clock shows what was missed until now.
    pub ticket: Ticket,
    /// Who works on it.
    pub assigned_to: Option<AssignedTo>,
}

impl Ticket {
    /// Moves it.
    pub(crate) fn move_to(&mut self, to: Status, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.merged_into.is_some() {
            return Err(Refusal::Merged);
        }
        if !self.status.may_become(to) {
            return Err(Refusal::NoSuchStep { from: self.status, to });
        }
        if self.closed_at.is_some_and(|closed_at| now > closed_at + REOPEN_WITHIN) {
            return Err(Refusal::TooLate);
        }
        match to {
            Status::Resolved => self.resolved_at = Some(now),
            Status::Closed => self.closed_at = Some(now),
            Status::Open | Status::InProgress | Status::WaitingForCustomer => {
                self.resolved_at = None;
                self.closed_at = None;
            }
        }
        self.status = to;
        Ok(())
    }

    /// Whether anything may still be said about it, and somebody be assigned to it.
    pub(crate) const fn check_open(&self) -> Result<(), Refusal> {
        match (self.merged_into, self.status) {
            (Some(_), _) => Err(Refusal::Merged),
            (None, Status::Closed) => Err(Refusal::Closed),
            _ => Ok(()),
        }
    }
}

/// What the audit trail tells of a change to a ticket's fields; what people wrote goes in as "changed".
pub(crate) fn changes(from: &Ticket, to: &Ticket) -> Changes {
    let category = |ticket: &Ticket| ticket.category.as_ref().map(|it| it.as_str().to_owned());
    Changes::new()
        .personal_field("subject", &from.subject, &to.subject)
        .field("priority", &from.priority, &to.priority)
        .field("category", &category(from), &category(to))
}

#[cfg(test)]
#[path = "ticket_tests.rs"]
mod tests;
