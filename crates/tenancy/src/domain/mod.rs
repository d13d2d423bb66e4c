//! Pure types and rules: what can be built is right, and needs no second look.

mod business_details;
mod fields;
mod integration;
mod json_object;
mod list;
mod member;
mod names;
mod person;
mod plan;
mod quota;
mod slug;
mod subdomain;
mod subscription;
mod tenant;
mod tenant_status;
mod text_enum;
mod trial;
mod usage;
mod web_address;

pub use business_details::BusinessDetails;
pub use fields::{Fields, under};
pub use integration::{
    CredentialField, Credentials, CredentialsInput, Integration, IntegrationName, IntegrationPatch,
    IntegrationPatchInput, IntegrationType, IntegrationView, NewIntegration, NewIntegrationInput, OpenIntegration,
    SavedIntegration, SealedText, WebhookSchemes, WebhookUrl,
};
pub(crate) use integration::{changes as integration_changes, mask, sealing};
pub use json_object::Metadata;
pub use list::{PersonFilter, PersonSort, TenantFilter, TenantSort};
pub use member::{Member, Workspace};
pub use names::{Description, PersonName, Phone, SuspensionReason, TenantName};
pub use person::{Access, Invitation, NewPerson, NewPersonInput, Person, PersonPatch, PersonPatchInput, parse_role};
pub(crate) use person::{changes as person_changes, keeps_an_owner};
pub use plan::{Plan, PlanLimits};
pub use quota::{Quota, QuotaMetric, QuotaUse};
pub use slug::Slug;
pub use subdomain::Subdomain;
pub(crate) use subscription::changes as subscription_changes;
pub use subscription::{Subscription, SubscriptionInput, SubscriptionStatus, SubscriptionTerms};
pub use tenant::{
    NewOwner, NewTenant, NewTenantInput, PrimaryContact, Tenant, TenantPatch, TenantPatchInput, TenantSummary,
};
pub(crate) use tenant::{changes as tenant_changes, no_such_contact};
pub use tenant_status::{Change, TenantStatus};
pub use text_enum::UnknownWord;
pub(crate) use text_enum::text_enum;
pub use trial::{EndingTrial, TRIAL_WARNINGS, TrialWarning, days_left};
pub use usage::{
    Calendar, Cover, LastPoint, MAX_POINTS, MetricType, Period, RawRetention, Rollup, Slice, Span, UsageBatch,
    UsageFilter, UsageInput, UsageKey, UsagePoint, UsagePointInput, UsageQuery, UsageQueryInput, UsageSort, UsageSum,
    UsageTotal, UsageValue, Width, Zone,
};
pub(crate) use usage::{NewPoint, default_range};
pub use web_address::WebAddress;
