//! `nextcrm events list|show|requeue`: events, and their deliveries to each consumer.

use std::{collections::HashMap, io::Write};

use chrono::SecondsFormat;
use clap::{Args, Subcommand};
use kernel::EventId;
use platform::{
    events::Event,
    queue::{ItemFilter, ItemId},
};
use uuid::Uuid;

use super::queues::{RequeueArgs, line, requeue, summary, tenant};
use crate::composition::{Core, Services};

/// What to do with events.
#[derive(Debug, Clone, Subcommand)]
pub enum EventsCommand {
    /// List deliveries that were given up on, the oldest first.
    List(ListArgs),
    /// Show an event with its deliveries.
    Show {
        /// The event.
        event: Uuid,
    },
    /// Make deliveries that were given up on due again, with all their attempts.
    Requeue(RequeueArgs),
}

/// Which deliveries.
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    /// Those to one consumer.
    #[arg(long)]
    pub consumer: Option<String>,
    /// Those that wait or were done, too.
    #[arg(long)]
    pub all: bool,
    /// List at most so many.
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub limit: u64,
    /// Go on after this one, the last of the list before.
    #[arg(long, value_name = "DELIVERY")]
    pub after: Option<i64>,
}

/// Runs the command.
///
/// # Errors
/// What the database says; nothing has changed then.
pub async fn run(services: &Services, command: &EventsCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        EventsCommand::List(args) => list(&services.core, args, out).await,
        EventsCommand::Show { event } => show(&services.core, EventId(*event), out).await,
        EventsCommand::Requeue(args) => {
            let requeued = requeue(services, args, true).await?;
            Ok(writeln!(out, "{requeued} deliveries are due again")?)
        }
    }
}

async fn list(core: &Core, args: &ListArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let filter = ItemFilter {
        queue: args.consumer.clone(),
        dead: !args.all,
        events: true,
        after: args.after.map(ItemId),
        event_id: None,
    };
    let found = core.queues.list(&filter, args.limit).await?;
    let ids: Vec<EventId> = found.iter().filter_map(|it| it.event_id).collect();
    let events = core.events.find_events(&ids).await?;
    let kinds: HashMap<EventId, String> = events.into_iter().map(|event| (event.id, event.kind)).collect();
    let now = core.clock.now();
    for item in &found {
        let event = item.event_id.map_or_else(String::new, |id| id.to_string());
        let kind = item.event_id.and_then(|id| kinds.get(&id)).map_or("-", String::as_str);
        writeln!(out, "{}  event {event} {kind}", line(item, now))?;
    }
    summary(core, found.len(), out).await
}

async fn show(core: &Core, id: EventId, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(event) = core.events.find_events(&[id]).await?.pop() else { anyhow::bail!("there is no event {id}") };
    let Event { kind, subject, tenant_id, payload, occurred_at, .. } = event;
    let at = occurred_at.to_rfc3339_opts(SecondsFormat::Millis, true);
    writeln!(out, "{id}  {kind}  subject {subject}  tenant {}  at {at}\n{payload}", tenant(tenant_id))?;
    let filter = ItemFilter { event_id: Some(id), ..ItemFilter::default() };
    let now = core.clock.now();
    // As many as there are consumers.
    for item in core.queues.list(&filter, 1_000).await? {
        writeln!(out, "{}", line(&item, now))?;
    }
    Ok(())
}
