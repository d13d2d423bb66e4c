//! Sign-in, sessions, passwords, staff.

use std::sync::Arc;

use actix_web::web;
use auth::{Auth, AuthConfig, HasherConfig, SigningKeys};
use platform::{
    jobs::{Cadence, Schedule},
    queue::Tools,
};
use tenancy::{repository::MemberRepository, store::MemberStore};

use super::{Background, Core, email::MailOutbox};
use crate::{
    adapters::{invitation_acceptance::MemberAcceptance, tenant_directory::MemberDirectory},
    config::Config,
};

/// The services of crates/auth.
pub(super) fn build(config: &Config, core: &Core, outbox: &Arc<MailOutbox>) -> anyhow::Result<Auth> {
    let keys = SigningKeys::parse(&config.secrets.jwt, &config.secrets.refresh_token)?;
    let members: Arc<dyn MemberRepository> = Arc::new(MemberStore::new(core.db.clone()));
    let acceptance = MemberAcceptance {
        members: Arc::clone(&members),
        audit: Arc::clone(&core.audit),
        outbox: Arc::clone(outbox) as _,
        clock: Arc::clone(&core.clock),
    };
    let builder = Auth::builder(core.runtime(), keys, AuthConfig::new(config.public_url.clone()))
        .hashing(HasherConfig { concurrency: config.hash_concurrency, ..HasherConfig::default() })
        .outbox(Arc::clone(outbox) as _)
        .mail(Arc::clone(outbox) as _)
        .work_items(Arc::clone(&core.work_items))
        .directory(MemberDirectory::new(members))
        .acceptance(acceptance);
    Ok(builder.build()?)
}

pub(super) fn provide(auth: &Auth, config: &mut web::ServiceConfig) {
    config
        .app_data(web::Data::from(Arc::clone(&auth.config)))
        .app_data(web::Data::from(Arc::clone(&auth.tokens)))
        .app_data(web::Data::from(Arc::clone(&auth.sign_in)))
        .app_data(web::Data::from(Arc::clone(&auth.refresh)))
        .app_data(web::Data::from(Arc::clone(&auth.sign_out)))
        .app_data(web::Data::from(Arc::clone(&auth.profiles)))
        .app_data(web::Data::from(Arc::clone(&auth.sessions)))
        .app_data(web::Data::from(Arc::clone(&auth.passwords)))
        .app_data(web::Data::from(Arc::clone(&auth.invitations)))
        .app_data(web::Data::from(Arc::clone(&auth.admins)));
}

/// Reads the revocations before the first request is served, and follows them from then on.
pub(super) async fn start(auth: &Auth, background: &mut Background, tools: Tools) -> anyhow::Result<()> {
    auth.revocations.load().await?;
    let (revocations, stop) = (Arc::clone(&auth.revocations), background.stop());
    background.spawn(async move { revocations.run(stop).await });
    background.spawn(auth.reset_links.clone().run(tools, background.stop()));
    Ok(())
}

pub(super) fn schedules(auth: &Auth) -> Vec<Schedule> {
    vec![Schedule { cadence: Cadence::hourly(), job: Arc::clone(&auth.housekeeping) as _ }]
}
