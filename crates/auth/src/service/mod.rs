//! One use case a file.

mod access_tokens;
#[cfg(test)]
mod account_test_tools;
mod account_tools;
mod accounts;
mod admins;
mod dependencies;
mod erasure;
mod hasher;
mod housekeeping;
mod invitations;
mod live_revocations;
mod messages;
mod passwords;
mod profiles;
mod refresh;
mod revocations;
mod sessions;
mod sign_in;
mod sign_out;
#[cfg(test)]
pub(crate) mod test_ports;
mod throttle;
mod token_pair;
mod verifier;

pub use access_tokens::AccessTokens;
pub use account_tools::AccountTools;
pub use admins::{AdminAccounts, PreparedAdmin};
pub use dependencies::Dependencies;
pub use erasure::Erasure;
pub use hasher::{HasherConfig, PasswordHasher, Verified};
pub use housekeeping::Housekeeping;
pub use invitations::Invitations;
pub use live_revocations::LiveRevocations;
pub use passwords::{PasswordResetLinks, Passwords};
pub use profiles::Profiles;
pub use refresh::Refresh;
pub use revocations::Revocations;
pub use sessions::Sessions;
pub use sign_in::{SignIn, SignedIn};
pub use sign_out::SignOut;
pub use throttle::{CountedTry, Throttle, TriedAccount};
pub use token_pair::TokenPair;
pub use verifier::{Verifier, Verifiers};
