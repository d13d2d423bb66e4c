use kernel::RequestContext;

use super::Ports;
use crate::{EmailError, domain::News};

/// What providers tell of messages they took.
#[derive(Debug, Clone)]
pub struct Feedback {
    ports: Ports,
}

impl Feedback {
    /// Over these ports.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Takes news in. Old, repeated and unknown news change nothing: a message only ever moves forward. News that speak
    /// against writing to an address put it on the suppression list, but only of a message that is ours.
    ///
    /// # Errors
    /// [`EmailError::Store`]; the provider should tell again.
    pub async fn take(&self, news: &News) -> Result<(), EmailError> {
        let ports = &self.ports;
        let mut tx = ports.transactor.begin().await?;
        let Some((id, recipient)) = ports.notifications.note_in(&mut tx, news, ports.clock.now()).await? else {
            tracing::debug!(status = %news.status, "news of a message that is not ours");
            return Ok(());
        };
        if let Some(reason) = news.suppress {
            let context = RequestContext::system("mail provider", id.to_string());
            ports.suppress_in(&mut tx, &context, recipient, reason, Some(id)).await?;
        }
        tx.commit().await?;
        metrics::counter!("mail_news_total", "status" => news.status.as_str()).increment(1);
        Ok(())
    }
}

#[cfg(test)]
#[path = "feedback_tests.rs"]
mod tests;
