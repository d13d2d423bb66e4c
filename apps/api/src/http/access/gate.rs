//! The gate: verifies the token and checks the permission, before anything of the request is read.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpMessage, HttpRequest,
    http::{StatusCode, header},
    web,
};
use auth::{AccessTokens, AdminPrincipal, Permission, TenantPermission, TenantPrincipal};
use kernel::{
    Actor, ErrorCode,
    rate::key,
    refusals::{Refusal, Refusals, Refused},
};
use tenancy::service::ApiCalls;

use super::{Access, Need, Principal};
use crate::http::{Context, Problem};

/// Longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 4096;
/// One audit entry in so long for refusals of one person at one route, and one with their number.
const REFUSAL_WINDOW: Duration = Duration::from_secs(60 * 60);

/// What the gate needs.
pub struct Gate {
    /// Verifies tokens.
    pub tokens: Arc<AccessTokens>,
    /// Learns of refusals by permission.
    pub refusals: Refusals,
    /// Counts the requests of workshops' people.
    pub calls: Arc<ApiCalls>,
}

/// Lets the request pass, and notes who it is; or refuses it.
pub(in crate::http) async fn enforce(request: &HttpRequest, access: Access) -> Result<(), Problem> {
    let verdict = match access {
        Access::Public => return Ok(()),
        Access::Admin(need) => {
            let principal = gate(request)?.tokens.verify_admin(bearer(request)?)?;
            request.extensions_mut().insert(Principal::Admin(principal));
            admit_admin(&principal, need)
        }
        Access::Tenant(need) => {
            let principal = gate(request)?.tokens.verify_tenant(bearer(request)?)?;
            request.extensions_mut().insert(Principal::Tenant(principal));
            admit_tenant(&principal, need).and_then(|()| count(gate(request)?, &principal, need))
        }
    };
    match verdict {
        Ok(()) => Ok(()),
        // That nothing is left of the quota is in the trail already, once.
        Err(refusal) if refusal.status() == StatusCode::TOO_MANY_REQUESTS => Err(refusal),
        Err(refusal) => {
            record(request, access, &refusal).await?;
            Err(refusal)
        }
    }
}

fn admit_admin(principal: &AdminPrincipal, need: Need<Permission>) -> Result<(), Problem> {
    match need {
        Need::Token => Ok(()),
        _ if principal.must_change_password => Err(Problem::new(
            StatusCode::FORBIDDEN,
            ErrorCode::PasswordChangeRequired,
            "Change your password first: POST /api/admin/auth/password/change.",
        )),
        Need::SignedIn => Ok(()),
        Need::Permission(permission) if permission.granted_to(principal.role) => Ok(()),
        Need::Permission(_) => Err(Problem::forbidden()),
    }
}

fn admit_tenant(principal: &TenantPrincipal, need: Need<TenantPermission>) -> Result<(), Problem> {
    let Need::Permission(permission) = need else { return Ok(()) };
    if !permission.granted_to(principal.role) {
        return Err(Problem::forbidden());
    }
    let writes = permission.as_str().ends_with(":write") && permission != TenantPermission::TicketsWrite;
    if principal.trial_expired && writes {
        let detail = "The trial of this workspace is over. Choose a plan to go on.";
        return Err(Problem::new(StatusCode::FORBIDDEN, ErrorCode::TrialExpired, detail));
    }
    Ok(())
}

/// Takes a request off the plan's quota. Whoever has none left can still sign out, read the quota and ask for help.
fn count(gate: &Gate, principal: &TenantPrincipal, need: Need<TenantPermission>) -> Result<(), Problem> {
    let counted = gate.calls.count(principal.tenant_id).map_err(Problem::from);
    match need {
        Need::Token | Need::SignedIn => Ok(()),
        Need::Permission(
            TenantPermission::UsageRead | TenantPermission::TicketsRead | TenantPermission::TicketsWrite,
        ) => Ok(()),
        Need::Permission(_) => counted,
    }
}

/// Leaves an audit entry of a refusal, or counts it with others like it, in a transaction of its own.
async fn record(request: &HttpRequest, access: Access, refusal: &Problem) -> Result<(), Problem> {
    let gate = gate(request)?;
    let context = Context::of(request);
    let route = request.match_pattern().unwrap_or_default();
    let route = crate::http::routes::unversioned(&route);
    let place = format!("{} {route} {}", request.method(), access.permission_name());
    let (who, tenant_id) = match context.actor {
        Actor::Admin { id, .. } => (id.to_string(), None),
        Actor::TenantUser { tenant_id, id, .. } => (id.to_string(), Some(tenant_id)),
        Actor::Anonymous(_) | Actor::System(_) => (String::new(), None),
    };
    let key = key(&["access", &who, &place, refusal.code().as_str()]);
    let refusal = Refusal {
        what: Refused::Access,
        resource_id: Some(place),
        tenant_id,
        tenant_user_id: None,
        status: refusal.status().as_u16(),
        code: refusal.code().to_string(),
    };
    metrics::counter!("http_access_denied_total", "code" => refusal.code.clone()).increment(1);
    gate.refusals.record(&context, refusal, &key, REFUSAL_WINDOW).await?;
    Ok(())
}

fn gate(request: &HttpRequest) -> Result<&Gate, Problem> {
    let gate = request.app_data::<web::Data<Gate>>();
    gate.map(|gate| &***gate).ok_or_else(|| Problem::internal("the application has no gate"))
}

/// The bearer token of a request.
pub(super) fn bearer(request: &HttpRequest) -> Result<&str, Problem> {
    let header = request.headers().get(header::AUTHORIZATION).ok_or_else(Problem::unauthenticated)?;
    let text = header.to_str().map_err(|_| token_invalid())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(token_invalid)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.len() > MAX_TOKEN {
        return Err(token_invalid());
    }
    Ok(token)
}

fn token_invalid() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, ErrorCode::TokenInvalid, "The access token is not valid. Sign in again.")
}
