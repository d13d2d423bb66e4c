use actix_web::web;
use auth::Invitations;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::{Answer, Context, Json, Problem, Public};

/// An invitation's token, and the password to sign in with from now on.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceptInvitationBody {
    #[schema(value_type = String)]
    token: SecretString,
    /// 8 to 128 bytes; upper and lower case, a digit and a special character, or 15 characters and more of any kind.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Accept an invitation
///
/// A token that is forged, over, used or taken back is 422 with field `token`, code TOKEN_INVALID, all alike.
#[utoipa::path(
    post, path = "/tenant/auth/invitations/accept", operation_id = "acceptInvitation", tag = "Tenant sign-in",
    request_body = AcceptInvitationBody,
    responses((status = 200, description = "The password is set", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Public,
    context: Context,
    body: Json<AcceptInvitationBody>,
    invitations: web::Data<Invitations>,
) -> Result<Answer, Problem> {
    invitations.accept(&context, &body.token, &body.password).await?;
    Ok(Answer::message("Welcome. Sign in with the password you have set."))
}
