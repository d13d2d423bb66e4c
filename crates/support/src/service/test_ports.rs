//! Mocked ports for the unit tests of the services.

use std::sync::Arc;

use kernel::{AdminId, AdminRole, Caller, Clock, RequestContext, TenantId, TenantRole, TenantUserId};
use serde_json::{Map, Value};
use test_support::{FixedClock, Recorder, RecordingTransactor, SeededEntropy};
use uuid::Uuid;

use super::Dependencies;
use crate::{
    domain::{
        Body, Creator, History, HistoryChange, NewTicket, NewTicketInput, Priority, Status, Subject, Ticket, TicketId,
        TicketNumber,
    },
    repository::{
        CustomerPerson, MockCustomers, MockHistoryRepository, MockMessageRepository, MockStaff, MockTicketRepository,
        StaffMember, Workshop,
    },
};

pub(crate) const TENANT: TenantId = TenantId(Uuid::from_u128(7));
pub(crate) const TICKET: TicketId = TicketId(Uuid::from_u128(70));
pub(crate) const PERSON: TenantUserId = TenantUserId(Uuid::from_u128(8));
pub(crate) const ADMIN: AdminId = AdminId(Uuid::from_u128(1));

/// The mocks, to be told what to expect before [`Mocks::deps`].
#[derive(Default)]
pub(crate) struct Mocks {
    pub(crate) tickets: MockTicketRepository,
    pub(crate) messages: MockMessageRepository,
    pub(crate) history: MockHistoryRepository,
    pub(crate) staff: MockStaff,
    pub(crate) customers: MockCustomers,
    pub(crate) audit_fails: bool,
}

/// The dependencies, and what they record.
pub(crate) struct Fixture {
    pub(crate) deps: Dependencies,
    pub(crate) recorded: Arc<Recorder>,
    pub(crate) transactor: Arc<RecordingTransactor>,
    pub(crate) clock: Arc<FixedClock>,
}

impl Mocks {
    /// A workshop that is there, with Sam in it; Ada of the staff; and this ticket, which can be written.
    pub(crate) fn with(ticket: Ticket) -> Self {
        let mut mocks = Self::with_staff();
        mocks.expect_ticket(ticket);
        mocks
    }

    /// A workshop that is there, with Sam in it, and Ada of the staff.
    pub(crate) fn with_staff() -> Self {
        let mut mocks = Self::default();
        mocks.customers.expect_find_workshop_for_share().returning(|_, _| Ok(Some(Workshop { deleted: false })));
        mocks.customers.expect_find_person_in().returning(|_, tenant, id| {
            let sam = CustomerPerson {
                id: PERSON,
                first_name: "Sam".to_owned(),
                last_name: "Lee".to_owned(),
                email: "sam@shop.test".parse().expect("an address"),
            };
            Ok((tenant == TENANT && id == PERSON).then_some(sam))
        });
        mocks.staff.expect_find_for_share().returning(|_, id| Ok(Some(member(id, "Ada", true))));
        mocks
    }

    /// A ticket that can be found by staff and by its workshop, and written.
    pub(crate) fn expect_ticket(&mut self, ticket: Ticket) {
        use crate::domain::Audience;
        let (id, tenant) = (ticket.id, ticket.tenant_id);
        let history = history_of(&ticket);
        self.tickets.expect_find_for_update().withf(move |_, _, wanted| *wanted == id).returning(
            move |_, audience, _| {
                let seen = matches!(audience, Audience::Staff) || audience == Audience::Workshop(tenant);
                Ok(seen.then(|| ticket.clone()))
            },
        );
        self.history
            .expect_read_in()
            .withf(move |_, _, wanted| *wanted == id)
            .returning(move |_, _, _| Ok(history.clone()));
        self.tickets.expect_update_in().withf(move |_, it, _| it.id == id).returning(|_, _, _| Ok(true));
        self.history.expect_append_in().withf(move |_, _, wanted, _| *wanted == id).returning(|_, _, _, _| Ok(()));
    }

