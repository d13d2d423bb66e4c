//! One handler may serve several routes: each is described by the same words, but for what a [`Variant`] says.

use utoipa::{
    ToSchema,
    openapi::{
        Content, Ref, RefOr, Schema,
        path::{Operation, Parameter, ParameterIn, PathItem},
    },
};

/// Where staff's operations on a tenant live.
const OF_ANY: &str = "/admin/tenants/{id}";

/// What differs in the description of another route of a handler: where it is, what it is called, and what is sent and
/// answered there. The path is that of the tenant's own people, unless [`Variant::at`] says another.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    id: &'static str,
    tag: &'static str,
    path: Option<&'static str>,
    body: Option<Named>,
    answer: Option<Named>,
}

/// A schema's name, it itself, and those that it names.
type Named = fn() -> (String, Vec<(String, RefOr<Schema>)>);

fn named<T: ToSchema>() -> (String, Vec<(String, RefOr<Schema>)>) {
    let name = T::name().into_owned();
    let mut schemas = vec![(name.clone(), T::schema())];
    T::schemas(&mut schemas);
    (name, schemas)
}

impl Variant {
    /// With an `operationId` and a tag of its own.
    #[must_use]
    pub const fn new(id: &'static str, tag: &'static str) -> Self {
        Self { id, tag, path: None, body: None, answer: None }
    }

    /// At this path, without `/api`; of the path's parameters it has those that its own template names.
    #[must_use]
    pub const fn at(self, path: &'static str) -> Self {
        Self { path: Some(path), ..self }
    }

    /// With this body.
    #[must_use]
    pub const fn body<B: ToSchema>(self) -> Self {
        Self { body: Some(named::<B>), ..self }
    }

    /// With this answer.
    #[must_use]
    pub const fn answer<A: ToSchema>(self) -> Self {
        Self { answer: Some(named::<A>), ..self }
    }

    /// Rewords the description of the first route.
    pub(super) fn describe(&self, path: &mut String, item: &mut PathItem, schemas: &mut Vec<(String, RefOr<Schema>)>) {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        let Some(operation) = operations.into_iter().find_map(Option::as_mut) else { return };
        operation.operation_id = Some(self.id.to_owned());
        operation.tags = Some(vec![self.tag.to_owned()]);
        if let Some(other) = self.path {
            other.clone_into(path);
            keep_parameters(operation, |it| !is_in_path(it) || path.contains(&format!("{{{}}}", it.name)));
        } else {
            let rest = path.strip_prefix(OF_ANY).unwrap_or_default();
            *path = format!("/tenant{}", rest.replace("{userId}", "{id}"));
            leave_tenant_out(operation);
        }
        let mut reference = |named: Named| {
            let (name, all) = named();
            schemas.extend(all);
            RefOr::Ref(Ref::from_schema_name(name))
        };
        if let (Some(body), Some(RefOr::T(request))) = (self.body, &mut operation.request_body) {
            replace(request.content.values_mut(), &reference(body));
        }
        if let Some(answer) = self.answer {
            let answer = reference(answer);
            let answers = operation.responses.responses.iter_mut().filter(|(status, _)| status.starts_with('2'));
            for (_, response) in answers {
                if let RefOr::T(response) = response {
                    replace(response.content.values_mut(), &answer);
                }
            }
        }
    }
}

fn replace<'a>(contents: impl Iterator<Item = &'a mut RefOr<Content>>, schema: &RefOr<Schema>) {
    for content in contents {
        if let RefOr::T(content) = content {
            content.schema = Some(schema.clone());
        }
    }
}

/// Without the tenant's id, that of what is in it is the only one.
fn leave_tenant_out(operation: &mut Operation) {
    keep_parameters(operation, |it| !(is_in_path(it) && it.name == "id"));
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(it) = parameter
            && is_in_path(it)
            && it.name == "userId"
        {
            "id".clone_into(&mut it.name);
        }
    }
}

fn keep_parameters(operation: &mut Operation, keeps: impl Fn(&Parameter) -> bool) {
    let all = operation.parameters.take().into_iter().flatten();
    let kept: Vec<_> = all.filter(|it| !matches!(it, RefOr::T(it) if !keeps(it))).collect();
    operation.parameters = (!kept.is_empty()).then_some(kept);
}

fn is_in_path(parameter: &Parameter) -> bool {
    parameter.parameter_in == ParameterIn::Path
}
