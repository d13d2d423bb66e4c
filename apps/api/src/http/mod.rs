//! HTTP in general: problems, extractors, the route registry and what surrounds every request. Nothing in
//! here knows a domain; docs/adding-an-endpoint.md shows how the pieces fit together.

pub mod access;
mod answer;
mod client_ip;
mod context;
pub mod cookie;
pub mod cors;
pub mod envelope;
pub mod idempotency;
mod if_match;
mod json;
mod listing;
mod metrics;
mod path;
mod problem;
mod query;
mod raw_body;
mod request_id;
mod routes;
mod settings;
mod strict_json;
mod target;
mod tenant_scope;
mod variant;

pub use access::{Access, Authorizer, Optional, Public, Require};
pub use answer::{Answer, MessageSchema};
pub use client_ip::ClientIp;
pub use context::Context;
pub use idempotency::{Idempotency, Idempotent};
pub use if_match::IfMatch;
pub use json::{Json, NoBody, given};
pub use listing::{DEFAULT_LIMIT, Listing, MAX_LIMIT, NoFilters, Pagination, PagingParams, SortField, search};
pub use metrics::HttpMetrics;
pub use path::{LastId, PathId, PathIds, PathText};
pub use problem::{FieldErrorSchema, Problem, ProblemSchema, status_of};
pub use query::Query;
pub use raw_body::RawBody;
pub use request_id::{RequestId, X_REQUEST_ID};
pub use routes::{Operation, Routes};
pub use settings::HttpSettings;
pub use target::{TargetTenant, TargetTenants};
pub use variant::Variant;
