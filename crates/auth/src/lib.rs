//! Who you are and what you may do: sign-in, sessions, tokens, passwords, roles and permissions, of NextCRM's staff
//! and of the workshops' people, the two kept apart in keys, audiences, cookies and tables.
//!
//! Start with the README of this crate; [`AccessTokens`] verifies a request's token, [`Permission`] and
//! [`TenantPermission`] say what its owner may do.
#![deny(missing_docs)]

mod config;
mod domain;
mod error;
pub mod events;
mod repository;
mod service;
mod store;

pub use config::{AuthConfig, ThrottleConfig};
pub use domain::{
    AdminAccount, AdminPatch, AdminPatchInput, AdminPrincipal, BadSigningKeys, EndReason, NewAdmin, NewAdminInput,
    NewPassword, OneTimeToken, PasswordHash, Permission, PersonalWords, Revocation, RevocationKind, RevocationSet,
    Session, SigningKeys, Subject, TenantPermission, TenantPrincipal, TokenPurpose, network_of,
};
pub use error::AuthError;
pub use repository::{
    AdminFilter, AdminName, AdminNames, AdminRepository, AdminSort, AttemptRepository, CountRule, CredentialRepository,
    DirectoryPerson, ErasureRepository, FeedPosition, InvitationAcceptance, NewCredential, OneTimeTokenRepository,
    RevocationRepository, Rotation, SessionRepository, Tally, TenantDirectory, TenantRef, TenantStatus,
    UnknownTenantStatus,
};
#[cfg(any(test, feature = "mock"))]
pub use repository::{
    MockAdminNames, MockAdminRepository, MockAttemptRepository, MockCredentialRepository, MockInvitationAcceptance,
    MockOneTimeTokenRepository, MockRevocationRepository, MockSessionRepository, MockTenantDirectory,
};
pub use service::{
    ADMIN_WELCOME, AccessTokens, AccountTools, AdminAccounts, AuthPorts, CountedTry, Erasure, HasherConfig,
    Housekeeping, INVITATION_ISSUED, Invitations, LiveRevocations, PASSWORD_RESET_ASKED, PASSWORD_RESET_LINK,
    PasswordHasher, PasswordResetLinks, Passwords, PreparedAdmin, Profiles, REFRESH_REUSE_DETECTED, Recipient, Refresh,
    Revocations, Sessions, SignIn, SignOut, SignedIn, Throttle, TokenPair, TriedAccount, Verified,
};
pub use store::{
    AdminStore, AttemptStore, CredentialStore, ErasureStore, OneTimeTokenStore, RevocationStore, SessionStore,
};

/// The README's example, kept working.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
