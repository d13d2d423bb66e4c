use kernel::{AdminRole, PrincipalKind, SessionId, TenantId, TenantRole};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AdminPrincipal, TenantPrincipal};

/// The `aud` of each kind.
pub(crate) const fn audience(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::Admin => "nextcrm:admin",
        PrincipalKind::Tenant => "nextcrm:tenant",
    }
}

/// What an access token says; every field but the tenant's must be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    pub(crate) sub: Uuid,
    pub(crate) sid: SessionId,
    pub(crate) role: String,
    #[serde(rename = "type")]
    pub(crate) kind: PrincipalKind,
    #[serde(rename = "tenantId", default, skip_serializing_if = "Option::is_none")]
    pub(crate) tenant_id: Option<TenantId>,
    /// Seconds since 1970, as all times in a JWT.
    pub(crate) iat: i64,
    pub(crate) nbf: i64,
    pub(crate) exp: i64,
    pub(crate) jti: Uuid,
    /// The account's generation.
    #[serde(rename = "gen")]
    pub(crate) generation: i64,
    /// The workshop's generation.
    #[serde(rename = "tgen", default, skip_serializing_if = "Option::is_none")]
    pub(crate) tenant_generation: Option<i64>,
    /// Must change the password first.
    #[serde(rename = "mcp", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) must_change_password: bool,
    /// The workshop's trial is over.
    #[serde(rename = "tex", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) trial_expired: bool,
}

impl Claims {
    /// Whom the token tells of; `None` when it is no whole admin token.
    pub(crate) fn admin(&self) -> Option<AdminPrincipal> {
        let role: AdminRole = self.role.parse().ok()?;
        (self.kind == PrincipalKind::Admin && self.tenant_id.is_none()).then_some(AdminPrincipal {
            admin_id: self.sub.into(),
            session_id: self.sid,
            role,
            must_change_password: self.must_change_password,
            generation: self.generation,
        })
    }

    /// Whom the token tells of; `None` when it is no whole tenant token.
    pub(crate) fn tenant(&self) -> Option<TenantPrincipal> {
        let role: TenantRole = self.role.parse().ok()?;
        if self.kind != PrincipalKind::Tenant {
            return None;
        }
        Some(TenantPrincipal {
            tenant_id: self.tenant_id?,
            user_id: self.sub.into(),
            session_id: self.sid,
            role,
            trial_expired: self.trial_expired,
            generation: self.generation,
            tenant_generation: self.tenant_generation?,
        })
    }
}
