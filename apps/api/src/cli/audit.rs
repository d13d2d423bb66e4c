//! `nextcrm audit verify [--file F]` and `nextcrm audit archive [--older-than DAYS]`.

use std::path::PathBuf;

use anyhow::Context as _;
use audit::{Audit, Broken, FileReport, Verification, verify_file};
use chrono::TimeDelta;
use clap::{Args, Subcommand};
use kernel::RequestContext;

use crate::{composition::audit_keys, config::Config};

/// What to do with the audit trail.
#[derive(Debug, Clone, Subcommand)]
pub enum AuditCommand {
    /// Verify the chain in the database, or a file; exits 1 and names the first broken entry when it is not whole.
    Verify(VerifyArgs),
    /// Move old entries to compressed files under DATA_DIR/archive.
    Archive(ArchiveArgs),
}

/// What to verify.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// An exported (.jsonl) or archived (.jsonl.zst) file, verified without the database.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// What to archive.
#[derive(Debug, Clone, Args)]
pub struct ArchiveArgs {
    /// Age in days from which on entries are moved.
    #[arg(long, value_name = "DAYS", default_value_t = 730, value_parser = clap::value_parser!(u16).range(1..))]
    pub older_than: u16,
}

/// Verifies a file; needs the keys only. Answers whether it is whole.
///
/// # Errors
/// When the file cannot be read.
pub async fn verify_offline(
    config: &Config,
    file: PathBuf,
    out: &mut (dyn std::io::Write + Send),
) -> anyhow::Result<bool> {
    let keys = audit_keys(config)?;
    let shown = file.display().to_string();
    let report = tokio::task::spawn_blocking(move || verify_file(&keys, &file)).await?;
    let report = report.with_context(|| format!("cannot verify {shown}"))?;
    tell_file(&shown, &report, out)?;
    Ok(report.first_problem.is_none())
}

fn tell_file(file: &str, report: &FileReport, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    match &report.first_problem {
        None => {
            writeln!(out, "verified: {} entries of {file} are as they were exported", report.checked)?;
            if report.unsealed > 0 {
                writeln!(out, "{} of them were not sealed yet when they were exported", report.unsealed)?;
            }
            Ok(())
        }
        Some(problem) => {
            let sequence = problem.sequence.map(|it| format!(", sequence {it}")).unwrap_or_default();
            let id = problem.id.map(|it| format!(", id {it}")).unwrap_or_default();
            writeln!(out, "BROKEN: line {} of {file}{sequence}{id}: {}", problem.line, problem.what)
        }
    }
}

/// Verifies the database. Answers whether it is whole.
///
/// # Errors
/// When the database or the checkpoints cannot be read.
pub async fn verify(audit: &Audit, out: &mut (dyn std::io::Write + Send)) -> anyhow::Result<bool> {
    let found = audit.verifier.verify().await?;
    tell_database(&found, out)?;
    Ok(found.verified())
}

fn tell_database(found: &Verification, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let Some(reason) = found.reason else {
        return writeln!(out, "verified: {} entries, {} checkpoints", found.checked, found.checkpoints);
    };
    let place = match found.first_broken {
        None => return writeln!(out, "NOT VERIFIED ({}): {reason}", reason.code()),
        Some(Broken { sequence, id }) => {
            let sequence = sequence.map(|sequence| format!("sequence {sequence}"));
            [sequence, id.map(|id| format!("id {id}"))].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
    };
    writeln!(out, "BROKEN at {place}: {reason} ({})", reason.code())?;
    writeln!(out, "{} entries before it are right; {} checkpoints", found.checked, found.checkpoints)
}

/// Moves old entries to files.
///
/// # Errors
/// When the chain is broken, or the database or a file fails.
pub async fn archive(audit: &Audit, args: &ArchiveArgs, out: &mut (dyn std::io::Write + Send)) -> anyhow::Result<()> {
    let context = RequestContext::system("cli", "audit archive");
    // What is not sealed cannot be archived.
    audit.sealer.finish().await?;
    let archived = audit.archiver.run(&context, TimeDelta::days(args.older_than.into())).await?;
    audit.sealer.finish().await?;
    writeln!(out, "archived: {} entries in {} files", archived.entries, archived.files.len())?;
    for file in &archived.files {
        writeln!(out, "  {}", file.display())?;
    }
    Ok(())
}
