//! `nextcrm doctor`: what is right and wrong here, a line each with what to do; changes nothing.

use std::{io::Write, path::Path};

use kernel::OsEntropy;
use platform::{DatabaseOptions, Engine, Maintenance};
use secrecy::ExposeSecret;

use crate::{
    composition::carrier,
    config::{Config, Environment, MailerConfig, Variables, dev_secrets_file, draw_missing_secrets},
    private,
};

/// Runs all checks; tells whether all are well.
///
/// # Errors
/// When nothing can be printed.
pub async fn run(out: &mut impl Write) -> anyhow::Result<bool> {
    let mut report = Report { out, well: true };
    if let Some(config) = configuration(&mut report)? {
        directory(&mut report, &config)?;
        permissions(&mut report, &config)?;
        database(&mut report, &config).await?;
        mailer(&mut report, &config).await?;
        report.note("upstream", "none yet")?;
    }
    Ok(report.well)
}

struct Report<'a, W: Write> {
    out: &'a mut W,
    well: bool,
}

impl<W: Write> Report<'_, W> {
    fn ok(&mut self, what: &str, text: &str) -> std::io::Result<()> {
        writeln!(self.out, "ok     {what}: {text}")
    }

    fn note(&mut self, what: &str, text: &str) -> std::io::Result<()> {
        writeln!(self.out, "note   {what}: {text}")
    }

    fn wrong(&mut self, what: &str, text: &str) -> std::io::Result<()> {
        self.well = false;
        writeln!(self.out, "WRONG  {what}: {text}")
    }
}

fn configuration<W: Write>(report: &mut Report<'_, W>) -> anyhow::Result<Option<Config>> {
    let variables = match Variables::from_environment() {
        Ok(variables) => variables,
        Err(problems) => {
            report.wrong("configuration", &problems.to_string())?;
            return Ok(None);
        }
    };
    let data_dir = variables.get("DATA_DIR").unwrap_or("data").to_owned();
    let development = variables.get("APP_ENV").is_none_or(|name| name == "development");
    let kept = dev_secrets_file(Path::new(&data_dir));
    let variables = if development { variables.or(Variables::from_file(&kept)?) } else { variables };
    // A first start will draw what is missing; everything else can be looked at before.
    let missing = if development { draw_missing_secrets(&variables, &OsEntropy) } else { Vec::new() };
    let names: Vec<_> = missing.iter().map(|(name, _)| *name).collect();
    match Config::load(&variables.or(missing.iter().cloned().collect())) {
        Ok(config) => {
            report.ok("configuration", config.environment.as_str())?;
            if names.is_empty() {
                report.ok("secrets", "distinct and long enough")?;
            } else {
                report
                    .note("secrets", &format!("no {} yet; the first `nextcrm serve` draws them", names.join(", ")))?;
            }
            Ok(Some(config))
        }
        Err(problems) => {
            for problem in &problems.0 {
                report.wrong(&problem.variable, &format!("{}; for example {}", problem.wrong, problem.example))?;
            }
            Ok(None)
        }
    }
}

fn directory<W: Write>(report: &mut Report<'_, W>, config: &Config) -> anyhow::Result<()> {
    let path = config.data_dir.display().to_string();
    match std::fs::metadata(&config.data_dir) {
        Ok(metadata) if !metadata.is_dir() => report.wrong("data directory", &format!("{path} is no directory"))?,
        Ok(metadata) if metadata.permissions().readonly() => {
            report.wrong("data directory", &format!("{path} cannot be written; give it to the server's user"))?;
        }
        Ok(_) => report.ok("data directory", &path)?,
        Err(_) => report.note("data directory", &format!("{path} is not there yet; the first start makes it"))?,
    }
    Ok(())
}

fn permissions<W: Write>(report: &mut Report<'_, W>, config: &Config) -> anyhow::Result<()> {
    for text in private::complaints(config) {
        report.note("permissions", &text)?;
    }
    Ok(())
}

/// Reaches the provider and shows it the credentials; sends nothing.
async fn mailer<W: Write>(report: &mut Report<'_, W>, config: &Config) -> anyhow::Result<()> {
    let carrier = match carrier(config) {
        Ok(carrier) => carrier,
        Err(error) => return Ok(report.wrong("mailer", &error.to_string())?),
    };
    let name = carrier.mailer.name();
    if let Err(error) = carrier.mailer.check().await {
        return Ok(report.wrong("mailer", &format!("{name}: {error}"))?);
    }
    match &config.mail.mailer {
        MailerConfig::Capture => report.ok("mailer", "captured, see /dev/mailbox")?,
        MailerConfig::Resend { .. } if config.mail.webhook_secret.is_none() => {
            let text = "resend answers; without RESEND_WEBHOOK_SECRET bounces and complaints stay unknown";
            report.note("mailer", text)?;
        }
        MailerConfig::Resend { .. } | MailerConfig::Smtp { .. } => report.ok("mailer", &format!("{name} answers"))?,
    }
    Ok(())
}

async fn database<W: Write>(report: &mut Report<'_, W>, config: &Config) -> anyhow::Result<()> {
    let options = DatabaseOptions { max_connections: 2, ..DatabaseOptions::new(config.database_url.expose_secret()) };
    if let Some(host) = options.unencrypted_host().filter(|_| config.environment.is_production()) {
        let text =
            format!("connections to {host} may go unencrypted; add ?sslmode=verify-full (or require) to DATABASE_URL");
        report.note("database", &text)?;
    }
    if options.engine() == Some(Engine::Sqlite) {
        let path = crate::serve::sqlite_path(config).unwrap_or_default();
        if !path.exists() {
            report.note("database", &format!("{} is not there yet; the first start makes it", path.display()))?;
            return Ok(());
        }
    }
    let db = match Maintenance::connect(&options).await {
        Ok(db) => db,
        Err(_) => {
            report.wrong("database", "does not answer; check DATABASE_URL, and that the server runs")?;
            return Ok(());
        }
    };
    report.ok("database", if db.engine() == Engine::Sqlite { "SQLite answers" } else { "PostgreSQL answers" })?;
    match migrations::status(db.connection()).await {
        Ok(steps) => match steps.iter().filter(|step| !step.applied).count() {
            0 => report.ok("schema", "up to date")?,
            pending => report.wrong("schema", &format!("{pending} steps are missing; run nextcrm migrate"))?,
        },
        Err(error) => report.wrong("schema", &error.to_string())?,
    }
    match migrations::complaints(db.connection()).await {
        Ok(complaints) if complaints.is_empty() => report.ok("database rights and extensions", "as needed")?,
        Ok(complaints) => {
            for complaint in complaints {
                report.wrong("database rights and extensions", &complaint)?;
            }
        }
        Err(error) => report.wrong("database rights and extensions", &error.to_string())?,
    }
    match migrations::unbound_role(db.connection()).await {
        Ok(None) => {}
        // One's own machine often has nobody else.
        Ok(Some(text)) if config.environment == Environment::Development => report.note("row-level security", text)?,
        Ok(Some(text)) => report.wrong("row-level security", text)?,
        Err(error) => report.wrong("row-level security", &error.to_string())?,
    }
    db.close().await?;
    Ok(())
}
