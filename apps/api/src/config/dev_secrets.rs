//! Secrets of a developer's machine: drawn at the first start, kept for the next ones.

use std::{
    fs,
    io::{self, Write},
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
    let variables = variables.or(Variables::from_file(&file)?);
    let new = draw_missing_secrets(&variables, entropy);
    let variables = variables.or(new.iter().cloned().collect());
    if !new.is_empty() && Config::load(&variables).is_ok() {
        append(&file, &new)?;
    }
    Ok(variables)
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

fn append(file: &Path, secrets: &[(&str, String)]) -> io::Result<()> {
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    for (name, value) in secrets {
        writeln!(file, "{name}={value}")?;
    }
    file.sync_all()
}
