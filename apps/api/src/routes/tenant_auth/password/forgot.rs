use actix_web::{http::StatusCode, web};
use auth::Passwords;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    http::{Answer, Context, Json, Problem, Public},
    routes::auth_common::{email, tenant_ref},
};

/// Whose password is forgotten: a workshop, by its subdomain or its id, and an address in it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForgotTenantPasswordBody {
    #[schema(example = "jos-garage")]
    subdomain: Option<String>,
    /// In place of `subdomain`.
    tenant_id: Option<Uuid>,
    #[schema(example = "jo@example.com")]
    email: String,
}

/// Ask for a reset link
///
/// The answer is the same whether workshop and address are known or not. The link is good for an hour and for one use.
#[utoipa::path(
    post, path = "/tenant/auth/password/forgot", operation_id = "forgotTenantPassword", tag = "Tenant sign-in",
    request_body = ForgotTenantPasswordBody,
    responses((status = 202, description = "Noted", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Public,
    context: Context,
    body: Json<ForgotTenantPasswordBody>,
    passwords: web::Data<Passwords>,
) -> Result<Answer, Problem> {
    let tenant = tenant_ref(body.subdomain.as_deref(), body.tenant_id)?;
    passwords.forgot_tenant(&context, tenant, email(&body.email)?).await?;
    Ok(Answer::message("If the address is known, a link is on its way to it.").status(StatusCode::ACCEPTED))
}
