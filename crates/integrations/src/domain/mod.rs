//! Pure types and rules: what can be built is right, and needs no second look.

mod credentials;
mod kind;
mod new;
mod patch;
pub(crate) mod sealing;
mod stored;
mod view;
mod webhook_url;

pub use credentials::{Credentials, CredentialsInput};
pub use kind::{CredentialField, IntegrationType};
pub use new::{IntegrationName, NewIntegration, NewIntegrationInput};
pub use patch::{IntegrationPatch, IntegrationPatchInput};
pub(crate) use stored::changes as integration_changes;
pub use stored::{Integration, SealedText};
pub(crate) use view::mask;
pub use view::{IntegrationView, OpenIntegration, SavedIntegration};
pub use webhook_url::{WebhookSchemes, WebhookUrl};

#[cfg(test)]
#[path = "input_tests.rs"]
mod input_tests;
