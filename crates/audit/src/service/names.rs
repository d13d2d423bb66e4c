use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use moka::future::Cache;
use uuid::Uuid;

use crate::{
    dependencies::Dependencies,
    domain::{
        entry::{ActorName, ActorRef, Entry, FormerName, NamedEntry},
        vault::Vault,
    },
    error::AuditError,
};

/// How actors are called: as the directory says, and those who left as they were called then.
#[derive(Clone)]
pub(super) struct Names {
    deps: Dependencies,
}

impl Names {
    pub(super) fn new(deps: &Dependencies) -> Self {
        Self { deps: deps.clone() }
    }

    /// The names of those who are known, with one question to each side for all of them.
    pub(super) async fn find(&self, actors: &[ActorRef]) -> Result<HashMap<ActorRef, ActorName>, AuditError> {
        if actors.is_empty() {
            return Ok(HashMap::new());
        }
        let mut names = self.deps.directory.names(actors).await.map_err(AuditError::Directory)?;
        let gone: Vec<ActorRef> = actors.iter().filter(|actor| !names.contains_key(actor)).copied().collect();
        let ids: Vec<Uuid> = gone.iter().map(ActorRef::id).collect();
        if ids.is_empty() {
            return Ok(names);
        }
        let kept = self.former(&ids).await?;
        for actor in gone {
            if let ActorRef::TenantUser(tenant, id) = actor
                && let Some(former) = kept.get(&id.uuid()).filter(|former| former.tenant_id == tenant)
            {
                names.insert(actor, ActorName { name: former.name.clone(), email: former.email.clone() });
            }
        }
        Ok(names)
    }

    /// What is kept of people who left.
    pub(super) async fn former(&self, people: &[Uuid]) -> Result<HashMap<Uuid, FormerName>, AuditError> {
        let mut former = HashMap::new();
        for kept in self.deps.names.list_kept(people).await? {
            let vault = Vault::open(&self.deps.keys, Some((kept.person, &kept.salt)), &self.deps.entropy)?;
            // What cannot be opened is not shown; it stands in nobody's way.
            if let Ok(name) = vault.take_name(kept.person, &kept.sealed) {
                former.insert(kept.person, name);
            }
        }
        Ok(former)
    }

    pub(super) async fn count_admins(&self) -> Result<u64, AuditError> {
        self.deps.directory.count_admins().await.map_err(AuditError::Directory)
    }

    /// Puts the actors' names to entries.
    pub(super) async fn name_all(&self, entries: Vec<Entry>) -> Result<Vec<NamedEntry>, AuditError> {
        let names = self.find(&distinct(&entries)).await?;
        Ok(attach(entries, |actor| names.get(actor).cloned()))
    }
}

/// As [`Names`], remembering for a minute who was asked for: an export asks about the same people again and again.
/// For one export only, or a name would outlive its erasure.
pub(super) struct NameCache {
    names: Names,
    known: Cache<ActorRef, Option<ActorName>>,
}

impl NameCache {
    pub(super) fn new(deps: &Dependencies) -> Self {
        let known = Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(60)).build();
        Self { names: Names::new(deps), known }
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
            let mut found = self.names.find(&unknown).await?;
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
    let mut seen = HashSet::new();
    entries.iter().filter_map(Entry::actor_ref).filter(|actor| seen.insert(*actor)).collect()
}

fn attach(entries: Vec<Entry>, name: impl Fn(&ActorRef) -> Option<ActorName>) -> Vec<NamedEntry> {
    entries.into_iter().map(|entry| NamedEntry { actor: entry.actor_ref().as_ref().and_then(&name), entry }).collect()
}
