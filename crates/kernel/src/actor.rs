use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{AdminId, TenantId, TenantUserId};

macro_rules! role {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every role, in the order of the permission table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the wire and in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownRole;
            fn from_str(text: &str) -> Result<Self, UnknownRole> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err(UnknownRole) }
            }
        }
    };
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role")]
pub struct UnknownRole;

role!(
    /// What a member of NextCRM's staff is; the permissions that follow are in crates/auth.
    AdminRole {
        /// Everything.
        SuperAdmin => "SUPER_ADMIN",
        /// Runs the business day by day.
        Admin => "ADMIN",
        /// Integrations and diagnosis.
        Developer => "DEVELOPER",
        /// The support desk.
        Support => "SUPPORT",
        /// Numbers only.
        Marketing => "MARKETING",
        /// Subscriptions and numbers.
        Finance => "FINANCE",
        /// Workshops and numbers.
        Sales => "SALES",
    }
);

role!(
    /// What a person is in their workshop.
    TenantRole {
        /// Owns the account; there is always at least one active.
        Owner => "OWNER",
        /// Manages everything but owners.
        Admin => "ADMIN",
        /// Works with parts and tickets.
        User => "USER",
        /// Looks only.
        Viewer => "VIEWER",
    }
);

/// The two kinds of principals, fully separate in keys, cookies and tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrincipalKind {
    /// NextCRM's staff.
    Admin,
    /// A workshop's people.
    Tenant,
}

/// Who a request or a job acts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Nobody signed in; tells at whose door they stand.
    Anonymous(PrincipalKind),
    /// A member of staff.
    Admin {
        /// Who.
        id: AdminId,
        /// Their role at the time.
        role: AdminRole,
    },
    /// A workshop's person.
    TenantUser {
        /// Their workshop.
        tenant_id: TenantId,
        /// Who.
        id: TenantUserId,
        /// Their role at the time.
        role: TenantRole,
    },
    /// The system itself; the name tells which part (`"scheduler"`, `"seed"`, ...).
    System(&'static str),
}

/// Everything about a request that services and the audit trail need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestContext {
    /// Who acts.
    pub actor: Actor,
    /// Where from; `None` for the system.
    pub ip: Option<IpAddr>,
    /// The client's `User-Agent`, cut to 512 characters.
    pub user_agent: Option<String>,
    /// The request's id as answered in `X-Request-Id`.
    pub request_id: String,
}

impl RequestContext {
    /// The context of work that nobody asked for over HTTP.
    #[must_use]
    pub fn system(part: &'static str, request_id: impl Into<String>) -> Self {
        Self { actor: Actor::System(part), ip: None, user_agent: None, request_id: request_id.into() }
    }

    /// The same request, acting for somebody else (a sign-in that has just found out who it is).
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }
}
