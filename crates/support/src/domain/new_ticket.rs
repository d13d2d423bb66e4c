use kernel::{
    EmailAddress, FieldCode, FieldError, TenantId, TenantUserId,
    input::{Fields, Word},
};

use super::{Body, Category, Priority, Subject};

/// A ticket about to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    /// What it is about.
    pub subject: Subject,
    /// What is the matter.
    pub description: Body,
    /// How soon it must be dealt with.
    pub priority: Priority,
    /// What kind of trouble it is.
    pub category: Option<Category>,
}

/// [`NewTicket`] as a client wrote it.
#[derive(Debug, Clone, Default)]
pub struct NewTicketInput {
    /// `subject`
    pub subject: String,
    /// `description`
    pub description: String,
    /// `priority`; MEDIUM when absent.
    pub priority: Option<String>,
    /// `category`
    pub category: Option<String>,
}

impl NewTicket {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// Every wrong field at once.
    pub fn parse(input: &NewTicketInput) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let subject = fields.take(Subject::parse_as("subject", &input.subject));
        let description = fields.take(Body::parse_as("description", &input.description));
        let priority = fields.optional(input.priority.as_deref(), |text| Priority::parse("priority", text));
        let category = fields.optional(input.category.as_deref(), |text| Category::parse_as("category", text));
        let priority = priority.unwrap_or(Priority::DEFAULT);
        let ticket = || Some(Self { subject: subject?, description: description?, priority, category });
        fields.finish(ticket())
    }
}

/// For whom staff open a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requester {
    /// Nobody in particular.
    Nobody,
    /// One of the workshop's people.
    Person(TenantUserId),
    /// Somebody without an account.
    Email(EmailAddress),
}

/// A ticket that staff are about to open on behalf of a workshop.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct NewStaffTicket {
    pub tenant_id: TenantId,
    pub requester: Requester,
    pub ticket: NewTicket,
}

/// [`NewStaffTicket`] as a client wrote it.
#[derive(Debug, Clone, Default)]
pub struct NewStaffTicketInput {
    /// `tenantId`
    pub tenant_id: String,
    /// `tenantUserId`; not together with `email`.
    pub tenant_user_id: Option<String>,
    /// `email`
    pub email: Option<String>,
    /// The rest.
    pub ticket: NewTicketInput,
}

impl NewStaffTicket {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// Every wrong field at once.
    pub fn parse(input: &NewStaffTicketInput) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let tenant_id = fields.take(parse_id("tenantId", &input.tenant_id));
        let requester = match (input.tenant_user_id.as_deref(), input.email.as_deref()) {
            (None, None) => Some(Requester::Nobody),
            (Some(id), None) => fields.take(parse_id("tenantUserId", id)).map(Requester::Person),
            (None, Some(email)) => fields.take(EmailAddress::parse_as("email", email)).map(Requester::Email),
            (Some(_), Some(_)) => {
                fields.push(FieldError::new(
                    "email",
                    FieldCode::Invalid,
                    "must not be given together with tenantUserId",
                ));
                None
            }
        };
        let ticket = fields.take_all(NewTicket::parse(&input.ticket));
        let new = || Some(Self { tenant_id: tenant_id?, requester: requester?, ticket: ticket? });
        fields.finish(new())
    }
}

/// Names the thing that an id in a body does not lead to.
pub(crate) fn not_found(field: &'static str) -> FieldError {
    FieldError::new(field, FieldCode::NotFound, "names nothing that is there")
}

/// A text that is no id names nothing that is there, either.
pub(super) fn parse_id<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<T, FieldError> {
    text.parse().map_err(|_| not_found(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> NewTicketInput {
        NewTicketInput { subject: "Login".to_owned(), description: "It fails".to_owned(), ..NewTicketInput::default() }
    }

    #[test]
    fn priority_is_medium_unless_told() {
        let parsed = NewTicket::parse(&ticket()).expect("a right input");
        assert_eq!((parsed.priority, parsed.category), (Priority::Medium, None));
        let told =
            NewTicketInput { priority: Some("URGENT".to_owned()), category: Some("billing".to_owned()), ..ticket() };
        let parsed = NewTicket::parse(&told).expect("a right input");
        assert_eq!(
            (parsed.priority, parsed.category.map(|it| it.to_string())),
            (Priority::Urgent, Some("billing".to_owned()))
        );
    }

    #[test]
    fn every_wrong_field_is_named() {
        let input = NewStaffTicketInput {
            tenant_id: "x".to_owned(),
            email: Some("nobody".to_owned()),
            ticket: NewTicketInput { priority: Some("SOON".to_owned()), ..NewTicketInput::default() },
            ..NewStaffTicketInput::default()
        };
        let errors = NewStaffTicket::parse(&input).expect_err("wrong");
        let told: Vec<_> = errors.iter().map(|error| format!("{} {}", error.field, error.code)).collect();
        let expected =
            ["tenantId NOT_FOUND", "email INVALID", "subject REQUIRED", "description REQUIRED", "priority INVALID"];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_ticket_is_for_one_person_at_most() {
        let id = uuid::Uuid::from_u128(1).to_string();
        let input = |tenant_user_id, email| NewStaffTicketInput {
            tenant_id: id.clone(),
            tenant_user_id,
            email,
            ticket: ticket(),
        };
        let requester = |user: Option<&str>, email: Option<&str>| {
            NewStaffTicket::parse(&input(user.map(str::to_owned), email.map(str::to_owned))).map(|it| it.requester)
        };
        assert_eq!(requester(None, None), Ok(Requester::Nobody));
        assert!(matches!(requester(Some(&id), None), Ok(Requester::Person(_))));
        assert!(
            matches!(requester(None, Some("Jo@Shop.test")), Ok(Requester::Email(email)) if email.as_str() == "jo@shop.test")
        );
        let both = requester(Some(&id), Some("jo@shop.test")).expect_err("both");
        assert_eq!((both[0].field.as_ref(), both.len()), ("email", 1));
    }
}
