//! Mail that the application has sent, as the capture mailer keeps it.

use email::mailer::{CaptureMailer, CapturedMessage, Mailbox};
use test_support::eventually;

use super::Api;

impl Api {
    /// All mail to this address so far, newest first.
    pub async fn mail_to(&self, address: &str) -> Vec<CapturedMessage> {
        let mailbox = CaptureMailer::new(self.data_dir.path().join("mailbox"));
        let messages = mailbox.messages().await.expect("a mailbox");
        messages.into_iter().filter(|message| message.to == address).collect()
    }

    /// Waits for the `number`th mail to this address (1 is the first) and gives it.
    pub async fn mail(&self, address: &str, number: usize) -> CapturedMessage {
        let what = format!("message {number} to {address} comes");
        eventually(&what, async || self.mail_to(address).await.into_iter().nth_back(number - 1)).await
    }

    /// Waits until nothing waits to be handed over.
    pub async fn mail_is_out(&self) {
        let pending = "notification_log WHERE status = 'PENDING'";
        eventually("all mail leaves", async || (self.count(pending).await == 0).then_some(())).await;
    }
}

/// The one-time token in a mail's link.
pub fn token_of(message: &CapturedMessage) -> String {
    let (_, rest) = message.text.split_once("token=").expect("a link with a token");
    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next().expect("a token").to_owned()
}
