//! Query parameters, read as strictly as bodies: unknown and repeated ones are refused by name.

use std::{collections::BTreeMap, future::Ready, ops::Deref};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev};
use kernel::{FieldCode, FieldError};
use serde::{
    de::{DeserializeOwned, IntoDeserializer},
    forward_to_deserialize_any,
};

use super::{
    NoFilters, Problem,
    strict_json::{MAX_UNKNOWN, explain},
};

/// The query parameters as a DTO.
///
/// The DTO derives `Deserialize` with `rename_all = "camelCase", deny_unknown_fields`; its fields are texts,
/// numbers, `bool`s, enums, times, ids or `Option`s of them. For lists use [`super::Listing`] instead.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let typed = parameters_of(request).and_then(|parameters| typed(&parameters));
        std::future::ready(typed.map(Self).map_err(Into::into))
    }
}

/// That somebody has looked at the request's parameters.
struct AreRead;

/// The parameters of a request by name, as [`parameters`], for an extractor that accounts for each of them.
pub(super) fn parameters_of(request: &HttpRequest) -> Result<BTreeMap<String, String>, Problem> {
    request.extensions_mut().insert(AreRead);
    parameters(request.query_string())
}

/// Refuses parameters on a route that takes none: a mistyped filter must not answer with everything.
///
/// # Errors
/// 422 naming them.
pub(super) fn refuse_unread(request: &HttpRequest) -> Result<(), Problem> {
    if request.query_string().is_empty() || request.extensions().contains::<AreRead>() {
        return Ok(());
    }
    parameters(request.query_string()).and_then(|parameters| typed::<NoFilters>(&parameters)).map(|_| ())
}

/// Most parameters of a query.
const MAX_PARAMETERS: usize = 100;

/// The parameters by name.
///
/// # Errors
/// 422 for too many of them, and naming those that are there twice or hold U+0000.
pub(super) fn parameters(query: &str) -> Result<BTreeMap<String, String>, Problem> {
    let mut parameters = BTreeMap::new();
    let mut errors = Vec::new();
    for (count, (name, value)) in url::form_urlencoded::parse(query.as_bytes()).enumerate() {
        if count == MAX_PARAMETERS {
            let message = format!("must be at most {MAX_PARAMETERS} parameters");
            return Err(Problem::field("", FieldCode::TooLong, message));
        }
        if name.contains('\0') || value.contains('\0') {
            let name = name.replace('\0', "\u{fffd}");
            errors.push(FieldError::new(name, FieldCode::ForbiddenCharacter, "must not contain U+0000"));
        } else if parameters.insert(name.to_string(), value.into_owned()).is_some() {
            errors.push(FieldError::new(name.into_owned(), FieldCode::Duplicate, "must be given only once"));
        }
    }
    if errors.is_empty() { Ok(parameters) } else { Err(Problem::validation(errors)) }
}

/// Parameters as a DTO, in one pass; unknown ones are named together.
pub(super) fn typed<T: DeserializeOwned>(parameters: &BTreeMap<String, String>) -> Result<T, Problem> {
    let mut errors = Vec::new();
    let outcome = serde_path_to_error::deserialize::<_, T>(Parameters { all: parameters, unknown: &mut errors });
    match outcome {
        Ok(typed) if errors.is_empty() => return Ok(typed),
        Ok(_) => {}
        Err(error) => {
            let path = error.path().to_string();
            errors.push(explain(if path == "." { String::new() } else { path }, &error.into_inner().to_string()));
        }
    }
    Err(Problem::validation(errors))
}

/// All parameters, read as a struct; notes those that the struct does not know.
struct Parameters<'a> {
    all: &'a BTreeMap<String, String>,
    unknown: &'a mut Vec<FieldError>,
}

impl<'de> serde::Deserializer<'de> for Parameters<'de> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let pairs = self.all.iter().map(|(name, value)| (name.as_str(), Parameter(value)));
        visitor.visit_map(serde::de::value::MapDeserializer::new(pairs))
    }

    fn deserialize_struct<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let is_known = |name: &str| fields.contains(&name);
        let unknown = self.all.keys().filter(|name| !is_known(name)).take(MAX_UNKNOWN);
        self.unknown.extend(unknown.map(|name| {
            FieldError::new(name.clone(), FieldCode::UnknownParameter, "is not a parameter of this route")
        }));
        let known = self.all.iter().filter(|(name, _)| is_known(name));
        let pairs = known.map(|(name, value)| (name.as_str(), Parameter(value)));
        visitor.visit_map(serde::de::value::MapDeserializer::new(pairs))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// A parameter's text, read as whatever the field wants.
