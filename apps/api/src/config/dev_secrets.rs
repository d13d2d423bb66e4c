//! Secrets of a developer's machine: drawn at the first start, kept for the next ones.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use kernel::Entropy;

use super::{Config, Variables};

/// Where they are kept.
#[must_use]
pub fn dev_secrets_file(data_dir: &Path) -> PathBuf {
    data_dir.join("dev-secrets.env")
}

/// Adds the kept secrets to the variables, drawing and keeping those that are new; in development only. Nothing is kept
/// when the configuration is wrong all the same: a start that fails leaves no traces.
///
/// # Errors
/// When the file cannot be read or written.
pub fn ensure_dev_secrets(variables: Variables, entropy: &dyn Entropy) -> anyhow::Result<Variables> {
    if variables.get("APP_ENV").is_some_and(|name| name != "development") {
        return Ok(variables);
    }
    let data_dir = PathBuf::from(variables.get("DATA_DIR").unwrap_or("data"));
    let file = dev_secrets_file(&data_dir);
    let known = variables.clone().or(Variables::from_file(&file)?);
    let new = draw_missing_secrets(&known, entropy);
    let all = known.or(new.iter().cloned().collect());
    if new.is_empty() || Config::load(&all).is_err() {
        return Ok(all);
    }
    keep_missing(&file, variables, entropy)
}

/// Draws and keeps what is missing. Servers that start together have the same secrets: the file is locked, and read again.
fn keep_missing(file: &Path, variables: Variables, entropy: &dyn Entropy) -> anyhow::Result<Variables> {
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut kept = options.open(file)?;
    kept.lock()?;
    let variables = variables.or(Variables::from_file(file)?);
    let new = draw_missing_secrets(&variables, entropy);
    let lines: String = new.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    kept.write_all(lines.as_bytes())?;
    kept.sync_all()?;
    Ok(variables.or(new.into_iter().collect()))
}

/// Values for the secrets that are not set, without keeping them.
#[must_use]
pub fn draw_missing_secrets(variables: &Variables, entropy: &dyn Entropy) -> Vec<(&'static str, String)> {
    let random = || {
        let mut bytes = [0_u8; 32];
        entropy.fill(&mut bytes);
        BASE64_STANDARD.encode(bytes)
    };
    let drawn = [
        ("JWT_SECRET", random()),
        ("REFRESH_TOKEN_SECRET", random()),
        ("ENCRYPTION_KEYS", format!("dev:{}", random())),
    ];
    drawn.into_iter().filter(|(name, _)| variables.get(name).is_none()).collect()
}
