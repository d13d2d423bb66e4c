//! What a start tells the person who started it.

use std::io::{self, Write};

use secrecy::ExposeSecret;

use super::first_start::SignInHint;
use crate::config::Config;

/// Prints where to go and, in development, how to sign in.
pub(super) fn print(config: &Config, sign_in: Option<&SignInHint>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let url = &config.public_url;
    writeln!(out)?;
    writeln!(
        out,
        "  NextCRM {} ({}) listens on {}",
        env!("CARGO_PKG_VERSION"),
        config.environment.as_str(),
        config.bind_addr
    )?;
    writeln!(out, "  API    {url}/api")?;
    writeln!(out, "  Docs   {url}/docs")?;
    if let Some(hint) = sign_in {
        writeln!(out, "  Mail   {url}/dev/mailbox")?;
        match &hint.password {
            Some(password) => {
                writeln!(out, "  Sign in as {} with the password {}", hint.email, password.expose_secret())?;
                writeln!(out, "  (kept in {})", hint.file.display())?;
            }
            None => writeln!(out, "  Sign in as {}; the password is in {}", hint.email, hint.file.display())?,
        }
    }
    writeln!(out)?;
    out.flush()
}
