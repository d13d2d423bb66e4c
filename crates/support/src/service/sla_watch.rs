use async_trait::async_trait;
use kernel::jobs::{Items, Job, JobError};
use tokio_util::sync::CancellationToken;

use super::{Ports, edit::no_opening};
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
    ports: Ports,
}

impl SlaWatch {
    /// Over these ports.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Computes a ticket's clock anew; tells how many targets it found missed. Somebody may have been quicker.
    async fn look_at(&self, id: TicketId) -> Result<usize, SupportError> {
        let ports = &self.ports;
        let mut tx = ports.transactor.begin().await?;
        let Some(mut ticket) = ports.tickets.find_for_update(&mut tx, Audience::Staff, id).await? else {
            return Ok(0);
        };
        let history = ports.history.read_in(&mut tx, ticket.tenant_id, id).await?;
        let before = ticket.clock;
        ticket.clock = history.clock().ok_or_else(no_opening)?.at(ports.clock.now());
        let missed = ticket.clock.missed_since(&before);
        if ticket.clock != before {
            ports.tickets.update_clock_in(&mut tx, &ticket).await?;
        }
        ports.announce_missed_in(&mut tx, &ticket, &missed).await?;
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
            let tickets = self.ports.tickets.list_overdue(self.ports.clock.now(), last, BATCH).await?;
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
