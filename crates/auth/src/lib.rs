//! Who you are and what you may do: sign-in, sessions, tokens, passwords, roles and permissions, of NextCRM's staff
//! and of the workshops' people, the two kept apart in keys, audiences, cookies and tables.
//!
//! Start with the README of this crate; [`Verifiers`] find out who calls, a [`Permission`] says whether they may.
#![deny(missing_docs)]

mod builder;
mod config;
mod domain;
mod error;
pub mod events;
mod repository;
mod service;
mod store;

pub use builder::{Auth, AuthBuilder};
pub use config::{AuthConfig, ThrottleConfig};
pub use domain::{
    AccountId, AdminAccount, AdminPatch, AdminPatchInput, BadSigningKeys, Denied, EndReason, Holders, Impersonation,
    NewAdmin, NewAdminInput, NewPassword, OneTimeToken, OwnSession, PasswordHash, Permission, PermissionMarker,
    PersonalWords, Revocation, RevocationKind, RevocationSet, Session, SigningKeys, TokenPurpose, admin_permissions,
    caller_of, grants_of, network_of, permissions_for, permissions_of, tenant_permissions,
};
pub use error::AuthError;
pub use repository::{
    AccountMail, AccountMessage, AdminFilter, AdminName, AdminNames, AdminRepository, AdminSort, AttemptRepository,
    CountRule, CredentialRepository, DirectoryPerson, ErasureRepository, FeedPosition, InvitationAcceptance,
    NewCredential, NoAccountMail, NoTenants, OneTimeTokenRepository, Recipient, RevocationRepository, Rotation,
    SessionRepository, Tally, TenantDirectory, TenantRef,
};
#[cfg(any(test, feature = "mock"))]
pub use repository::{
    MockAccountMail, MockAdminNames, MockAdminRepository, MockAttemptRepository, MockCredentialRepository,
    MockErasureRepository, MockInvitationAcceptance, MockOneTimeTokenRepository, MockRevocationRepository,
    MockSessionRepository, MockTenantDirectory,
};
pub use service::{
    AccessTokens, AccountTools, AdminAccounts, CountedTry, Dependencies, Erasure, HasherConfig, Housekeeping,
    Invitations, LiveRevocations, PasswordHasher, PasswordResetLinks, Passwords, PreparedAdmin, Profiles, Refresh,
    Revocations, Sessions, SignIn, SignOut, SignedIn, Throttle, TokenPair, TriedAccount, Verified, Verifier, Verifiers,
};
pub use store::{AdminStore, CredentialStore, OneTimeTokenStore, RevocationStore, SessionStore};

/// The README's example, kept working.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
