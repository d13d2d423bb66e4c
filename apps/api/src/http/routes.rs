//! The registry of routes: one call registers a handler under `/api` and `/api/v1`, describes it in the
//! OpenAPI document and sets who may call it. Order of registration does not matter.

use kernel::ErrorCode;
use std::{any::Any, collections::BTreeMap, panic::AssertUnwindSafe, rc::Rc, time::Duration};

use actix_web::{
    FromRequest, Handler, HttpMessage, HttpRequest, HttpResponse, Responder, Route,
    guard::{self, Guard as _},
    http::{Method, StatusCode, header},
    web,
};
use futures::FutureExt;
use utoipa::openapi::{RefOr, path::PathItem, schema::Schema};
use utoipa_actix_web::OpenApiFactory;

use super::{
    Access, HttpSettings, Problem,
    access::{Authorized, authorize},
    query, tenant_scope,
    variant::Variant,
};

/// Both prefixes serve the same handlers.
pub const PREFIXES: [&str; 2] = ["/api/v1", "/api"];

/// A path without the version prefix (and without `/api`).
pub(super) fn unversioned(path: &str) -> &str {
    PREFIXES
        .iter()
        .find_map(|prefix| path.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with('/')))
        .unwrap_or(path)
}

/// Whether a path is one of the interface's own.
fn is_versioned(path: &str) -> bool {
    unversioned(path).len() < path.len()
}

/// The handler's file as what [`Routes::add`] takes: `operation!(create)` for the function `handle` in the
/// module `create`; `operation!(create, admin::TenantsWrite)` where the function serves several routes and is generic over
/// the permission and whatever else differs.
#[macro_export]
macro_rules! operation {
    ($($module:ident)::+) => {
        ($($module)::+::__path_handle, $($module)::+::handle)
    };
    ($($module:ident)::+, $($differs:ty),+) => {
        ($($module)::+::__path_handle, $($module)::+::handle::<$($differs),+>)
    };
}

/// A registered handler.
pub struct Operation {
    /// Path template without `/api`.
    pub path: String,
    /// Method.
    pub method: Method,
    /// Who may call it.
    pub access: Access,
    /// Whether it lives beside `/api` instead of below it.
    pub at_root: bool,
    item: PathItem,
    route: Box<dyn Fn(&str) -> Route>,
}

/// A path with `/api`, its description, and who may call it.
pub(crate) type Described = (String, PathItem, Access);

/// Operations by where they live and by the parts of their path, parameters after fixed parts.
type ByPath<'a> = BTreeMap<(bool, Vec<(bool, &'a str)>), Vec<&'a Operation>>;

/// All routes of the application.
#[derive(Default)]
pub struct Routes {
    operations: Vec<Operation>,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Routes {
    /// No routes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a handler: the pair of its `utoipa::path` description and its function, see
    /// [`operation!`](crate::operation). The function's first argument is its auth extractor.
    pub fn add<D, H, Args>(&mut self, (description, handler): (D, H)) -> &mut Self
    where
        D: OpenApiFactory,
        H: Handler<Args>,
        Args: FromRequest + Authorized + 'static,
        H::Output: Responder + 'static,
    {
        self.register(description, handler, false, None)
    }

    /// [`Routes::add`] of a handler of `/admin/tenants/{id}...` for the tenant's own people, under `/tenant...`: described by
    /// the same words, but for its id and its tag.
    pub fn add_own<D, H, Args>(&mut self, id: &'static str, tag: &'static str, operation: (D, H)) -> &mut Self
    where
        D: OpenApiFactory,
        H: Handler<Args>,
        Args: FromRequest + Authorized + 'static,
        H::Output: Responder + 'static,
    {
        self.add_variant(Variant::new(id, tag), operation)
    }

    /// [`Routes::add`] of a handler that serves another route already, with what is different here.
    pub fn add_variant<D, H, Args>(&mut self, variant: Variant, (description, handler): (D, H)) -> &mut Self
    where
        D: OpenApiFactory,
        H: Handler<Args>,
        Args: FromRequest + Authorized + 'static,
        H::Output: Responder + 'static,
    {
        self.register(description, handler, false, Some(&variant))
    }

    /// [`Routes::add`] for what lives beside `/api`.
    pub fn add_at_root<D, H, Args>(&mut self, (description, handler): (D, H)) -> &mut Self
    where
        D: OpenApiFactory,
        H: Handler<Args>,
        Args: FromRequest + Authorized + 'static,
        H::Output: Responder + 'static,
    {
        self.register(description, handler, true, None)
    }

    fn register<D, H, Args>(
        &mut self,
        description: D,
        handler: H,
        at_root: bool,
        variant: Option<&Variant>,
    ) -> &mut Self
    where
        D: OpenApiFactory,
        H: Handler<Args>,
        Args: FromRequest + Authorized + 'static,
        H::Output: Responder + 'static,
    {
        description.schemas(&mut self.schemas);
        for (mut path, mut item) in description.paths().paths {
            if let Some(variant) = variant {
                variant.describe(&mut path, &mut item, &mut self.schemas);
            }
            let method = method_of(&item);
            let (handler, verb) = (handler.clone(), method.clone());
            let route = Box::new(move |template: &str| route(handler.clone(), verb.clone(), template));
            self.operations.push(Operation { path, method, access: Args::ACCESS, at_root, item, route });
        }
        self
    }

    /// The operations, in the order of registration.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Puts every handler in its place, static paths before those with parameters; a known path with
    /// another method answers 405 with `Allow`.
    pub fn configure(&self, config: &mut web::ServiceConfig) {
        let mut by_path: ByPath<'_> = BTreeMap::new();
        for operation in &self.operations {
            let segments = operation.path.split('/').map(|part| (part.starts_with('{'), part)).collect();
            by_path.entry((operation.at_root, segments)).or_default().push(operation);
        }
        for prefix in PREFIXES {
            let mut scope = web::scope(prefix).default_service(web::to(not_found));
            for operations in by_path.iter().filter(|((root, _), _)| !root).map(|(_, operations)| operations) {
                scope = scope.service(resource(operations, PREFIXES[1]));
            }
            config.service(scope);
        }
        for operations in by_path.iter().filter(|((root, _), _)| *root).map(|(_, operations)| operations) {
            config.service(resource(operations, ""));
        }
        config.default_service(web::to(not_found));
    }

    /// Gives the descriptions away, for the OpenAPI document: path (with `/api`), item and who may call it;
    /// and the schemas they refer to.
    pub(crate) fn describe(self) -> (Vec<Described>, Vec<(String, RefOr<Schema>)>) {
        let items = self.operations.into_iter().map(|operation| {
            let prefix = if operation.at_root { "" } else { PREFIXES[1] };
            (format!("{prefix}{}", operation.path), operation.item, operation.access)
        });
        (items.collect(), self.schemas)
    }
}

fn method_of(item: &PathItem) -> Method {
    let known = [
        (item.get.is_some(), Method::GET),
        (item.post.is_some(), Method::POST),
        (item.put.is_some(), Method::PUT),
        (item.patch.is_some(), Method::PATCH),
    ];
    known.into_iter().find_map(|(is, method)| is.then_some(method)).unwrap_or(Method::DELETE)
}

fn resource(operations: &[&Operation], template_prefix: &str) -> actix_web::Resource {
    let path = operations.first().map_or("", |operation| operation.path.as_str());
    let template = format!("{template_prefix}{path}");
    let mut allowed: Vec<&str> = operations.iter().map(|operation| operation.method.as_str()).collect();
    if allowed.contains(&"GET") {
        allowed.push("HEAD");
    }
    let allow: Rc<str> = allowed.join(", ").into();
    let resource = web::resource(path).default_service(web::to(move || method_not_allowed(Rc::clone(&allow))));
    operations.iter().fold(resource, |resource, operation| resource.route((operation.route)(&template)))
}

async fn not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}

