//! Lists: `limit`, `offset` or `cursor`, `sort` (or `sortBy` + `sortOrder`), and the list's own filters.

use std::{collections::BTreeMap, future::Ready};

use actix_web::{FromRequest, HttpRequest, dev};
use kernel::{
    FieldCode, FieldError,
    page::{self, Cursor, Direction, KeyType, Page, PageRequest, Sort, Start},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

use super::{Problem, query};

/// Rows of a page when nothing is asked for.
pub const DEFAULT_LIMIT: u64 = 50;
/// Most rows of a page; more than this means this.
pub const MAX_LIMIT: u64 = 500;

/// The fields that a list can be sorted by.
///
/// Best implemented on an enum of the domain crate, here in the shell: the names are the wire's.
pub trait SortField: Copy + 'static {
    /// The documented names, as they stand in `sort`.
    const FIELDS: &'static [(&'static str, Self)];
    /// The order when none is asked for.
    fn default_sort() -> Sort<Self>;
    /// The type of the field's values; a cursor with a value of another type is refused.
    fn key_type(self) -> KeyType;
}

/// No filters of its own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilters {}

/// Filters `T` and the page that was asked for, in one extractor: a cursor is tied to the filters and
/// the order of the list that it came from.
#[derive(Debug)]
pub struct Listing<T, F> {
    /// The filters.
    pub filters: T,
    /// The page.
    pub page: PageRequest<F>,
    scope: String,
}

impl<T, F> Listing<T, F> {
    /// Splits a page into its rows (each turned into a DTO) and the `pagination` object.
    pub fn answer<R, D>(&self, page: Page<R>, to_dto: impl FnMut(R) -> D) -> (Vec<D>, Pagination) {
        let offset = self.page.offset();
        let rows = u64::try_from(page.items.len()).unwrap_or(u64::MAX);
        let behind = offset.saturating_add(rows);
        let next_cursor = page.next.map(|(key, id)| Cursor::new(self.scope.clone(), key, id, behind).encode());
        let pagination = Pagination { total: page.total, limit: self.page.limit, offset, next_cursor };
        (page.items.into_iter().map(to_dto).collect(), pagination)
    }
}

/// Where a page stands in its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    /// Rows of the whole list.
    pub total: u64,
    /// Most rows of this page.
    pub limit: u64,
    /// Rows before this page.
    pub offset: u64,
    /// What to send as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// The paging parameters, for the documentation of a list: `params(PagingParams, MyFilters)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only its description is used")]
pub struct PagingParams {
    /// Rows of a page, 1 to 500; more means 500.
    #[param(required = false, default = 50, minimum = 1, example = 50)]
    limit: u64,
    /// Rows to skip; not together with `cursor`.
    #[param(required = false, default = 0, example = 0)]
    offset: u64,
    /// The `nextCursor` of the last answer, with the same filters and sort.
    #[param(required = false)]
    cursor: String,
    /// A field of the documented set, with `-` before it for descending.
    #[param(required = false, example = "-createdAt")]
    sort: String,
    /// A field, as in `sort`; not together with it.
    #[param(required = false, rename = "sortBy")]
    sort_by: String,
    /// `asc` (default) or `desc`, with `sortBy`.
    #[param(required = false, rename = "sortOrder")]
    sort_order: String,
}

impl<T: DeserializeOwned + 'static, F: SortField> FromRequest for Listing<T, F> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let route = request.match_pattern().unwrap_or_default();
        let route = super::routes::unversioned(&route).to_owned();
        let listing = query::parameters_of(request).and_then(|parameters| read(&route, request.path(), parameters));
        std::future::ready(listing.map_err(Into::into))
    }
}

fn read<T: DeserializeOwned, F: SortField>(
    route: &str,
    path: &str,
    mut parameters: BTreeMap<String, String>,
) -> Result<Listing<T, F>, Problem> {
    let mut errors = Vec::new();
    let limit = take_limit(&mut parameters, &mut errors);
    let offset = take_number(&mut parameters, "offset", &mut errors);
    let cursor = parameters.remove("cursor");
    let sort = take_sort::<F>(&mut parameters, &mut errors);
    // Objects of one tenant are listed under a path with its id: the path is part of what a cursor is tied to.
    let path = super::routes::unversioned(path);
    let filters_text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
    let filters = match query::typed::<T>(&parameters) {
        Ok(filters) => Some(filters),
        Err(problem) => {
            errors.extend_from_slice(problem.errors());
            None
        }
    };
    let direction = if sort.direction == Direction::Ascending { "asc" } else { "desc" };
    let scope = page::scope(&[route, path, name_of(sort.field), direction, &filters_text]);
    let start = match (cursor, offset) {
        (Some(_), Some(_)) => {
            errors.push(FieldError::new("offset", FieldCode::Invalid, "must not be given together with cursor"));
            Start::Offset(0)
        }
        (Some(text), None) => match Cursor::decode(&text, &scope, sort.field.key_type()) {
            Ok(cursor) => Start::After(cursor),
            Err(broken) => {
                errors.push(FieldError::new("cursor", FieldCode::Invalid, broken.to_string()));
                Start::Offset(0)
            }
        },
        (None, offset) => Start::Offset(offset.unwrap_or(0)),
    };
    match filters {
        Some(filters) if errors.is_empty() => Ok(Listing { filters, page: PageRequest { limit, start, sort }, scope }),
        _ => Err(Problem::validation(errors)),
    }
}

