use chrono::{DateTime, Duration, Utc};
use kernel::{
    Changes, EmailAddress, FieldCode, FieldError, TenantId, TenantRole, TenantUserId,
    input::{Fields, Word, under},
    moment,
};
use serde_json::Value;

use super::{
    BusinessDetails, Change, Description, Metadata, PersonName, Plan, Slug, Subdomain, SuspensionReason, TenantName,
    TenantStatus, WebAddress, person::parse_email,
};

/// A workshop's account.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Tenant {
    pub id: TenantId,
    /// What it is called.
    pub name: TenantName,
    /// Where its people sign in; unique.
    pub subdomain: Subdomain,
    /// Its name in URLs; unique.
    pub slug: Slug,
    /// What it has bought.
    pub plan: Plan,
    pub status: TenantStatus,
    /// Where it stood when it was deleted, so that restoring it undoes just that.
    pub status_before_deletion: Option<TenantStatus>,
    pub primary_contact_id: Option<TenantUserId>,
    pub website: Option<WebAddress>,
    pub logo: Option<WebAddress>,
    /// What it says about itself.
    pub description: Option<Description>,
    /// ABN, address, telephone, ...
    pub business_details: BusinessDetails,
    /// Whatever staff keep with it.
    pub metadata: Metadata,
    /// Its customer id at Stripe.
    pub stripe_customer_id: Option<String>,
    /// When its trial is over.
    pub trial_ends_at: Option<DateTime<Utc>>,
    /// Why it is suspended.
    pub suspended_reason: Option<SuspensionReason>,
    /// 1, and one more at each change; the ETag.
    pub version: i64,
    /// One more whenever access tokens handed out before must die.
    pub generation: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Tenant {
    /// Whether it is deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// Whether it may be changed so now.
    #[must_use]
    pub fn allows(&self, change: Change) -> bool {
        change.is_legal(self.status, self.is_deleted())
    }
}

/// The person to call, as a workshop's answers show them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct PrimaryContact {
    pub id: TenantUserId,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    /// What they may do.
    pub role: TenantRole,
}

/// A workshop as lists show it.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct TenantSummary {
    pub tenant: Tenant,
    pub primary_contact: Option<PrimaryContact>,
    /// How many people it has, deactivated ones included.
    pub user_count: u64,
}

/// The person who is invited as OWNER together with the workshop's creation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct NewOwner {
    pub first_name: PersonName,
    pub last_name: PersonName,
    /// Where the invitation goes.
    pub email: EmailAddress,
}

impl NewOwner {
    /// Parses the field `owner`.
    ///
    /// # Errors
    /// Every wrong field, as `owner.email` and so on.
    pub fn parse(first_name: &str, last_name: &str, email: &str) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let first_name = fields.take(PersonName::parse_as("firstName", first_name).map_err(|e| under("owner", e)));
        let last_name = fields.take(PersonName::parse_as("lastName", last_name).map_err(|e| under("owner", e)));
        let email = fields.take(parse_email(email).map_err(|e| under("owner", e)));
        let owner = || Some(Self { first_name: first_name?, last_name: last_name?, email: email? });
        fields.finish(owner())
    }
}

/// A workshop about to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTenant {
    /// What it is called.
    pub name: TenantName,
    /// Where its people will sign in.
    pub subdomain: Subdomain,
    /// Its name in URLs.
    pub slug: Slug,
    /// What it has bought.
    pub plan: Plan,
    /// Its own site.
    pub website: Option<WebAddress>,
    /// What it says about itself.
    pub description: Option<Description>,
    /// ABN, address, telephone, ...
    pub business_details: BusinessDetails,
    /// How long the trial runs; `None` for no trial.
    pub trial: Option<Duration>,
    /// Who is invited to own it.
    pub owner: Option<NewOwner>,
}

