//! The audit trail: the writer that every crate uses, the sealer behind it, search, export and archive.

use std::sync::Arc;

use actix_web::web;
use anyhow::Context as _;
use audit::{
    Archiver, AuditKeys, AuditLog, AuditStore, CheckpointFile, Eraser, Exporter, Ports, Sealer, Trail, Verifier,
};
use auth::AdminStore;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use kernel::{
    AuditTrail,
    jobs::{Cadence, Schedule},
};
use secrecy::ExposeSecret as _;
use sha2::Sha256;
use tenancy::store::MemberStore;
use tokio::sync::Notify;

use super::{Background, CoreParts};
use crate::{
    adapters::{
        actor_directory::People,
        audit_jobs::{ArchiveAudit, VerifyAudit},
        known_tenants::KnownTenants,
    },
    config::Config,
};

/// The services of crates/audit.
#[derive(Clone)]
pub struct AuditServices {
    /// Writes entries.
    pub trail: Arc<dyn AuditTrail>,
    /// Search and summary.
    pub log: Arc<AuditLog>,
    /// Exports.
    pub exporter: Arc<Exporter>,
    /// Finds the first broken entry.
    pub verifier: Arc<Verifier>,
    /// Moves old entries to files.
    pub archiver: Arc<Archiver>,
    /// Chains entries.
    pub sealer: Arc<Sealer>,
    /// Takes a person's name, address and user agent out.
    pub eraser: Arc<Eraser>,
    checkpoints: Arc<CheckpointFile>,
    tenants: Arc<KnownTenants>,
    development: bool,
}

impl AuditServices {
    pub(super) fn build(config: &Config, parts: &CoreParts) -> anyhow::Result<Self> {
        let CoreParts { db, clock, entropy } = parts;
        let store = Arc::new(AuditStore::new(db.clone()));
        let checkpoints = Arc::new(CheckpointFile::under(&config.data_dir));
        let wake = Arc::new(Notify::new());
        let keys = Arc::new(audit_keys(config)?);
        let (time, random) = (Arc::clone(clock), Arc::clone(entropy));
        let trail = Trail::new(store.clone(), store.clone(), Arc::clone(&keys), time, random, Arc::clone(&wake));
        let trail: Arc<dyn AuditTrail> = Arc::new(trail);
        let people =
            People { admins: Arc::new(AdminStore::new(db.clone())), people: Arc::new(MemberStore::new(db.clone())) };
        let ports = Ports {
            transactor: Arc::new(db.clone()),
            entries: store.clone(),
            names: store.clone(),
            chain: store.clone(),
            archives: store,
            checkpoints: checkpoints.clone(),
            directory: Arc::new(people),
            trail: Arc::clone(&trail),
            clock: Arc::clone(clock),
            entropy: Arc::clone(entropy),
            keys,
            wake,
            former_name: former_name(config.database_url.expose_secret()),
        };
        Ok(Self {
            trail,
            log: Arc::new(AuditLog::new(&ports)),
            exporter: Arc::new(Exporter::new(&ports)),
            verifier: Arc::new(Verifier::new(&ports)),
            archiver: Arc::new(Archiver::new(&ports, &config.data_dir)),
            sealer: Arc::new(Sealer::new(&ports)),
            eraser: Arc::new(Eraser::new(&ports)),
            checkpoints,
            tenants: Arc::new(KnownTenants(Arc::new(MemberStore::new(db.clone())))),
            development: config.environment.is_development(),
        })
    }

    pub(super) fn provide(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(Arc::clone(&self.log)))
            .app_data(web::Data::from(Arc::clone(&self.exporter)))
            .app_data(web::Data::from(Arc::clone(&self.verifier)))
            .app_data(web::Data::from(Arc::clone(&self.tenants)));
    }

    pub(super) fn start(&self, background: &mut Background) {
        let (this, stop) = (self.clone(), background.stop());
        background.spawn(async move {
            if this.development
                && let Err(error) = this.forget_replaced_database().await
            {
                tracing::warn!(error = &error as &dyn std::error::Error, "old audit checkpoints stay in the way");
            }
            this.sealer.run(stop).await;
        });
    }

    pub(super) fn schedules(&self) -> Vec<Schedule> {
        vec![
            Schedule { cadence: Cadence::daily_at(3, 20), job: Arc::new(VerifyAudit(Arc::clone(&self.verifier))) },
            Schedule { cadence: Cadence::daily_at(4, 20), job: Arc::new(ArchiveAudit(Arc::clone(&self.archiver))) },
        ]
    }

    /// A developer deletes the database file and keeps the directory beside it: that is no attack.
    async fn forget_replaced_database(&self) -> Result<(), audit::AuditError> {
        if self.sealer.knows_only_others().await? {
            self.checkpoints.set_aside("old").await?;
        }
        Ok(())
    }
}

/// The keys of the trail, from the roots in JWT_SECRET; older roots go on verifying what they sealed, those in
/// AUDIT_OLD_SECRETS nothing else.
///
/// # Errors
/// When a root is not base64.
pub fn audit_keys(config: &Config) -> anyhow::Result<AuditKeys> {
    let mut roots = Vec::new();
    let old = config.secrets.audit_old.as_ref();
    for text in [Some(&config.secrets.jwt), old].into_iter().flatten().flat_map(|list| list.expose_secret().split(','))
    {
        let root = BASE64_STANDARD.decode(text.trim()).context("JWT_SECRET and AUDIT_OLD_SECRETS must be base64")?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&root).context("an audit root cannot be used as a key")?;
        mac.update(b"nextcrm audit root v1");
        roots.push(mac.finalize().into_bytes().into());
    }
    let (current, older) = roots.split_first().context("JWT_SECRET is empty")?;
    Ok(AuditKeys::new(current, older))
}

/// What former versions called this database in their checkpoints; without credentials.
fn former_name(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(parsed) if parsed.has_host() && !parsed.scheme().starts_with("sqlite") => {
            let port = parsed.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("postgres:{}{port}{}", parsed.host_str().unwrap_or_default(), parsed.path())
        }
        _ => {
            let path = url.split(['?', '#']).next().unwrap_or(url);
            let path = path.trim_start_matches("sqlite:").trim_start_matches("//");
            let absolute = std::path::absolute(path).map(|path| path.display().to_string());
            format!("sqlite:{}", absolute.unwrap_or_else(|_| path.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::former_name;

    #[test]
    fn a_database_s_label_holds_no_credentials() {
        let label = former_name("postgres://jo:s3cret@db.example:6432/nextcrm?sslmode=require");
        assert_eq!(label, "postgres:db.example:6432/nextcrm");
        assert_eq!(former_name("sqlite:///var/lib/n.db?mode=rwc"), "sqlite:/var/lib/n.db");
        assert_eq!(former_name("sqlite://data/n.db"), former_name("sqlite:./data/n.db"));
    }
}
