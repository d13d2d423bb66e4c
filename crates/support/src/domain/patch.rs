use kernel::{
    FieldError,
    input::{Fields, Word},
};

use super::{Category, Priority, Status, Subject};

/// What staff may change of a ticket; `Some(None)` clears the category.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct TicketPatch {
    pub subject: Option<Subject>,
    pub priority: Option<Priority>,
    pub category: Option<Option<Category>>,
    pub status: Option<Status>,
}

/// [`TicketPatch`] as a client wrote it: absent, null or a value.
#[derive(Debug, Clone, Default)]
pub struct TicketPatchInput {
    /// `subject`; null is refused.
    pub subject: Option<Option<String>>,
    /// `priority`; null is refused.
    pub priority: Option<Option<String>>,
    /// `category`
    pub category: Option<Option<String>>,
    /// `status`; null is refused.
    pub status: Option<Option<String>>,
}

impl TicketPatch {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// Every wrong field at once.
    pub fn parse(input: TicketPatchInput) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let patch = Self {
            subject: fields.required("subject", input.subject, |text| Subject::parse_as("subject", &text)),
            priority: fields.required("priority", input.priority, |text| Priority::parse("priority", &text)),
            category: fields.patch(input.category, |text| Category::parse_as("category", &text)),
            status: fields.required("status", input.status, |text| Status::parse("status", &text)),
        };
        fields.finish(Some(patch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_clears_the_category_and_nothing_else() {
        let null = || Some(None);
        let patch = TicketPatch::parse(TicketPatchInput { category: null(), ..TicketPatchInput::default() });
        assert_eq!(patch, Ok(TicketPatch { category: Some(None), ..TicketPatch::default() }));
        let input = TicketPatchInput { subject: null(), priority: null(), category: None, status: null() };
        let errors = TicketPatch::parse(input).expect_err("refused");
        let told: Vec<_> = errors.iter().map(|error| format!("{} {}", error.field, error.code)).collect();
        assert_eq!(told, ["subject REQUIRED", "priority REQUIRED", "status REQUIRED"]);
    }
}
