use async_trait::async_trait;
use platform::jobs::{Items, Job, JobError};
use tokio_util::sync::CancellationToken;

use super::{Dependencies, edit::no_opening};
use crate::{
    SupportError,
    domain::{Audience, TicketId},
};

/// Tickets read at a time.
const BATCH: u64 = 100;

/// Notes which targets were missed and announces each, once; run it every few minutes. What is shown never waits for
/// it.
#[derive(Debug, Clone)]
pub struct SlaWatch {
    deps: Dependencies,
}

impl SlaWatch {
    /// Over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        Self { deps }
    }

    /// Computes a ticket's clock anew; tells how many targets it found missed. Somebody may have been quicker.
    async fn look_at(&self, id: TicketId) -> Result<usize, SupportError> {
        let deps = &self.deps;
        let mut tx = deps.transactor.begin().await?;
        let Some(mut ticket) = deps.tickets.find_for_update(&mut tx, Audience::Staff, id).await? else {
            return Ok(0);
        };
        let history = deps.history.read_in(&mut tx, ticket.tenant_id, id).await?;
        let before = ticket.clock;
        ticket.clock = history.clock().ok_or_else(no_opening)?.at(deps.clock.now());
        let missed = ticket.clock.missed_since(&before);
        if ticket.clock != before {
            deps.tickets.update_clock_in(&mut tx, &ticket).await?;
        }
        deps.announce_missed_in(&mut tx, &ticket, &missed).await?;
        tx.commit().await?;
        Ok(missed.len())
    }
}

#[async_trait]
impl Job for SlaWatch {
    fn name(&self) -> &'static str {
        "support.sla_watch"
    }

    async fn run(&self, stop: &CancellationToken) -> Result<(), JobError> {
        let (mut missed, mut last, mut items) = (0, None, Items::of(self.name()));
        loop {
            let tickets = self.deps.tickets.list_overdue(self.deps.clock.now(), last, BATCH).await?;
            let Some(end) = tickets.last() else { break };
            last = Some(*end);
            for ticket in &tickets {
                if stop.is_cancelled() {
                    return Err("stopped early".into());
                }
                missed += items.note(ticket.id, self.look_at(ticket.id).await)?.unwrap_or_default();
            }
        }
        if missed > 0 {
            tracing::info!(missed, "service levels were missed");
        }
        items.finish()
    }
}

#[cfg(test)]
#[path = "sla_watch_tests.rs"]
mod tests;
