use std::{collections::HashMap, sync::Arc, time::Duration};

use moka::future::Cache;

use crate::{
    domain::entry::{ActorName, ActorRef, Entry, NamedEntry},
    error::AuditError,
    repository::ActorDirectory,
};

/// Puts the actors' names to entries, with one question for all of them.
pub(super) async fn name_all(
    directory: &dyn ActorDirectory,
    entries: Vec<Entry>,
) -> Result<Vec<NamedEntry>, AuditError> {
    let actors = distinct(&entries);
    let names = if actors.is_empty() {
        HashMap::new()
    } else {
        directory.names(&actors).await.map_err(AuditError::Directory)?
    };
    Ok(attach(entries, |actor| names.get(actor).cloned()))
}

/// As [`name_all`], remembering for a minute who was asked for: an export asks about the same people again and again.
#[derive(Clone)]
pub(super) struct NameCache {
    directory: Arc<dyn ActorDirectory>,
    known: Cache<ActorRef, Option<ActorName>>,
}

impl NameCache {
    pub(super) fn new(directory: Arc<dyn ActorDirectory>) -> Self {
        let known = Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(60)).build();
        Self { directory, known }
    }

    pub(super) async fn name_all(&self, entries: Vec<Entry>) -> Result<Vec<NamedEntry>, AuditError> {
        let mut names = HashMap::new();
        let mut unknown = Vec::new();
        for actor in distinct(&entries) {
            match self.known.get(&actor).await {
                Some(name) => drop(names.insert(actor, name)),
                None => unknown.push(actor),
            }
        }
        if !unknown.is_empty() {
            let mut found = self.directory.names(&unknown).await.map_err(AuditError::Directory)?;
            for actor in unknown {
                let name = found.remove(&actor);
                self.known.insert(actor, name.clone()).await;
                names.insert(actor, name);
            }
        }
        Ok(attach(entries, |actor| names.get(actor).cloned().flatten()))
    }
}

fn distinct(entries: &[Entry]) -> Vec<ActorRef> {
    let mut seen = std::collections::HashSet::new();
    entries.iter().filter_map(Entry::actor_ref).filter(|actor| seen.insert(*actor)).collect()
}

fn attach(entries: Vec<Entry>, name: impl Fn(&ActorRef) -> Option<ActorName>) -> Vec<NamedEntry> {
    entries.into_iter().map(|entry| NamedEntry { actor: entry.actor_ref().as_ref().and_then(&name), entry }).collect()
}
