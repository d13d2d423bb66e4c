use kernel::{RequestContext, input::Word as _};

use super::Dependencies;
use crate::{EmailError, domain::DeliveryEvent};

/// What providers tell of messages they took.
#[derive(Debug, Clone)]
pub struct Feedback {
    deps: Dependencies,
}

impl Feedback {
    /// Over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        Self { deps }
    }

    /// Takes delivery events in. Old, repeated and unknown delivery events change nothing: a message only ever moves forward. Delivery events that speak
    /// against writing to an address put it on the suppression list, but only of a message that is ours.
    ///
    /// # Errors
    /// [`EmailError::Store`]; the provider should tell again.
    pub async fn take(&self, delivery_event: &DeliveryEvent) -> Result<(), EmailError> {
        let deps = &self.deps;
        let mut tx = deps.transactor.begin().await?;
        let Some((id, recipient)) = deps.notifications.note_in(&mut tx, delivery_event, deps.clock.now()).await? else {
            tracing::debug!(status = %delivery_event.status, "a delivery event of a message that is not ours");
            return Ok(());
        };
        if let Some(reason) = delivery_event.suppress {
            let context = RequestContext::system("mail provider", id.to_string());
            deps.suppress_in(&mut tx, &context, recipient, reason, Some(id)).await?;
        }
        tx.commit().await?;
        metrics::counter!("mail_news_total", "status" => delivery_event.status.as_str()).increment(1);
        Ok(())
    }
}

#[cfg(test)]
#[path = "feedback_tests.rs"]
mod tests;