/// [`NewTenant`] as a client wrote it.
#[derive(Debug, Clone, Default)]
pub struct NewTenantInput {
    /// `name`
    pub name: String,
    /// `subdomain`
    pub subdomain: String,
    /// `plan`
    pub plan: String,
    /// `slug`; the subdomain when absent.
    pub slug: Option<String>,
    /// `website`
    pub website: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `businessDetails`
    pub business_details: Option<Value>,
    /// `trialDays`, 1 to 365.
    pub trial_days: Option<i64>,
    /// `owner`: first name, last name, address.
    pub owner: Option<(String, String, String)>,
}

impl NewTenant {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// Every wrong field at once.
    ///
    /// ```
    /// use tenancy::domain::{NewTenant, NewTenantInput, Plan};
    /// let input = NewTenantInput {
    ///     name: "Jo's Garage".into(),
    ///     subdomain: "jos-garage".into(),
    ///     plan: "PERFORMANCE".into(),
    ///     ..NewTenantInput::default()
    /// };
    /// assert_eq!(NewTenant::parse(input.clone())?.plan, Plan::Performance);
    /// let errors = NewTenant::parse(NewTenantInput { name: "".into(), plan: "GOLD".into(), ..input }).unwrap_err();
    /// assert_eq!(errors.iter().map(|e| e.field.as_ref()).collect::<Vec<_>>(), ["name", "plan"]);
    /// # Ok::<(), Vec<kernel::FieldError>>(())
    /// ```
    pub fn parse(input: NewTenantInput) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let name = fields.take(TenantName::parse(&input.name));
        let subdomain = fields.take(Subdomain::parse(&input.subdomain));
        let plan = fields.take(Plan::parse("plan", &input.plan));
        let slug = match &input.slug {
            Some(slug) => fields.take(Slug::parse(slug)),
            None => subdomain.as_ref().map(Slug::from),
        };
        let website = fields.optional(input.website, |text| WebAddress::parse_as("website", &text));
        let description = fields.optional(input.description, |text| Description::parse_as("description", &text));
        let business_details = fields.optional(input.business_details, BusinessDetails::parse);
        let trial = fields.optional(input.trial_days, parse_trial_days);
        let owner =
            input.owner.and_then(|(first, last, email)| fields.take_all(NewOwner::parse(&first, &last, &email)));
        let tenant = || {
            Some(Self {
                name: name?,
                subdomain: subdomain?,
                slug: slug?,
                plan: plan?,
                website,
                description,
                business_details: business_details.unwrap_or_default(),
                trial,
                owner,
            })
        };
        fields.finish(tenant())
    }
}

fn parse_trial_days(days: i64) -> Result<Duration, FieldError> {
    if (1..=365).contains(&days) {
        Ok(Duration::days(days))
    } else {
        Err(FieldError::new("trialDays", FieldCode::OutOfRange, "must be 1 to 365"))
    }
}

/// What staff may change of a workshop; `Some(None)` clears an optional field.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct TenantPatch {
    pub name: Option<TenantName>,
    /// New plan; it must have a seat for everybody who is active.
    pub plan: Option<Plan>,
    pub website: Option<Option<WebAddress>>,
    pub logo: Option<Option<WebAddress>>,
    pub description: Option<Option<Description>>,
    /// New business details, as a whole.
    pub business_details: Option<BusinessDetails>,
    /// New metadata, as a whole.
    pub metadata: Option<Metadata>,
    /// New person to call; must be one of its people.
    pub primary_contact_id: Option<Option<TenantUserId>>,
    /// New end of the trial.
    pub trial_ends_at: Option<Option<DateTime<Utc>>>,
}