#[derive(Clone, Copy)]
struct Parameter<'a>(&'a str);

impl<'de> IntoDeserializer<'de, serde::de::value::Error> for Parameter<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parsed {
    ($($method:ident => $visit:ident, $expected:literal;)*) => {$(
        fn $method<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            match self.0.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(serde::de::Error::custom(concat!("must be ", $expected))),
            }
        }
    )*};
}

impl<'de> serde::Deserializer<'de> for Parameter<'de> {
    type Error = serde::de::value::Error;

    parsed! {
        deserialize_bool => visit_bool, "true or false";
        deserialize_i8 => visit_i8, "a whole number";
        deserialize_i16 => visit_i16, "a whole number";
        deserialize_i32 => visit_i32, "a whole number";
        deserialize_i64 => visit_i64, "a whole number";
        deserialize_u8 => visit_u8, "a whole number, 0 or more";
        deserialize_u16 => visit_u16, "a whole number, 0 or more";
        deserialize_u32 => visit_u32, "a whole number, 0 or more";
        deserialize_u64 => visit_u64, "a whole number, 0 or more";
        deserialize_f64 => visit_f64, "a number";
    }

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: serde::de::Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let text: serde::de::value::BorrowedStrDeserializer<'de, Self::Error> =
            serde::de::value::BorrowedStrDeserializer::new(self.0);
        text.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        i128 u128 f32 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Filters {
        is_active: Option<bool>,
        status_code: Option<u16>,
        role: Option<kernel::AdminRole>,
        tenant_id: Option<kernel::TenantId>,
        start_date: Option<chrono::DateTime<chrono::Utc>>,
    }

    fn read(query: &str) -> Result<Filters, Vec<String>> {
        parameters(query)
            .and_then(|parameters| typed(&parameters))
            .map_err(|problem| problem.errors().iter().map(|e| format!("{} {}", e.field, e.code)).collect())
    }

    #[test]
    fn reads_each_type_from_text() {
        let filters = read(
            "isActive=true&statusCode=403&role=SUPPORT&tenantId=01890a5d-ac96-774b-bcce-b302099a8057&\
             startDate=2026-01-31T09:30:00Z",
        )
        .expect("fine");
        assert_eq!((filters.is_active, filters.status_code), (Some(true), Some(403)));
        assert_eq!(filters.role, Some(kernel::AdminRole::Support));
        assert!(filters.tenant_id.is_some() && filters.start_date.is_some());
    }

    #[test]
    fn names_what_is_wrong() {
        assert_eq!(read("isActive=yes").expect_err("bool"), ["isActive INVALID"]);
        assert_eq!(read("role=BOSS").expect_err("enum"), ["role INVALID"]);
        assert_eq!(read("statusCode=1&statusCode=2").expect_err("twice"), ["statusCode DUPLICATE"]);
        assert_eq!(read("a=1&b=2").expect_err("unknown"), ["a UNKNOWN_PARAMETER", "b UNKNOWN_PARAMETER"]);
        assert_eq!(read("role=%00").expect_err("nul"), ["role FORBIDDEN_CHARACTER"]);
        assert_eq!(read("tenantId=7").expect_err("uuid"), ["tenantId INVALID"]);
        assert_eq!(read("a=1&role=BOSS").expect_err("both"), ["a UNKNOWN_PARAMETER", "role INVALID"]);
    }

    #[test]
    fn a_flood_of_parameters_is_refused_or_named_in_part() {
        let query = |count: usize| (0..count).map(|n| format!("x{n}=1")).collect::<Vec<_>>().join("&");
        assert_eq!(read(&query(MAX_PARAMETERS)).expect_err("unknown").len(), MAX_UNKNOWN);
        assert_eq!(read(&query(MAX_PARAMETERS + 1)).expect_err("too many"), [" TOO_LONG"]);
    }
}
