use kernel::{AccessLevel, Audience, Caller, Proof, ReadOnlyReason, Role, SessionId, SessionProof, Subject, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::permission::caller_of;

/// The `aud` of each audience.
pub(crate) const fn audience_name(audience: Audience) -> &'static str {
    match audience {
        Audience::Admin => "nextcrm:admin",
        Audience::Tenant => "nextcrm:tenant",
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
    pub(crate) audience: Audience,
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

/// What every token says of itself.
pub(crate) struct Issue {
    pub(crate) issuer: String,
    pub(crate) issued_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) id: Uuid,
}

impl Claims {
    /// What a new token says of this caller; `None` for whom access tokens are not signed.
    pub(crate) fn of(caller: &Caller, issue: Issue) -> Option<Self> {
        let Proof::Session(proof) = caller.proof else { return None };
        let (audience, sub, role, tenant_id) = match caller.subject {
            Subject::Admin { id, role } => (Audience::Admin, id.uuid(), role.as_str(), None),
            Subject::TenantUser { tenant_id, id, role } => {
                (Audience::Tenant, id.uuid(), role.as_str(), Some(tenant_id))
            }
            Subject::ApiKey { .. } | Subject::Impersonated { .. } | Subject::Anonymous(_) | Subject::System(_) => {
                return None;
            }
        };
        let trial_expired = match caller.access {
            AccessLevel::Full => false,
            AccessLevel::ReadOnly(ReadOnlyReason::TrialExpired) => true,
            AccessLevel::None => return None,
        };
        Some(Self {
            iss: issue.issuer,
            aud: audience_name(audience).to_owned(),
            sub,
            sid: proof.session_id,
            role: role.to_owned(),
            audience,
            tenant_id,
            iat: issue.issued_at,
            nbf: issue.issued_at,
            exp: issue.expires_at,
            jti: issue.id,
            generation: proof.generation,
            tenant_generation: proof.tenant_generation,
            must_change_password: proof.must_change_password,
            trial_expired,
        })
    }

    /// Whom the token tells of; `None` when it is no whole token of its audience.
    pub(crate) fn caller(&self) -> Option<Caller> {
        let role = Role::parse(self.audience, &self.role).ok()?;
        let subject = match (role, self.tenant_id, self.tenant_generation) {
            (Role::Admin(role), None, None) => Subject::Admin { id: self.sub.into(), role },
            (Role::Tenant(role), Some(tenant_id), Some(_)) => {
                Subject::TenantUser { tenant_id, id: self.sub.into(), role }
            }
            (Role::Admin(_) | Role::Tenant(_), _, _) => return None,
        };
        let access = match self.trial_expired {
            true => AccessLevel::ReadOnly(ReadOnlyReason::TrialExpired),
            false => AccessLevel::Full,
        };
        let proof = SessionProof {
            session_id: self.sid,
            generation: self.generation,
            tenant_generation: self.tenant_generation,
            must_change_password: self.must_change_password,
        };
        Some(caller_of(subject).with_access(access).in_session(proof))
    }
}
