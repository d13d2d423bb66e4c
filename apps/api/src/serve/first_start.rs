//! The first start in development: demo data and somebody to sign in as; later starts keep everything.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use auth::{AuthError, NewAdmin, NewAdminInput, NewPassword, PersonalWords};
use kernel::{AdminRole, Entropy, RequestContext};
use secrecy::{ExposeSecret, SecretString};

use super::demo_tickets;
use crate::{
    cli::seed::{DEMO_ADMIN, demo},
    composition::Services,
};

/// How to sign in.
pub(super) struct SignInHint {
    /// Address.
    pub(super) email: &'static str,
    /// The password, when this start has made the account.
    pub(super) password: Option<SecretString>,
    /// Where the password is kept.
    pub(super) file: PathBuf,
}

/// Fills an empty development database; nothing elsewhere.
pub(super) async fn run(services: &Services) -> anyhow::Result<Option<SignInHint>> {
    let config = &services.config;
    if !config.environment.is_development() {
        return Ok(None);
    }
    let file = config.data_dir.join("dev-admin-password.txt");
    // Kept before it is used: a start that dies in between leaves a file that the next one takes up.
    let password = keep_password(&file, &*services.core.entropy)?;
    let made = if config.demo_data {
        let hash = services.auth.hasher.hash(&password).await?;
        let made = demo(&services.core.db, hash.as_str(), services.core.clock.now()).await;
        let made = made.context("making the demo data")?;
        if made {
            demo_tickets::open(services).await.context("opening the demo workshops' tickets")?;
        }
        made
    } else {
        add_admin(services, &password).await?
    };
    if made {
        // Before the jobs: the first verification finds a chain with its checkpoint.
        services.audit.sealer.finish().await.context("sealing the first audit entries")?;
    }
    Ok(Some(SignInHint { email: DEMO_ADMIN, password: made.then_some(password), file }))
}

/// Adds the one super admin, unless they are there.
async fn add_admin(services: &Services, password: &SecretString) -> anyhow::Result<bool> {
    let input = NewAdminInput {
        first_name: "Dev".to_owned(),
        last_name: "Eloper".to_owned(),
        email: DEMO_ADMIN.to_owned(),
        role: AdminRole::SuperAdmin.to_string(),
        department: None,
        phone: None,
    };
    let admin = NewAdmin::parse(&input).map_err(|errors| anyhow::anyhow!("{errors:?}"))?;
    let context = RequestContext::system("first start", "first-start");
    match services.auth.admins.bootstrap(&context, admin, Some(password)).await {
        Ok(_) => Ok(true),
        Err(AuthError::EmailTaken) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn keep_password(file: &Path, entropy: &dyn Entropy) -> anyhow::Result<SecretString> {
    if let Ok(text) = fs::read_to_string(file)
        && !text.trim().is_empty()
    {
        return Ok(text.trim().into());
    }
    let password = NewPassword::temporary(entropy, &PersonalWords::default()).secret().clone();
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file).with_context(|| format!("cannot write {}", file.display()))?;
    writeln!(out, "{}", password.expose_secret())?;
    out.sync_all()?;
    Ok(password)
}
