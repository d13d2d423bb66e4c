//! `nextcrm keys rotate`.

use std::io::Write;

use clap::Subcommand;
use kernel::sealed::Resealed;

use crate::composition::Services;

/// What to do with the keys.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum KeysCommand {
    /// Seal everything anew with the first key of ENCRYPTION_KEYS, while the server runs. An older key can go when nothing
    /// was refused, but see docs/operations.md about the audit trail.
    Rotate,
}

/// Runs the command; tells whether every value could be sealed anew.
///
/// # Errors
/// What the database says; running it again goes on.
pub async fn run(services: &Services, command: &KeysCommand, out: &mut impl Write) -> anyhow::Result<bool> {
    let KeysCommand::Rotate = command;
    let mut all = Resealed::default();
    for table in &services.core.sealed_tables {
        let count = table.reseal(&services.core.key_ring).await?;
        writeln!(out, "{}: {} values sealed anew, {} do not open", table.table(), count.done, count.refused)?;
        all += count;
    }
    writeln!(out, "{} values sealed anew with the first key of ENCRYPTION_KEYS", all.done)?;
    if all.refused > 0 {
        writeln!(out, "{} values do not open with any key of the ring; keep the older keys", all.refused)?;
    }
    Ok(all.refused == 0)
}
