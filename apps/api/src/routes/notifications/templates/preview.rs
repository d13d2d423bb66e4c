use actix_web::web;
use email::{
    domain::{Rendered, Template},
    service::Templates,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::{Answer, Json, PathText, Problem, Require, access::admin};

/// What to fill in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreviewBody {
    /// In place of the sample's.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    variables: Option<Map<String, Value>>,
}

/// A mail as it would go out.
#[derive(Serialize, ToSchema)]
pub struct PreviewAnswer {
    subject: String,
    html: String,
    text: String,
}

/// Preview a template
///
/// Filled in with made-up variables, or with those that are given. Sends nothing.
#[utoipa::path(
    post, path = "/admin/notifications/templates/{name}/preview", operation_id = "previewTemplate",
    tag = "Notifications",
    params(("name" = String, Path, description = "The template", example = "TENANT_WELCOME")),
    request_body = PreviewBody,
    responses((status = 200, description = "The mail", body = PreviewAnswer))
)]
pub async fn handle(
    _: Require<admin::NotificationsRead>,
    name: PathText<Template>,
    body: Json<PreviewBody>,
    templates: web::Data<Templates>,
) -> Result<Answer, Problem> {
    let given = body.into_inner().variables.unwrap_or_default();
    let Rendered { subject, html, text } = templates.preview(name.0, given)?;
    Answer::ok(&PreviewAnswer { subject, html, text })
}
