use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::HeaderValue;
use kernel::{Entropy as _, OsEntropy};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::client::{Call, Connection};
use crate::options::BenchOptions;
use crate::process::{Process, free_address};

/// The seed that makes the data; the addresses of the seeded admins hold it.
const SEED: u32 = 1;
/// Admins that take turns at signing in, so that the load is not one hot row.
pub(crate) const ADMINS: u64 = 50;

/// A seeded database and what it takes to run `nextcrm` on it as in production.
pub(crate) struct Installation {
    binary: PathBuf,
    environment: Vec<(&'static str, String)>,
    directory: PathBuf,
    address: SocketAddr,
    password: String,
}

/// How much to seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) tenants: u32,
    pub(crate) users_per_tenant: u32,
    pub(crate) audit: u32,
}

impl Installation {
    /// Migrates an empty database and fills it, showing the seed's progress on the terminal.
    pub(crate) async fn seeded(
        options: &BenchOptions,
        database_url: &str,
        directory: &Path,
        size: Size,
    ) -> anyhow::Result<Self> {
        let address = free_address()?;
        let installation = Self {
            binary: server_binary(options)?,
            environment: environment(database_url, address, directory),
            directory: directory.to_owned(),
            address,
            password: format!("Bench-1-{}", secret(12)),
        };
        installation.run(&["migrate", "up"]).await?;
        let (tenants, users) = (size.tenants.to_string(), size.users_per_tenant.to_string());
        let (audit, admins, seed) = (size.audit.to_string(), ADMINS.to_string(), SEED.to_string());
        #[rustfmt::skip]
        let arguments = [
            "seed", "--yes-really", "--password-stdin", "--tenants", &tenants, "--users-per-tenant", &users,
            "--audit", &audit, "--admins", &admins, "--seed", &seed,
        ];
        installation.run(&arguments).await?;
        Ok(installation)
    }

    /// Starts `nextcrm serve`.
    pub(crate) async fn serve(&self) -> anyhow::Result<Process> {
        let mut command = self.command();
        command.arg("serve");
        Process::start(command, self.address, &self.directory.join("server.log"), "/health/ready").await
    }

    /// The sign-in of the `number`-th admin, over and over.
    pub(crate) fn sign_in(&self, number: u64) -> Call {
        let email = admin_email(number);
        Call::post("/api/admin/auth/login", &json!({ "email": email, "password": self.password }))
    }

    /// The password that all seeded people share.
    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// Signs the first admin in and gives the `Authorization` header; good for 15 minutes.
    pub(crate) async fn authorization(&self) -> anyhow::Result<HeaderValue> {
        let mut connection = Connection::open(self.address).await?;
        let answer = connection.fetch(&self.sign_in(0)).await?;
        let token = answer["accessToken"].as_str().context("the sign-in gave no access token")?;
        Ok(HeaderValue::from_str(&format!("Bearer {token}"))?)
    }

    /// Signs the first of a workshop's people in and gives the `Authorization` header.
    pub(crate) async fn sign_in_owner(&self, workshop: &Value) -> anyhow::Result<HeaderValue> {
        let (subdomain, email) = (&workshop["subdomain"], &workshop["users"][0]["email"]);
        let body = json!({ "subdomain": subdomain, "email": email, "password": self.password });
        let mut connection = Connection::open(self.address).await?;
        let answer = connection.fetch(&Call::post("/api/tenant/auth/login", &body)).await?;
        let token = answer["accessToken"].as_str().context("the owner's sign-in gave no access token")?;
        Ok(HeaderValue::from_str(&format!("Bearer {token}"))?)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        // Nothing of the caller's environment, nor an .env file, gets in.
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command.current_dir(&self.directory);
        command
    }

    async fn run(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let mut child = self
            .command()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("starting {}", self.binary.display()))?;
        if let Some(mut input) = child.stdin.take() {
            // A command that reads no password may be gone already.
            input.write_all(format!("{}\n", self.password).as_bytes()).await.ok();
        }
        let status = child.wait().await?;
        anyhow::ensure!(status.success(), "`nextcrm {}` failed ({status})", arguments.join(" "));
        Ok(())
    }
}

/// The address of the `number`-th seeded admin, from 0 and round again.
pub(crate) fn admin_email(number: u64) -> String {
    format!("admin{}.seed{SEED}@nextcrm.test", number % ADMINS + 1)
}

/// What a production installation would configure, with secrets made for this run.
fn environment(database_url: &str, address: SocketAddr, directory: &Path) -> Vec<(&'static str, String)> {
    vec![
        ("APP_ENV", "production".to_owned()),
        // Nobody listens there, and nothing that is loaded causes mail.
        ("MAILER", "smtp".to_owned()),
        ("SMTP_URL", "smtps://bench:bench@127.0.0.1:1".to_owned()),
        ("MAIL_FROM_EMAIL", "no-reply@bench.example".to_owned()),
        ("BIND_ADDR", address.to_string()),
        ("DATABASE_URL", database_url.to_owned()),
        ("DATA_DIR", directory.display().to_string()),
        ("JWT_SECRET", secret(32)),
        ("REFRESH_TOKEN_SECRET", secret(32)),
        ("ENCRYPTION_KEYS", format!("bench:{}", secret(32))),
        ("METRICS_TOKEN", secret(32)),
        ("PUBLIC_URL", "https://api.nextcrm.test".to_owned()),
        ("APP_URL", "https://app.nextcrm.test".to_owned()),
        ("CORS_ORIGINS", "https://app.nextcrm.test".to_owned()),
        ("SUPPORT_EMAIL", "support@nextcrm.test".to_owned()),
        ("RUST_LOG", "info".to_owned()),
        ("LOG_FORMAT", "json".to_owned()),
    ]
}

fn secret(bytes: usize) -> String {
    let mut secret = vec![0_u8; bytes];
    OsEntropy.fill(&mut secret);
    STANDARD.encode(secret)
}

fn server_binary(options: &BenchOptions) -> anyhow::Result<PathBuf> {
    let path = match &options.server {
        Some(path) => path.clone(),
        None => std::env::current_exe()?.with_file_name("nextcrm"),
    };
    anyhow::ensure!(
        path.is_file(),
        "no server at {}: build it with `cargo build --release -p nextcrm`, or name one with --server",
        path.display()
    );
    Ok(std::path::absolute(path)?)
}