fn take_limit(parameters: &mut BTreeMap<String, String>, errors: &mut Vec<FieldError>) -> u64 {
    match parameters.remove("limit").map(|text| whole_number(&text)) {
        None => DEFAULT_LIMIT,
        Some(Some(limit)) if limit >= 1 => limit.min(MAX_LIMIT),
        Some(_) => {
            errors.push(FieldError::new("limit", FieldCode::Invalid, "must be a whole number, 1 or more"));
            DEFAULT_LIMIT
        }
    }
}

fn take_number(
    parameters: &mut BTreeMap<String, String>,
    name: &'static str,
    errors: &mut Vec<FieldError>,
) -> Option<u64> {
    let text = parameters.remove(name)?;
    // What the databases can count to.
    let number = whole_number(&text).filter(|number| i64::try_from(*number).is_ok());
    if number.is_none() {
        errors.push(FieldError::new(name, FieldCode::Invalid, "must be a whole number, 0 or more"));
    }
    number
}

/// Digits only: no sign, no blanks. More digits than fit mean the largest number.
fn whole_number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

fn take_sort<F: SortField>(parameters: &mut BTreeMap<String, String>, errors: &mut Vec<FieldError>) -> Sort<F> {
    let sort = parameters.remove("sort");
    let (by, order) = (parameters.remove("sortBy"), parameters.remove("sortOrder"));
    if sort.is_some() && (by.is_some() || order.is_some()) {
        errors.push(FieldError::new("sort", FieldCode::Invalid, "must not be given together with sortBy or sortOrder"));
        return F::default_sort();
    }
    let (parameter, name, direction) = match (&sort, &by, &order) {
        (Some(text), ..) => match text.strip_prefix('-') {
            Some(name) => ("sort", name, Direction::Descending),
            None => ("sort", text.as_str(), Direction::Ascending),
        },
        (None, None, None) => return F::default_sort(),
        (None, by, order) => {
            let direction = match order.as_deref() {
                None | Some("asc") => Direction::Ascending,
                Some("desc") => Direction::Descending,
                Some(_) => {
                    errors.push(FieldError::new("sortOrder", FieldCode::Invalid, "must be asc or desc"));
                    Direction::Ascending
                }
            };
            let Some(name) = by.as_deref() else {
                let default = F::default_sort();
                return Sort { field: default.field, direction };
            };
            ("sortBy", name, direction)
        }
    };
    match F::FIELDS.iter().find(|(known, _)| *known == name) {
        Some((_, field)) => Sort { field: *field, direction },
        None => {
            let known: Vec<_> = F::FIELDS.iter().map(|(name, _)| *name).collect();
            let message = format!("must be one of {}", known.join(", "));
            errors.push(FieldError::new(parameter, FieldCode::Invalid, message));
            F::default_sort()
        }
    }
}

fn name_of<F: SortField>(field: F) -> &'static str {
    let wanted = std::mem::discriminant(&field);
    F::FIELDS.iter().find(|(_, known)| std::mem::discriminant(known) == wanted).map_or("", |(name, _)| name)
}

/// Most characters that can be searched for.
const MAX_SEARCH: usize = 200;

