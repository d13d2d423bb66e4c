//! What is done to the audit trail every day.

use async_trait::async_trait;
use audit::{Archiver, Verifier};
use kernel::RequestContext;
use platform::jobs::{Job, JobError};
use tokio_util::sync::CancellationToken;

/// Verifies the chain; what does not verify is an error in the log and the metric `audit_chain_verified` at 0.
pub struct VerifyAudit(pub Verifier);

#[async_trait]
impl Job for VerifyAudit {
    fn name(&self) -> &'static str {
        "audit.verify"
    }

    async fn run(&self, stop: &CancellationToken) -> Result<(), JobError> {
        let found = tokio::select! {
            found = self.0.verify() => found?,
            () = stop.cancelled() => return Err("stopped before the end".into()),
        };
        metrics::gauge!("audit_chain_verified").set(if found.verified() { 1.0 } else { 0.0 });
        match found.reason {
            None => tracing::debug!(checked = found.checked, "the audit chain is whole"),
            Some(reason) => {
                let sequence = found.first_broken.and_then(|broken| broken.sequence);
                tracing::error!(sequence, reason = reason.code(), "the audit trail does not verify: {reason}");
            }
        }
        Ok(())
    }
}

/// Moves entries past the usual age to files.
pub struct ArchiveAudit(pub Archiver);

#[async_trait]
impl Job for ArchiveAudit {
    fn name(&self) -> &'static str {
        "audit.archive"
    }

    async fn run(&self, _: &CancellationToken) -> Result<(), JobError> {
        let context = RequestContext::system("scheduler", "audit.archive");
        let archived = self.0.run(&context, Archiver::DEFAULT_AGE).await?;
        if archived.entries > 0 {
            tracing::info!(entries = archived.entries, files = archived.files.len(), "audit entries were archived");
        }
        Ok(())
    }
}
