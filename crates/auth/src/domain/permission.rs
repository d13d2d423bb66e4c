//! A row of the permission table, and the one place that decides by it.

use kernel::{AccessLevel, Audience, Caller, Grants, Proof, ReadOnlyReason, Role, Subject};

/// What an operation asks of its caller, with all that depends on it. Every permission is a constant of the table in
/// `permissions.rs`, named by its [`PermissionMarker`].
#[derive(Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Permission {
    /// Whose table it is in.
    pub audience: Audience,
    /// The name on the wire.
    pub name: &'static str,
    pub description: &'static str,
    pub holders: Holders,
    /// Which it is among the grants; nothing for what asks only to be signed in.
    pub grant: Grants,
    /// Whether calls are refused once the daily quota is used up; counted they are all.
    pub bound_by_quota: bool,
    /// Whether it is open to workshops that may only read.
    pub open_when_read_only: bool,
    /// Whether it is open to API keys.
    pub open_to_keys: bool,
    /// What whoever acts as somebody else may do with it.
    pub impersonation: Impersonation,
    /// Whether the caller must have shown lately who they are.
    pub step_up: bool,
}

/// Who has a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holders {
    /// Whoever is signed in, even with a password that must be changed first.
    Token,
    /// Whoever is signed in.
    SignedIn,
    /// These roles.
    Roles(&'static [Role]),
}

/// What whoever acts as somebody else may do with a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impersonation {
    /// Use it: it changes nothing.
    Read,
    /// Use it where the workshop has agreed to changes.
    Write,
    /// Nothing.
    Never,
}

/// Why a caller may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// They do not have the permission, or it is closed to callers of their kind.
    Forbidden,
    /// They must change their password first.
    PasswordChangeRequired,
    /// Their workshop may only read.
    ReadOnly(ReadOnlyReason),
    /// They must show again who they are.
    StepUpRequired,
}

impl Permission {
    /// What holds for a cell that nobody filled.
    pub(super) const CLOSED: Self = Self {
        audience: Audience::Admin,
        name: "",
        description: "",
        holders: Holders::Roles(&[]),
        grant: Grants::NONE,
        bound_by_quota: false,
        open_when_read_only: false,
        open_to_keys: false,
        impersonation: Impersonation::Never,
        step_up: false,
    };

    /// Whether this is one of the role's permissions.
    #[must_use]
    pub fn granted_to(&self, role: impl Into<Role>) -> bool {
        match self.holders {
            Holders::Roles(roles) => roles.contains(&role.into()),
            Holders::Token | Holders::SignedIn => false,
        }
    }

    /// Whether the caller has this permission, whatever else may keep them from using it now.
    #[must_use]
    pub fn held_by(&self, caller: &Caller) -> bool {
        caller.audience() == Some(self.audience) && caller.grants.covers(self.grant)
    }

    /// Lets the caller pass, or says why not.
    ///
    /// # Errors
    /// [`Denied`]; by default, as a kind of subject gets no further than its own line here lets it.
    pub fn check(&self, caller: &Caller) -> Result<(), Denied> {
        let open = match caller.subject {
            Subject::Admin { .. } | Subject::TenantUser { .. } => true,
            Subject::ApiKey { .. } => self.open_to_keys,
            Subject::Impersonated { may_write, .. } => match self.impersonation {
                Impersonation::Read => true,
                Impersonation::Write => may_write,
                Impersonation::Never => false,
            },
            Subject::Anonymous(_) | Subject::System(_) => false,
        };
        if !open {
            return Err(Denied::Forbidden);
        }
        match caller.proof {
            Proof::Session(proof) if proof.must_change_password && self.holders != Holders::Token => {
                return Err(Denied::PasswordChangeRequired);
            }
            Proof::Session(_) | Proof::Secret => {}
            Proof::Nothing => return Err(Denied::Forbidden),
        }
        if !self.held_by(caller) {
            return Err(Denied::Forbidden);
        }
        match caller.access {
            AccessLevel::Full => {}
            AccessLevel::ReadOnly(_) if self.open_when_read_only => {}
            AccessLevel::ReadOnly(reason) => return Err(Denied::ReadOnly(reason)),
            AccessLevel::None => return Err(Denied::Forbidden),
        }
        // No token tells yet when its owner last showed who they are.
        if self.step_up { Err(Denied::StepUpRequired) } else { Ok(()) }
    }
}

