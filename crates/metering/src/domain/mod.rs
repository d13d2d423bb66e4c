//! Pure types and rules: what can be built is right, and needs no second look.

mod cover;
mod metric;
mod period;
mod point;
mod query;
mod quota;
mod retention;
mod rollup;
mod value;
mod zone;

pub use cover::{Cover, Span, Width};
pub use metric::MetricType;
pub use period::{Calendar, Period};
pub(crate) use point::NewPoint;
pub use point::{MAX_POINTS, UsageBatch, UsageInput, UsageKey, UsagePoint, UsagePointInput};
pub(crate) use query::default_range;
pub use query::{Slice, UsageFilter, UsageQuery, UsageQueryInput, UsageSort, UsageSum};
pub use quota::{Quota, QuotaMetric};
pub use retention::RawRetention;
pub use rollup::{LastPoint, Rollup};
pub use value::{UsageTotal, UsageValue};
pub use zone::Zone;
