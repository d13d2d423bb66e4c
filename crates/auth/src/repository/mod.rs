//! The ports: what the services need of the database and of other crates.

mod account_mail;
mod admin_names;
mod admins;
mod attempts;
mod credentials;
mod directory;
mod erasure;
mod invitation_acceptance;
mod no_tenants;
mod one_time_tokens;
mod revocations;
mod sessions;

#[cfg(any(test, feature = "mock"))]
pub use account_mail::MockAccountMail;
pub use account_mail::{AccountMail, AccountMessage, NoAccountMail, Recipient};
#[cfg(any(test, feature = "mock"))]
pub use admin_names::MockAdminNames;
pub use admin_names::{AdminName, AdminNames};
#[cfg(any(test, feature = "mock"))]
pub use admins::MockAdminRepository;
pub use admins::{AdminFilter, AdminRepository, AdminSort, NewCredential};
#[cfg(any(test, feature = "mock"))]
pub use attempts::MockAttemptRepository;
pub use attempts::{AttemptRepository, CountRule, Tally};
pub use credentials::CredentialRepository;
#[cfg(any(test, feature = "mock"))]
pub use credentials::MockCredentialRepository;
#[cfg(any(test, feature = "mock"))]
pub use directory::MockTenantDirectory;
pub use directory::{DirectoryPerson, TenantDirectory, TenantRef};
pub use erasure::ErasureRepository;
#[cfg(any(test, feature = "mock"))]
pub use erasure::MockErasureRepository;
pub use invitation_acceptance::InvitationAcceptance;
#[cfg(any(test, feature = "mock"))]
pub use invitation_acceptance::MockInvitationAcceptance;
pub use no_tenants::NoTenants;
#[cfg(any(test, feature = "mock"))]
pub use one_time_tokens::MockOneTimeTokenRepository;
pub use one_time_tokens::OneTimeTokenRepository;
#[cfg(any(test, feature = "mock"))]
pub use revocations::MockRevocationRepository;
pub use revocations::{FeedPosition, RevocationRepository};
#[cfg(any(test, feature = "mock"))]
pub use sessions::MockSessionRepository;
pub use sessions::{Rotation, SessionRepository};
