use actix_web::{http::StatusCode, web};
use email::service::Suppressions;
use kernel::EmailAddress;
use serde::Deserialize;
use utoipa::ToSchema;

use super::dto::SuppressionAnswer;
use crate::http::{Answer, Context, Idempotent, Json, Problem, Require, access::admin};

/// Whom nothing is to be sent to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddSuppressionBody {
    #[schema(example = "jo@garage.example", max_length = 254)]
    email: String,
}

/// Suppress an address
///
/// Nothing is sent to it any more, what waits included. One that is on the list already stays as it is (200).
#[utoipa::path(
    post, path = "/admin/notifications/suppressions", operation_id = "addSuppression", tag = "Notifications",
    request_body = AddSuppressionBody,
    responses(
        (status = 201, description = "It is on the list", body = SuppressionAnswer),
        (status = 200, description = "It was on the list", body = SuppressionAnswer),
    )
)]
pub async fn handle(
    _: Require<admin::NotificationsWrite>,
    context: Context,
    key: Idempotent,
    body: Json<AddSuppressionBody>,
    suppressions: web::Data<Suppressions>,
) -> Result<Answer, Problem> {
    let email = EmailAddress::parse_as("email", &body.email).map_err(|error| Problem::validation(vec![error]))?;
    key.once(async |tx| {
        let (suppression, is_new) = suppressions.add_in(tx, &context, email).await?;
        let address: String = url::form_urlencoded::byte_serialize(suppression.email.as_str().as_bytes()).collect();
        let answer = SuppressionAnswer { suppression: suppression.into() };
        let created = Answer::created(&format!("/api/admin/notifications/suppressions?email={address}"), &answer)?;
        Ok(if is_new { created } else { created.status(StatusCode::OK) })
    })
    .await
}
