//! Mail that the application has sent, as the capture mailer keeps it.

use std::time::Duration;

use email::mailer::{CaptureMailer, CapturedMessage, Mailbox};
use tokio::time::{Instant, sleep};

use super::Api;

/// How long a message may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

impl Api {
    /// All mail to this address so far, newest first.
    pub async fn mail_to(&self, address: &str) -> Vec<CapturedMessage> {
        let mailbox = CaptureMailer::new(self.data_dir.path().join("mailbox"));
        let messages = mailbox.messages().await.expect("a mailbox");
        messages.into_iter().filter(|message| message.to == address).collect()
    }

    /// Waits for the `number`th mail to this address (1 is the first) and gives it.
    pub async fn mail(&self, address: &str, number: usize) -> CapturedMessage {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut messages = self.mail_to(address).await;
            messages.reverse();
            if messages.len() >= number {
                return messages.swap_remove(number - 1);
            }
            assert!(Instant::now() < deadline, "{} of {number} messages to {address} came", messages.len());
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until nothing waits to be handed over.
    pub async fn mail_is_out(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.count("notification_log WHERE status = 'PENDING'").await > 0 {
            assert!(Instant::now() < deadline, "mail does not leave");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The one-time token in a mail's link.
pub fn token_of(message: &CapturedMessage) -> String {
    let (_, rest) = message.text.split_once("token=").expect("a link with a token");
    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next().expect("a token").to_owned()
}
