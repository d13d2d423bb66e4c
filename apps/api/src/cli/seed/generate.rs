use chrono::{DateTime, Duration, Timelike as _, Utc};
use kernel::{AdminId, AdminRole, AuditEntryId, TenantId, TenantRole, TenantUserId, input::Word as _};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tenancy::domain::Plan;
use uuid::Uuid;

use super::history;
use super::model::{NewAdmin, NewEntry, NewPerson, NewSubscription, NewTenant, State};
use super::workshop::{person, workshop};

/// Makes the n-th admin, workshop or entry without making those before it. The same seed, size and day
/// give the same data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Generator {
    seed: u32,
    tenants: u32,
    /// The end of the history: the last full hour.
    now: DateTime<Utc>,
}

/// Separate streams of randomness for separate things.
#[derive(Debug, Clone, Copy)]
enum Stream {
    Admin = 1,
    Tenant = 2,
    Entry = 3,
}

impl Generator {
    /// `tenants` is how many there will be: they are spread over the two years before `now`.
    pub(super) fn new(seed: u32, tenants: u32, now: DateTime<Utc>) -> Self {
        // Cut to the hour, so that a repeat within it gives the same.
        let now = now.with_minute(0).and_then(|t| t.with_second(0)).and_then(|t| t.with_nanosecond(0)).unwrap_or(now);
        Self { seed, tenants, now }
    }