    pub(crate) fn deps(self) -> Fixture {
        let recorded = if self.audit_fails { Recorder::with_broken_trail() } else { Recorder::default() };
        let recorded = Arc::new(recorded);
        let transactor = Arc::new(RecordingTransactor::new());
        let clock = Arc::new(FixedClock::default());
        let deps = Dependencies {
            transactor: Arc::clone(&transactor) as _,
            tickets: Arc::new(self.tickets),
            messages: Arc::new(self.messages),
            history: Arc::new(self.history),
            staff: Arc::new(self.staff),
            customers: Arc::new(self.customers),
            audit: Arc::clone(&recorded) as _,
            outbox: Arc::clone(&recorded) as _,
            clock: Arc::clone(&clock) as _,
            entropy: Arc::new(SeededEntropy::default()),
        };
        Fixture { deps, recorded, transactor, clock }
    }
}

impl Fixture {
    /// Actions and events so far.
    pub(crate) fn recorded(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        self.recorded.recorded()
    }

    /// The payload of the first event of this kind.
    pub(crate) fn payload(&self, kind: &str) -> Value {
        self.recorded.events().iter().find(|event| event.kind == kind).expect("was told").payload.clone()
    }
}

pub(crate) fn member(id: AdminId, first_name: &str, may_handle: bool) -> StaffMember {
    StaffMember { id, first_name: first_name.to_owned(), last_name: "Byron".to_owned(), may_handle }
}

pub(crate) fn staff() -> RequestContext {
    RequestContext {
        caller: Caller::new(kernel::Subject::Admin { id: ADMIN, role: AdminRole::Support }),
        ..RequestContext::system("test", "r1")
    }
}

pub(crate) fn sam() -> RequestContext {
    let person = kernel::Subject::TenantUser { tenant_id: TENANT, id: PERSON, role: TenantRole::User };
    RequestContext { caller: Caller::new(person), ..RequestContext::system("test", "r1") }
}

pub(crate) fn body(text: &str) -> Body {
    Body::parse_as("body", text).expect("a body")
}

pub(crate) fn new_ticket() -> NewTicket {
    let input = NewTicketInput {
        subject: "Login fails".to_owned(),
        description: "Since this morning.".to_owned(),
        ..NewTicketInput::default()
    };
    NewTicket::parse(&input).expect("a right input")
}

/// Sam's ticket, opened now, in this state.
pub(crate) fn a_ticket(status: Status) -> Ticket {
    let now = FixedClock::default().now();
    let mut ticket = Ticket {
        id: TICKET,
        number: TicketNumber::draw(now, &SeededEntropy::default()),
        tenant_id: TENANT,
        subject: Subject::parse_as("subject", "Login fails").expect("a subject"),
        description: body("Since this morning."),
        status: Status::Open,
        priority: Priority::Medium,
        category: None,
        assigned_to: None,
        created_by: Creator::Person {
            id: PERSON,
            name: "Sam Lee".to_owned(),
            email: "sam@shop.test".parse().expect("an address"),
        },
        clock: History::open(Priority::Medium, now).clock().expect("a clock"),
        resolved_at: None,
        closed_at: None,
        merged_into: None,
        metadata: Map::new(),
        version: 3,
        created_at: now,
        updated_at: now,
    };
    if status != Status::Open {
        ticket.move_to(status, now).expect("a step from OPEN");
        ticket.clock = history_of(&ticket).clock().expect("a clock");
    }
    ticket
}

/// As short as it can be for the ticket to stand where it does.
pub(crate) fn history_of(ticket: &Ticket) -> History {
    let mut history = History::open(ticket.priority, ticket.created_at);
    if let Some(at) = ticket.clock.first_response_at {
        history.push(HistoryChange::Answered, at);
    }
    if ticket.status != Status::Open {
        history.push(HistoryChange::Status { from: Status::Open, to: ticket.status }, ticket.created_at);
    }
    history
}
