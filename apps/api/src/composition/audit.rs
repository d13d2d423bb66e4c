//! The audit trail: the writer that every crate uses, the sealer behind it, search, export and archive.

use std::sync::Arc;

use actix_web::web;
use anyhow::Context as _;
use audit::{Audit, AuditKeys};
use auth::AdminStore;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use platform::{
    Runtime,
    jobs::{Cadence, Schedule},
};
use secrecy::ExposeSecret as _;
use sha2::Sha256;
use tenancy::store::MemberStore;

use super::{Background, Core, CoreParts};
use crate::{
    adapters::{
        actor_directory::People,
        audit_jobs::{ArchiveAudit, VerifyAudit},
        known_tenants::KnownTenants,
    },
    config::{Config, Environment},
};

/// The services of crates/audit; all others write to its trail.
pub(super) fn build(config: &Config, parts: &CoreParts) -> anyhow::Result<Audit> {
    let CoreParts { db, clock, entropy } = parts;
    let people =
        People { admins: Arc::new(AdminStore::new(db.clone())), people: Arc::new(MemberStore::new(db.clone())) };
    let runtime = Runtime::with(db.clone(), Arc::clone(clock), Arc::clone(entropy));
    let builder = Audit::builder(runtime, audit_keys(config)?, &config.data_dir);
    Ok(builder.directory(people).former_name(former_name(config.database_url.expose_secret())).build())
}

pub(super) fn provide(audit: &Audit, core: &Core, config: &mut web::ServiceConfig) {
    let tenants = KnownTenants(Arc::new(MemberStore::new(core.db.clone())));
    config
        .app_data(web::Data::new(audit.log.clone()))
        .app_data(web::Data::new(audit.exporter.clone()))
        .app_data(web::Data::new(audit.verifier.clone()))
        .app_data(web::Data::new(tenants));
}

pub(super) fn start(audit: &Audit, environment: Environment, background: &mut Background) {
    let (audit, stop) = (audit.clone(), background.stop());
    background.spawn(async move {
        if environment.is_development()
            && let Err(error) = forget_replaced_database(&audit).await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "old audit checkpoints stay in the way");
        }
        audit.sealer.run(stop).await;
    });
}

pub(super) fn schedules(audit: &Audit) -> Vec<Schedule> {
    vec![
        Schedule { cadence: Cadence::daily_at(3, 20), job: Arc::new(VerifyAudit(audit.verifier.clone())) },
        Schedule { cadence: Cadence::daily_at(4, 20), job: Arc::new(ArchiveAudit(audit.archiver.clone())) },
    ]
}

/// A developer deletes the database file and keeps the directory beside it: that is no attack.
async fn forget_replaced_database(audit: &Audit) -> Result<(), audit::AuditError> {
    if audit.sealer.knows_only_others().await? {
        audit.checkpoints.set_aside("old").await?;
    }
    Ok(())
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
