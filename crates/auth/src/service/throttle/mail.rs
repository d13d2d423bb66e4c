//! How often people are written to because somebody else wants it. An address is typed by whoever likes to, and its owner
//! has asked for nothing: each message is counted, and one too many is refused.

use kernel::{EmailAddress, TenantId, Tx, rate::RateLimit};
use uuid::Uuid;

use super::Throttle;
use crate::{AuthError, repository::Recipient};

impl Throttle {
    /// Counts a message to this address, for this person if there is one, on behalf of this workshop if it is on behalf of
    /// one. The address counts wherever it is written to from, also after the person was removed and added again. Roll
    /// back when it is refused: what was not sent does not count.
    ///
    /// # Errors
    /// [`AuthError::TooManyMessages`]; what the store says.
    pub async fn count_message_in(
        &self,
        tx: &mut Tx,
        person: Option<Uuid>,
        email: &EmailAddress,
        tenant: Option<TenantId>,
    ) -> Result<(), AuthError> {
        let key = |of: &str, which: &str| self.key(&["message", of, which]);
        let [per_person, per_address, per_tenant] =
            [self.config.messages_per_person, self.config.messages_per_address, self.config.messages_per_tenant];
        // The narrower first, as everywhere.
        let person = person.map(|id| (key("person", &id.to_string()), RateLimit::hourly(per_person)));
        let address = (key("address", email.as_str()), RateLimit::hourly(per_address));
        let tenant = tenant.map(|id| (key("tenant", &id.to_string()), RateLimit::daily(per_tenant)));
        for (key, limit) in person.into_iter().chain([address]).chain(tenant) {
            let counted = self.rates.count_in(tx, &key, limit.window).await?;
            if let Some(retry_after) = counted.retry_after(limit, self.clock.now()) {
                return Err(AuthError::TooManyMessages { retry_after });
            }
        }
        Ok(())
    }

    pub(crate) async fn count_message_to_in(&self, tx: &mut Tx, to: &Recipient) -> Result<(), AuthError> {
        self.count_message_in(tx, Some(to.subject.id()), &to.email, to.subject.tenant_id()).await
    }
}
