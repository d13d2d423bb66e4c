//! `nextcrm queues list|requeue|pause|resume`: what waits to be done, and what was given up on.

use std::io::Write;

use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Subcommand};
use kernel::{AuditEntry, Changes, TenantId};
use platform::queue::{ItemFilter, ItemId, ListedItem};

use super::context;
use crate::composition::{Core, Services};

/// What to do with queues.
#[derive(Debug, Clone, Subcommand)]
pub enum QueuesCommand {
    /// List items that were given up on, the oldest first.
    List(ListArgs),
    /// Make items that were given up on due again, with all their attempts.
    Requeue(RequeueArgs),
    /// Let nobody take anything of a queue until it is resumed; a consumer of events has a queue of its own name.
    Pause {
        /// The queue.
        queue: String,
    },
    /// End a pause.
    Resume {
        /// The queue.
        queue: String,
    },
}

/// Which items.
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    /// Those of one queue.
    #[arg(long)]
    pub queue: Option<String>,
    /// Those that wait or were done, too.
    #[arg(long)]
    pub all: bool,
    /// List at most so many.
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub limit: u64,
    /// Go on after this one, the last of the list before.
    #[arg(long, value_name = "ITEM")]
    pub after: Option<i64>,
}

/// Which of those that were given up on.
#[derive(Debug, Clone, Args)]
pub struct RequeueArgs {
    /// These items.
    #[arg(required_unless_present = "all")]
    pub items: Vec<i64>,
    /// The 1,000 oldest.
    #[arg(long, conflicts_with = "items")]
    pub all: bool,
    /// Of all, those of one queue.
    #[arg(long, requires = "all")]
    pub queue: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// What the database says; nothing has changed then.
pub async fn run(services: &Services, command: &QueuesCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        QueuesCommand::List(args) => list(&services.core, args, out).await,
        QueuesCommand::Requeue(args) => {
            let requeued = requeue(services, args, false).await?;
            Ok(writeln!(out, "{requeued} items are due again")?)
        }
        QueuesCommand::Pause { queue } => {
            pause(services, queue, true).await?;
            Ok(writeln!(out, "{queue} rests until it is resumed")?)
        }
        QueuesCommand::Resume { queue } => {
            pause(services, queue, false).await?;
            Ok(writeln!(out, "{queue} is worked on again")?)
        }
    }
}

async fn list(core: &Core, args: &ListArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let filter = ItemFilter {
        queue: args.queue.clone(),
        dead: !args.all,
        after: args.after.map(ItemId),
        ..ItemFilter::default()
    };
    let found = core.queues.list(&filter, args.limit).await?;
    let now = core.clock.now();
    for item in &found {
        writeln!(out, "{}", line(item, now))?;
    }
    summary(core, found.len(), out).await
}

/// How each queue stands.
pub(super) async fn summary(core: &Core, listed: usize, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{listed} listed")?;
    let paused = core.queues.list_paused().await?;
    for queue in core.queue_names() {
        let backlog = core.work_items.backlog(Some(queue)).await?;
        let rests = if paused.iter().any(|it| it == queue) { ", paused" } else { "" };
        writeln!(out, "{queue}: {} wait, {} were given up on{rests}", backlog.pending, backlog.dead)?;
    }
    Ok(())
}

/// Makes items, or `deliveries` of events alone, due again.
pub(super) async fn requeue(services: &Services, args: &RequeueArgs, deliveries: bool) -> anyhow::Result<u64> {
    let core = &services.core;
    let ids = if args.all {
        let filter = ItemFilter { queue: args.queue.clone(), dead: true, events: deliveries, ..ItemFilter::default() };
        core.queues.list(&filter, 1_000).await?.iter().map(|it| it.id).collect()
    } else {
        args.items.iter().copied().map(ItemId).collect::<Vec<_>>()
    };
    let mut tx = core.transactor.begin().await?;
    let requeued = core.queues.requeue_in(&mut tx, &ids).await?;
    if requeued > 0 {
        let changes = Changes::new().set("items", &requeued);
        let entry = AuditEntry::done("QUEUE_REQUEUED", "queue", "dead").changes(changes);
        core.audit.record_in(&mut tx, &context(services, "queues requeue"), entry).await?;
    }
    tx.commit().await?;
    Ok(requeued)
}

async fn pause(services: &Services, queue: &str, pause: bool) -> anyhow::Result<()> {
    let core = &services.core;
    anyhow::ensure!(core.queue_names().any(|name| name == queue), "there is no queue {queue}");
    let mut tx = core.transactor.begin().await?;
    let (action, command) = if pause {
        core.queues.pause_in(&mut tx, queue).await?;
        ("QUEUE_PAUSED", "queues pause")
    } else {
        core.queues.resume_in(&mut tx, queue).await?;
        ("QUEUE_RESUMED", "queues resume")
    };
    let entry = AuditEntry::done(action, "queue", queue);
    core.audit.record_in(&mut tx, &context(services, command), entry).await?;
    Ok(tx.commit().await?)
}

/// Item, queue, tenant, state, attempts, age and why; the error was cut to one line when it was kept.
pub(super) fn line(item: &ListedItem, now: DateTime<Utc>) -> String {
    let ListedItem { id, queue, state, attempts, last_error, .. } = item;
    let (tenant, age) = (tenant(item.tenant_id), age(now - item.created_at));
    format!("{id}  {queue}  tenant {tenant}  {state}  {attempts} attempts  {age} old  {last_error}")
}

pub(super) fn tenant(id: Option<TenantId>) -> String {
    id.map_or_else(|| "-".to_owned(), |id| id.to_string())
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