/// [`TenantPatch`] as a client wrote it: absent, null or a value.
#[derive(Debug, Clone, Default)]
pub struct TenantPatchInput {
    /// `name`; null is refused.
    pub name: Option<Option<String>>,
    /// `plan`; null is refused.
    pub plan: Option<Option<String>>,
    /// `website`
    pub website: Option<Option<String>>,
    /// `logo`
    pub logo: Option<Option<String>>,
    /// `description`
    pub description: Option<Option<String>>,
    /// `businessDetails`; null empties it.
    pub business_details: Option<Option<Value>>,
    /// `metadata`; null empties it.
    pub metadata: Option<Option<Value>>,
    /// `primaryContactId`
    pub primary_contact_id: Option<Option<String>>,
    /// `trialEndsAt`
    pub trial_ends_at: Option<Option<String>>,
}

impl TenantPatch {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// Every wrong field at once.
    pub fn parse(input: TenantPatchInput) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let patch = Self {
            name: fields.required("name", input.name, |text| TenantName::parse(&text)),
            plan: fields.required("plan", input.plan, |text| Plan::parse("plan", &text)),
            website: fields.patch(input.website, |text| WebAddress::parse_as("website", &text)),
            logo: fields.patch(input.logo, |text| WebAddress::parse_as("logo", &text)),
            description: fields.patch(input.description, |text| Description::parse_as("description", &text)),
            business_details: fields
                .patch(input.business_details, BusinessDetails::parse)
                .map(Option::unwrap_or_default),
            metadata: fields.patch(input.metadata, Metadata::parse).map(Option::unwrap_or_default),
            primary_contact_id: fields.patch(input.primary_contact_id, |text| parse_contact(&text)),
            trial_ends_at: fields.patch(input.trial_ends_at, |text| moment::kept("trialEndsAt", &text)),
        };
        fields.finish(Some(patch))
    }

    /// The workshop as it will be, but for version and time.
    #[must_use]
    pub fn apply(self, to: &Tenant) -> Tenant {
        let old = to.clone();
        Tenant {
            name: self.name.unwrap_or(old.name),
            plan: self.plan.unwrap_or(old.plan),
            website: self.website.unwrap_or(old.website),
            logo: self.logo.unwrap_or(old.logo),
            description: self.description.unwrap_or(old.description),
            business_details: self.business_details.unwrap_or(old.business_details),
            metadata: self.metadata.unwrap_or(old.metadata),
            primary_contact_id: self.primary_contact_id.unwrap_or(old.primary_contact_id),
            trial_ends_at: self.trial_ends_at.unwrap_or(old.trial_ends_at),
            ..old
        }
    }
}

/// No person has an id that is none, so it is told like an unknown id.
fn parse_contact(text: &str) -> Result<TenantUserId, FieldError> {
    text.parse().map_err(|_| no_such_contact())
}

/// The primary contact must be one of the workshop's people.
pub(crate) fn no_such_contact() -> FieldError {
    FieldError::new("primaryContactId", FieldCode::NotFound, "must be the id of one of the workshop's active people")
}

/// What the audit trail tells of a change. Contact data and free text go in as "changed".
pub(crate) fn changes(from: &Tenant, to: &Tenant) -> Changes {
    let reason = |tenant: &Tenant| tenant.suspended_reason.as_ref().map(ToString::to_string);
    Changes::new()
        .field("name", &from.name.as_str(), &to.name.as_str())
        .field("plan", &from.plan, &to.plan)
        .field("status", &from.status, &to.status)
        .field("website", &from.website.as_ref().map(WebAddress::as_str), &to.website.as_ref().map(WebAddress::as_str))
        .field("logo", &from.logo.as_ref().map(WebAddress::as_str), &to.logo.as_ref().map(WebAddress::as_str))
        .personal_field("description", &from.description, &to.description)
        .personal_field("businessDetails", &from.business_details, &to.business_details)
        .personal_field("metadata", &from.metadata, &to.metadata)
        .field("primaryContactId", &from.primary_contact_id, &to.primary_contact_id)
        .field("trialEndsAt", &from.trial_ends_at, &to.trial_ends_at)
        .field("suspendedReason", &reason(from), &reason(to))
        .field("deletedAt", &from.deleted_at, &to.deleted_at)
}