/// A permission as a type, for signatures: `Require<admin::TenantsRead>`.
pub trait PermissionMarker: std::fmt::Debug + Copy + 'static {
    /// The row of the table.
    const PERMISSION: &'static Permission;

    /// Whether the role has it.
    #[must_use]
    fn granted_to(role: impl Into<Role>) -> bool {
        Self::PERMISSION.granted_to(role)
    }

    /// Whether the caller has it.
    #[must_use]
    fn held_by(caller: &Caller) -> bool {
        Self::PERMISSION.held_by(caller)
    }
}

/// All permissions of an audience, in the order of the table.
#[must_use]
pub const fn permissions_for(audience: Audience) -> &'static [&'static Permission] {
    match audience {
        Audience::Admin => super::permissions::admin::ALL,
        Audience::Tenant => super::permissions::tenant::ALL,
    }
}

/// What a role is granted, in the order of the table.
pub fn permissions_of(role: impl Into<Role>) -> impl Iterator<Item = &'static Permission> {
    let role = role.into();
    let audience = match role {
        Role::Admin(_) => Audience::Admin,
        Role::Tenant(_) => Audience::Tenant,
    };
    permissions_for(audience).iter().copied().filter(move |permission| permission.granted_to(role))
}

/// All that a role is granted.
#[must_use]
pub fn grants_of(role: impl Into<Role>) -> Grants {
    permissions_of(role).fold(Grants::NONE, |all, permission| all | permission.grant)
}

/// A person with all that their role is granted; nothing is granted to subjects whose role is only a limit.
#[must_use]
pub fn caller_of(subject: Subject) -> Caller {
    let grants = match subject {
        Subject::Admin { role, .. } => grants_of(role),
        Subject::TenantUser { role, .. } => grants_of(role),
        Subject::ApiKey { .. } | Subject::Impersonated { .. } | Subject::Anonymous(_) | Subject::System(_) => {
            Grants::NONE
        }
    };
    Caller { grants, ..Caller::new(subject) }
}

/// Writes a table as constants, one [`PermissionMarker`] a row; `x` in a column is yes, `-` no.
macro_rules! permissions {
    (
        $(#[doc = $about:literal])+ pub mod $module:ident for $audience:ident($role:ident), columns $columns:tt;
        $(#[doc = $doc:literal] $marker:ident $name:literal $holders:tt $cells:tt;)+
    ) => {
        $(#[doc = $about])+
        pub mod $module {
            use kernel::{Audience, Grants, Role, $role};
            use $crate::domain::permission::{Holders, Permission, PermissionMarker, cells, grant, holders, yes};

            /// Numbers the rows.
            #[expect(dead_code, reason = "not all of them need their number")]
            enum Row { $($marker),+ }

            $(
                #[doc = $doc]
                #[derive(Debug, Clone, Copy)]
                pub struct $marker;

                impl PermissionMarker for $marker {
                    const PERMISSION: &'static Permission = &Permission {
                        audience: Audience::$audience,
                        name: $name,
                        description: $doc.trim_ascii(),
                        holders: holders!($audience $role $holders),
                        grant: grant!($holders Row::$marker),
                        ..cells!($columns $cells)
                    };
                }
            )+

            /// Every row.
            pub const ALL: &[&Permission] = &[$($marker::PERMISSION),+];
        }
    };
}

macro_rules! holders {
    ($audience:ident $role:ident [$($name:ident)+]) => { Holders::Roles(&[$(Role::$audience($role::$name)),+]) };
    ($audience:ident $role:ident $all:ident) => { Holders::$all };
}

macro_rules! grant {
    ([$($name:ident)+] $($row:tt)+) => { Grants::bit($($row)+ as u32) };
    ($all:ident $($row:tt)+) => { Grants::NONE };
}

macro_rules! cells {
    ((step_up) ($step_up:tt)) => {
        Permission { step_up: yes!($step_up), ..Permission::CLOSED }
    };
    ((quota, read_only, keys, impersonation, step_up)
        ($quota:tt $read_only:tt $keys:tt $impersonation:ident $step_up:tt)) => {
        Permission {
            bound_by_quota: yes!($quota),
            open_when_read_only: yes!($read_only),
            open_to_keys: yes!($keys),
            impersonation: $crate::domain::permission::Impersonation::$impersonation,
            step_up: yes!($step_up),
            ..Permission::CLOSED
        }
    };
}

macro_rules! yes {
    (x) => {
        true
    };
    (-) => {
        false
    };
}

pub(super) use {cells, grant, holders, permissions, yes};