/// The parameter `search`, trimmed; an empty one finds everything.
///
/// # Errors
/// 422 when it is longer than 200 characters.
pub fn search(text: Option<&str>) -> Result<Option<String>, Problem> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > MAX_SEARCH) {
        return Err(Problem::field("search", FieldCode::TooLong, "must be at most 200 characters"));
    }
    // What shows nothing is no search.
    Ok(text.filter(|text| !kernel::fold::fold(text).is_empty()).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use kernel::page::Key;

    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Field {
        CreatedAt,
        Name,
    }

    impl SortField for Field {
        const FIELDS: &'static [(&'static str, Self)] = &[("createdAt", Self::CreatedAt), ("name", Self::Name)];
        fn default_sort() -> Sort<Self> {
            Sort { field: Self::CreatedAt, direction: Direction::Descending }
        }
        fn key_type(self) -> KeyType {
            if self == Self::Name { KeyType::Text } else { KeyType::Time }
        }
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filters {
        search: Option<String>,
    }

    fn listing(query: &str) -> Result<Listing<Filters, Field>, Vec<String>> {
        query::parameters(query)
            .and_then(|parameters| read("/admin/things", "/api/admin/things", parameters))
            .map_err(|problem| problem.errors().iter().map(|e| format!("{} {}", e.field, e.code)).collect())
    }

    #[test]
    fn limits_are_as_the_contract_says() {
        assert_eq!(listing("").expect("default").page.limit, 50);
        assert_eq!(listing("limit=501").expect("capped").page.limit, 500);
        assert_eq!(listing("limit=99999999999999999999999").expect("capped").page.limit, 500);
        for bad in ["limit=0", "limit=-1", "limit=abc", "limit=", "limit=1.5", "limit=%2B1"] {
            assert_eq!(listing(bad).expect_err(bad), ["limit INVALID"]);
        }
        assert_eq!(listing("offset=-1").expect_err("negative"), ["offset INVALID"]);
    }

    #[test]
    fn sorts_by_documented_fields_only() {
        let sort = |query| listing(query).expect(query).page.sort;
        assert_eq!(sort("sort=-name"), Sort { field: Field::Name, direction: Direction::Descending });
        assert_eq!(sort("sortBy=name&sortOrder=asc"), Sort { field: Field::Name, direction: Direction::Ascending });
        assert_eq!(listing("sort=password").expect_err("unknown"), ["sort INVALID"]);
        assert_eq!(listing("sortBy=x").expect_err("unknown"), ["sortBy INVALID"]);
        assert_eq!(listing("sort=name&sortBy=name").expect_err("both"), ["sort INVALID"]);
    }

    #[test]
    fn a_cursor_fits_only_the_list_it_came_from() {
        let first = listing("search=a&limit=1").expect("fine");
        let page =
            Page { items: vec![1], total: 2, next: Some((Key::Time(chrono::DateTime::UNIX_EPOCH), uuid::Uuid::nil())) };
        let (_, pagination) = first.answer(page, |row| row);
        let cursor = pagination.next_cursor.expect("more");
        let second = listing(&format!("search=a&limit=5&cursor={cursor}")).expect("follows");
        assert_eq!(second.page.offset(), 1);
        assert_eq!(listing(&format!("search=b&cursor={cursor}")).expect_err("other filter"), ["cursor INVALID"]);
        assert_eq!(listing(&format!("search=a&sort=name&cursor={cursor}")).expect_err("order"), ["cursor INVALID"]);
        assert_eq!(listing(&format!("search=a&offset=1&cursor={cursor}")).expect_err("both"), ["offset INVALID"]);
        assert_eq!(listing("cursor=abc").expect_err("broken"), ["cursor INVALID"]);
    }

    #[test]
    fn a_cursor_of_another_type_is_refused() {
        let forged = |sort: &str, key: Key, offset: u64| {
            let (field, direction) = sort.strip_prefix('-').map_or((sort, "asc"), |field| (field, "desc"));
            let scope = page::scope(&["/admin/things", "/admin/things", field, direction, ""]);
            let cursor = Cursor::new(scope, key, uuid::Uuid::nil(), offset).encode();
            listing(&format!("sort={sort}&cursor={cursor}")).map(|list| list.page.offset())
        };
        let time = || Key::Time(chrono::DateTime::UNIX_EPOCH);
        assert_eq!(forged("-createdAt", time(), 5).expect("fits"), 5);
        assert_eq!(forged("-createdAt", Key::Number(7), 5).expect_err("number"), ["cursor INVALID"]);
        assert_eq!(forged("-createdAt", Key::Text("Ada".to_owned()), 5).expect_err("text"), ["cursor INVALID"]);
        assert_eq!(forged("name", Key::Text("Ada".to_owned()), 5).expect("fits"), 5);
        assert_eq!(forged("name", Key::Number(7), 5).expect_err("number"), ["cursor INVALID"]);
        assert_eq!(forged("-createdAt", time(), u64::MAX).expect_err("offset"), ["cursor INVALID"]);
    }

    #[test]
    fn an_offset_at_its_end_does_not_overflow() {
        let last = listing("offset=9223372036854775807").expect("counts");
        let next = Some((Key::Time(chrono::DateTime::UNIX_EPOCH), uuid::Uuid::nil()));
        let (_, pagination) = last.answer(Page { items: vec![1; 50], total: 9, next }, |row| row);
        assert_eq!(pagination.offset, u64::MAX / 2);
    }

    #[test]
    fn a_mistyped_filter_is_named() {
        assert_eq!(listing("serach=a&limit=0").expect_err("typo"), ["limit INVALID", "serach UNKNOWN_PARAMETER"]);
        assert_eq!(listing("search=a").expect("fine").filters.search.as_deref(), Some("a"));
    }
}
