//! `nextcrm outbox dead [--requeue]`.

use std::io::Write;

use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Subcommand};
use kernel::{AuditEntry, Changes, EventId, outbox::DeadEvent};
use uuid::Uuid;

use super::context;
use crate::composition::Services;

/// What to do with the outbox.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum OutboxCommand {
    /// List events that were given up on, the oldest first.
    Dead(DeadArgs),
}

/// Which of them.
#[derive(Debug, Clone, Copy, Args)]
pub struct DeadArgs {
    /// Make the listed ones due again.
    #[arg(long)]
    pub requeue: bool,
    /// List at most so many.
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub limit: u64,
    /// Go on after this one, the last of the list before.
    #[arg(long, value_name = "EVENT_ID")]
    pub after: Option<Uuid>,
}

/// Runs the command.
///
/// # Errors
/// What the database says; nothing is due again then.
pub async fn run(services: &Services, command: &OutboxCommand, out: &mut impl Write) -> anyhow::Result<()> {
    let OutboxCommand::Dead(args) = command;
    let core = &services.core;
    let events = core.dead_events.list_dead(args.after.map(EventId), args.limit).await?;
    let now = core.clock.now();
    for event in &events {
        writeln!(out, "{}", line(event, now))?;
    }
    let dead = core.event_queue.backlog().await?.dead;
    writeln!(out, "{} of {dead} events that were given up on", events.len())?;
    if args.requeue && !events.is_empty() {
        let ids: Vec<_> = events.iter().map(|event| event.id).collect();
        writeln!(out, "{} of them are due again", requeue(services, &ids).await?)?;
    }
    Ok(())
}

async fn requeue(services: &Services, ids: &[EventId]) -> anyhow::Result<u64> {
    let core = &services.core;
    let mut tx = core.transactor.begin().await?;
    let requeued = core.dead_events.requeue_in(&mut tx, ids).await?;
    let changes = Changes::new().set("events", &requeued);
    let entry = AuditEntry::done("EVENTS_REQUEUED", "outbox", "dead").changes(changes);
    core.audit.record_in(&mut tx, &context(services, "outbox dead --requeue"), entry).await?;
    tx.commit().await?;
    Ok(requeued)
}

/// Id, kind, tenant, deliveries, age and why; the error was cut to one line when it was kept.
fn line(event: &DeadEvent, now: DateTime<Utc>) -> String {
    let tenant = event.tenant_id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    let age = age(now - event.occurred_at);
    let DeadEvent { id, kind, attempts, last_error, .. } = event;
    format!("{id}  {kind}  tenant {tenant}  {attempts} attempts  {age} old  {last_error}")
}

fn age(span: TimeDelta) -> String {
    match (span.num_days(), span.num_hours(), span.num_minutes()) {
        (0, 0, minutes) => format!("{} min", minutes.max(0)),
        (0, hours, _) => format!("{hours} h"),
        (days, ..) => format!("{days} d"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_short() {
        let ages = [59, 61 * 60, 49 * 60 * 60, -5].map(|seconds| age(TimeDelta::seconds(seconds)));
        assert_eq!(ages, ["0 min", "1 h", "2 d", "0 min"]);
    }
}
