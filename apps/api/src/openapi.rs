//! The OpenAPI 3.1 document, from the handlers' descriptions and the DTOs.

use bytes::Bytes;
use serde_json::{Value, json};
use utoipa::{
    OpenApi, ToSchema,
    openapi::{
        Components, Content, InfoBuilder, OpenApiBuilder, RefOr, Response, ResponseBuilder, ServerBuilder,
        extensions::Extensions,
        path::{Operation, PathItem},
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use crate::{
    config::Environment,
    http::{Access, ProblemSchema, Routes},
    routes,
};

const DESCRIPTION: &str = "The back end of NextCRM: workshops, their people, subscriptions, and the audit trail.\n\n\
Every path under `/api` is also served under `/api/v1`, by the same handlers. Sign in with \
`POST /api/admin/auth/login`, then send `accessToken` as a bearer token.\n\n\
Errors are `application/problem+json` (RFC 9457); [the codes](/docs/errors).";

/// The document as JSON text.
#[derive(Clone)]
pub struct OpenApiText(Bytes);

impl OpenApiText {
    /// The document of what this environment serves.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn new(environment: Environment) -> anyhow::Result<Self> {
        Ok(Self(serde_json::to_vec(&document(routes::all(environment)))?.into()))
    }

    /// The text.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.0.clone()
    }
}

/// Builds the document.
#[must_use]
pub fn document(routes: Routes) -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(components(schemas(ProblemSchema)))]
    struct Shared;

    let (items, schemas) = routes.describe();
    let mut document = OpenApiBuilder::new()
        .info(InfoBuilder::new().title("NextCRM API").version(env!("CARGO_PKG_VERSION")).description(Some(DESCRIPTION)))
        .servers(Some([ServerBuilder::new().url("/").build()]))
        .build();
    for (path, mut item, access) in items {
        for operation in operations_of(&mut item) {
            declare(operation, access);
        }
        match document.paths.paths.get_mut(&path) {
            Some(known) => known.merge_operations(item),
            None => {
                document.paths.paths.insert(path, item);
            }
        }
    }
    let mut components = Shared::openapi().components.unwrap_or_else(Components::new);
    components.schemas.extend(schemas);
    for (name, description) in [
        ("adminToken", "The access token of a member of staff, from POST /api/admin/auth/login."),
        ("tenantToken", "The access token of a workshop's person, from POST /api/tenant/auth/login."),
    ] {
        let scheme =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(description));
        components.add_security_scheme(name, SecurityScheme::Http(scheme.build()));
    }
    document.components = Some(components);
    document
}

fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
    all.into_iter().filter_map(Option::as_mut)
}

/// Says who may call, and that errors are problems; the one place that does.
fn declare(operation: &mut Operation, access: Access) {
    let extensions = operation.extensions.get_or_insert_with(Extensions::default);
    extensions.insert("x-permission".to_owned(), json!(access.permission_name()));
    let scheme = match access.audience() {
        None => None,
        Some(kernel::Audience::Admin) => Some("adminToken"),
        Some(kernel::Audience::Tenant) => Some("tenantToken"),
    };
    if let Some(scheme) = scheme {
        operation.security = Some(vec![SecurityRequirement::new(scheme, Vec::<String>::new())]);
        operation.responses.responses.entry("401".to_owned()).or_insert_with(|| problem("Not signed in"));
        operation.responses.responses.entry("403".to_owned()).or_insert_with(|| problem("Not allowed"));
    }
    operation.responses.responses.entry("default".to_owned()).or_insert_with(|| problem("Any other outcome"));
}

fn problem(description: &str) -> RefOr<Response> {
    let content = Content::new(Some(RefOr::Ref(utoipa::openapi::Ref::from_schema_name(ProblemSchema::name()))));
    ResponseBuilder::new().description(description).content("application/problem+json", content).build().into()
}

/// The document of what this environment serves as `nextcrm openapi` prints it; that of production is the snapshot in the
/// repository.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn pretty(environment: Environment) -> anyhow::Result<String> {
    let document: Value = serde_json::to_value(document(routes::all(environment)))?;
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}
