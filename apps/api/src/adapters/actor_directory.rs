//! Fits the people of auth and tenancy to audit's [`ActorDirectory`].

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use audit::{ActorDirectory, ActorName, ActorRef, AuditError, DirectoryError};
use auth::AdminNames;
use kernel::StoreError;
use tenancy::repository::PersonNames;

/// Most people of one query; far below what a statement can take.
const AT_ONCE: usize = 1_000;

/// Knows staff and workshops' people by name.
pub struct People {
    /// Staff.
    pub admins: Arc<dyn AdminNames>,
    /// Workshops' people.
    pub people: Arc<dyn PersonNames>,
}

#[async_trait]
impl ActorDirectory for People {
    async fn names(&self, actors: &[ActorRef]) -> Result<HashMap<ActorRef, ActorName>, DirectoryError> {
        let mut admins = Vec::new();
        let mut people = Vec::new();
        for actor in actors {
            match *actor {
                ActorRef::Admin(id) => admins.push(id),
                ActorRef::TenantUser(tenant, id) => people.push((tenant, id)),
            }
        }
        let mut names = HashMap::with_capacity(actors.len());
        for some in admins.chunks(AT_ONCE) {
            for found in self.admins.list_names(some).await.map_err(unavailable)? {
                let name = format!("{} {}", found.first_name, found.last_name);
                names.insert(ActorRef::Admin(found.id), ActorName { name, email: found.email });
            }
        }
        for some in people.chunks(AT_ONCE) {
            for found in self.people.list_names(some).await.map_err(unavailable)? {
                let actor = ActorRef::TenantUser(found.tenant_id, found.id);
                names.insert(actor, ActorName { name: found.name, email: found.email });
            }
        }
        Ok(names)
    }

    async fn count_admins(&self) -> Result<u64, DirectoryError> {
        self.admins.count_admins().await.map_err(unavailable)
    }
}

fn unavailable(error: StoreError) -> DirectoryError {
    Box::new(AuditError::Store(error))
}
