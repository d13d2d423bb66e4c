//! Pure types and rules: no I/O, no async.

pub(crate) mod access_token;
mod account_id;
mod admin;
mod admin_input;
mod network;
mod one_time_token;
mod password;
mod password_hash;
pub(crate) mod permission;
mod permissions;
pub(crate) mod refresh_token;
mod revocation;
mod session;
pub(crate) mod signing_keys;

pub use account_id::{AccountId, OwnSession};
pub use admin::AdminAccount;
pub use admin_input::{AdminPatch, AdminPatchInput, NewAdmin, NewAdminInput};
pub use network::{network_of, wide_network_of};
pub use one_time_token::{OneTimeToken, TokenPurpose};
pub use password::{NewPassword, PersonalWords};
pub use password_hash::PasswordHash;
pub use permission::{
    Denied, Holders, Impersonation, Permission, PermissionMarker, caller_of, grants_of, permissions_for, permissions_of,
};
pub use permissions::{admin as admin_permissions, tenant as tenant_permissions};
pub use revocation::{Revocation, RevocationKind, RevocationSet};
pub use session::{EndReason, Session};
pub use signing_keys::{BadSigningKeys, SigningKeys};
