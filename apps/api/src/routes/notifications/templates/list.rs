use actix_web::web;
use email::{domain::Template, service::Templates};
use kernel::input::Word as _;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::{Answer, Problem, Require, access::admin};

/// A template.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Template)]
pub struct TemplateDto {
    #[schema(example = "TENANT_WELCOME")]
    name: &'static str,
    /// When it is sent.
    description: &'static str,
    /// What a preview fills it in with unless told.
    #[schema(value_type = Object)]
    sample_variables: Map<String, Value>,
    /// The variable that is a secret: shown nowhere, a preview has a mask in its place.
    #[schema(required = true, example = "token")]
    secret_variable: Option<&'static str>,
}

/// All templates.
#[derive(Serialize, ToSchema)]
pub struct TemplateList {
    templates: Vec<TemplateDto>,
}

/// List mail templates
#[utoipa::path(
    get, path = "/admin/notifications/templates", operation_id = "listTemplates", tag = "Notifications",
    responses((status = 200, description = "All of them", body = TemplateList))
)]
pub async fn handle(_: Require<admin::NotificationsRead>, templates: web::Data<Templates>) -> Result<Answer, Problem> {
    let to_dto = |template: Template| {
        Ok(TemplateDto {
            name: template.as_str(),
            description: template.description(),
            sample_variables: templates.sample(template)?,
            secret_variable: template.secret_variable(),
        })
    };
    let templates = Template::ALL.iter().copied().map(to_dto).collect::<Result<_, Problem>>()?;
    Answer::ok(&TemplateList { templates })
}