    fn rng(&self, stream: Stream, index: u64) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(u64::from(self.seed));
        rng.set_stream(index << 2 | stream as u64);
        rng
    }

    /// The address of the `number`-th admin, from 1.
    pub(super) fn admin_email(&self, number: u32) -> String {
        format!("admin{number}.seed{}@nextcrm.test", self.seed)
    }

    /// The `number`-th admin, from 1; the first is a super admin, the others plain ones.
    pub(super) fn admin(&self, number: u32) -> NewAdmin {
        let mut rng = self.rng(Stream::Admin, u64::from(number));
        let created_at = self.now - Duration::days(700);
        let id = AdminId(uuid_v7(&mut rng, created_at));
        let who = person(&mut rng);
        NewAdmin {
            id,
            first_name: who.first_name.to_owned(),
            last_name: who.last_name.to_owned(),
            email: self.admin_email(number),
            role: if number == 1 { AdminRole::SuperAdmin } else { AdminRole::Admin },
            department: None,
            created_at,
        }
    }

    /// When the workshop of this index, from 0, came to be: the later the higher.
    fn founded(&self, index: u32) -> DateTime<Utc> {
        let span = Duration::days(690).num_milliseconds() - 1;
        let share = span / i64::from(self.tenants.max(1)) * i64::from(index);
        self.now - Duration::days(691) + Duration::milliseconds(share)
    }

    /// The id of the workshop of this index.
    pub(super) fn tenant_id(&self, index: u32) -> TenantId {
        TenantId(uuid_v7(&mut self.rng(Stream::Tenant, u64::from(index)), self.founded(index)))
    }

    /// The workshop of this index, in a state and plan of the generator's choice.
    pub(super) fn tenant(&self, index: u32, people: u32) -> NewTenant {
        let mut rng = self.rng(Stream::Tenant, u64::from(index));
        let created_at = self.founded(index);
        let id = TenantId(uuid_v7(&mut rng, created_at));
        let plan = plan(&mut rng, people);
        let state = self.state(&mut rng, created_at);
        let suffix = format!("{}x{index}", self.seed);
        self.build(&mut rng, id, &suffix, plan, state, created_at, people)
    }

    /// A workshop in the given state and plan.
    pub(super) fn tenant_in(&self, index: u32, plan: Plan, state: State, people: u32) -> NewTenant {
        let mut rng = self.rng(Stream::Tenant, u64::from(index));
        let created_at = self.founded(index);
        let id = TenantId(uuid_v7(&mut rng, created_at));
        self.build(&mut rng, id, "", plan, state, created_at, people)
    }

    #[expect(clippy::too_many_arguments, reason = "a private step of the two functions above")]
    fn build(
        &self,
        rng: &mut ChaCha8Rng,
        id: TenantId,
        suffix: &str,
        plan: Plan,
        state: State,
        created_at: DateTime<Utc>,
        people: u32,
    ) -> NewTenant {
        let workshop = workshop(rng);
        let subdomain = format!("{}-{suffix}", workshop.label).trim_end_matches('-').to_owned();
        let people = (0..people).map(|number| self.person(rng, &subdomain, created_at, number)).collect();
        let subscription = self.subscription(rng, plan, state, created_at);
        let business_details = workshop.business_details;
        NewTenant {
            id,
            name: workshop.name,
            subdomain,
            plan,
            state,
            business_details,
            created_at,
            people,
            subscription,
        }
    }

    /// Of a hundred: 80 active, 8 trying, 4 suspended, 4 with an expired trial, 4 gone.
    fn state(&self, rng: &mut ChaCha8Rng, created_at: DateTime<Utc>) -> State {
        let at = self.between(rng, created_at);
        match rng.random_range(0..100_u8) {
            0..80 => State::Active,
            80..88 => State::Trial { ends_at: self.now + Duration::days(rng.random_range(1..28)) },
            88..92 => State::Suspended { at, reason: "Payment overdue for 30 days" },
            92..96 => State::TrialExpired { at },
            _ => State::Deleted { at },
        }
    }

    fn person(&self, rng: &mut ChaCha8Rng, subdomain: &str, founded: DateTime<Utc>, number: u32) -> NewPerson {
        let who = person(rng);
        let role = match number {
            0 => TenantRole::Owner,
            1 => TenantRole::Admin,
            n if n % 4 == 3 => TenantRole::Viewer,
            _ => TenantRole::User,
        };
        let (first, last) = (who.first_name.to_lowercase(), who.last_name.to_lowercase());
        // Numbered, because two Kelly Smiths may work in one workshop.
        let number = if number == 0 { String::new() } else { (number + 1).to_string() };
        NewPerson {
            id: TenantUserId(uuid_v7(rng, founded)),
            first_name: who.first_name,
            last_name: who.last_name,
            email: format!("{first}.{last}{number}@{subdomain}.example"),
            role,
            last_login_at: rng.random_bool(0.8).then(|| self.between(rng, founded)),
            created_at: founded,
        }
    }

    fn subscription(
        &self,
        rng: &mut ChaCha8Rng,
        plan: Plan,
        state: State,
        created_at: DateTime<Utc>,
    ) -> NewSubscription {
        let status = match state {
            State::Active if rng.random_bool(0.05) => "PAST_DUE",
            State::Active => "ACTIVE",
            State::Trial { .. } => "TRIALING",
            State::Suspended { .. } | State::TrialExpired { .. } => "UNPAID",
            State::Deleted { .. } => "CANCELLED",
        };
        // Months of 30 days since the beginning.
        let age = (self.now - created_at).num_days() / 30;
        let period_start = created_at + Duration::days(age * 30);
        let period_end = period_start + Duration::days(30);
        let price_cents = price_cents(plan);
        NewSubscription { id: uuid_v7(rng, created_at), status, price_cents, period_start, period_end }
    }

    /// Entry `index` of `total`; they are spread over the 90 days before now, by the first admins.
    pub(super) fn entry(&self, index: u32, total: u32, admins: &[NewAdmin]) -> NewEntry {
        let mut rng = self.rng(Stream::Entry, u64::from(index));
        let span = Duration::days(90).num_milliseconds();
        let offset = span / i64::from(total.max(1)) * i64::from(index);
        let at = self.now - Duration::days(90) + Duration::milliseconds(offset);
        let id = AuditEntryId(uuid_v7(&mut rng, at));
        let tenant = (self.tenants > 0).then(|| self.tenant_id(rng.random_range(0..self.tenants)));
        history::random_entry(&mut rng, id, at, admins, tenant)
    }

    /// An instant between `from` and the end of the history.
    fn between(&self, rng: &mut ChaCha8Rng, from: DateTime<Utc>) -> DateTime<Utc> {
        let span = (self.now - from).num_seconds().max(1);
        from + Duration::seconds(rng.random_range(0..span))
    }
}

/// A plan with seats enough; small ones are more common.
fn plan(rng: &mut ChaCha8Rng, people: u32) -> Plan {
    let wanted = match rng.random_range(0..10_u8) {
        0..6 => Plan::Professional,
        6..9 => Plan::Performance,
        _ => Plan::Enterprise,
    };
    let fits = |plan: &Plan| plan.limits().seats.is_none_or(|seats| u64::from(people) <= seats);
    Plan::ALL.iter().copied().filter(|plan| *plan >= wanted).find(fits).unwrap_or(Plan::Enterprise)
}

/// What a month costs, in cents.
fn price_cents(plan: Plan) -> i64 {
    match plan {
        Plan::Professional => 9_900,
        Plan::Performance => 24_900,
        Plan::Enterprise => 79_900,
    }
}

/// A UUIDv7 of the given time.
pub(super) fn uuid_v7(rng: &mut ChaCha8Rng, at: DateTime<Utc>) -> Uuid {
    let mut random = [0_u8; 10];
    rng.fill(&mut random);
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}
