//! Pure types and rules: what can be built is right, and needs no second look.

mod business_details;
mod list;
mod member;
mod metadata;
mod names;
mod person;
mod plan;
mod slug;
mod subdomain;
mod subscription;
mod tenant;
mod tenant_status;
mod trial;
mod web_address;

pub use business_details::BusinessDetails;
pub use kernel::TenantStatus;
pub use list::{PersonFilter, PersonSort, TenantFilter, TenantSort};
pub use member::{Member, TenantKey};
pub use metadata::Metadata;
pub use names::{Description, PersonName, Phone, SuspensionReason, TenantName};
pub use person::{Access, Invitation, NewPerson, NewPersonInput, Person, PersonPatch, PersonPatchInput};
pub(crate) use person::{changes as person_changes, keeps_an_owner};
pub use plan::{Plan, PlanLimits, Seats};
pub use slug::Slug;
pub use subdomain::Subdomain;
pub(crate) use subscription::changes as subscription_changes;
pub use subscription::{Subscription, SubscriptionInput, SubscriptionStatus, SubscriptionTerms};
pub use tenant::{
    NewOwner, NewTenant, NewTenantInput, PrimaryContact, Tenant, TenantPatch, TenantPatchInput, TenantSummary,
};
pub(crate) use tenant::{changes as tenant_changes, no_such_contact};
pub use tenant_status::Change;
pub use trial::{EndingTrial, TRIAL_WARNINGS, TrialWarning, days_left};
pub use web_address::WebAddress;