async fn method_not_allowed(allow: Rc<str>) -> Result<HttpResponse, Problem> {
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::MethodNotAllowed,
        format!("Only {allow} may be used here."),
    );
    Err(match header::HeaderValue::from_str(&allow) {
        Ok(value) => problem.header(header::ALLOW, value),
        Err(_) => problem,
    })
}

/// The template of the route that serves a request, for logs and metrics.
#[derive(Debug, Clone)]
pub(super) struct RouteTemplate(pub(super) Rc<str>);

fn route<H, Args>(handler: H, method: Method, template: &str) -> Route
where
    H: Handler<Args>,
    Args: FromRequest + Authorized + 'static,
    H::Output: Responder + 'static,
{
    let template: Rc<str> = template.into();
    let route = if method == Method::GET {
        Route::new().guard(guard::fn_guard(|context| guard::Get().check(context) || guard::Head().check(context)))
    } else {
        Route::new().method(method)
    };
    route.to(move |request: HttpRequest, payload: web::Payload| {
        let handler = handler.clone();
        request.extensions_mut().insert(RouteTemplate(Rc::clone(&template)));
        let limit = HttpSettings::of(&request).map_or(Duration::from_secs(30), |settings| settings.request_timeout);
        async move {
            let served = AssertUnwindSafe(serve(&handler, request, payload)).catch_unwind();
            match tokio::time::timeout(limit, served).await {
                Ok(Ok(response)) => response,
                Ok(Err(panic)) => HttpResponse::from_error(Problem::internal(panic_message(&*panic))),
                Err(_) => {
                    HttpResponse::from_error(Problem::unavailable(ErrorCode::RequestTimedOut, Duration::from_secs(1)))
                }
            }
        }
    })
}

/// The caller first, and only then the body: who may not call learns nothing about what is wrong with it.
async fn serve<H, Args>(handler: &H, request: HttpRequest, payload: web::Payload) -> HttpResponse
where
    H: Handler<Args>,
    Args: FromRequest + Authorized,
    H::Output: Responder,
{
    if let Err(problem) = authorize(&request, Args::ACCESS).await {
        return HttpResponse::from_error(problem);
    }
    tenant_scope::around(&request, answer(handler, &request, payload)).await
}

async fn answer<H, Args>(handler: &H, request: &HttpRequest, payload: web::Payload) -> HttpResponse
where
    H: Handler<Args>,
    Args: FromRequest,
    H::Output: Responder,
{
    let arguments = Args::from_request(request, &mut payload.into_inner()).await;
    // Not of a page, a probe or a document: what fetches those may well add a parameter of its own.
    if arguments.is_ok()
        && is_versioned(request.path())
        && let Err(problem) = query::refuse_unread(request)
    {
        return HttpResponse::from_error(problem);
    }
    match arguments {
        Ok(arguments) => handler.call(arguments).await.respond_to(request).map_into_boxed_body(),
        Err(error) => HttpResponse::from_error(error),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.unwrap_or_else(|| "without a message".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::unversioned;

    #[test]
    fn both_prefixes_are_the_same_route() {
        assert_eq!(unversioned("/api/v1/admin/tenants"), "/admin/tenants");
        assert_eq!(unversioned("/api/admin/tenants"), "/admin/tenants");
        assert_eq!(unversioned("/apiary"), "/apiary");
    }
}
