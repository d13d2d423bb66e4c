//! Secrets of a developer's machine: drawn at the first start, kept for the next ones.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use kernel::Entropy;

use super::Variables;

/// Where they are kept.
#[must_use]
pub fn dev_secrets_file(data_dir: &Path) -> PathBuf {
    data_dir.join("dev-secrets.env")
}

/// Adds the kept secrets to the variables, drawing and keeping those that are new; in development only.
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
    let new: Vec<_> = drawn.into_iter().filter(|(name, _)| variables.get(name).is_none()).collect();
    if !new.is_empty() {
        append(&file, &new)?;
    }
    Ok(variables.or(new.into_iter().collect()))
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
