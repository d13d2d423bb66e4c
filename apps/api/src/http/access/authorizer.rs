//! The authorizer: verifies the credential and checks the permission, before anything of the request is read.

use std::time::Duration;

use actix_web::{
    HttpMessage, HttpRequest,
    http::{StatusCode, header},
    web,
};
use auth::{Denied, Permission, Verifiers};
use kernel::{Caller, ErrorCode, ReadOnlyReason, Subject, TenantScope, rate::key};
use metering::service::ApiCalls;
use platform::refusals::{Refusal, Refusals, Refused};

use super::Access;
use crate::http::{Context, Problem};

/// Longest credential that is looked at, in bytes.
const MAX_CREDENTIAL: usize = 4096;
/// One audit entry in so long for refusals of one caller at one route, and one with their number.
const REFUSAL_WINDOW: Duration = Duration::from_secs(60 * 60);

/// Decides who may call.
pub struct Authorizer {
    /// Find out who calls.
    pub verifiers: Verifiers,
    /// Learns of refusals by permission.
    pub refusals: Refusals,
    /// Counts the requests of workshops.
    pub calls: ApiCalls,
}

impl Authorizer {
    pub(super) fn of(request: &HttpRequest) -> Result<&Self, Problem> {
        let authorizer = request.app_data::<web::Data<Self>>();
        authorizer.map(|it| &***it).ok_or_else(|| Problem::internal("the application has no authorizer"))
    }

    /// Takes a request off the plan's quota. Whoever has none left can still sign out, read the quota and ask for help.
    fn count(&self, caller: &Caller, permission: &Permission) -> Result<(), Problem> {
        let counted = match caller.subject {
            Subject::TenantUser { tenant_id, .. } | Subject::ApiKey { tenant_id, .. } => self.calls.count(tenant_id),
            // What staff do in a person's place costs their workshop nothing.
            Subject::Impersonated { .. } | Subject::Admin { .. } | Subject::Anonymous(_) | Subject::System(_) => Ok(()),
        };
        if permission.bound_by_quota { counted.map_err(Problem::from) } else { Ok(()) }
    }
}

/// Lets the request pass, and notes who it is; or refuses it.
pub(in crate::http) async fn authorize(request: &HttpRequest, access: Access) -> Result<(), Problem> {
    let permission = match access {
        Access::Public => return Ok(()),
        Access::Needs(permission) => permission,
    };
    let authorizer = Authorizer::of(request)?;
    let caller = authorizer.verifiers.verify(permission.audience, bearer(request)?).await?;
    request.extensions_mut().insert(caller);
    if let Err(denied) = permission.check(&caller) {
        let refusal = refusal_of(denied);
        record(request, authorizer, &caller, permission, &refusal).await?;
        return Err(refusal);
    }
    // That nothing is left of the quota is in the trail already, once.
    authorizer.count(&caller, permission)
}

fn refusal_of(denied: Denied) -> Problem {
    match denied {
        Denied::Forbidden | Denied::StepUpRequired => Problem::forbidden(),
        Denied::PasswordChangeRequired => Problem::new(
            StatusCode::FORBIDDEN,
            ErrorCode::PasswordChangeRequired,
            "Change your password first: POST /api/admin/auth/password/change.",
        ),
        Denied::ReadOnly(ReadOnlyReason::TrialExpired) => Problem::new(
            StatusCode::FORBIDDEN,
            ErrorCode::TrialExpired,
            "The trial of this workspace is over. Choose a plan to go on.",
        ),
    }
}

/// Leaves an audit entry of a refusal, or counts it with others like it, in a transaction of its own.
async fn record(
    request: &HttpRequest,
    authorizer: &Authorizer,
    caller: &Caller,
    permission: &Permission,
    refusal: &Problem,
) -> Result<(), Problem> {
    let route = request.match_pattern().unwrap_or_default();
    let route = crate::http::routes::unversioned(&route);
    let place = format!("{} {route} {}", request.method(), permission.name);
    let key = key(&["access", &caller.identity().unwrap_or_default(), &place, refusal.code().as_str()]);
    let refusal = Refusal {
        what: Refused::Access,
        resource_id: Some(place),
        tenant_id: match caller.tenant_scope() {
            TenantScope::All => None,
            TenantScope::Only(tenant) => Some(tenant),
        },
        tenant_user_id: None,
        status: refusal.status().as_u16(),
        code: refusal.code().to_string(),
    };
    metrics::counter!("http_access_denied_total", "code" => refusal.code.clone()).increment(1);
    authorizer.refusals.record(&Context::of(request), refusal, &key, REFUSAL_WINDOW).await?;
    Ok(())
}

/// The bearer credential of a request.
pub(super) fn bearer(request: &HttpRequest) -> Result<&str, Problem> {
    let header = request.headers().get(header::AUTHORIZATION).ok_or_else(Problem::unauthenticated)?;
    let text = header.to_str().map_err(|_| token_invalid())?;
    let (scheme, credential) = text.split_once(' ').ok_or_else(token_invalid)?;
    let credential = credential.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || credential.is_empty() || credential.len() > MAX_CREDENTIAL {
        return Err(token_invalid());
    }
    Ok(credential)
}

fn token_invalid() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, ErrorCode::TokenInvalid, "The access token is not valid. Sign in again.")
}
